"""A pandas DataFrame out of an Arrow table: what `pyarrow.Table.to_pandas` makes, sooner.

For some thousand rows pyarrow and pandas take longer to find out how to turn a column than to turn it. Here columns of
the types that tables have are made of their buffers: texts get the wider offsets that pandas wants and share the rest,
numbers are copied. What has another type, or a number that is missing, goes the long way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

MANY = 100_000
"""From so many rows on, other threads are worth waking."""

_TEXTS: Any = pd.Series(["text"]).dtype
"""What this pandas, as its options are, takes texts for."""

_DTYPES: dict[Any, Any] = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def frame(table: pa.Table) -> pd.DataFrame:
    """Give the frame of a table whose names are all different.

    Integers are `Int64` and truths `boolean`, so that one may be missing; floats are `float64`, texts what this pandas
    takes texts for: `str` since pandas 3.
    """
    if getattr(_TEXTS, "storage", None) != "pyarrow" or len(table) >= MANY or not table.num_columns:
        made: pd.DataFrame = table.to_pandas(types_mapper=_DTYPES.get, use_threads=len(table) >= MANY)
        return made
    columns = {name: _column(of) for name, of in zip(table.column_names, table.columns, strict=True)}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(table)), copy=False)


def _column(of: pa.ChunkedArray) -> Any:
    if of.type == pa.string():
        made: Any = pd.arrays.ArrowStringArray
        chunks = [_wider(chunk) for chunk in of.chunks]
        return made(pa.chunked_array(chunks, pa.large_string()), dtype=_TEXTS)
    if of.type == pa.int64() and not of.null_count:
        return pd.arrays.IntegerArray(_numbers(of, np.int64), np.zeros(len(of), dtype=bool))
    if of.type == pa.float64() and not of.null_count:
        return _numbers(of, np.float64)
    dtype = _DTYPES.get(of.type)
    return dtype.__from_arrow__(of) if dtype is not None else of.to_pandas()


def _wider(chunk: pa.Array) -> pa.Array:
    """Texts with offsets of eight bytes."""
    missing, offsets, text = chunk.buffers()
    if not len(chunk) or offsets is None:
        return pa.array([], pa.large_string())
    ends = np.frombuffer(offsets, np.int32, chunk.offset + len(chunk) + 1).astype(np.int64)
    buffers = [missing, pa.py_buffer(ends), text]
    return pa.Array.from_buffers(pa.large_string(), len(chunk), buffers, chunk.null_count, chunk.offset)


def _numbers(of: pa.ChunkedArray, kind: type) -> np.ndarray[Any, Any]:
    """The numbers of all chunks, none of which is missing, as an array of its own."""
    parts: list[np.ndarray[Any, Any]] = [
        np.frombuffer(chunk.buffers()[1], kind, len(chunk), 8 * chunk.offset) for chunk in of.chunks if len(chunk)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, kind)
