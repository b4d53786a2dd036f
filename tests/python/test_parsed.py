"""What a worker of a cluster does, without the cluster: rows of all tables in one pass, equal to a ledger's."""

import pytest
from conftest import SEEDS

import taizhang as tz
from taizhang import _core, spark

pa = pytest.importorskip("pyarrow")

TABLES = [*tz.schema(), "records"]
USERS = ["title", "date", "tier", "year"]


def batch(rows, kind=None):
    columns = {name: pa.array([row.get(name) for row in rows]) for name in rows[0]}
    if kind:
        columns["text"] = columns["text"].cast(kind)
    return pa.RecordBatch.from_pydict(columns)


@pytest.fixture(scope="module")
def plans():
    rows = [{"id": path.stem, "text": path.read_text(encoding="utf-8")} for path in sorted(SEEDS.glob("*.txt"))]
    made = _core.sample_documents(5, 0, 60)
    rows += [
        {"id": id, "text": text, "@title": facts["title"], "@date": facts["date"], "@tier": id[-5], "@year": "x"}
        for id, text, facts in made
    ]
    return [{name: row.get(name) for name in rows[-1]} for row in rows]


def table_of(nested, name):
    return pa.Table.from_struct_array(nested.column(name).flatten())


def test_rows_are_those_of_a_ledger(plans, ledger):
    nested = spark.rows(batch(plans), TABLES, USERS)
    assert nested.num_rows == len(plans)
    ledger.ingest_texts([{k.removeprefix("@"): v for k, v in row.items()} for row in plans], progress=False)
    for name in tz.schema():
        found = table_of(nested, name)
        answered = pa.table(getattr(ledger, name)(copies="all"))
        assert set(found.column_names) == set(answered.column_names), name
        names = [column for column in answered.column_names if column != "same_as"]
        at = pa.array(range(found.num_rows))
        found = found.append_column("#", at).sort_by([("document", "ascending"), ("#", "ascending")])
        assert found.select(names).to_pylist() == answered.select(names).to_pylist(), name
        assert answered.num_rows, name


def test_each_document_has_its_own_rows(plans):
    nested = spark.rows(batch(plans), TABLES, USERS)
    for row in nested.select(["documents", "clauses", "notes", "records"]).to_pylist():
        (document,), (record,) = row["documents"], row["records"]
        assert {clause["document"] for clause in row["clauses"]} <= {document["id"]}
        assert len(row["clauses"]) == document["clauses"]
        assert len(row["notes"]) == document["notes"]
        assert (record["id"], record["error"]) == (document["id"], None)


def test_tables_that_are_not_wanted_are_not_there(plans):
    assert spark.rows(batch(plans[:2]), ["targets"], USERS).schema.names == ["targets"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()])
def test_text_may_be_of_any_type(plans, kind):
    few = [{"id": row["id"], "text": row["text"]} for row in plans[:5]]
    found = spark.rows(batch(few, kind), ["targets", "records"], [])
    assert len(found.column("targets").flatten()) == 48


def test_what_cannot_be_read_is_a_note_between_the_others():
    good = "一、任务\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头）"
    rows = [
        {"id": "a", "text": good.encode()},
        {"id": "b", "text": b"\x00\x01\x02" * 99},
        {"id": None, "text": good.encode("gb18030")},
        {"id": "d", "text": None},
        {"id": None, "text": None},
    ]
    nested = spark.rows(batch(rows), TABLES, [])
    read = nested.to_pylist()
    assert [len(row["documents"]) for row in read] == [1, 0, 1, 0, 0]
    assert [len(row["targets"]) for row in read] == [1, 0, 1, 0, 0]
    notes = [[note["document"] for note in row["notes"] if note["kind"] == "unreadable"] for row in read]
    assert notes == [[], ["b"], [], ["d"], ["a text without an id"]]
    assert all(note["message"].endswith(".") or note["message"] for row in read for note in row["notes"])
    assert [row["records"][0]["error"] is None for row in read] == [True, False, True, False, False]
    assert len(read[2]["documents"][0]["id"]) == 16, "without an id it is the hash of its bytes"


def test_the_schema_in_sql_is_that_of_the_rows(plans):
    nested = spark.rows(batch(plans[-3:]), TABLES, USERS)
    words = {"string": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_()}
    words["binary"] = pa.binary()
    for table in TABLES:
        struct = nested.schema.field(table).type.value_type
        expected = [(name, words[kind]) for name, kind in spark.columns(table, USERS)]
        assert [(field.name, field.type) for field in struct] == expected, table
    assert spark.nested(["sections"]).startswith("`sections` array<struct<`document`: string")
    assert ("user_year", "string") in spark.columns("documents", USERS)
    assert ("title", "string") in spark.columns("documents", USERS)


def test_the_function_that_travels_takes_batches_of_any_size(plans):
    read = spark.mapper(["documents"], USERS)
    out = list(read(iter([batch(plans), batch(plans[:1])])))
    assert [piece.num_rows for piece in out] == [64, len(plans) - 64, 1]


def test_an_empty_batch_gives_no_rows(plans):
    empty = batch(plans[:1]).slice(0, 0)
    assert spark.rows(empty, TABLES, USERS).num_rows == 0
