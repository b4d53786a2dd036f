"""PDF files through `ingest`, `parse` and the command line."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from test_readers import DEVELOPMENT, PLAN, pdf

import taizhang as tz
from taizhang import readers


@pytest.fixture
def folder(tmp_path):
    plans = tmp_path / "plans"
    (plans / "广东").mkdir(parents=True)
    (plans / "广东" / "a.pdf").write_bytes(pdf([PLAN, ["二、重点任务", "（一）推進醫療保障。（市财政局负责）"]]))
    (plans / "b.PDF").write_bytes(pdf([[], []]))
    (plans / "c.txt").write_text("\n".join(PLAN), encoding="utf-8")
    (plans / "d.pdf").write_bytes(pdf([[*PLAN, "二、其他"]])[:700])
    return plans


def test_a_folder_with_pdf_files(ledger, folder, monkeypatch):
    metadata = [{"file": "广东/a.pdf", "title": "另一标题", "wave": "2"}]
    report = ledger.ingest(folder, metadata=metadata, progress=False)
    assert report.added == ["c.txt", "广东/a.pdf"]
    assert report.sources == 4
    assert [file for file, _ in report.skipped] == [str(folder / "b.PDF"), str(folder / "d.pdf")]
    assert "scanned" in report.skipped[0][1]
    assert "truncated" in report.skipped[1][1]
    assert "\n" not in report.skipped[1][1]
    row = ledger.documents(document="广东/a.pdf")[0]
    path = folder / "广东" / "a.pdf"
    assert (row["title"], row["wave"], row["file"]) == ("另一标题", "2", str(path))
    assert row["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert ledger.document("广东/a.pdf").text == readers.read_pdf(path)

    # What is known is not read again; nothing is left behind.
    asked = []
    read = readers.Crew.read
    monkeypatch.setattr(readers.Crew, "read", lambda crew, file: asked.append(file.name) or read(crew, file))
    again = ledger.ingest(str(folder / "**" / "*.[pP][dD][fF]"), progress=False)
    assert again.unchanged == ["广东/a.pdf"]
    assert sorted(asked) == ["b.PDF", "d.pdf"]


def test_either_form_of_a_word_is_found_and_lit_as_printed(ledger, folder):
    ledger.ingest(folder, progress=False)
    for words in ("医疗保障", "醫療保障", "推进醫 療"):
        found = ledger.clauses(text=words)
        assert len(found) == 1
        assert found["text"][0].startswith("推進醫療保障")
        assert found.evidence(0).text.startswith("推進醫療保障")
        assert ledger.documents(text=words)["id"] == ["广东/a.pdf"]
    assert len(ledger.clauses(without="医疗保障")) == len(ledger.clauses()) - 1
    assert len(ledger.targets(text="９５％")) == len(ledger.targets()) > 0


def test_without_the_library_each_pdf_is_skipped_with_the_line_that_installs_it(ledger, folder, monkeypatch):
    monkeypatch.setattr(readers, "_installed", lambda: False)
    report = ledger.ingest(folder, progress=False)
    assert report.added == ["c.txt"]
    assert len(report.skipped) == 3
    assert all("pip install 'taizhang[pdf]'" in reason for _, reason in report.skipped)
    with pytest.raises(ImportError, match="pip install"):
        tz.parse(folder / "b.PDF")


def test_parse(folder, tmp_path):
    path = folder / "广东" / "a.pdf"
    document = tz.parse(path)
    assert (document.id, document.file) == ("a.pdf", str(path))
    assert "市医保局" in [a["body"] for a in document.assignments]
    with pytest.raises(tz.DocumentError, match="scanned"):
        tz.parse(folder / "b.PDF")
    with pytest.raises(FileNotFoundError):
        tz.parse(tmp_path / "none.pdf")


def test_the_library_loads_in_the_workers_alone(folder, tmp_path):
    code = (
        "import sys, taizhang as tz\n"
        "with tz.open(sys.argv[1]) as ledger: print(ledger.ingest(sys.argv[2]).added)\n"
        "tz.parse(sys.argv[2] + '/广东/a.pdf')\n"
        "print('pypdfium2' in sys.modules)"
    )
    arguments = [sys.executable, "-X", "utf8", "-c", code, str(tmp_path / "l.tz"), str(folder)]
    done = subprocess.run(arguments, capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout.splitlines() == ["['c.txt', '广东/a.pdf']", "False"], done.stderr


def test_the_command_line(command, folder, tmp_path):
    done = command("parse", folder / "广东" / "a.pdf")
    assert (done.returncode, "市医保局" in done.stdout) == (0, True)
    scanned = command("parse", folder / "b.PDF")
    assert scanned.returncode == 1
    assert "scanned" in scanned.stderr
    done = command("ingest", tmp_path / "l.tz", folder)
    assert done.returncode == 0
    assert "2 added" in done.stdout
    assert "d.pdf" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a slow file")
def test_ctrl_c_gives_up_the_file_in_hand(ledger, tmp_path, monkeypatch):
    (tmp_path / "plans").mkdir()
    for n in range(3):
        (tmp_path / "plans" / f"{n}.pdf").write_bytes(pdf([PLAN, [f"二、其他{n}"]]))
    # A worker that never answers.
    monkeypatch.setattr(readers.sys, "executable", sleeper(tmp_path))
    sent = []

    def interrupt():
        time.sleep(0.7)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        ledger.ingest(tmp_path / "plans", progress=False)
    assert time.monotonic() - sent[0] < 2.5
    assert ledger.last_report.interrupted
    assert not ledger.last_report.skipped
    assert ledger.ids() == []


def sleeper(folder):
    program = folder / "sleeper"
    program.write_text("#!/bin/sh\nexec sleep 300\n")
    program.chmod(0o755)
    return str(program)


def test_ctrl_c_of_a_terminal_does_not_reach_the_workers(folder):
    with readers.Crew() as crew:
        assert crew.read(folder / "广东" / "a.pdf")[1] is None
        assert crew.read(folder / "b.PDF")[1] is not None
        (worker,) = crew.workers
        if os.name == "posix":
            assert os.getpgid(worker.pid) != os.getpgid(0)
    assert worker.poll() is not None
    assert crew.read(folder / "广东" / "a.pdf") == ("", "reading was stopped")


@pytest.mark.skipif(not (DEVELOPMENT / "pdf").is_dir(), reason="the development documents are not here")
def test_a_folder_of_text_layers_holds_what_its_twins_hold(ledger):
    report = ledger.ingest(DEVELOPMENT / "pdf", progress=False)
    assert not report.skipped, repr(report)
    assert len(ledger) == len(list((DEVELOPMENT / "pdf").glob("*.pdf"))) > 0
    for id in ledger.ids():
        twin = tz.parse_text((DEVELOPMENT / "docs" / id).with_suffix(".txt").read_bytes().decode())
        assert ledger.clauses(document=id)["path"] == [".".join(map(str, c["path"])) for c in twin.clauses], id
