"""The ledger: open, ingest, ask."""

from __future__ import annotations

import html
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

from . import _core, display, frames
from .align import Embed, alignment, side
from .compare import Comparison
from .document import Document
from .filters import Copies, Kinds, Levels, Ops, Roles, Words, Years, normal
from .questions import Questions, Where
from .report import Bar, Report
from .stream import Stream
from .table import Row, Table

if TYPE_CHECKING:
    from .selection import Selection

Paths = str | os.PathLike[str]


def open(path: Paths, *, create: bool = True) -> Ledger:
    """Open a ledger, a folder on disk; it is made when missing.

    Opening it again in the same process shares it. Another process is refused until this one closes it.

    Parameters
    ----------
    path
        The ledger's folder.
    create
        False to refuse a folder that holds no ledger yet.

    Raises
    ------
    StoreError
        The folder holds something else, is damaged, or is open in another process.
    """
    core = _core.Ledger.open(os.fspath(path), create=create)
    if (readings := core.reading_differs()) is not None:
        import logging

        words = "the facts in %s were read with %s, this library reads with %s"
        logging.getLogger("taizhang").warning(words, path, *readings)
    return Ledger(core)


def rebuild(path: Paths, *, progress: bool = True) -> None:
    """Make all that is derived in a ledger anew from its texts and records, where damage keeps it from being opened.

    For a ledger that opens there is `Ledger.rebuild`.
    """
    with _bar(progress) as bar:
        _core.Ledger.rebuild_at(os.fspath(path), progress=bar)


@contextmanager
def _bar(shown: bool) -> Iterator[Bar | None]:
    bar = Bar() if shown else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.close()


class Ledger(Questions):
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

    # -- tables ----------------------------------------------------------------------------------------------------

    def documents(
        self,
        *,
        document: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Documents, one row each.

        Parameters
        ----------
        document
            Ids.
        place
            These governments themselves: names or codes.
        within
            These places and all below them.
        level
            country, province, prefecture, county.
        year
            Years of issue: one, a range, or several.
        since, until
            First and last year of issue.
        text, any, without
            Exact words, however they are printed (either script, full or half width): all of these, one of these, none
            of these.
        where
            Metadata columns of your own: name to the values allowed.
        copies
            "all" for near-copies too (one plan on four portals), each with its own rows. Else a plan counts once, as
            the document that came first; a copy that `document` or `clause` names is always shown.
        columns
            Columns wanted, in this order.
        order
            Columns to sort by, `-` in front for descending.
        limit
            Rows at most.
        """
        return self._query("documents", locals())

    def sections(
        self,
        *,
        document: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Top-level headings, one row each. The filters are those of `documents`; words are sought in the heading."""
        return self._query("sections", locals())

    def clauses(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        kind: Kinds = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Clauses, one row each.

        Parameters
        ----------
        clause
            Ids of clauses, `document#n`.
        function, body, role
            Clauses that a body of this function, of this name, in this role has a part in.
        topic
            Topics, by name or id.
        kind
            task or preamble.
        document, place, within, level, year, since, until, text, any, without, where, copies, columns, order, limit
            As in `documents`.
        """
        return self._query("clauses", locals())

    def assignments(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        implied: bool | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Assignments: one row a body in a responsibility group.

        Parameters
        ----------
        function
            What the body is for, by name or id: 医保, 医疗保障局, `health-insurance`.
        body
            Exact names.
        role
            lead, responsible, cooperating, supervising.
        topic
            Topics of the clause.
        implied
            False for those that the group itself names, True for those that hold through a rule stated earlier.
        text, any, without
            Exact words in the clause.
        document, clause, place, within, level, year, since, until, where, copies, columns, order, limit
            As in `clauses`.

        Examples
        --------
        >>> ledger.assignments(place="江门市", role="lead").count("function").columns
        ['function', 'count']
        """
        return self._query("assignments", locals())

    def targets(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        implied: bool | None = None,
        unit: Words = None,
        op: Ops = None,
        at_least: float | None = None,
        at_most: float | None = None,
        due: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Targets: one row a number that somebody is to reach.

        Parameters
        ----------
        unit, op
            Units and operators, as printed in the columns.
        at_least, at_most
            Bounds of the value.
        due
            Year of the deadline.
        implied
            True for 全覆盖 alone, False for numbers that are written.
        text, any, without
            Exact words in the target.
        document, clause, place, within, level, year, since, until
            As in `clauses`.
        function, body, role, topic, where, copies, columns, order, limit
            As in `clauses`.
        """
        return self._query("targets", locals())

    def milestones(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        due: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Milestones: one row a dated commitment without a number. The filters are those of `targets`."""
        return self._query("milestones", locals())

    def citations(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        topic: Words = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Citations: one row another document named, at its first mention. The filters are those of `clauses`."""
        return self._query("citations", locals())

    def notes(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        kind: Words = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Notes: one row an oddity, such as a body that the lexicon does not know.

        Parameters
        ----------
        kind
            Slugs, as in the column.
        document, clause, place, within, level, year, since, until, text, any, without, where
            As in `clauses`.
        copies, columns, order, limit
            As in `clauses`.
        """
        return self._query("notes", locals())

    def tasks(
        self,
        *,
        document: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        limit: int | None = None,
    ) -> Table:
        """Clauses that hand out work, each with its bodies by role: the ledger as an office keeps it.

        The filters are those of `clauses`. Implied bodies are left out.
        """
        clauses = self._query("clauses", {**locals(), "kind": "task"})
        bodies: dict[str, dict[str, list[str]]] = {}
        if len(clauses):
            asked = self._query("assignments", {"document": sorted(set(clauses["document"])), "implied": False})
            for clause, name, part in zip(asked["clause"], asked["body"], asked["role"], strict=True):
                names = bodies.setdefault(clause, {}).setdefault(part, [])
                if name not in names:
                    names.append(name)
        roles = ("lead", "responsible", "cooperating", "supervising")
        kept = ("document", "clause", "path", "place", "year")
        columns: dict[str, list[Any]] = {name: clauses[name] for name in kept}
        columns["task"] = [h or t for h, t in zip(clauses["heading"], clauses["text"], strict=True)]
        for name in roles:
            columns[name] = ["、".join(bodies.get(c, {}).get(name, [])) or None for c in columns["clause"]]
        columns |= {name: clauses[name] for name in ("start", "end")}
        types = dict.fromkeys(columns, "text") | {"year": "int", "start": "int", "end": "int"}
        table = Table.from_columns(columns, types=types, name="tasks")
        return Table(table._core, "tasks", self)

    def count(self, table: str, **filters: Any) -> int:
        """Count the rows of a table that satisfy the filters, without making them.

        Examples
        --------
        >>> ledger.count("targets", place="江门市") == len(ledger.targets(place="江门市"))
        True
        """
        return self._core.count(table, self._filters(table, filters))

    def cross(self, table: str, by: Words, *, count: Literal["rows", "documents"] = "rows", **filters: Any) -> Table:
        """Count rows by several things at once, without making them.

        Parameters
        ----------
        table
            The table whose rows are counted.
        by
            One to four of: `place`, `level`, `zone`, `year`, `plan_year`, `document`, your own metadata columns;
            `function`, `role`, `body` (of clauses, targets and other facts: those of the clause's assignments),
            `topic`, `kind`; and what the table itself has: `unit`, `op`, `indicator`, `due` (year of the deadline),
            `implied` …
        count
            What is counted: `rows`, or the different `documents` that they are of.
        **filters
            As in the method of that table. They choose rows: one with two functions, found by one of them, counts for
            both.

        Returns
        -------
        Table
            The columns asked for (for a place `adcode`, in force today, and `place`), then `count`. Cells without rows
            are left out; rows come in the order of their columns, what has no value last. A row counts for each of its
            functions, topics or issuers.

        Examples
        --------
        >>> ledger.cross("clauses", ["place", "topic"], count="documents", year=2019).columns
        ['adcode', 'place', 'topic', 'count']
        """
        if count not in ("rows", "documents"):
            raise ValueError(f"count is rows or documents, not {count!r}")
        names = [by] if isinstance(by, str) else list(by or ())
        return Table(self._core.cross(table, names, count == "documents", self._filters(table, filters)), "cross", self)

    def network(self, *, implied: bool | None = False, **filters: Any) -> Table:
        """Give the functions that work together: pairs that stand in the same clauses.

        Parameters
        ----------
        implied
            False to leave out bodies that hold through a rule stated earlier, True for them alone, None for all.
        **filters
            As in `assignments`, but for `function`: it leaves the pairs that have one of these functions.

        Returns
        -------
        Table
            One row a pair: `function_a` (the first by its id), `function_b`, the number of `clauses` in which both
            stand, and of `documents` with such a clause.

        Examples
        --------
        >>> ledger.network(function="医保", place="江门市").columns
        ['function_a', 'function_b', 'clauses', 'documents']
        """
        return Table(self._core.network(self._filters("assignments", {"implied": implied, **filters})), "network", self)

    def stream(self, table: str, **filters: Any) -> Stream:
        """Give the rows of a table piece by piece, in memory that does not grow with their number.

        Rows come document by document in the order in which these came into the ledger, not by id; the stream shows the
        ledger as it was when it was asked for.

        Parameters
        ----------
        table
            The table.
        **filters
            As in the method of that table, `order` excepted.

        Examples
        --------
        >>> sum(len(piece) for piece in ledger.stream("targets", due=2025)) == ledger.count("targets", due=2025)
        True
        """
        return Stream(self._core.stream(table, self._filters(table, filters)), table, self)

    def search(
        self,
        words: str,
        *,
        limit: int = 20,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        kind: Kinds = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
    ) -> Table:
        """Clauses that speak most of some words, the best first.

        Ranked by BM25 over pairs of characters: rare pairs count more, short clauses come before long ones. A clause
        need not have all of them; to ask for exact words use `text`. Filters leave clauses out and change no score.

        Parameters
        ----------
        words
            What to look for, parted by blanks, in either script.
        limit
            Rows at most.
        document, clause, place, within, level, year, since, until
            As in `clauses`.
        function, body, role, topic, kind, text, any, without, where, copies
            As in `clauses`.

        Returns
        -------
        Table
            rank, score, document, clause, path, place, year, text; `highlights` says where the words stand in the
            document's text (start-end, 、-joined), and `evidence(row)` shows them lit.

        Examples
        --------
        >>> found = ledger.search("分级诊疗 医联体", limit=3, place="江门市")
        >>> found["rank"], found.columns[:3]
        ([1, 2, 3], ['rank', 'score', 'document'])
        >>> "诊疗" in str(found.evidence(0))
        True
        """
        asked = {name: value for name, value in locals().items() if name not in ("self", "words", "limit")}
        if not isinstance(words, str):
            raise TypeError(f"search takes words in one text, not {words!r}")
        core = self._core.search(words, self._filters("clauses", asked), normal({"limit": limit})["limit"])
        return Table(core, "search", self)

    def explain(self, table: str, **filters: Any) -> Table:
        """Tell how the rows of a table are found: each step, how it works, how many it expected and how many it left.

        Examples
        --------
        >>> ledger.explain("clauses", place="江门市", text="分级诊疗")["step"]
        ['documents', 'rows of clauses', 'places with 分级诊疗', 'rows that may have the words',
         'rows that have the words', 'answer']
        """
        return Table(self._core.explain(table, self._filters(table, filters)), "explain")

    def _query(self, table: str, arguments: Mapping[str, Any]) -> Table:
        filters = self._filters(table, arguments)
        # A clause is evidence for the words that it was found by, any other row for its own.
        sought = [*filters.get("text", ()), *filters.get("any", ())] if table == "clauses" else []
        return Table(self._core.query(table, filters), table, self, sought)

    def _filters(self, table: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The filters in the library's form; a selection narrows them for the table."""
        return normal({name: value for name, value in arguments.items() if name != "self"})

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
        return Comparison(self._core.compare(filters), self)

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

    # -- clauses beside clauses ----------------------------------------------------------------------------------------

    def align(
        self,
        a: Any,
        b: Any = None,
        *,
        top: int = 3,
        threshold: float = 0.5,
        reasons: int = 20,
        embed: Embed | None = None,
        share: float = 0.5,
    ) -> Table:
        """For each clause of some documents, its counterparts in others: who hands out the same work.

        Parameters
        ----------
        a, b
            Ids of documents, places, filters of `clauses` as a dict, a table with a column `clause` or `document`, or a
            selection. Without `b` all other documents. No clause is compared with its own document.
        top
            Counterparts in one document at most.
        threshold
            Score from which on a clause is a counterpart; with 0 the nearest are given however far they are.
        reasons
            Counterparts of a clause, the surest, that come with a reason; those behind them have none.
        embed
            Your own vectors: a function from a list of texts to as many vectors. Their cosine is mixed into the score.
        share
            Share of the score that the vectors have.

        Returns
        -------
        Table
            `a_document, a_clause, a_path, a_start, a_end, b_document, b_clause, b_path, b_start, b_end, score, rank,
            reason`. A clause without counterpart has one row, with null `b_*`, `rank` and `reason`, and the nearest
            clause's score. `reason` names the words shared, then other evidence: heading, term, topic, function,
            citation, indicator.

        Examples
        --------
        >>> pairs = ledger.align("linfen-2022", "national-2023h2")
        >>> row = next(row for row in pairs if row["a_path"] == "2.7")
        >>> row["b_path"], row["rank"]
        ('3.12', 1)
        """
        left, right = side(self, a), None if b is None else side(self, b)
        options = alignment(
            self, (left, right), top=top, threshold=threshold, reasons=reasons, embed=embed, share=share
        )
        return Table(self._core.align(left, right, options), "align", self)

    def omissions(self, superior: Any, place: Any, *, threshold: float = 0.5, embed: Embed | None = None) -> Table:
        """Clauses of a superior's plan that a place leaves out, each with the nearest text of the place.

        Parameters
        ----------
        superior, place
            What `align` takes.
        threshold, embed
            As in `align`.

        Returns
        -------
        Table
            `document, clause, path, start, end, heading, text, nearest_document, nearest_clause, nearest_path,
            nearest_start, nearest_end, nearest_text, score`.

        Examples
        --------
        >>> left_out = ledger.omissions("national-2023h2", "临汾市")
        >>> "支持药品研发创新" in left_out["heading"]
        True
        """
        left, right = side(self, superior), side(self, place)
        options = alignment(self, (left, right), top=1, threshold=threshold, reasons=0, embed=embed, share=0.5)
        return Table(self._core.unmatched(left, right, options), "clauses", self)

    def inventions(self, place: Any, superior: Any, *, threshold: float = 0.5, embed: Embed | None = None) -> Table:
        """Clauses that a place alone has: those without counterpart in a superior's plan, with its nearest text.

        Parameters
        ----------
        place, superior, threshold, embed
            As in `omissions`, whose columns these are.

        Examples
        --------
        >>> len(ledger.inventions("临汾市", "national-2023h2")) < 18
        True
        """
        return self.omissions(place, superior, threshold=threshold, embed=embed)

    def measures(self, **filters: Any) -> Table:
        """Measures: clauses of many documents that hand out the same work.

        Parameters
        ----------
        **filters
            Filters of `clauses`; all of the ledger without any.

        Returns
        -------
        Table
            `measure, label, document, clause, path, adcode, place, year, start, end, score`, one row a task.
            `measure` is the id of the first clause that came into the ledger; `label` the heading of the most typical
            clause, or its weightiest phrase; `score` the likeness to that clause. What most documents have comes first.

        Examples
        --------
        >>> measures = ledger.measures()
        >>> len(measures) == ledger.count("clauses", kind="task")
        True
        """
        asked = self._filters("clauses", filters)
        return Table(self._core.measures(asked or None), "measures", self)

    def merge_measures(self, *clauses: str) -> None:
        """Say that the measures with these clauses are one; kept in the ledger, as are the next two.

        Parameters
        ----------
        *clauses
            Ids of clauses or measures; the merged one keeps the first's label, if it was given one.
        """
        self._core.edit_measures(("merge", list(clauses)))

    def split_measure(self, *clauses: str) -> None:
        """Say that these clauses are a measure of their own.

        Parameters
        ----------
        *clauses
            Ids of clauses.
        """
        self._core.edit_measures(("split", list(clauses)))

    def rename_measure(self, measure: str, label: str) -> None:
        """Give a measure another label.

        Parameters
        ----------
        measure
            Its id, or the id of one of its clauses.
        label
            The label.
        """
        self._core.edit_measures(("rename", [measure, label]))

    def measure_edits(self) -> list[tuple[str, list[str]]]:
        """Give the edits of measures, oldest first: their kinds and words."""
        return self._core.measure_edits()

    def forget_measure_edits(self) -> None:
        """Take all edits of measures back."""
        self._core.edit_measures(None)

    def coverage(self, by: Literal["measure", "topic"] = "measure", **filters: Any) -> Table:
        """Who has what: one row a measure, or a topic, and place.

        Parameters
        ----------
        by
            measure, or topic (a clause counts for its primary one).
        **filters
            Filters of `clauses`; all of the ledger without any.

        Returns
        -------
        Table
            `measure` or `topic`, `label, adcode, place, level`, `since` (first year of issue), `documents, clauses`,
            `characters`, and `leads`: the functions that lead or stand first, the most frequent first.

        Examples
        --------
        >>> topics = ledger.coverage("topic")
        >>> sum(topics["clauses"]) == sum(topic is not None for topic in ledger.clauses()["topic"])
        True
        """
        asked = self._filters("clauses", filters)
        return Table(self._core.coverage(by, asked or None), "coverage", self)

    # -- the ledger itself -------------------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        """Give sizes and counts.

        Returns
        -------
        dict
            `documents`; `versions` kept, removed documents included; `rows` by table; `tree_bytes`, the bytes put into
            each tree of the store; `disk`, the bytes of the folder; `generation`, the number of commits; `format`,
            `created_by`; `reading`, the rules and lexicon that read the documents.
        """
        return self._core.stats()

    def check(self) -> None:
        """Read everything that is stored; an error names the first fault, and the documents it touches."""
        self._core.check()

    def compact(self, *, keep_versions: int | None = None, progress: bool = True) -> None:
        """Write the ledger again: smaller, and in the order that serves reading.

        Removed documents are gone afterwards. Queries go on while it works; Ctrl-C, or a kill, leaves the ledger as it
        was. The disk needs room for both.

        Parameters
        ----------
        keep_versions
            How many older versions of each document stay; all of them without it.
        progress
            Show a bar, if the process has a terminal.
        """
        with _bar(progress) as bar:
            self._core.compact(keep_versions=keep_versions, progress=bar)

    def reread(self, *, progress: bool = True) -> list[str]:
        """Read every kept text again with this library's rules, older versions too.

        It is needed once after an upgrade that reads differently, before documents can be added. The ledger answers as
        before until all is read. Ctrl-C, or a kill, loses nothing: the next call goes on.

        Returns
        -------
        list of str
            Ids of documents at which the rules failed; they keep what was read before.
        """
        with _bar(progress) as bar:
            return self._core.reread(progress=bar)

    def rebuild(self, *, progress: bool = True) -> None:
        """Make all that is derived from texts and records anew, where `check` says that it is damaged."""
        with _bar(progress) as bar:
            self._core.rebuild(progress=bar)

    def backup(self, path: Paths) -> Path:
        """Copy the ledger to a new folder, which is a ledger of its own; queries go on.

        Raises
        ------
        StoreError
            The folder exists, or its disk has too little room.
        """
        self._core.backup(os.fspath(path))
        return Path(path)

    def __repr__(self) -> str:
        try:
            stats = self.stats()
        except _core.TaizhangError:
            return f"Ledger {self.path} (closed)"
        rows = ", ".join(f"{n:,} {name}" for name, n in stats["rows"].items() if name != "documents")
        return f"Ledger {self.path}: {stats['documents']:,} documents, {rows or 'no rows'}"

    def _repr_html_(self) -> str:
        try:
            stats = self.stats()
        except _core.TaizhangError:
            return f"<div>Ledger {html.escape(str(self.path))} (closed)</div>"
        caption = f"Ledger {self.path}: {stats['documents']:,} documents, {stats['disk'] / 1e6:,.1f} MB on disk"
        tables = display.html_table(
            ["table", "rows"], list(stats["rows"].items()), caption=caption, numeric=[False, True]
        )
        places = self.documents(columns=["place", "level"]).count("place", "level")
        return tables + places.head(display.MAX_ROWS).to_html()


def _spans(row: Row) -> list[tuple[int, int]]:
    """The highlights of a row of a ranked search."""
    pairs = (span.split("-") for span in (row.get("highlights") or "").split("、") if span)
    return [(int(start), int(end)) for start, end in pairs]


def _metadata(metadata: Any, paths: list[str]) -> tuple[tuple[list[str], list[list[str | None]]] | None, bytes | None]:
    """A metadata table as column names and rows, or as the bytes of a CSV file."""
    if metadata is None:
        return None, None
    if isinstance(metadata, (str, os.PathLike)):
        return None, _find(Path(metadata), paths).read_bytes()
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
