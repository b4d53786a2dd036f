"""A ledger of 10,000 documents: each seed 2,000 times, with title, number, place and date rewritten in the text.

Ingest, open and query run in processes of their own, so that each has its own peak of memory and starts cold.

    python benches/ledger10k.py [--copies 2000] [--keep FOLDER] [--json OUT.json]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import taizhang as tz
from taizhang import _core

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds" / "documents"


class Seed(NamedTuple):
    """What stands in a seed's text and is rewritten in each copy."""

    name: str
    level: str
    place: str
    number: str
    date: tuple[str, str]
    title: tuple[str, str]


PLANS = [
    Seed(
        "jiangmen-2019", "prefecture", "江门", "江府办〔2019〕13号",
        ("2019年3月11日", "2019年{month}月{day}日"), ("近期重点工作任务", "近期{n}项重点工作任务"),
    ),
    Seed(
        "linfen-2022", "prefecture", "临汾", "临政办发〔2022〕48号",
        ("2022 年 12 月 6 日", "2022 年 {month} 月 {day} 日"), ("近期重点工作任务", "近期{n}项重点工作任务"),
    ),
    Seed(
        "qijiang-2022", "county", "綦江", "綦医改〔2022〕3号",
        ("2022年9月29日", "2022年{month}月{day}日"), ("实施举措", "{n}项实施举措"),
    ),
    Seed(
        "hubei-2024", "province", "湖北", "鄂卫发[2024]25号",
        ("发文日期 2024-08-22", "发文日期 2024-{month:02}-{day:02}"),
        ("服务体系的实施方案", "服务体系{n}项举措的实施方案"),
    ),
    Seed(
        "national-2023h2", "country", "", "",
        ("2023.7.26", "2023.{month}.{day}"), ("深化医药卫生体制改革2023年", "第{n}次深化医药卫生体制改革2023年"),
    ),
]  # fmt: skip


def places() -> dict[str, list[str]]:
    """Short names of the places in force, by level; of the kinds that the seeds have."""
    out: dict[str, list[str]] = {"country": [""], "province": [], "prefecture": [], "county": []}
    with (ROOT / "seeds" / "lexicon" / "divisions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ending = {"province": "省", "prefecture": "市", "county": "区"}.get(row["level"])
            if not row["valid_to"] and ending and row["name"].endswith(ending) and len(row["name"]) == 3:
                out[row["level"]].append(row["name"][:-1])
    return {level: sorted(set(names)) for level, names in out.items()}


def corpus(copies: int) -> Iterator[tuple[str, str]]:
    """File names and texts; the same every time."""
    names = places()
    for seed in PLANS:
        text = (SEEDS / f"{seed.name}.txt").read_text(encoding="utf-8")
        for n in range(copies):
            made = text.replace(seed.place, names[seed.level][n * 7 % len(names[seed.level])]) if seed.place else text
            made = made.replace(seed.number, re.sub(r"\d+号", f"{n + 1}号", seed.number)) if seed.number else made
            for old, new in (seed.date, seed.title):
                made = made.replace(old, new.format(month=n % 12 + 1, day=n // 12 % 28 + 1, n=n + 1))
            yield f"{seed.name}-{n:05d}.txt", made


def measure(step: str, ledger: Path, plans: Path) -> dict[str, object]:
    """Run one step here and give its figures."""
    begun = time.perf_counter()
    figures: dict[str, object] = {}
    if step == "ingest":
        with tz.open(ledger) as opened:
            report = opened.ingest(plans, progress=False)
            figures |= {"documents": len(report.added), "skipped": len(report.skipped)}
        figures["seconds"] = time.perf_counter() - begun
    else:
        opened = tz.open(ledger, create=False)
        figures["open_s"] = time.perf_counter() - begun
        figures |= {f"rows_{name}": n for name, n in opened.stats()["rows"].items()}
        import pandas  # noqa: F401  (its import is not the query's time)

        for name in ("first", "second"):
            begun = time.perf_counter()
            frame = opened.assignments(function="health-insurance", role="lead", year=2022).to_pandas()
            figures[f"{name}_query_s"] = time.perf_counter() - begun
        figures["query_rows"] = len(frame)
        opened.close()
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def main() -> None:
    """Make the corpus, run the steps, print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--copies", type=int, default=2000, help="of each of the five seeds")
    arguments.add_argument("--keep", type=Path, help="folder to work in, left behind")
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.step:
        step, ledger, plans = options.step
        print(json.dumps(measure(step, Path(ledger), Path(plans))))
        return
    if _core.DEBUG_BUILD:
        sys.exit("this is a debug build; install the release wheel first (make bench does)")

    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        plans, ledger = folder / "plans", folder / "bench.tz"
        plans.mkdir(parents=True, exist_ok=True)
        total = 0
        for name, text in corpus(options.copies):
            total += (plans / name).write_bytes(text.encode())

        def step(name: str) -> dict[str, float]:
            command = [sys.executable, __file__, "--step", name, str(ledger), str(plans)]
            return json.loads(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)

        ingest = step("ingest")
        disk = sum(f.stat().st_size for f in ledger.rglob("*") if f.is_file())
        ask = step("ask")

    print(
        f"taizhang {tz.__version__}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores\n"
    )
    rate = ingest["documents"] / ingest["seconds"]
    rows = ", ".join(f"{value:,.0f} {key[5:]}" for key, value in ask.items() if key.startswith("rows_"))
    print(f"corpus            {ingest['documents']:,} documents, {total / 1e6:,.1f} MB ({ingest['skipped']} skipped)")
    print(f"rows              {rows}")
    speed = total / 1e6 / ingest["seconds"]
    print(f"ingest            {ingest['seconds']:.1f} s, {rate:,.0f} documents/s, {speed:.1f} MB/s")
    print(f"ingest memory     {ingest['peak_mb']:,.0f} MB at its peak")
    print(f"disk              {disk / 1e6:,.1f} MB, {disk / total:.2f} of the text")
    print(f"first open        {ask['open_s'] * 1e3:,.0f} ms in a new process")
    print(
        f"filtered query    {ask['first_query_s'] * 1e3:,.1f} ms first, {ask['second_query_s'] * 1e3:,.1f} ms again, "
        f"to pandas, {ask['query_rows']:,} rows (assignments of one function, lead, one year)"
    )
    print(f"query memory      {ask['peak_mb']:,.0f} MB at its peak, pandas and pyarrow included")
    if options.json:
        figures = {"ingest": ingest, "ask": ask, "disk": disk, "text": total}
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
