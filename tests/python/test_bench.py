"""Made plans from Python: the same bytes every time, and a corpus on disk that a ledger takes in."""

import csv

import pytest

import taizhang as tz
from taizhang import _core, bench


def test_the_same_seed_gives_the_same_plans() -> None:
    plans = _core.sample_documents(3, 0, 6)
    assert plans[2:4] == _core.sample_documents(3, 2, 2)
    assert plans != _core.sample_documents(4, 0, 6)
    ids = [name for name, _, _ in plans]
    assert ids == [f"0000/{n:07}.txt" for n in range(6)]
    assert {"title", "number", "date", "place", "adcode"} <= set(plans[0][2])


def test_a_corpus_on_disk_is_what_a_ledger_reads(tmp_path) -> None:
    written = _core.write_sample(str(tmp_path / "plans"), 3, 0, 12)
    files = sorted((tmp_path / "plans").rglob("*.txt"))
    assert len(files) == 12
    assert sum(file.stat().st_size for file in files) == written
    with (tmp_path / "plans" / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [str(f.relative_to(tmp_path / "plans").as_posix()) for f in files]
    with tz.open(tmp_path / "ledger.tz") as ledger:
        report = ledger.ingest(tmp_path / "plans", metadata=tmp_path / "plans" / "index.csv", progress=False)
        assert len(report.added) == 12
        assert not report.skipped


def test_a_corpus_outside_its_bounds_is_refused(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(bench, "SAMPLE", 1)  # one plan's commonest sentence stands in all of them
    assert bench.main(["corpus", str(tmp_path / "plans"), "--documents", "1"]) == 1
    assert "outside its bounds" in capsys.readouterr().err
    assert not (tmp_path / "plans").exists()


def test_a_folder_in_use_is_refused(tmp_path, capsys) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert bench.main(["corpus", str(tmp_path), "--documents", "1"]) == 1
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize("documents", ["0", "-3"])
def test_no_documents_are_no_corpus(tmp_path, documents) -> None:
    assert bench.main(["corpus", str(tmp_path / "plans"), "--documents", documents]) == 1
