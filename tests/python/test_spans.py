"""Spans: text[start:end] without the removed ranges is the wording that the gold documents have."""

import itertools
import json
import re

import pytest
from conftest import GOLD, SEEDS

import taizhang as tz

NAMES = [path.stem for path in sorted(GOLD.glob("*.json"))]


@pytest.fixture(scope="module", params=NAMES)
def read(request, score):
    """A seed, what gold says of it, and the scorer's comparison of words."""
    gold = json.loads((GOLD / f"{request.param}.json").read_text(encoding="utf-8"))
    return tz.parse(SEEDS / f"{request.param}.txt"), gold, score


def pairs(read, what):
    """Rows of gold with the rows that were read for them, and their extents."""
    document, gold, score = read
    facts, spans = document.to_dict(), document.spans()[what]
    rows = score.flat(facts, what)
    assert len(rows) == len(spans), "every row has its span"
    by_row = {id(row): span for row, span in zip(rows, spans, strict=True)}

    def same(g, p):
        if what == "targets":
            numbers = all(score.is_any(g[k], p[k], score.num) for k in ("value", "value_high"))
            return g["path"] == p["path"] and numbers and score.is_any(g["op"], p["op"])
        return g["path"] == p["path"] and score.is_any(g["deadline"], p["deadline"])

    found, _ = score.match(score.flat(gold, what), rows, same, like=lambda g, p: score.near(g["text"], p["text"]))
    return [(g, p, by_row[id(p)]) for g, p in found]


def test_clauses(read):
    document, gold, score = read
    spans = document.spans()["clauses"]
    assert len(spans) == len(gold["clauses"])
    for clause, span in zip(gold["clauses"], spans, strict=True):
        assert score.plain(document.wording(span)) == score.plain(clause["text"]), clause["path"]


def test_headings(read):
    document, gold, score = read
    headings = {tuple(span["path"]): span for span in document.spans()["headings"]}
    for clause in gold["clauses"]:
        options = clause["heading"] if isinstance(clause["heading"], list) else [clause["heading"]]
        span = headings.get(tuple(clause["path"]))
        words = None if span is None else score.norm(document.wording(span))
        assert words in [None if o is None else score.norm(o) for o in options], clause["path"]


def test_sections(read):
    document, gold, score = read
    found = [score.norm(document.wording(span)) for span in document.spans()["sections"]]
    assert found == [score.norm(section["heading"]) for section in gold["sections"]]


@pytest.mark.parametrize("what", ["targets", "milestones"])
def test_targets_and_milestones(read, what):
    document, _, score = read
    for gold, row, span in pairs(read, what):
        words = score.plain(document.wording(span))
        assert words == score.plain(row["text"]), "the span is the row's own text"
        assert score.norm(words) == score.norm(gold["text"]), gold["path"]


def test_citations(read):
    document, gold, score = read
    spans = document.spans()["citations"]
    words = [score.norm(document.wording(span)) for span in spans]
    required = [cited for cited in gold["cites"] if not cited.get("optional")]
    assert len(required) <= len(words) <= len(gold["cites"])
    for cited in required:
        parts = [score.norm(cited[key]) for key in ("title", "number") if cited.get(key)]
        assert any(all(part in w for part in parts) for w in words), cited


def test_an_assignment_is_the_name_as_printed(read):
    document, _, score = read
    spans = document.spans()
    assignments = score.flat(document.to_dict(), "assignments")
    assert len(assignments) == len(spans["assignments"])
    for row, span in zip(assignments, spans["assignments"], strict=True):
        if row["implied"]:
            assert score.name(row["body"]) in score.name(document.wording(span)), row
            continue
        printed = score.name(document.wording(span))
        assert printed, row
        name = iter(score.name(row["body"]))
        bare = printed if "(" in row["body"] else re.sub(r"\(.*?\)", "", printed)
        assert all(char in name for char in bare), f"{printed} is longer than {row['body']} needs"
        group = span["group"]
        assert group["start"] < span["start"] < span["end"] <= group["end"], row


@pytest.mark.parametrize("what", ["clauses", "headings", "targets", "milestones", "assignments", "groups"])
def test_spans_of_one_kind_do_not_overlap(read, what):
    document, _, score = read
    spans = document.spans()[what]
    if what == "assignments":
        rows = score.flat(document.to_dict(), "assignments")
        spans = [span for row, span in zip(rows, spans, strict=True) if not row["implied"]]
    ordered = sorted({(span["start"], span["end"]) for span in spans})
    for (_, end), (start, _) in itertools.pairwise(ordered):
        assert end <= start, (document.text[start - 20 : end + 20], what)


def test_removed_ranges_lie_inside(read):
    document, *_ = read
    for rows in document.spans().values():
        for span in rows:
            at = span["start"]
            for start, end in span["removed"]:
                assert at <= start < end <= span["end"]
                at = end
