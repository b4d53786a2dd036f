"""What an answer says, whatever it comes in and in which order."""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa

# Columns of each answer, in the order in which they are compared.
COLUMNS = {
    "b": ["place", "year", "text"],
    "b2": ["place", "year", "text"],
    "c": ["adcode", "topic", "count"],
    "d": ["function_a", "function_b", "clauses"],
    "e": ["place", "year", "text"],
    "f": ["path", "kind", "topic", "text"],
    "g": ["document", "path", "place", "year", "indicator", "op", "value", "unit", "deadline"],
}


def of(question: str, answer: Any) -> dict[str, Any]:
    """Give the number of rows and a digest; of a ranking the clauses."""
    if question == "a":
        return {"rows": 1, "digest": str(answer)}
    table = answer if isinstance(answer, pa.Table) else pa.Table.from_pandas(answer, preserve_index=False)
    if question == "h":
        return {"rows": table.num_rows, "digest": "", "top": table.column("clause").to_pylist()}
    columns = [[plain(v) for v in table.column(name).to_pylist()] for name in COLUMNS[question]]
    rows = sorted("\x1f".join(row) for row in zip(*columns, strict=True))
    return {"rows": len(rows), "digest": hashlib.sha256("\x1e".join(rows).encode()).hexdigest()[:16]}


def plain(value: Any) -> str:
    """A value as text; missing ones and blanks alike, as engines differ in both."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return "".join(value.split()) if isinstance(value, str) else str(value)
