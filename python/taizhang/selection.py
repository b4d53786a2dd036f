"""Selections: a part of a ledger that answers what a ledger answers, and that can be named and kept."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import _core
from .compare import Comparison
from .document import Document
from .filters import Copies, Words, normal
from .ledger import Ledger
from .table import Table

FILE = "selections.json"
_DOCUMENTS = ("document", "place", "within", "level", "year", "since", "until", "where", "copies")
_WORDS = ("text", "any", "without")
_CLAUSES = ("clause", "function", "body", "role", "topic", "kind", *_WORDS)


class Selection(Ledger):
    """Some documents and clauses of a ledger; made by `ledger.select`.

    Every question asked of it is asked of these alone. Filters of documents (place, year …) choose documents; filters
    of clauses (text, topic, function …) choose clauses, and with them whatever stands in them: assignments, targets,
    milestones, citations, and the documents that have such clauses. It is a question, not its answer: what is ingested
    later and fits belongs to it too.

    Examples
    --------
    >>> payment = ledger.select(text="医保支付方式", year=range(2019, 2025))
    >>> len(payment), sorted(set(payment.clauses()["place"]))[:2]
    (5, ['临汾市', '全国'])
    """

    def __init__(self, ledger: Ledger, question: Mapping[str, Any]) -> None:
        super().__init__(ledger._core)
        unknown = set(question) - {*_DOCUMENTS, *_CLAUSES}
        if unknown:
            raise TypeError(f"a selection is not made by {', '.join(sorted(unknown))}")
        self._parent = ledger
        self.question = {name: _plain(value) for name, value in question.items() if value is not None}

    # -- the question ----------------------------------------------------------------------------------------------

    def chain(self) -> list[dict[str, Any]]:
        """Give the questions from the ledger down to this selection."""
        above = self._parent.chain() if isinstance(self._parent, Selection) else []
        return [*above, self.question]

    def save(self, name: str) -> Selection:
        """Keep the question in the ledger under a name; `ledger.selection(name)` asks it again.

        Examples
        --------
        >>> _ = ledger.select(within="广东省").save("guangdong")
        >>> ledger.selection("guangdong").ids(), ledger.forget("guangdong")
        (['jiangmen-2019'], True)
        """
        if not name:
            raise ValueError("a selection needs a name")
        known = read(self.path)
        known[name] = self.chain()
        write(self.path, known)
        return self

    def _filters(self, table: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        asked = {name: value for name, value in arguments.items() if name != "self" and value is not None}
        narrowed = self._narrowed(table, asked)
        return {"limit": 0} if narrowed is None else self._parent._filters(table, narrowed)

    def _narrowed(self, table: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        """What is asked, within the selection; None where nothing is."""
        documents = {name: self.question[name] for name in _DOCUMENTS if name in self.question}
        clauses = {name: self.question[name] for name in _CLAUSES if name in self.question}
        of_clauses = table not in ("documents", "sections")
        if not of_clauses and clauses:
            return _only(asked, "document", self.ids())
        if documents and not documents.keys().isdisjoint(asked):
            within = _only(asked, "document", self._parent.documents(**documents, columns="id")["id"])
            if within is None:
                return None
            asked = within
        else:
            asked = {**documents, **asked}
        direct = {"topic", "kind"} | (set(_WORDS) if table in ("clauses", "assignments") else set())
        if not clauses:
            return asked
        if clauses.keys() <= direct and clauses.keys().isdisjoint(asked):
            return {**asked, **clauses}
        return _only(asked, "clause", self._parent.clauses(**documents, **clauses, columns="clause")["clause"])

    # -- what a ledger has -----------------------------------------------------------------------------------------

    def ids(self) -> list[str]:
        """Ids of the documents, sorted."""
        documents = {name: self.question[name] for name in _DOCUMENTS if name in self.question}
        clauses = {name: self.question[name] for name in _CLAUSES if name in self.question}
        if clauses:
            return sorted(set(self._parent.clauses(**documents, **clauses, columns="document")["document"]))
        ids: list[str] = self._parent.documents(**documents, columns="id")["id"]
        return ids

    def document(self, id: str) -> Document:
        """Give one document with its text."""
        return self._parent.document(id)

    def __len__(self) -> int:
        return len(self.ids())

    def __contains__(self, id: object) -> bool:
        return id in self.ids()

    def __iter__(self) -> Iterator[Document]:
        return map(self.document, self.ids())

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
        """Put the governments of the selection side by side; its words and topics hold, unless others are given."""
        topic = self.question.get("topic") if topic is None else topic
        text = self.question.get("text") if text is None else text
        asked = {"since": since, "until": until, "topic": topic, "text": text, "implied": implied, "copies": copies}
        # No document has an empty id: of an empty selection nothing is compared.
        return self._compared(places, normal(asked) | {"document": self.ids() or [""]})

    def ingest(self, *_: Any, **__: Any) -> Any:
        """Refuse: a selection is a question."""
        raise _core.QueryError("a selection takes no documents; ingest into the ledger")

    ingest_texts = ingest
    load_parquet = ingest
    remove = ingest

    def close(self) -> None:
        """Do nothing: the ledger is closed where it was opened."""

    def __repr__(self) -> str:
        return f"Selection of {self.path}: {_words(self.chain())}"

    def _repr_html_(self) -> str:
        places = self.documents(columns=["place", "level"]).count("place", "level")
        import html

        return f"<div><strong>{html.escape(repr(self))}</strong></div>" + places.to_html()


def saved(ledger: Ledger, name: str) -> Selection:
    """The selection kept under a name."""
    known = read(ledger.path)
    if name not in known:
        error = _core.QueryError(f"the ledger keeps no selection {name!r}; it has {', '.join(sorted(known)) or 'none'}")
        error.suggestions = sorted(known)
        raise error
    selection = ledger
    for question in known[name]:
        selection = Selection(selection, question)
    assert isinstance(selection, Selection)
    return selection


def table(ledger: Ledger) -> Table:
    """The selections kept in a ledger."""
    known = sorted(read(ledger.path).items())
    columns = {"name": [name for name, _ in known], "question": [_words(chain) for _, chain in known]}
    return Table.from_columns(columns, types={"name": "text", "question": "text"}, name="selections")


def forget(ledger: Ledger, name: str) -> bool:
    """Take a selection out of the ledger."""
    known = read(ledger.path)
    if known.pop(name, None) is None:
        return False
    write(ledger.path, known)
    return True


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The questions kept in a ledger's folder, by name."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return dict(kept["selections"])
    except (ValueError, KeyError, TypeError) as error:
        raise _core.StoreError(f"{path} holds no selections: {error}") from error


def write(folder: Path, selections: Mapping[str, Any]) -> None:
    """Replace them, all or nothing."""
    if (folder / "manifest").exists():
        raise _core.StoreError(f"{folder} is published, hence read-only; keep selections in the ledger it is a copy of")
    path = folder / FILE
    text = json.dumps({"format": 1, "selections": selections}, ensure_ascii=False, indent=1, sort_keys=True)
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _only(asked: dict[str, Any], name: str, ids: list[str]) -> dict[str, Any] | None:
    """What is asked, of these ids alone; None where none is left."""
    given = asked.get(name)
    wanted = None if given is None else {given} if isinstance(given, str) else set(given)
    left = sorted(set(ids) if wanted is None else wanted & set(ids))
    return {**asked, name: left} if left else None


def _plain(value: Any) -> Any:
    """A filter as JSON keeps it."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (str, int, float, bool)):
        return value
    return [_plain(v) for v in value]


def _words(chain: list[dict[str, Any]]) -> str:
    """The questions as one reads them."""
    questions = (", ".join(f"{k}={v!r}" for k, v in question.items()) for question in chain)
    return " → ".join(words or "everything" for words in questions)
