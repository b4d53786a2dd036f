"""Rows out of whatever holds a table: pandas, polars, pyarrow, one of ours, a list of dicts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any


def rows(frame: Any) -> list[dict[str, Any]]:
    """Give the rows as dicts.

    Examples
    --------
    >>> rows([{"id": "a", "place": "江门市"}])
    [{'id': 'a', 'place': '江门市'}]
    """
    if hasattr(frame, "to_dicts"):  # polars, ours
        found = frame.to_dicts()
    elif hasattr(frame, "to_pylist"):  # pyarrow
        found = frame.to_pylist()
    elif hasattr(frame, "to_dict") and hasattr(frame, "columns"):  # pandas
        found = frame.to_dict("records")
    elif isinstance(frame, Iterable) and not isinstance(frame, (str, bytes, Mapping)):
        found = list(frame)
    else:
        raise TypeError(f"a DataFrame or a list of dicts is wanted, not {type(frame).__name__}")
    for row in found:
        if not isinstance(row, Mapping):
            raise TypeError(f"each row is a dict, not {type(row).__name__}")
    return [{str(key): value for key, value in row.items()} for row in found]


def text(value: Any) -> str | None:
    """Give a metadata value as text; None for what is missing in any of the usual ways.

    Examples
    --------
    >>> text(2019.0), text(float("nan")), text(" x "), text(datetime.date(2019, 3, 11))
    ('2019', None, 'x', '2019-03-11')
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
