"""Names: the functions and topics that a question may use."""

from __future__ import annotations

from . import _core
from .table import Table


def functions() -> Table:
    """The functions that bodies can have: `function=` takes any of the three names.

    Examples
    --------
    >>> functions().filter(id="health-insurance")[0]
    {'id': 'health-insurance', 'zh': '医疗保障', 'en': 'Healthcare Security'}
    """
    return _names("functions", _core.functions())


def topics() -> Table:
    """The topics that clauses can have: `topic=` takes any of the three names."""
    return _names("topics", _core.topics())


def _names(name: str, rows: list[tuple[str, str, str]]) -> Table:
    return Table.from_columns(
        {column: [row[at] for row in rows] for at, column in enumerate(("id", "zh", "en"))}, name=name
    )
