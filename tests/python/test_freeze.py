"""A frozen ledger: the same bytes for the same documents, checked by ourselves and by the system's own program."""

import hashlib
import json
import shutil
import subprocess

import pytest
from conftest import SEEDS

import taizhang as tz
from taizhang import _core

pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def frozen(seed_ledger, tmp_path_factory):
    return seed_ledger.freeze(tmp_path_factory.mktemp("frozen") / "paper")


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_documents_give_the_same_bytes(frozen, tmp_path):
    with tz.open(tmp_path / "other.tz") as other:
        for name in sorted((path.name for path in SEEDS.glob("*.txt")), reverse=True):
            other.ingest(SEEDS / name, metadata=SEEDS / "index.csv", progress=False)
        again = other.freeze(tmp_path / "again")
        assert bytes_of(again) == bytes_of(frozen), "one by one and backwards, or a folder at once"
        other.compact(progress=False)
        assert bytes_of(other.freeze(tmp_path / "compacted")) == bytes_of(again)


def test_sha256sum_agrees(frozen):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=frozen, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert tz.verify(frozen) == []


def test_the_manifest_says_what_was_frozen(frozen, seed_ledger, tmp_path):
    manifest = json.loads((frozen / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["reading"] == _core.reading() == seed_ledger.stats()["reading"]
    assert manifest["taizhang"] == tz.__version__
    assert manifest["lexicon"] == dict(_core.lexicon_tables())
    assert manifest["rows"]["targets"] == seed_ledger.count("targets")
    question = seed_ledger.select(within="广东省").select(text="付费")
    only = question.freeze(tmp_path / "only")
    manifest = json.loads((only / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["selection"] == [{"within": "广东省"}, {"text": "付费"}] == question.chain()
    assert manifest["rows"]["clauses"] == question.count("clauses")
    book = (frozen / "codebook.md").read_text(encoding="utf-8")
    assert "| `deadline` | 完成时限 | text |" in book
    assert "`clause` → `clauses.clause`" in book


def test_a_ledger_comes_back(frozen, seed_ledger, ledger):
    ledger.load_parquet(frozen, progress=False)
    assert ledger.targets() == seed_ledger.targets()


def damaged(frozen, folder, harm):
    shutil.copytree(frozen, folder)
    harm(folder)
    return tz.verify(folder)


def test_whatever_is_changed_is_told(frozen, tmp_path):
    def flip(folder):
        raw = bytearray((folder / "targets.parquet").read_bytes())
        raw[len(raw) // 2] ^= 1
        (folder / "targets.parquet").write_bytes(raw)

    def rows(folder):
        (folder / "targets.parquet").write_bytes((folder / "milestones.parquet").read_bytes())
        resum(folder)

    def resum(folder):
        names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
        done = subprocess.run(["sha256sum", *names], cwd=folder, capture_output=True, check=True)
        (folder / "SHA256SUMS").write_bytes(done.stdout)

    cases = [
        (flip, "targets.parquet is not what was frozen: its checksum differs"),
        (lambda f: (f / "codebook.md").unlink(), "codebook.md is missing"),
        (lambda f: (f / "more.csv").write_text("x"), "more.csv was not frozen with the rest"),
        (lambda f: (f / "SHA256SUMS").write_text("0" * 64 + "  ../../etc/passwd\n"), "line 1 is no checksum of a file"),
        (rows, "targets.parquet has 7 rows"),
    ]
    for nth, (harm, said) in enumerate(cases):
        faults = damaged(frozen, tmp_path / str(nth), harm)
        if harm is rows:
            assert any("targets.parquet has" in fault and "the manifest says" in fault for fault in faults), faults
        else:
            assert any(said in fault for fault in faults), faults
    with pytest.raises(FileNotFoundError, match="no frozen ledger"):
        tz.verify(tmp_path)


def test_persons_are_left_out_on_request(ledger, tmp_path):
    text = (
        "关于深化改革的实施方案\n一、任务\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头，联系人：张三，电话：0750-3831234）\n"
        "（二）报送进展。每季度由张三汇总，2024年底前建成平台。\n联系人：李小明，手机13812345678"
    )
    ledger.ingest_texts([{"id": "a", "text": text}], progress=False)
    folder = ledger.freeze(tmp_path / "without", contacts=False)
    assert tz.verify(folder) == []
    assert not (folder / "records.parquet").exists()
    for path in folder.glob("*.parquet"):
        shown = json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str)
        for word in ("张三", "李小明", "3831234", "13812345678"):
            assert word not in shown, (path.name, word)
    clauses = pq.read_table(folder / "clauses.parquet").to_pylist()
    assert [len(row["text"]) for row in clauses] == [len(text) for text in ledger.clauses()["text"]]
    assert "市医保局" in clauses[0]["text"]
    with_them = ledger.freeze(tmp_path / "with")
    assert "张三" in pq.read_table(with_them / "clauses.parquet").to_pylist()[0]["text"]
    with pytest.raises(ValueError, match="records hold whole texts"):
        ledger.export_parquet(tmp_path / "x", tables=["records"], contacts=False)
    with pytest.raises(FileExistsError, match="not empty"):
        ledger.freeze(folder)


def test_corrections_go_with_the_tables(scratch, ledger, tmp_path):
    row = scratch.targets()[0]
    kept = scratch.annotate(row, value=75.0, by="甲", note="原文为75%\u2028见附件", when="2026-11-22T08:00:00")
    folder = scratch.freeze(tmp_path / "paper")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    lines = (folder / "corrections.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert [json.loads(line)["document"] for line in lines] == [row["document"]]
    digest = hashlib.sha256((folder / "corrections.jsonl").read_bytes()).hexdigest()
    assert manifest["corrections"] == {"file": "corrections.jsonl", "entries": 1, "sha256": digest}
    assert "`corrections.jsonl` (entries in it: 1)" in (folder / "codebook.md").read_text(encoding="utf-8")
    assert tz.verify(folder) == []
    assert bytes_of(scratch.freeze(tmp_path / "again")) == bytes_of(folder)

    # Records are the machine's: a ledger comes back by both.
    ledger.load_parquet(folder, progress=False)
    assert row["value"] in ledger.targets()["value"]
    assert ledger.import_corrections(folder / "corrections.jsonl") == {"added": 1, "known": 0, "waiting": 0}
    assert ledger.targets() == scratch.targets()
    assert 75.0 in ledger.targets()["value"]
    assert list(ledger.corrections()["id"]) == [kept]

    assert not (scratch.freeze(tmp_path / "without", contacts=False) / "corrections.jsonl").exists()
    scratch.undo(kept, by="甲", when="2026-11-22T09:00:00")
    undone = scratch.freeze(tmp_path / "undone")
    assert (undone / "corrections.jsonl").read_text(encoding="utf-8").count("\n") == 2, "a log only grows"


def test_corrections_of_others_stay_behind(scratch, tmp_path):
    scratch.ingest_texts(
        [{"id": "other", "text": "一、目标\n（一）2024年底前建成平台。（市教育局负责）"}], progress=False
    )
    row = next(row for row in scratch.targets() if row["document"] != "other")
    scratch.confirm(row, by="甲", when="2026-11-22T08:00:00")
    folder = scratch.select(document="other").freeze(tmp_path / "other")
    assert not (folder / "corrections.jsonl").exists()
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["corrections"] is None
    assert tz.verify(folder) == []


def test_other_corrections_are_told(scratch, tmp_path):
    scratch.confirm(scratch.targets()[0], by="甲", when="2026-11-22T08:00:00")
    frozen = scratch.freeze(tmp_path / "paper")

    def resum(folder):
        names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
        lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
        (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")

    def change(folder):
        path = folder / "corrections.jsonl"
        path.write_text(path.read_text(encoding="utf-8").replace("甲", "乙"), encoding="utf-8")

    def told(name, *harms):
        return damaged(frozen, tmp_path / name, lambda folder: [harm(folder) for harm in harms])

    def unsaid(folder):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8")) | {"corrections": None}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    assert told("changed", change) == ["corrections.jsonl is not what was frozen: its checksum differs"]
    (fault,) = told("changed too", change, resum)
    assert "other corrections than those of the manifest" in fault
    gone = told("gone", lambda folder: (folder / "corrections.jsonl").unlink(), resum)
    assert gone == ["corrections.jsonl is missing"]
    (fault,) = told("unsaid", unsaid, resum)
    assert "the manifest speaks of no corrections" in fault
