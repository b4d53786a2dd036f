"""Documents and clauses as one reads them: the text with every fact marked in its place.

In: a document. Out: HTML with inline styles alone (no script, no style sheet), so that it shows in JupyterLab, in VS
Code and in a code host's preview. Grounds are half transparent and words have the page's own colour: it reads in light
and in dark. Long documents are folded section by section, and cut at `MAX_TEXT` characters.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from . import display
from ._core import TaizhangError
from .labels import Labels, label, named, say, shown
from .marks import Mark, marked, merged
from .view import View

if TYPE_CHECKING:
    from .document import Document
    from .ledger import Ledger

MAX_OPEN = 4_000
"""Characters that are shown without unfolding."""
MAX_TEXT = 120_000
"""Characters that are shown at all."""

_WORDS = "color:inherit;padding:0 1px;border-radius:2px;"
STYLES = {
    "lead": _WORDS + "background:rgba(232,119,34,.34);border-bottom:2px solid rgb(232,119,34)",
    "role": _WORDS + "background:rgba(214,166,40,.18);border-bottom:2px dotted rgb(190,140,20)",
    "target": _WORDS + "background:rgba(38,150,90,.22);border-bottom:2px solid rgb(38,150,90)",
    "milestone": _WORDS + "background:rgba(64,120,230,.22);border-bottom:2px solid rgb(64,120,230)",
    "citation": _WORDS + "background:rgba(150,90,210,.20);border-bottom:2px dashed rgb(150,90,210)",
    "heading": "color:inherit;background:none;font-weight:bold",
    "furniture": "color:inherit;background:none;opacity:.4",
}
"""How each kind of fact is marked; kinds differ by their lines too, not by colour alone."""
_NAMES = {
    "lead": ("lead bodies", "牵头单位"),
    "role": ("other bodies", "其他单位"),
    "target": ("targets", "指标"),
    "milestone": ("milestones", "节点"),
    "citation": ("citations", "引用"),
    "furniture": ("left out", "已剔除"),
}
_OPS = {"=": "", "range": "", ">=": "≥", "<=": "≤", "~": "约"}
_TABLES = ("documents", "sections", "clauses", "assignments", "targets", "milestones", "citations", "notes")
_TEXT = "white-space:pre-wrap;line-height:1.9;overflow-wrap:anywhere"
_QUIET = "opacity:.7;font-size:85%"


class Clause:
    """A clause of a document with what was read in it.

    Attributes
    ----------
    document : str or None
        Id of its document.
    n : int
        Its position, from 1.
    path : list of int
        Its printed numbers, from the section down.
    heading, kind, text, topics, assignments, targets, milestones
        As in the exchange format.

    Examples
    --------
    >>> clause = ledger.clause("jiangmen-2019#15")
    >>> clause.path, clause.targets[0]["baseline"], "<mark" in clause._repr_html_()
    ([3, 15], 20, True)
    """

    def __init__(self, document: Document, n: int) -> None:
        clauses = document.clauses
        if not 1 <= n <= len(clauses):
            raise IndexError(f"clause {n} of a document of {len(clauses)} clauses")
        facts = clauses[n - 1]
        self._document = document
        self.document = document.id
        self.n = n
        self.path: list[int] = facts["path"]
        self.heading: str | None = facts["heading"]
        self.kind: str = facts["kind"]
        self.text: str = facts["text"]
        self.topics: list[str] = facts.get("topics") or []
        self.assignments: list[dict[str, Any]] = facts["assignments"]
        self.targets: list[dict[str, Any]] = facts["targets"]
        self.milestones: list[dict[str, Any]] = facts["milestones"]

    def to_html(self, *, labels: Labels = None) -> str:
        """Give its words with the facts marked, and below them who does what, how much, by when."""
        labels = shown(labels)
        record = json.loads(self._document._core.record_json())
        span = record["clauses"][self.n - 1]["text"]["span"]
        at, end = span["start"], min(span["end"], span["start"] + MAX_TEXT)
        path = ".".join(map(str, self.path))
        head = f"{self.document or ''} {path} {self.heading or ''}".strip()
        body = marked(self._document.text, marks(record, labels), at, end)
        rows: dict[str, list[str]] = {}
        for fact in self.assignments:
            rows.setdefault(named(fact["role"], labels), []).append(fact["body"])
        lines: list[list[object]] = [[role, "、".join(dict.fromkeys(bodies))] for role, bodies in rows.items()]
        lines += [[named("target", labels), f"{t['indicator']} {amount(t)}"] for t in self.targets]
        lines += [[named("milestone", labels), f"{m['deadline'] or ''} {m['text']}"] for m in self.milestones]
        kept = lines[: display.MAX_ROWS]
        table = display.html_table(["", ""], kept, more=len(lines) - len(kept), labels=labels) if lines else ""
        return f'<div><strong>{html.escape(head)}</strong></div><div style="{_TEXT}">{body}</div>{table}'

    def __repr__(self) -> str:
        return f"Clause {self.document or ''}#{self.n} {'.'.join(map(str, self.path))} {self.heading or ''}".strip()

    def _repr_html_(self) -> str:
        return self.to_html()


def clause(document: Document, key: int | str | Sequence[int]) -> Clause:
    """A clause by its position, or by its path as a list or as `"3.15"`."""
    if isinstance(key, int):
        return Clause(document, key)
    path = [int(step) for step in key.split(".")] if isinstance(key, str) else list(key)
    for n, facts in enumerate(document.clauses, 1):
        if facts["path"] == path:
            return Clause(document, n)
    raise KeyError(f"{document.id or 'the document'} has no clause {'.'.join(map(str, path))}")


def amount(target: Mapping[str, Any]) -> str:
    """A target's number as one writes it.

    Examples
    --------
    >>> amount({"op": ">=", "value": 70.0, "value_high": None, "unit": "%", "per": "年", "baseline": 50, "deadline": "2025"})
    '50 → ≥70%/年 (2025)'
    """  # noqa: E501
    number = display.cell(target["value"])
    if target["value_high"] is not None:
        number += f"—{display.cell(target['value_high'])}"
    op = _OPS.get(target["op"], target["op"])
    per = f"/{target['per']}" if target["per"] else ""
    before = f"{display.cell(target['baseline'])} → " if target["baseline"] is not None else ""
    due = f" ({target['deadline']})" if target["deadline"] else ""
    return f"{before}{op}{number}{target['unit'] or ''}{per}{due}"


def marks(record: Mapping[str, Any], labels: Labels) -> list[Mark]:
    """The marks of all facts of a record, as `marked` takes them."""
    found: list[Mark] = []

    def add(kind: str, extent: Mapping[str, Any] | None, *lines: str) -> None:
        if extent is None:
            return
        said = "\n".join(line for line in lines if line)
        found.append(Mark(extent["span"]["start"], extent["span"]["end"], kind, STYLES[kind], said))
        for gap in extent["removed"]:
            found.append(Mark(gap["start"], gap["end"], "furniture", STYLES["furniture"]))

    for row in (*record["sections"], *record["clauses"]):
        add("heading", row["heading"])
    for row in record["clauses"]:
        for gap in row["text"]["removed"]:
            found.append(Mark(gap["start"], gap["end"], "furniture", STYLES["furniture"]))
    for row in record["assignments"]:
        kind = "lead" if row["role"] == "lead" else "role"
        role = named(row["role"], labels) + (say(" (implied)", "（隐含）", labels) if row["implied"] else "")
        part = say(f"part {row['part']}", f"第 {row['part']} 分项", labels)
        functions = "、".join(row["functions"]) or say("no function known", "职能未知", labels)
        add(kind, row["name"], f"{role}: {row['body']} · {functions} · {part}", _why(row, labels))
    for row in record["targets"]:
        add("target", row["text"], f"{row['indicator']}: {amount(row)}", _why(row, labels))
    for row in record["milestones"]:
        due = say("due", "完成时限", labels)
        add("milestone", row["text"], f"{due}: {row['deadline'] or '–'}", _why(row, labels))
    for row in record["citations"]:
        add("citation", row["text"], f"{row['title'] or ''} {row['number'] or ''}".strip())
    return merged(found)


def _why(row: Mapping[str, Any], labels: Labels) -> str:
    return f"{label('why', labels)}: {', '.join(row['why'])}" if row["why"] else ""


def view(document: Document, *, labels: Labels = None, folded: bool = True) -> View:
    """The document: what it is, a legend, and its text with the facts marked.

    Parameters
    ----------
    document
        The document.
    labels
        Language of what is not the document's own.
    folded
        False to unfold all sections.
    """
    labels = shown(labels)
    record = json.loads(document._core.record_json())
    found = marks(record, labels)
    text = document.text
    end = min(len(text), MAX_TEXT)
    lead, *places = _folds(record, text, end)
    pieces = [_head(document, record, labels), _legend(found, labels)]
    pieces.append(f'<div style="{_TEXT}">{marked(text, found, *lead).strip()}</div>')
    unfolded = lead[1] - lead[0]
    for at, until in places:
        unfolded += until - at
        begins, body = _first_line(text, at, until), marked(text, found, at, until).strip()
        here = Counter(m.kind for m in found if at <= m.start < until and m.kind in _NAMES and m.kind != "furniture")
        count = " · ".join(f"{_name(kind, labels)} {here[kind]:,}" for kind in _NAMES if here[kind])
        state = " open" if not folded or unfolded <= MAX_OPEN else ""
        pieces.append(
            f'<details{state} style="margin:.3em 0"><summary><strong>{html.escape(begins)}</strong> '
            f'<span style="{_QUIET}">{html.escape(count)}</span></summary><div style="{_TEXT}">{body}</div></details>'
        )
    if end < len(text):
        left = len(text) - end
        more = say(
            f"… {left:,} more characters; document.text holds all", f"… 另有 {left:,} 字，见 document.text", labels
        )
        pieces.append(f'<div style="{_QUIET}">{more}</div>')
    name = document.title or document.id or say("a document", "文件", labels)
    return View(f'<div style="max-width:62rem">{"".join(pieces)}</div>', name)


def _folds(record: Mapping[str, Any], text: str, end: int) -> list[tuple[int, int]]:
    """What stands before the first section, and the sections; by tens of clauses where there are no sections.

    A fold begins with its line, so that the printed number stands in it.
    """
    starts = [row["heading"]["span"]["start"] for row in record["sections"]]
    if not starts:
        starts = [row["text"]["span"]["start"] for row in record["clauses"]][::10]
    starts = [text.rfind("\n", 0, at) + 1 for at in starts]
    places = [0, *sorted({at for at in starts if 0 < at < end}), end]
    return list(pairwise(places)) if end else [(0, 0)]


def _first_line(text: str, at: int, end: int) -> str:
    line = text[at:end].lstrip().split("\n", 1)[0]
    return line if len(line) <= 60 else line[:59] + "…"


def _name(kind: str, labels: Labels) -> str:
    return say(*_NAMES[kind], labels)


def _head(document: Document, record: Mapping[str, Any], labels: Labels) -> str:
    place = record["jurisdiction"] or {}
    facts = [
        document.number,
        "、".join(document.issuers),
        document.issued,
        place.get("name"),
        *(
            f"{named(name, labels)} {len(record[name]):,}"
            for name in ("clauses", "assignments", "targets", "milestones", "citations")
        ),
    ]
    line = " · ".join(html.escape(str(fact)) for fact in facts if fact)
    title = html.escape(document.title or document.id or "")
    return f'<div><strong style="font-size:110%">{title}</strong></div><div style="{_QUIET}">{line}</div>'


def _legend(found: Iterable[Mark], labels: Labels) -> str:
    counts = Counter(mark.kind for mark in found)
    words = (
        f'<span style="{STYLES[kind]};margin-right:.9em">{html.escape(_name(kind, labels))} {counts[kind]:,}</span>'
        for kind in _NAMES
        if counts[kind]
    )
    hint = say("hover over a mark to see what was read", "指向标记可见所读内容", labels)
    return f'<div style="margin:.4em 0">{"".join(words)}<span style="{_QUIET}">{hint}</span></div>'


def summary(ledger: Ledger) -> str:
    """A ledger at a glance: how much is in it, from where and when, and what read it."""
    labels = shown()
    name = html.escape(say("Ledger", "台账", labels))
    path = f"<strong>{name}</strong> {html.escape(str(ledger.path))}"
    try:
        stats = ledger.stats()
    except TaizhangError:
        return f"<div>{path} ({say('closed', '已关闭', labels)})</div>"
    rows = stats["rows"]
    order = [name for name in _TABLES if name in rows]
    counts = display.html_table(
        [named(name, labels) for name in order],
        [[f"{rows[name]:,}" for name in order]],
        numeric=[True] * len(order),
        labels=labels,
    )
    documents = ledger.documents(columns=["place", "level", "year"])
    years = [year for year in documents["year"] if year]
    facts = [
        f"{min(years)}–{max(years)}" if years else "",
        f"{stats['disk'] / 1e6:,.1f} MB",
        stats["reading"],
        say(f"{stats['copies']:,} near-copies", f"近似重复 {stats['copies']:,}", labels) if stats["copies"] else "",
    ]
    line = html.escape(" · ".join(fact for fact in facts if fact))
    places = documents.count("place", "level").head(display.MAX_ROWS)
    return f'<div>{path}</div><div style="{_QUIET}">{line}</div>{counts}{places.to_html(labels=labels)}'
