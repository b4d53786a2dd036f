"""The ledger from Python: ingest, tables, evidence, comparison."""

import pickle

import pytest

import taizhang as tz

PLAN = """某某市人民政府关于印发健康行动方案的通知
某府〔2023〕7号

一、完善制度
（一）加强监测。到2025年，监测覆盖率达到{n}%。（市卫生健康委牵头，市财政局配合）
（二）加强宣传。每年至少开展2次宣传。（市教育局负责）

2023年5月4日
"""


def test_ingest_reports(ledger, tmp_path):
    folder = tmp_path / "plans"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "one.txt").write_text(PLAN.format(n=70), encoding="utf-8")
    (folder / "two.txt").write_bytes(PLAN.format(n=80).encode("gb18030"))
    (folder / "same.txt").write_text(PLAN.format(n=70), encoding="utf-8")
    (folder / "broken.txt").write_bytes(b"\x00\x01\x02")
    report = ledger.ingest(folder, progress=False)
    assert sorted(report.added) == ["a/one.txt", "two.txt"]
    assert report.same_content == [("same.txt", "a/one.txt")]
    assert [file for file, _ in report.skipped] == ["broken.txt"] or "broken.txt" in report.skipped[0][0]
    assert "2 added" in repr(report)
    assert "broken.txt" in repr(report)
    assert "broken.txt" in report._repr_html_()
    assert ledger.last_report is report
    assert sorted(ledger.ids()) == ["a/one.txt", "two.txt"]

    again = ledger.ingest(folder, progress=False)
    assert not again.added
    assert sorted(again.unchanged) == ["a/one.txt", "two.txt"]

    (folder / "two.txt").write_text(PLAN.format(n=90), encoding="utf-8")
    changed = ledger.ingest(folder / "two.txt", progress=False)
    assert changed.new_versions == ["two.txt"]
    assert ledger.targets(document="two.txt", unit="%")["value"] == [90.0]
    assert len(ledger) == 2


def test_globs_and_lists(ledger, seeds):
    first = ledger.ingest(str(seeds / "*-2022.txt"), progress=False)
    assert sorted(first.added) == ["linfen-2022.txt", "qijiang-2022.txt"]
    second = ledger.ingest([seeds / "hubei-2024.txt", seeds / "jiangmen-2019.txt"], progress=False)
    assert sorted(second.added) == ["hubei-2024.txt", "jiangmen-2019.txt"]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        ledger.ingest("nowhere", progress=False)


@pytest.mark.parametrize("form", ["dicts", "pandas", "polars", "csv"])
def test_metadata_wins_over_the_text(ledger, tmp_path, form):
    rows = [
        {"id": "one.txt", "title": "另一标题", "date": "2021-02-03", "place": "江门市", "field": "health", "wave": 2}
    ]
    (tmp_path / "one.txt").write_text(PLAN.format(n=70), encoding="utf-8")
    metadata = rows
    if form == "pandas":
        import pandas as pd

        metadata = pd.DataFrame([*rows, {"id": "absent.txt"}])
    elif form == "polars":
        import polars as pl

        metadata = pl.DataFrame(rows)
    elif form == "csv":
        tz.Table.from_dicts(rows).to_csv(tmp_path / "index.csv")
        metadata = tmp_path / "index.csv"
    report = ledger.ingest(tmp_path / "one.txt", metadata=metadata, progress=False)
    assert len(report.unmatched) == (form == "pandas")
    row = ledger.documents()[0]
    assert (row["title"], row["issued"], row["place"], row["adcode"]) == ("另一标题", "2021-02-03", "江门市", "440700")
    assert row["year"] == 2021
    assert row["field"] == "health"
    assert "metadata-differs" in ledger.notes()["kind"]
    assert len(ledger.documents(where={"field": "health"})) == 1
    assert len(ledger.documents(where={"field": "schools"})) == 0
    assert ledger.documents(where={"wave": 2})["wave"] == ["2"]


def test_ingest_texts(ledger):
    import polars as pl

    frame = pl.DataFrame({"id": ["x", "y"], "text": [PLAN.format(n=1), PLAN.format(n=2)], "field": ["a", None]})
    assert ledger.ingest_texts(frame, progress=False).added == ["x", "y"]
    assert ledger.document("x").text == PLAN.format(n=1)
    assert ledger.documents()["field"] == ["a", None]
    with pytest.raises(ValueError, match="text"):
        ledger.ingest_texts([{"id": "z"}])
    nameless = ledger.ingest_texts([{"text": PLAN.format(n=3)}], progress=False).added
    assert len(nameless[0]) == 16


def test_remove(ledger):
    ledger.ingest_texts([{"id": "x", "text": PLAN.format(n=1)}], progress=False)
    assert ledger.remove("x")
    assert not ledger.remove("x")
    assert len(ledger.clauses()) == 0
    with pytest.raises(tz.DocumentError, match="x"):
        ledger.document("x")


def test_open_twice_close_and_reopen(tmp_path, ledger):
    ledger.ingest_texts([{"id": "x", "text": PLAN.format(n=1)}], progress=False)
    again = tz.open(ledger.path)
    assert again.ids() == ["x"]
    again.close()
    assert ledger.ids() == ["x"]
    with pytest.raises(tz.StoreError):
        again.ids()
    assert "closed" in repr(again)
    ledger.close()
    with tz.open(tmp_path / "new.tz", create=False) as reopened:
        assert reopened.ids() == ["x"]
    with pytest.raises(tz.StoreError):
        tz.open(tmp_path / "none.tz", create=False)
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(tz.TaizhangError):
        tz.open(tmp_path / "file.txt")


def test_tables_have_the_schema(seed_ledger):
    for name, columns in tz.schema().items():
        table = getattr(seed_ledger, name)()
        assert table.types == {c.name: c.type for c in columns}, name
        assert table or name == "notes"
        assert all(column.about for column in columns)
        if name != "documents":
            assert set(table["document"]) <= set(seed_ledger.ids())
            assert None not in table["document"]
        assert {"adcode", "place", "level", "year"} <= set(table.columns), "a table stands alone"


def test_documents(seed_ledger):
    table = seed_ledger.documents(order="year")
    assert table["place"] == ["江门市", "临汾市", "綦江区", "全国", "湖北省"]
    assert table["level"] == ["prefecture", "prefecture", "county", "country", "province"]
    assert table["year"] == [2019, 2022, 2022, 2023, 2024]


@pytest.mark.parametrize("place", ["江门市", "江门", "440700"])
def test_a_place_by_any_name(seed_ledger, place):
    assert seed_ledger.documents(place=place)["id"] == ["jiangmen-2019"]


def test_filters(seed_ledger):
    lead = seed_ledger.assignments(place="江门市", role="lead", function="health-insurance")
    assert lead
    assert set(lead["role"]) == {"lead"}
    assert set(lead["place"]) == {"江门市"}
    assert lead == seed_ledger.assignments(place="440700", role=["lead"], function="医疗保障局")
    assert set(seed_ledger.documents(within="重庆市")["place"]) == {"綦江区"}
    assert set(seed_ledger.documents(year=range(2022, 2024))["year"]) == {2022, 2023}
    assert set(seed_ledger.documents(since=2023)["year"]) == {2023, 2024}
    both = seed_ledger.clauses(text=["医保", "支付"])
    assert both
    assert all("医保" in t and "支付" in t for t in both["text"])
    either = seed_ledger.clauses(any=["门诊", "医联体"], without="药品")
    assert either
    assert all(("门诊" in t or "医联体" in t) and "药品" not in t for t in either["text"])
    due = seed_ledger.targets(due=2025)
    assert due
    assert all(d.startswith("2025") for d in due["deadline"])
    high = seed_ledger.targets(unit="%", at_least=70)
    assert high
    assert all(v >= 70 for v in high["value"])
    assert seed_ledger.count("targets", unit="%", at_least=70) == len(high)
    assert seed_ledger.clauses(limit=3, columns=["path", "text"]).shape == (3, 2)
    assert seed_ledger.targets(order="-value")["value"] == sorted(seed_ledger.targets()["value"], reverse=True)
    digital = seed_ledger.clauses(topic="数字健康")
    assert digital
    assert all("digital-health" in topics.split("、") for topics in digital["topics"])
    leads = seed_ledger.clauses(function="医保", role="lead", place="江门市")
    assert set(leads["clause"]) == set(seed_ledger.assignments(function="医保", role="lead", place="江门市")["clause"])
    assert len(seed_ledger.clauses(body="没有这个单位")) == 0
    assert seed_ledger.count("targets", body="没有这个单位") == 0
    implied = seed_ledger.assignments(implied=True)
    assert implied
    assert set(implied["implied"]) == {True}


def test_wrong_questions(seed_ledger):
    with pytest.raises(tz.QueryError, match="江门") as caught:
        seed_ledger.assignments(place="江门城")
    assert {"江门", "江门市"} & set(caught.value.suggestions)
    with pytest.raises(tz.QueryError):
        seed_ledger.assignments(function="no such function")
    with pytest.raises(ValueError, match="role"):
        seed_ledger.assignments(role="boss")
    with pytest.raises(TypeError, match="year"):
        seed_ledger.assignments(year="2019")
    with pytest.raises(TypeError, match="wrong"):
        seed_ledger.assignments(wrong=1)
    with pytest.raises(TypeError):
        seed_ledger.assignments("江门市")
    with pytest.raises(tz.QueryError):
        seed_ledger.clauses(columns=["nothing"])


def test_spans_count_in_the_documents_text(seed_ledger):
    text = seed_ledger.document("jiangmen-2019").text
    for row in seed_ledger.targets(document="jiangmen-2019"):
        assert text[row["start"]] == row["text"][0]
        assert text[row["end"] - 1] == row["text"][-1]


def test_evidence(seed_ledger):
    targets = seed_ledger.targets(place="江门市")
    for at, row in enumerate(targets):
        evidence = targets.evidence(at)
        assert row["text"] in evidence.text
        assert "".join(evidence.words) == row["text"]
        assert evidence.text in targets.evidence(at, whole=True).text
        assert f"⟦{row['text']}⟧" in str(evidence)
        assert "<mark" in evidence._repr_html_()
        assert "jiangmen-2019" in repr(evidence)
    assignments = seed_ledger.assignments(place="江门市", implied=False)
    evidence = assignments.evidence(0)
    assert evidence.words
    assert len(evidence.text) > len("".join(evidence.words)) + 10
    implied = seed_ledger.assignments(implied=True)
    assert "不再列出" in implied.evidence(0).text
    alone = pickle.loads(pickle.dumps(targets))
    with pytest.raises(tz.QueryError, match=r"ledger\.evidence"):
        alone.evidence(0)
    assert seed_ledger.evidence(alone[0]).words == targets.evidence(0).words


def test_evidence_of_clauses_lights_the_words_sought(seed_ledger):
    clauses = seed_ledger.clauses(place="江门市", text="醫保", any=["支付", "基金"])
    assert clauses
    for at in range(len(clauses)):
        words = clauses.evidence(at).words
        assert "医保" in words
        assert set(words) <= {"医保", "支付", "基金", "医保支付", "医保基金"}
        assert set(words) <= set(clauses.head(len(clauses)).evidence(at, whole=True).words)
    every = seed_ledger.clauses(place="江门市", without="医保")
    assert every.evidence(0).words == [every[0]["text"]]


def test_search(seed_ledger):
    found = seed_ledger.search("分级诊疗 醫聯體", limit=5)
    assert found["rank"] == [1, 2, 3, 4, 5]
    assert found["score"] == sorted(found["score"], reverse=True)
    for at, row in enumerate(found):
        text = seed_ledger.document(row["document"]).text
        spans = [tuple(map(int, span.split("-"))) for span in row["highlights"].split("、")]
        assert all(row["start"] <= start < end <= row["end"] for start, end in spans)
        lit = found.evidence(at, whole=True)
        assert lit.words == [text[start:end] for start, end in spans]
        assert lit.text == row["text"]
    assert "<mark" in found.to_html()
    assert "<mark" not in pickle.loads(pickle.dumps(found)).to_html()
    assert set(seed_ledger.search("分级诊疗", place="江门市", limit=99)["place"]) == {"江门市"}
    assert len(seed_ledger.search("分级诊疗", body="没有这个局")) == 0
    with pytest.raises(TypeError):
        seed_ledger.search(["分级诊疗"])
    with pytest.raises(tz.QueryError, match="needs words"):
        seed_ledger.search(" ")


def test_explain(seed_ledger):
    steps = seed_ledger.explain("assignments", place="江门市", text=["分级诊疗", "医"], limit=3)
    left = dict(zip(steps["step"], steps["left"], strict=True))
    assert left["documents"] == 1
    assert left["answer"] == 3
    assert left["rows that have the words"] == seed_ledger.count("assignments", place="江门市", text=["分级诊疗", "医"])
    assert all(row["left"] <= row["expected"] for row in steps if row["step"] != "rows that have the words")


def test_tasks(seed_ledger):
    tasks = seed_ledger.tasks(place="江门市", function="health-insurance", role="lead")
    assert tasks
    assert all("医" in lead for lead in tasks["lead"])
    assert tasks.evidence(0).text
    assert len(seed_ledger.tasks(text="没有这样的话")) == 0


def test_compare(seed_ledger):
    comparison = seed_ledger.compare(["江门市", "临汾市", "綦江区"])
    assert comparison.places()["place"] == ["江门市", "临汾市", "綦江区"]
    wide = comparison.departments()
    assert {"function", "江门市", "临汾市", "綦江区"} <= set(wide.columns)
    long = comparison.departments(wide=False)
    for row in long:
        parts = sum(row[role] for role in ("lead", "responsible", "cooperating", "supervising"))
        assert row["total"] == parts
        asked = seed_ledger.count("assignments", place=row["place"], function=row["function"])
        assert row["function"] is None or asked >= row["total"] > 0
    targets = comparison.targets(wide=False)
    assert len(targets) == sum(seed_ledger.count("targets", place=p) for p in ("江门市", "临汾市", "綦江区"))
    assert targets.evidence(0).words
    assert "<table" in comparison._repr_html_()
    assert "江门市" in repr(comparison)
    assert len(seed_ledger.compare().places()) == 5


def test_display(seed_ledger):
    assert "5 documents" in repr(seed_ledger)
    assert "江门市" in seed_ledger._repr_html_()
    document = seed_ledger.document("jiangmen-2019")
    assert "江府办〔2019〕13号" in repr(document)
    assert "江府办〔2019〕13号" in document._repr_html_()


def test_stats_and_check(seed_ledger):
    stats = seed_ledger.stats()
    assert stats["documents"] == 5
    assert stats["disk"] > 0
    assert stats["rows"]["clauses"] == len(seed_ledger.clauses())
    seed_ledger.check()


def test_a_plan_on_two_portals_counts_once(ledger, seeds):
    plan = (seeds / "jiangmen-2019.txt").read_text(encoding="utf-8")
    portal = f"首页 政务公开\n浏览次数：99次\n{plan}\n打印本页 关闭窗口\n"
    report = ledger.ingest_texts([{"id": "a", "text": plan}, {"id": "b", "text": portal}], progress=False)
    assert report.added == ["a", "b"]
    assert report.copies == [("b", "a")]
    assert "b is a near-copy of a" in repr(report)
    assert ledger.ids() == ["a", "b"]
    assert ledger.documents()["id"] == ["a"]
    assert ledger.documents(copies="all")["same_as"] == [None, "a"]
    assert ledger.documents(document="b")["same_as"] == ["a"]
    once = ledger.count("clauses")
    assert ledger.count("clauses", copies="all") == 2 * once
    assert len(ledger.targets(function="health", copies="all")) == 2 * len(ledger.targets(function="health"))
    assert ledger.compare().places()["documents"] == [1]
    assert ledger.compare(copies="all").places()["documents"] == [2]
    copies = ledger.copies()
    assert (copies["document"], copies["same_as"], copies["reason"]) == (["b"], ["a"], ["number"])
    assert copies["score"][0] > 0.99
    assert ledger.stats()["copies"] == 1
    assert ledger.remove("a")
    assert ledger.documents()["id"] == ["b"]
    assert not len(ledger.copies())
    with pytest.raises(ValueError, match="once"):
        ledger.documents(copies="none")
