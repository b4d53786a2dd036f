"""Parse throughput on one core: the seed documents one by one, reading excluded.

The clock stands around the extension's `parse_text` on text that is in memory, so it counts the way from a Python
string to the finished record (a copy of the text among it) and nothing of files, JSON or tables. One thread.

    python benches/parse.py [--rounds 500] [--json OUT.json]
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from pathlib import Path

import taizhang as tz
from taizhang import _core

SEEDS = Path(__file__).resolve().parents[1] / "seeds" / "documents"


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=500)
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    if _core.DEBUG_BUILD:
        sys.exit("this is a debug build; install the release wheel first (make bench does)")

    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))}
    rounds: dict[str, list[float]] = {name: [] for name in texts}
    for text in texts.values():
        _core.parse_text(text)  # builds the automata
    for _ in range(options.rounds):
        for name, text in texts.items():
            begun = time.perf_counter()
            _core.parse_text(text)
            rounds[name].append(time.perf_counter() - begun)

    sizes = {name: len(text.encode()) for name, text in texts.items()}
    medians = {name: statistics.median(times) for name, times in rounds.items()}
    spent, count = sum(map(sum, rounds.values())), options.rounds * len(texts)
    mb = options.rounds * sum(sizes.values()) / 1e6
    print(f"taizhang {tz.__version__}, Python {platform.python_version()}, {platform.machine()}, one thread")
    print(f"{options.rounds} rounds of {len(texts)} documents ({sum(sizes.values()) / 1e3:.1f} kB)\n")
    print(f"{'document':24} {'kB':>7} {'clauses':>8} {'assignments':>12} {'targets':>8} {'ms':>8} {'MB/s':>7}")
    for name in texts:
        facts = tz.parse_text(texts[name])
        figures = (len(facts.clauses), len(facts.assignments), len(facts.targets))
        ms, rate = medians[name] * 1e3, sizes[name] / medians[name] / 1e6
        print(
            f"{name:24} {sizes[name] / 1e3:7.1f} {figures[0]:8d} {figures[1]:12d} {figures[2]:8d} {ms:8.3f} {rate:7.2f}"
        )
    slowest = min(texts, key=lambda name: sizes[name] / medians[name])
    print(f"\nall: {mb / spent:.2f} MB/s, {count / spent:,.0f} documents/s; slowest per byte: {slowest}")
    if options.json:
        figures = {"mb_per_s": mb / spent, "documents_per_s": count / spent, "slowest": slowest, "median_s": medians}
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
