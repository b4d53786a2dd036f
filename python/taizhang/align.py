"""Clauses of some documents beside those of others: what `ledger.align` and its like are asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .table import Table

if TYPE_CHECKING:
    from .ledger import Ledger

Embed = Callable[[list[str]], Iterable[Sequence[float]]]
"""Texts to vectors of one length, in the same order."""


def side(ledger: Ledger, given: Any) -> dict[str, Any]:
    """The filters of the clauses that a side of a comparison names.

    A text is the id of a document, or else the name or code of a place; a mapping holds filters of `ledger.clauses`; a
    table names clauses by its column `clause`, or documents by `document` or `id`; a selection stands for its clauses.
    """
    from .ledger import Ledger

    if isinstance(given, Ledger):
        return given._filters("clauses", {})
    if isinstance(given, Table):
        for column, name in (("clause", "clause"), ("document", "document"), ("id", "document")):
            if column in given.columns:
                return _some(ledger, name, sorted({str(value) for value in given[column] if value is not None}))
        raise ValueError("a table that names clauses has a column clause, document or id")
    if isinstance(given, Mapping):
        return ledger._filters("clauses", given)
    words = [given] if isinstance(given, str) else list(given)
    if not all(isinstance(word, str) for word in words):
        raise TypeError(f"documents are named by their ids or places, not by {given!r}")
    ids = set(ledger.ids())
    strangers = [word for word in words if word not in ids]
    if not strangers:
        return _some(ledger, "document", words)
    if len(strangers) < len(words):
        raise ValueError(f"the ledger has no document {strangers[0]!r}; name either documents or places")
    return _some(ledger, "place", words)


def _some(ledger: Ledger, name: str, values: list[str]) -> dict[str, Any]:
    """Filters for these values; for no value at all, no clause."""
    return ledger._filters("clauses", {name: values} if values else {"limit": 0})


def alignment(
    ledger: Ledger,
    sides: Iterable[Mapping[str, Any] | None],
    *,
    top: int,
    threshold: float,
    reasons: int,
    embed: Embed | None,
    share: float,
) -> dict[str, Any]:
    """The options of an alignment; with `embed` the vectors of the clauses on both sides."""
    if not 0 <= threshold <= 1 or not 0 <= share <= 1:
        raise ValueError("threshold and share lie between 0 and 1")
    if top < 1:
        raise ValueError("top is 1 or more")
    given: dict[str, Any] = {"top": top, "threshold": threshold, "reasons": reasons}
    if embed is not None:
        texts: dict[str, str] = {}
        for filters in sides:
            asked = ledger._core.query("clauses", {**(filters or {}), "columns": ["clause", "text"]})
            texts |= zip(asked.column("clause"), asked.column("text"), strict=True)
        vectors = [[float(x) for x in vector] for vector in embed(list(texts.values()))]
        if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
            raise ValueError("embed gives one vector for each text, all of one length")
        given |= {"vectors": dict(zip(texts, vectors, strict=True)), "share": share}
    return given
