"""Governments side by side."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _core
from .filters import Words
from .labels import Labels
from .table import Table

if TYPE_CHECKING:
    from .graph import Network
    from .ledger import Ledger
    from .plots import Plots


class Comparison:
    """What several governments set out to do, as tables side by side, as charts, and as a report.

    Examples
    --------
    >>> comparison = ledger.compare(["江门市", "临汾市"])
    >>> comparison.departments()[0]["function"]
    'health'
    """

    def __init__(self, tables: dict[str, _core.Table], ledger: Ledger, asked: Mapping[str, Any] | None = None) -> None:
        self._tables = {name: Table(table, name.split("_")[0], ledger) for name, table in tables.items()}
        self._ledger = ledger
        self._asked = dict(asked or {})

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

    def documents(self) -> Table:
        """Give the documents that are compared."""
        return self._ledger.documents(**self._filters("topic", "text", "implied"))

    def coverage(self, by: Literal["topic", "measure"] = "topic") -> Table:
        """Give who has what, as `Ledger.coverage` does, of these places: one row a topic (or measure) and place."""
        return self._ledger.coverage(by, **self._filters("implied"))

    def ladder(self, indicator: Words = None) -> Table:
        """Give one indicator over these places, as `Ledger.ladder` does; all indicators without one."""
        return self._ledger.ladder(indicator, **self._filters("implied"))

    def calendar(self) -> Table:
        """Give what falls due when in these places, as `Ledger.calendar` does."""
        return self._ledger.calendar(**self._filters("implied"))

    def cooperation(self) -> Network:
        """Give which functions these places put to work together, as `Ledger.cooperation` does."""
        filters = self._filters()
        return self._ledger.cooperation(**{"implied": False, **filters})

    @property
    def plot(self) -> Plots:
        """The charts: `comparison.plot.coverage()` and its like; they need the extra `plot`."""
        from .plots import Plots

        return Plots(self)

    def report(
        self,
        path: str | PathLike[str] | None = None,
        *,
        title: str | None = None,
        labels: Labels = None,
        charts: bool = True,
        evidence: int = 200,
        accuracy: Any = None,
    ) -> Path | str:
        """Write all of it as one page: tables, charts, what is not comparable, and the evidence, each row with its id.

        The page needs no other file and no network, reads on a telephone and prints on A4. It needs the extra `report`.

        Parameters
        ----------
        path
            The file to write; without it the page is given as text.
        title
            Its title; without it the places.
        labels
            `"zh"` or `"en"`; without it what `set_labels` said.
        charts
            False for tables alone, which need no extra `plot`.
        evidence
            Sentences at most at the end of the page.
        accuracy
            What `Ledger.cite` takes.

        Returns
        -------
        Path or str
            The file, or the page.
        """
        from .page import page

        text = page(self, title=title, labels=labels, charts=charts, evidence=evidence, accuracy=accuracy)
        if path is None:
            return text
        Path(path).write_text(text, encoding="utf-8", newline="\n")
        return Path(path)

    def _filters(self, *without: str) -> dict[str, Any]:
        """What was asked, as filters of the ledger's own questions."""
        asked = {name: value for name, value in self._asked.items() if name not in ("places", "document", *without)}
        if "places" in self._asked:
            asked["place"] = list(dict.fromkeys(self.places()["adcode"])) or self._asked["places"]
        return asked

    def __repr__(self) -> str:
        return "\n\n".join(repr(table) for table in (self.places(), self.departments(), self.targets()))

    def _repr_html_(self) -> str:
        return "".join(table.to_html() for table in (self.places(), self.departments(), self.targets()))
