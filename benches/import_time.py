"""How long `import taizhang` takes, less the interpreter's own start: `python benches/import_time.py`.

The median of 21 runs of `python -X importtime`, after three to warm the caches; the goal is 50 ms.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys

GOAL_MS = 50
LINE = re.compile(r"import time:\s+\d+ \|\s+(\d+) \| taizhang$", re.MULTILINE)


def once() -> float:
    """One run: milliseconds from the first line of the package to its last, all that it imports included."""
    command = [sys.executable, "-X", "importtime", "-c", "import taizhang"]
    told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stderr
    found = LINE.search(told)
    if found is None:
        raise SystemExit("python -X importtime does not name taizhang")
    return int(found[1]) / 1000


def main() -> int:
    """Measure and print; the exit code is 1 above the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    for _ in range(3):
        once()
    times = sorted(once() for _ in range(runs))
    median = statistics.median(times)
    print(f"import taizhang: median {median:.1f} ms of {runs} runs ({times[0]:.1f}–{times[-1]:.1f}), goal {GOAL_MS} ms")
    return 0 if median <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
