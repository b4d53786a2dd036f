"""Hostile files, names and values, as docs/threat-model.md has them: each bound is shown here."""

import contextlib
import os
import random
import sys
import time
from pathlib import Path

import pytest
from test_readers import PLAN, pdf

import taizhang as tz
from taizhang import readers

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
GOOD = "一、加强监管\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头，市财政局配合）\n"
needs_pdf = pytest.mark.skipif(not readers._installed(), reason="pypdfium2 is an extra")


def mutated(data, draw):
    """A file with some bytes changed, cut, doubled or put in, numbers made huge among them."""
    out = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        at = draw.randrange(len(out))
        match draw.randrange(6):
            case 0:
                out[at] = draw.randrange(256)
            case 1:
                del out[at : at + draw.randint(1, 40)]
            case 2:
                out[at:at] = out[at : at + draw.randint(1, 200)]
            case 3:
                out[at:at] = draw.choice([b"99999999999", b"-1", b"<<", b">>", b"[", b"/Kids", b" 0 R", b"\0"])
            case 4:
                digits = [n for n, byte in enumerate(out) if 0x30 <= byte <= 0x39]
                out[draw.choice(digits)] = draw.choice(b"0123456789")
            case _:
                refs = [n for n in range(len(out) - 4) if out[n : n + 4] == b" 0 R"]
                if refs:
                    at = draw.choice(refs) - 1
                    out[at] = draw.choice(b"123456789")
    return bytes(out)


@needs_pdf
def test_any_pdf_gives_a_text_or_a_sentence(tmp_path):
    whole = pdf([PLAN, ["二、重点任务", "（一）完善制度。"]])
    paths = []
    for seed in range(200):
        path = tmp_path / f"{seed:03}.pdf"
        path.write_bytes(mutated(whole, random.Random(seed)))
        paths.append(path)
    begun = time.monotonic()
    answers = [answer for _, answer in readers.read_pdfs(paths, workers=2, timeout=10)]
    assert len(answers) == 200
    read = [answer for answer in answers if isinstance(answer, str)]
    assert 10 < len(read) < 200, "mutations should break some files and leave some"
    for answer in answers:
        if not isinstance(answer, str):
            assert "is not a document taizhang can read: " in str(answer)
            assert "\n" not in str(answer)
    assert time.monotonic() - begun < 120


@needs_pdf
@pytest.mark.skipif(sys.platform != "linux", reason="only here can a process' addresses be bounded")
def test_a_worker_has_bounded_memory(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([PLAN]))
    with readers.Crew() as crew:
        assert crew.read(path)[1] is None
        (worker,) = crew.workers
        limits = Path(f"/proc/{worker.pid}/limits").read_text(encoding="ascii").splitlines()
    (line,) = [line for line in limits if line.startswith("Max address space")]
    assert line.split()[3] == str(2 << 30)


def test_hostile_files_cost_themselves_alone(ledger, tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    draw = random.Random(7)
    bad = {
        "bomb.docx": b"PK\x03\x04" + bytes(1000),
        "deep.html": b"<div>" * 1_000_000,
        "noise.txt": draw.randbytes(5000),
        "zero.txt": bytes(5000),
        "old.docx": b"\xd0\xcf\x11\xe0" + bytes(2000),
        "empty.md": b"",
        "fake.pdf": draw.randbytes(5000),
    }
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    report = ledger.ingest(folder, progress=False)
    assert report.added == ["good.txt"]
    assert {Path(name).name for name, _ in report.skipped} == set(bad)
    assert all(sentence and "\n" not in sentence for _, sentence in report.skipped)
    assert len(ledger.assignments()) == 2
    ledger.check()


def test_an_id_is_never_a_path(ledger, tmp_path):
    outside = {entry.name for entry in tmp_path.iterdir()}
    ids = ["../../etc/passwd", "/etc/shadow", "a\nb", "C:\\x", "x" * 4000, "..", "\u202egnp.exe", SCRIPT]
    report = ledger.ingest_texts(
        [{"id": id, "text": f"{GOOD}（二）第{n}项。（市教育局负责）"} for n, id in enumerate(ids)], progress=False
    )
    assert sorted(report.added) == sorted(ids)
    for id in ids:
        assert ledger.document(id).text.startswith("一、")
        assert set(ledger.assignments(document=id)["document"]) == {id}
    assert {entry.name for entry in tmp_path.iterdir()} == outside
    with tz.open(ledger.backup(tmp_path / "copy.tz")) as copied:
        assert sorted(copied.ids()) == sorted(ids)


@pytest.mark.skipif(os.name != "posix", reason="links need no right there")
def test_a_link_that_leads_back_ends(ledger, tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    report = ledger.ingest(folder, progress=False)
    assert report.added == ["good.txt"]


def test_metadata_of_any_bytes(ledger, tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    table = tmp_path / "index.csv"
    draw = random.Random(3)
    hostile = [
        draw.randbytes(2000),
        b"file,title\n" + b'"' * 1000,
        b"file\n" + b"../" * 1000 + b"good.txt\n",
        b"file,id\ngood.txt,../../x\n",
        b"title\nx\n",
        b"",
    ]
    for data in hostile:
        table.write_bytes(data)
        with contextlib.suppress(tz.TaizhangError):
            ledger.ingest(folder, metadata=table, progress=False)
    table.write_text("file,title,issued,clauses,text,=cmd()\ngood.txt,甲,never,9,x,y\n", encoding="utf-8")
    ledger.ingest(folder, metadata=table, progress=False)
    (row,) = [row for row in ledger.documents().to_dicts() if row["title"] == "甲"]
    assert row["clauses"] == 1
    ledger.check()


def test_titles_are_escaped_in_notebooks(ledger):
    text = (
        f"{SCRIPT}市政府关于{SCRIPT}的通知\n一、{SCRIPT}\n（一）{SCRIPT}到2025年，{SCRIPT}达到70%。（{SCRIPT}局负责）"
    )
    ledger.ingest_texts([{"id": SCRIPT, "text": text, "title": f"关于{SCRIPT}"}], progress=False)
    shown = [ledger, ledger.document(SCRIPT)]
    shown += [getattr(ledger, name)() for name in tz.schema()]
    for thing in shown:
        if (html := getattr(thing, "_repr_html_", None)) is not None:
            assert "<script" not in html(), type(thing)
            assert "<img" not in html(), type(thing)
    for evidence in (ledger.evidence(row) for row in ledger.clauses().to_dicts()):
        assert "<script" not in evidence._repr_html_()


def test_titles_do_not_steer_a_terminal(ledger):
    ledger.ingest_texts([{"id": "a", "text": GOOD, "title": "\x1b]0;owned\x07\x1b[2J关于医保"}], progress=False)
    assert "\x1b" not in str(ledger.documents())
    assert "\x1b" not in repr(ledger.documents())


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"[", b"{}", b"[1,2]", b'{"a": {"filters": 7}}', b"null" * 9])
def test_kept_questions_of_any_bytes(tmp_path, data):
    path = tmp_path / "a.tz"
    with tz.open(path) as ledger:
        ledger.ingest_texts([{"id": "a", "text": GOOD}], progress=False)
    for name in ("measures.json", "selections.json"):
        (path / name).write_bytes(data)
    with tz.open(path) as ledger:
        assert len(ledger.assignments()) == 2
        for ask in (ledger.measures, ledger.selections):
            said = ""
            try:
                ask()
            except (tz.TaizhangError, ValueError) as error:
                said = str(error)
            assert not said or ".json" in said or "measures" in said, said
