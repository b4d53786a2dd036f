"""The report: one page, whole by itself, escaped, with evidence that leads back to the ledger."""

import re
import sys
from html.parser import HTMLParser

import pytest

import taizhang as tz

pytestmark = pytest.mark.filterwarnings("ignore::taizhang.fonts.FontWarning")
pytest.importorskip("jinja2")
pytest.importorskip("altair")


class Page(HTMLParser):
    """Ids, text outside of scripts and styles, and that tags nest."""

    VOID = frozenset(("meta", "br", "link", "img"))

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.open, self.words = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.ids += [facts["id"]] if "id" in facts else []
        self.links += [facts[name] for name in ("href", "src", "xlink:href") if facts.get(name)]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)


@pytest.fixture(scope="module")
def comparison(seed_ledger):
    return seed_ledger.compare(["江门市", "临汾市", "綦江区"])


@pytest.fixture(scope="module")
def text(comparison):
    return comparison.report()


def test_one_page_whole_by_itself(comparison, text, tmp_path):
    page = Page(text)
    assert len(set(page.ids)) == len(page.ids)
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not re.search(r"<script|@import|url\((?!#)", text)
    assert 'name="viewport"' in text
    assert "@media print" in text
    assert "size: A4" in text
    assert text.count("<svg") == 6
    path = comparison.report(tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == text


def test_it_says_what_was_compared_and_how(comparison, text):
    page = Page(text)
    assert "江门市、临汾市、綦江区" in page.text
    assert "3 government documents of 3 places" in page.text
    for row in comparison.documents():
        assert row["title"] in page.text
    for row in comparison.targets():
        assert row["indicator"] in page.text
    assert "accuracy was measured" in page.text
    assert "precision 0.900" in Page(comparison.report(accuracy={"role": {"precision": 0.9}}, charts=False)).text


def test_it_says_what_cannot_be_compared(comparison, text):
    reasons = comparison.ladder().filter(comparable=False)["reason"]
    part = text[text.index('<section id="incomparable">') :]
    words = Page(part[: part.index("</section>") + len("</section>")]).text
    assert reasons
    assert all(reason in words for reason in reasons)


def test_evidence_leads_back(comparison, text, seed_ledger):
    ids = re.findall(r'<div class="proof".*?<code>(.*?)</code>', text, flags=re.S)
    targets = comparison.targets(wide=False)
    assert len(ids) == len(targets) + len(comparison.calendar().filter(kind="milestone"))
    assert set(ids) <= {*seed_ledger.clauses()["clause"], *seed_ledger.ids()}
    lit = "".join(re.findall(r"<mark>(.*?)</mark>", text, flags=re.S))
    assert all(row["text"][:6] in lit.replace("\n", "") for row in targets)
    few = comparison.report(evidence=2, charts=False)
    assert few.count('<div class="proof"') == 2
    assert f"… {len(ids) - 2} more" in few


def test_chinese(comparison):
    page = comparison.report(labels="zh")
    assert '<html lang="zh">' in page
    for word in ("任务、部门与指标比较", "不可比的指标", "原文依据", "卫生健康", "完成时限"):
        assert word in page


def test_hostile_titles_are_escaped(tmp_path):
    with tz.open(tmp_path / "x.tz") as ledger:
        plan = "一、监管\n（一）制度<img src=x>。到2025年，<b>监测</b>率达到70%。（市医保局牵头）"
        row = {"id": "<i>", "text": plan, "title": "<script>1</script>", "place": "江门市"}
        ledger.ingest_texts([row], progress=False)
        page = ledger.compare().report(title="<script>2</script>")
    assert not re.search(r"<(script|img|b|i)\b", page)
    assert "&lt;script&gt;2" in page


def test_without_charts_altair_is_not_needed(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    page = comparison.report(charts=False)
    assert "<svg" not in page
    assert "医保" in page
    with pytest.raises(ImportError, match=r"taizhang\[plot\]"):
        comparison.report()


def test_what_is_missing_is_named(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=r"taizhang\[report\]"):
        comparison.report()


def test_nothing_in_common_still_makes_a_page(seed_ledger):
    page = seed_ledger.compare(["江门市"], text="没有这样的词").report()
    assert "没有这样的词" in page
    assert "<svg" not in page


def test_from_a_shell(command, seed_ledger, seeds, tmp_path):
    path = tmp_path / "x.tz"
    assert command("ingest", path, seeds / "jiangmen-2019.txt", seeds / "linfen-2022.txt").returncode == 0
    out = tmp_path / "report.html"
    done = command("report", path, "--place", "江门市", "--labels", "zh", "--title", "试<b>", "-o", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{out}\n"
    page = out.read_text(encoding="utf-8")
    assert "试&lt;b&gt;" in page
    assert "1 份政府文件" in page
    assert "临汾市" not in Page(page).text
    plain = command("report", path, "--no-charts", "--evidence", "1", "-o", out)
    assert plain.returncode == 0
    assert out.read_text(encoding="utf-8").count('<div class="proof"') == 1
    assert command("report", path).returncode == 2
    assert command("report", path, "--place", "不存在的地方", "-o", out).returncode == 1
