"""Many processes read one published ledger: latency of questions and memory of each, beside one process alone.

    python benches/readers.py [--documents 10000] [--readers 8] [--ledger FOLDER] [--seconds 20]

A made corpus is ingested, compacted and published, or the ledger given is published. Then one process asks for so many
seconds, then so many at once; each draws its questions from the same seeded list. Memory is read from the system at the
end of each run: RSS counts shared pages in every process, PSS divides them among those that share them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import taizhang as tz
from taizhang import _core, bench

WORDS = ("医保", "医疗", "基金监管", "分级诊疗", "家庭医生", "药品集中采购", "统筹推进", "公共卫生")


def questions(ledger: tz.Ledger, draw: random.Random) -> dict[str, Any]:
    """A question of each kind, with other values each time."""
    functions = [function[0] for function in _core.functions()][:30]
    ids = ledger.ids()
    places = [place for place in dict.fromkeys(ledger.documents(columns=["place"])["place"]) if place]

    def drawn(work: Any) -> Any:
        return lambda: work(draw.choice)

    return {
        "count of assignments": drawn(lambda one: ledger.count("assignments", function=one(functions), year=one(YEARS))),
        "clauses of a place with a word": drawn(lambda one: len(ledger.clauses(place=one(places), text=one(WORDS)))),
        "function by function": drawn(lambda one: len(ledger.cross("assignments", "function", "role", year=one(YEARS)))),
        "one document": drawn(lambda one: len(ledger.clauses(document=one(ids)))),
        "search, 20 best": drawn(lambda one: len(ledger.search(one(WORDS), limit=20))),
    }


YEARS = range(2012, 2026)


def read(folder: Path, seconds: float, seed: int) -> dict[str, Any]:
    """Ask for so many seconds."""
    begun = time.perf_counter()
    with tz.open(folder, read_only=True) as ledger:
        opened = time.perf_counter() - begun
        asked = questions(ledger, random.Random(seed))
        times: dict[str, list[float]] = {name: [] for name in asked}
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for name, work in asked.items():
                begun = time.perf_counter()
                work()
                times[name].append((time.perf_counter() - begun) * 1e3)
        return {"open_ms": opened * 1e3, "times": times, **memory()}


def memory() -> dict[str, float]:
    """MB of this process."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split()[0].rstrip(":"): int(line.split()[1]) / 1024 for line in lines}
    return {"rss_mb": sizes["Rss"], "pss_mb": sizes["Pss"], "private_mb": sizes["Private_Dirty"] + sizes["Private_Clean"]}


def together(folder: Path, readers: int, seconds: float) -> list[dict[str, Any]]:
    """What each of so many processes says."""
    environment = {**os.environ, "RAYON_NUM_THREADS": os.environ.get("RAYON_NUM_THREADS", "2")}
    commands = [
        [sys.executable, __file__, "--read", str(folder), "--seconds", str(seconds), "--seed", str(seed)]
        for seed in range(readers)
    ]
    children = [subprocess.Popen(c, stdout=subprocess.PIPE, text=True, env=environment) for c in commands]
    said = [json.loads(child.communicate()[0].splitlines()[-1]) for child in children]
    assert all(child.returncode == 0 for child in children)
    return said


def show(title: str, said: list[dict[str, Any]]) -> None:
    """Print a run."""
    print(f"\n{title}")
    for name in said[0]["times"]:
        every = sorted(ms for one in said for ms in one["times"][name])
        late = every[int(len(every) * 0.95)]
        print(f"  {name:32} median {statistics.median(every):8.2f} ms   95 % {late:8.2f} ms   n {len(every)}")
    answers = sum(len(times) for one in said for times in one["times"].values())
    opened = statistics.median(one["open_ms"] for one in said)
    print(f"  opened in {opened:.0f} ms (median); {answers} answers in all")
    for measure, name in (("rss_mb", "RSS"), ("pss_mb", "PSS"), ("private_mb", "private")):
        each = [one[measure] for one in said]
        print(f"  {name:8} {statistics.mean(each):8.1f} MB each   {sum(each):8.1f} MB together")


def main() -> None:
    """Publish and read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--ledger", type=Path, help="publish this one")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        print(json.dumps(read(arguments.read, arguments.seconds, arguments.seed)))
        return
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        path = arguments.ledger or here / "ours.tz"
        if not arguments.ledger:
            bench.make(here / "corpus", 1, arguments.documents)
            with tz.open(path) as ledger:
                ledger.ingest(here / "corpus", progress=False)
                ledger.compact(progress=False)
        with tz.open(path, create=False) as ledger:
            begun = time.perf_counter()
            published = ledger.publish(here / "published.tz")
            took, count, source = time.perf_counter() - begun, len(ledger), ledger.stats()["disk"]
        size = sum(file.stat().st_size for file in published.rglob("*") if file.is_file())
        print(f"{count:,} documents published in {took:.1f} s: {size / 1e6:,.1f} MB, the ledger has {source / 1e6:,.1f} MB")
        show("one process alone", together(published, 1, arguments.seconds))
        show(f"{arguments.readers} processes at once", together(published, arguments.readers, arguments.seconds))


if __name__ == "__main__":
    main()
