"""Made plans and what it costs to take them in: `python -m taizhang.bench`.

    python -m taizhang.bench corpus FOLDER --documents 100000 --seed 1
    python -m taizhang.bench ingest --documents 10000

`corpus` writes plans as text files, a thousand a folder, with their metadata in index.csv, and prints what they are
like on average; a corpus outside the bounds is refused. The same seed gives the same bytes. `ingest` takes such a
corpus into a new ledger in a process of its own and prints what that costs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from . import TaizhangError, __version__, _core
from . import open as open_ledger

SAMPLE = 2000
"""Plans that are parsed for the means, evenly spaced over the corpus."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the number is its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m taizhang.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, words in (("corpus", corpus, "make a corpus"), ("ingest", ingest, "measure an ingest")):
        command = commands.add_parser(name, help=words)
        command.add_argument("--documents", type=int, default=10_000, help="how many plans (default: %(default)s)")
        command.add_argument("--seed", type=int, default=1, help="which corpus (default: %(default)s)")
        command.add_argument("--json", type=Path, help="write the figures to this file, too")
        command.set_defaults(run=run)
        if name == "corpus":
            command.add_argument("folder", type=Path, help="a folder that is empty or does not exist")
        else:
            command.add_argument("--keep", type=Path, help="folder to work in, left behind")
    step = commands.add_parser("take-in")  # what `ingest` runs in a process of its own
    step.add_argument("folder", type=Path)
    step.add_argument("ledger", type=Path)
    step.set_defaults(run=take_in)
    options = parser.parse_args(argv)
    try:
        code: int = options.run(options)
    except (TaizhangError, OSError, ValueError) as error:
        print(f"taizhang.bench: {error}", file=sys.stderr)
        return 1
    return code


def make(folder: Path, seed: int, documents: int) -> dict[str, float]:
    """Write a corpus whose means are known to be right; its figures."""
    if documents < 1:
        raise ValueError("a corpus has at least one document")
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty")
    figures, outside, words = _core.sample_means(seed, 0, documents, SAMPLE)
    print(words)
    if outside:
        raise ValueError("the corpus lies outside its bounds: " + "; ".join(outside))
    begun = time.perf_counter()
    written = _core.write_sample(str(folder), seed, 0, documents)
    seconds = time.perf_counter() - begun
    print(f"written                         {documents:,} documents, {written / 1e6:,.1f} MB in {seconds:.1f} s,"
          f" {documents / seconds:,.0f} documents/s")  # fmt: skip
    return figures | {"written": documents, "written_bytes": written, "written_s": seconds}


def corpus(options: argparse.Namespace) -> int:
    """Write a corpus and print its means."""
    report(options, make(options.folder, options.seed, options.documents))
    return 0


def ingest(options: argparse.Namespace) -> int:
    """Make a corpus, take it in, print what it cost."""
    if _core.DEBUG_BUILD:
        print("this is a debug build: its times say nothing", file=sys.stderr)
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = options.keep or Path(temporary)
        plans, ledger = folder / "plans", folder / "bench.tz"
        figures = make(plans, options.seed, options.documents)
        command = [sys.executable, "-m", "taizhang.bench", "take-in", str(plans), str(ledger)]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, encoding="utf-8")
        if done.returncode:
            return done.returncode
        figures |= json.loads(done.stdout)
        figures["disk_bytes"] = sum(file.stat().st_size for file in ledger.rglob("*") if file.is_file())
    seconds, size = figures["ingest_s"], figures["written_bytes"]
    print(
        f"ingest                          {figures['ingested'] / seconds:,.0f} documents/s, {size / 1e6 / seconds:.1f}"
        f" MB/s ({figures['ingested']:,.0f} in {seconds:.1f} s, {figures['skipped']:.0f} skipped)"
    )
    print(f"disk                            {figures['disk_bytes'] / 1e6:,.1f} MB, "
          f"{figures['disk_bytes'] / size:.2f} of the text")  # fmt: skip
    print(f"peak memory                     {figures['peak_mb']:,.0f} MB")
    print(f"taizhang {__version__}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    report(options, figures)
    return 0


def take_in(options: argparse.Namespace) -> int:
    """Ingest a folder here, so that the memory is this process's own, and print the figures as JSON."""
    import resource

    begun = time.perf_counter()
    with open_ledger(options.ledger) as ledger:
        report = ledger.ingest(options.folder, metadata=options.folder / "index.csv", progress=False)
    seconds = time.perf_counter() - begun
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    figures = {"ingest_s": seconds, "ingested": len(report.added), "skipped": len(report.skipped), "peak_mb": peak}
    print(json.dumps(figures))
    return 0


def report(options: argparse.Namespace, figures: dict[str, float]) -> None:
    """Write the figures where they were asked for."""
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
