"""A ledger's life at a number of documents: ingest, open, ask, ingest again, kill, compact.

Each step runs in a process of its own, so that its time starts cold and its peak of memory is its own. "Cold" drops the
system's page cache first, which takes root; without it the step says so. A child's time runs from its start to its
answer.

    python benches/ledger.py --documents 100000 [--seed 1] [--keep FOLDER] [--json OUT.json] [--no-compact]
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import taizhang as tz
from taizhang import _core, bench

FUNCTION, YEAR = "health-insurance", 2022


def ingest(folder: Path) -> dict[str, Any]:
    """Read the corpus; documents a second in the first, the last and every tenth between."""
    marks: list[tuple[int, float]] = []
    begun = time.perf_counter()
    with tz.open(folder / "ours.tz") as ledger:
        report, raised = ledger._core.ingest(
            [str(folder / "corpus")],
            metadata_csv=folder / "corpus/index.csv",
            progress=lambda done, total: marks.append((done, time.perf_counter())),
        )
    if raised is not None:
        raise raised
    seconds = time.perf_counter() - begun
    documents = len(report["added"])
    tenth = documents / 10
    times = [begun] + [next(at for done, at in marks if done >= tenth * n * 0.999) for n in range(1, 11)]
    rates = [tenth / (to - since) for since, to in itertools.pairwise(times)]
    return {"documents": documents, "skipped": len(report["skipped"]), "seconds": seconds, "tenths": rates}


def again(folder: Path) -> dict[str, Any]:
    """Ingest the same files: all are hashed, none is read."""
    with tz.open(folder / "ours.tz") as ledger:
        begun = time.perf_counter()
        report = ledger.ingest(folder / "corpus", metadata=folder / "corpus/index.csv", progress=False)
        return {"seconds": time.perf_counter() - begun, "unchanged": len(report.unchanged)}


def first(folder: Path) -> dict[str, Any]:
    """Open, and answer one question."""
    begun = time.perf_counter()
    with tz.open(folder / "ours.tz", create=False) as ledger:
        opened = time.perf_counter() - begun
        count = ledger.count("assignments", function=FUNCTION, year=YEAR)
        return {"open_s": opened, "answered_s": time.perf_counter() - begun, "count": count}


def ask(folder: Path) -> dict[str, Any]:
    """Ask small questions of an open ledger, each time of something else."""
    import pandas  # noqa: F401  (its import is not the question's time)
    import pyarrow as pa

    with tz.open(folder / "ours.tz", create=False) as ledger:
        functions = [function[0] for function in _core.functions()][:30]
        ids = ledger.ids()
        few = ids[:: max(len(ids) // 60, 1)][:60]

        def times(work: Any, over: list[Any]) -> dict[str, float]:
            out = []
            for given in over:
                begun = time.perf_counter()
                work(given)
                out.append((time.perf_counter() - begun) * 1e3)
            out = sorted(out[5:])
            return {"median_ms": statistics.median(out), "least_ms": out[0], "most_ms": out[-1], "n": len(out)}

        asked = [(function, year) for function in functions for year in (2019, 2022)]
        return {
            "a": times(lambda of: ledger.count("assignments", function=of[0], year=of[1]), asked),
            "f_arrow": times(lambda one: pa.table(ledger.clauses(document=one)), few),
            "f_pandas": times(lambda one: ledger.clauses(document=one).to_pandas(), few),
            "rows": ledger.stats()["rows"],
        }


def compact(folder: Path) -> dict[str, Any]:
    """Bring the ledger into its smallest form."""
    begun = time.perf_counter()
    with tz.open(folder / "ours.tz") as ledger:
        ledger.compact()
    return {"seconds": time.perf_counter() - begun}


STEPS = {step.__name__: step for step in (ingest, again, first, ask, compact)}


def child(step: str, folder: Path) -> dict[str, Any]:
    """Take a step in a process of its own."""
    begun = time.perf_counter()
    command = [sys.executable, __file__, "--step", step, "--keep", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    took = time.perf_counter() - begun
    return json.loads(done.stdout.strip().splitlines()[-1]) | {"from_exec_s": took}


def cold() -> bool:
    """Drop the system's page cache; False where that is not allowed."""
    os.sync()
    with contextlib.suppress(OSError):
        Path("/proc/sys/vm/drop_caches").write_text("3\n")
        return True
    return False


def killed(folder: Path) -> dict[str, Any]:
    """Kill a process that has just committed and not yet sealed; open what it left."""
    more = folder / "more"
    if not more.exists():
        # A folder deeper, so that these are other documents than the corpus has.
        bench.make(more / "others", 999, 2000)
    command = [sys.executable, __file__, "--step", "more", "--keep", str(folder)]
    witness = folder / "ours.tz/witness"
    with subprocess.Popen(command) as process:
        written, last = 0, witness.stat().st_mtime_ns
        # Once to say that it is no longer sealed, once for each commit.
        while written < 3 and process.poll() is None:
            time.sleep(0.005)
            if (now := witness.stat().st_mtime_ns) != last:
                written, last = written + 1, now
        process.send_signal(signal.SIGKILL)
    dropped = cold()
    return child("first", folder) | {"cold": dropped, "commits": written - 1}


def more(folder: Path) -> dict[str, Any]:
    """Ingest other documents, to be killed."""
    with tz.open(folder / "ours.tz") as ledger:
        ledger.ingest(folder / "more", progress=False)
    return {}


STEPS["more"] = more


def disk(folder: Path) -> int:
    """Bytes of the ledger's files."""
    return sum(f.stat().st_size for f in (folder / "ours.tz").rglob("*") if f.is_file())


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder to work in, left behind")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-compact", action="store_true")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        figures = STEPS[given.step](given.keep)
        print(json.dumps(figures | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    if _core.DEBUG_BUILD:
        sys.exit("this is a debug build; install the release wheel first (make bench does)")
    with contextlib.ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        out = run(folder, given.documents, given.seed, not given.no_compact)
    if given.json:
        given.json.write_text(json.dumps(out, indent=1), encoding="utf-8")


def run(folder: Path, documents: int, seed: int, compacts: bool) -> dict[str, Any]:
    """Take the steps and print their figures."""
    version = f"taizhang {tz.__version__}, Python {platform.python_version()}"
    print(f"{version}, {platform.machine()}, {os.cpu_count()} cores\n")
    made = {} if (folder / "corpus").exists() else bench.make(folder / "corpus", seed, documents)
    source = sum(f.stat().st_size for f in (folder / "corpus").rglob("*.txt"))
    print(f"corpus            {documents:,} documents, {source / 1e6:,.1f} MB; {made}")
    out: dict[str, Any] = {"documents": documents, "bytes": source, "corpus": made}

    step = out["ingest"] = child("ingest", folder)
    rate, speed = step["documents"] / step["seconds"], source / 1e6 / step["seconds"]
    print(f"ingest            {step['seconds']:.1f} s, {rate:,.0f} documents/s, {speed:.1f} MB/s, sealed", end="")
    print(f"; peak {step['peak_mb']:,.0f} MB; {step['skipped']} skipped")
    print(f"last tenth        {step['tenths'][-1] / step['tenths'][0]:.2f} of the first tenth's rate")
    out["disk"] = disk(folder)
    print(f"disk              {out['disk'] / 1e6:,.1f} MB, {out['disk'] / source:.2f} of the source")
    dropped = cold()
    step = out["first"] = child("first", folder)
    name = "first open, cold" if dropped else "first open, warm"
    print(f"{name}  {step['from_exec_s']:.2f} s from exec to an answer ({step['open_s']:.2f} s of it open)", end="")
    print(f"; peak {step['peak_mb']:,.0f} MB")
    step = out["ask"] = child("ask", folder)
    for question in ("a", "f_arrow", "f_pandas"):
        of = step[question]
        print(f"{question:17} {of['median_ms']:.3f} ms ({of['least_ms']:.3f}–{of['most_ms']:.3f}, n = {of['n']})")
    step = out["again"] = child("again", folder)
    print(f"unchanged         {step['unchanged']:,} files in {step['seconds']:.2f} s, peak {step['peak_mb']:,.0f} MB")
    if compacts:
        step = out["compact"] = child("compact", folder)
        out["compact"]["disk"] = disk(folder)
        print(f"compact           {step['seconds']:.1f} s; peak {step['peak_mb']:,.0f} MB; ", end="")
        print(f"{out['compact']['disk'] / 1e6:,.1f} MB, {out['compact']['disk'] / source:.2f} of the source")
        cold()
        step = out["first_compact"] = child("first", folder)
        print(f"open after it     {step['from_exec_s']:.2f} s from exec to an answer, peak {step['peak_mb']:,.0f} MB")
        step = out["ask_compact"] = child("ask", folder)
        for question in ("a", "f_arrow", "f_pandas"):
            of = step[question]
            print(f"{question:17} {of['median_ms']:.3f} ms ({of['least_ms']:.3f}–{of['most_ms']:.3f}, n = {of['n']})")
    step = out["killed"] = killed(folder)
    print(f"open after kill   {step['from_exec_s']:.2f} s from exec to an answer, peak {step['peak_mb']:,.0f} MB")
    return out


if __name__ == "__main__":
    main()
