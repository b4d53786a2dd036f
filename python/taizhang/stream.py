"""Streams: answers larger than memory, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .table import Table

if TYPE_CHECKING:
    from . import _core
    from .ledger import Ledger


class Stream:
    """An answer that comes piece by piece and can be read once; made by `Ledger.stream`.

    Iterate over it for tables of some thousand rows, or hand it to a reader of the Arrow C stream
    (`pyarrow.RecordBatchReader.from_stream(stream)`, `polars.DataFrame(stream)`).
    """

    __slots__ = ("_core", "_ledger", "name")

    def __init__(self, core: _core.Rows, name: str, ledger: Ledger) -> None:
        self._core = core
        self._ledger = ledger
        self.name = name

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._core.names()

    def __iter__(self) -> Iterator[Table]:
        while (table := self._core.next_table()) is not None:
            yield Table(table, self.name, self._ledger)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give what is left as an Arrow C stream, once."""
        return self._core.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"Stream of {self.name}: {', '.join(self.columns)}"
