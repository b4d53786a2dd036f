"""Tables: the shape of every answer, handed to pandas, polars or any reader of the Arrow C stream."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from . import _core, display
from .cells import plain, tame, type_of
from .labels import Labels, label, named, say, shown
from .row import TableRow

if TYPE_CHECKING:
    from .display import Evidence
    from .ledger import Ledger
    from .view import View

Row = dict[str, Any]


class Column(NamedTuple):
    """A column: its name, its type (text, int, float, bool) and what it says, in one line."""

    name: str
    type: str
    about: str


def schema() -> dict[str, list[Column]]:
    """Every table of a ledger with its columns.

    Examples
    --------
    >>> [column.name for column in schema()["sections"]][:4]
    ['document', 'path', 'plan', 'no']
    """
    return {table: [Column(*facts) for facts in columns] for table, columns in _core.schema()}


class Table:
    """An answer: immutable rows and typed columns.

    Any library that reads the Arrow C stream takes a table as it is (`polars.DataFrame(table)`,
    `pyarrow.table(table)`, `duckdb.from_arrow(table)`), any number of times.

    Examples
    --------
    >>> table = Table.from_dicts([{"body": "市医保局", "n": 3}, {"body": "市财政局", "n": 1}])
    >>> len(table), table.columns, table[0], table["n"]
    (2, ['body', 'n'], {'body': '市医保局', 'n': 3}, [3, 1])
    >>> table.sort("n").head(1).to_dicts()
    [{'body': '市财政局', 'n': 1}]
    """

    __slots__ = ("_core", "_ledger", "_sought", "name")

    def __init__(
        self, core: _core.Table, name: str = "table", ledger: Ledger | None = None, sought: Sequence[str] = ()
    ) -> None:
        self._core = core
        self._ledger = ledger
        self._sought = sought
        self.name = name

    @classmethod
    def from_columns(
        cls, columns: Mapping[str, Sequence[Any]], *, types: Mapping[str, str] | None = None, name: str = "table"
    ) -> Table:
        """Make a table of columns of equal length.

        Parameters
        ----------
        columns
            Name to values: text, integers, floats, booleans or None.
        types
            Name to `text`, `int`, `float` or `bool`, for columns whose values do not say it.
        name
            What the table is called in its display.
        """
        given = {k: list(v) for k, v in columns.items()}
        lengths = {len(v) for v in given.values()}
        if len(lengths) > 1:
            raise ValueError("the columns differ in length")
        kinds = [(types or {}).get(k) or type_of(v) for k, v in given.items()]
        return cls(_core.Table.from_columns(list(given), kinds, list(given.values()), next(iter(lengths), 0)), name)

    @classmethod
    def from_dicts(cls, rows: Iterable[Mapping[str, Any]], *, name: str = "table") -> Table:
        """Make a table of rows; what a row does not have is None."""
        rows = list(rows)
        names = list(dict.fromkeys(key for row in rows for key in row))
        return cls.from_columns({key: [row.get(key) for row in rows] for key in names}, name=name)

    # -- shape ---------------------------------------------------------------------------------------------------

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._core.names()

    @property
    def types(self) -> dict[str, str]:
        """Name of each column to its type: text, int, float or bool."""
        return dict(zip(self._core.names(), self._core.types(), strict=True))

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        return len(self), len(self.columns)

    def __len__(self) -> int:
        return len(self._core)

    def __bool__(self) -> bool:
        return len(self) > 0

    @overload
    def __getitem__(self, key: int) -> Row: ...
    @overload
    def __getitem__(self, key: slice) -> Table: ...
    @overload
    def __getitem__(self, key: str) -> list[Any]: ...
    @overload
    def __getitem__(self, key: list[str]) -> Table: ...

    def __getitem__(self, key: int | slice | str | list[str]) -> Any:
        """Give a row by number, rows by slice, a column by name, several columns by a list of names."""
        if isinstance(key, str):
            return self._core.column(key)
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step == 1:
                return self._with(self._core.slice(start, max(stop - start, 0)))
            return self._with(self._core.take(list(range(start, stop, step))))
        if isinstance(key, list):
            return self.select(*key)
        at = self._row_number(key)
        return TableRow(zip(self.columns, self._core.rows(at, 1)[0], strict=True), self.name, self._ledger)

    def __iter__(self) -> Iterator[Row]:
        names = self.columns
        for at in range(0, len(self), 1024):
            for values in self._core.rows(at, 1024):
                yield dict(zip(names, values, strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return self.types == other.types and all(self[name] == other[name] for name in self.columns)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle, (self.name, self.types, [self[name] for name in self.columns], len(self))

    # -- other forms ---------------------------------------------------------------------------------------------

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give the rows as an Arrow C stream."""
        return self._core.__arrow_c_stream__(requested_schema)

    def to_pandas(self, *, labels: Labels = None) -> Any:
        """Give a pandas DataFrame; integers and booleans that may be missing stay `Int64` and `boolean`.

        Parameters
        ----------
        labels
            `"zh"` for Chinese column names.

        Examples
        --------
        >>> frame = Table.from_dicts([{"year": 2019}, {"year": None}]).to_pandas()
        >>> str(frame["year"].dtype)
        'Int64'
        """
        try:
            import pandas as pd
            import pyarrow as pa
        except ImportError as error:
            raise ImportError("to_pandas needs pandas and pyarrow: pip install 'taizhang[pandas]'") from error
        from .dataframe import frame as of_arrow

        frame = of_arrow(pa.table(self._core))
        if labels is not None:
            frame.columns = pd.Index([label(name, labels) for name in self.columns])
        return frame

    def to_polars(self, *, labels: Labels = None) -> Any:
        """Give a polars DataFrame.

        Parameters
        ----------
        labels
            `"zh"` for Chinese column names.
        """
        try:
            import polars as pl
        except ImportError as error:
            raise ImportError("to_polars needs polars: pip install 'taizhang[polars]'") from error
        frame = pl.DataFrame(self._core)
        return frame.rename({name: label(name, labels) for name in self.columns}) if labels else frame

    def to_dicts(self, *, labels: Labels = None) -> list[Row]:
        """Give the rows as dicts."""
        names = [label(name, labels) for name in self.columns]
        return [dict(zip(names, values, strict=True)) for values in self._core.rows(0, len(self))]

    @overload
    def to_csv(self, path: None = None, *, labels: Labels = None) -> str: ...
    @overload
    def to_csv(self, path: str | PathLike[str], *, labels: Labels = None) -> None: ...

    def to_csv(self, path: str | PathLike[str] | None = None, *, labels: Labels = None) -> str | None:
        """Write the rows as CSV: to a file with a byte order mark, which Excel needs, or without a path as text.

        In a file, words that a spreadsheet would run as a formula (=, +, -, @ in front) get a ' before them.

        Examples
        --------
        >>> print(Table.from_dicts([{"body": "市医保局", "open": True, "n": None}]).to_csv(), end="")
        body,open,n
        市医保局,true,
        """
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        written = plain if path is None else tame
        writer.writerow([label(name, labels) for name in self.columns])
        for values in self._core.rows(0, len(self)):
            writer.writerow([written(value) for value in values])
        if path is None:
            return out.getvalue()
        Path(path).write_text(out.getvalue(), encoding="utf-8-sig", newline="")
        return None

    def to_excel(self, path: str | PathLike[str], *, labels: Labels = None) -> Path:
        """Write the rows as an Excel file: header, filters, wrapped text; what begins like a formula stays text.

        The sheet that an office fills in and hands back is `ledger.to_excel`.
        """
        from .excel import plain

        return plain(self, Path(path), {name: label(name, labels) for name in self.columns})

    @overload
    def to_jsonl(self, path: None = None) -> str: ...
    @overload
    def to_jsonl(self, path: str | PathLike[str]) -> None: ...

    def to_jsonl(self, path: str | PathLike[str] | None = None) -> str | None:
        """Write the rows as JSON lines, one object a row: to a file in UTF-8, or without a path as text.

        Examples
        --------
        >>> print(Table.from_dicts([{"body": "市医保局", "open": True, "n": None}]).to_jsonl(), end="")
        {"body": "市医保局", "open": true, "n": null}
        """
        import json

        lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in self)
        if path is None:
            return "".join(lines)
        with Path(path).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        return None

    # -- other rows ----------------------------------------------------------------------------------------------

    def filter(self, predicate: Callable[[Row], bool] | None = None, /, **equals: Any) -> Table:
        """Keep the rows for which `predicate` holds and whose columns have the values given.

        Parameters
        ----------
        predicate
            Called with each row as a dict.
        **equals
            Column to value, or to a list, tuple or set of values of which any will do.

        Examples
        --------
        >>> table = Table.from_dicts([{"role": "lead", "n": 1}, {"role": "cooperating", "n": 2}])
        >>> table.filter(role="lead")["n"], table.filter(lambda row: row["n"] > 1)["n"]
        ([1], [2])
        """
        mask = [True] * len(self)
        for name, wanted in equals.items():
            values = wanted if isinstance(wanted, (list, tuple, set, frozenset)) else (wanted,)
            mask = [keep and value in values for keep, value in zip(mask, self[name], strict=True)]
        if predicate is not None:
            mask = [keep and bool(predicate(row)) for keep, row in zip(mask, self, strict=True)]
        return self._with(self._core.filter(mask))

    def sort(self, *columns: str, descending: bool | Collection[str] = False) -> Table:
        """Sort by columns, missing values last.

        Parameters
        ----------
        *columns
            Columns, the most important first.
        descending
            True for all of them, or the names of those that descend.
        """
        down = set(columns) if descending is True else set(descending or ())
        return self._with(self._core.sort([(name, name in down) for name in columns]))

    def head(self, n: int = 5) -> Table:
        """Give the first `n` rows."""
        return self[:n]

    def select(self, *columns: str) -> Table:
        """Give only these columns, in this order."""
        return self._with(self._core.select(list(columns)))

    def concat(self, *others: Table) -> Table:
        """Put the rows of other tables with the same columns behind."""
        return concat([self, *others])

    def count(self, *columns: str) -> Table:
        """Count rows for each combination of values, most frequent first.

        Examples
        --------
        >>> table = Table.from_dicts([{"role": r} for r in ("lead", "responsible", "lead")])
        >>> table.count("role").to_dicts()
        [{'role': 'lead', 'count': 2}, {'role': 'responsible', 'count': 1}]
        """
        return Table(self._core.count_by(list(columns)), f"{self.name} by {', '.join(columns)}")

    def group(self, *columns: str) -> dict[Any, Table]:
        """Split into tables, one for each value of a column (for several: each tuple of values), in row order.

        Examples
        --------
        >>> table = Table.from_dicts([{"place": "甲", "n": 1}, {"place": "乙", "n": 2}, {"place": "甲", "n": 3}])
        >>> {place: rows["n"] for place, rows in table.group("place").items()}
        {'甲': [1, 3], '乙': [2]}
        """
        if not columns:
            raise ValueError("group by which columns?")
        keys: Iterable[Any] = self[columns[0]] if len(columns) == 1 else zip(*(self[c] for c in columns), strict=True)
        rows: dict[Any, list[int]] = {}
        for at, key in enumerate(keys):
            rows.setdefault(key, []).append(at)
        return {key: self._with(self._core.take(numbers)) for key, numbers in rows.items()}

    def sample(self, n: int, *, seed: int = 0) -> Table:
        """Draw `n` rows without replacement, in table order; the same seed draws the same rows."""
        return self._with(self._core.sample(n, seed))

    # -- evidence ------------------------------------------------------------------------------------------------

    def evidence(self, row: int, *, whole: bool = False) -> Evidence:
        """Give the sentence that a row was read from, its words lit; of a clause the words that were sought.

        Parameters
        ----------
        row
            Number of the row.
        whole
            The whole clause in place of the sentence.
        """
        if self._ledger is None:
            raise _core.QueryError("this table is apart from its ledger; use ledger.evidence(table[row])")
        return self._ledger.evidence(self[row], whole=whole, words=self._sought)

    # -- display -------------------------------------------------------------------------------------------------

    def to_text(
        self, *, max_rows: int | None = display.MAX_ROWS, width: int | None = None, labels: Labels = None
    ) -> str:
        """Give the rows as text, wide glyphs counted as two columns; `max_rows=None` for all of them.

        Parameters
        ----------
        max_rows
            Rows at most.
        width
            Columns of the terminal; cells are cut to fit. Without it nothing is cut.
        labels
            `"zh"` for Chinese column names.
        """
        count = len(self) if max_rows is None else min(len(self), max_rows)
        names = [label(name, labels) for name in self.columns]
        cut = None if width is None else display.MAX_CELL
        text = display.text_table(
            names, self._core.rows(0, count), numeric=self._numeric(), columns=width, max_cell=cut
        )
        return text + (f"\n… {len(self) - count:,} more rows" if count < len(self) else "")

    def to_html(self, *, max_rows: int = display.MAX_ROWS, labels: Labels = None) -> str:
        """Give the rows as HTML, escaped, no more than `max_rows`; labelled as `set_labels` said."""
        labels = shown(labels)
        count = min(len(self), max_rows)
        return display.html_table(
            [label(name, labels) for name in self.columns],
            self._lit_rows(count),
            caption=self._caption(labels),
            types=self._core.types(),
            numeric=self._numeric(),
            more=len(self) - count,
            labels=labels,
        )

    def show(self, *, labels: Labels = None, rows: int = 10) -> View:
        """Show all rows in a table that can be searched, sorted and paged.

        The table is drawn by itables, which comes with the extra `show`; the view holds all that it needs, and works
        without a network.

        Parameters
        ----------
        labels
            `"zh"` or `"en"`; without it what `set_labels` said.
        rows
            Rows on a page.

        Returns
        -------
        View
            A notebook shows it; `save("table.html")` writes it as a page.
        """
        from .searchable import searchable

        return searchable(self, labels=shown(labels), rows=rows)

    def _lit_rows(self, count: int) -> Iterable[Sequence[object]]:
        """The first rows; the text of a ranked one is its sentences with the words lit, where its ledger is open."""
        rows = self._core.rows(0, count)
        names = self.columns
        if self._ledger is None or not {"text", "highlights"} <= set(names):
            return rows
        try:
            lit = [self.evidence(at) for at in range(count)]
        except _core.TaizhangError:
            return rows
        at = names.index("text")
        return [(*row[:at], words, *row[at + 1 :]) for row, words in zip(rows, lit, strict=True)]

    def __repr__(self) -> str:
        return f"{self._caption()}\n{self.to_text(width=display.WIDTH, labels=shown())}"

    def _repr_html_(self) -> str:
        return self.to_html()

    def _caption(self, labels: Labels = None) -> str:
        rows, columns = self.shape
        english = f"{self.name}: {rows:,} row{'s' * (rows != 1)} × {columns} column{'s' * (columns != 1)}"
        return say(english, f"{named(self.name, 'zh')}：{rows:,} 行 × {columns} 列", shown(labels))

    def _numeric(self) -> list[bool]:
        return [kind in ("int", "float") for kind in self._core.types()]

    def _row_number(self, row: int) -> int:
        at = row + len(self) if row < 0 else row
        if not 0 <= at < len(self):
            raise IndexError(f"row {row} of a table of {len(self)} rows")
        return at

    def _with(self, core: _core.Table) -> Table:
        return Table(core, self.name, self._ledger, self._sought)


def concat(tables: Iterable[Table]) -> Table:
    """Put tables with the same columns one after another.

    Examples
    --------
    >>> part = Table.from_dicts([{"n": 1}])
    >>> concat([part, part])["n"]
    [1, 1]
    """
    tables = list(tables)
    if not tables:
        raise ValueError("no tables to put together")
    return tables[0]._with(_core.Table.concat([table._core for table in tables]))


def _unpickle(name: str, types: dict[str, str], columns: list[list[Any]], rows: int) -> Table:
    return Table(_core.Table.from_columns(list(types), list(types.values()), columns, rows), name)
