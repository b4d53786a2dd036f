"""A comparison as one page: what was compared and how, tables, charts, what cannot be compared, and the evidence.

In: a comparison. Out: HTML that needs no other file; made by the template `templates/report.html.j2`, which escapes
whatever it is given. There is no date of making in it: the same ledger gives the same page. Needs the extra `report`.
"""

from __future__ import annotations

import re
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _core, display
from .labels import Labels, label, named, say, shown
from .look import amount
from .method import method
from .names import functions
from .plots import Plots, charts
from .table import Table
from .view import FONTS

if TYPE_CHECKING:
    from .compare import Comparison

MAX_ROWS = 60
"""Rows of a table on the page; the rest are in the ledger."""


class Part(NamedTuple):
    """A section of the page: a chart, a table, or both."""

    id: str
    title: str
    about: str = ""
    svg: str = ""
    head: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: int = 0


class Proof(NamedTuple):
    """A row with its sentence: what stands before, in and behind the lit words."""

    id: str
    path: str
    place: str
    kind: str
    said: str
    pieces: tuple[tuple[bool, str], ...]


def page(
    comparison: Comparison, *, title: str | None, labels: Labels, charts: bool, evidence: int, accuracy: Any
) -> str:
    """The page as text."""
    try:
        import jinja2
    except ImportError as error:
        raise ImportError("a report needs jinja2: pip install 'taizhang[report]'") from error
    labels = shown(labels)
    source = (files("taizhang") / "templates" / "report.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    places = comparison.places()["place"]
    shown_places = "、".join(places[:6]) + ("…" if len(places) > 6 else "")
    proofs, left = _evidence(comparison, labels, evidence)
    asked = {name: value for name, value in comparison._asked.items() if name not in ("places", "document", "copies")}
    return environment.from_string(source).render(
        lang=labels,
        fonts=FONTS,
        say=partial(_say, labels),
        title=title or say(f"{shown_places}: what they set out to do", f"{shown_places}：任务、部门与指标比较", labels),
        asked=[(label(name, labels), display.cell(value)) for name, value in asked.items()],
        method=method(comparison._ledger, labels=labels, accuracy=accuracy, documents=comparison.documents()),
        parts=_parts(comparison, labels, charts),
        proofs=proofs,
        left=left,
        version=_core.__version__,
        reading=comparison._ledger.stats()["reading"],
    )


def _say(labels: Labels, english: str, chinese: str) -> str:
    return say(english, chinese, labels)


def _parts(comparison: Comparison, labels: Labels, with_charts: bool) -> list[Part]:
    drawing = charts(Plots(comparison, labels)) if with_charts else {}
    names = {row["id"]: row["zh" if labels == "zh" else "en"] for row in functions()}

    def picture(name: str) -> str:
        if name not in drawing:
            return ""
        try:
            return _inline(drawing[name]().to_svg(), name)
        except _core.QueryError:  # nothing to draw
            return ""

    def part(id: str, title: str, table: Table | None = None, *, about: str = "", chart: str = "") -> Part:
        svg = picture(chart)
        if table is None:
            return Part(id, title, about, svg)
        rows = tuple(tuple(map(display.cell, values)) for values in table._core.rows(0, MAX_ROWS))
        head = tuple(label(column, labels) for column in table.columns)
        kinds = tuple(
            "number"
            if kind in ("int", "float")
            else "short"
            if max((len(row[at]) for row in rows), default=0) <= 14
            else ""
            for at, kind in enumerate(table.types.values())
        )
        return Part(id, title, about, svg, head, kinds, rows, max(len(table) - MAX_ROWS, 0))

    tell = partial(_say, labels)
    places = comparison.places()
    documents = comparison.documents()
    wide = comparison.departments()
    departments = Table.from_columns(
        {name: [names.get(v, v) for v in wide[name]] if name == "function" else wide[name] for name in wide.columns},
        types=wide.types,
    )
    ladder = comparison.ladder()
    incomparable = ladder.filter(comparable=False)
    strangers = Table.from_columns(
        {
            "place": incomparable["place"],
            "indicator": incomparable["indicator"],
            "value": [amount(row) for row in incomparable],
            "reason": incomparable["reason"],
            "clause": incomparable["clause"],
        },
        types=dict.fromkeys(("place", "indicator", "value", "reason", "clause"), "text"),
    )
    calendar = comparison.calendar().select("deadline", "place", "kind", "text", "lead", "clause")
    parts = [
        part("places", tell("What was compared", "比较对象"), _levels(places, labels)),
        part("documents", tell("Documents", "文件"), documents.select("id", "place", "issued", "number", "title")),
        part(
            "coverage",
            tell("Topics", "主题覆盖"),
            chart="coverage",
            about=tell("Clauses by topic and place; a gap is an empty cell.", "各地各主题的条款数，空格表示没有。"),
        ),
        part("departments", tell("Departments", "部门分工"), departments, chart="departments"),
        part(
            "targets",
            tell("Targets", "指标"),
            comparison.targets(),
            chart="targets",
            about=tell(
                "Numbers to reach, by indicator and place. In the chart a cross is a number that cannot be compared.",
                "按指标和地区列出目标值；图中叉号表示不可比。",
            ),
        ),
        part(
            "incomparable",
            tell("Not comparable", "不可比的指标"),
            strangers,
            about=tell(
                "No other document states these numbers on the same scale; the reason is beside each.",
                "没有其他文件以相同口径给出这些数值，原因列于其后。",
            ),
        ),
        part("deadlines", tell("Deadlines", "完成时限"), calendar, chart="timeline"),
        part("network", tell("Who works with whom", "部门协作"), chart="network"),
    ]
    if len({(code or "")[:2] for code in places["adcode"]} - {"10", ""}) > 1:
        parts.append(part("map", tell("Where", "地区分布"), chart="map"))
    return [part for part in parts if part.svg or part.rows]


def _levels(places: Table, labels: Labels) -> Table:
    columns = {name: places[name] for name in places.columns}
    columns["level"] = [named(level, labels) for level in columns["level"]]
    return Table.from_columns(columns, types=places.types)


def _evidence(comparison: Comparison, labels: Labels, most: int) -> tuple[list[Proof], int]:
    """Targets and milestones with their sentences, the words lit."""
    rows = [(row, "target") for row in comparison.targets(wide=False)]
    rows += [(row, "milestone") for row in comparison.calendar().filter(kind="milestone")]
    rows.sort(key=lambda pair: (pair[0]["document"], pair[0]["start"]))
    proofs = []
    for row, kind in rows[:most]:
        found = comparison._ledger.evidence(row)
        said = f"{row['indicator']} {amount({'baseline': None, **row})}" if kind == "target" else row["deadline"] or ""
        pieces = tuple((lit, words) for words, lit in found._pieces())
        proofs.append(
            Proof(row["clause"] or row["document"], row["path"] or "", row["place"], named(kind, labels), said, pieces)
        )
    return proofs, max(len(rows) - most, 0)


def _inline(svg: str, name: str) -> str:
    """An SVG for the middle of a page: its ids made its own, and free to shrink."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    return svg[svg.index("<svg") :]
