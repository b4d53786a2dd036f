"""What a machine can refuse: room, permission, time, memory; and who else may have the ledger.

    python tests/faults/limits.py [--documents 1500] [--memory 1500] [--only NAME …]

Runs as root for the small disk and the other user; where nothing may be mounted the cases that need it are left out
loudly, and under CI they fail. Each case: a clear error, and nothing lost.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import model

import taizhang as tz

NOBODY = 65534


class LeftOutError(Exception):
    """A case that this machine does not let us try."""


def texts(count: int, seed: int, prefix: str = "d", clauses: int = 6, padding: int = 0) -> dict[str, str]:
    """Plans by id; with so many characters behind each that nothing can compress."""
    draw = random.Random(seed)

    def rest() -> str:
        return "".join(map(chr, draw.choices(range(0x4E00, 0x9FA0), k=padding))) + "\n" if padding else ""

    return {f"{prefix}{n:05}": model.plan(draw, clauses) + rest() for n in range(count)}


def put(ledger: tz.Ledger, state: model.State) -> Any:
    """Ingest texts."""
    return ledger.ingest_texts([{"id": id, "text": text} for id, text in state.items()], progress=False)


def filled(path: Path, count: int = 30) -> model.State:
    """A ledger with a few documents; made in a child, since no process that forks should have held one."""
    state = texts(count, seed=len(path.name))

    def work() -> None:
        with tz.open(path) as ledger:
            put(ledger, state)

    answer = model.forked(work, 60)
    assert answer is None, answer
    return state


def whole(path: Path, *states: model.State) -> None:
    """The ledger holds one of these states, document by document."""
    allowed: model.Allowed = {}
    for id in set().union(*states):
        allowed[id] = {state.get(id) for state in states}
    verdict = model.judge(path, allowed, seconds=300)
    assert not verdict.wrong, verdict.wrong
    assert not verdict.error, verdict.error


def said(work: Callable[[], Any], *words: str, kind: type[BaseException] = tz.StoreError, seconds: float = 120) -> str:
    """The message of the error that `work` ends with, in a child; it must hold the words."""

    def run() -> str:
        try:
            work()
        except kind as error:
            return f"said: {error}"
        return "no error"

    answer = model.forked(run, seconds)
    assert isinstance(answer, str), answer
    assert answer.startswith("said: "), answer
    for word in words:
        assert word in answer, f"{word!r} is not in {answer}"
    return answer


@contextmanager
def mounted(where: Path, *options: str) -> Iterator[Path]:
    """A small file system in memory."""
    where.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", where], capture_output=True, text=True)
    if done.returncode:
        raise LeftOutError(f"nothing can be mounted here ({done.stderr.strip()})")
    try:
        yield where
    finally:
        for _ in range(50):
            if subprocess.run(["umount", where], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)


# -- room and permission -----------------------------------------------------------------------------------------------


def full_disk(here: Path) -> None:
    """Ingest until the disk is full: an error; all that was committed opens, with and without new room."""
    with mounted(here / "small", "-o", "size=64m") as disk:
        path = disk / "l.tz"
        state = filled(path, 200)
        more = texts(2_000, seed=5, prefix="m", padding=20_000)

        def fill() -> None:
            with tz.open(path) as ledger:
                put(ledger, more)

        print("   ", said(fill, "full", seconds=300))
        whole(path, state, state | more)
        # Nothing can be written, all can be read; a second try fails the same way.
        said(fill, "full", seconds=300)
        whole(path, state, state | more)
        count = model.forked(lambda: len(tz.open(path)), 60)
        assert isinstance(count, int), count
        assert count >= len(state), count

        def compact() -> None:
            with tz.open(path) as ledger:
                ledger.compact(progress=False)

        print("   ", said(compact, "bytes"))
        whole(path, state, state | more)
        subprocess.run(["mount", "-o", "remount,size=400m", disk], check=True)

        def go_on() -> int:
            with tz.open(path) as ledger:
                put(ledger, dict(list(more.items())[:600]))
                ledger.compact(progress=False)
                return len(ledger)

        count = model.forked(go_on, 300)
        assert isinstance(count, int), count
        assert count >= 600 + len(state), count
        whole(path, state | more, state)


def read_only_disk(here: Path) -> None:
    """A ledger on a disk that is mounted read-only: an error that says so; writable again, all is there."""
    with mounted(here / "readonly", "-o", "size=80m") as disk:
        path = disk / "l.tz"
        state = filled(path)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        print("   ", said(lambda: tz.open(path), "Read-only file system", "copy"))
        said(lambda: tz.open(disk / "new.tz"), "Read-only file system")
        copy = here / "copy.tz"
        shutil.copytree(path, copy)
        whole(copy, state)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        whole(path, state)


def no_permission(here: Path) -> None:
    """A ledger of another user."""
    if os.geteuid() != 0:
        raise LeftOutError("only root can become another user")
    here.chmod(0o755)
    path = here / "l.tz"
    state = filled(path)

    def other(work: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            return work()

        return run

    print("   ", said(other(lambda: tz.open(path)), "Permission denied", "copy"))
    said(other(lambda: tz.open(here / "new.tz")), "Permission denied")
    path.chmod(0o700)
    said(other(lambda: tz.open(path)), "Permission denied")
    # Its files may be read and the folder written to, and still the engine's may not be.
    path.chmod(0o777)
    (path / "lock").chmod(0o666)
    print("   ", said(other(lambda: tz.open(path)), "Permission denied"))
    (path / "lock").chmod(0o644)
    path.chmod(0o755)
    whole(path, state)


def folder_gone(here: Path) -> None:
    """The folder is removed while documents are added: an error, no hang; what stands elsewhere is untouched."""
    path = here / "l.tz"
    state = filled(path)
    copy = here / "copy.tz"
    shutil.copytree(path, copy)

    def work() -> None:
        with tz.open(path) as ledger:
            threading.Timer(0.3, lambda: shutil.rmtree(path, ignore_errors=True)).start()
            for n in range(200):
                put(ledger, texts(100, seed=n, prefix=f"m{n}-"))

    print("   ", said(work, "No such file"))
    whole(copy, state)
    said(lambda: tz.open(path, create=False), "there is no such folder")


# -- others ------------------------------------------------------------------------------------------------------------


def two_processes(here: Path) -> None:
    """A second process is told who has the ledger, and gets it once the first is gone."""
    path = here / "l.tz"
    state = filled(path)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        ledger = tz.open(path)
        os.write(write, b"open")
        time.sleep(60)
        os._exit(len(ledger))
    os.read(read, 4)
    print("   ", said(lambda: tz.open(path), "open in another process"))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(read)
    os.close(write)
    whole(path, state)


def two_threads(here: Path) -> None:
    """Threads add, replace, ask, compact and back up at once; all that each of them did is there."""
    path = here / "l.tz"
    parts = [texts(60, seed=n, prefix=f"t{n}-") for n in range(3)]

    def work() -> None:
        with tz.open(path) as ledger:
            failed: list[BaseException] = []

            def run(job: Callable[[], None]) -> threading.Thread:
                def guarded() -> None:
                    try:
                        job()
                    except BaseException as error:
                        failed.append(error)

                thread = threading.Thread(target=guarded)
                thread.start()
                return thread

            def add(part: model.State) -> None:
                items = list(part.items())
                for at in range(0, len(items), 20):
                    put(ledger, dict(items[at : at + 20]))

            def ask() -> None:
                for _ in range(20):
                    assert len(ledger.documents()) <= 180
                    for id in ledger.ids()[:20]:
                        assert any(part.get(id) == ledger.document(id).text for part in parts)

            def keep() -> None:
                for n in range(4):
                    ledger.compact(progress=False)
                    ledger.backup(here / f"backup{n}.tz")

            threads = [run(lambda part=part: add(part)) for part in parts] + [run(ask), run(keep)]
            for thread in threads:
                thread.join()
            assert not failed, failed

    answer = model.forked(work, 120)
    assert answer is None, answer
    whole(path, parts[0] | parts[1] | parts[2])
    for n in range(4):
        whole(here / f"backup{n}.tz", parts[0] | parts[1] | parts[2], {})


def forked_child(here: Path) -> None:
    """A child that was forked with an open ledger is told so, at once; the parent's goes on."""
    path = here / "l.tz"
    state = filled(path)
    more = texts(10, seed=9, prefix="m")

    def work() -> str:
        with tz.open(path) as ledger:
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    for ask in (
                        ledger.ids,
                        lambda: put(ledger, more),
                        lambda: ledger.compact(progress=False),
                        lambda: tz.open(path),
                    ):
                        try:
                            ask()
                            os.write(write, b"no error\n")
                        except tz.StoreError as error:
                            os.write(write, f"{error}\n".encode())
                finally:
                    os._exit(0)
            os.close(write)
            os.waitpid(child, 0)
            put(ledger, more)
            with os.fdopen(read) as pipe:
                return pipe.read()

    answer = model.forked(work, 60)
    lines = answer.splitlines()
    assert len(lines) == 4, answer
    assert all("forked" in line for line in lines), answer
    whole(path, state | more)


def ctrl_c(here: Path) -> None:
    """Ctrl-C in mid-ingest, compact and reread: noticed within a second; what the report lists is there."""
    path = here / "l.tz"
    more = texts(20_000, seed=3, prefix="m")

    def work() -> model.State:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with tz.open(path) as ledger:
            kept: model.State = {}
            jobs: list[Callable[[], Any]] = [lambda: put(ledger, more)]
            jobs += [lambda: ledger.compact(progress=False), lambda: ledger.reread(progress=False)]
            for job in jobs:
                sent: list[float] = []

                def interrupt(sent: list[float] = sent) -> None:
                    sent.append(time.monotonic())
                    signal.raise_signal(signal.SIGINT)

                timer = threading.Timer(0.5 if not kept else 0.05, interrupt)
                timer.start()
                try:
                    job()
                    timer.join()  # it was faster than we are; the signal comes now
                except KeyboardInterrupt:
                    assert time.monotonic() - sent[0] < 3, time.monotonic() - sent[0]
                if not kept:
                    kept = {id: more[id] for id in ledger.last_report.added}
                    assert set(ledger.ids()) == set(kept)
            return kept

    kept = model.forked(work, 120)
    assert isinstance(kept, dict), kept
    assert 0 < len(kept) <= len(more)
    whole(path, kept)


def little_memory(here: Path, documents: int, memory: int) -> None:
    """A child that may have so many MB of addresses ingests many documents, compacts and asks."""
    path = here / "l.tz"
    state = texts(documents, seed=4, clauses=10)

    def work() -> int:
        resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
        with tz.open(path) as ledger:
            put(ledger, state)
            ledger.compact(progress=False)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    peak = model.forked(work, 600)
    assert isinstance(peak, int), peak
    print(f"    {documents} documents under {memory} MB of addresses; {peak / 1024:.0f} MB were used at most")
    whole(path, state)


def main() -> int:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1500, help="documents of the child with little memory")
    parser.add_argument("--memory", type=int, default=1500, help="MB that it may have")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    arguments = parser.parse_args()
    model.warm()
    cases: list[Callable[[Path], None]] = [full_disk, read_only_disk, no_permission, folder_gone, two_processes]
    cases += [two_threads, forked_child, ctrl_c]
    named = {case.__name__: case for case in cases}
    named["little_memory"] = lambda here: little_memory(here, arguments.documents, arguments.memory)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    begun = time.monotonic()
    for name, case in named.items():
        if arguments.only and name not in arguments.only:
            continue
        print(f"{name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(Path(folder).resolve())
                counts["held"] += 1
            except LeftOutError as reason:
                counts["LEFT OUT"] += 1
                print(f"    LEFT OUT: {reason}", file=sys.stderr)
                if os.environ.get("CI"):
                    faults.append(f"{name} could not be tried, and this is CI: {reason}")
            except AssertionError as error:
                counts["FAILED"] += 1
                faults.append(f"{name}: {error}")
                print(f"    FAILED: {error}", file=sys.stderr, flush=True)
    return model.report("limits", counts, faults, begun)


if __name__ == "__main__":
    sys.exit(main())
