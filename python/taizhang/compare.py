"""Governments side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _core
from .table import Table

if TYPE_CHECKING:
    from .ledger import Ledger


class Comparison:
    """What several governments set out to do, as tables side by side."""

    def __init__(self, tables: dict[str, _core.Table], ledger: Ledger) -> None:
        self._tables = {name: Table(table, name.split("_")[0], ledger) for name, table in tables.items()}

    def places(self) -> Table:
        """Give the places with their numbers of documents, clauses, assignments and targets."""
        return self._tables["places"]

    def departments(self, *, wide: bool = True) -> Table:
        """Give who carries work: one row a function and a column a place with the number of assignments.

        Parameters
        ----------
        wide
            False for one row a function and place, with the numbers by role.
        """
        return self._tables["departments_wide" if wide else "departments"]

    def targets(self, *, wide: bool = True) -> Table:
        """Give the numbers to reach: one row an indicator and a column a place.

        Parameters
        ----------
        wide
            False for one row a target, with its clause and span.
        """
        return self._tables["targets_wide" if wide else "targets"]

    def __repr__(self) -> str:
        return "\n\n".join(repr(table) for table in (self.places(), self.departments(), self.targets()))

    def _repr_html_(self) -> str:
        return "".join(table.to_html() for table in (self.places(), self.departments(), self.targets()))
