"""Clauses beside clauses, from Python."""

import pytest

import taizhang as tz

PLAN = """一、工作
（一）推进药品集中采购。开展药品集中带量采购，扩大采购范围。（市医保局牵头）
（二）完善医保支付方式。推行按病种付费。（市医保局负责）
（三）修建农村公路。新建道路。（市交通运输局负责）
"""
OTHER = """一、任务
（一）改革医保支付方式。全面推开按病种付费改革。（市医保局负责）
（二）实施集中带量采购。落实药品集中采购中选结果。（市医保局负责）
"""


@pytest.fixture
def two(ledger):
    rows = [
        {"id": "a", "text": PLAN, "date": "2020-01-01", "place": "江门市"},
        {"id": "b", "text": OTHER, "date": "2021-01-01", "place": "临汾市"},
    ]
    ledger.ingest_texts(rows, progress=False)
    return ledger


def test_sides_are_named_in_many_ways(two):
    whole = two.align("a", "b")
    first = next(row for row in whole if row["a_clause"] == "a#1")
    assert (first["b_clause"], first["rank"]) == ("b#2", 1)
    assert "采购" in first["reason"]
    none = next(row for row in whole if row["a_clause"] == "a#3")
    assert [none[name] for name in ("b_document", "rank", "reason")] == [None, None, None]
    ways = ["江门市", ["a"], {"document": "a"}, two.clauses(document="a"), two.documents(document="a")]
    for way in ways:
        assert list(two.align(way, "临汾市")) == list(whole)
    assert len(two.align("a", [])) == 3
    assert set(two.align("a", [])["rank"]) == {None}
    with pytest.raises(ValueError, match="either documents or places"):
        two.align(["a", "c"])
    with pytest.raises(tz.QueryError):
        two.align("没有这个地方")
    with pytest.raises(ValueError, match="between 0 and 1"):
        two.align("a", threshold=2)


def test_vectors_of_your_own_are_mixed_in(two):
    def embed(texts):
        return [[1.0, 0.0] if "公路" in text or "集中带量" in text else [0.0, 1.0] for text in texts]

    def scores(**options):
        pairs = two.align("a", "b", threshold=0.0, **options)
        return {(row["a_clause"], row["b_clause"]): row["score"] for row in pairs}

    plain, mixed = scores(), scores(embed=embed, share=0.5)
    pair = ("a#1", "b#2")
    assert mixed[pair] == pytest.approx((plain[pair] + 1) / 2)
    with pytest.raises(ValueError, match="one vector for each text"):
        two.align("a", "b", embed=lambda texts: [])


def test_omissions_and_inventions(two):
    alone = two.inventions("a", "b")
    assert alone["clause"] == ["a#3"]
    assert len(two.omissions("b", "a")) == 0
    assert two.evidence(alone[0], whole=True).text


def test_measures_are_kept_as_edited(two, tmp_path):
    measures = two.measures()
    groups = {row["clause"]: row["measure"] for row in measures}
    assert groups["a#1"] == groups["b#2"] == "a#1"
    assert groups["a#2"] == groups["b#1"] == "a#2"
    assert set(two.measures(place="江门市")["document"]) == {"a"}
    two.merge_measures("a#1", "a#2")
    two.rename_measure("b#1", "医保")
    two.split_measure("b#2")
    again = {row["clause"]: (row["measure"], row["label"]) for row in two.measures()}
    assert again["a#2"] == again["b#1"] == ("a#1", "医保")
    assert again["b#2"][0] == "b#2"
    assert [kind for kind, _ in two.measure_edits()] == ["merge", "rename", "split"]
    two.backup(tmp_path / "copy.tz")
    with tz.open(tmp_path / "copy.tz") as copy:
        assert copy.measure_edits() == two.measure_edits()
    two.forget_measure_edits()
    assert {row["clause"]: row["measure"] for row in two.measures()} == groups


def test_coverage_counts_exactly(two):
    cover = two.coverage()
    rows = {(row["measure"], row["place"]): row for row in cover}
    assert rows["a#1", "江门市"]["since"] == 2020
    assert rows["a#1", "临汾市"]["leads"] == "health-insurance"
    assert sum(cover["clauses"]) == 5
    topics = two.coverage("topic")
    assert {"bulk-procurement", "payment-reform"} <= set(topics["topic"])
    assert two.coverage("topic", place="临汾市").columns == topics.columns
    with pytest.raises(ValueError, match="by"):
        two.coverage("place")


def test_what_comes_later_renames_few_measures(seeds, ledger, tmp_path):
    from taizhang import _core

    _core.write_sample(str(tmp_path / "made"), 7, 0, 44)
    made = sorted(str(file) for file in (tmp_path / "made").rglob("*.txt"))
    ledger.ingest(seeds, metadata="index.csv", progress=False)
    pairs = list(ledger.align("linfen-2022", "national-2023h2"))
    ledger.ingest(made[:40], progress=False)
    before = set(ledger.measures()["measure"])
    ledger.ingest(made[40:], progress=False)
    after = set(ledger.measures()["measure"])
    assert len(before & after) >= 0.9 * len(before)
    # The made plans change how rare words are, not who is whose counterpart.
    first = {row["a_clause"]: row["b_clause"] for row in pairs if row["rank"] == 1}
    later = ledger.align("linfen-2022", "national-2023h2")
    again = {row["a_clause"]: row["b_clause"] for row in later if row["rank"] == 1}
    assert sum(again.get(clause) == found for clause, found in first.items()) >= 0.9 * len(first)
