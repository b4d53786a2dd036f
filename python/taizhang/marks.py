"""Marks in a text: ranges that overlap, written as HTML that nests.

In: a text and marks, each a range with a style and what to say of it. Out: the text escaped, every mark around its
words; where two marks cross, the later one is closed and opened again. Knows nothing of documents.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_BLANK = re.compile(r"[ \t\u3000\xa0]*(?:\r?\n[ \t\xa0]*){2,}")
_SAID = 12


class Mark(NamedTuple):
    """A range of a text, the style of its words, and what hovering over them says."""

    start: int
    end: int
    kind: str
    style: str
    title: str = ""


def merged(marks: Iterable[Mark]) -> list[Mark]:
    r"""Marks of one range and kind made one; it says what all of them say, a line each.

    Examples
    --------
    >>> [mark.title for mark in merged([Mark(0, 2, "role", "", "a"), Mark(0, 2, "role", "", "b")])]
    ['a\nb']
    """
    said: dict[tuple[int, int, str, str], list[str]] = {}
    for mark in marks:
        if mark.start < mark.end:
            lines = said.setdefault((mark.start, mark.end, mark.kind, mark.style), [])
            if mark.title and mark.title not in lines:
                lines.append(mark.title)
    out = []
    for key, lines in said.items():
        more = [f"… {len(lines) - _SAID:,}"] if len(lines) > _SAID else []
        out.append(Mark(*key, "\n".join([*lines[:_SAID], *more])))
    return sorted(out, key=lambda mark: (mark.start, -mark.end))


def marked(text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> str:
    """The text from `start` to `end` as HTML; `marks` as `merged` gives them, with places in the whole text.

    Examples
    --------
    >>> marked("abcd", [Mark(0, 3, "x", "color:red"), Mark(2, 4, "y", "color:blue", "say <y>")])
    '<mark data-kind="x" style="color:red">ab<mark data-kind="y" style="color:blue" title="say &lt;y&gt;">c</mark></mark><mark data-kind="y" style="color:blue" title="say &lt;y&gt;">d</mark>'
    """  # noqa: E501
    end = len(text) if end is None else end
    inside = [mark for mark in marks if mark.start < end and mark.end > start]
    opens: dict[int, list[Mark]] = {}
    for mark in inside:
        opens.setdefault(max(mark.start, start), []).append(mark)
    places = sorted({start, end, *opens, *(min(mark.end, end) for mark in inside)})
    out: list[str] = []
    stack: list[Mark] = []
    for at, following in zip(places, [*places[1:], end], strict=True):
        kept = [mark for mark in stack if mark.end > at]
        # Whatever lies above the lowest mark that ends here is closed with it, and opened again.
        same = next((n for n, (a, b) in enumerate(zip(stack, kept, strict=False)) if a is not b), len(kept))
        out.append("</mark>" * (len(stack) - same))
        opened = kept[same:] + opens.get(at, [])
        out.extend(map(_tag, opened))
        stack = kept[:same] + opened
        out.append(html.escape(_BLANK.sub("\n", text[at:following]), quote=False))
    out.append("</mark>" * len(stack))
    return "".join(out)


def _tag(mark: Mark) -> str:
    title = f' title="{html.escape(mark.title)}"' if mark.title else ""
    return f'<mark data-kind="{mark.kind}" style="{mark.style}"{title}>'
