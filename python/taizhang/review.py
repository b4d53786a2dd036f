"""Review: what people say of rows. It is kept apart from the machine's reading and wins in every answer."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, overload

from . import _core
from .table import Row, Table

if TYPE_CHECKING:
    from .accuracy import Field
    from .coding import CodingSheet
    from .ground import Grounded
    from .ledger import Ledger

When = str | datetime | None

_TABLES = {
    "assignments": ("body", "role"),
    "targets": ("indicator", "value"),
    "clauses": ("kind", "topics", "topic", "task"),
    "milestones": ("deadline",),
    "citations": ("title", "number"),
}


class Said(str):
    """The id of what was kept; shows what it says, by whom and when."""

    __slots__ = ("_words",)
    _words: str

    def __new__(cls, id: str, words: str) -> Said:
        """An id with what it stands for."""
        said = super().__new__(cls, id)
        said._words = words
        return said

    def __repr__(self) -> str:
        return f"<{self!s}: {self._words}>"


class Imported(dict[str, int]):
    """What an import did: `added`, `known` (they were there), `waiting` (added, but their documents are not there)."""


class Review:
    """The methods that correct a ledger."""

    _core: _core.Ledger

    @overload
    def annotate(
        self,
        row: Row | str,
        *,
        by: str,
        note: str | None = None,
        when: When = None,
        table: str | None = None,
        **fields: Any,
    ) -> Said: ...
    @overload
    def annotate(
        self,
        row: Iterable[Row],
        *,
        by: str,
        note: str | None = None,
        when: When = None,
        table: str | None = None,
        **fields: Any,
    ) -> list[Said]: ...
    def annotate(
        self,
        row: Row | str | Iterable[Row],
        *,
        by: str,
        note: str | None = None,
        when: When = None,
        table: str | None = None,
        **fields: Any,
    ) -> Said | list[Said]:
        """Correct fields of a row.

        The correction holds at once in every answer, and stays: through ingest of the same document, `reread`,
        `compact`, upgrades. The column `reviewed` marks the row; the machine's own reading is kept beside, and `undo`
        brings it back. Where the document's text changes the row is looked for again by its words; where they are not
        found, or not told apart, the correction is kept, flagged in `corrections()`, and not applied.

        Parameters
        ----------
        row
            A row of a table, as `table[i]` gives it (with its columns document, clause, start and end), or the id of a
            clause or document. Several rows, or a whole table, are kept at once: all or none.
        by
            Who says so.
        note
            Why.
        when
            ISO 8601; now without it.
        table
            Name of the row's table, where its columns do not tell.
        **fields
            New values by column; names of functions, topics and places as in questions. Of assignments: body, function,
            role, part, implied, open (a new body has its own functions); of targets: indicator, op, value, value_high,
            unit, per, baseline, baseline_period, change, deadline, implied, part; of milestones: deadline, part; of
            citations: title, number; of clauses: kind, topic; of documents: title, number, issuers, issued, place.

        Returns
        -------
        str, or list of str
            The correction's id; of several rows a list of them.

        Raises
        ------
        QueryError
            There is no such row or field, or the field cannot have this value.

        Examples
        --------
        >>> row = scratch.targets()[0]
        >>> id = scratch.annotate(row, value=85, by="王")
        >>> scratch.targets()[0]["value"], scratch.targets()[0]["reviewed"]
        (85.0, 'corrected')
        >>> scratch.undo(id, by="王"), scratch.targets()[0]["reviewed"]
        (1, None)
        """
        return self._say("set", row, by=by, note=note, when=when, table=table, fields=fields)

    @overload
    def confirm(
        self, row: Row | str, *, by: str, note: str | None = None, when: When = None, table: str | None = None
    ) -> Said: ...
    @overload
    def confirm(
        self,
        row: Iterable[Row],
        *,
        by: str,
        note: str | None = None,
        when: When = None,
        table: str | None = None,
    ) -> list[Said]: ...
    def confirm(
        self,
        row: Row | str | Iterable[Row],
        *,
        by: str,
        note: str | None = None,
        when: When = None,
        table: str | None = None,
    ) -> Said | list[Said]:
        """Say that a row is right as it is; it stays, whatever later rules read there."""
        return self._say("confirm", row, by=by, note=note, when=when, table=table, fields={})

    @overload
    def reject(
        self, row: Row | str, *, by: str, note: str | None = None, when: When = None, table: str | None = None
    ) -> Said: ...
    @overload
    def reject(
        self,
        row: Iterable[Row],
        *,
        by: str,
        note: str | None = None,
        when: When = None,
        table: str | None = None,
    ) -> list[Said]: ...
    def reject(
        self,
        row: Row | str | Iterable[Row],
        *,
        by: str,
        note: str | None = None,
        when: When = None,
        table: str | None = None,
    ) -> Said | list[Said]:
        """Say that a row is none: it is gone from all answers."""
        return self._say("reject", row, by=by, note=note, when=when, table=table, fields={})

    def add(
        self,
        where: Row | str,
        table: str,
        *,
        by: str,
        words: str | None = None,
        span: tuple[int, int] | None = None,
        note: str | None = None,
        when: str | datetime | None = None,
        **fields: Any,
    ) -> Said:
        """Add a row that the machine did not read.

        Parameters
        ----------
        where
            The clause: a row of one, or its id; or the id of a document, for rows outside clauses.
        table
            assignments, targets, milestones or citations.
        by
            Who says so.
        words
            The words that state it, as they stand there (line ends and spaces do not matter).
        span
            Their place in the document's text in place of the words, where they stand there several times.
        note, when
            As of `annotate`.
        **fields
            What the row says. An assignment has the words as its body and is `responsible`, unless told otherwise; a
            target needs indicator and value, a milestone a deadline, a citation a title or number.

        Examples
        --------
        >>> clause = scratch.clauses()[0]
        >>> id = scratch.add(clause, "milestones", words="完善制度", deadline="2024", by="王")
        >>> scratch.milestones(columns=["text", "deadline", "reviewed"])[0]
        {'text': '完善制度', 'deadline': '2024', 'reviewed': 'added'}
        >>> scratch.undo(id, by="王")
        1
        """
        place = _pointed(self._ledger, where, "documents" if isinstance(where, str) and "#" not in where else "clauses")
        request = _request("add", table, place, by=by, note=note, when=when, fields=fields)
        request |= {"start": None, "end": None, "seen": {}}
        if words is not None:
            request["words"] = words
        elif span is not None:
            request["start"], request["end"] = span
        return _keep(self._core, [request])[0]

    def corrections(self, *, document: str | Iterable[str] | None = None, state: str | None = None) -> Table:
        """Everything that was said of rows: one row a field, with what became of it.

        Parameters
        ----------
        document
            Ids of documents.
        state
            "applied"; "moved" (it holds for words found again in a text that has changed since: look at it); "flagged"
            (it does not hold; `reason` says why); "undone".

        Returns
        -------
        Table
            id, document, clause, table, action (set, confirm, reject, add), field, was, value, words, by, note, when,
            state, reason, start, end.
        """
        table = Table(_core.corrections(self._core), "corrections", self._ledger)
        wanted = None if document is None else {document} if isinstance(document, str) else set(document)
        if self._narrows():
            ids = set(self._ledger.ids())
            wanted = ids if wanted is None else wanted & ids
        if wanted is not None:
            table = table.filter(lambda row: row["document"] in wanted)
        return table if state is None else table.filter(state=state)

    def undo(self, id: str | Iterable[str], *, by: str, when: str | datetime | None = None) -> int:
        """Take corrections back; how many were not taken back before. They stay listed."""
        ids = [str(id)] if isinstance(id, str) else [str(one) for one in id]
        return _core.undo(self._core, ids, by, moment(when))

    def export_corrections(self, path: str | os.PathLike[str]) -> Path:
        """Write everything that was said as JSON lines."""
        path = Path(path)
        path.write_text(_core.export_corrections(self._core), encoding="utf-8", newline="\n")
        return path

    def import_corrections(self, path: str | os.PathLike[str]) -> Imported:
        """Take exported corrections in; those that are there are passed over, so twice is once.

        Those of documents that are not in the ledger wait for them.
        """
        added, known, waiting = _core.import_corrections(self._core, Path(path).read_text(encoding="utf-8"))
        return Imported(added=added, known=known, waiting=waiting)

    def ground(self, extraction: Any, document: str | None = None) -> Grounded:
        """Tie what another model read to the exact words of our texts.

        Every value is looked for in the text of its document; what is not there is rejected. What is grounded is
        compared with the ledger's rows, and `accept(by=…)` makes corrections of what differs.

        Parameters
        ----------
        extraction
            The exchange format (that of `Document.to_dict`): a dict, JSON text, the path of a JSON file; or a dict of
            document ids to such dicts.
        document
            Id of the document, where one extraction is given.

        Examples
        --------
        >>> row = {"path": [1, 1], "milestones": [{"text": "建成平台", "deadline": "2025"}]}
        >>> found = scratch.ground({"clauses": [row]}, scratch.ids()[0])
        >>> found.rejected["reason"]
        ['the words are not in the text']
        """
        from .ground import ground

        return ground(self._ledger, extraction, document)

    def sample(
        self, n: int, *, by: str | Iterable[str] = ("level", "year"), seed: int = 0, blind: bool = False, **filters: Any
    ) -> CodingSheet:
        """Draw a stratified sample of clauses as a coding sheet, clauses where the machine read nothing among them.

        Parameters
        ----------
        n
            Clauses.
        by
            Columns of clauses that strata are made by: level, year, place, kind, topic. Clauses with and without
            machine readings are always strata of their own.
        seed
            The same seed draws the same clauses of the same ledger.
        blind
            Leave out what the machine read.
        **filters
            Filters of clauses.

        Examples
        --------
        >>> sheet = ledger.sample(20, by="level", seed=1)
        >>> len(sheet), round(sum(sheet["weight"])) == ledger.count("clauses")
        (20, True)
        """
        from .coding import draw

        return draw(self._ledger, n, [by] if isinstance(by, str) else list(by), seed, blind, filters)

    def accuracy(self, sheet: Any = None, *, fields: Iterable[Field] | None = None) -> Table:
        """Score the machine against people's codes: precision and recall a field, with Wilson intervals.

        Each clause of a sheet counts with its stratum's weight. An interval is Wilson's for the effective sample size,
        (sum of weights)² / (sum of squared weights) over the rows that count: weights that differ widen it. Cells left
        blank are not coded and do not count. A recall is refused (null, with a note) where no clause in which the
        machine read nothing was coded: what was never looked at cannot have been missed.

        Parameters
        ----------
        sheet
            A coding sheet that was filled in: the object, or its path. Without one the corrections kept in the ledger
            are the codes: confirmed, corrected and rejected rows give a precision, nothing gives a recall.
        fields
            Only these.

        Returns
        -------
        Table
            field, precision, precision_low, precision_high, recall, recall_low, recall_high, machine (rows read in
            coded clauses), coded (rows that people found), n (clauses coded), effective (sample size), note.
        """
        from .accuracy import of_corrections, of_sheet

        if sheet is None:
            return of_corrections(self._ledger, fields)
        return of_sheet(self._ledger, sheet, fields)

    # -- inside ----------------------------------------------------------------------------------------------------

    @property
    def _ledger(self) -> Ledger:
        return cast("Ledger", self)

    def _narrows(self) -> bool:
        """True for a selection."""
        return hasattr(self, "question")

    def _say(
        self,
        action: str,
        row: Row | str | Iterable[Row],
        *,
        by: str,
        note: str | None,
        when: When,
        table: str | None,
        fields: Mapping[str, Any],
    ) -> Said | list[Said]:
        one = isinstance(row, (str, Mapping))
        requests = []
        for each in [row] if one else row:
            name = table or table_of(cast("Row | str", each))
            place = _pointed(self._ledger, cast("Row | str", each), name)
            requests.append(_request(action, name, place, by=by, note=note, when=when, fields=fields))
        said = _keep(self._core, requests) if requests else []
        return said[0] if one else said


def moment(when: str | datetime | None) -> str:
    """A time as it is kept; now without one."""
    if when is None:
        when = datetime.now().astimezone()
    return when if isinstance(when, str) else when.isoformat(timespec="seconds")


def table_of(row: Row | str) -> str:
    """The table that a row is of, told by its columns.

    Examples
    --------
    >>> table_of({"document": "a", "role": "lead"}), table_of("a#3"), table_of("a")
    ('assignments', 'clauses', 'documents')
    """
    if isinstance(row, str):
        return "clauses" if "#" in row else "documents"
    if row.get("what") in ("tasks", "targets", "milestones"):
        return "clauses" if row["what"] == "tasks" else str(row["what"])
    for name, columns in _TABLES.items():
        if any(column in row for column in columns) and ("id" not in row or "start" in row):
            return name
    if "id" in row or row.keys() == {"document"}:
        return "documents"
    raise _core.QueryError("of which table is this row? give table=")


def _pointed(ledger: Ledger, row: Row | str, table: str) -> dict[str, Any]:
    """Where a row stands."""
    if isinstance(row, str):
        if table == "documents":
            return {"document": row, "clause": None, "start": None, "end": None, "seen": {}}
        if table != "clauses":
            raise _core.QueryError(f"an id names a clause or a document; of {table} give the row")
        found = ledger.clauses(clause=row, copies="all", columns=["document", "clause", "start", "end"])
        if not found:
            raise _core.QueryError(f"there is no clause {row!r}")
        row = found[0]
    if row.get("document") is None:
        raise _core.QueryError("which row? it needs the columns document, clause, start and end")
    clause = row.get("clause")
    number = None if clause is None else int(str(clause).rpartition("#")[2])
    # A list's column is one text; its members are told apart below.
    seen = {k: v for k, v in row.items() if isinstance(v, (str, int, float, bool)) or v is None}
    return {
        "document": row["document"],
        "clause": number,
        "start": row.get("start"),
        "end": row.get("end"),
        "seen": seen,
    }


def _request(
    action: str,
    table: str,
    place: Mapping[str, Any],
    *,
    by: str,
    note: str | None,
    when: str | datetime | None,
    fields: Mapping[str, Any],
) -> dict[str, Any]:
    if table == "tasks":
        table = "clauses"
    plain = {name: list(v) if isinstance(v, (tuple, set)) else v for name, v in fields.items()}
    return {"action": action, "table": table, **place, "fields": plain, "by": by, "note": note, "when": moment(when)}


def _keep(core: _core.Ledger, requests: list[dict[str, Any]]) -> list[Said]:
    """Keep what is said, all in as few commits as hold it."""
    lines = [json.dumps(request, ensure_ascii=False, default=str) for request in requests]
    return [Said(id, _words(request)) for id, request in zip(_core.review(core, lines), requests, strict=True)]


def _words(request: Mapping[str, Any]) -> str:
    said = ", ".join(f"{name}={value!r}" for name, value in request["fields"].items())
    clause = request["clause"]
    where = request["document"] + (f"#{clause}" if clause is not None else "")
    return (
        f"{request['action']} {request['table']} {where} {said}".rstrip() + f", by {request['by']}, {request['when']}"
    )
