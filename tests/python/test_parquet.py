"""Parquet out and in: what is written says what it means, and comes back as the same ledger."""

import json

import pytest
from conftest import SEEDS

import taizhang as tz
from taizhang import _core, codebook

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

TABLES = list(tz.schema())


def same(a, b, tables=TABLES):
    """Both ledgers answer every table alike, row by row."""
    for name in tables:
        left, right = getattr(a, name)(copies="all"), getattr(b, name)(copies="all")
        assert left == right, name
        assert len(left), name


@pytest.fixture(scope="module")
def exported(seed_ledger, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    rows = seed_ledger.export_parquet(folder)
    return folder, rows


def test_every_table_is_a_file_that_says_what_it_means(seed_ledger, exported):
    folder, rows = exported
    assert sorted(path.stem for path in folder.iterdir()) == sorted(codebook.tables())
    for name in TABLES:
        table = pq.read_table(folder / f"{name}.parquet")
        answered = getattr(seed_ledger, name)(copies="all")
        order = ["document", "start"] if name != "documents" else ["document"]
        assert rows[name] == len(answered) == table.num_rows
        by_document = sorted(table.to_pylist(), key=lambda row: row["document"])
        assert by_document == answered.to_dicts(), order
        for field, column in zip(table.schema, tz.schema()[name], strict=False):
            assert field.name == column.name
            assert field.metadata[b"about"].decode() == column.about
            assert field.metadata[b"label_zh"]
        facts = table.schema.metadata
        assert facts[b"taizhang.reading"].decode() == _core.reading()
        assert json.loads(facts[b"taizhang.keys"])["primary_key"] == codebook.KEYS.get(name)
        assert set(json.loads(facts[b"taizhang.columns"])) == set(table.column_names)


def test_every_column_has_its_chinese_sentence():
    named = {column.name for columns in codebook.tables().values() for column in columns}
    assert named == set(codebook.ABOUT_ZH)


def test_keys_are_keys(exported):
    folder, _ = exported
    read = {name: pq.read_table(folder / f"{name}.parquet") for name in codebook.tables()}
    for name, table in read.items():
        links = codebook.keys(name)
        if links["primary_key"]:
            values = table[links["primary_key"]].to_pylist()
            assert len(set(values) - {None}) == len(values)
        for column, target in links["foreign_keys"].items():
            other, key = target.split(".")
            assert set(table[column].to_pylist()) - {None} <= set(read[other][key].to_pylist()), (name, column)


def test_the_same_ledger_comes_back(seed_ledger, exported, ledger):
    folder, _ = exported
    report = ledger.load_parquet(folder, progress=False)
    assert sorted(report.added) == seed_ledger.ids()
    same(ledger, seed_ledger)
    for document in seed_ledger:
        loaded = ledger.document(document.id)
        assert loaded.text == document.text
        assert loaded.metadata == document.metadata
        assert loaded.spans() == document.spans(), "removed ranges come back, which no table has"
    ledger.check()
    again = ledger.load_parquet(folder, progress=False)
    assert sorted(again.unchanged) == seed_ledger.ids()
    assert not again.added
    # An ingest of the files themselves knows them, too.
    assert len(ledger.ingest(SEEDS, metadata="index.csv", progress=False).unchanged) == 5
    assert ledger.search("分级诊疗")["clause"] == seed_ledger.search("分级诊疗")["clause"]


def test_parts_are_hive_partitions(seed_ledger, tmp_path, ledger):
    import duckdb
    import polars as pl

    rows = seed_ledger.export_parquet(tmp_path / "out", partition_by=["adcode", "year"])
    assert (tmp_path / "out/targets/adcode=440700/year=2019/part-0.parquet").is_file()
    asked = f"SELECT count(*) FROM read_parquet('{tmp_path}/out/targets/*/*/*.parquet', hive_partitioning=true"
    ((count,),) = duckdb.sql(asked + ", hive_types={'adcode': VARCHAR}) WHERE adcode = '440700'").fetchall()
    assert count == seed_ledger.count("targets", place="江门市")
    assert pl.scan_parquet(tmp_path / "out/clauses/**/*.parquet").select(pl.len()).collect().item() == rows["clauses"]
    ledger.load_parquet(tmp_path / "out/records/adcode=440700", progress=False)
    assert ledger.ids() == ["jiangmen-2019"]
    ledger.load_parquet(tmp_path / "out", progress=False)
    same(ledger, seed_ledger)


def test_a_selection_is_what_is_written(seed_ledger, tmp_path, ledger):
    only = seed_ledger.select(place="江门市")
    rows = only.export_parquet(tmp_path / "out")
    assert rows["documents"] == rows["records"] == 1
    assert rows["targets"] == only.count("targets")
    ledger.load_parquet(tmp_path / "out/records.parquet", progress=False)
    assert ledger.ids() == only.ids()


def test_metadata_versions_and_copies_are_settled_as_at_ingest(tmp_path):
    texts = [(f"{n:02}", *facts) for n, (_, *facts) in enumerate(_core.sample_documents(3, 0, 60))]
    frame = [{"id": id, "text": text, "tier": id[0], "title": f"计划{id}"} for id, text, _ in texts]
    frame.append({"id": "near", "text": frame[0]["text"] + "\n（抄送）", "tier": "x", "title": frame[0]["title"]})
    frame.append({"id": "same", "text": frame[1]["text"], "tier": "x"})
    with tz.open(tmp_path / "a.tz") as a, tz.open(tmp_path / "b.tz") as b:
        first = a.ingest_texts(frame, progress=False)
        assert first.same_content == [("same", "01")]
        a.export_parquet(tmp_path / "one")
        second = b.load_parquet(tmp_path / "one", progress=False)
        assert second.added == first.added
        assert second.copies == first.copies
        tables = [name for name in TABLES if len(getattr(a, name)())]
        same(a, b, tables)
        assert b.documents(where={"tier": "0"})["id"] == a.documents(where={"tier": "0"})["id"]
        changed = [{**row, "text": row["text"] + "\n另，本计划自印发之日起施行。"} for row in frame[:5]]
        a.ingest_texts(changed, progress=False)
        a.export_parquet(tmp_path / "two", tables=["records"])
        assert sorted(b.load_parquet(tmp_path / "two", progress=False).new_versions) == ["00", "01", "02", "03", "04"]
        same(a, b, tables)
        a.check()
        b.check()


def test_how_a_ledger_was_put_together_leaves_no_trace_in_a_row_group(seed_ledger, tmp_path):
    seed_ledger.export_parquet(tmp_path / "a")
    seed_ledger.export_parquet(tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


# -- what is refused -------------------------------------------------------------------------------------------------


def changed(folder, target, **columns):
    """The records with columns changed: name to a function of the old values."""
    table = pq.read_table(folder / "records.parquet")
    for name, change in columns.items():
        at = table.schema.get_field_index(name)
        values = change(table.column(name).to_pylist())
        table = table.set_column(at, table.schema.field(at).with_type(pa.infer_type(values)), pa.array(values))
    pq.write_table(table.replace_schema_metadata(None), target)
    return target


def flipped(record, bit):
    raw = bytearray(record)
    raw[bit // 8] ^= 1 << bit % 8
    return bytes(raw)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"record": lambda v: [*v[:3], flipped(v[3], 4000), *v[4:]]}, "row 4, has a record that fails its checksum"),
        (
            {"record": lambda v: [*v[:1], v[1][:100], *v[2:]]},
            "row 2, has a record that has another length than it says",
        ),
        ({"record": lambda v: [*v[:1], b"", *v[2:]]}, "row 2, has a record that is cut off after 0 bytes"),
        ({"record": lambda v: [None, *v[1:]]}, "row 1, has no record"),
        (
            {"text": lambda v: [*v[:2], v[2][:50], *v[3:]]},
            "row 3, has a record that was made of another id, text or metadata",
        ),
        (
            {"text": lambda v: [b"\xff\xfe", *(t.encode() for t in v[1:])]},
            "row 1, has a text that is no UTF-8 at byte 0",
        ),
        ({"sha256": lambda v: [v[0][:-1], *v[1:]]}, "row 1, has a sha256 that is none"),
        ({"metadata": lambda v: ["[1]", *v[1:]]}, "row 1, has metadata that are no JSON object"),
        ({"reading": lambda v: ["rules 1", *v[1:]]}, "row 1, has a reading 'rules 1' that is none|reading \"rules 1\""),
        ({"id": lambda v: ["", *v[1:]]}, "row 1, has an empty id"),
    ],
)
def test_unsound_rows_are_named(exported, tmp_path, ledger, columns, said):
    path = changed(exported[0], tmp_path / "bad.parquet", **columns)
    with pytest.raises(tz.StoreError, match=said) as caught:
        ledger.load_parquet(path, progress=False)
    assert "bad.parquet" in str(caught.value)
    ledger.check()


def test_another_reading_is_refused_or_accepted_as_a_whole(exported, tmp_path, ledger, seed_ledger):
    other = "rules 9 and lexicon 00000000000000aa"
    path = changed(exported[0], tmp_path / "other.parquet", reading=lambda v: [other for _ in v])
    with pytest.raises(tz.StoreError, match=r"accept_other_reading=True .* ledger\.reread\(\)"):
        ledger.load_parquet(path, progress=False)
    assert len(ledger) == 0
    ledger.load_parquet(path, accept_other_reading=True, progress=False)
    assert set(ledger.documents()["reading"]) == {other}
    with pytest.raises(tz.StoreError, match="reread"):
        ledger.ingest(SEEDS, progress=False)
    with pytest.raises(tz.StoreError, match="the ledger reads with rules 9"):
        ledger.load_parquet(exported[0], accept_other_reading=True, progress=False)
    ledger.reread(progress=False)
    same(ledger, seed_ledger)
    mixed = changed(exported[0], tmp_path / "mixed.parquet", reading=lambda v: [*v[:2], other, *v[3:]])
    with pytest.raises(tz.StoreError, match=r"mixed.parquet, row 3, was read with rules 9"):
        ledger.load_parquet(mixed, progress=False)


def test_files_that_hold_no_documents_are_told(exported, tmp_path, ledger):
    folder, _ = exported
    with pytest.raises(tz.StoreError, match=r"targets.parquet holds no documents to load.*records"):
        ledger.load_parquet(folder / "targets.parquet", progress=False)
    (tmp_path / "text.parquet").write_text("no parquet", encoding="utf-8")
    with pytest.raises(tz.StoreError, match=r"text.parquet cannot be read as Parquet"):
        ledger.load_parquet(tmp_path / "text.parquet", progress=False)
    whole = (folder / "records.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(tz.StoreError, match=r"cut.parquet cannot be read as Parquet"):
        ledger.load_parquet(tmp_path / "cut.parquet", progress=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="no Parquet files"):
        ledger.load_parquet(tmp_path / "empty", progress=False)
    with pytest.raises(FileNotFoundError, match="there is no"):
        ledger.load_parquet(tmp_path / "missing", progress=False)
    with pytest.raises(tz.QueryError, match="a selection takes no documents"):
        ledger.select(year=2019).load_parquet(folder)


def test_any_flipped_byte_of_a_file_is_an_error_or_the_same_ledger(exported, tmp_path, seed_ledger):
    """A Parquet file has no checksum over all of it; what slips through to us we check ourselves."""
    import random

    dice = random.Random(5)
    whole = (exported[0] / "records.parquet").read_bytes()
    errors = 0
    for nth in range(40):
        path = tmp_path / f"{nth}.parquet"
        path.write_bytes(flipped(whole, dice.randrange(len(whole) * 8)))
        with tz.open(tmp_path / f"{nth}.tz") as made:
            try:
                made.load_parquet(path, progress=False)
            except (tz.StoreError, FileNotFoundError):
                errors += 1
                continue
            assert made.clauses()["start"] == seed_ledger.clauses()["start"]
            assert made.targets() == seed_ledger.targets()
    assert errors >= 20


def test_nothing_is_overwritten_and_wrong_words_are_told(seed_ledger, exported, tmp_path):
    with pytest.raises(FileExistsError, match="holds documents"):
        seed_ledger.export_parquet(exported[0])
    with pytest.raises(ValueError, match="no table 'target'"):
        seed_ledger.export_parquet(tmp_path / "x", tables=["target"])
    with pytest.raises(ValueError, match="parted by adcode"):
        seed_ledger.export_parquet(tmp_path / "x", partition_by="title")
    assert not (tmp_path / "x").exists()


def test_an_interrupt_keeps_what_was_committed(exported, ledger):
    from taizhang.parquet import Rows, files

    rows = Rows(files(exported[0]), False)

    def stop(done, total):
        raise KeyboardInterrupt

    facts, raised = _core.load(ledger._core, rows.pull, rows.total, progress=stop)
    assert isinstance(raised, KeyboardInterrupt)
    assert facts["interrupted"]
    ledger.load_parquet(exported[0], progress=False)
    assert len(ledger) == 5
