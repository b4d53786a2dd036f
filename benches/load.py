"""Taking in documents that were read before, beside reading them: `load_parquet` against `ingest`.

Each step runs in a process of its own and prints documents a second and its peak of memory. The two ledgers are then
compared table by table, row by row.

    python benches/load.py --documents 20000 [--seed 1] [--keep FOLDER] [--json OUT.json]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

import taizhang as tz
from taizhang import bench


def ingest(folder: Path) -> dict[str, Any]:
    """Read the corpus."""
    with tz.open(folder / "read.tz") as ledger:
        return {"documents": len(ledger.ingest(folder / "corpus", metadata="index.csv", progress=False).added)}


def export(folder: Path) -> dict[str, Any]:
    """Write the tables."""
    with tz.open(folder / "read.tz", create=False) as ledger:
        rows = ledger.export_parquet(folder / "tables")
    return {"documents": rows["documents"]}


def load(folder: Path) -> dict[str, Any]:
    """Take the records in."""
    with tz.open(folder / "loaded.tz") as ledger:
        return {"documents": len(ledger.load_parquet(folder / "tables", progress=False).added)}


def again(folder: Path) -> dict[str, Any]:
    """Take them in once more: all are known."""
    with tz.open(folder / "loaded.tz", create=False) as ledger:
        return {"documents": len(ledger.load_parquet(folder / "tables", progress=False).unchanged)}


def compare(folder: Path) -> dict[str, Any]:
    """Compare every table."""
    rows = 0
    with tz.open(folder / "read.tz", create=False) as a, tz.open(folder / "loaded.tz", create=False) as b:
        for table in tz.schema():
            left, right = (pa.table(getattr(ledger, table)(copies="all")).combine_chunks() for ledger in (a, b))
            if not left.equals(right):
                raise SystemExit(f"{table} differs")
            rows += left.num_rows
        b.check()
    return {"documents": len(tz.schema()), "rows": rows}


STEPS = {step.__name__: step for step in (ingest, export, load, again, compare)}


def main() -> None:
    """Take the steps, each in a child."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder to work in, left behind")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        begun = time.perf_counter()
        facts = STEPS[options.step](options.keep)
        unit = 1 if sys.platform == "darwin" else 1024
        facts |= {"seconds": time.perf_counter() - begun}
        facts |= {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6}
        facts |= {"cpu_s": time.process_time()}
        print(json.dumps(facts))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        if not (folder / "corpus").exists():
            bench.make(folder / "corpus", options.seed, options.documents)
        figures: dict[str, Any] = {"cores": os.cpu_count()}
        for name in STEPS:
            command = [sys.executable, __file__, "--step", name, "--keep", str(folder)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
            figures[name] = facts = json.loads(done.stdout)
            print(
                f"{name:8} {facts['documents']:>8,} in {facts['seconds']:7.1f} s, "
                f"{facts['documents'] / facts['seconds']:8,.0f} a second, {facts['cpu_s']:7.1f} s of CPU, "
                f"{facts['peak_mb']:6,.0f} MB at its peak"
            )
        figures["bytes"] = {path.stem: path.stat().st_size for path in (folder / "tables").iterdir()}
        print("bytes of", ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in figures["bytes"].items()))
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
