"""Correct it: what people say wins, outlives, is listed and taken back; coding sheets, accuracy, grounding."""

import json
import tarfile

import pytest
from conftest import ROOT

import taizhang as tz
from taizhang.coding import CodingSheet, cohen_kappa, krippendorff_alpha

PLAN = "plan"


def test_a_correction_wins_and_is_taken_back(scratch):
    row = scratch.assignments(body="市财政局")[0]
    said = scratch.annotate(row, body="市卫生健康局", role="responsible", by="王", note="见附件", when="2025-01-02")
    assert "市卫生健康局" in repr(said)
    found = scratch.assignments(function="health")[0]
    assert (found["body"], found["role"], found["reviewed"]) == ("市卫生健康局", "responsible", "corrected")
    assert found["why"] == row["why"], "why tells the machine's rules as before"
    assert scratch.count("assignments", body="市财政局") == 0
    assert scratch.tasks()[0]["responsible"] == "市卫生健康局"
    assert "市卫生健康局" in scratch.document(PLAN).to_json()
    table = scratch.corrections()
    assert {r["field"]: (r["was"], r["value"]) for r in table} == {
        "body": ("市财政局", "市卫生健康局"),
        "functions": ("finance", "health"),
        "role": ("cooperating", "responsible"),
    }
    assert set(table["state"]) == {"applied"}
    assert table["words"][0] == "市财政局"
    assert scratch.undo(said, by="李") == 1
    assert scratch.assignments(body="市财政局")[0] == row | {"reviewed": None}
    assert set(scratch.corrections()["state"]) == {"undone"}
    assert len(scratch.corrections(state="applied")) == 0


def test_rows_are_confirmed_rejected_and_added(scratch):
    scratch.confirm(scratch.targets()[0], by="王")
    scratch.reject(scratch.assignments(body="市财政局")[0], by="王")
    scratch.add("plan#2", "assignments", words="加强宣传", body="市委宣传部", role="lead", by="王")
    scratch.add(PLAN, "citations", words="制度", title="制度", by="王")
    assert scratch.targets()["reviewed"] == ["confirmed"]
    assert [(r["body"], r["reviewed"]) for r in scratch.assignments()] == [
        ("市医保局", None),
        ("市委宣传部", "added"),
        ("市文旅局", None),
    ]
    assert scratch.citations()[0]["clause"] == "plan#1"
    assert len(scratch.confirm(scratch.assignments(), by="李")) == 3
    assert scratch.reject([], by="李") == []
    scratch.annotate(PLAN, title="某市加强监管任务", by="王")
    scratch.annotate("plan#2", kind="preamble", by="王")
    assert scratch.documents()[0]["title"] == "某市加强监管任务"
    assert scratch.clauses(kind="preamble")["clause"] == ["plan#2"]
    scratch.check()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda s: s.annotate(s.targets()[0], valu=3, by="王"), "what can: "),
        (lambda s: s.annotate(s.targets()[0], value="三", by="王"), "is a number"),
        (lambda s: s.annotate(s.assignments()[0], function="医保局局长办", by="王"), "医保局局长办"),
        (lambda s: s.annotate(s.assignments()[0], by="王"), "at least one"),
        (lambda s: s.annotate({"document": PLAN}, kind="task", by="王", table="clauses"), "which row"),
        (lambda s: s.annotate("plan#9", kind="task", by="王"), "plan#9"),
        (lambda s: s.add("plan#1", "targets", words="覆盖率达到90%", indicator="覆盖率", value=90, by="王"), "not in"),
        (lambda s: s.confirm({"document": PLAN, "n": 1}, by="王"), "give table="),
        (lambda s: s.undo("0000", by="王"), "no correction"),
    ],
)
def test_what_makes_no_sense_is_refused(scratch, call, says):
    with pytest.raises(tz.QueryError, match=says):
        call(scratch)
    assert len(scratch.corrections()) == 0


def test_corrections_travel(scratch, ledger, tmp_path):
    scratch.annotate(scratch.targets()[0], value=85, by="王")
    path = scratch.export_corrections(tmp_path / "corrections.jsonl")
    ledger.ingest_texts([{"id": PLAN, "text": scratch.document(PLAN).text}], progress=False)
    assert ledger.import_corrections(path) == {"added": 1, "known": 0, "waiting": 0}
    assert ledger.import_corrections(path) == {"added": 0, "known": 1, "waiting": 0}
    assert ledger.targets() == scratch.targets()


def test_a_changed_text_moves_or_flags(scratch):
    scratch.annotate(scratch.targets()[0], value=85, by="王")
    scratch.confirm(scratch.assignments(body="市文旅局")[0], by="王")
    text = scratch.document(PLAN).text.replace("某市任务", "某市任务（修订）").replace("市文旅局", "市宣传局")
    scratch.ingest_texts([{"id": PLAN, "text": text}], progress=False)
    states = {row["action"]: (row["state"], row["reason"]) for row in scratch.corrections()}
    assert states["set"][0] == "moved"
    assert states["confirm"][0] == "flagged"
    assert "no longer there" in states["confirm"][1]
    assert scratch.targets()[0]["value"] == 85


def test_a_ledger_of_the_first_format_is_corrected(tmp_path):
    with tarfile.open(ROOT / "tests" / "data" / "format_v1" / "ledger.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    path = next(p.parent for p in sorted(tmp_path.rglob("format")))
    with tz.open(path) as old:
        before = old.assignments()
        assert set(before["reviewed"]) == {None}
        row = before[0]
        old.annotate(row, role="supervising", by="王")
        assert old.assignments()[0]["role"] == "supervising"
        old.reread(progress=False)
        old.compact(progress=False)
        assert old.corrections()["state"] == ["applied"]
        old.check()
    with tz.open(path) as old:
        assert "supervising" in old.assignments()["role"]


def test_selections_list_their_own(scratch):
    scratch.ingest_texts([{"id": "other", "text": "另一\n一、甲\n（一）乙。（市财政局负责）"}], progress=False)
    scratch.annotate(scratch.assignments(document="other")[0], role="lead", by="王")
    assert len(scratch.select(document="other").corrections()) == 1
    assert len(scratch.select(document=PLAN).corrections()) == 0


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Two plans of two years; of each eighteen clauses six hand out work to nobody."""
    rows = []
    for year in (2020, 2023):
        lines = [f"某市{year}年任务", f"{year}年3月1日", "一、加强监管"]
        for n in range(1, 19):
            group = "" if n % 3 == 0 else "（市医保局牵头，市财政局配合）" if n % 2 else "（市文旅局负责）"
            lines.append(f"{n}.做好第{n}项工作，完善制度，加强宣传。{group}")
        rows.append({"id": str(year), "text": "\n".join(lines), "date": f"{year}-03-01", "place": "江门市"})
    with tz.open(tmp_path_factory.mktemp("mixed") / "mixed.tz") as made:
        made.ingest_texts(rows, progress=False)
        assert made.count("clauses") == 36
        yield made


# -- coding ------------------------------------------------------------------------------------------------------------


def test_a_sample_is_stratified_and_the_same_again(mixed):
    sheet = mixed.sample(24, by=["level", "year"], seed=7)
    assert sheet.rows == mixed.sample(24, by=["level", "year"], seed=7).rows
    assert sheet["clause"] != mixed.sample(24, by=["level", "year"], seed=8)["clause"]
    assert len(sheet) == 24
    assert any(name.endswith("blank") for name in sheet.strata)
    assert sum(sheet["weight"]) == pytest.approx(mixed.count("clauses"))
    for name, counts in sheet.strata.items():
        assert counts["drawn"] == sheet["stratum"].count(name) >= 1
    assert all(row["code_lead"] is None for row in sheet)
    assert "machine_lead" not in mixed.sample(24, seed=7, blind=True).columns
    with pytest.raises(ValueError, match="cannot stand for"):
        mixed.sample(1)
    with pytest.raises(ValueError, match="no column"):
        mixed.sample(9, by="colour")


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_sheets_come_back(mixed, tmp_path, name):
    sheet = mixed.sample(20, seed=1)
    sheet.code(sheet["clause"][0], lead="=市医保局、市财政局", targets="无")
    path = sheet.to_csv(tmp_path / name) if name.endswith("csv") else sheet.to_excel(tmp_path / name)
    back = CodingSheet.read(path)
    assert back.rows == sheet.rows
    assert back.strata == sheet.strata
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no coding sheet"):
        CodingSheet.read(tmp_path / "x.csv")


def test_agreement_is_as_published():
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), C: nominal data, four observers, data missing.
    observers = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    units = list(zip(*([None if v == "." else v for v in line.split()] for line in observers), strict=True))
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)
    # Cohen's kappa of the grant proposals: 20 and 15 agreed, 5 and 10 not.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    assert krippendorff_alpha([(1, 1), (1, None)]) is None
    assert cohen_kappa([]) is None


def coded(sheet, answer):
    for row in sheet:
        sheet.code(row["clause"], **answer(row))
    return sheet


def test_two_coders_agree_as_far_as_they_do(mixed):
    right = dict.fromkeys(("kind", "lead", "responsible"), "√")
    one = coded(mixed.sample(24, seed=3), lambda row: right)
    two = coded(mixed.sample(24, seed=3), lambda row: right | ({"lead": "某局"} if row["no"] <= 6 else {}))
    table = {row["field"]: row for row in tz.agreement(one, two)}
    assert table["responsible"]["agree"] == 1.0
    assert table["responsible"]["alpha"] == 1.0
    assert table["lead"]["agree"] == 0.75
    assert 0 < table["lead"]["kappa"] < 1
    assert table["targets"]["n"] == 0
    assert table["targets"]["alpha"] is None
    with pytest.raises(ValueError, match="no clause in common"):
        tz.agreement(one, CodingSheet([one.rows[0] | {"clause": "x#1"}], one.strata))


def test_accuracy_is_weighted_and_refuses_what_it_cannot_know(mixed):
    sheet = coded(mixed.sample(30, seed=5), lambda row: {"responsible": "√", "lead": "√", "targets": "√"})
    rows = {row["field"]: row for row in mixed.accuracy(sheet)}
    assert rows["responsible"]["precision"] == rows["responsible"]["recall"] == 1.0
    assert rows["responsible"]["precision_low"] < 1
    assert rows["responsible"]["n"] == 30
    assert rows["topic"]["precision"] is None
    assert rows["topic"]["n"] == 0
    # A body missed in a clause of weight w takes w of the recall's weight.
    missed = next(row for row in sheet if row["stratum"].endswith("blank"))
    sheet.code(missed["clause"], responsible="某市漏读局")
    weight = sum(
        row["weight"] * len(row["machine_responsible"].split("、"))
        for row in sheet
        if row["machine_responsible"] != "无"
    )
    rows = {row["field"]: row for row in mixed.accuracy(sheet, fields=["responsible"])}
    assert rows["responsible"]["recall"] == pytest.approx(weight / (weight + missed["weight"]))
    assert rows["responsible"]["precision"] == 1.0
    # Without blanks nobody knows what was missed.
    for row in sheet:
        if row["stratum"].endswith("blank"):
            row["code_responsible"] = None
    row = mixed.accuracy(sheet, fields=["responsible"])[0]
    assert row["recall"] is None
    assert "no recall" in row["note"]
    assert row["precision"] == 1.0


def test_corrections_are_codes(scratch):
    rows = scratch.assignments()
    scratch.confirm(rows[0], by="王")
    scratch.annotate(rows[1], role="responsible", by="王")
    scratch.reject(rows[2], by="王")
    told = {row["field"]: row for row in scratch.accuracy()}
    assert told["assignments.body"]["precision"] == pytest.approx(2 / 3)
    assert told["assignments.role"]["precision"] == pytest.approx(1 / 3)
    assert told["assignments.role"]["recall"] is None


# -- grounding ---------------------------------------------------------------------------------------------------------


def test_an_extraction_is_tied_to_the_text(scratch):
    extraction = {
        "title": "某市任务",
        "number": "某府办〔2020〕1号",
        "clauses": [
            {
                "path": [1, 1],
                "assignments": [
                    {"body": "市医保局", "role": "lead"},
                    {"body": "市财政局", "role": "responsible"},
                    {"body": "市教育局", "role": "lead"},
                ],
                "targets": [
                    {"text": "覆盖率达到70%", "indicator": "覆盖率", "value": 70, "unit": "%", "deadline": "2025"},
                    {"text": "覆盖率达到70%", "indicator": "覆盖率", "value": 75, "unit": "%"},
                ],
                "milestones": [{"text": "完善制度", "deadline": "2024"}],
            },
            {"path": [7, 7], "assignments": [{"body": "市文旅局", "role": "lead"}]},
        ],
    }
    found = scratch.ground(extraction, PLAN)
    told = [(row["table"], row["outcome"]) for row in found.table]
    assert told == [
        ("documents", "agrees"),
        ("documents", "rejected"),
        ("assignments", "agrees"),
        ("assignments", "differs"),
        ("assignments", "rejected"),
        ("targets", "agrees"),
        ("targets", "rejected"),
        ("milestones", "new"),
        ("assignments", "rejected"),
    ]
    text = scratch.document(PLAN).text
    assert all(text[row["start"] : row["end"]] == row["words"] for row in found.grounded)
    assert "agrees" in repr(found)
    ids = found.accept(by="模型")
    assert len(ids) == 2
    assert scratch.assignments(body="市财政局")[0]["role"] == "responsible"
    assert scratch.milestones()[0]["reviewed"] == "added"
    again = scratch.ground({PLAN: extraction}).table.count("outcome")
    assert {row["outcome"]: row["count"] for row in again} == {"agrees": 5, "rejected": 4}


def test_our_own_reading_is_grounded_whole(seed_ledger, tmp_path):
    for id in seed_ledger.ids():
        found = seed_ledger.ground(seed_ledger.document(id).to_dict(), id)
        outcomes = {row["outcome"]: row["count"] for row in found.table.count("outcome")}
        assert set(outcomes) <= {"agrees", "rejected"}, (id, found.table.filter(outcome="differs").to_dicts()[:3])
        assert outcomes.get("rejected", 0) <= 0.02 * sum(outcomes.values()), found.rejected.to_dicts()[:5]
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"clauses": []}), encoding="utf-8")
    assert len(seed_ledger.ground(path, seed_ledger.ids()[0]).table) == 0
    with pytest.raises(ValueError, match="of which document"):
        seed_ledger.ground({"clauses": []})
    with pytest.raises(ValueError, match="exchange format"):
        seed_ledger.ground("[1]")


def test_a_corrected_original_stays_the_original(ledger, seeds):
    text = next(seeds.glob("*jiangmen*.txt")).read_text(encoding="utf-8")
    ledger.ingest_texts([{"id": "a", "text": text}, {"id": "b", "text": text + "\n打印本页 关闭窗口"}], progress=False)
    before = ledger.copies().to_dicts()
    assert [(row["document"], row["same_as"]) for row in before] == [("b", "a")]
    rows = ledger.count("assignments")
    ledger.annotate(ledger.assignments()[0], role="supervising", by="王")
    assert ledger.copies().to_dicts() == before
    assert ledger.count("assignments") == rows
    ledger.annotate("b", number="江府办〔2019〕99号", by="王")
    assert len(ledger.copies()) == 0, "another number tells them apart"
    ledger.check()
