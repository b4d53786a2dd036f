"""Spark: plans parsed on a cluster, as DataFrames with the very columns of a ledger's tables.

In: a Spark DataFrame of documents: an id, a text or bytes, where it came from, columns of the user's. Out: one
DataFrame a table. Each document is read once, by `mapInArrow`; one that cannot be read is a row in `notes` of the kind
`unreadable`, never a failed job. Workers need this package and pyarrow; nothing else, and no ledger.

    import taizhang.spark as tzs

    parsed = tzs.parse(spark.read.parquet("plans"))          # id, text, source
    parsed["targets"].filter("deadline >= '2025'").show()
    parsed.write("plans.tables")                             # Parquet, as Ledger.export_parquet lays it out

    tz.open("mine.tz").load_parquet("plans.tables")          # the documents, without reading them again
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from . import _core
from .codebook import tables as all_tables
from .table import schema

BATCH = 64
"""Documents that a worker reads before it hands their rows on."""

_FIELDS = ("title", "number", "issuers", "issuer", "issued", "date", "place", "adcode", "level")
"""Columns of the user's that fill a field of the document, as at ingest; further ones stand behind `documents`."""
_SQL = {"text": "string", "int": "bigint", "float": "double", "bool": "boolean", "bytes": "binary"}


def parse(
    documents: Any,
    tables: str | Iterable[str] | None = None,
    *,
    id: str = "id",
    text: str | None = None,
    source: str | None = None,
    metadata: Iterable[str] = (),
    store: str | os.PathLike[str] | None = None,
) -> Parsed:
    """Read the documents of a Spark DataFrame into tables.

    Nothing is computed before a table is asked for; then every document is read once and what was read is kept (in
    memory and on disk of the cluster) for the other tables, until `unpersist`. For more than the cluster can keep, give
    `store`.

    Parameters
    ----------
    documents
        A Spark DataFrame, one row a document.
    tables
        The tables wanted, of documents, sections, clauses, assignments, targets, milestones, citations, notes,
        records; all of them without it. `records` is what `Ledger.load_parquet` takes.
    id
        Column with the id of each document; it should be unique.
    text
        Column with the text, or with the bytes of a file (text, page or .docx; a PDF is to be made a text before).
        Without it `text`, or else `content`, which is what `spark.read.format("binaryFile")` calls it.
    source
        Column with the file or address that it came from; its ending tells bytes of a page from those of a .docx.
        Without it `source`, else `path`, else none.
    metadata
        Columns of yours: `title`, `number`, `place`, `date` win over what the text says, others stand behind
        `documents`.
    store
        A folder that all workers can write: what was read is written there once, as Parquet, and tables are read from
        it. This computes at once.

    Returns
    -------
    Parsed
        Table name to Spark DataFrame.
    """
    wanted = [tables] if isinstance(tables, str) else list(all_tables() if tables is None else tables)
    unknown = [name for name in wanted if name not in all_tables()]
    if unknown:
        raise ValueError(f"there is no table {unknown[0]!r}; there are {', '.join(all_tables())}")
    names = documents.columns
    text = text or next((name for name in ("text", "content") if name in names), "text")
    source = source or next((name for name in ("source", "path") if name in names and name != id), None)
    users = list(dict.fromkeys(metadata))
    chosen = [id, text, *([source] if source else []), *users]
    missing = [name for name in chosen if name not in names]
    if missing:
        raise ValueError(f"the DataFrame has no column {missing[0]!r}; it has {', '.join(names)}")
    columns = [documents[f"`{id}`"].cast("string").alias("id"), documents[f"`{text}`"].alias("text")]
    if source:
        columns.append(documents[f"`{source}`"].cast("string").alias("source"))
    columns += [documents[f"`{name}`"].cast("string").alias(f"@{name}") for name in users]
    frame = documents.select(*columns).mapInArrow(mapper(wanted, users), nested(wanted, users))
    if store is not None:
        path = os.fspath(store)
        frame.write.parquet(path)
        return Parsed(documents.sparkSession.read.parquet(path), wanted, kept=False)
    from pyspark import StorageLevel

    return Parsed(frame.persist(StorageLevel.MEMORY_AND_DISK), wanted, kept=True)


class Parsed:
    """The tables of documents that a cluster reads: `parsed["targets"]` is a Spark DataFrame.

    Attributes
    ----------
    frame
        One row a document, a column a table, in it the document's rows of that table.
    tables
        The names of the tables.
    """

    def __init__(self, frame: Any, tables: Sequence[str], *, kept: bool) -> None:
        self.frame = frame
        self.tables = list(tables)
        self._kept = kept

    def __getitem__(self, table: str) -> Any:
        if table not in self.tables:
            raise KeyError(f"{table!r} was not asked for; there are {', '.join(self.tables)}")
        from pyspark.sql import functions as f

        return self.frame.select(f.inline(table))

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def write(self, folder: str | os.PathLike[str], *, partition_by: str | Iterable[str] | None = None) -> None:
        """Write every table as Parquet, `folder/targets/…`, as `Ledger.export_parquet` lays it out.

        Parameters
        ----------
        folder
            Where to write; a path that the cluster knows. Tables that are there already are an error.
        partition_by
            Columns of adcode, place, level, year. Rows of one value are brought together first, so that each folder has
            few files.
        """
        from pyspark.sql import functions as f

        parts = [partition_by] if isinstance(partition_by, str) else list(partition_by or ())
        if parts and "records" in self.tables and "documents" not in self.tables:
            raise ValueError("to part records by columns of documents, ask for documents, too")
        for table in self.tables:
            rows = self[table]
            if parts and table == "records":
                # What cannot be read has no document and no place; it goes where nothing is known.
                facts = [f.get(f.col("documents"), f.lit(0))[name].alias(name) for name in parts]
                rows = self.frame.select(*facts, f.inline("records"))
            if parts:
                rows = rows.repartition(*parts)
            writer = rows.write.partitionBy(*parts) if parts else rows.write
            writer.parquet(f"{os.fspath(folder)}/{table}")

    def unpersist(self) -> None:
        """Let go of what was kept; a table that is asked for afterwards is read anew."""
        if self._kept:
            self.frame.unpersist()


def columns(table: str, metadata: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Name and SQL type of the columns of a table, those of the user behind `documents`.

    Examples
    --------
    >>> columns("sections")[:3]
    [('document', 'string'), ('path', 'string'), ('plan', 'bigint')]
    """
    found = [(column.name, _SQL[column.type]) for column in all_tables()[table]]
    if table == "documents":
        found += [(name, "string") for name in map(_kept, metadata) if name not in _FIELDS]
    return found


def nested(tables: Iterable[str], metadata: Iterable[str] = ()) -> str:
    """The schema of what `mapper` gives, in SQL: a column a table, in it an array of its rows.

    Examples
    --------
    >>> nested(["notes"])[:60]
    '`notes` array<struct<`document`: string, `clause`: string, `'
    """
    metadata = list(metadata)

    def of(table: str) -> str:
        fields = ", ".join(f"`{name}`: {kind}" for name, kind in columns(table, metadata))
        return f"`{table}` array<struct<{fields}>>"

    return ", ".join(map(of, tables))


def mapper(tables: Iterable[str], metadata: Iterable[str] = ()) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """The function that `mapInArrow` takes: batches of (id, text, source, @metadata …) to batches of `nested` rows.

    Parameters
    ----------
    tables
        The tables wanted.
    metadata
        Names of the user's columns; in the batches `@` stands in front of them.
    """
    wanted, users = list(tables), list(metadata)

    def read(batches: Iterable[Any]) -> Iterator[Any]:
        # A worker imports it here; what travels to it is this function and two lists.
        from taizhang.spark import rows

        for batch in batches:
            for at in range(0, batch.num_rows, BATCH):
                yield rows(batch.slice(at, BATCH), wanted, users)

    return read


def rows(batch: Any, tables: Sequence[str], metadata: Sequence[str]) -> Any:
    """The `nested` rows of one batch of documents, in the batch's order.

    Parameters
    ----------
    batch
        A `pyarrow.RecordBatch` with the columns id, text (string or binary), perhaps source, and `@name` for metadata.
    tables
        The tables wanted.
    metadata
        Names of the user's columns.
    """
    import pyarrow as pa

    def values(name: str) -> list[bytes | None]:
        if name not in batch.schema.names:
            return [None] * batch.num_rows
        # Whether a cluster's text is UTF-8 nobody has checked; as bytes it cannot fail.
        found: list[bytes | None] = batch.column(name).cast(pa.binary()).to_pylist()
        return found

    is_text = pa.types.is_string(batch.schema.field("text").type) or pa.types.is_large_string(
        batch.schema.field("text").type
    )
    said = {name: values(f"@{name}") for name in metadata}
    given: list[tuple[str | None, str | None, str | None, bytes | None, dict[str, str]]] = []
    for at, (id, content, where) in enumerate(zip(values("id"), values("text"), values("source"), strict=True)):
        facts = {name: word for name, of in said.items() if (word := (_lenient(of[at]) or "").strip())}
        text = _strict(content) if is_text else None
        given.append((_lenient(id), _lenient(where), text, None if text is not None else content, facts))
    parsed, counts, records = _core.parse_sources(given, sorted({_kept(name) for name in metadata}))
    by_name = dict(zip(schema(), zip(parsed, counts, strict=True), strict=True))
    by_name["records"] = (records, [1] * batch.num_rows)
    columns_of = {table: [name for name, _ in columns(table, metadata)] for table in tables}
    lists = []
    for table in tables:
        core, count = by_name[table]
        found = pa.table(core).combine_chunks().select(columns_of[table])
        # Each has one chunk, or none where there are no rows.
        arrays = [c.chunk(0) if c.num_chunks else pa.array([], c.type) for c in found.columns]
        struct = pa.StructArray.from_arrays(arrays, fields=list(found.schema))
        ends = [0]
        for number in count:
            ends.append(ends[-1] + number)
        lists.append(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), struct))
    return pa.RecordBatch.from_arrays(lists, names=list(tables))


def _kept(name: str) -> str:
    """The name under which a column of the user's is kept: one that `documents` has already gets `user_` in front."""
    taken = any(column.name == name for column in schema()["documents"])
    return f"user_{name}" if taken and name not in _FIELDS else name


def _lenient(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _strict(value: bytes | None) -> str | None:
    """The text, unless it is none: then its bytes are read as those of a file."""
    try:
        return None if value is None else value.decode("utf-8")
    except UnicodeDecodeError:
        return None
