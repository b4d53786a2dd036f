"""Polars with every table in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

TABLES = ["documents", "clauses", "topics", "assigned", "targets"]
CODED = ["adcode", "place", "province", "level", "kind", "topic", "function", "role", "op", "unit"]


def load(folder: Path) -> dict[str, float]:
    """Nothing is loaded but on opening."""
    return {"disk MB": sum(f.stat().st_size for f in (folder / "parquet").rglob("*.parquet")) / 1e6}


class Engine:
    """The tables as lazy frames."""

    def __init__(self, folder: Path) -> None:
        self.tables = {name: self.table(folder, name) for name in TABLES}

    def table(self, folder: Path, name: str) -> pl.LazyFrame:
        """Read one; repeated words become categories."""
        frame = pl.read_parquet(folder / "parquet" / name / "*.parquet")
        return frame.with_columns(pl.col(c).cast(pl.Categorical) for c in CODED if c in frame.columns).lazy()

    def _rows(self, kind: str, frame: pl.LazyFrame) -> Any:
        found = frame.collect()
        found = found.with_columns(pl.col(c).cast(pl.String) for c in CODED if c in found.columns)
        return found.to_pandas() if kind == "pandas" else found.to_arrow()

    def a(self, kind: str, function: str, year: int) -> int:
        """Count."""
        found = self.tables["assigned"].filter(pl.col("function") == function, pl.col("year") == year)
        return found.select(pl.len()).collect().item()

    def b(self, kind: str, province: str, word: str) -> Any:
        """Find a word in a province."""
        found = self.tables["clauses"].filter(pl.col("province") == province)
        found = found.filter(pl.col("text").str.contains(word, literal=True))
        return self._rows(kind, found.select("place", "year", "text"))

    b2 = b

    def c(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross places with topics."""
        found = self.tables["topics"].filter(pl.col("year") == year, self._of(places))
        return self._rows(kind, found.group_by("adcode", "topic").agg(pl.col("document").n_unique().alias("count")))

    def d(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross functions with functions."""
        found = self.tables["assigned"].filter(pl.col("year") == year, ~pl.col("implied"), self._of(places))
        one = found.select("clause", pl.col("function").cast(pl.String)).unique()
        pairs = one.join(one, on="clause").filter(pl.col("function") < pl.col("function_right"))
        pairs = pairs.group_by(pl.col("function").alias("function_a"), pl.col("function_right").alias("function_b"))
        return self._rows(kind, pairs.agg(pl.len().alias("clauses")))

    def e(self, kind: str, years: list[int], provinces: list[str]) -> Any:
        """Give many rows."""
        found = self.tables["clauses"].filter(pl.col("year").is_in(years), self._in("province", provinces))
        return self._rows(kind, found.select("place", "year", "text"))

    def f(self, kind: str, document: str) -> Any:
        """Give one document."""
        number = self.tables["documents"].filter(pl.col("id") == document).select("document").collect().item()
        found = self.tables["clauses"].filter(pl.col("document") == number).sort("clause")
        return self._rows(kind, found.select("path", "kind", "topic", "text"))

    def g(self, kind: str, due: int, unit: str, value: float) -> Any:
        """Give targets."""
        found = self.tables["targets"].filter(pl.col("due") == due, pl.col("unit") == unit, pl.col("value") >= value)
        columns = [pl.col("id").alias("document"), "path", "place", "year", "indicator", "op", "value", "unit"]
        return self._rows(kind, found.select(*columns, "deadline"))

    def _of(self, places: list[str]) -> pl.Expr:
        return self._in("adcode", places)

    def _in(self, column: str, values: list[str]) -> pl.Expr:
        return pl.col(column).is_in(pl.Series(values, dtype=pl.Categorical))
