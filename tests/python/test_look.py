"""What a notebook shows: bounded, escaped, in both languages, every fact in its place."""

import copy
import pickle
import random
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import taizhang as tz
from taizhang import look
from taizhang.marks import Mark, marked, merged

VOID = {"br", "meta", "img"}


class Reader(HTMLParser):
    """What a browser reads: each character with the kinds of the marks around it; tags must nest."""

    def __init__(self, text):
        super().__init__()
        self.open, self.said, self.characters = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append((tag, dict(attributes)))
        if (title := dict(attributes).get("title")) is not None:
            self.said.append(title)

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if any(tag == "summary" for tag, _ in self.open):
            return  # says again how the section begins
        kinds = frozenset(facts["data-kind"] for tag, facts in self.open if tag == "mark" and "data-kind" in facts)
        self.characters += [(char, kinds) for char in data]

    @property
    def text(self):
        return "".join(char for char, _ in self.characters)

    def of(self, kind):
        return "".join(char for char, kinds in self.characters if kind in kinds)


@pytest.fixture
def chinese():
    tz.set_labels("zh")
    yield
    tz.set_labels("en")


def shows(seed_ledger):
    """The first view of everything that has one."""
    comparison = seed_ledger.compare(["江门市", "临汾市"])
    targets = seed_ledger.targets(place="江门市")
    return {
        "ledger": seed_ledger,
        "selection": seed_ledger.select(place="江门市"),
        "document": seed_ledger.document("jiangmen-2019"),
        "clause": seed_ledger.clause("jiangmen-2019#15"),
        "table": targets,
        "row": targets[0],
        "evidence": targets.evidence(0),
        "comparison": comparison,
        "network": comparison.cooperation(),
        "lineage": seed_ledger.lineage(),
        "descent": seed_ledger.descent("linfen-2022"),
        "diff": seed_ledger.diff("jiangmen-2019#15", "jiangmen-2019#16"),
        "report": tz.Report(added=["a"], skipped=[("b.txt", "it holds zero bytes")], sources=2),
    }


def test_everything_shows_itself_without_scripts_or_style_sheets(seed_ledger):
    for name, thing in shows(seed_ledger).items():
        text = thing._repr_html_()
        Reader(text)
        assert not re.search(r"<(script|style|link|iframe)\b|\bclass=|\bon\w+=|https?://", text), name
        assert len(text) < 400_000, name


def test_chinese_labels(seed_ledger, chinese):
    shown = {name: Reader(thing._repr_html_()).text for name, thing in shows(seed_ledger).items()}
    assert "台账" in shown["ledger"]
    assert "条款" in shown["ledger"]
    assert "牵头单位 60" in shown["document"]
    assert "目标值" in shown["row"]
    assert "行 × " in shown["table"]
    assert "完成时限" in repr(seed_ledger.targets())
    assert seed_ledger.targets().columns[0] == "document"
    assert "document" in seed_ledger.targets().to_pandas().columns
    assert "lead bodies" in seed_ledger.document("jiangmen-2019").show(labels="en").html
    with pytest.raises(ValueError, match="labels"):
        tz.set_labels("fr")


HOSTILE = """关于<b>印发</b>《<script>alert(1)</script>方案》的通知
一、加强<img src=x onerror=alert(2)>监管
（一）完善"制度"。到2025年，"<i>监测</i>"覆盖率达到70%以上。（市医保局牵头，市财政局配合）
"""


def test_hostile_texts_are_escaped(tmp_path):
    with tz.open(tmp_path / "x.tz") as ledger:
        ledger.ingest_texts(
            [{"id": '<b id="x">', "text": HOSTILE, "title": "<script>alert(3)</script>"}], progress=False
        )
        document = ledger.document('<b id="x">')
        shown = [ledger, document, ledger.clause('<b id="x">#1'), ledger.documents(), ledger.documents()[0]]
        shown += [ledger.clauses(), ledger.clauses()[0], ledger.targets()[0], ledger.compare()]
        shown += [ledger.diff('<b id="x">', '<b id="x">'), ledger.evidence(ledger.targets()[0])]
        for thing in shown:
            assert not re.search(r"<(script|img|i|b)\b", thing._repr_html_()), type(thing)
        assert "<script>alert(1)" in Reader(document._repr_html_()).text


def test_every_fact_of_the_seeds_is_marked(seed_ledger):
    for document in seed_ledger:
        shown = Reader(document.show().html)
        spans = document.spans()
        kinds = {"targets": "target", "milestones": "milestone", "citations": "citation", "headings": "heading"}
        for what, kind in kinds.items():
            lit = re.sub(r"\s", "", shown.of(kind))
            for span in spans[what]:
                assert re.sub(r"\s", "", document.text[span["start"] : span["end"]]) in lit, (document.id, what)
        bodies = shown.of("lead") + shown.of("role")
        for span in spans["assignments"]:
            assert document.text[span["start"] : span["end"]] in bodies
        for span in spans["clauses"]:
            for start, end in span["removed"]:
                gone = re.sub(r"\s", "", document.text[start:end])
                assert gone in re.sub(r"\s", "", shown.of("furniture"))
        # Nothing of the text is lost but blank lines.
        assert re.sub(r"\s", "", document.text) in re.sub(r"\s", "", shown.text)


def test_hovering_says_what_was_read(seed_ledger):
    document = seed_ledger.document("jiangmen-2019")
    said = Reader(document.show().html).said
    assert any(line.startswith("基本医疗保险一档住院统筹年度最高支付限额: 20 → 30万元") for line in said)
    assert any("lead: 台山市政府 · government · part 1" in line and "why: group." in line for line in said)
    assert any("粤府办〔2018〕44号" in line for line in said)
    assert any(line.startswith("due: 2019-05-01") for line in said)


def test_sections_fold_and_the_first_are_open(seed_ledger):
    document = seed_ledger.document("national-2023h2")
    folded, unfolded = document.show().html, document.show(folded=False).html
    assert folded.count("<details") == len(document.sections)
    assert 1 <= folded.count("<details open") < len(document.sections)
    assert unfolded.count("<details open") == len(document.sections)
    summaries = re.findall(r"<summary><strong>(.*?)</strong>", folded)
    assert all(re.match(r"[一二三四五六七八九十]+、", line) for line in summaries), summaries


def test_a_long_document_is_bounded():
    line = "（一）完善制度。到2025年，监测覆盖率达到70%以上。（市医保局牵头，市财政局配合）\n"
    document = tz.parse_text("一、加强监管\n" + line * 6000)
    assert len(document.text) > 2 * look.MAX_TEXT
    shown = document.show().html
    assert "more characters" in shown
    assert len(Reader(shown).text) < look.MAX_TEXT + 2_000
    assert tz.parse_text("").show().html
    assert "<details" not in tz.parse_text("今天天气很好。")._repr_html_()


def test_a_wide_table_is_bounded():
    table = tz.Table.from_dicts([{f"c{n}": n for n in range(200)}])
    assert table.to_html().count("<th ") == 60
    assert "140 more columns" in table.to_html()


def test_grounds_leave_the_words_their_colour(seed_ledger):
    """Light or dark, the page says how words look; only evidence has ground and words of its own."""
    text = seed_ledger.document("jiangmen-2019").show().html
    for style in re.findall(r'<mark data-kind="\w+" style="([^"]*)"', text):
        assert "color:inherit" in style
        assert not re.search(r"background:(#|rgb\()", style)


def test_clauses(seed_ledger):
    document = seed_ledger.document("jiangmen-2019")
    clause = document.clause("3.15")
    assert clause.n == document.clause([3, 15]).n == 15
    assert clause.text == document.clauses[14]["text"]
    assert repr(clause).startswith("Clause jiangmen-2019#15 3.15")
    shown = Reader(clause._repr_html_())
    assert "20 → 30万元" in shown.text
    assert "20万元提高到30万元" in shown.of("target")
    with pytest.raises(KeyError, match=r"9\.9"):
        document.clause("9.9")
    with pytest.raises(IndexError, match="48 clauses"):
        document.clause(0)
    with pytest.raises(tz.DocumentError, match="document#n"):
        seed_ledger.clause("jiangmen-2019")
    with pytest.raises(tz.DocumentError, match="48 clauses"):
        seed_ledger.clause("jiangmen-2019#49")


def test_rows_are_dicts(seed_ledger):
    table = seed_ledger.targets(place="江门市")
    row = table[0]
    assert isinstance(row, dict)
    assert row == next(iter(table))
    assert type(pickle.loads(pickle.dumps(row))) is dict
    assert copy.copy(row) == row
    assert repr(row) == repr(dict(row))
    assert "<mark" in row._repr_html_()
    assert "<mark" not in tz.Table.from_dicts([{"document": "x", "start": 1, "end": 2}])[0]._repr_html_()


def test_a_row_of_a_closed_ledger(tmp_path, seeds):
    ledger = tz.open(tmp_path / "x.tz")
    ledger.ingest(seeds / "qijiang-2022.txt", progress=False)
    row = ledger.targets()[0]
    ledger.close()
    assert "evidence" not in row._repr_html_()
    assert "closed" in ledger._repr_html_()


def test_marks_that_cross_nest_and_keep_the_text():
    draw = random.Random(1)
    for _ in range(400):
        text = "".join(draw.choice("甲<&\"'乙 \n丙") for _ in range(draw.randrange(0, 30)))
        text = re.sub(r"\s{2,}", " ", text)
        marks = merged(
            Mark(*sorted((draw.randrange(len(text) + 1), draw.randrange(len(text) + 1))), draw.choice("abcd"), "", "t")
            for _ in range(draw.randrange(9))
        )
        start = draw.randrange(len(text) + 1)
        end = draw.randrange(start, len(text) + 1)
        read = Reader(marked(text, marks, start, end))
        assert read.text == text[start:end]
        for at, (_, kinds) in enumerate(read.characters, start):
            assert kinds == {mark.kind for mark in marks if mark.start <= at < mark.end}


def test_views_are_pages_too(seed_ledger, tmp_path):
    path = seed_ledger.document("jiangmen-2019").show().save(tmp_path / "plan.html")
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert 'name="viewport"' in page
    assert "color-scheme: light dark" in page
    assert "<title>江门市人民政府办公室" in page


def test_a_searchable_table(seed_ledger, tmp_path, chinese):
    pytest.importorskip("itables")
    table = seed_ledger.targets().select("place", "indicator", "value", "deadline")
    view = table.show(labels="en")
    assert view.html == table.show(labels="en").html
    assert re.search(r"DRG\\+u4ed8\\+u8d39", view.html)
    assert not re.search(r"""(src|href)=["']?https?:(?!//itables\.org)""", view.html)
    assert "unpkg" not in re.sub(r"base64,[A-Za-z0-9+/=]*", "", view.html)
    assert re.search(r"\\+u641c\\+u7d22", table.show().html)
    assert view.save(tmp_path / "table.html").stat().st_size > 500_000


def test_what_is_missing_is_named(seed_ledger, monkeypatch):
    monkeypatch.setitem(sys.modules, "itables", None)
    with pytest.raises(ImportError, match=r"taizhang\[show\]"):
        seed_ledger.targets().show()


def test_the_method(seed_ledger):
    assert "5 government documents of 5 places (1 country, 1 province, 2 prefecture, 1 county)" in seed_ledger.cite()
    assert "issued 2019-03-11 to 2024-08-22" in seed_ledger.cite()
    assert seed_ledger.stats()["reading"] in seed_ledger.cite(labels="zh")
    assert "No accuracy was measured" in seed_ledger.cite()
    told = seed_ledger.cite(accuracy={"targets": {"precision": 0.98, "recall": 0.95}, "role": 0.9})
    assert "targets precision 0.980, recall 0.950; role 0.900" in told
    assert told == seed_ledger.cite(
        accuracy=[{"field": "targets", "precision": 0.98, "recall": 0.95}, {"field": "role", "": 0.9}]
    )
    assert "5 份政府文件" in seed_ledger.cite(labels="zh")
    assert "1 government document of 1 place" in seed_ledger.select(place="江门市").cite()


def test_nothing_heavy_is_imported():
    """`benches/import_time.py` measures; this names what must wait until it is asked for."""
    script = "import sys, taizhang; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    loaded = set(told.stdout.split())
    heavy = {"pandas", "polars", "pyarrow", "altair", "jinja2", "itables", "xml", "urllib.request", "multiprocessing"}
    ours = {f"taizhang.{name}" for name in ("look", "plots", "page", "pictures", "searchable", "method", "cli")}
    assert not loaded & (heavy | ours)


def test_an_empty_ledger_shows_itself(ledger):
    Reader(ledger._repr_html_())
    assert "0 government documents of 0 places (none), issued no date" in ledger.cite()
