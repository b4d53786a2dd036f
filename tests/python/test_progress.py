"""Keep the ledger: progress by period, summaries by quarter, and the sheet that goes out and comes back."""

import openpyxl
import pytest

import taizhang as tz
from taizhang.excel import KEY
from taizhang.progress import quarter_of, steps

DAY = "2025-07-02"


def test_progress_is_read_as_of_a_day(scratch):
    task = scratch.tasks()[0]
    scratch.report_progress(task, period="2025Q1", status=2, by="甲", when="2025-04-01", evidence="简报")
    scratch.report_progress(task, period="2025Q2", status=5, by="甲", when="2025-07-01")
    row = scratch.progress(as_of=DAY)[0]
    assert (row["status"], row["step"], row["state"], row["light"]) == (5, "已完成", "done", "green")
    assert (row["deadline"], row["due"], row["days_left"]) == ("2025", "2025-12-31", 182)
    before = scratch.progress(as_of="2025-06-30")[0]
    assert (before["status"], before["state"], before["evidence"]) == (2, "open", "简报")
    assert scratch.progress(as_of="2025-11-01")[1]["state"] == "undated"
    # A late word on an earlier period does not take the later one's place.
    scratch.report_progress(task, period="2025Q1", status=3, by="乙", when="2025-08-01")
    assert scratch.progress(as_of="2025-09-01")[0]["status"] == 5
    assert "as of 2025-07-02" in repr(scratch.progress(as_of=DAY))


def test_targets_are_due_and_overdue(scratch):
    scratch.report_progress(scratch.targets()[0], period="2025-06", status=4, value=66, by="甲", when="2025-07-01")
    row = scratch.progress("targets", as_of="2025-10-15")[0]
    assert (row["reached"], row["target"], row["lead"], row["state"]) == (66.0, "70%", "市医保局", "due")
    assert scratch.progress("targets", as_of="2026-01-01")[0]["state"] == "overdue"
    assert len(scratch.progress("milestones", as_of=DAY)) == 0
    with pytest.raises(ValueError, match="tasks, targets or milestones"):
        scratch.progress("plans")


def test_the_summary_counts_by_lead_and_quarter(scratch):
    scratch.report_progress(scratch.tasks()[0], period="2025Q1", status=2, by="甲", when="2025-03-31")
    scratch.report_progress(scratch.tasks()[0], period="2025Q2", status=5, by="甲", when="2025-06-30")
    table = scratch.progress_summary(as_of=DAY)
    rows = {(row["lead"], row["quarter"]): row for row in table}
    assert rows["市医保局", "2025Q1"]["behind"] == 1
    assert rows["市医保局", "2025Q2"]["share_done"] == 1.0
    assert rows["市文旅局", "2025Q2"]["unreported"] == 1, "who is responsible stands for a lead"
    assert {row["quarter"] for row in table} == {"2025Q1", "2025Q2", "2025Q3"}
    late = scratch.progress_summary("place", what="targets", as_of="2026-02-01", quarters=["2026Q1"])[0]
    assert late["overdue"] == 1
    with pytest.raises(ValueError, match="no column"):
        scratch.progress_summary("colour")


def test_reports_are_checked(scratch):
    task = scratch.tasks()[0]
    for wrong, says in [
        ({"status": 6}, "未启动"),
        ({"period": "上半年"}, "2025Q2"),
        ({"light": "blue"}, "red, yellow or green"),
        ({"by": " "}, "who reports"),
    ]:
        with pytest.raises(tz.QueryError, match=says):
            scratch.report_progress(task, **({"period": "2025", "status": 1, "by": "甲"} | wrong))
    with pytest.raises(tz.QueryError, match="not on documents"):
        scratch.report_progress("plan", period="2025", status=1, by="甲")
    assert len(scratch.progress_reports()) == 0


# -- the sheet ---------------------------------------------------------------------------------------------------------


def fill(path, **cells):
    """Fill in cells of the first rows, as a person does: by label."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    labels = {cell.value: cell.column for cell in sheet[3]}
    for label, values in cells.items():
        for at, value in enumerate(values):
            if value is not None:
                cell = sheet.cell(4 + at, labels[label])
                cell.value = value
                cell.data_type = "n" if isinstance(value, int) else "s"  # as typed with a ' before it
    book.save(path)
    return path


def test_the_sheet_is_one_that_an_office_knows(scratch, tmp_path):
    path = scratch.to_excel(tmp_path / "台账.xlsx", as_of=DAY, title="某市台账")
    sheet = openpyxl.load_workbook(path).active
    assert sheet["A1"].value == "某市台账"
    assert "A1:Q1" in map(str, sheet.merged_cells.ranges)
    header = [cell.value for cell in sheet[3]]
    assert header[:9] == ["序号", "地区", "条款", "任务", "牵头单位", "责任单位", "配合单位", "目标值", "完成时限"]
    assert header[-1] == KEY
    assert sheet.column_dimensions["R"].hidden
    row = [cell.value for cell in sheet[4]]
    assert row[3:9] == ["完善制度", "市医保局", None, "市财政局", "覆盖率达到70%", "2025"]
    assert row[9] == "2025Q3"
    assert sheet.freeze_panes == "E4"
    assert sheet.auto_filter.ref == "A3:Q5"
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules["K4:K5"] == f'"{",".join(step.zh for step in steps())}"'
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.print_title_rows == "$3:$3"
    assert sheet["D4"].alignment.wrap_text
    assert path.read_bytes() == scratch.to_excel(tmp_path / "b.xlsx", as_of=DAY, title="某市台账").read_bytes()


def test_what_is_filled_in_comes_back(scratch, tmp_path):
    path = scratch.to_excel(tmp_path / "a.xlsx", as_of=DAY)
    fill(
        path,
        进展=["基本完成"],
        完成值=[66],
        完成情况=["=已印发办法"],
        红绿灯=["黄灯"],
        佐证=["@文件"],
        日期=["2025-07-01"],
    )
    taken = scratch.read_excel(path, by="甲", when=DAY)
    assert taken["outcome"] == ["reported", "blank"]
    assert taken["row"] == [4, 5]
    row = scratch.progress(as_of=DAY)[0]
    assert (row["status"], row["reached"], row["text"], row["light"], row["evidence"]) == (
        4,
        66.0,
        "=已印发办法",
        "yellow",
        "@文件",
    )
    assert (row["by"], row["when"], row["period"]) == ("甲", "2025-07-01", "2025Q3")
    # Out again, formulas as text, and taken again: nothing new.
    again = scratch.to_excel(tmp_path / "b.xlsx", as_of=DAY)
    cell = next(c for c in openpyxl.load_workbook(again).active[4] if c.value == "=已印发办法")
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert scratch.read_excel(again, by="甲", when=DAY)["outcome"] == ["unchanged", "blank"]
    fill(again, 进展=["已完成"])
    assert scratch.read_excel(again, by="乙", when="2025-07-03")["outcome"] == ["reported", "blank"]
    assert scratch.progress(as_of="2025-07-04")[0]["status"] == 5


def test_rows_that_do_not_match_are_told(scratch, tmp_path):
    path = scratch.to_excel(tmp_path / "a.xlsx", as_of=DAY)
    fill(path, 进展=["快好了", "正常推进"], 牵头单位=[None, "市委宣传部"])
    taken = scratch.read_excel(path, by="甲", when=DAY)
    assert taken["outcome"] == ["refused", "differs"]
    assert "快好了" in taken["reason"][0]
    assert "牵头单位" in taken["reason"][1]
    assert scratch.progress(as_of=DAY)["status"] == [None, 3], "its progress is taken all the same"
    text = scratch.document("plan").text.replace("加强宣传", "加强宣讲")
    scratch.ingest_texts([{"id": "plan", "text": text}], progress=False)
    book = openpyxl.load_workbook(path)
    book.active.append([9, None, None, "另加一项"])
    book.save(path)
    taken = scratch.read_excel(path, by="甲", when=DAY)
    assert taken["outcome"] == ["refused", "unmatched", "unmatched"]
    assert "changed" in taken["reason"][1]
    assert "no key" in taken["reason"][2]
    assert scratch.progress_reports()[0]["state"] == "flagged"
    scratch.remove("plan")
    assert "not in the ledger" in scratch.read_excel(path, by="甲", when=DAY)["reason"][1]
    openpyxl.Workbook().save(tmp_path / "none.xlsx")
    with pytest.raises(ValueError, match="no sheet with the columns"):
        scratch.read_excel(tmp_path / "none.xlsx", by="甲")


def test_changed_targets_become_corrections_where_asked(scratch, tmp_path):
    path = scratch.to_excel(tmp_path / "t.xlsx", what="targets", as_of=DAY)
    fill(path, 目标值=["75%"], 完成时限=["2026"])
    assert scratch.read_excel(path, by="甲", when=DAY)["outcome"] == ["differs"]
    assert scratch.targets()[0]["value"] == 70
    assert scratch.read_excel(path, by="甲", when=DAY, corrections=True)["outcome"] == ["corrected"]
    row = scratch.targets()[0]
    assert (row["value"], row["deadline"], row["reviewed"]) == (75.0, "2026", "corrected")


def test_sheets_need_their_libraries(scratch, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(ImportError, match=r"taizhang\[excel\]"):
        scratch.to_excel(tmp_path / "a.xlsx")


def test_quarters():
    from datetime import date

    assert [quarter_of(date(2025, month, 1)) for month in (1, 3, 4, 12)] == ["2025Q1", "2025Q1", "2025Q2", "2025Q4"]
