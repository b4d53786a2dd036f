"""Cells of a table: what type values have, and how a value is written where others read it."""

from __future__ import annotations

from collections.abc import Iterable

from . import display


def type_of(values: Iterable[object]) -> str:
    """The type of a column by its values."""
    kinds = {type(v) for v in values if v is not None}
    if kinds <= {bool}:
        return "bool" if kinds else "text"
    if kinds <= {int}:
        return "int"
    return "float" if kinds <= {int, float} else "text"


def plain(value: object) -> object:
    """A value as CSV writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return display.cell(value)
    return "" if value is None else value


def tame(value: object) -> object:
    """A value as a spreadsheet may open it: text that it would run is text."""
    if isinstance(value, str) and len(value) > 1 and value[0] in "=+-@\t\r＝＋－＠" and not is_number(value):
        return f"'{value}"
    return plain(value)


def is_number(text: str) -> bool:
    """Whether a text is a number, sign and all: such a cell runs nothing."""
    try:
        float(text)
    except ValueError:
        return False
    return True
