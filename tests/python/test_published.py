"""Published ledgers: whole, read by many at once, never written to."""

import hashlib
import os
import shutil
import subprocess
import sys

import pytest

import taizhang as tz

NOBODY = 65534

ASK = """
import sys, taizhang as tz
with tz.open(sys.argv[1], read_only=True) as ledger:
    clauses = ledger.clauses(text="医保")
    print(len(ledger), len(clauses), ledger.count("assignments"), len(ledger.document(ledger.ids()[0]).text))
    if "check" in sys.argv:
        ledger.check()
"""


@pytest.fixture
def lived(ledger, seeds):
    """The seeds, one in two versions, one removed, with a selection."""
    ledger.ingest(seeds, metadata="index.csv", progress=False)
    text = (seeds / "hubei-2024.txt").read_text(encoding="utf-8")
    ledger.ingest_texts([{"id": "hubei-2024", "text": text + "\n"}], progress=False)
    ledger.remove("linfen-2022")
    ledger.select(level="province").save("provinces")
    return ledger


@pytest.fixture
def published(lived, tmp_path):
    return lived.publish(tmp_path / "published.tz")


def answers(ledger):
    tables = (ledger.documents, ledger.clauses, ledger.assignments, ledger.targets, ledger.milestones, ledger.notes)
    found = [table().to_dicts() for table in tables] + [ledger.document(id).text for id in ledger.ids()]
    return [*found, ledger.search("医疗", limit=5).to_dicts(), ledger.copies().to_dicts()]


def bytes_of(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def ask(folder, *more, **options):
    command = [sys.executable, "-c", ASK, str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def test_it_answers_as_the_ledger_it_was_published_from(lived, published):
    before = bytes_of(published)
    with tz.open(published, read_only=True) as shared, tz.open(published) as too:
        assert shared.read_only
        assert not lived.read_only
        assert answers(shared) == answers(lived) == answers(too)
        assert shared.selection("provinces").documents().to_dicts() == lived.select(level="province").documents().to_dicts()
        shared.check()
        assert shared.stats()["documents"] == lived.stats()["documents"]
        assert [len(piece) for piece in shared.stream("clauses")]
    assert bytes_of(published) == before
    assert not any("engine" in name or name == "lock" for name in before)


def test_the_same_state_gives_the_same_bytes(lived, published, tmp_path):
    assert bytes_of(lived.publish(tmp_path / "again.tz")) == bytes_of(published)
    manifest = (published / "manifest").read_text(encoding="utf-8").splitlines()
    for line in manifest[1:-1]:
        sha, size, name = line.split(" ")
        content = (published / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha, int(size))
    assert len(manifest) == len(bytes_of(published)) - 1 + 2


def test_nothing_changes_it(lived, published):
    text = [{"id": "new", "text": "一、完善制度\n（一）推进改革。（市医保局负责）\n"}]
    with tz.open(published) as shared:
        changes = [
            lambda: shared.ingest_texts(text, progress=False),
            lambda: shared.remove("hubei-2024"),
            lambda: shared.compact(progress=False),
            lambda: shared.reread(progress=False),
            lambda: shared.rebuild(progress=False),
            lambda: shared.select(level="province").save("mine"),
        ]
        for change in changes:
            with pytest.raises(tz.StoreError, match="published, hence read-only"):
                change()
        with pytest.raises(tz.StoreError, match="any copy of its folder"):
            shared.backup(published.parent / "copy.tz")
    with pytest.raises(tz.StoreError, match="published, hence read-only"):
        tz.open(published, read_only=False)
    with pytest.raises(tz.StoreError, match=r"ledger\.publish"):
        tz.open(lived.path, read_only=True)
    with pytest.raises(tz.StoreError, match="it exists"):
        lived.publish(published)
    # The ledger that it came from goes on.
    lived.ingest_texts(text, progress=False)
    with tz.open(published, read_only=True) as shared:
        assert len(shared) == len(lived) - 1


def test_many_processes_read_it_at_once(lived, published):
    with tz.open(published, read_only=True) as shared:
        wanted = f"{len(shared)} {len(shared.clauses(text='医保'))} {shared.count('assignments')} "
        command = [sys.executable, "-c", ASK, str(published)]
        children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        assert all(child.communicate(timeout=120)[0].startswith(wanted) for child in children)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_another_user_reads_what_nobody_may_write(published, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared") / "published.tz"
    shutil.copytree(published, folder)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    above = folder
    while (above := above.parent) != above.parent:
        if above.stat().st_mode & 0o5 != 0o5:
            above.chmod(above.stat().st_mode | 0o5)
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    done = ask(folder, "check", user=NOBODY, group=NOBODY)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 ")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_opening_it_opens_nothing_to_write(published, tmp_path):
    log = tmp_path / "strace.log"
    calls = "openat,open,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,ftruncate,flock,fallocate"
    command = ["strace", "-f", "-y", "-o", str(log), "-e", f"trace={calls}", sys.executable, "-c", ASK, str(published)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if "ptrace" in done.stderr and done.returncode:
        pytest.skip("nothing may be traced here")
    assert done.returncode == 0, done.stderr
    ours = [line for line in log.read_text(encoding="utf-8").splitlines() if str(published) in line]
    assert ours
    assert not [line for line in ours if "O_RDONLY" not in line or "O_CREAT" in line]


@pytest.mark.parametrize("name", ["packs/00000001.pack", "packs/00000002.pack", "catalogue", "index", "witness", "format"])
def test_a_flipped_bit_is_named(published, name):
    path = published / name
    whole = path.read_bytes()
    for at in (len(whole) // 3, len(whole) // 2, len(whole) - 9):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(tz.StoreError, match="damaged|not a taizhang ledger|format"), tz.open(published) as shared:
            shared.check()
    path.write_bytes(whole[:-1])
    with pytest.raises(tz.StoreError), tz.open(published):
        pass
    path.write_bytes(whole)
    with tz.open(published) as shared:
        shared.check()
