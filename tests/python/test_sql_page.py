"""DuckDB answers the questions of docs/spark.md over the Parquet tables as the library does."""

import pytest
import sql_page
from conftest import SEEDS

import taizhang as tz

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A ledger, and DuckDB over its exported tables."""
    folder = tmp_path_factory.mktemp("sql")
    with tz.open(folder / "plans.tz") as ledger, duckdb.connect() as db:
        ledger.ingest_texts(sql_page.plans(SEEDS), progress=False)
        ledger.export_parquet(folder / "tables")
        for path in (folder / "tables").glob("*.parquet"):
            db.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{path}')")
        yield ledger, db


@pytest.mark.parametrize(("letter", "line", "sql"), sql_page.questions(), ids="abcdefgh")
def test_duckdb_answers_as_the_library(asked, letter, line, sql):
    ledger, db = asked
    found = db.sql(sql["DuckDB"])
    sql_page.same(letter, *sql_page.answered(ledger, line), found.columns, found.fetchall())


def test_the_page_has_eight_questions_in_both_dialects():
    found = sql_page.questions()
    assert [letter for letter, *_ in found] == list("abcdefgh")
    assert all({"DuckDB", "Spark"} <= set(sql) for *_, sql in found)
