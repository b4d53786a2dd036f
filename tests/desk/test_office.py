"""The sheet goes through a second program and comes back: LibreOffice, without a screen."""

import os
import shutil
import subprocess

import openpyxl
import pytest

import taizhang as tz

pytestmark = pytest.mark.desk

DAY = "2025-07-02"
TEXT = (
    "某市任务\n一、加强监管\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头，市财政局配合）\n"
    "（二）加强宣传。（市文旅局负责）\n（三）=强化保障-协同。（市文旅局负责）"
)


@pytest.fixture(scope="session")
def office():
    """The program `soffice`; installed where that is possible."""
    if shutil.which("soffice") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "libreoffice-calc"], check=False)
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("these tests need LibreOffice: apt-get install --no-install-recommends libreoffice-calc")
    return program


@pytest.fixture
def convert(office, tmp_path):
    """A function that has LibreOffice open a file and save it in another format."""

    def through(path, ending):
        out = tmp_path / f"as-{ending}"
        out.mkdir(exist_ok=True)
        profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
        command = [office, profile, "--headless", "--norestore", "--convert-to", ending, "--outdir", out, path]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return out / f"{path.stem}.{ending}"

    return through


@pytest.fixture
def plan(tmp_path):
    with tz.open(tmp_path / "plan.tz") as ledger:
        ledger.ingest_texts([{"id": "plan", "text": TEXT}], progress=False)
        yield ledger


def filled(path):
    """Fill in the first two rows as a person does."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    at = {cell.value: cell.column for cell in sheet[3]}
    values = {
        "进展": "基本完成",
        "完成值": 66.5,
        "完成情况": "已印发办法\n并公布",
        "红绿灯": "黄灯",
        "日期": "2025-07-01",
    }
    for label, value in values.items():
        sheet.cell(4, at[label]).value = value
    guarded = sheet.cell(4, at["佐证"])
    guarded.value = "=SUM(1,2)"
    guarded.data_type = "s"
    sheet.cell(5, at["进展"]).value = "已完成"
    sheet.cell(5, at["完成值"]).value = "=40+2"  # the second program works it out
    book.save(path)
    return path


@pytest.mark.parametrize("way", [["xlsx"], ["ods", "xlsx"]])
def test_the_sheet_survives_a_second_program(plan, tmp_path, convert, way):
    path = filled(plan.to_excel(tmp_path / "台账.xlsx", as_of=DAY))
    for ending in way:
        path = convert(path, ending)
    sheet = openpyxl.load_workbook(path).active
    # What is frozen belongs to a window, and there is none without a screen: all else stays.
    assert sheet.auto_filter.ref.startswith("A3:Q")
    assert sheet.column_dimensions["R"].hidden
    assert sheet.page_setup.orientation == "landscape"
    rules = [str(rule.sqref) for rule in sheet.data_validations.dataValidation]
    assert any(rule.startswith("K4") for rule in rules), rules

    taken = plan.read_excel(path, by="甲", when=DAY)
    assert taken["outcome"] == ["reported", "reported", "blank"], taken.to_dicts()
    first, second, third = plan.progress(as_of=DAY)
    assert (first["status"], first["reached"], first["light"], first["when"]) == (4, 66.5, "yellow", "2025-07-01")
    assert (first["text"], first["evidence"]) == ("已印发办法\n并公布", "=SUM(1,2)")
    assert (second["status"], second["reached"], third["status"]) == (5, 42.0, None)


def test_nothing_changes_on_the_way(plan, tmp_path, convert):
    plan.report_progress(plan.tasks()[0], period="2025Q2", status=3, by="甲", when="2025-07-01", evidence="@文件")
    path = plan.to_excel(tmp_path / "台账.xlsx", as_of=DAY)
    for ending in ("ods", "xlsx"):
        path = convert(path, ending)
    assert plan.read_excel(path, by="乙", when=DAY)["outcome"] == ["unchanged", "blank", "blank"]
    assert len(plan.progress_reports()) == 1


def test_a_coding_sheet_survives_too(plan, tmp_path, convert):
    sheet = plan.sample(3, by="year")
    sheet.code(sheet["clause"][0], lead="√", targets="80%")
    back = tz.CodingSheet.read(convert(convert(sheet.to_excel(tmp_path / "sheet.xlsx"), "ods"), "xlsx"))
    assert back.rows == sheet.rows
    assert back.strata == sheet.strata
