"""taizhang."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from corpus import MANY

import taizhang as tz


def _given(kind: str, table: tz.Table) -> Any:
    return table.to_pandas() if kind == "pandas" else pa.table(table)


class Engine:
    """An open ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers: dict[str, int] = {}
        self.ledger = tz.open(folder / "ours.tz", create=False)
        len(self.ledger)

    def settle(self, question: str, answer: Any) -> Any:
        """Name the clauses of a ranking as the other engines do."""
        if question != "h":
            return answer
        if not self.numbers:
            of = pq.read_table(self.folder / "parquet/documents", columns=["id", "document"]).to_pydict()
            self.numbers = dict(zip(of["id"], of["document"], strict=True))
        table = answer if isinstance(answer, pa.Table) else pa.Table.from_pandas(answer)
        parts = [clause.rpartition("#") for clause in table.column("clause").to_pylist()]
        return pa.table({"clause": [self.numbers[id] * MANY + int(n) for id, _, n in parts]})

    def a(self, kind: str, function: str, year: int) -> int:
        """Count."""
        return self.ledger.count("assignments", function=function, year=year)

    def b(self, kind: str, province: str, word: str) -> Any:
        """Find a word in a province."""
        columns = ["place", "year", "text"]
        return _given(kind, self.ledger.clauses(within=f"{province}0000", text=word, columns=columns))

    b2 = b

    def c(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross places with topics."""
        table = self.ledger.cross("clauses", by=["place", "topic"], count="documents", year=year, place=places)
        return _given(kind, table)

    def d(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross functions with functions."""
        return _given(kind, self.ledger.network(year=year, place=places, implied=False))

    def e(self, kind: str, years: list[int], provinces: list[str]) -> Any:
        """Give many rows."""
        return _given(
            kind,
            self.ledger.clauses(year=years, within=[f"{p}0000" for p in provinces], columns=["place", "year", "text"]),
        )

    def f(self, kind: str, document: str) -> Any:
        """Give one document."""
        return _given(kind, self.ledger.clauses(document=document, columns=["path", "kind", "topic", "text"]))

    def g(self, kind: str, due: int, unit: str, value: float) -> Any:
        """Give targets."""
        columns = ["document", "path", "place", "year", "indicator", "op", "value", "unit", "deadline"]
        return _given(kind, self.ledger.targets(due=due, unit=unit, at_least=value, columns=columns))

    def h(self, kind: str, words: str) -> Any:
        """Rank."""
        return _given(kind, self.ledger.search(words, limit=20))
