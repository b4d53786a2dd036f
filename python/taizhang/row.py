"""A row that shows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import display
from .labels import label, shown

if TYPE_CHECKING:
    from .ledger import Ledger


class TableRow(dict[str, Any]):
    """A row as a dict; a notebook shows it with its labels, and its words in their sentence.

    Examples
    --------
    >>> row = ledger.targets(place="江门市")[0]
    >>> row["unit"], "<mark" in row._repr_html_()
    ('%', True)
    """

    __slots__ = ("_ledger", "_name")

    def __init__(self, values: Any = (), name: str = "row", ledger: Ledger | None = None) -> None:
        super().__init__(values)
        self._name = name
        self._ledger = ledger

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def _repr_html_(self) -> str:
        labels = shown()
        lines = [[label(name, labels), value] for name, value in self.items() if value is not None]
        if (sentence := self._evidence()) is not None:
            lines.append([label("evidence", labels), sentence])
        return display.html_table(["", self._name], lines, labels=labels)

    def _evidence(self) -> display.Evidence | None:
        """The sentence, where the row has its place and the ledger is open."""
        from ._core import TaizhangError

        if self._ledger is None or any(self.get(name) is None for name in ("document", "start", "end")):
            return None
        try:
            return self._ledger.evidence(self)
        except TaizhangError:
            return None
