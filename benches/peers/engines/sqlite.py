"""SQLite: tables with an index for each question, and FTS5 with trigrams over the clauses."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

TABLES = {
    "documents": "document INTEGER PRIMARY KEY, id TEXT, adcode TEXT, place TEXT, level TEXT, year INTEGER, title TEXT",
    "clauses": (
        "clause INTEGER PRIMARY KEY, document INTEGER, path TEXT, kind TEXT, topic TEXT, adcode TEXT, place TEXT,"
        " province TEXT, level TEXT, year INTEGER, text TEXT"
    ),
    "topics": "clause INTEGER, document INTEGER, topic TEXT, adcode TEXT, year INTEGER",
    "assigned": (
        "clause INTEGER, document INTEGER, function TEXT, role TEXT, implied INTEGER, adcode TEXT, year INTEGER"
    ),
    "targets": (
        "document INTEGER, id TEXT, path TEXT, adcode TEXT, place TEXT, year INTEGER, indicator TEXT, op TEXT,"
        " value REAL, unit TEXT, deadline TEXT, due INTEGER"
    ),
}
INDEXES = [
    "documents(id)",
    "clauses(document)",
    "clauses(province, year)",
    "topics(year, adcode, topic, document)",
    "assigned(function, year)",
    "assigned(year, adcode, implied, clause, function)",
    "targets(due, unit, value)",
]


def _connect(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "peer.sqlite", isolation_level=None)
    for pragma in ("mmap_size=8000000000", "cache_size=-262144", "temp_store=memory", "threads=2"):
        db.execute(f"PRAGMA {pragma}")
    return db


def load(folder: Path) -> dict[str, float]:
    """Load."""
    db = _connect(folder)
    db.execute("PRAGMA journal_mode=off")
    db.execute("PRAGMA synchronous=off")
    db.execute("BEGIN")
    for table, columns in TABLES.items():
        db.execute(f"CREATE TABLE {table} ({columns})")
        names = [column.strip().split()[0] for column in columns.split(",")]
        sql = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"
        for batch in ds.dataset(folder / "parquet" / table).to_batches(columns=names):
            db.executemany(sql, zip(*(column.to_pylist() for column in batch.columns), strict=True))
    for index in INDEXES:
        name = "".join(c if c.isalnum() else "_" for c in index)
        db.execute(f"CREATE INDEX {name} ON {index}")
    db.execute(
        "CREATE VIRTUAL TABLE words USING fts5(text, content='clauses', content_rowid='clause', tokenize='trigram')"
    )
    db.execute("INSERT INTO words(words) VALUES ('rebuild')")
    db.execute("COMMIT")
    db.execute("ANALYZE")
    db.close()
    return {"disk MB": (folder / "peer.sqlite").stat().st_size / 1e6}


class Engine:
    """An open database."""

    def __init__(self, folder: Path) -> None:
        self.db = _connect(folder)
        self.db.execute("SELECT count(*) FROM documents").fetchall()

    def _rows(self, kind: str, sql: str, parameters: list[Any]) -> Any:
        if kind == "pandas":
            return pd.read_sql_query(sql, self.db, params=parameters)
        cursor = self.db.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        return pa.table({name: list(values) for name, values in zip(names, columns, strict=True)})

    def a(self, kind: str, function: str, year: int) -> int:
        """Count."""
        sql = "SELECT count(*) FROM assigned WHERE function = ? AND year = ?"
        return self.db.execute(sql, (function, year)).fetchone()[0]

    def b(self, kind: str, province: str, word: str) -> Any:
        """Find a word in a province, by trigrams."""
        sql = """SELECT place, year, c.text FROM words w JOIN clauses c ON c.clause = w.rowid
                 WHERE w.text MATCH ? AND +c.province = ?"""
        return self._rows(kind, sql, [f'"{word}"', province])

    def b2(self, kind: str, province: str, word: str) -> Any:
        """Find two characters: too short for trigrams, so the province's clauses are read."""
        sql = "SELECT place, year, text FROM clauses WHERE province = ? AND instr(text, ?) > 0"
        return self._rows(kind, sql, [province, word])

    def c(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross places with topics."""
        sql = f"""SELECT adcode, topic, count(DISTINCT document) AS count FROM topics
                  WHERE year = ? AND adcode IN ({_marks(places)}) GROUP BY 1, 2"""
        return self._rows(kind, sql, [year, *places])

    def d(self, kind: str, year: int, places: list[str]) -> Any:
        """Cross functions with functions."""
        sql = f"""WITH f AS MATERIALIZED (SELECT DISTINCT clause, function FROM assigned
                      WHERE year = ? AND adcode IN ({_marks(places)}) AND implied = 0)
                  SELECT a.function AS function_a, b.function AS function_b, count(*) AS clauses
                  FROM f a JOIN f b ON a.clause = b.clause AND a.function < b.function GROUP BY 1, 2"""
        return self._rows(kind, sql, [year, *places])

    def e(self, kind: str, years: list[int], provinces: list[str]) -> Any:
        """Give many rows."""
        where = f"year IN ({_marks(years)}) AND province IN ({_marks(provinces)})"
        sql = f"SELECT place, year, text FROM clauses WHERE {where}"
        return self._rows(kind, sql, [*years, *provinces])

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


def _marks(values: list[Any]) -> str:
    return ", ".join("?" * len(values))
