"""Tables and sentences for a small screen: bounded, escaped, Chinese characters counted as two columns.

In: rows of plain values, or a sentence with the ranges to light. Out: text for a terminal, HTML for a notebook.
Knows nothing of ledgers.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from .labels import Labels, say

MAX_ROWS = 20
MAX_CELL = 36
MAX_CELL_HTML = 160
MAX_COLUMNS_HTML = 60
_SHORT = 14
WIDTH = 110

_CELL = "padding:2px 8px;text-align:left;vertical-align:top;border-bottom:1px solid rgba(128,128,128,.25)"
_NUMBER = "padding:2px 8px;text-align:right;vertical-align:top;border-bottom:1px solid rgba(128,128,128,.25)"
_QUIET = "opacity:.65;font-weight:normal;font-size:85%"
_MARK = "background:#ffe08a;color:#222;padding:0 1px"


def glyph_width(char: str) -> int:
    """Columns that one character takes in a terminal."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def width(text: str) -> int:
    """Columns that a text takes in a terminal.

    Examples
    --------
    >>> width("市医保局 lead")
    13
    """
    return sum(map(glyph_width, text))


def clip(text: str, columns: int) -> str:
    """The text, cut to `columns` with … at its end where it is longer.

    Examples
    --------
    >>> clip("深化医药卫生体制改革", 9)
    '深化医药…'
    """
    if width(text) <= columns:
        return text
    used, kept = 0, []
    for char in text:
        used += glyph_width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text, filled with blanks to `columns`."""
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def cell(value: object) -> str:
    r"""One value on one line: nothing for None, lists joined by 、, whole numbers without .0, control characters gone.

    Examples
    --------
    >>> cell(None), cell(["a", "b"]), cell(70.0), cell(True), cell("two\nlines")
    ('', 'a、b', '70', 'true', 'two lines')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (list, tuple)):
        return "、".join(cell(v) for v in value)
    words = " ".join(str(value).split())
    return "".join(c for c in words if unicodedata.category(c) not in ("Cc", "Cf"))


def text_table(
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numeric: Sequence[bool] = (),
    columns: int | None = WIDTH,
    max_cell: int | None = MAX_CELL,
) -> str:
    """A plain table; columns that do not fit into `columns` are named below it.

    Examples
    --------
    >>> print(text_table(["body", "n"], [["市医保局", 3], ["市卫生健康局", 12]], numeric=[False, True]))
    body           n
    市医保局       3
    市卫生健康局  12
    """
    grid = [[cell(v) for v in row] for row in rows]
    flags = [*numeric, *[False] * (len(names) - len(numeric))]
    full = [max([width(name), *(width(row[i]) for row in grid)]) for i, name in enumerate(names)]
    widths = full if max_cell is None else [min(w, max(max_cell, width(n))) for w, n in zip(full, names, strict=True)]
    shown = _fitting(widths, columns)
    if columns is not None and shown == len(names):
        widths = _stretched(widths, full, columns)

    def line(values: Sequence[str]) -> str:
        cells = (pad(clip(values[i], widths[i]), widths[i], right=flags[i]) for i in range(shown))
        return "  ".join(cells).rstrip()

    lines = [line(names), *map(line, grid)]
    if shown < len(names):
        lines.append(f"… and columns {', '.join(names[shown:])}")
    return "\n".join(lines)


def _fitting(widths: Sequence[int], columns: int | None) -> int:
    """How many columns fit, at least one."""
    if columns is None:
        return len(widths)
    used = 0
    for i, w in enumerate(widths):
        used += w + (2 if i else 0)
        if used > columns:
            return max(i, 1)
    return len(widths)


def _stretched(widths: Sequence[int], full: Sequence[int], columns: int) -> list[int]:
    """Cut columns, the last first, grow into what is left of the line."""
    left = columns - sum(widths) - 2 * (len(widths) - 1)
    out = list(widths)
    for i in reversed(range(len(out))):
        more = min(full[i] - out[i], left)
        out[i] += more
        left -= more
    return out


def html_table(
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    caption: str = "",
    types: Sequence[str] = (),
    numeric: Sequence[bool] = (),
    more: int = 0,
    labels: Labels = None,
) -> str:
    """The same as HTML: every cell escaped and cut, inline styles only, `more` rows said to be left out.

    Colours are those of the page, or half transparent: it reads on a light and on a dark ground.
    """
    if (hidden := len(names) - MAX_COLUMNS_HTML) > 0:
        names, rows = names[:MAX_COLUMNS_HTML], [row[:MAX_COLUMNS_HTML] for row in rows]
        types, numeric = types[:MAX_COLUMNS_HTML], numeric[:MAX_COLUMNS_HTML]
        caption = "; ".join(filter(None, [caption, say(f"{hidden:,} more columns", f"另有 {hidden:,} 列", labels)]))
    flags = [*numeric, *[False] * (len(names) - len(numeric))]
    kinds = [*types, *[""] * (len(names) - len(types))]
    cells = [[_html_cell(value) for value in row] for row in rows]
    style = [
        (_NUMBER if flag else _CELL) + _room([row[at] for row in cells], types=bool(kinds[at]))
        for at, flag in enumerate(flags)
    ]
    head = "".join(
        f'<th style="{s}">{html.escape(name)}'
        + (f'<br><span style="{_QUIET}">{html.escape(kind)}</span>' if kind else "")
        + "</th>"
        for name, kind, s in zip(names, kinds, style, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f'<td style="{s}">{v}</td>' for v, s in zip(row, style, strict=True)) + "</tr>"
        for row in cells
    )
    if more:
        left = say(f"… {more:,} more", f"… 另有 {more:,} 行", labels)
        body += f'<tr><td style="{_CELL}" colspan="{len(names)}">{left}</td></tr>'
    title = f'<caption style="text-align:left;{_QUIET}">{html.escape(caption)}</caption>' if caption else ""
    return (
        f'<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:90%">{title}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _room(cells: Sequence[str], *, types: bool) -> str:
    """What keeps a column from being squeezed: short cells stand on one line, long ones get some width."""
    longest = max(map(len, cells), default=0)
    if longest <= _SHORT:
        return ";white-space:nowrap" if types else ""
    return ";min-width:16em" if longest > 2 * _SHORT else ""


def _html_cell(value: object) -> str:
    if isinstance(value, Evidence):
        return value.marked()
    full = cell(value)
    short = full if len(full) <= MAX_CELL_HTML else full[: MAX_CELL_HTML - 1] + "…"
    return html.escape(short)


class Evidence:
    """A sentence of a document with the words lit that a row was read from.

    Attributes
    ----------
    text : str
        The sentence or clause.
    lit : list of (int, int)
        Ranges of `text` to light.
    place : str
        Where it stands: document and path.
    """

    def __init__(self, text: str, lit: Sequence[tuple[int, int]], place: str) -> None:
        self.text = text
        self.lit = sorted((a, b) for a, b in lit if a < b)
        self.place = place

    @property
    def words(self) -> list[str]:
        """The lit words."""
        return [self.text[a:b] for a, b in self.lit]

    def __str__(self) -> str:
        return "".join(f"⟦{piece}⟧" if lit else piece for piece, lit in self._pieces())

    def __repr__(self) -> str:
        return f"{self.place}\n{self}"

    def to_html(self) -> str:
        """The sentence as HTML, the words in `<mark>`."""
        return f'<div><div style="{_QUIET}">{html.escape(self.place)}</div><div>{self.marked()}</div></div>'

    def marked(self) -> str:
        """The sentence as HTML without its place."""
        return "".join(
            f'<mark style="{_MARK}">{html.escape(piece)}</mark>' if lit else html.escape(piece)
            for piece, lit in self._pieces()
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def _pieces(self) -> Iterator[tuple[str, bool]]:
        at = 0
        for start, end in self.lit:
            start = max(start, at)
            if start > at:
                yield self.text[at:start], False
            if end > start:
                yield self.text[start:end], True
                at = end
        if at < len(self.text):
            yield self.text[at:], False
