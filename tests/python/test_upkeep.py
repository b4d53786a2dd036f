"""Compact, backup, reread, rebuild and check, from Python and from the shell."""

import json
import signal
import threading
import time

import pytest

import taizhang as tz


@pytest.fixture
def lived(ledger, seeds):
    """The seeds, one of them in two versions and one removed."""
    ledger.ingest(seeds, metadata="index.csv", progress=False)
    text = (seeds / "hubei-2024.txt").read_text(encoding="utf-8")
    ledger.ingest_texts([{"id": "hubei-2024.txt", "text": text + "\n"}], progress=False)
    assert ledger.remove("linfen-2022.txt")
    return ledger


def answers(ledger):
    tables = (ledger.documents, ledger.clauses, ledger.assignments, ledger.targets, ledger.milestones, ledger.notes)
    return [table().to_dicts() for table in tables] + [ledger.document(id).text for id in ledger.ids()]


def test_compact_and_reread_change_no_answer(lived):
    before = answers(lived)
    assert lived.stats()["versions"] == 6
    lived.compact(progress=False)
    assert answers(lived) == before
    assert lived.stats()["versions"] == 5
    lived.compact(keep_versions=0, progress=False)
    assert answers(lived) == before
    assert lived.stats()["versions"] == 4
    assert lived.reread(progress=False) == []
    assert answers(lived) == before
    lived.rebuild(progress=False)
    assert answers(lived) == before
    lived.check()
    path = lived.path
    lived.close()
    tz.rebuild(path, progress=False)
    with tz.open(path) as again:
        assert answers(again) == before


def test_a_backup_is_a_ledger_of_its_own(lived, tmp_path):
    before = answers(lived)
    copy = lived.backup(tmp_path / "copy.tz")
    with tz.open(copy, create=False) as other:
        assert answers(other) == before
        other.check()
        other.remove(other.ids()[0])
    assert answers(lived) == before
    with pytest.raises(tz.StoreError, match="it exists"):
        lived.backup(copy)


def test_ctrl_c_in_a_reread_leaves_the_ledger_and_the_next_goes_on(ledger, seeds):
    text = (seeds / "jiangmen-2019.txt").read_text(encoding="utf-8")
    ledger.ingest_texts([{"id": str(n), "text": f"{n}\n{text[:1500]}"} for n in range(9000)], progress=False)
    stop = threading.Timer(0.4, lambda: signal.raise_signal(signal.SIGINT))
    begun = time.monotonic()
    stop.start()
    # A runner may have told its children to ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            ledger.reread(progress=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begun < 20
    assert (ledger.path / "making").exists()
    assert len(ledger) == 9000
    assert ledger.reread(progress=False) == []
    assert not (ledger.path / "making").exists()
    ledger.check()


def test_the_command_keeps_a_ledger_up(command, seeds, tmp_path):
    path, copy = tmp_path / "l.tz", tmp_path / "copy.tz"
    command("ingest", path, seeds)
    for words in (("compact", path, "--keep-versions", 0), ("reread", path), ("rebuild", path), ("backup", path, copy)):
        done = command(*words)
        assert done.returncode == 0, done.stderr
    assert "5 documents, all whole" in command("check", copy).stdout
    assert json.loads(command("stats", copy).stdout)["documents"] == 5
    done = command("backup", path, copy)
    assert done.returncode == 1
    assert "it exists" in done.stderr
