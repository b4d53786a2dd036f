"""Ground: what another model read, tied to the exact words of our texts or rejected."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core
from .document import parse_text
from .review import Said, _keep, _pointed, _request
from .table import Row, Table

if TYPE_CHECKING:
    from .ledger import Ledger

_KEYS = {"assignments": "body", "targets": "text", "milestones": "text"}
_FIELDS = {
    "assignments": ("role",),
    "targets": ("indicator", "op", "value", "value_high", "unit", "per", "baseline", "deadline"),
    "milestones": ("deadline",),
}
_TYPES = {
    "document": "text",
    "clause": "text",
    "path": "text",
    "table": "text",
    "outcome": "text",
    "reason": "text",
    "words": "text",
    "fields": "text",
    "start": "int",
    "end": "int",
}


class Grounded:
    """What became of an extraction: `table` has a row for each thing that it says.

    Attributes
    ----------
    table
        document, clause, path, table, outcome, reason, words, fields, start, end. Outcomes: agrees (the ledger has the
        row, and it says the same), differs (`reason` says in what), new (the words are there, the ledger has no such
        row), rejected (`reason` says why).
    """

    def __init__(self, ledger: Ledger, rows: list[Row], requests: list[dict[str, Any] | None]) -> None:
        self._ledger = ledger
        self._requests = requests
        columns = {name: [row.get(name) for row in rows] for name in _TYPES}
        self.table = Table(Table.from_columns(columns, types=_TYPES)._core, "grounded", ledger)

    @property
    def grounded(self) -> Table:
        """What stands in the text."""
        return self.table.filter(lambda row: row["outcome"] != "rejected")

    @property
    def rejected(self) -> Table:
        """What does not."""
        return self.table.filter(outcome="rejected")

    def accept(self, *, by: str, note: str | None = None, when: str | None = None) -> list[Said]:
        """Make corrections of what differs and what is new; their ids, all or none.

        Raises
        ------
        QueryError
            A row says what its table cannot have; nothing was kept.
        """
        requests = [
            _request(
                request["action"],
                request["table"],
                request["place"],
                by=by,
                note=note,
                when=when,
                fields=request["fields"],
            )
            for request in self._requests
            if request is not None
        ]
        return _keep(self._ledger._core, requests) if requests else []

    def __repr__(self) -> str:
        counts = ", ".join(f"{row['count']} {row['outcome']}" for row in self.table.count("outcome"))
        return f"Grounded: {counts or 'nothing'}\n{self.table!r}"

    def _repr_html_(self) -> str:
        return self.table.to_html()


def ground(ledger: Ledger, extraction: Any, document: str | None) -> Grounded:
    """Tie an extraction to the texts of its documents."""
    rows: list[Row] = []
    requests: list[dict[str, Any] | None] = []
    for id, facts in _documents(extraction, document):
        for row, request in _Grounding(ledger, id).all(facts):
            rows.append(row)
            requests.append(request)
    return Grounded(ledger, rows, requests)


def _documents(extraction: Any, document: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Ids and what is said of each."""
    if isinstance(extraction, os.PathLike):
        extraction = Path(extraction).read_text(encoding="utf-8")
    if isinstance(extraction, str):
        text = extraction if extraction.lstrip()[:1] in "{[" else Path(extraction).read_text(encoding="utf-8")
        extraction = json.loads(text)
    if not isinstance(extraction, Mapping):
        raise ValueError("an extraction is a document in the exchange format, or a dict of ids to such documents")
    if document is not None:
        yield document, extraction
    elif "clauses" in extraction or "title" in extraction:
        raise ValueError("of which document is this? give its id: ground(extraction, id)")
    else:
        for id, facts in extraction.items():
            if not isinstance(facts, Mapping):
                raise ValueError(f"{id!r} is no document in the exchange format")
            yield str(id), facts


class _Grounding:
    """One document: its rows, and where words stand in it."""

    def __init__(self, ledger: Ledger, id: str) -> None:
        self._ledger = ledger
        self._id = id
        self._text = ledger.document(id).text
        self._clauses = list(ledger.clauses(document=id, copies="all"))
        tables = {name: getattr(ledger, name)(document=id, copies="all") for name in _KEYS}
        self._rows = {name: list(table) for name, table in tables.items()}

    def all(self, facts: Mapping[str, Any]) -> Iterator[tuple[Row, dict[str, Any] | None]]:
        yield from self._head(facts)
        for clause in _dicts(facts.get("clauses")):
            path = ".".join(str(no) for no in clause.get("path") or ())
            ours = self._clause(clause, path)
            for name in _KEYS:
                for said in _dicts(clause.get(name)):
                    yield self._one(name, said, ours, path)
        for name in ("targets", "milestones"):
            for said in _dicts(facts.get(name)):
                yield self._one(name, said, None, ".".join(str(no) for no in said.get("path") or ()))

    def _head(self, facts: Mapping[str, Any]) -> Iterator[tuple[Row, dict[str, Any] | None]]:
        """Title, number and issuers: what the page itself says."""
        ours = self._ledger.documents(document=self._id, copies="all")[0]
        for name in ("title", "number", "issuers"):
            said = facts.get(name)
            if not said:
                continue
            value = "、".join(said) if isinstance(said, list) else str(said)
            row = self._row("documents", None, "", value, {name: value})
            places = [self._find(None, word) for word in (said if isinstance(said, list) else [said])]
            if not all(places):
                yield row | {"outcome": "rejected", "reason": "the words are not in the text"}, None
                continue
            row["start"], row["end"] = places[0][0]
            if value == ours[name]:
                yield row | {"outcome": "agrees"}, None
            else:
                place: dict[str, Any] = {"document": self._id, "clause": None, "start": None, "end": None, "seen": {}}
                request = {"action": "set", "table": "documents", "place": place, "fields": {name: value}}
                yield row | {"outcome": "differs", "reason": f"{name}: {ours[name]} in the ledger"}, request

    def _one(
        self, table: str, said: Mapping[str, Any], clause: Row | None, path: str
    ) -> tuple[Row, dict[str, Any] | None]:
        words = str(said.get(_KEYS[table]) or "")
        fields = {name: said[name] for name in _FIELDS[table] if said.get(name) is not None}
        row = self._row(table, clause, path, words, fields)
        rejected = row | {"outcome": "rejected"}
        if not words.strip():
            return rejected | {"reason": f"it has no {_KEYS[table]}"}, None
        if path and clause is None and table == "assignments":
            return rejected | {"reason": f"the plan has no clause {path} with that text"}, None
        # A body that we read there is grounded where we read it, its restored head and all.
        known = self._known(table, clause, words, fields)
        places = self._find(clause, words)
        if not places and clause is not None and table != "assignments":
            places = self._find(None, words)
        if not places and known is None:
            return rejected | {"reason": "the words are not in the text"}, None
        if table == "targets" and not _has_number(said, words):
            return rejected | {"reason": f"its words do not say {said.get('value')}"}, None
        start, end = (known["start"], known["end"]) if known else places[0]
        row |= {"start": start, "end": end, "words": self._text[start:end]}
        if known is None and len(places) > 1:
            return rejected | {"reason": f"its words stand {len(places)} times in the text"}, None
        if known is None:
            known = self._same_place(table, clause, start, end)
        if known is None:
            where: dict[str, Any] = {
                "document": self._id,
                "clause": _number(clause),
                "start": start,
                "end": end,
                "seen": {},
            }
            given = ({"body": words} if table == "assignments" else {}) | fields
            return row | {"outcome": "new"}, {"action": "add", "table": table, "place": where, "fields": given}
        other = {name: value for name, value in fields.items() if not _equal(value, known[name])}
        if not other:
            return row | {"outcome": "agrees"}, None
        reason = "；".join(f"{name}: {known[name]} in the ledger" for name in other)
        place = _pointed(self._ledger, known, table)
        request = {"action": "set", "table": table, "place": place, "fields": other}
        return row | {"outcome": "differs", "reason": reason}, request

    def _clause(self, said: Mapping[str, Any], path: str) -> Row | None:
        """Our clause of that path, or of that text."""
        of_path = [row for row in self._clauses if row["path"] == path]
        text = "".join(str(said.get("text") or "").split())
        of_text = [row for row in self._clauses if text and "".join(str(row["text"]).split()) == text]
        if len(of_path) > 1 or not of_path:
            of_path = [row for row in of_path if row in of_text] or of_path
            of_path = of_path or of_text
        return of_path[0] if of_path else None

    def _known(self, table: str, clause: Row | None, words: str, fields: Mapping[str, Any]) -> Row | None:
        """A row of ours in that clause of these very words."""
        plain = "".join(words.split())
        key = _KEYS[table]
        of = clause["clause"] if clause else None
        rows = (row for row in self._rows[table] if row["clause"] == of)
        same = [row for row in rows if "".join(str(row[key]).split()) == plain]
        # A body may stand in a clause twice, in two roles.
        return max(same, key=lambda row: sum(_equal(value, row[name]) for name, value in fields.items()), default=None)

    def _same_place(self, table: str, clause: Row | None, start: int, end: int) -> Row | None:
        """A row of ours whose words overlap most of these."""
        of = clause["clause"] if clause else None
        best, most = None, 0.5
        for row in self._rows[table]:
            shared = min(end, row["end"]) - max(start, row["start"])
            share = shared / max(end - start, row["end"] - row["start"])
            if (row["clause"] == of or table != "assignments") and share > most:
                best, most = row, share
        return best

    def _find(self, clause: Row | None, words: str) -> list[tuple[int, int]]:
        return _core.find_words(self._ledger._core, self._id, [(_number(clause), words)])[0]

    def _row(self, table: str, clause: Row | None, path: str, words: str, fields: Mapping[str, Any]) -> Row:
        return {
            "document": self._id,
            "clause": clause["clause"] if clause else None,
            "path": path or None,
            "table": table,
            "words": words,
            "fields": json.dumps(fields, ensure_ascii=False),
        }


def _number(clause: Row | None) -> int | None:
    return None if clause is None else int(str(clause["clause"]).rpartition("#")[2])


def _dicts(value: Any) -> Iterable[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _equal(said: object, ours: object) -> bool:
    if isinstance(said, (int, float)) and isinstance(ours, (int, float)):
        return float(said) == float(ours)
    return said == ours


def _has_number(said: Mapping[str, Any], words: str) -> bool:
    """True where the words state the value, in digits or as our own rules read it."""
    value = said.get("value")
    if not isinstance(value, (int, float)):
        return False
    digits = words.translate(str.maketrans("０１２３４５６７８９．", "0123456789.")).replace(",", "").replace("，", "")
    if f"{value:g}" in digits or "全覆盖" in words:
        return True
    read = parse_text(f"一、任务\n（一）{words}。（市政府负责）").targets
    return any(_equal(value, target["value"]) for target in read)
