"""Polars over the Parquet files."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from . import polars_memory


def load(folder: Path) -> dict[str, float]:
    """Nothing is loaded."""
    return polars_memory.load(folder)


class Engine(polars_memory.Engine):
    """The files as lazy frames."""

    def table(self, folder: Path, name: str) -> pl.LazyFrame:
        """Scan one."""
        return pl.scan_parquet(folder / "parquet" / name / "*.parquet")

    def _in(self, column: str, values: list[str]) -> pl.Expr:
        return pl.col(column).is_in(values)
