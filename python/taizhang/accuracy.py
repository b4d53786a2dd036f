"""Accuracy: the machine against people's codes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .coding import BLANK, FIELDS, CodingSheet, codes, opened, readings
from .table import Table

if TYPE_CHECKING:
    from .ledger import Ledger

Field = Literal["kind", "topic", "lead", "responsible", "cooperating", "supervising", "targets", "deadlines"]

_TYPES = {
    "field": "text",
    "precision": "float",
    "precision_low": "float",
    "precision_high": "float",
    "recall": "float",
    "recall_low": "float",
    "recall_high": "float",
    "machine": "int",
    "coded": "int",
    "n": "int",
    "effective": "float",
    "note": "text",
}
NO_BLANKS = "no recall: no clause in which the machine read nothing was coded"


def wilson(share: float, n: float, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(0.5, 10)], [round(end, 4) for end in wilson(1.0, 20)]
    ([0.2366, 0.7634], [0.8389, 1.0])
    """
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max((middle - spread) / (1 + z * z / n), 0.0), min((middle + spread) / (1 + z * z / n), 1.0)


class _Share:
    """A weighted share: hits of items, each clause with its weight."""

    def __init__(self) -> None:
        self.items = 0
        self._weight = self._squares = self._hits = 0.0

    def add(self, weight: float, items: int, hits: int) -> None:
        self.items += items
        self._weight += weight * items
        self._squares += weight * weight * items
        self._hits += weight * hits

    @property
    def effective(self) -> float:
        """Kish's effective number of items: unequal weights make it fewer."""
        return self._weight**2 / self._squares if self._squares else 0.0

    def told(self) -> tuple[float | None, float | None, float | None]:
        """The share and its interval."""
        if not self._weight:
            return None, None, None
        share = min(self._hits / self._weight, 1.0)
        return share, *wilson(share, self.effective)


def of_sheet(ledger: Ledger, sheet: CodingSheet | str | Path, fields: Iterable[Field] | None) -> Table:
    """The machine against a sheet that was filled in."""
    sheet = opened(sheet)
    there = ledger.clauses(clause=sorted({row["clause"] for row in sheet.rows}), copies="all")
    machine = readings(ledger, there)
    gone = sum(row["clause"] not in machine for row in sheet.rows)
    out = []
    for field in fields or FIELDS:
        precision, recall, n, blanks = _Share(), _Share(), 0, 0
        for row in sheet.rows:
            people = codes(row, field)
            if people is None or row["clause"] not in machine:
                continue
            read = machine[row["clause"]][field]
            n += 1
            blanks += row["stratum"].endswith(BLANK)
            weight = float(row["weight"])
            precision.add(weight, len(read), len(read & people))
            recall.add(weight, len(people), len(read & people))
        needs_blanks = any(name.endswith(BLANK) for name in sheet.strata)
        notes = [f"{gone} clauses of the sheet are not in the ledger"] if gone else []
        refused = needs_blanks and not blanks
        if n and refused:
            notes.append(NO_BLANKS)
        out.append(_row(field, precision, None if refused else recall, recall.items, n, "; ".join(notes) or None))
    return _table(out, ledger)


def of_corrections(ledger: Ledger, fields: Iterable[Field] | None) -> Table:
    """The machine against the corrections that its ledger keeps: a precision a field of each table."""
    shares: dict[str, _Share] = {}
    added: dict[str, int] = {}
    changed: dict[tuple[str, str], dict[str, Any]] = {}
    for row in ledger.corrections():
        if row["state"] in ("undone", "flagged"):
            continue
        place = (row["table"], f"{row['clause'] or row['document']}:{row['start']}:{row['words']}")
        said = changed.setdefault(place, {"action": row["action"], "fields": set()})
        if row["action"] != "confirm":
            said["action"] = row["action"]
        if row["action"] == "set" and row["was"] != row["value"]:
            said["fields"].add(row["field"])
    from . import _core

    known = dict(_core.review_fields())
    for (table, _), said in changed.items():
        if said["action"] == "add":
            added[table] = added.get(table, 0) + 1
            continue
        for name in known[table]:
            right = said["action"] != "reject" and name not in said["fields"]
            shares.setdefault(f"{table}.{name}", _Share()).add(1.0, 1, int(right))
    wanted = None if fields is None else set(fields)
    out = []
    for field in sorted(shares):
        if wanted is None or field in wanted or field.partition(".")[2] in wanted:
            share = shares[field]
            note = f"of rows that people looked at; {NO_BLANKS}"
            out.append(_row(field, share, None, added.get(field.partition(".")[0], 0), share.items, note))
    return _table(out, ledger)


def _row(field: str, precision: _Share, recall: _Share | None, coded: int, n: int, note: str | None) -> dict[str, Any]:
    told = recall.told() if recall else (None, None, None)
    return dict(
        zip(
            _TYPES,
            (field, *precision.told(), *told, precision.items, coded, n, round(precision.effective, 1), note),
            strict=True,
        )
    )


def _table(rows: list[dict[str, Any]], ledger: Ledger) -> Table:
    columns = {name: [row[name] for row in rows] for name in _TYPES}
    return Table(Table.from_columns(columns, types=_TYPES)._core, "accuracy", ledger)
