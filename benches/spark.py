"""Plans parsed by Spark beside the same done without it: rows equal, and documents a second.

Without Spark: one process a core, each with its share of the documents in the form that a worker gets (Arrow batches),
the same function on them, and the rows dropped; one process alone. With Spark: `taizhang.spark.parse` on
`local[cores]`, once with the rows dropped (what parsing costs), once written as Parquet (what a user waits for). Needs
Java 17 and pyspark.

    python benches/spark.py --documents 10000 [--seed 1] [--keep FOLDER] [--json OUT.json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import taizhang as tz
from taizhang import _core
from taizhang import spark as tzs

TABLES = [*tz.schema(), "records"]
PARTS = 8


def make(folder: Path, documents: int, seed: int) -> int:
    """Write the plans as the files that every way of reading starts from; bytes of text."""
    folder.mkdir(parents=True)
    size, each = 0, -(-documents // PARTS)
    for part in range(PARTS):
        made = _core.sample_documents(seed, part * each, min(each, documents - part * each))
        columns = {"id": [id for id, *_ in made], "text": [text for _, text, _ in made]}
        size += sum(len(text.encode()) for text in columns["text"])
        pq.write_table(pa.table(columns), folder / f"{part}.parquet", row_group_size=250)
    return size


def alone(paths: list[str]) -> int:
    """Read some files' documents as a worker does; rows that came out."""
    rows = 0
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=100):
                for out in tzs.mapper(TABLES)([batch]):
                    rows += sum(len(out.column(name).flatten()) for name in TABLES)
    return rows


def session(cores: int) -> Any:
    """A Spark on this machine."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{cores}]").appName("bench")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "4g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "localhost",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "100",
        "spark.sql.files.maxPartitionBytes": "4m",
        "spark.log.level": "ERROR",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def timed(work: Any) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    begun = time.perf_counter()
    out = work()
    return time.perf_counter() - begun, out


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    figures: dict[str, Any] = {"cores": cores, "documents": options.documents}

    def told(name: str, seconds: float) -> None:
        figures[name] = options.documents / seconds
        print(f"{name:34} {seconds:7.1f} s {figures[name]:8,.0f} documents/s", flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        plans = folder / "plans"
        if not plans.exists():
            figures["text_bytes"] = make(plans, options.documents, options.seed)
        paths = sorted(str(path) for path in plans.iterdir())
        with multiprocessing.get_context("spawn").Pool(cores) as pool:
            pool.map(alone, [[], []])  # processes are there and have imported what they need
            seconds, counts = timed(lambda: pool.map(alone, [paths[at::cores] for at in range(cores)]))
        told("a process a core, rows dropped", seconds)
        seconds, rows = timed(lambda: alone(paths))
        told("one process, rows dropped", seconds)
        assert rows == sum(counts)

        spark = session(cores)
        documents = spark.read.parquet(str(plans))
        documents.limit(64).mapInArrow(tzs.mapper(TABLES), tzs.nested(TABLES)).count()  # workers are there
        read = documents.select("id", "text").mapInArrow(tzs.mapper(TABLES), tzs.nested(TABLES))
        seconds, _ = timed(lambda: read.write.format("noop").mode("overwrite").save())
        told("Spark, rows dropped", seconds)
        written = folder / f"tables-{time.time_ns()}"

        def whole() -> None:
            tzs.parse(documents, store=written / "store").write(written)

        seconds, _ = timed(whole)
        told("Spark, tables written as Parquet", seconds)
        spark.stop()

        seconds, _ = timed(lambda: ledgers(folder, paths))
        print(f"a ledger of the same documents     {seconds:7.1f} s")
        compared = compare(folder, written)
        figures |= {"rows": compared}
        print(f"{compared:,} rows of {len(tz.schema())} tables equal")
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def ledgers(folder: Path, paths: list[str]) -> None:
    """Ingest the same texts."""
    with tz.open(folder / "one.tz") as ledger:
        for path in paths:
            ledger.ingest_texts(pq.read_table(path), progress=False)


def compare(folder: Path, written: Path) -> int:
    """Compare what Spark wrote with a ledger of the same documents; rows."""
    rows = 0
    with tz.open(folder / "one.tz", create=False) as ledger:
        known = set(ledger.ids())
        for table in tz.schema():
            key = "document"
            ours = pa.table(getattr(ledger, table)(copies="all")).combine_chunks()
            theirs = pq.read_table(written / table)
            theirs = theirs.append_column("#", pa.array(range(theirs.num_rows)))
            # Of two documents with the same bytes a ledger keeps one.
            theirs = theirs.filter(pa.compute.is_in(theirs[key], pa.array(sorted(known))))
            theirs = theirs.sort_by([(key, "ascending"), ("#", "ascending")]).drop_columns(["#"])
            names = [name for name in ours.column_names if name != "same_as"]
            if not ours.select(names).equals(theirs.select(names).cast(ours.select(names).schema)):
                raise SystemExit(f"{table} differs")
            rows += ours.num_rows
    return rows


if __name__ == "__main__":
    main()
