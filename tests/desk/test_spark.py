"""Spark gives what one machine gives, row by row: also where a worker is killed, and where documents are bad."""

import os
import signal
from pathlib import Path

import pytest
import sql_page

import taizhang as tz
from taizhang import _core
from taizhang import spark as tzs

pytestmark = [
    pytest.mark.desk,
    # pyspark's own warnings about the Python and pandas it finds are not ours to answer for.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

TABLES = list(tz.schema())
SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "documents"
METADATA = ["title", "date", "tier"]


def made(count, seed=21):
    """Texts with metadata of ours and of a user."""
    return [
        {
            "id": id,
            "text": text,
            "source": f"http://example.invalid/{id}",
            "title": facts["title"],
            "date": facts["date"],
            "tier": id[-5],
        }
        for id, text, facts in _core.sample_documents(seed, 0, count)
    ]


def frame(spark, rows, parts=6):
    columns = list(rows[0])
    schema = ", ".join(f"{c} {'binary' if isinstance(rows[0][c], bytes) else 'string'}" for c in columns)
    return spark.createDataFrame([tuple(row[c] for c in columns) for row in rows], schema).repartition(parts, "id")


def rows_of(parsed, table):
    """Rows by document and place, as the ledger gives them."""
    names = [name for name, _ in tzs.columns(table, METADATA if table == "documents" else ())]
    found = [tuple(row[name] for name in names) for row in parsed[table].collect()]
    return names, found


def expected(ledger, table):
    answered = getattr(ledger, table)(copies="all")
    return answered.columns, [tuple(row.values()) for row in answered]


def equal(parsed, ledger):
    for table in TABLES:
        names, found = rows_of(parsed, table)
        columns, wanted = expected(ledger, table)
        assert set(names) == set(columns), table
        skip = {"same_as", "file"}  # a cluster settles no copies; texts have no file, a source has
        keep = [name for name in columns if name not in skip]
        ours = [tuple(row[columns.index(name)] for name in keep) for row in wanted]
        theirs = [tuple(row[names.index(name)] for name in keep) for row in found]
        # Rows of a document come in its order; documents come as partitions finish.
        document = keep.index("document")
        theirs.sort(key=lambda row: row[document])
        assert theirs == ours, table
        assert ours, table


@pytest.fixture(scope="module")
def documents():
    rows = made(400)
    seeds = sorted(SEEDS.glob("*.txt"))
    rows += [
        {
            "id": path.stem,
            "text": path.read_text(encoding="utf-8"),
            "source": path.name,
            "title": None,
            "date": None,
            "tier": None,
        }
        for path in seeds
    ]
    return rows


@pytest.fixture(scope="module")
def ledger(documents, tmp_path_factory):
    with tz.open(tmp_path_factory.mktemp("one") / "machine.tz") as made:
        kept = [{k: v for k, v in row.items() if k != "source"} for row in documents]
        assert len(made.ingest_texts(kept, progress=False).added) == len(documents)
        yield made


@pytest.fixture(scope="module")
def parsed(spark, documents):
    parsed = tzs.parse(frame(spark, documents), metadata=METADATA)
    yield parsed
    parsed.unpersist()


def test_the_columns_are_the_schema(parsed):
    for table in TABLES:
        fields = [(field.name, field.dataType.simpleString()) for field in parsed[table].schema]
        assert fields == tzs.columns(table, METADATA if table == "documents" else ()), table


def test_the_rows_are_those_of_one_machine(parsed, ledger):
    equal(parsed, ledger)


def spied(monkeypatch, folder, act):
    """`mapper` with `act` in front, in the worker; what happened there is left in a folder."""
    real = tzs.mapper

    def spying(*arguments):
        read = real(*arguments)

        def spy(batches):
            from pyspark import TaskContext

            context = TaskContext.get()
            part, attempt = context.partitionId(), context.attemptNumber()
            for at, batch in enumerate(batches):
                Path(f"{folder}/{part}.{attempt}.{at}").write_text(str(batch.num_rows), encoding="utf-8")
                act(part, attempt, at)
                yield from read([batch])

        return spy

    monkeypatch.setattr(tzs, "mapper", spying)


def test_every_document_is_read_once_for_all_tables(spark, documents, tmp_path, monkeypatch):
    spied(monkeypatch, tmp_path, lambda *_: None)
    parsed = tzs.parse(frame(spark, documents), metadata=METADATA)
    counts = {table: parsed[table].count() for table in TABLES}
    assert counts["documents"] == len(documents)
    assert sum(int(seen.read_text()) for seen in tmp_path.iterdir()) == len(documents)
    assert all(int(seen.read_text()) <= 100 for seen in tmp_path.iterdir()), "batches are bounded"
    parsed.unpersist()


def test_a_killed_worker_is_tried_again(spark, documents, ledger, tmp_path, monkeypatch):
    def act(part, attempt, at):
        if (part, attempt, at) == (1, 0, 0):
            os.kill(os.getpid(), signal.SIGKILL)

    spied(monkeypatch, tmp_path, act)
    parsed = tzs.parse(frame(spark, documents), metadata=METADATA)
    equal(parsed, ledger)
    attempts = {tuple(map(int, seen.name.split(".")[:2])) for seen in tmp_path.iterdir()}
    assert {(1, 0), (1, 1)} <= attempts, "the task of partition 1 was tried twice"
    parsed.unpersist()


def test_bad_documents_are_notes(spark):
    good = "一、任务\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头）".encode()
    rows = [
        {"id": "good", "text": good, "source": "a.txt"},
        {"id": "gbk", "text": good.decode().encode("gb18030"), "source": "b.txt"},
        {"id": "empty", "text": b"", "source": "c.txt"},
        {"id": "null", "text": None, "source": "d.txt"},
        {"id": "zip", "text": b"PK\x03\x04" + bytes(range(256)) * 9, "source": "e.docx"},
        {"id": "page", "text": f"<html><body><div id='zoom'><p>{good.decode()}</p></div>".encode(), "source": "f.html"},
    ]
    parsed = tzs.parse(frame(spark, rows))
    bad = parsed["notes"].filter("kind = 'unreadable'").collect()
    assert {row["document"] for row in bad} == {"empty", "null", "zip"}
    assert all(row["message"] and row["clause"] is None for row in bad)
    assert {row["document"] for row in parsed["documents"].collect()} == {"good", "gbk", "page"}
    assert parsed["targets"].count() == 3
    errors = {row["id"]: row["error"] for row in parsed["records"].collect()}
    assert {id for id, error in errors.items() if error} == {"empty", "null", "zip"}


def test_text_that_is_no_utf8_is_read_as_bytes(spark):
    text = "一、任务\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头）"
    found = frame(spark, [{"id": "a", "text": text.encode("gb18030")}]).selectExpr("id", "cast(text AS string) AS text")
    assert tzs.parse(found)["targets"].count() == 1


@pytest.mark.parametrize("parts", [None, ["adcode", "year"]])
def test_what_a_cluster_writes_a_ledger_loads(spark, documents, ledger, tmp_path, parts):
    parsed = tzs.parse(frame(spark, documents), metadata=METADATA, store=tmp_path / "store")
    parsed.write(tmp_path / "tables", partition_by=parts)
    with tz.open(tmp_path / "loaded.tz") as loaded:
        report = loaded.load_parquet(tmp_path / "tables", progress=False)
        assert len(report.added) == len(documents)
        for table in TABLES:
            columns = [c for c in getattr(ledger, table)(limit=0).columns if c not in ("file", "same_as")]
            ask = {"copies": "all", "columns": columns}
            assert getattr(loaded, table)(**ask) == getattr(ledger, table)(**ask), table
        assert (
            loaded.documents(where={"tier": "0"}, copies="all")["id"]
            == ledger.documents(where={"tier": "0"}, copies="all")["id"]
        )
        loaded.check()


def test_what_could_not_be_read_is_skipped_with_its_reason(spark, tmp_path):
    rows = [{"id": "good", "text": "一、任务\n（一）完善制度。（市医保局牵头）"}, {"id": "bad", "text": " "}]
    tzs.parse(frame(spark, rows), "records").write(tmp_path / "tables")
    with tz.open(tmp_path / "a.tz") as loaded:
        report = loaded.load_parquet(tmp_path / "tables", progress=False)
        assert (report.added, [name for name, _ in report.skipped]) == (["good"], ["bad"])


def test_wrong_columns_and_tables_are_told(spark, documents):
    found = frame(spark, documents[:3])
    with pytest.raises(ValueError, match="no table 'tasks'"):
        tzs.parse(found, "tasks")
    with pytest.raises(ValueError, match="no column 'body'"):
        tzs.parse(found, text="body")
    with pytest.raises(KeyError, match="was not asked for"):
        tzs.parse(found, ["targets"])["notes"]


@pytest.fixture(scope="module")
def views(spark, tmp_path_factory):
    """The tables of the page's documents as Spark reads them, and the ledger beside."""
    folder = tmp_path_factory.mktemp("page")
    rows = sql_page.plans(SEEDS)
    facts = [name for name in rows[-1] if name not in ("id", "text")]
    full = [{"id": row["id"], "text": row["text"], **{name: row.get(name) for name in facts}} for row in rows]
    parsed = tzs.parse(frame(spark, full), metadata=facts)
    parsed.write(folder / "tables")
    parsed.unpersist()
    for table in TABLES:
        spark.read.parquet(f"{folder}/tables/{table}").createOrReplaceTempView(table)
    with tz.open(folder / "page.tz") as made:
        made.ingest_texts(full, progress=False)
        yield spark, made


@pytest.mark.parametrize(("letter", "line", "sql"), sql_page.questions(), ids="abcdefgh")
def test_spark_sql_answers_as_the_library(views, letter, line, sql):
    spark, ledger = views
    found = spark.sql(sql["Spark"])
    sql_page.same(letter, *sql_page.answered(ledger, line), found.columns, [tuple(row) for row in found.collect()])
