"""The charts of a comparison: `comparison.plot.coverage()` and its like.

In: the answers of a comparison. Out: Altair charts, with their data inside, that can be changed further
(`.properties(width=600)`, `+`, `|`) and saved (`.save("x.png")`, .svg, .pdf, .html) without a network. Colours tell
apart for the colour-blind too (Okabe and Ito's, viridis, blues). Needs the extra `plot`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from . import _core, layout
from .display import width
from .filters import Words
from .labels import Labels, label, named, say, shown
from .look import amount
from .names import functions, topics
from .pictures import altair, drawn

if TYPE_CHECKING:
    from .compare import Comparison

ROLES = ("lead", "responsible", "cooperating", "supervising")
_COLOURS = ("#D55E00", "#E69F00", "#56B4E9", "#999999")
_KINDS = {"target": "#009E73", "milestone": "#0072B2"}
_STEP = 22
_CROSS = "M-1,-1L1,1M1,-1L-1,1"
Rows = list[dict[str, Any]]


class Plots:
    """The charts of one comparison; made by `Comparison.plot`."""

    def __init__(self, comparison: Comparison, labels: Labels = None) -> None:
        self._comparison = comparison
        self._labels = labels

    def __dir__(self) -> Iterable[str]:
        return ("coverage", "targets", "departments", "network", "timeline", "map")

    def coverage(self, by: Literal["topic", "measure"] = "topic", *, top: int = 40) -> Any:
        """Heat map: which places have clauses on which topics (or measures), and how many. A gap is an empty cell.

        Parameters
        ----------
        by
            topic or measure.
        top
            Rows at most, those of most places first.
        """
        alt, labels = altair(), self._language
        table = self._comparison.coverage(by)
        english = {row["id"]: row["en"] for row in topics()} if by == "topic" and labels != "zh" else {}
        names = {row[by]: _cut(str(english.get(row[by]) or row["label"] or row[by]), 44) for row in table}
        cells = {(row[by], row["place"]): row for row in table}
        total = {id: sum(row["clauses"] for key, row in cells.items() if key[0] == id) for id in names}
        spread = {id: sum(key[0] == id for key in cells) for id in names}
        kept = sorted(names, key=lambda name: (-spread[name], -total[name], name))[:top]
        rows: Rows = []
        for id in kept:
            for place in self._places:
                cell = cells.get((id, place), {})
                facts = {"clauses": cell.get("clauses"), "since": cell.get("since"), "leads": cell.get("leads")}
                rows.append({"id": id, "label": names[id], "place": place, **facts})
        self._some(rows, "clauses")
        base = alt.Chart(alt.Data(values=rows)).encode(
            x=alt.X("place:N", sort=self._places, title=None, axis=alt.Axis(orient="top", labelAngle=0)),
            y=alt.Y("label:N", sort=[names[id] for id in kept], title=None, axis=alt.Axis(labelLimit=400)),
            tooltip=[alt.Tooltip(f"{name}:N", title=label(name, labels)) for name in ("label", "place", *facts)],
        )
        highest = max(row["clauses"] or 0 for row in rows)
        cells_ = base.mark_rect(stroke="white", strokeWidth=1).encode(
            color=alt.Color(
                "clauses:Q", title=label("clauses", labels), scale=alt.Scale(scheme="blues", domain=[0, highest])
            )
        )
        words = (
            base.transform_filter("datum.clauses !== null")
            .mark_text(fontSize=11)
            .encode(
                text="clauses:Q",
                color=alt.condition(alt.datum.clauses > highest * 0.55, alt.value("white"), alt.value("#222")),
            )
        )
        title = say(
            f"Clauses by {by} and place",
            f"各地{named(by + 's', 'zh') if by == 'measure' else '主题'}覆盖（条款数）",
            labels,
        )
        return self._drawn((cells_ + words).properties(title=title, width=alt.Step(74), height=alt.Step(_STEP)))

    def departments(self, *, top: int = 20) -> Any:
        """Bars: how often each function leads, carries, supports or supervises work, a column a place.

        Parameters
        ----------
        top
            Functions at most, those with most work first.
        """
        alt, labels = altair(), self._language
        table = self._comparison.departments(wide=False)
        totals: dict[str, int] = {}
        for row in table:
            totals[row["function"]] = totals.get(row["function"], 0) + row["total"]
        kept = sorted((id for id in totals if id), key=lambda name: (-totals[name], name))[:top]
        rows: Rows = [
            {"function": self._functions.get(row["function"], row["function"]), "place": row["place"]}
            | {"role": named(role, labels), "count": row[role], "order": n}
            for row in table
            if row["function"] in kept
            for n, role in enumerate(ROLES)
            if row[role]
        ]
        self._some(rows, "assignments")
        chart = (
            alt.Chart(alt.Data(values=rows))
            .mark_bar()
            .encode(
                x=alt.X("sum(count):Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=3)),
                y=alt.Y(
                    "function:N",
                    sort=[self._functions.get(id, id) for id in kept],
                    title=None,
                    axis=alt.Axis(labelLimit=240),
                ),
                color=alt.Color(
                    "role:N",
                    title=label("role", labels),
                    scale=alt.Scale(domain=[named(role, labels) for role in ROLES], range=list(_COLOURS)),
                ),
                order="order:Q",
                tooltip=[alt.Tooltip(f"{n}:N", title=label(n, labels)) for n in ("place", "function", "role", "count")],
            )
            .properties(width=max(60, 620 // len(self._places)), height=alt.Step(_STEP - 4))
            .facet(column=alt.Column("place:N", sort=self._places, title=None, header=alt.Header(labelFontSize=12)))
            .properties(title=say("Who carries the work (assignments)", "各部门承担任务情况（分工数）", labels))
        )
        return self._drawn(chart)

    def targets(self, indicator: Words = None, *, top: int = 8) -> Any:
        """Ladder: each target from its baseline to its value, coloured by the year of its deadline.

        A hollow point is the baseline. What cannot be compared with another document's is grey and crossed; hovering
        says why. Each indicator has a panel and a scale of its own.

        Parameters
        ----------
        indicator
            Words of the indicator, as `Ledger.ladder` takes them. Without it the indicators that most places
            have, or that name a baseline.
        top
            Panels at most.
        """
        alt, labels = altair(), self._language
        rows = [self._step(row) for row in self._comparison.ladder(indicator) if row["common_value"] is not None]
        self._some(rows, "targets")
        panels: dict[tuple[str, str], Rows] = {}
        for row in rows:
            panels.setdefault((row["indicator_group"], row["common_unit"] or ""), []).append(row)

        def rank(key: tuple[str, str]) -> tuple[int, int, str, str]:
            return -len({row["place"] for row in panels[key]}), -len(panels[key]), *key

        kept = sorted(panels, key=rank)
        if indicator is None:  # what one document alone says, and does not move, is no ladder
            kept = [k for k in kept if rank(k)[0] < -1 or any(row["from"] is not None for row in panels[k])] or kept
        kept = kept[:top]
        years = sorted({row["due"] for key in kept for row in panels[key]})
        # Missing deadlines last, and in their own shade.
        dated = [year for year in years if year != self._undated]
        dated += [self._undated] if len(dated) < len(years) else []
        charts = [self._panel(panels[key], key, dated) for key in kept]
        notes = say(
            "hollow: the baseline; ×: comparable with no other document", "空心为基数；× 表示与其他文件不可比", labels
        )
        title = alt.TitleParams(say("Targets by place", "各地指标与目标值", labels), subtitle=notes)
        return self._drawn(alt.vconcat(*charts, spacing=14).properties(title=title).resolve_scale(color="shared"))

    def _step(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of the ladder as it is drawn; the baseline is brought to the common unit by the value's own factor."""
        factor = row["common_value"] / row["value"] if row["value"] else 1.0
        return row | {
            "amount": amount(row),
            "from": None if row["baseline"] is None else row["baseline"] * factor,
            "high": None if row["value_high"] is None else row["value_high"] * factor,
            "due": row["deadline"][:4] if row["deadline"] else self._undated,
            "line": f"{row['place']} {row['year'] or ''} {row['path'] or ''}".strip(),
        }

    def _panel(self, rows: Rows, key: tuple[str, str], years: Sequence[str]) -> Any:
        alt, labels = altair(), self._language
        seen: dict[str, int] = {}
        for row in rows:  # two targets of one clause stand on two lines
            seen[row["line"]] = seen.get(row["line"], 0) + 1
            row["line"] += " " + "′" * (seen[row["line"]] - 1) if seen[row["line"]] > 1 else ""
        tips = ("place", "indicator", "amount", "denominator", "deadline", "comparable", "reason", "clause", "text")
        unit = f" ({key[1]})" if key[1] else ""
        grey = alt.value("#999")
        colour = alt.Color(
            "due:N",
            title=label("deadline", labels),
            scale=alt.Scale(domain=list(years), range=_ramp(len(years), self._undated in years)),
            legend=alt.Legend(symbolOpacity=1, symbolType="circle", symbolStrokeWidth=0),
        )
        axis = alt.Axis(labelLimit=200, minExtent=150, domain=False, ticks=False)  # panels stand under each other
        base = alt.Chart(alt.Data(values=rows)).encode(
            y=alt.Y("line:N", sort=[row["line"] for row in rows], title=None, axis=axis),
            tooltip=[alt.Tooltip(f"{name}:N", title=self._tip(name)) for name in tips],
        )
        x = alt.X("common_value:Q", title=None, axis=alt.Axis(tickCount=5), scale=alt.Scale(zero=True, nice=True))
        moved = base.transform_filter("datum.from !== null")
        ranged = base.transform_filter("datum.high !== null")
        charts = [
            moved.mark_rule(strokeWidth=2, color="#888").encode(x=alt.X("from:Q", title=None), x2="common_value:Q"),
            ranged.mark_rule(strokeWidth=5, opacity=0.4).encode(x=x, x2="high:Q", color=colour),
            moved.mark_point(size=70, color="#666", strokeWidth=2).encode(x=alt.X("from:Q", title=None)),
            base.transform_filter("datum.comparable")
            .mark_point(size=110, filled=True, opacity=1)
            .encode(x=x, color=colour),
            base.transform_filter("!datum.comparable")
            .mark_point(size=60, shape=_CROSS, filled=False, strokeWidth=2.4, opacity=1)
            .encode(x=x, color=grey),
            base.mark_text(align="left", dx=10, fontSize=11).encode(
                x=x, text="amount:N", color=alt.condition("datum.comparable", alt.value("#222"), grey)
            ),
        ]
        name = alt.TitleParams(_cut(key[0], 52) + unit, anchor="start", frame="group", fontSize=12)
        return alt.layer(*charts).properties(title=name, width=420, height=alt.Step(_STEP))

    def network(self, *, top: int = 24) -> Any:
        """Network: which functions work together; a line's width says in how many parts, a point's size its parts.

        The darker a point, the larger the share of its parts that it leads.

        Parameters
        ----------
        top
            Functions at most, those with most parts first.
        """
        alt, labels = altair(), self._language
        found = self._comparison.cooperation()
        nodes = sorted(found.nodes, key=lambda row: (-row["parts"], row["id"]))[:top]
        place = {row["id"]: n for n, row in enumerate(nodes)}
        ties = [row for row in found.edges if row["a"] in place and row["b"] in place]
        names = [_cut(self._functions.get(row["id"]) or str(row["id"]), 26) for row in nodes]
        points = layout.spring(len(nodes), [(place[row["a"]], place[row["b"]], float(row["parts"])) for row in ties])
        # A name of 11 points takes 6 of them a column and stands above its point.
        boxes = [((max(width(name) * 6.2, 34)) / 680, 36 / 500) for name in names]
        points = layout.spread(points, boxes)
        spots: Rows = [
            {"label": name, "x": x, "y": y, "share": row["leads"] / row["parts"] if row["parts"] else 0}
            | {count: row[count] for count in ("parts", "leads", "partners")}
            for row, name, (x, y) in zip(nodes, names, points, strict=True)
        ]
        self._some(spots, "assignments")
        lines: Rows = [
            {"a": spots[a]["label"], "b": spots[b]["label"], "parts": row["parts"]}
            | {"x": spots[a]["x"], "y": spots[a]["y"], "x2": spots[b]["x"], "y2": spots[b]["y"]}
            for row in sorted(ties, key=lambda row: row["parts"])
            for a, b in [(place[row["a"]], place[row["b"]])]
        ]
        free = alt.Axis(labels=False, ticks=False, grid=False, domain=False)
        scale = alt.Scale(domain=[-0.08, 1.08])
        x, y = (alt.X("x:Q", axis=free, title=None, scale=scale), alt.Y("y:Q", axis=free, title=None, scale=scale))
        edges = (
            alt.Chart(alt.Data(values=lines))
            .mark_rule(color="#5b7fa6", strokeCap="round")
            .encode(
                x=x,
                y=y,
                x2="x2:Q",
                y2="y2:Q",
                size=alt.Size("parts:Q", title=label("parts", labels), scale=alt.Scale(range=[0.3, 7]), legend=None),
                opacity=alt.Opacity("parts:Q", scale=alt.Scale(range=[0.12, 0.75]), legend=None),
                tooltip=[alt.Tooltip(f"{name}:N", title=label(name, labels)) for name in ("a", "b", "parts")],
            )
        )
        base = alt.Chart(alt.Data(values=spots)).encode(x=x, y=y)
        dots = base.mark_circle(stroke="white", strokeWidth=1, opacity=1).encode(
            size=alt.Size("parts:Q", scale=alt.Scale(range=[60, 900]), legend=None),
            color=alt.Color(
                "share:Q",
                title=say("share of leads", "牵头占比", labels),
                scale=alt.Scale(scheme="oranges", domain=[0, 1]),
                legend=alt.Legend(format="%"),
            ),
            tooltip=[alt.Tooltip(f"{n}:N", title=label(n, labels)) for n in ("label", "parts", "leads", "partners")],
        )
        # A white rim keeps names readable where lines cross them.
        rim = base.mark_text(dy=-17, fontSize=11, stroke="white", strokeWidth=3).encode(text="label:N")
        words = base.mark_text(dy=-17, fontSize=11, color="#222").encode(text="label:N")
        title = say("Who works with whom", "部门协作网络", labels)
        chart = (edges + dots + rim + words).resolve_scale(size="independent", opacity="independent")
        return self._drawn(chart.properties(title=title, width=680, height=500, view=alt.ViewBackground(stroke=None)))

    def timeline(self) -> Any:
        """Deadlines: a point for each target and milestone on the last day of its period, a line a place."""
        alt, labels = altair(), self._language
        rows: Rows = [
            {name: row[name] for name in ("deadline", "last_day", "place", "lead", "path", "clause")}
            | {"kind": named(row["kind"], labels), "text": _cut(row["text"], 80)}
            for row in self._comparison.calendar()
            if row["last_day"]
        ]
        self._some(rows, "deadlines")
        stacks: dict[tuple[str, str], int] = {}
        for row in rows:
            key = row["place"], row["last_day"]
            row["nth"] = stacks[key] = stacks.get(key, 0) + 1
        years = sorted({int(row["last_day"][:4]) for row in rows})
        ends = [f"{year}-12-31" for year in range(years[0] - 1, years[-1] + 1)][:: max(1, (years[-1] - years[0]) // 12)]
        scale = alt.Scale(domain=[f"{years[0] - 1}-12-01", f"{years[-1] + 1}-03-01"])
        axis = {"values": ends, "format": say("end %Y", "%Y年底", labels), "labelAngle": 0, "labelOverlap": True}
        tips = ("place", "deadline", "kind", "text", "lead", "clause")
        lines = []
        dated = [place for place in self._places if any(row["place"] == place for row in rows)]
        for place in dated:
            own = [row for row in rows if row["place"] == place]
            tallest = max(row["nth"] for row in own)
            line = alt.Chart(alt.Data(values=own)).mark_circle(size=90, opacity=0.9)
            line = line.encode(
                x=alt.X(
                    "last_day:T", title=None, scale=scale, axis=alt.Axis(**axis, labels=place == dated[-1], ticks=False)
                ),
                y=alt.Y("nth:Q", title=None, axis=None, scale=alt.Scale(domain=[0.2, tallest + 0.8])),
                color=alt.Color(
                    "kind:N",
                    title=label("kind", labels),
                    scale=alt.Scale(domain=[named(kind, labels) for kind in _KINDS], range=list(_KINDS.values())),
                ),
                tooltip=[alt.Tooltip(f"{name}:N", title=label(name, labels)) for name in tips],
            )
            name = alt.TitleParams(
                place, orient="left", angle=0, align="right", baseline="middle", anchor="middle", fontSize=12
            )
            lines.append(line.properties(title=name, width=600, height=max(26, 13 * tallest)))
        title = say("What falls due when", "完成时限一览", labels)
        return self._drawn(alt.vconcat(*lines, spacing=6).properties(title=title).resolve_scale(x="shared"))

    def map(self, what: Literal["documents", "clauses", "assignments", "targets"] = "clauses") -> Any:
        """Tile grid map: the province-level units, shaded by what their governments and those below them set out.

        Every unit is a tile of one size near to where it lies; there are no borders in it. The state has no tile.

        Parameters
        ----------
        what
            What is counted.
        """
        alt, labels = altair(), self._language
        if what not in ("documents", "clauses", "assignments", "targets"):
            raise ValueError(f"what is documents, clauses, assignments or targets, not {what!r}")
        counts: dict[str, int] = {}
        places: dict[str, list[str]] = {}
        for row in self._comparison.places():
            province = (row["adcode"] or "")[:2]
            counts[province] = counts.get(province, 0) + row[what]
            places.setdefault(province, []).append(row["place"])
        rows: Rows = [
            {
                "name": tile["name"] if labels == "zh" else f"{tile['english']} {tile['name']}",
                "short": tile["short"],
                "row": int(tile["row"]),
                "column": int(tile["column"]),
                "count": counts.get(tile["adcode"][:2]),
                "places": "、".join(places.get(tile["adcode"][:2], [])),
            }
            for tile in tiles()
        ]
        highest = max((row["count"] or 0 for row in rows), default=0) or 1
        free = alt.Axis(labels=False, ticks=False, grid=False, domain=False)
        gap = alt.Scale(paddingInner=0.06)
        base = alt.Chart(alt.Data(values=rows)).encode(
            x=alt.X("column:O", axis=free, title=None, scale=gap),
            y=alt.Y("row:O", axis=free, title=None, scale=gap),
            tooltip=[alt.Tooltip(f"{name}:N", title=label(name, labels)) for name in ("name", "count", "places")],
        )
        shade = alt.Color("count:Q", title=label(what, labels), scale=alt.Scale(scheme="blues", domain=[0, highest]))
        dark = alt.condition(f"datum.count > {highest * 0.55}", alt.value("white"), alt.value("#333"))
        empty = base.transform_filter("datum.count === null").mark_rect(color="#eef0f2", cornerRadius=4)
        full = base.transform_filter("datum.count !== null").mark_rect(cornerRadius=4).encode(color=shade)
        names = base.mark_text(fontSize=12, dy={"expr": "isValid(datum.count) ? -7 : 0"}).encode(
            text="short:N", color=dark
        )
        numbers = (
            base.transform_filter("datum.count !== null")
            .mark_text(fontSize=11, dy=9)
            .encode(text="count:Q", color=dark)
        )
        notes = [
            say(
                "a tile a province-level unit; a scheme, no map of borders",
                "示意图：每格一个省级单位，不表示边界",
                labels,
            )
        ]
        if state := counts.get("10"):
            notes.append(say(f"the state (全国): {state:,}", f"全国：{state:,}", labels))
        title = alt.TitleParams(
            say(f"{what.capitalize()} by province-level unit", f"各省级单位{label(what, 'zh')}", labels), subtitle=notes
        )
        size = {"width": alt.Step(52), "height": alt.Step(46)}
        chart = (empty + full + names + numbers).properties(title=title, view=alt.ViewBackground(stroke=None), **size)
        return self._drawn(chart)

    # -- what the charts share -----------------------------------------------------------------------------------

    @property
    def _language(self) -> Labels:
        return shown(self._labels)

    @cached_property
    def _places(self) -> list[str]:
        """The places, from the state down, by code."""
        levels = ("country", "province", "prefecture", "county")
        rows = sorted(self._comparison.places(), key=lambda row: (levels.index(row["level"]), row["adcode"]))
        return [row["place"] for row in rows]

    @cached_property
    def _functions(self) -> dict[str, str]:
        name = "zh" if self._language == "zh" else "en"
        return {row["id"]: row[name] for row in functions()}

    @property
    def _undated(self) -> str:
        return say("no date", "无时限", self._language)

    def _tip(self, name: str) -> str:
        return say("target", "目标", self._language) if name == "amount" else label(name, self._language)

    def _some(self, rows: Rows, what: str) -> None:
        if not rows:
            raise _core.QueryError(f"there is nothing to draw: these places have no {what} that fit")

    def _drawn(self, chart: Any) -> Any:
        return drawn(chart)


def tiles() -> Rows:
    """The grid of the map: the province-level units of GB/T 2260, each with its row and column."""
    return list(csv.DictReader((files("taizhang") / "tiles.csv").read_text(encoding="utf-8").splitlines()))


def charts(plots: Plots) -> dict[str, Callable[[], Any]]:
    """The charts in the order of a report, by name."""
    return {
        "coverage": plots.coverage,
        "departments": plots.departments,
        "targets": plots.targets,
        "timeline": plots.timeline,
        "network": plots.network,
        "map": plots.map,
    }


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _ramp(count: int, undated: bool) -> list[str]:
    """Colours for years, the soonest darkest, and grey for what has none."""
    shades = ["#440154", "#3b528b", "#21918c", "#35b779", "#90d743", "#d8c400"]
    dated = count - undated
    picked = [shades[n * (len(shades) - 1) // max(dated - 1, 1)] for n in range(dated)]
    return [*picked, *(["#7f7f7f"] if undated else [])]
