"""Excel: the ledger as the sheet that an office keeps, out and back in.

A sheet has a title, a line that says how it is filled in, a header and a row for each task or target. Columns on the
left are the plan's and stay as they are, those on the right are to be filled in. The last column, hidden, says in JSON
which row of the ledger each row is, with what it said when the sheet was written.
"""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _core
from .progress import quarter_of, request, steps
from .review import _pointed, _request
from .table import Row, Table

if TYPE_CHECKING:
    from .ledger import Ledger

_LIGHTS = dict(_core.progress_lights())
_MISSING = "an Excel file needs XlsxWriter and openpyxl: pip install 'taizhang[excel]'"
KEY = "键"


class _Column(NamedTuple):
    label: str
    name: str
    width: int
    filled: bool
    """True where people fill it in."""


_COLUMNS = [
    _Column("序号", "", 5, False),
    _Column("地区", "place", 8, False),
    _Column("条款", "path", 6, False),
    _Column("任务", "task", 36, False),
    _Column("牵头单位", "lead", 14, False),
    _Column("责任单位", "responsible", 18, False),
    _Column("配合单位", "cooperating", 14, False),
    _Column("目标值", "target", 14, False),
    _Column("完成时限", "deadline", 9, False),
    _Column("填报期", "period", 8, True),
    _Column("进展", "step", 9, True),
    _Column("完成值", "reached", 7, True),
    _Column("完成情况", "text", 22, True),
    _Column("红绿灯", "light", 7, True),
    _Column("佐证", "evidence", 14, True),
    _Column("填报人", "by", 8, True),
    _Column("日期", "when", 11, True),
]
_LABELS = {column.label: column for column in _COLUMNS}


def write(table: Table, path: str | Path, what: str, as_of: date, title: str, period: str | None) -> Path:
    """Write a table of progress as a sheet."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise ImportError(_MISSING) from error
    path = Path(path)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    # The same rows give the same file.
    book.set_properties({"title": title, "created": datetime(as_of.year, as_of.month, as_of.day)})
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1}
    looks = {
        "title": book.add_format(
            {"bold": True, "font_name": "黑体", "font_size": 18, "align": "center", "valign": "vcenter"}
        ),
        "line": book.add_format({"font_name": "楷体", "font_size": 10, "align": "left", "valign": "vcenter"}),
        "head": book.add_format(base | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#D9E2F3"}),
        "fill": book.add_format(base | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#FFF2CC"}),
        "text": book.add_format(base | {"text_wrap": True}),
        # A cell that begins like a formula is text, also once somebody has edited it.
        "guarded": book.add_format(base | {"text_wrap": True, "quote_prefix": True}),
        "short": book.add_format(base | {"text_wrap": True, "align": "center"}),
        "number": book.add_format(base | {"num_format": "General", "align": "center"}),
    }
    sheet = book.add_worksheet("台账")
    last, key = len(_COLUMNS) - 1, len(_COLUMNS)
    sheet.merge_range(0, 0, 0, last, title, looks["title"])
    scale = "、".join(step.zh for step in steps())
    guide = f"截至 {as_of.isoformat()}　进展分五档：{scale}　黄色各列由填报人填写，其余各列请勿改动"
    sheet.merge_range(1, 0, 1, last, guide, looks["line"])
    for number, field in enumerate(_COLUMNS):
        sheet.set_column(number, number, field.width)
        sheet.write_string(2, number, field.label, looks["fill" if field.filled else "head"])
    sheet.write_string(2, key, KEY, looks["head"])
    sheet.set_column(key, key, 8, None, {"hidden": True})
    prints = _fingerprints(table._ledger, what, set(table["document"])) if table._ledger else {}
    first = 3
    asked = period or quarter_of(as_of)
    for number, row in enumerate(table):
        line = first + number
        sheet.write_number(line, 0, number + 1, looks["number"])
        for column, field in enumerate(_COLUMNS[1:], start=1):
            value = _shown(row, field.name)
            if isinstance(value, (int, float)):
                sheet.write_number(line, column, value, looks["number"])
            else:
                value = asked if field.name == "period" and not row["status"] else value
                _text(sheet, line, column, value, looks, "short" if field.width < 12 else "text")
        sheet.set_row(line, _height(row))
        sheet.write_string(line, key, _key(row, prints))
    end = first + max(len(table), 1) - 1
    at = {column.name: number for number, column in enumerate(_COLUMNS)}
    for name, choices in (("step", [step.zh for step in steps()]), ("light", list(_LIGHTS.values()))):
        rule = {
            "validate": "list",
            "source": choices,
            "error_title": "请从列表中选择",
            "error_message": "、".join(choices),
        }
        sheet.data_validation(first, at[name], end, at[name], rule)
    for name, colour in (("红灯", "#F8CBAD"), ("黄灯", "#FFE699"), ("绿灯", "#C6E0B4")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{name}"', "format": book.add_format({"bg_color": colour})}
        sheet.conditional_format(first, at["light"], end, at["light"], rule)
    sheet.set_row(0, 30)
    sheet.set_row(2, 24)
    sheet.freeze_panes(first, 4)
    sheet.autofilter(2, 0, end, last)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.print_area(0, 0, end, last)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    return path


def _height(row: Row) -> float:
    """Points that the wrapped words of a row take: not every program measures them when it opens a file."""
    lines = 1
    for column in _COLUMNS[1:]:
        words = str(_shown(row, column.name) or "")
        # A Chinese character is about as wide as two digits.
        wide = (sum(2 if ord(c) > 0x2E7F else 1.1 for c in line) for line in words.splitlines())
        lines = max(lines, sum(math.ceil(width / column.width) or 1 for width in wide))
    return min(lines * 13.5 + 4.5, 409.0)


def plain(table: Table, path: str | Path, labels: Mapping[str, str]) -> Path:
    """Write any table as a sheet: header, filter, wrapped text, formulas guarded."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise ImportError(_MISSING) from error
    path = Path(path)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": table.name, "created": datetime(2000, 1, 1)})
    looks = {
        "head": book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1, "valign": "vcenter"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "guarded": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
    }
    sheet = book.add_worksheet("table")
    for at, name in enumerate(table.columns):
        sheet.write_string(0, at, labels.get(name, name), looks["head"])
        longest = max((len(str(value)) for value in table[name] if value is not None), default=0)
        sheet.set_column(at, at, min(max(longest, len(name)) * 1.6 + 2, 60))
    for number, row in enumerate(table, start=1):
        for at, value in enumerate(row.values()):
            if isinstance(value, bool):
                sheet.write_boolean(number, at, value)
            elif isinstance(value, (int, float)):
                sheet.write_number(number, at, value)
            elif value is not None:
                _text(sheet, number, at, value, looks)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)
    book.close()
    return path


def dangerous(text: str) -> bool:
    """True for what a spreadsheet may take for a formula.

    Examples
    --------
    >>> [dangerous(text) for text in ("=1+1", "-3", "@SUM(A1)", "三项")]
    [True, True, True, False]
    """
    return text[:1] in ("=", "+", "-", "@", "\t", "\r")


def _text(sheet: Any, row: int, column: int, value: Any, looks: Mapping[str, Any], look: str = "text") -> None:
    words = "" if value is None else str(value)
    if not words:
        sheet.write_blank(row, column, None, looks[look])
    else:
        # A cell holds no more; what is behind is in the ledger.
        sheet.write_string(row, column, words[:32_000], looks["guarded" if dangerous(words) else look])


def _shown(row: Row, name: str) -> Any:
    value = row.get(name)
    if value is None:
        return None
    if name == "light":
        return _LIGHTS.get(value, value)
    return value[:10] if name == "when" else value


_FIXED = ("task", "lead", "responsible", "cooperating", "target", "deadline")
_REPORT = ("period", "step", "reached", "text", "light", "evidence", "by", "when")


_Place = tuple[Any, ...]


def _fingerprints(ledger: Ledger, what: str, documents: Iterable[str]) -> dict[_Place, str]:
    """Document, clause and place of each row to a fingerprint of its words."""
    columns = ["document", "clause", "start", "end", "text"]
    asked = sorted(documents)
    if not asked:
        return {}
    found = getattr(ledger, "clauses" if what == "tasks" else what)(document=asked, columns=columns, copies="all")
    rows = zip(*(found[name] for name in columns), strict=True)
    return {row[:4]: hashlib.sha256(str(row[4]).encode()).hexdigest()[:16] for row in rows}


def _key(row: Row, prints: Mapping[_Place, str]) -> str:
    """What names a row, and what it said."""
    seen = {name: row[name] for name in ("indicator", "op", "value", "unit", "deadline") if row.get(name) is not None}
    key = {name: row[name] for name in ("document", "clause", "what", "start", "end")}
    key["print"] = prints.get(tuple(row[name] for name in ("document", "clause", "start", "end")))
    fixed = {name: _shown(row, name) for name in _FIXED}
    report = {name: _shown(row, name) for name in _REPORT} if row["status"] else None
    return json.dumps(key | {"seen": seen, "fixed": fixed, "report": report}, ensure_ascii=False)


# -- and back ----------------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    """A row of a sheet."""

    number: int
    cells: dict[str, Any]
    key: dict[str, Any] | None


def take(ledger: Ledger, path: Path, *, by: str, when: str, period: str | None, corrections: bool) -> Table:
    """Reports of a sheet into the ledger, and what became of each of its rows."""
    outcomes: list[dict[str, Any]] = []
    reports: list[tuple[dict[str, Any], dict[str, Any]]] = []
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = []
    seen: dict[str, int] = {}
    there = _there(ledger)
    for line in _lines(path):
        outcome: dict[str, Any] = {"row": line.number, "task": line.cells.get("task"), "outcome": None, "reason": None}
        outcomes.append(outcome)
        key = line.key
        if key is None:
            outcome |= {"outcome": "unmatched", "reason": "the row has no key: it was not written from a ledger"}
            continue
        outcome |= {"document": key["document"], "clause": key["clause"]}
        name = json.dumps([key[part] for part in ("document", "clause", "what", "start", "end")] + [key["seen"]])
        if name in seen:
            outcome |= {"outcome": "refused", "reason": f"row {seen[name]} is of the same task"}
            continue
        seen[name] = line.number
        reason = there(key)
        if reason is not None:
            outcome |= {"outcome": "unmatched", "reason": reason}
            continue
        differs = [
            c.label for c in _COLUMNS if c.name in _FIXED and _differs(line.cells.get(c.name), key["fixed"][c.name])
        ]
        reported = {name: line.cells.get(name) for name in _REPORT}
        try:
            report = _report(ledger, key, reported, by=by, when=when, period=period)
        except ValueError as error:
            outcome |= {"outcome": "refused", "reason": str(error)}
            continue
        if differs:
            outcome |= {"outcome": "differs", "reason": f"changed beside the progress: {'、'.join(differs)}"}
        if report is not None:
            outcome["outcome"] = outcome["outcome"] or "reported"
            reports.append((report, outcome))
        elif not differs:
            outcome["outcome"] = "unchanged" if key["report"] else "blank"
        if differs and corrections:
            change = _correction(ledger, key, line.cells, differs, by=by, when=when)
            if change is None:
                outcome["reason"] = (
                    f"{outcome['reason']}; only 目标值 and 完成时限 of targets and milestones can be corrected here"
                )
            else:
                changes.append((change, outcome))
    # Progress first: its rows are those that the sheet speaks of.
    _in_turn(reports, lambda lines: _core.report_progress(ledger._core, lines))
    for _, outcome in changes:
        outcome["outcome"] = "corrected"
    _in_turn(changes, lambda lines: _core.review(ledger._core, lines))
    names = {"row": "int", "document": "text", "clause": "text", "task": "text", "outcome": "text", "reason": "text"}
    columns = {name: [outcome.get(name) for outcome in outcomes] for name in names}
    return Table(Table.from_columns(columns, types=names)._core, f"{path.name}, as it was taken", ledger)


def _in_turn(entries: list[tuple[dict[str, Any], dict[str, Any]]], keep: Any) -> None:
    """Keep all at once; where one is at fault each for itself, and the faulty ones are told."""
    if not entries:
        return
    lines = [json.dumps(entry, ensure_ascii=False) for entry, _ in entries]
    try:
        keep(lines)
    except _core.QueryError:
        for line, (_, outcome) in zip(lines, entries, strict=True):
            try:
                keep([line])
            except _core.QueryError as error:
                outcome |= {"outcome": "refused", "reason": str(error)}


def _there(ledger: Ledger) -> Any:
    """A function that says why the ledger has no row of a key."""
    ids = set(ledger.ids())
    known: dict[tuple[str, str], dict[_Place, str]] = {}

    def why(key: Mapping[str, Any]) -> str | None:
        if key["document"] not in ids:
            return "its document is not in the ledger"
        of = (key["document"], str(key["what"]))
        if of not in known:
            known[of] = _fingerprints(ledger, of[1], [of[0]])
        found = known[of].get((key["document"], key["clause"], key["start"], key["end"]))
        if found is None or found != key["print"]:
            return "the plan has no such row any more: its text or its reading has changed"
        return None

    return why


def _report(
    ledger: Ledger, key: Mapping[str, Any], cells: dict[str, Any], *, by: str, when: str, period: str | None
) -> dict[str, Any] | None:
    """The report that a row makes; none where it says nothing new."""
    told = [name for name in _REPORT if name not in ("period", "by", "when")]
    before = key["report"]
    if not any(cells[name] is not None for name in told):
        return None
    if before and not any(_differs(cells[name], before[name]) for name in _REPORT):
        return None
    status = {step.zh: step.status for step in steps()} | {str(step.status): step.status for step in steps()}
    step = _plain(cells["step"])
    if step not in status:
        choices = "、".join(list(status)[:5])
        raise ValueError(f"进展 is one of {choices}, not {step}" if step else f"进展 is blank; it is one of {choices}")
    light = _plain(cells["light"])
    lights = {zh: name for name, zh in _LIGHTS.items()} | {name: name for name in _LIGHTS}
    lights |= {zh[0]: name for name, zh in _LIGHTS.items()}
    if light and light not in lights:
        raise ValueError(f"红绿灯 is one of {'、'.join(_LIGHTS.values())}, not {light}")
    value = cells["reached"]
    if isinstance(value, str):
        try:
            value = float(value.strip().rstrip("%％"))
        except ValueError:
            raise ValueError(f"完成值 is a number, not {value}") from None
    # A date that was there before says when the last report was made, not this one.
    day = _plain(cells["when"])
    moment = day if day and not (before and day == before["when"]) else when
    row = {name: key[name] for name in ("document", "clause", "what", "start", "end")} | key["seen"]
    return request(
        ledger,
        row,
        period=_plain(cells["period"]) or period or quarter_of(date.fromisoformat(when[:10])),
        status=status[step],
        light=lights[light] if light else None,
        value=value,
        text=_plain(cells["text"]),
        evidence=_plain(cells["evidence"]),
        by=_plain(cells["by"]) or by,
        when=moment,
    )


def _correction(
    ledger: Ledger, key: Mapping[str, Any], cells: Mapping[str, Any], differs: Iterable[str], *, by: str, when: str
) -> dict[str, Any] | None:
    """The correction that changed columns make; none where they are not those of a target or milestone."""
    changed = {_LABELS[label].name for label in differs}
    if key["what"] == "tasks" or not changed <= {"target", "deadline"}:
        return None
    fields: dict[str, Any] = {}
    if "deadline" in changed:
        fields["deadline"] = _plain(cells.get("deadline"))
    if "target" in changed:
        words = _plain(cells.get("target")) or ""
        number = words.strip("≥≤约=<> ").split("/")[0]
        unit = str(key["seen"].get("unit") or "")
        try:
            fields["value"] = float(number.removesuffix(unit).rstrip("%％"))
        except ValueError:
            return None
    row = {name: key[name] for name in ("document", "clause", "what", "start", "end")} | key["seen"]
    place = _pointed(ledger, row, str(key["what"]))
    return _request("set", str(key["what"]), place, by=by, note="read_excel", when=when, fields=fields)


def _lines(path: Path) -> Iterable[_Line]:
    """The rows of the sheet that has a header with our key."""
    try:
        import openpyxl
    except ImportError as error:
        raise ImportError(_MISSING) from error
    with warnings.catch_warnings():
        # What other programs write beside the cells (their validations, themes) is not ours to read.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, data_only=True)
        written = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        header: dict[int, str] | None = None
        formulas = written[sheet.title].iter_rows(values_only=True)
        for number, (values, source) in enumerate(
            zip(sheet.iter_rows(values_only=True), formulas, strict=True), start=1
        ):
            if header is None:
                if KEY in values and "进展" in values:
                    header = {at: str(label).strip() for at, label in enumerate(values) if label is not None}
                continue
            # A formula that no program has worked out yet has no value; it is shown as it is, and refused as a number.
            shown = (a if a is not None else b for a, b in zip(values, source, strict=True))
            cells = {header[at]: _cell(value) for at, value in enumerate(shown) if at in header}
            if all(value is None for label, value in cells.items() if label != "序号"):
                continue
            named = {_LABELS[label].name: value for label, value in cells.items() if label in _LABELS}
            yield _Line(number, named, _read_key(cells.get(KEY)))
        if header is not None:
            book.close()
            return
    book.close()
    raise ValueError(f"{path} has no sheet with the columns 进展 and {KEY}; to_excel writes one")


def _read_key(value: Any) -> dict[str, Any] | None:
    try:
        key = json.loads(str(value))
        complete = {"document", "clause", "what", "start", "end", "seen", "print", "fixed", "report"} <= key.keys()
    except (ValueError, AttributeError):
        return None
    return key if complete else None


def _cell(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    if isinstance(value, str):
        return value.strip() or None
    return value


def _plain(value: Any) -> str | None:
    """A cell as text; a whole number without its point."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _differs(cell: Any, written: Any) -> bool:
    """True where a cell says other than what was written; programs may break lines their own way, and cut numbers."""
    a, b = _plain(cell), _plain(written)
    return (a or "").replace("\r\n", "\n").replace("_x000D_", "") != (b or "").strip()[:32_000].replace("\r\n", "\n")
