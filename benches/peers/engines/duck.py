"""DuckDB: tables in a database file, sorted as they come, with the document's facts beside each row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

COLUMNS = "place, year, text"


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(folder / "peer.duckdb"))
    connection.execute("SET threads=2")
    return connection


def load(folder: Path) -> dict[str, float]:
    """Load."""
    db = _connect(folder)
    for table in ("documents", "clauses", "topics", "assigned", "targets"):
        db.execute(f"CREATE TABLE {table} AS SELECT * FROM '{folder}/parquet/{table}/*.parquet'")
    db.execute("CREATE INDEX clauses_document ON clauses(document)")
    db.execute("CHECKPOINT")
    db.close()
    return {"disk MB": (folder / "peer.duckdb").stat().st_size / 1e6}


class Engine:
    """An open database."""

    def __init__(self, folder: Path) -> None:
        self.db = _connect(folder)
        self.db.execute("SELECT count(*) FROM documents").fetchall()

    def _rows(self, kind: str, sql: str, parameters: list[Any]) -> Any:
        found = self.db.sql(sql, params=parameters)
        return found.df() if kind == "pandas" else found.to_arrow_table()

    def a(self, kind: str, function: str, year: int) -> int:
        """Count."""
        sql = "SELECT count(*) FROM assigned WHERE function = ? AND year = ?"
        return self.db.execute(sql, [function, year]).fetchall()[0][0]

    def b(self, kind: str, province: str, word: str) -> Any:
        """Find a word in a province."""
        sql = f"SELECT {COLUMNS} FROM clauses WHERE province = ? AND contains(text, ?)"
        return self._rows(kind, sql, [province, word])

    b2 = b

    def c(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross places with topics."""
        sql = f"""SELECT adcode, topic, count(DISTINCT document) AS count FROM topics
                 WHERE year = ? AND {_in(places)} GROUP BY ALL"""
        return self._rows(kind, sql, [year])

    def d(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross functions with functions."""
        sql = f"""WITH f AS (SELECT DISTINCT clause, function FROM assigned
                             WHERE year = ? AND NOT implied AND {_in(places)})
                  SELECT a.function AS function_a, b.function AS function_b, count(*) AS clauses
                  FROM f a JOIN f b USING (clause) WHERE a.function < b.function GROUP BY ALL"""
        return self._rows(kind, sql, [year])

    def e(self, kind: str, years: list[int], provinces: list[str]) -> Any:
        """Give many rows."""
        of = ", ".join(str(int(year)) for year in years)
        names = ", ".join(f"'{province}'" for province in provinces)
        return self._rows(kind, f"SELECT {COLUMNS} FROM clauses WHERE year IN ({of}) AND province IN ({names})", [])

    def f(self, kind: str, document: str) -> Any:
        """Give one document."""
        sql = """SELECT path, kind, topic, text FROM clauses
                 WHERE document = (SELECT document FROM documents WHERE id = ?) ORDER BY clause"""
        return self._rows(kind, sql, [document])

    def g(self, kind: str, due: int, unit: str, value: float) -> Any:
        """Give targets."""
        sql = """SELECT id AS document, path, place, year, indicator, op, value, unit, deadline FROM targets
                 WHERE due = ? AND unit = ? AND value >= ?"""
        return self._rows(kind, sql, [due, unit, value])


def _in(places: list[str]) -> str:
    return "adcode IN (" + ", ".join(f"'{place}'" for place in places) + ")"
