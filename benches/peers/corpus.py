"""The corpus: made, read by us, and written as the Parquet files that every peer loads."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parent
MANY = 10_000
"""Clauses of a document are numbered below this."""


def prepare(folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Make what is missing; give facts of the corpus and of our ledger."""
    kept = folder / "facts.json"
    if kept.exists():
        facts = json.loads(kept.read_text())
        if facts["documents"] != documents or facts["seed"] != seed:
            raise SystemExit(f"{folder} holds another corpus: {facts['documents']} documents, seed {facts['seed']}")
        return facts
    made = _child("corpus", folder, documents, seed)
    ledger = _child("ingest", folder, documents, seed)
    # Before compaction, which puts our own documents in order: peers get them as they came.
    _child("export", folder, documents, seed)
    ledger |= _child("compact", folder, documents, seed)
    facts = {"documents": documents, "seed": seed, "corpus": made, "ledger": ledger}
    kept.write_text(json.dumps(facts, ensure_ascii=False))
    return facts


def _child(step: str, folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Take a step in a process of its own, so that its peak of memory is its own."""
    print(f"{step} …", file=sys.stderr, flush=True)
    command = [sys.executable, str(HERE / "corpus.py"), step, str(folder), str(documents), str(seed)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def corpus(folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Write the corpus; it is refused when its means are out of bounds."""
    from taizhang import bench

    return bench.make(folder / "corpus", seed, documents)


def ingest(folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Read the corpus into a ledger."""
    from worker import peak

    import taizhang as tz

    begun = time.monotonic()
    with tz.open(folder / "ours.tz") as ledger:
        report = ledger.ingest(folder / "corpus", metadata=folder / "corpus/index.csv", progress=False)
    seconds = time.monotonic() - begun
    assert len(report.added) == documents, report
    return {"load s": round(seconds, 1), "disk MB before compact": _bytes(folder), "peak MB while loading": peak()}


def compact(folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Bring the ledger into its smallest form."""
    from worker import peak

    import taizhang as tz

    begun = time.monotonic()
    with tz.open(folder / "ours.tz") as ledger:
        ledger.compact()
    seconds = time.monotonic() - begun
    return {"compact s": round(seconds, 1), "disk MB": _bytes(folder), "peak MB while compacting": peak()}


def _bytes(folder: Path) -> float:
    return sum(f.stat().st_size for f in (folder / "ours.tz").rglob("*") if f.is_file()) / 1e6


def export(folder: Path, documents: int, seed: int) -> dict[str, Any]:
    """Write the tables that peers load: the document's facts beside each row, a function a row."""
    import taizhang as tz

    with tz.open(folder / "ours.tz") as ledger:
        names = ["id", "adcode", "place", "level", "year", "title"]
        # A document's own code may be of old; all engines are given the one in force, by which we count.
        codes = ledger.cross("documents", by=["document", "place"]).to_polars().select("document", "adcode")
        of = ledger.documents(columns=["id", "place", "level", "year", "title"]).to_polars()
        of = of.join(codes, left_on="id", right_on="document", how="left", maintain_order="left")
        (folder / "places.json").write_text(json.dumps(_named(ledger, sorted(set(of["adcode"].drop_nulls())))))
        of = of.with_row_index("document").with_columns(
            pl.col("document").cast(pl.Int32), pl.col("year").cast(pl.Int16)
        )
        _write(folder, "documents", 0, of.select("document", *names))
        numbers = of.select(pl.col("id").alias("name"), "document", "adcode")
        fill = {
            "clauses": (["clause", "path", "kind", "topic", "place", "level", "year", "text"], _clauses),
            "topics": (["clause", "topics", "year"], _topics),
            "assignments": (["clause", "functions", "role", "implied", "year"], _assigned),
            "targets": (
                ["document", "path", "place", "year", "indicator", "op", "value", "unit", "deadline"],
                _targets,
            ),
        }
        for table, (columns, shape) in fill.items():
            for at, piece in enumerate(ledger.stream("clauses" if table == "topics" else table, columns=columns)):
                name, frame = shape(piece.to_polars(), numbers)
                _write(folder, name, at, frame)
    return {}


def _named(ledger: Any, codes: list[str]) -> list[str]:
    """The codes that name one place; one that was parted since names several."""
    from taizhang import QueryError

    out = []
    for code in codes:
        with contextlib.suppress(QueryError):
            ledger.count("documents", place=code)
            out.append(code)
    return out


def _write(folder: Path, name: str, at: int, frame: pl.DataFrame) -> None:
    where = folder / "parquet" / name
    where.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(where / f"{at:05}.parquet")


def _numbered(frame: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """`document#n` as two numbers."""
    frame = frame.with_columns(
        pl.col("clause").str.replace(r"#\d+$", "").alias("name"),
        pl.col("clause").str.extract(r"#(\d+)$").cast(pl.Int64).alias("n"),
        pl.col("year").cast(pl.Int16),
    ).join(numbers, on="name", maintain_order="left")
    return frame.with_columns((pl.col("document").cast(pl.Int64) * MANY + pl.col("n")).alias("clause"))


def _clauses(frame: pl.DataFrame, numbers: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    frame = _numbered(frame, numbers).with_columns(
        pl.col("adcode").str.head(2).alias("province"),
        # As the ledger seeks words: without the blanks and line ends of the page.
        pl.col("text").str.replace_all(r"\s", "").alias("text"),
    )
    columns = ["clause", "document", "path", "kind", "topic", "adcode", "place", "province", "level", "year", "text"]
    return "clauses", frame.select(columns)


def _topics(frame: pl.DataFrame, numbers: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    frame = frame.with_columns(pl.col("topics").str.split("、").alias("topic")).explode("topic")
    frame = _numbered(frame, numbers)
    return "topics", frame.select("clause", "document", "topic", "adcode", "year")


def _assigned(frame: pl.DataFrame, numbers: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    frame = frame.with_columns(pl.col("functions").str.split("、").alias("function")).explode("function")
    frame = _numbered(frame.drop_nulls(["clause", "function"]), numbers)
    return "assigned", frame.select("clause", "document", "function", "role", "implied", "adcode", "year")


def _targets(frame: pl.DataFrame, numbers: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    frame = frame.rename({"document": "id"}).with_columns(
        pl.col("year").cast(pl.Int16), pl.col("deadline").str.head(4).cast(pl.Int16, strict=False).alias("due")
    )
    frame = frame.join(numbers, left_on="id", right_on="name", maintain_order="left")
    columns = [
        "document",
        "id",
        "path",
        "adcode",
        "place",
        "year",
        "indicator",
        "op",
        "value",
        "unit",
        "deadline",
        "due",
    ]
    return "targets", frame.select(columns)


if __name__ == "__main__":
    step, where, count, seed = sys.argv[1:]
    print(json.dumps(globals()[step](Path(where), int(count), int(seed))))
