"""The ledger: open, ingest, ask."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from . import _core, display, frames
from .compare import Comparison
from .counterparts import Counterparts
from .document import Document
from .exchange import Exchange
from .filters import Copies, Words, normal
from .labels import Labels
from .progress import Keeping
from .questions import Questions, Where
from .report import Bar, Report
from .review import Review
from .table import Row, Table
from .upkeep import Paths, Upkeep, showing

if TYPE_CHECKING:
    from .look import Clause
    from .selection import Selection


def open(path: Paths, *, create: bool = True, read_only: bool | None = None) -> Ledger:
    """Open a ledger, a folder on disk; it is made when missing.

    Opening it again in the same process shares it. Another process is refused until this one closes it. A published
    ledger (`Ledger.publish`) is opened by any number of processes at once, and never written to.

    Parameters
    ----------
    path
        The ledger's folder.
    create
        False to refuse a folder that holds no ledger yet.
    read_only
        True for a published ledger only, False for any but one; None takes what is there.

    Raises
    ------
    StoreError
        The folder holds something else, is damaged, or is open in another process.
    """
    core = _core.Ledger.open(os.fspath(path), create=create, read_only=read_only)
    if (readings := core.reading_differs()) is not None:
        import logging

        words = "the facts in %s were read with %s, this library reads with %s"
        logging.getLogger("taizhang").warning(words, path, *readings)
    return Ledger(core)


def rebuild(path: Paths, *, progress: bool = True) -> None:
    """Make all that is derived in a ledger anew from its texts and records, where damage keeps it from being opened.

    For a ledger that opens there is `Ledger.rebuild`.
    """
    with showing(progress) as bar:
        _core.Ledger.rebuild_at(os.fspath(path), progress=bar)


class Ledger(Review, Keeping, Counterparts, Questions, Exchange, Upkeep):
    """An open ledger; made by `taizhang.open`.

    Every table method takes its filters by keyword. Several filters must all hold; of several values of one filter any
    will do, but `text=["a", "b"]` asks for both.

    Examples
    --------
    >>> ledger.assignments(function="health-insurance", role="lead").columns[:4]
    ['document', 'clause', 'path', 'part']
    """

    def __init__(self, core: _core.Ledger) -> None:
        self._core = core
        self.last_report: Report | None = None

    # -- life ----------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The ledger's folder."""
        return self._core.path

    def close(self) -> None:
        """Close this handle; with the last one the folder is free for other processes."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- documents in and out --------------------------------------------------------------------------------------

    def ingest(self, paths: Paths | Iterable[Paths], *, metadata: Any = None, progress: bool = True) -> Report:
        """Read files into the ledger, in parallel.

        A file whose bytes are known costs a hash; changed bytes make a new version of its document. What was committed
        before Ctrl-C stays. PDF files need the extra `pdf`; without it each is skipped, and the report names the line
        that installs it.

        Parameters
        ----------
        paths
            A file, a folder (with all below), a glob such as `"plans/**/*.txt"`, or several of these.
        metadata
            A DataFrame, a list of dicts, or the path of a CSV file (also relative to the folder ingested). Its column
            `id` or `file` names the document; `title`, `number`, `place`, `date` win over what the text says; further
            columns are kept, and `documents(where=…)` filters by them.
        progress
            Show a bar, if the process has a terminal.

        Returns
        -------
        Report
            What became of each file.
        """
        given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
        names = [os.fspath(path) for path in given]
        table, csv = _metadata(metadata, names)
        from .readers import Crew

        with Crew() as reader:
            return self._ingest(
                progress,
                lambda bar: self._core.ingest(names, metadata=table, metadata_csv=csv, reader=reader, progress=bar),
            )

    def ingest_texts(self, frame: Any, *, text: str = "text", id: str = "id", progress: bool = True) -> Report:
        """Read texts that are in memory.

        Parameters
        ----------
        frame
            A DataFrame or a list of dicts, one row a document.
        text
            Column that holds the text.
        id
            Column that holds the id; without one the text's hash is its id.
        progress
            Show a bar, if the process has a terminal.

        Returns
        -------
        Report
            What became of each text.
        """
        texts = []
        for row in frames.rows(frame):
            if not isinstance(row.get(text), str):
                raise ValueError(f"every row needs a text in its column {text!r}")
            facts = {k: value for k, v in row.items() if k not in (text, id) and (value := frames.text(v)) is not None}
            texts.append((frames.text(row.get(id)), row[text], facts))
        return self._ingest(progress, lambda bar: self._core.ingest_texts(texts, progress=bar))

    def _ingest(self, progress: bool, work: Any) -> Report:
        bar = Bar() if progress else None
        begun = time.monotonic()
        try:
            facts, raised = work(bar)
        finally:
            if bar is not None:
                bar.close()
        report = Report(**facts, seconds=time.monotonic() - begun)
        self.last_report = report
        if raised is not None:
            raised.add_note(str(report))
            raise raised
        return report

    def remove(self, id: str) -> bool:
        """Take a document out of all answers; False where there is none of that id."""
        return self._core.remove(id)

    def document(self, id: str) -> Document:
        """Give one document with its text.

        Raises
        ------
        DocumentError
            The ledger holds no document of that id.
        """
        return Document(self._core.document(id))

    def clause(self, id: str) -> Clause:
        """Give one clause with what was read in it; `id` is `document#n`, as in the column `clause`.

        Raises
        ------
        DocumentError
            The ledger holds no such clause.
        """
        name, _, n = id.rpartition("#")
        if not name or not n.isdigit():
            raise _core.DocumentError(f"{id!r} names no clause: a clause is document#n, as in jiangmen-2019#15")
        try:
            return self.document(name).clause(int(n))
        except IndexError as error:
            raise _core.DocumentError(f"there is no {id}: {error}") from error

    def ids(self) -> list[str]:
        """Ids of the documents, sorted."""
        return self._core.ids()

    def __len__(self) -> int:
        return len(self._core)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, id: object) -> bool:
        return id in self._core.ids()

    def __iter__(self) -> Iterator[Document]:
        return map(self.document, self.ids())

    # -- answers about rows and places -------------------------------------------------------------------------------

    def evidence(self, row: Row, *, whole: bool = False, words: Iterable[str] = ()) -> display.Evidence:
        """Give the sentence that a row was read from, its words lit.

        Parameters
        ----------
        row
            A row of any table, as `table[i]` gives it.
        whole
            The whole clause in place of the sentence.
        words
            Light these in place of all words of the row, where it has them.

        Examples
        --------
        >>> row = ledger.targets(place="江门市")[0]
        >>> row["text"] in ledger.evidence(row).text
        True
        """
        if row.get("document") is None or row.get("start") is None or row.get("end") is None:
            raise _core.QueryError("evidence needs a row with the columns document, start and end")
        document = self.document(row["document"])
        found = document.evidence(row["start"], row["end"], whole=whole, words=words, spans=_spans(row))
        where = " ".join(str(row[key]) for key in ("document", "path") if row.get(key))
        return display.Evidence(found.text, found.lit, where)

    def compare(
        self,
        places: Words = None,
        *,
        since: int | None = None,
        until: int | None = None,
        topic: Words = None,
        text: Words = None,
        implied: bool | None = None,
        copies: Copies = "once",
    ) -> Comparison:
        """Put governments side by side.

        Parameters
        ----------
        places
            Names or codes; all places of the ledger without it.
        since, until
            First and last year of issue.
        topic
            Only clauses of these topics.
        text
            Exact words, all of them: in the clause for departments, in the target for targets.
        implied
            False to leave implied assignments out, True for them alone.
        copies
            "all" to count every copy of a plan.
        """
        asked = {"since": since, "until": until, "topic": topic, "text": text, "implied": implied, "copies": copies}
        return self._compared(places, normal(asked))

    def _compared(self, places: Words, filters: dict[str, Any]) -> Comparison:
        if places is not None:
            filters["places"] = [places] if isinstance(places, str) else list(places)
        return Comparison(self._core.compare(filters), self, filters)

    # -- selections ------------------------------------------------------------------------------------------------

    def select(self, **filters: Unpack[Where]) -> Selection:
        """Choose documents and clauses; what is asked of the selection is asked of these alone.

        Parameters
        ----------
        **filters
            Of documents: document, place, within, level, year, since, until, where. Of clauses: clause, text, any,
            without, topic, kind, function, body, role.

        Examples
        --------
        >>> ledger.select(level="prefecture").count("targets")
        23
        """
        from .selection import Selection

        return Selection(self, filters)

    def selection(self, name: str) -> Selection:
        """Give the selection that was saved under a name.

        Raises
        ------
        QueryError
            There is none; `suggestions` holds those that there are.
        """
        from .selection import saved

        return saved(self, name)

    def selections(self) -> Table:
        """Give the selections saved in the ledger, each with its question."""
        from .selection import table

        return table(self)

    def forget(self, name: str) -> bool:
        """Take a saved selection out of the ledger; False where there is none of that name."""
        from .selection import forget

        return forget(self, name)

    def copies(self) -> Table:
        """Give the near-copies: one row a document that says what an earlier one says.

        A document is a near-copy where it bears the same number and says nearly the same, or is of the same day and
        has nine tenths of the other's wording. The columns: `document`, `same_as` (the one that counts in its place),
        `score` (share of the shorter one's wording that the longer one has), `reason` (number or text), and both
        titles and files. Nothing is thrown away: where the document in `same_as` is removed or changed, the copy
        counts again.

        Examples
        --------
        >>> ledger.copies().columns[:4]
        ['document', 'same_as', 'score', 'reason']
        """
        return Table(self._core.copies(), "copies", self)

    def cite(self, *, labels: Labels = None, accuracy: Any = None) -> str:
        """Give the paragraph on method that a paper needs: versions, documents, places, period, word lists, accuracy.

        Parameters
        ----------
        labels
            `"zh"` or `"en"`; without it what `set_labels` said.
        accuracy
            What was measured on a reviewed sample: a mapping from field to a number or to figures by name
            (`{"targets": {"precision": 0.98, "recall": 0.95}}`), or a table with a column `field`.

        Examples
        --------
        >>> "5 government documents" in ledger.cite()
        True
        """
        from .method import method

        return method(self, labels=labels, accuracy=accuracy)

    # -- the ledger itself -------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        try:
            stats = self.stats()
        except _core.TaizhangError:
            return f"Ledger {self.path} (closed)"
        rows = ", ".join(f"{n:,} {name}" for name, n in stats["rows"].items() if name != "documents")
        return f"Ledger {self.path}: {stats['documents']:,} documents, {rows or 'no rows'}"

    def _repr_html_(self) -> str:
        from .look import summary

        return summary(self)


def _spans(row: Row) -> list[tuple[int, int]]:
    """The highlights of a row of a ranked search."""
    pairs = (span.split("-") for span in (row.get("highlights") or "").split("、") if span)
    return [(int(start), int(end)) for start, end in pairs]


def _metadata(metadata: Any, paths: list[str]) -> tuple[tuple[list[str], list[list[str | None]]] | None, Path | None]:
    """A metadata table as column names and rows, or the path of a CSV file."""
    if metadata is None:
        return None, None
    if isinstance(metadata, (str, os.PathLike)):
        return None, _find(Path(metadata), paths)
    rows = frames.rows(metadata)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return (columns, [[frames.text(row.get(name)) for name in columns] for row in rows]), None


def _find(table: Path, paths: list[str]) -> Path:
    """The CSV file as given, or inside a folder that is ingested."""
    places = [table, *(Path(path) / table for path in paths if Path(path).is_dir())]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"there is no metadata table {table}, neither here nor in the folder to ingest")
