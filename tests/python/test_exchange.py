"""Hand it in: CSV, JSON lines, bibliography; DuckDB, polars and pandas read a table equal."""

import csv
import json
import re

import pytest

import taizhang as tz
from taizhang import bibliography


def test_a_spreadsheet_runs_nothing_of_ours(tmp_path):
    evil = ["=1+1", "+SUM(A1)", "-2+3", "@now()", "\t=1", "＝1+1", "=cmd|' /C calc'!A0"]
    tame = ["-5", "+5", "=", "——甲", "市医保局", "达到=70%"]
    tz.Table.from_dicts([{"body": word} for word in evil + tame]).to_csv(tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = [row[0] for row in csv.reader(raw.decode("utf-8-sig").splitlines())][1:]
    assert rows == [f"'{word}" for word in evil] + tame


def test_json_lines_come_back(seed_ledger, tmp_path):
    table = seed_ledger.targets()
    table.to_jsonl(tmp_path / "targets.jsonl")
    lines = (tmp_path / "targets.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == table.to_dicts()
    assert table.to_jsonl().splitlines() == lines


def test_bibtex_is_well_formed(seed_ledger):
    text = seed_ledger.bibliography("bibtex")
    entries = re.findall(r"@techreport\{([\w-]+),\n(.*?)\n\}\n", text, flags=re.S)
    assert len(entries) == 5 == len({key for key, _ in entries})
    for _, body in entries:
        fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", body, flags=re.M))
        assert {"title", "author", "year", "language"} <= set(fields)
        assert all(value.count("{") == value.count("}") for value in fields.values())
    row = {"id": "甲", "title": r"50%以上 & {集} \ _#$", "issuers": None, "issued": None}
    braces = re.sub(r"\\[{}]", "", bibliography.bibtex([row]))
    assert braces.count("{") == braces.count("}")
    assert r"50\%以上 \& \{集\} \textbackslash{} \_\#\$" in bibliography.bibtex([row])


def test_csl_says_the_same(seed_ledger):
    items = json.loads(seed_ledger.bibliography("csl"))
    rows = seed_ledger.documents()
    assert [item["title"] for item in items] == rows["title"]
    assert [item["issued"]["date-parts"][0][0] for item in items] == rows["year"]
    assert all(item["author"][0]["literal"] for item in items)
    with pytest.raises(ValueError, match="style is"):
        seed_ledger.bibliography("ris")


def test_a_selection_gives_its_own_documents(seed_ledger):
    only = seed_ledger.select(within="广东省")
    assert len(json.loads(only.bibliography("csl"))) == len(only) == 1


@pytest.mark.parametrize("name", ["documents", "clauses", "assignments", "targets", "notes"])
def test_every_reader_of_arrow_reads_the_same(seed_ledger, name):
    import duckdb
    import polars as pl

    table = getattr(seed_ledger, name)()
    rows = table.to_dicts()
    assert pl.DataFrame(table).to_dicts() == rows
    found = duckdb.from_arrow(table)
    assert [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()] == rows
    frame = table.to_pandas()
    assert frame.astype(object).where(frame.notna(), None).to_dict("records") == rows
