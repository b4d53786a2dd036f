"""A ledger of each released format opens for ever."""

import json
import tarfile
from pathlib import Path

import pytest

import taizhang as tz

DATA = Path(__file__).resolve().parents[1] / "data"
FORMATS = sorted(folder.name for folder in DATA.glob("format_v*"))
TABLES = ("documents", "sections", "clauses", "assignments", "targets", "milestones", "citations", "notes")


def test_there_is_a_ledger_of_each_format():
    assert FORMATS == ["format_v1", "format_v2"]


@pytest.mark.parametrize("name", FORMATS)
def test_it_opens_and_answers_and_lives_on(name, tmp_path):
    with tarfile.open(DATA / name / "ledger.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    answers = json.loads((DATA / name / "answers.json").read_text(encoding="utf-8"))
    with tz.open(tmp_path / f"{name}.tz", create=False) as ledger:
        assert {table: len(getattr(ledger, table)()) for table in TABLES} == {table: answers[table] for table in TABLES}
        assert {id: len(ledger.document(id).text) for id in ledger.ids()} == answers["texts"]
        assert len(ledger.documents(where={"batch": "2"})) == 1
        ledger.check()
        assert ledger.stats()["format"] == int(name.removeprefix("format_v"))
        # What comes next is kept in the newest format, beside what was there.
        ledger.ingest_texts([{"id": "next", "text": "一、健全机制\n（一）开展试点。（市教育局负责）\n"}], progress=False)
        assert ledger.stats()["format"] == 2
        ledger.check()
        ledger.compact(keep_versions=0, progress=False)
        ledger.reread(progress=False)
        ledger.ingest_texts([{"id": "new", "text": "一、完善制度\n（一）推进改革。（市医保局负责）\n"}], progress=False)
        ledger.check()
        assert len(ledger) == answers["documents"] + 2
