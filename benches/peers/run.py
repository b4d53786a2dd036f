"""Our ledger beside DuckDB, SQLite, Polars and tantivy: one corpus, the same questions, in one run.

The corpus is made, read by us, and handed to every engine as the same Parquet files, so that peers are spared the
parsing. Each engine then answers in a process of its own with two threads; engines take turns, and every timed run
draws new parameters from a seeded list. Answers are compared before any time is printed.

    python benches/peers/run.py --documents 100000 --json OUT.json [--keep FOLDER] [--engines taizhang,duckdb]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import corpus
import questions

HERE = Path(__file__).resolve().parent
ENGINES = ["taizhang", "duckdb", "sqlite", "polars-memory", "polars-parquet", "tantivy"]
PACKAGES = ["taizhang", "duckdb", "polars", "tantivy", "pandas", "pyarrow"]


def version(package: str) -> str:
    """The version of a package, installed or only on the path."""
    try:
        return installed(package)
    except PackageNotFoundError:
        return str(import_module(package).__version__)


class Worker:
    """A process that holds one engine open and answers line by line."""

    def __init__(self, engine: str, folder: Path) -> None:
        environment = os.environ | {"POLARS_MAX_THREADS": "2", "RAYON_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
        command = [sys.executable, str(HERE / "worker.py"), engine, str(folder)]
        self.engine = engine
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.opened = self._read()

    def ask(self, question: str, kind: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Give {"ms", "rows", "digest", ...}, or {"cannot": why}."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"question": question, "kind": kind, "parameters": parameters}) + "\n")
        self.process.stdin.flush()
        return self._read()

    def close(self) -> dict[str, Any]:
        """End the process; give its peak memory."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        last = self._read()
        self.process.wait()
        return last

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.engine} ended without an answer")
        return json.loads(line)


def load(engine: str, folder: Path) -> dict[str, float]:
    """Load the Parquet files into an engine, in a process of its own; what it took is kept beside it."""
    kept = folder / f"{engine}.load.json"
    if not kept.exists():
        print(f"loading {engine} …", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, str(HERE / "worker.py"), engine, str(folder), "--load"],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        kept.write_text(done.stdout.strip().splitlines()[-1])
    return json.loads(kept.read_text())


def same(question: str, answers: dict[str, dict[str, Any]]) -> str | None:
    """Say what differs between engines; None where nothing does."""
    first, *others = [(engine, answer) for engine, answer in answers.items() if "cannot" not in answer]
    for engine, answer in others:
        if question == "h":
            common = len(set(first[1]["top"]) & set(answer["top"]))
            if common < 0.75 * max(len(first[1]["top"]), 1):
                return f"{first[0]} and {engine} have {common} of {len(first[1]['top'])} in common"
        elif (answer["rows"], answer["digest"]) != (first[1]["rows"], first[1]["digest"]):
            return f"{first[0]} gives {first[1]['rows']} rows, {engine} {answer['rows']}, or other values"
    return None


def measure(workers: list[Worker], asked: dict[str, list[dict[str, Any]]], rounds: int) -> tuple[Any, Any, list[str]]:
    """Ask every question of every engine, in turns; medians, numbers of rows, and differences."""
    times: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    rows: dict[str, list[int]] = defaultdict(list)
    wrong = []
    for question, drawn in asked.items():
        for kind in questions.KINDS[question]:
            warm = questions.WARM.get(question, 3)
            for turn in range(rounds + warm):
                answers = {}
                order = workers[turn % len(workers) :] + workers[: turn % len(workers)]
                for worker in order:
                    answers[worker.engine] = worker.ask(question, kind, drawn[turn % len(drawn)])
                if why := same(question, {w.engine: answers[w.engine] for w in workers}):
                    wrong.append(f"{question}, run {turn}: {why}")
                if turn < warm:
                    continue
                for engine, answer in answers.items():
                    if "cannot" not in answer:
                        times[question, kind][engine].append(answer["ms"])
                rows[question] += [a["rows"] for a in answers.values() if "cannot" not in a][:1]
            print(f"{question} {kind} done", file=sys.stderr, flush=True)
    return times, rows, wrong


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--questions", default=",".join(questions.KINDS))
    parser.add_argument("--keep", type=Path, help="folder to keep, or to take again, what was made and loaded")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    engines = given.engines.split(",")

    with contextlib.ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        measures: dict[str, dict[str, float]] = defaultdict(dict)
        facts = corpus.prepare(folder, given.documents, given.seed)
        print(json.dumps(facts, ensure_ascii=False), file=sys.stderr, flush=True)
        asked = questions.draw(folder, given.seed, given.questions.split(","))
        for engine in engines:
            for name, value in (facts["ledger"] if engine == "taizhang" else load(engine, folder)).items():
                measures[name][engine] = value
        workers = []
        for engine in engines:
            worker = Worker(engine, folder)
            measures["open ms"][engine] = worker.opened["ms"]
            workers.append(worker)
        begun = time.monotonic()
        times, rows, wrong = measure(workers, asked, given.rounds)
        print(f"asked for {time.monotonic() - begun:.0f} s", file=sys.stderr)
        for worker in workers:
            measures["peak MB while asking"][worker.engine] = worker.close()["peak_mb"]

    medians = {
        kind: {
            q: {engine: round(statistics.median(ms), 3) for engine, ms in of.items()}
            for (q, k), of in times.items()
            if k == kind
        }
        for kind in ("arrow", "pandas")
    }
    report(medians, times, rows, measures, engines)
    for line in wrong[:10]:
        print("DIFFERS:", line)
    out = {
        "questions": medians["arrow"],
        "questions_pandas": medians["pandas"],
        "runs": {f"{q} {k}": {e: [round(t, 3) for t in ms] for e, ms in of.items()} for (q, k), of in times.items()},
        "rows": {q: statistics.median(n) for q, n in rows.items()},
        "measures": measures,
        "corpus": facts["corpus"],
        "documents": given.documents,
        "differences": wrong,
        "versions": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.release()}",
    }
    if given.json:
        given.json.write_text(json.dumps(out, ensure_ascii=False, indent=1))
    sys.exit(1 if wrong else 0)


def report(medians: Any, times: Any, rows: Any, measures: Any, engines: list[str]) -> None:
    """Print medians with their spread, and what each peer takes of our time."""
    print(f"\n{platform.platform()}, {os.cpu_count()} cores; " + ", ".join(f"{p} {version(p)}" for p in PACKAGES))
    for kind, of in medians.items():
        print(f"\n{kind}: median ms (least–most), and how many times ours\n")
        for question, by in of.items():
            n = statistics.median(rows[question])
            print(f"({question}) {questions.ABOUT[question]}; {n:.0f} rows")
            for engine in engines:
                if engine not in by:
                    continue
                spread = times[question, kind][engine]
                ratio = f"{by[engine] / by['taizhang']:8.1f} ×" if "taizhang" in by and engine != "taizhang" else ""
                print(f"    {engine:15} {by[engine]:10.2f}  ({min(spread):.2f}–{max(spread):.2f}) {ratio}")
    print("\nmeasures\n")
    for name, by in measures.items():
        print(f"{name:24}" + "  ".join(f"{engine} {value:,.1f}" for engine, value in by.items()))


if __name__ == "__main__":
    main()
