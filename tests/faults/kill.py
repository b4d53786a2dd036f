"""SIGKILL at random moments of ingest, replace, remove, compact, reread and rebuild.

    python tests/faults/kill.py --rounds 500 [--seed 1] [--keep FOLDER]

After each kill: every document that was reported committed is there with its text (those of the step that was cut off
have their old or their new one), three queries equal the model, and check() passes.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import model

STEPS = 200
FRESH = 20  # rounds after which a ledger begins anew


def main() -> int:
    """Run the rounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=0.9, help="seconds until a kill, at most")
    parser.add_argument("--keep", type=Path, help="where a ledger with a fault is copied to")
    arguments = parser.parse_args()
    model.warm()
    draw = random.Random(arguments.seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path, state, next_id = Path(folder) / "l.tz", {}, 0
        for number in range(arguments.rounds):
            if number % FRESH == 0:
                shutil.rmtree(path, ignore_errors=True)
                state, next_id = {}, 0
            steps = model.life(draw, state, next_id, STEPS)
            next_id += sum(len(texts) for kind, texts in steps if kind == "ingest")
            said = killed(path, steps, draw.uniform(0, 1) ** 1.5 * arguments.longest)
            done = said.count("done")
            last = said[-1] if said and said[-1].startswith("begin") else "between steps"
            counts[last.removeprefix("begin ")] += 1
            verdict = model.judge(path, model.either(state, steps, done)) if said or path.exists() else model.Verdict()
            if not said and "not a taizhang ledger" in (verdict.error or ""):
                verdict = model.Verdict()  # killed before it was made
            if fault := verdict.wrong or verdict.error:
                faults.append(f"round {number}, {done} steps done, in {last}: {fault}")
                print(faults[-1], file=sys.stderr, flush=True)
                if arguments.keep:
                    shutil.copytree(path, arguments.keep / f"kill{number}", dirs_exist_ok=True)
                shutil.rmtree(path, ignore_errors=True)
                state, next_id = {}, 0
            else:
                state = verdict.state
    return model.report(f"{arguments.rounds} kills (seed {arguments.seed})", counts, faults, begun)


def killed(path: Path, steps: list[model.Step], seconds: float) -> list[str]:
    """What a life said until it was killed `seconds` after it had opened its ledger; now and then before that."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            model.live(path, steps, lambda words: os.write(write, f"{words}\n".encode()))
        finally:
            os._exit(1)
    os.close(write)
    said = b""
    if seconds > 0.02:
        said = os.read(read, 5)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        said += pipe.read()
    return said.decode().splitlines()


if __name__ == "__main__":
    sys.exit(main())
