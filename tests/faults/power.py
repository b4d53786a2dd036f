"""Power cuts: what was synced stays, of the rest a random part.

    python tests/faults/power.py [--draws 200] [--seed 1]

Lives are recorded (record.c, preloaded): every write, sync, rename, cut and unlink below the ledger's folder. A draw
takes a moment of a life, keeps all that was synced by then, and of each write and each entry of a folder that was not
synced a random part, down to torn pages. The folder that this gives is judged as after a kill: whatever was reported
committed before that moment is there.

The rules are POSIX's, not a file system's: an entry lasts when its folder was synced, data and length when the file
was; `sync_file_range` makes data last only as far as the file's length does. A rename is one thing: it is there or not.
"""

from __future__ import annotations

import argparse
import copy
import os
import pickle
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import model

HERE = Path(__file__).resolve().parent
LIVES = 5
STEPS = 14
PAGE = 4096


@dataclass
class File:
    """A file: what lasts of it, and what was written since."""

    data: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # offset and data, or a new length

    def apply(self, offset: int, data: bytes | None) -> None:
        """Make a change last."""
        if data is None:
            del self.data[offset:]
            self.data.extend(bytes(offset - len(self.data)))
            return
        if len(self.data) < offset:
            self.data.extend(bytes(offset - len(self.data)))
        self.data[offset : offset + len(data)] = data

    def sync(self) -> None:
        """Make all changes last."""
        for change in self.pending:
            self.apply(*change)
        self.pending.clear()

    def sync_range(self) -> None:
        """Make data last as far as the length does."""
        rest: list[tuple[int, bytes | None]] = []
        for offset, data in self.pending:
            if data is None or offset >= len(self.data) or any(cut is None for _, cut in rest):
                rest.append((offset, data))
                continue
            inside = len(self.data) - offset
            self.apply(offset, data[:inside])
            if data[inside:]:
                rest.append((offset + inside, data[inside:]))
        self.pending = rest


@dataclass(eq=False)
class Change:
    """A change of folders that lasts once one of them was synced: entries that come and go."""

    puts: list[tuple[int, str, int | None]]


@dataclass
class Disk:
    """Files and folders by a number of their own; inodes are used again, these are not."""

    root: int  # inode of the ledger's folder, which has number 0
    names: dict[int, int] = field(default_factory=dict)  # inode → number
    files: dict[int, File] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=dict)
    pending: list[Change] = field(default_factory=list)
    count: int = 0

    def number(self, inode: int) -> int:
        """The number of an inode."""
        if inode not in self.names:
            self.count += 1
            self.names[inode] = self.count
        return self.names[inode]

    def made(self, inode: int, folder: bool) -> int:
        """The number of a new file or folder."""
        if inode == self.root:
            return 0
        self.names.pop(inode, None)
        number = self.number(inode)
        if folder:
            self.folders[number] = {}
        else:
            self.files[number] = File()
        return number

    def apply(self, change: Change) -> None:
        """Make a change of folders last."""
        for folder, name, what in change.puts:
            entries = self.folders.setdefault(folder, {})
            if what is None:
                entries.pop(name, None)
            else:
                entries[name] = what

    def record(self, kind: str, a: int, b: int, x: str, y: str, c: int, data: bytes) -> None:
        """One record of the log."""
        if kind == "W":
            self.files.setdefault(self.number(a), File()).pending.append((b, data))
        elif kind == "T":
            self.files.setdefault(self.number(a), File()).pending.append((b, None))
        elif kind == "C":
            self.pending.append(Change([(self.number(a), x, self.made(b, bool(c)))]))
        elif kind == "M":
            self.pending.append(Change([(self.number(a), x, None), (self.number(b), y, self.number(c))]))
        elif kind == "U":
            self.pending.append(Change([(self.number(a), x, None)]))
        elif kind == "R":
            self.files.setdefault(self.number(a), File()).sync_range()
        elif kind == "S" and b:
            folder = self.number(a)
            # Changes last in their order: one that touches a folder that an earlier one touches takes that along.
            for change in [change for change in self.pending if any(put[0] == folder for put in change.puts)]:
                self.apply(change)
                self.pending.remove(change)
        elif kind == "S":
            self.files.setdefault(self.number(a), File()).sync()

    def settle(self) -> None:
        """Make everything last."""
        for change in self.pending:
            self.apply(change)
        self.pending.clear()
        for file in self.files.values():
            file.sync()

    def lose(self, draw: random.Random) -> None:
        """Keep a random part of what would not have lasted."""
        share = draw.choice((0.0, 0.5, 0.9, 1.0, draw.random()))
        for change in self.pending:
            if draw.random() < share:
                self.apply(change)
        self.pending.clear()
        share = draw.choice((0.0, 0.5, 0.9, 1.0, draw.random()))
        for file in self.files.values():
            for offset, data in file.pending:
                if draw.random() >= share:
                    continue
                if data and len(data) > PAGE and draw.random() < 0.3:
                    for at in range(0, len(data), PAGE):  # torn: some of its pages
                        if draw.random() < 0.5:
                            file.apply(offset + at, data[at : at + PAGE])
                else:
                    file.apply(offset, data)
            file.pending.clear()

    def write(self, path: Path) -> None:
        """Lay the folder out."""
        self._write(0, path)

    def _write(self, number: int, path: Path) -> None:
        path.mkdir()
        for name, what in self.folders.get(number, {}).items():
            if what in self.folders:
                self._write(what, path / name)
            else:
                (path / name).write_bytes(self.files.get(what, File()).data)


Record = tuple[str, int, int, str, str, int, bytes]


def records(log: Path) -> Iterator[Record]:
    """The records of a log."""
    blob = log.read_bytes()
    at = 0
    while at < len(blob):
        (length,) = struct.unpack_from("<I", blob, at)
        kind = chr(blob[at + 4])
        a, b, c = struct.unpack_from("<QQQ", blob, at + 5)
        x, y, data = blob[at + 29 : at + 4 + length].split(b"\0", 2)
        yield kind, a, b, x.decode(), y.decode(), c, data
        at += 4 + length


def recorded(path: Path, steps: list[model.Step], shim: Path) -> list[Record]:
    """The record of a life."""
    path.parent.mkdir()
    log = path.with_suffix(".log")
    (path.with_suffix(".steps")).write_bytes(pickle.dumps(steps))
    read, write = os.pipe()
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "TAIZHANG_RECORD_ROOT": str(path),
        "TAIZHANG_RECORD_LOG": str(log),
        "TAIZHANG_RECORD_SAY": str(write),
    }
    command = [sys.executable, __file__, "--live", str(path), "--say", str(write)]
    child = subprocess.Popen(command, env=environment, pass_fds=(write,))
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        pipe.read()
    assert child.wait() == 0
    return list(records(log))


def live(path: Path, say: int) -> int:
    """A life in the process that is recorded."""
    model.live(
        path, pickle.loads(path.with_suffix(".steps").read_bytes()), lambda words: os.write(say, f"{words}\n".encode())
    )
    os.write(say, b"closed\n")
    return 0


def begun(path: Path, life: list[Record]) -> Disk:
    """An empty disk whose root is the ledger's folder."""
    root = next(b for kind, _, b, x, _, c, _ in life if kind == "C" and c and x == path.name)
    return Disk(root, names={root: 0}, folders={0: {}})


def same(path: Path, life: list[Record], folder: Path) -> str | None:
    """Where the record replayed is not what the life left, if anywhere: then the recorder has missed something."""
    disk = begun(path, life)
    for record in life:
        if record[0] != "A":
            disk.record(*record)
    disk.settle()
    disk.write(folder)

    def files(base: Path) -> dict[str, bytes]:
        found = {str(f.relative_to(base)): f for f in sorted(base.rglob("*")) if f.is_file()}
        return {name: file.read_bytes() for name, file in found.items() if file.name not in ("ballast", "lock")}

    left, right = files(path), files(folder)
    shutil.rmtree(folder)
    return next((name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name)), None)


def main() -> int:
    """Draw the cuts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where a ledger with a fault is copied to")
    parser.add_argument("--live", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--say", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.live:
        return live(arguments.live, arguments.say)
    model.warm()
    draw = random.Random(arguments.seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder).resolve()
        shim = here / "record.so"
        subprocess.run(
            ["cc", "-O1", "-shared", "-fPIC", "-o", shim, HERE / "record.c", "-ldl", "-lpthread"], check=True
        )
        lives = min(LIVES, arguments.draws)
        for nth in range(lives):
            steps = model.life(draw, {}, 0, STEPS)
            path = here / str(nth) / "l.tz"
            life = recorded(path, steps, shim)
            if missed := same(path, life, here / "replayed"):
                faults.append(f"life {nth}: the recorder has missed a write to {missed}")
                continue
            share = arguments.draws // lives + (nth < arguments.draws % lives)
            cuts = sorted(moments(life, share, draw))
            disk, at, said = begun(path, life), 0, []
            for cut in cuts:
                for record in life[at:cut]:
                    if record[0] == "A":
                        said += record[6].decode().splitlines()
                    else:
                        disk.record(*record)
                at = cut
                after = copy.deepcopy(disk)
                after.lose(draw)
                cutoff = here / "cut.tz"
                shutil.rmtree(cutoff, ignore_errors=True)
                after.write(cutoff)
                (cutoff / "lock").touch()
                words = said[-1] if said else "before it was made"
                counts[words.removeprefix("begin ")] += 1
                allowed = model.either({}, steps, said.count("done"))
                kept = arguments.keep and shutil.copytree(cutoff, here / "kept", dirs_exist_ok=False)
                verdict = model.judge(cutoff, allowed)
                if not said and "not a taizhang ledger" in (verdict.error or ""):
                    verdict = model.Verdict()  # it was never said to be there
                if fault := verdict.wrong or verdict.error:
                    faults.append(
                        f"life {nth}, record {cut} of {len(life)}, {said.count('done')} steps done, in {words}: {fault}"
                    )
                    print(faults[-1], file=sys.stderr, flush=True)
                    if kept:
                        shutil.copytree(kept, arguments.keep / f"power{nth}-{cut}", dirs_exist_ok=True)
                if kept:
                    shutil.rmtree(kept)
    return model.report(
        f"{arguments.draws} power cuts in {lives} lives (seed {arguments.seed})", counts, faults, started
    )


def moments(life: list[Record], count: int, draw: random.Random) -> list[int]:
    """Moments to cut at: half anywhere, half right behind a sync, a rename or a word."""
    telling = [at + 1 for at, record in enumerate(life) if record[0] in "SMA"]
    return [draw.choice(telling) if nth % 2 else draw.randrange(1, len(life) + 1) for nth in range(count)]


if __name__ == "__main__":
    sys.exit(main())
