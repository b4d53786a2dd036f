"""Coding: a stratified sample of clauses as a sheet that people fill in, and how far two of them agree."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .excel import _MISSING, dangerous
from .table import Row, Table, schema

if TYPE_CHECKING:
    from .ledger import Ledger

FIELDS = ("kind", "topic", "lead", "responsible", "cooperating", "supervising", "targets", "deadlines")
"""What a clause is coded for. `kind` and `topic` are one word; the others are lists, 、 between their members."""

SETS = FIELDS[2:]
NONE = "无"
"""What a coder writes where there is nothing: a blank cell is one that was not coded."""
BLANK = "blank"
"""What the name of a stratum ends with, of whose clauses the machine read nothing."""
RIGHT = ("√", "对")
"""What a coder may write where the machine is right."""

_HEAD = ("no", "clause", "stratum", "weight", "place", "level", "year", "text")
_TYPES = {"no": "int", "weight": "float", "year": "int"}


class CodingSheet:
    """A sample of clauses: evidence, what the machine read, and cells for people's codes.

    A cell of codes holds what the coder finds: the name of each body as it is written out, each target as its number
    and unit (80%、15家), each deadline as 2025, 2025-06 or 2025-06-30, 、 between them; 无 where there is nothing; √
    where the machine is right; nothing where it was not coded.

    Attributes
    ----------
    rows
        One dict a clause: no, clause, stratum, weight, place, level, year, text, machine_… and code_… of each field.
    strata
        Name of each stratum to how many clauses it has and how many were drawn.
    """

    def __init__(self, rows: list[Row], strata: dict[str, dict[str, int]], *, blind: bool = False) -> None:
        self.rows = rows
        self.strata = strata
        self.blind = blind

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, column: str) -> list[Any]:
        return [row.get(column) for row in self.rows]

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the sheet."""
        machine = [] if self.blind else [f"machine_{field}" for field in FIELDS]
        return [*_HEAD, *machine, *(f"code_{field}" for field in FIELDS)]

    def to_table(self) -> Table:
        """Give the sheet as a table."""
        columns = {name: self[name] for name in self.columns}
        return Table.from_columns(columns, types={name: _TYPES.get(name, "text") for name in columns}, name="sample")

    def code(self, clause: str, **codes: str) -> None:
        """Fill in codes of a clause."""
        row = next((row for row in self.rows if row["clause"] == clause), None)
        if row is None or not codes.keys() <= set(FIELDS):
            raise ValueError(
                f"the sheet has no clause {clause!r}" if row is None else f"fields are {', '.join(FIELDS)}"
            )
        row.update({f"code_{field}": value for field, value in codes.items()})

    def to_csv(self, path: str | Path) -> Path:
        """Write the sheet as CSV that Excel opens."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["#", json.dumps(self.strata, ensure_ascii=False)])
        writer.writerow(self.columns)
        for row in self.rows:
            values = ["" if row.get(name) is None else str(row[name]) for name in self.columns]
            writer.writerow([f"'{value}" if dangerous(value) else value for value in values])
        path = Path(path)
        path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
        return path

    def to_excel(self, path: str | Path) -> Path:
        """Write the sheet as an Excel file: text wrapped, header frozen, cells for codes in yellow."""
        try:
            import xlsxwriter
        except ImportError as error:
            raise ImportError(_MISSING) from error
        path = Path(path)
        book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
        book.set_properties({"created": datetime(2000, 1, 1), "comments": json.dumps(self.strata, ensure_ascii=False)})
        base = {"text_wrap": True, "valign": "top", "border": 1}
        plain, guarded = book.add_format(base), book.add_format(base | {"quote_prefix": True})
        code = book.add_format(base | {"bg_color": "#FFF2CC"})
        head = book.add_format(base | {"bold": True, "bg_color": "#D9E2F3"})
        sheet = book.add_worksheet("coding")
        for at, name in enumerate(self.columns):
            sheet.write_string(0, at, name, head)
            sheet.set_column(at, at, 60 if name == "text" else 22 if "_" in name else 10)
        for number, row in enumerate(self.rows, start=1):
            for at, name in enumerate(self.columns):
                value = row.get(name)
                look = code if name.startswith("code_") else plain
                if value is None:
                    sheet.write_blank(number, at, None, look)
                elif isinstance(value, (int, float)):
                    sheet.write_number(number, at, value, look)
                else:
                    sheet.write_string(number, at, str(value)[:32_000], guarded if dangerous(str(value)) else look)
        kinds = self.columns.index("code_kind")
        choices = {"validate": "list", "source": ["task", "preamble", NONE, *RIGHT], "error_type": "warning"}
        sheet.data_validation(1, kinds, max(len(self.rows), 1), kinds, choices)
        sheet.freeze_panes(1, 2)
        strata = book.add_worksheet("strata")
        strata.write_row(0, 0, ["stratum", "clauses", "drawn"], head)
        for number, (name, counts) in enumerate(self.strata.items(), start=1):
            strata.write_string(number, 0, name, plain)
            strata.write_number(number, 1, counts["clauses"], plain)
            strata.write_number(number, 2, counts["drawn"], plain)
        book.close()
        return path

    @classmethod
    def read(cls, path: str | Path) -> CodingSheet:
        """Read a sheet that was filled in: Excel or CSV."""
        path = Path(path)
        if path.suffix.lower() == ".csv":
            lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
            if len(lines) < 2 or lines[0][:1] != ["#"]:
                raise ValueError(f"{path} is no coding sheet: its first line holds no strata")
            strata = json.loads(lines[0][1])
            values: list[Sequence[Any]] = [[value.removeprefix("'") or None for value in line] for line in lines[1:]]
        else:
            try:
                import openpyxl
            except ImportError as error:
                raise ImportError(_MISSING) from error
            book = openpyxl.load_workbook(path, data_only=True)
            if not {"coding", "strata"} <= set(book.sheetnames):
                raise ValueError(f"{path} is no coding sheet: it has no sheets coding and strata")
            counted = list(book["strata"].iter_rows(min_row=2, max_col=3, values_only=True))
            strata = {str(name): {"clauses": int(n), "drawn": int(drawn)} for name, n, drawn in counted if name}
            values = list(book["coding"].iter_rows(values_only=True))
        names = [str(name) for name in values[0]]
        missing = {"clause", "stratum", "weight", *(f"code_{field}" for field in FIELDS)} - set(names)
        if missing:
            raise ValueError(f"{path} is no coding sheet: it lacks {', '.join(sorted(missing))}")
        rows = [_typed(dict(zip(names, line, strict=False))) for line in values[1:] if any(line)]
        for row in rows:
            # Spreadsheets cut numbers off; the counts of a stratum are whole.
            if (counts := strata.get(str(row["stratum"]))) is None:
                raise ValueError(f"{path} says nothing of the stratum {row['stratum']!r}")
            row["weight"] = counts["clauses"] / counts["drawn"]
        return cls(rows, strata, blind="machine_kind" not in names)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        coded = sum(any(row.get(f"code_{field}") for field in FIELDS) for row in self.rows)
        return f"CodingSheet of {len(self)} clauses in {len(self.strata)} strata, {coded} coded"


def _typed(row: Row) -> Row:
    for name, kind in _TYPES.items():
        if row.get(name) is not None:
            row[name] = int(float(row[name])) if kind == "int" else float(row[name])
    return {name: value if name in _TYPES else None if value is None else str(value) for name, value in row.items()}


def opened(sheet: CodingSheet | str | Path) -> CodingSheet:
    """A sheet, read where it is a path."""
    return sheet if isinstance(sheet, CodingSheet) else CodingSheet.read(sheet)


# -- drawing -----------------------------------------------------------------------------------------------------------


def draw(ledger: Ledger, n: int, by: list[str], seed: int, blind: bool, filters: dict[str, Any]) -> CodingSheet:
    """A sample of the clauses that the filters leave."""
    known = [column.name for column in schema()["clauses"]]
    unknown = [name for name in by if name not in known]
    if unknown:
        raise ValueError(f"clauses have no column {unknown[0]!r}; they have {', '.join(known)}")
    # Columns alone: a ledger has millions of clauses, and few of them are drawn.
    clauses = ledger.clauses(**filters, columns=["clause", *by])
    read: set[str] = set(ledger.assignments(implied=False, columns="clause", copies="all")["clause"])
    read.update(ledger.targets(columns="clause", copies="all")["clause"])
    read.update(ledger.milestones(columns="clause", copies="all")["clause"])
    strata: dict[str, list[str]] = {}
    for id, *values in zip(clauses["clause"], *(clauses[name] for name in by), strict=True):
        words = ("—" if value is None else str(value) for value in values)
        strata.setdefault(" · ".join([*words, "read" if id in read else BLANK]), []).append(id)
    if not strata:
        raise ValueError("there are no clauses to draw from")
    if n < len(strata):
        raise ValueError(
            f"{n} clauses cannot stand for {len(strata)} strata ({', '.join(by)}, read or blank): draw at least"
            f" {len(strata)}, or make strata by fewer columns"
        )
    counts = _allotted({name: len(rows) for name, rows in strata.items()}, n)
    of: dict[str, str] = {}
    for name, ids in strata.items():
        ids.sort(key=lambda clause: hashlib.sha256(f"{seed}:{clause}".encode()).digest())
        of.update(dict.fromkeys(ids[: counts[name]], name))
    table = ledger.clauses(clause=sorted(of), copies="all")
    machine = readings(ledger, table)
    weights = {name: len(ids) / counts[name] for name, ids in strata.items()}
    drawn = [row | {"stratum": of[row["clause"]], "weight": weights[of[row["clause"]]]} for row in table]
    # In the order of the documents: a coder reads a plan once.
    drawn.sort(key=lambda row: (row["document"], row["start"]))
    kept = [
        {name: row.get(name) for name in _HEAD}
        | {"no": number}
        | {f"machine_{field}": cell(machine[row["clause"]][field]) for field in FIELDS}
        | {f"code_{field}": None for field in FIELDS}
        for number, row in enumerate(drawn, start=1)
    ]
    sizes = {name: {"clauses": len(strata[name]), "drawn": counts[name]} for name in sorted(strata)}
    return CodingSheet(kept, sizes, blind=blind)


def _allotted(sizes: dict[str, int], n: int) -> dict[str, int]:
    """How many are drawn of each stratum: one of each, then as its size, none more than it has."""
    counts = dict.fromkeys(sizes, 1)
    total = sum(sizes.values())
    for _ in range(min(n, total) - len(sizes)):
        # The stratum that is furthest behind its share; of equals the first by name.
        behind = max(
            (name for name in sorted(sizes) if counts[name] < sizes[name]), key=lambda s: sizes[s] / (counts[s] + 0.5)
        )
        counts[behind] += 1
    return counts


def readings(ledger: Ledger, clauses: Table) -> dict[str, dict[str, frozenset[str]]]:
    """What the machine, and who corrected it, says of each clause, a set a field."""
    out: dict[str, dict[str, set[str]]] = {
        row["clause"]: {field: {row[field]} - {None} if field in ("kind", "topic") else set() for field in FIELDS}
        for row in clauses
    }
    documents = sorted(set(clauses["document"]))
    for row in ledger.assignments(document=documents, copies="all") if documents else []:
        if row["clause"] in out and not row["implied"]:
            out[row["clause"]][row["role"]].add(plain(row["body"]))
    for row in ledger.targets(document=documents, copies="all") if documents else []:
        if row["clause"] in out:
            high = f"-{row['value_high']:g}" if row["value_high"] is not None else ""
            out[row["clause"]]["targets"].add(plain(f"{row['value']:g}{high}{row['unit'] or ''}"))
            if row["deadline"]:
                out[row["clause"]]["deadlines"].add(row["deadline"])
    for row in ledger.milestones(document=documents, copies="all") if documents else []:
        if row["clause"] in out:
            out[row["clause"]]["deadlines"].add(row["deadline"])
    return {clause: {field: frozenset(values) for field, values in of.items()} for clause, of in out.items()}


def cell(values: Iterable[str]) -> str:
    """A set as a cell shows it."""
    return "、".join(sorted(values)) or NONE


_WIDE = str.maketrans("％，；：（）－—～０１２３４５６７８９", "%,;:()---0123456789")


def plain(word: str) -> str:
    """A word without spaces, its signs unified."""
    return re.sub(r"\s+", "", word).translate(_WIDE)


def codes(row: Row, field: str) -> frozenset[str] | None:
    """What a coder says of a field of a clause; None where it was not coded."""
    value = row.get(f"code_{field}")
    text = None if value is None else str(value).strip()
    if not text:
        return None
    if text in RIGHT:
        machine = row.get(f"machine_{field}")
        if machine is None:
            raise ValueError(f"row {row.get('no')}: √ says that the machine is right, but the sheet is blind")
        text = str(machine)
    members = (plain(member) for member in re.split(r"[、；;\n]", text))
    return frozenset(member for member in members if member and member != NONE)


# -- agreement ---------------------------------------------------------------------------------------------------------


def agreement(*sheets: CodingSheet | str | Path) -> Table:
    """How far coders agree, field by field.

    A clause's codes of a field count as one value: of a list all members must be the same.

    Parameters
    ----------
    *sheets
        Two or more sheets of one sample, or their paths.

    Returns
    -------
    Table
        field; n, the clauses that all coders coded; agree, the share of these with the same codes by all; kappa,
        Cohen's κ of these, for two coders; alpha, Krippendorff's α (nominal) of all clauses that at least two coders
        coded. κ and α are null where all codes are one value: then there is nothing to tell apart.
    """
    if len(sheets) < 2:
        raise ValueError("agreement is between two sheets or more")
    read = [{row["clause"]: row for row in opened(sheet).rows} for sheet in sheets]
    clauses = sorted(set().union(*read))
    if not set.intersection(*(set(rows) for rows in read)):
        raise ValueError("the sheets have no clause in common: they are not of one sample")
    out = []
    for field in FIELDS:
        units: list[list[object | None]] = [
            [codes(rows[clause], field) if clause in rows else None for rows in read] for clause in clauses
        ]
        whole = [unit for unit in units if None not in unit]
        same = sum(len(set(unit)) == 1 for unit in whole)
        out.append(
            {
                "field": field,
                "n": len(whole),
                "agree": same / len(whole) if whole else None,
                "kappa": cohen_kappa([(u[0], u[1]) for u in whole]) if len(sheets) == 2 else None,
                "alpha": krippendorff_alpha(units),
            }
        )
    types = {"field": "text", "n": "int", "agree": "float", "kappa": "float", "alpha": "float"}
    return Table.from_columns({name: [row[name] for row in out] for name in types}, types=types, name="agreement")


def cohen_kappa(pairs: Sequence[tuple[object, object]]) -> float | None:
    """Cohen's κ of two coders' codes; None without codes, or where chance alone would agree always.

    Examples
    --------
    >>> round(cohen_kappa([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15), 3)
    0.4
    """
    n = len(pairs)
    if n == 0:
        return None
    observed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(count * second[value] for value, count in first.items()) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(units: Iterable[Sequence[object | None]]) -> float | None:
    """Krippendorff's α for nominal codes of any number of coders, None where one did not code.

    Examples
    --------
    >>> a, b = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    >>> round(krippendorff_alpha(zip(a, b)), 3)
    0.095
    """
    totals: Counter[object] = Counter()
    disagreed = 0.0
    for unit in units:
        values = Counter(value for value in unit if value is not None)
        coders = values.total()
        if coders < 2:
            continue
        totals.update(values)
        disagreed += sum(count * (coders - count) for count in values.values()) / (coders - 1)
    n = totals.total()
    if n < 2:
        return None
    expected = (n * n - sum(count * count for count in totals.values())) / (n - 1)
    return None if expected == 0 else 1 - disagreed / expected
