"""One document without a ledger."""

import json

import pytest

import taizhang as tz

KEYS = {
    "title", "number", "issuers", "issued", "jurisdiction", "cites", "sections", "clauses", "targets", "milestones",
}  # fmt: skip
ASSIGNMENT = {"part", "body", "function", "role", "implied", "open"}
TARGET = {
    "text", "indicator", "op", "value", "value_high", "unit", "per", "baseline", "deadline", "change",
    "baseline_period",
    "implied",
}  # fmt: skip


def test_exchange_format(seeds):
    for path in sorted(seeds.glob("*.txt")):
        facts = tz.parse(path).to_dict()
        assert set(facts) == KEYS
        assert set(facts["jurisdiction"]) >= {"adcode", "name", "level"}
        assert all(set(cited) == {"title", "number"} for cited in facts["cites"])
        assert all({"no", "heading"} <= set(section) for section in facts["sections"])
        for clause in facts["clauses"]:
            assert {"path", "heading", "kind", "text", "assignments", "targets", "milestones"} <= set(clause)
            assert all(set(a) >= ASSIGNMENT for a in clause["assignments"])
            assert all(set(t) >= TARGET for t in clause["targets"])
        assert all("path" in row for row in facts["targets"] + facts["milestones"])


def test_a_file_and_its_text_read_the_same(seeds):
    document = tz.parse(seeds / "qijiang-2022.txt")
    assert tz.parse_text(document.text).to_dict() == document.to_dict()
    assert json.loads(document.to_json(indent=True)) == document.to_dict()
    assert document.id == "qijiang-2022.txt"
    assert document.text == (seeds / "qijiang-2022.txt").read_bytes().decode()


def test_text_that_is_no_plan():
    document = tz.parse_text("今天天气很好。")
    assert document.clauses == []
    assert document.assignments == []
    assert document.targets == []
    assert tz.parse_text("").clauses == []


def test_files_that_are_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        tz.parse(tmp_path / "missing.txt")
    (tmp_path / "binary.txt").write_bytes(b"\x00\xff")
    with pytest.raises(tz.DocumentError, match="zero bytes"):
        tz.parse(tmp_path / "binary.txt")
    with pytest.raises(tz.TaizhangError):
        tz.parse(tmp_path)


def test_encodings(tmp_path, seeds):
    text = tz.parse(seeds / "jiangmen-2019.txt").text
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        (tmp_path / "x.txt").write_bytes(text.encode(encoding))
        assert tz.parse(tmp_path / "x.txt").text == text


def test_the_result_is_yours(seeds):
    document = tz.parse(seeds / "jiangmen-2019.txt")
    document.to_dict()["clauses"].clear()
    document.clauses.clear()
    assert document.clauses
