"""What people see: JupyterLab with the tour, the report, a document, in a real browser; and without a Chinese font."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from screen import ROOT, Watched, chromium, compared, glyphs_missing, jupyter, need, need_font

import taizhang as tz

pytestmark = pytest.mark.desk
SOME = "江门市人民政府医疗保障牵头指标"
# Of the tour: what a browser must show after all cells ran.
WORDS = ("牵头单位", "綦医改〔2022〕3号", "20 → 30万元", "医保支付方式", "report.html", "2 prefecture, 1 county")
TOUR = ROOT / "notebooks" / "tour.ipynb"
DONE = """n => {
  const said = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(one => one.textContent);
  return said.length == n && said.every(one => /\\[\\d+\\]/.test(one));
}"""


@pytest.fixture(scope="module", autouse=True)
def font():
    need_font()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    with tz.open(tmp_path_factory.mktemp("ledgers") / "seeds.tz") as ledger:
        ledger.ingest(ROOT / "seeds" / "documents", metadata="index.csv", progress=False)
        yield ledger


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright, tmp_path_factory):
    with chromium(playwright, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def report(ledger, tmp_path_factory):
    comparison = ledger.compare(["江门市", "临汾市", "綦江区"])
    return comparison.report(tmp_path_factory.mktemp("report") / "report.html", labels="zh")


@pytest.fixture(scope="module")
def document(ledger, tmp_path_factory):
    view = ledger.document("jiangmen-2019").show(labels="zh")
    return view.save(tmp_path_factory.mktemp("document") / "plan.html")


@pytest.mark.parametrize(("name", "width", "height"), [("report", 1280, 1500), ("report-phone", 390, 1400)])
def test_the_report(browser, report, name, width, height):
    with Watched(browser, width=width, height=height) as seen:
        page = seen.page
        page.goto(report.as_uri())
        assert page.locator("svg").count() == 6
        assert page.locator("#targets tbody tr").count() >= 20
        assert page.locator("#evidence mark").count() >= 30
        assert page.locator("#incomparable tbody tr").count() >= 20
        assert page.get_by_text("卫生健康").count() >= 1
        # Nothing sticks out to the side; wide charts scroll in their own frame.
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not glyphs_missing(page, SOME)
        compared(page.screenshot(), name)
        assert seen.errors == []
        assert seen.abroad == []


def test_the_report_prints(browser, report):
    with Watched(browser, width=794, height=1123) as seen:
        page = seen.page
        page.goto(report.as_uri())
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
        assert page.locator("#targets thead").is_visible()
        pdf = page.pdf(prefer_css_page_size=True)
    import pypdfium2

    paper = pypdfium2.PdfDocument(pdf)
    width, height = paper[0].get_size()
    assert (round(width), round(height)) == (595, 842), "A4"
    words = "".join(paper[n].get_textpage().get_text_range() for n in range(len(paper)))
    assert "原文依据" in words
    assert 4 <= len(paper) <= 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_document(browser, document, ledger, scheme):
    with Watched(browser, width=1100, height=1000, scheme=scheme) as seen:
        page = seen.page
        page.goto(document.as_uri())
        for kind in ("lead", "role", "target", "milestone", "citation", "heading"):
            assert page.locator(f"mark[data-kind={kind}]").count() >= 1, kind
        assert "牵头: 台山市政府" in page.locator("mark[data-kind=lead]").first.get_attribute("title")
        ground = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        assert ground == "light dark"
        ink = page.locator("mark[data-kind=target]").first.evaluate("one => getComputedStyle(one).color")
        # The words of a mark are the page's own: dark on light, light on dark.
        assert (sum(map(int, ink.strip("rgb()").split(","))) > 380) == (scheme == "dark")
        folds = page.locator("details")
        assert folds.count() == len(ledger.document("jiangmen-2019").sections)
        closed = page.locator("details:not([open])").first
        closed.locator("summary").click()
        assert not glyphs_missing(page, SOME)
        page.evaluate("scrollTo(0, 0)")
        compared(page.screenshot(), f"document-{scheme}")
        assert seen.errors == []
        assert seen.abroad == []


def test_the_searchable_table(browser, ledger, tmp_path):
    path = ledger.targets().show(labels="zh").save(tmp_path / "table.html")
    with Watched(browser, width=1280, height=700) as seen:
        page = seen.page
        page.goto(path.as_uri())
        page.wait_for_selector("table.dataTable tbody tr >> nth=5")
        page.locator("input[type=search]").fill("付费")
        page.wait_for_function("document.querySelectorAll('table.dataTable tbody tr').length < 10")
        assert page.locator("table.dataTable tbody tr").count() == len(ledger.targets(text="付费"))
        compared(page.screenshot(), "table")
        assert seen.errors == []
        assert seen.abroad == []


def test_without_a_chinese_font_the_check_fails(playwright, report, document, tmp_path):
    """The check above can fail: fontconfig is shown a folder without Chinese glyphs."""
    need("fc-list", "fontconfig")
    latin = next(iter(sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))), None)
    assert latin is not None, "apt-get install fonts-dejavu-core"
    (tmp_path / "fonts").mkdir()
    shutil.copy(latin, tmp_path / "fonts")
    config = tmp_path / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    with chromium(playwright, tmp_path / "profile", FONTCONFIG_FILE=str(config)) as poor:
        for path, name in ((report, "report"), (document, "document-light")):
            with Watched(poor, width=1100, height=1000) as seen:
                seen.page.goto(path.as_uri())
                assert glyphs_missing(seen.page, SOME)
                assert not glyphs_missing(seen.page, "abcdefg")
                with pytest.raises(AssertionError, match=name):
                    compared_only(seen.page.screenshot(), name)


def compared_only(png, name):
    """`compared`, also while pictures are redrawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REDRAW", raising=False)
        compared(png, name)


@pytest.mark.parametrize(("name", "theme"), [("jupyter", "JupyterLab Light"), ("jupyter-dark", "JupyterLab Dark")])
def test_the_tour_in_jupyterlab(browser, tmp_path, name, theme):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(TOUR, tmp_path / "notebooks")
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    with jupyter(tmp_path, theme=theme) as address, Watched(browser, width=1360, height=1300) as seen:
        page = seen.page
        page.goto(f"{address}/doc/tree/notebooks/tour.ipynb")
        cells = sum(cell["cell_type"] == "code" for cell in json.loads(TOUR.read_text(encoding="utf-8"))["cells"])
        page.wait_for_function("n => document.querySelectorAll('.jp-CodeCell').length == n", arg=cells, timeout=60_000)
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000, state="attached")
        page.get_by_role("menuitem", name="Edit").click()
        page.get_by_text("Clear Outputs of All Cells").click()
        page.wait_for_function("!document.querySelector('.jp-OutputArea-output')")
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.wait_for_function(DONE, arg=cells, timeout=120_000)
        wrong = ".jp-OutputArea-output[data-mime-type*=error], .jp-OutputArea-output[data-mime-type*=stderr]"
        assert page.locator(wrong).count() == 0
        for kind in ("lead", "role", "target", "heading"):
            assert page.locator(f".jp-OutputArea mark[data-kind={kind}]").count() >= 1, kind
        assert page.locator(".jp-RenderedImage img").count() == 3
        assert page.locator(".jp-OutputArea table tbody tr").count() >= 60
        shown = "".join(page.locator(".jp-OutputArea").all_inner_texts())
        for word in WORDS:
            assert word in shown, word
        assert not glyphs_missing(page, SOME)
        page.locator("h2", has_text="Look").scroll_into_view_if_needed()
        page.locator("h2", has_text="Look").evaluate("one => one.scrollIntoView({block: 'start'})")
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        compared(page.screenshot(), name)
        page.locator(".jp-RenderedImage").nth(1).evaluate("one => one.scrollIntoView({block: 'center'})")
        page.wait_for_timeout(500)
        compared(page.screenshot(), f"{name}-charts")
        assert [error for error in seen.errors if "favicon" not in error] == []
        assert seen.abroad == []


@pytest.mark.parametrize("name", ["coverage", "departments", "targets", "network", "timeline", "map"])
def test_the_charts(ledger, name, tmp_path):
    tz.set_labels("zh")
    try:
        chart = getattr(ledger.compare().plot, name)()
    finally:
        tz.set_labels("en")
    chart.save(tmp_path / "x.png", scale_factor=1)
    compared((tmp_path / "x.png").read_bytes(), f"plot-{name}")
