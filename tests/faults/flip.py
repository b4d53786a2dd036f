"""Single flipped bits: never a wrong answer, a crash or a hang, and nothing committed gone without an error.

    python tests/faults/flip.py [--flips 500] [--seed 1]

A third each: anywhere in the log or the packs of a store that was killed and not sealed; in the last 64 KB of these; in
a sealed store with its packs, snapshot, configuration, witness and format. After each flip the ledger is opened, every
document and three queries are asked for, and check() runs: all is as it was, or an error says what is damaged. A flip
in the texts and records of a sealed store is an error that names documents.
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

DOCUMENTS = 1_100
TAIL = 64 << 10


def main() -> int:
    """Flip the bits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    model.warm()
    draw = random.Random(arguments.seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        unsealed, sealed = here / "unsealed.tz", here / "sealed.tz"
        texts = unsealed_store(unsealed, draw)
        shutil.copytree(unsealed, sealed)
        whole = model.judge(sealed, {id: {None, text} for id, text in texts.items()})
        assert not whole.error and not whole.wrong, whole
        assert len(whole.state) > DOCUMENTS / 2, len(whole.state)
        allowed: model.Allowed = {id: {text} for id, text in whole.state.items()}
        for number in range(arguments.flips):
            kind = ("log", "tail", "sealed")[number % 3]
            damaged = here / "damaged.tz"
            shutil.rmtree(damaged, ignore_errors=True)
            shutil.copytree(sealed if kind == "sealed" else unsealed, damaged, ignore=shutil.ignore_patterns("ballast"))
            where = flip(damaged, kind, draw)
            verdict = model.judge(damaged, allowed)
            outcome = "wrong" if verdict.wrong else "error" if verdict.error else "harmless"
            counts[f"{kind}: {outcome}"] += 1
            unclear = verdict.error and not any(
                word in verdict.error for word in ("damaged", "not a taizhang ledger", "format")
            )
            if kind == "sealed" and "00000001.pack" in where:  # texts and records come first
                counts["packs of texts"] += 1
                unclear = unclear or not verdict.error or ".txt" not in verdict.error
            if verdict.wrong or unclear:
                faults.append(f"flip {number} ({kind}, {where}): {verdict.wrong or verdict.error}")
                print(faults[-1], file=sys.stderr, flush=True)
    return model.report(f"{arguments.flips} flips (seed {arguments.seed})", counts, faults, begun)


def unsealed_store(path: Path, draw: random.Random) -> dict[str, str]:
    """A ledger whose process was killed when it had committed and not sealed: it waits for a pipe without a writer."""
    texts = {f"d{n:05}.txt": model.plan(draw, 6) for n in range(DOCUMENTS)}
    sources = path.with_suffix(".sources")
    sources.mkdir()
    for id, text in texts.items():
        (sources / id).write_text(text, encoding="utf-8")
    pipe = path.with_suffix(".pipe.txt")
    os.mkfifo(pipe)
    child = os.fork()
    if child == 0:
        try:
            with model.tz.open(path) as ledger:
                ledger.ingest([sources, pipe], progress=False)
        finally:
            os._exit(1)
    log, size, still = path / "engine-1" / "db", -1, 0
    while still < 20:  # the log has grown, and grows no more
        time.sleep(0.05)
        now = used(log) if log.exists() else 0
        still = still + 1 if now == size and now > TAIL else 0
        size = now
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return texts


def used(file: Path) -> int:
    """Bytes of a file up to its last that is not zero."""
    return len(file.read_bytes().rstrip(b"\0"))


def flip(path: Path, kind: str, draw: random.Random) -> str:
    """Flip one bit; where."""
    log = path / "engine-1" / "db"
    packs = sorted((path / "engine-1" / "packs").iterdir())
    if kind == "sealed":
        # Log and packs are most of the bytes, and each of the small files matters as much.
        files = [file for file in sorted(path.rglob("*")) if file.is_file() and file.name not in ("lock", "ballast")]
        file = draw.choice([*files, log, *packs])
        file = file if file.stat().st_size else log
    else:
        file = draw.choice([log, *packs])
    end = used(file)
    at = draw.randrange(max(0, end - TAIL) if kind == "tail" else 0, end)
    bit = draw.randrange(8)
    with file.open("r+b") as handle:
        handle.seek(at)
        byte = handle.read(1)[0]
        handle.seek(at)
        handle.write(bytes([byte ^ 1 << bit]))
    return f"bit {bit} of byte {at} of {end} in {file.relative_to(path)}"


if __name__ == "__main__":
    sys.exit(main())
