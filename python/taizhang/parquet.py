"""Parquet: a ledger's tables as files, and such files as a ledger's documents.

Out: one folder, one file a table, or hive partitions (`targets/adcode=440700/year=2019/part-0.parquet`); the meaning of
every column, keys and the reading stand in the files' own metadata. `records` holds what the tables alone do not: each
document's text and its whole record, which is what comes back in. Files are written and read in bounded batches.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core, codebook

if TYPE_CHECKING:
    from .ledger import Ledger

PARTITIONS = ("adcode", "place", "level", "year")
"""Columns that every table has of its document: what files can be parted by."""

ROW_GROUP = 1 << 16
"""Rows of a row group of a table."""
ROW_GROUP_DOCUMENTS = 1024
"""Rows of a row group of `records`, whose rows are whole documents."""
WHOLE = ("id", "text", "sha256", "record")
"""Columns of `records` that are another in each row: a dictionary of them would be made for nothing."""
LOADED = 64
"""Documents that are decoded at once."""

FORMAT = 1
"""Version of what is written here; raised when a reader of the old one would go wrong."""


def arrow() -> Any:
    """pyarrow, or the line that installs it."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError("Parquet needs pyarrow: pip install 'taizhang[parquet]'") from error
    return pa


def export(
    ledger: Ledger,
    folder: str | os.PathLike[str],
    *,
    partition_by: Iterable[str] | None,
    tables: Iterable[str] | None,
    contacts: bool,
) -> dict[str, int]:
    """Write the tables of a ledger or selection; rows of each."""
    wanted = list(codebook.tables()) if tables is None else list(tables)
    unknown = [name for name in wanted if name not in codebook.tables()]
    if unknown:
        raise ValueError(f"there is no table {unknown[0]!r}; there are {', '.join(codebook.tables())}")
    if not contacts and tables is None:
        wanted.remove("records")
    if not contacts and "records" in wanted:
        raise ValueError("records hold whole texts and facts: with contacts=False they cannot be exported")
    parts = [partition_by] if isinstance(partition_by, str) else list(partition_by or ())
    if set(parts) - set(PARTITIONS):
        raise ValueError(f"files are parted by {', '.join(PARTITIONS)}, not by {', '.join(parts)}")
    target = Path(folder)
    taken = [name for name in wanted if (target / name).exists() or (target / f"{name}.parquet").exists()]
    if taken:
        raise FileExistsError(f"{target} holds {', '.join(taken)} already; export into an empty folder")
    arrow()
    target.mkdir(parents=True, exist_ok=True)
    changes: list[Change] = [] if contacts else [Blank(ledger)]
    rows = {}
    for name in wanted:
        if parts:
            rows[name] = _write_parts(ledger, name, target / name, parts, changes)
        else:
            rows[name] = write(target / f"{name}.parquet", name, reader(ledger, name), ledger, changes)
    return rows


Change = Callable[[str, Any], Any]
"""What is done to each batch of a table before it is written."""


class Blank:
    """Blanks names and telephone numbers of persons, document by document; the text of each is looked at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: tuple[str, list[str]] = ("", [])

    def names(self, document: str) -> list[str]:
        """Names of the contact persons of a document."""
        from . import contacts

        if self._known[0] != document:
            self._known = (document, contacts.names(self._ledger.document(document).text))
        return self._known[1]

    def __call__(self, table: str, batch: Any) -> Any:
        """Give the batch with its words blanked; ids, codes and numbers stay."""
        from . import contacts

        pa = arrow()
        kept = {"document", "id", "clause", "adcode", "place", "level", "sha256", "encoding", "reading", "path", "why"}
        ids = batch.column("id" if table in ("documents", "records") else "document").to_pylist()
        columns = []
        for field, column in zip(batch.schema, batch.columns, strict=True):
            if field.name in kept or field.type != pa.string():
                columns.append(column)
                continue
            words = column.to_pylist()
            said = [None if w is None else contacts.blanked(w, self.names(d)) for d, w in zip(ids, words, strict=True)]
            columns.append(pa.array(said, field.type))
        return pa.record_batch(columns, schema=batch.schema)


def only_names(table: str, batch: Any) -> Any:
    """Give the batch with files by their names alone: in which folder they were is nobody's business."""
    at = batch.schema.get_field_index("file")
    if at < 0:
        return batch
    names = [
        None if file is None else file.replace("\\", "/").rpartition("/")[2] for file in batch.column(at).to_pylist()
    ]
    columns = [*batch.columns[:at], arrow().array(names, batch.schema.field(at).type), *batch.columns[at + 1 :]]
    return arrow().record_batch(columns, schema=batch.schema)


def reader(ledger: Ledger, table: str, ids: list[str] | None = None) -> Any:
    """A table's rows as an Arrow reader: all in the order in which documents came, or those of `ids` by id."""
    pa = arrow()
    if table == "records":
        from .selection import Selection

        if ids is None and isinstance(ledger, Selection):
            # In the order in which they came, so that whoever loads them settles copies as this ledger does.
            ids = [id for piece in ledger.stream("documents", columns="id", copies="all") for id in piece["id"]]
        return pa.RecordBatchReader.from_stream(_core.records(ledger._core, ids))
    if ids is None:
        return pa.RecordBatchReader.from_stream(ledger.stream(table, copies="all"))
    ask = getattr(ledger, table)
    empty = pa.table(ask(limit=0, copies="all")).schema

    def pieces() -> Iterator[Any]:
        for at in range(0, len(ids), 256):
            yield from pa.table(ask(document=ids[at : at + 256], copies="all")).to_batches()

    return pa.RecordBatchReader.from_batches(empty, pieces())


def described(table: str, found: Any, ledger: Ledger) -> Any:
    """The schema with its columns' meanings, keys and what wrote it."""
    pa = arrow()
    fields = [field.with_metadata(codebook.meaning(table, field.name)) for field in found]
    facts = {
        "taizhang": _core.__version__,
        "taizhang.format": str(FORMAT),
        "taizhang.table": table,
        "taizhang.reading": str(ledger.stats()["reading"] or _core.reading()),
        "taizhang.keys": json.dumps(codebook.keys(table), sort_keys=True),
        "taizhang.columns": json.dumps({f.name: codebook.meaning(table, f.name) for f in found}, ensure_ascii=False),
    }
    return pa.schema(fields, metadata=facts)


def write(path: Path, table: str, rows: Any, ledger: Ledger, changes: Iterable[Change] = ()) -> int:
    """Write one file; the number of its rows. The same rows give the same bytes, in whatever pieces they come."""
    pa = arrow()
    described_schema = described(table, rows.schema, ledger)
    size = ROW_GROUP_DOCUMENTS if table == "records" else ROW_GROUP
    waiting: list[Any] = []
    written = held = 0
    options = {"compression": "zstd", "write_statistics": True, "use_dictionary": _repeated(table, described_schema)}
    with pa.parquet.ParquetWriter(path, described_schema, **options) as file:

        def flush(whole: bool) -> None:
            nonlocal waiting, held
            ready = pa.Table.from_batches(waiting, described_schema)
            while ready.num_rows >= size or (whole and ready.num_rows):
                # Values of many pieces become one: how rows came in pieces leaves no trace.
                file.write_table(ready.slice(0, size).combine_chunks(), row_group_size=size)
                ready = ready.slice(size)
            waiting, held = ready.to_batches(), ready.num_rows

        for batch in rows:
            held += batch.num_rows
            written += batch.num_rows
            for change in changes:
                batch = change(table, batch)
            waiting.append(pa.record_batch(batch.columns, schema=described_schema))
            if held >= size:
                flush(whole=False)
        flush(whole=True)
    return written


def _repeated(table: str, schema: Any) -> bool | list[str]:
    """The columns whose values come again, which a dictionary makes smaller."""
    return [name for name in schema.names if name not in WHOLE] if table == "records" else True


def _write_parts(ledger: Ledger, table: str, folder: Path, parts: list[str], changes: Iterable[Change]) -> int:
    import pyarrow.dataset as ds

    pa = arrow()
    rows = reader(ledger, table)
    found = rows.schema
    if table == "records":
        found = pa.schema([*found, *(pa.field(name, pa.int64() if name == "year" else pa.string()) for name in parts)])
    described_schema = described(table, found, ledger)
    written = 0

    def pieces() -> Iterator[Any]:
        nonlocal written
        for batch in rows:
            for change in changes:
                batch = change(table, batch)
            columns = batch.columns
            if table == "records":
                ids = batch.column("id").to_pylist()
                facts = {row["id"]: row for row in ledger.documents(document=ids, columns=["id", *parts], copies="all")}
                columns = [
                    *columns,
                    *(pa.array([facts[id][name] for id in ids], found.field(name).type) for name in parts),
                ]
            written += batch.num_rows
            yield pa.record_batch(columns, schema=described_schema)

    kinds = pa.schema([found.field(name).remove_metadata() for name in parts])
    ds.write_dataset(
        pa.RecordBatchReader.from_batches(described_schema, pieces()),
        folder,
        format="parquet",
        file_options=ds.ParquetFileFormat().make_write_options(
            compression="zstd", use_dictionary=_repeated(table, found)
        ),
        partitioning=ds.partitioning(kinds, flavor="hive"),
        basename_template="part-{i}.parquet",
        max_open_files=256,
        max_partitions=100_000,
        use_threads=False,
    )
    return written


# -- back in ---------------------------------------------------------------------------------------------------------


def files(given: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Path]:
    """The Parquet files of `records` that are meant: those given, or those of a folder, by name."""
    paths = [Path(given)] if isinstance(given, (str, os.PathLike)) else [Path(path) for path in given]
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"there is no {path}")
        if path.is_file():
            found.append(path)
            continue
        home = next((home for home in (path / "records.parquet", path / "records") if home.exists()), path)
        if home.is_file():
            found.append(home)
            continue
        below = [p.relative_to(home) for p in home.rglob("*.parquet") if p.is_file()]
        shown = [p for p in below if not any(part.startswith((".", "_")) for part in p.parts)]
        found += [home / p for p in sorted(shown, key=lambda p: p.parts)]
    if not found:
        raise FileNotFoundError(f"there are no Parquet files in {', '.join(map(str, paths))}")
    return found


class Rows:
    """The rows of Parquet files, some at a time, as the library takes them."""

    COLUMNS = ("id", "file", "text", "sha256", "encoding", "metadata", "reading", "record")

    def __init__(self, paths: list[Path], accept_other: bool) -> None:
        self.skipped: list[tuple[str, str]] = []
        self._pieces = self._read(paths)
        self.total = 0
        for path in paths:
            with opened(path) as file:
                self._check(path, file, accept_other)
                self.total += file.metadata.num_rows

    def pull(self) -> list[tuple[Any, ...]]:
        """Give some rows; none behind the last."""
        return next(self._pieces, [])

    def _check(self, path: Path, file: Any, accept_other: bool) -> None:
        pa = arrow()
        found = file.schema_arrow
        missing = [name for name in self.COLUMNS if name not in found.names]
        if missing:
            whole = "records" if "document" in found.names or "issued" in found.names else None
            hint = f"; it is another table of the export: give its folder, or its {whole}" if whole else ""
            raise _core.StoreError(f"{path} holds no documents to load: it has no column {', '.join(missing)}{hint}")
        for name in self.COLUMNS:
            kind = found.field(name).type
            if not any(test(kind) for test in _texts(pa)):
                raise _core.StoreError(f"{path} holds no documents to load: its column {name} is of type {kind}")
        facts = {
            k.decode(): v.decode(errors="replace")
            for k, v in (found.metadata or {}).items()
            if k.startswith(b"taizhang")
        }
        if int(facts.get("taizhang.format", "0")) > FORMAT:
            raise _core.StoreError(
                f"{path} was written by taizhang {facts.get('taizhang')}, which is newer: upgrade taizhang"
            )
        read = facts.get("taizhang.reading")
        if read not in (None, _core.reading()) and not accept_other:
            raise _core.StoreError(
                f"{path} was read with {read}, this library reads with {_core.reading()}: parse the texts again, or "
                "load with accept_other_reading=True into an empty ledger and call ledger.reread()"
            )

    def _read(self, paths: list[Path]) -> Iterator[list[tuple[Any, ...]]]:
        pa = arrow()
        for path in paths:
            number = 0
            with opened(path) as file:
                wanted = [*self.COLUMNS, *(["error"] if "error" in file.schema_arrow.names else [])]
                for batch in file.iter_batches(batch_size=LOADED, columns=wanted):
                    # Nobody has looked whether texts are texts: the library does.
                    columns = {name: batch.column(name).cast(pa.binary()).to_pylist() for name in wanted}
                    errors = columns.pop("error", [None] * batch.num_rows)
                    rows = []
                    for error, *row in zip(errors, *(columns[name] for name in self.COLUMNS), strict=True):
                        number += 1
                        place = f"{path}, row {number},"
                        if error is not None:
                            self.skipped.append((_text(row[0]), _text(error)))
                            continue
                        empty = [
                            name for name, v in zip(self.COLUMNS, row, strict=True) if v is None and name != "file"
                        ]
                        if empty:
                            raise _core.StoreError(f"{place} has no {empty[0]}")
                        rows.append((place, *row))
                    if rows:
                        yield rows


def _texts(pa: Any) -> tuple[Callable[[Any], bool], ...]:
    kinds = pa.types
    return kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_large_binary, kinds.is_null


def _text(value: bytes | None) -> str:
    return "" if value is None else value.decode("utf-8", "replace")


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A Parquet file; what is none, or is damaged, is a `StoreError` that names it."""
    pa = arrow()
    try:
        with pa.parquet.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise _core.StoreError(f"{path} cannot be read as Parquet: {error}") from error


def types(found: Any) -> list[tuple[str, str]]:
    """Name and type of the columns of a Parquet file, in this library's words."""
    pa = arrow()
    words: Mapping[Any, str] = {pa.int64(): "int", pa.float64(): "float", pa.bool_(): "bool", pa.binary(): "bytes"}
    return [(field.name, words.get(field.type, "text")) for field in found]
