"""One engine in one process: loads, or opens and answers the questions that come by line."""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import digest

MODULES = {
    "taizhang": "ours",
    "duckdb": "duck",
    "sqlite": "sqlite",
    "polars-memory": "polars_memory",
    "polars-parquet": "polars_parquet",
    "tantivy": "tantivy_index",
}


def peak() -> float:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(answer: dict[str, Any]) -> None:
    """Answer."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=MODULES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--load", action="store_true")
    given = parser.parse_args()
    module = importlib.import_module(f"engines.{MODULES[given.engine]}")
    if given.load:
        begun = time.monotonic()
        sizes = module.load(given.folder)
        say({"load s": round(time.monotonic() - begun, 1), **sizes, "peak MB while loading": round(peak())})
        return
    # Imports are not part of opening.
    begun = time.perf_counter()
    engine = module.Engine(given.folder)
    say({"ms": round((time.perf_counter() - begun) * 1e3, 1)})
    for line in sys.stdin:
        asked = json.loads(line)
        question = getattr(engine, asked["question"], None)
        if question is None:
            say({"cannot": "the engine has nothing for it"})
            continue
        begun = time.perf_counter()
        answer = question(asked["kind"], **asked["parameters"])
        ms = (time.perf_counter() - begun) * 1e3
        # What makes answers comparable is not part of them.
        settle = getattr(engine, "settle", None)
        say({"ms": ms, **digest.of(asked["question"], settle(asked["question"], answer) if settle else answer)})
    say({"peak_mb": round(peak())})


if __name__ == "__main__":
    main()
