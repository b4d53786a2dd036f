"""PDF files become text in worker processes; what holds no text gets a sentence and costs one file."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

import taizhang as tz
from taizhang import readers

pytest.importorskip("pypdfium2")

DEVELOPMENT = Path(__file__).parents[3] / "shared" / "dev"
PLAN = ["关于印发实施方案的通知", "一、总体要求", "到2025年，参保率达到95%以上。", "（市医保局负责）"]


def pdf(pages, *, encrypt=False):
    """Write a PDF by hand in the standard Chinese font: for each page its lines, or (height, line) in drawing order."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0"
        " /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
    ]
    kids = []
    for lines in pages:
        placed = [line if isinstance(line, tuple) else (760 - 28 * n, line) for n, line in enumerate(lines)]
        shown = "".join(
            f"BT /F1 16 Tf 72 {height} Td <{line.encode('utf-16-be').hex()}> Tj ET\n" for height, line in placed
        )
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {len(objects) + 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}endstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    trailer = ""
    if encrypt:
        objects.append(
            f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>",
        )
        trailer = f" /Encrypt {len(objects)} 0 R /ID [<{'00' * 16}> <{'00' * 16}>]"
    out = b"%PDF-1.5\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return out + f"{head}<< /Size {len(objects) + 1} /Root 1 0 R{trailer} >>\nstartxref\n{len(out)}\n%%EOF\n".encode()


@pytest.fixture
def made(tmp_path):
    def make(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make


def refused(path, **options):
    with pytest.raises(tz.DocumentError) as caught:
        readers.read_pdf(path, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert path.name in sentence
    return sentence


def test_pages_are_separated_by_form_feeds(made):
    text = readers.read_pdf(made("a.pdf", pdf([PLAN, ["二、重点任务", "（一）完善制度。"]])))
    assert text == "\n".join(PLAN) + "\f二、重点任务\n（一）完善制度。"


def test_a_line_at_another_height_is_another_line(made):
    # Page numbers are often drawn first, though they stand below.
    text = readers.read_pdf(made("a.pdf", pdf([[(40, "12"), "各级各部门要认真贯彻落实。", "二、总体要求"]])))
    assert text.split("\n") == ["12", "各级各部门要认真贯彻落实。", "二、总体要求"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "none"),
        (pdf([PLAN], encrypt=True), "encrypted"),
        (pdf([[], []]), "scanned"),
        (pdf([PLAN])[:700], "truncated"),
        (b"%PDF-1.5\nnothing here\n%%EOF", "damaged"),
        (pdf([["Annual report of the board of directors"] * 5]), "not Chinese"),
        (
            pdf([[line.translate({ord(c): 0xE000 + n for n, c in enumerate("印发总体要求参保")}) for line in PLAN]]),
            "fonts",
        ),
    ],
)
def test_what_holds_no_text_gets_a_sentence(made, data, words):
    assert words in refused(made("b.pdf", data))


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(33 << 20)
    assert "33.0 MiB" in refused(path)
    assert "0.0 MiB" in refused(path, max_bytes=0)


def test_a_missing_file_gets_a_sentence(tmp_path):
    assert "cannot be opened" in refused(tmp_path / "none.pdf")


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_a_hanging_file_costs_one_file(made, tmp_path):
    good = made("good.pdf", pdf([PLAN]))
    pipe = tmp_path / "hangs.pdf"
    os.mkfifo(pipe)
    begun = time.monotonic()
    answers = list(readers.read_pdfs([good, pipe, good, good], 1, timeout=1))
    assert [path.name for path, _ in answers] == ["good.pdf", "hangs.pdf", "good.pdf", "good.pdf"]
    assert [isinstance(text, str) for _, text in answers] == [True, False, True, True]
    assert "longer than 1 seconds" in str(answers[1][1])
    assert time.monotonic() - begun < 30


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_a_crash_costs_one_file(made, tmp_path):
    pipe = tmp_path / "crashes.pdf"
    os.mkfifo(pipe)
    crew = readers.Crew()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(crew.read(pipe, readers.MAX_BYTES)))
    thread.start()
    while not crew.workers:
        time.sleep(0.01)
    time.sleep(0.5)
    for worker in list(crew.workers):
        worker.kill()
    thread.join(30)
    assert answers == [("", "the PDF library crashed on it")]
    assert crew.read(made("good.pdf", pdf([PLAN])), readers.MAX_BYTES)[1] is None
    crew.stop()


def test_leaving_early_leaves_no_process(made):
    path = made("a.pdf", pdf([PLAN]))
    answers = readers.read_pdfs([path] * 20, 2)
    next(answers)
    before = time.monotonic()
    answers.close()
    assert time.monotonic() - before < 10


def test_without_the_library_the_message_is_the_line_that_installs_it(monkeypatch, made):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'taizhang\[pdf\]'"):
        readers.read_pdf(made("a.pdf", pdf([PLAN])))


@pytest.mark.skipif(not (DEVELOPMENT / "pdf").is_dir(), reason="the development documents are not here")
def test_text_layers_parse_like_their_twins():
    files = sorted((DEVELOPMENT / "pdf").glob("*.pdf"))
    differences = []
    for path, text in readers.read_pdfs(files):
        assert isinstance(text, str), text
        twin = (DEVELOPMENT / "docs" / f"{path.stem}.txt").read_bytes().decode()
        ours, theirs = ([c["path"] for c in tz.parse_text(t).to_dict()["clauses"]] for t in (text, twin))
        if ours != theirs:
            differences.append(f"{path.name}: {len(ours)} clauses, its twin {len(theirs)}")
    assert not differences, "\n".join(differences)
