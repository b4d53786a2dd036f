"""Progress: how far the work is that a plan hands out, reported by period, read as of a day."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Unpack, cast

from . import _core
from .review import _pointed, moment, table_of
from .table import Row, Table

if TYPE_CHECKING:
    from .ledger import Ledger
    from .questions import Where

What = Literal["tasks", "targets", "milestones"]
Day = str | date | None

SOON = 90
"""Days before its deadline from which on a row counts as due."""


class Step(NamedTuple):
    """A step of the scale of completion: 1 未启动 … 5 已完成."""

    status: int
    zh: str
    en: str
    light: str


def steps() -> list[Step]:
    """The scale of completion.

    Examples
    --------
    >>> [step.zh for step in steps()]
    ['未启动', '进展缓慢', '正常推进', '基本完成', '已完成']
    """
    return [Step(*step) for step in _core.progress_steps()]


class Keeping:
    """The methods that keep a ledger's progress."""

    _core: _core.Ledger

    def report_progress(
        self,
        row: Row | str,
        *,
        period: str,
        status: int,
        by: str,
        light: str | None = None,
        value: float | None = None,
        text: str | None = None,
        evidence: str | None = None,
        when: str | date | None = None,
        table: str | None = None,
    ) -> str:
        """Report how far the work of a row is.

        Parameters
        ----------
        row
            A row of `tasks`, `progress`, `clauses`, `targets`, `milestones` or `assignments`, or the id of a clause.
        period
            The period reported on: "2025", "2025Q2" or "2025-06".
        status
            1 未启动 (not started), 2 进展缓慢 (behind), 3 正常推进 (on track), 4 基本完成 (nearly done),
            5 已完成 (done).
        by
            Who reports.
        light
            red, yellow or green; that of the status without it (1 red, 2 yellow, else green).
        value
            The value reached, of a target.
        text
            What was done.
        evidence
            What shows it.
        when
            ISO 8601; now without it.
        table
            Name of the row's table, where its columns do not tell.

        Returns
        -------
        str
            The report's id.

        Examples
        --------
        >>> id = scratch.report_progress(scratch.tasks()[0], period="2025Q2", status=3, by="王", when="2025-07-01")
        >>> row = scratch.progress(as_of="2025-07-02")[0]
        >>> row["step"], row["light"], row["state"]
        ('正常推进', 'green', 'open')
        """
        entry = request(self._keeper, row, table, period=period, status=status, by=by, light=light)
        entry |= {"value": value, "text": text, "evidence": evidence, "when": _when(when)}
        return _core.report_progress(self._core, [json.dumps(entry, ensure_ascii=False, default=str)])[0]

    def progress_reports(self) -> Table:
        """Every report that was kept, with where its row is now and whether it was found again.

        Returns
        -------
        Table
            id, document, clause, table, start, end, words, period, status, light, value, text, evidence, by, when,
            state (applied, moved, flagged), reason.
        """
        return Table(_core.progress_reports(self._core), "progress reports", self._keeper)

    def progress(self, what: What = "tasks", *, as_of: Day = None, soon: int = SOON, **filters: Unpack[Where]) -> Table:
        """Tasks, targets or milestones with who leads, when they are due and how far they are.

        Parameters
        ----------
        what
            "tasks" (clauses that hand out work; their deadline is the last of their targets and milestones),
            "targets" or "milestones".
        as_of
            The day that is asked about: later reports do not count, and deadlines are held against it. Today without
            it; the table's name says which day it was.
        soon
            Days before its deadline from which on a row is due.
        **filters
            Filters of clauses.

        Returns
        -------
        Table
            document, clause, path, place, year, task (its title, or the words), target (as text), indicator, op, value,
            unit, lead, responsible, cooperating, deadline, due (its last day), days_left, period, status, step, light,
            reached, text, evidence, by, when, state (done, overdue, due, open, undated), start, end.
        """
        return read(self._keeper, what, _day(as_of), soon, dict(filters))

    def progress_summary(
        self,
        by: str = "lead",
        *,
        what: What = "tasks",
        as_of: Day = None,
        quarters: Iterable[str] | None = None,
        soon: int = SOON,
        **filters: Unpack[Where],
    ) -> Table:
        """Count rows by how far they were at the end of each quarter.

        Parameters
        ----------
        by
            A column of `progress`: lead, place, light … Of several leads each counts; where none leads, who is
            responsible stands for it.
        what, soon, **filters
            As of `progress`.
        as_of
            The day that is asked about; today without it. The last quarter ends there.
        quarters
            "2025Q1", …; without them those that reports speak of, and that of `as_of`.

        Returns
        -------
        Table
            The column, quarter, rows, one column a step (not_started … done), unreported, due, overdue, share_done.
        """
        return summary(self._keeper, by, what, _day(as_of), quarters, soon, dict(filters))

    def to_excel(
        self,
        path: str | Path,
        *,
        what: What = "tasks",
        as_of: Day = None,
        title: str = "重点任务台账",
        period: str | None = None,
        **filters: Unpack[Where],
    ) -> Path:
        """Write the sheet that an office keeps: 序号, 任务, 牵头单位, 责任单位, 目标值, 完成时限, 进展 and so on.

        Rows are those of `progress`. The columns of progress are to be filled in; `read_excel` takes them back. A
        hidden column names each row, so that rows may be sorted, filtered and deleted.

        Parameters
        ----------
        path
            The file.
        what, as_of, **filters
            As of `progress`.
        title
            The sheet's title.
        period
            Period that is to be reported on; the quarter of `as_of` without it.
        """
        from .excel import write

        day = _day(as_of)
        return write(self.progress(what, as_of=day, **filters), path, what, day, title, period)

    def read_excel(
        self,
        path: str | Path,
        *,
        by: str,
        when: str | date | None = None,
        period: str | None = None,
        corrections: bool = False,
    ) -> Table:
        """Take a filled sheet back as reports of progress.

        Parameters
        ----------
        path
            A file that `to_excel` wrote and people filled in, with whatever program.
        by
            Who reports, where 填报人 says nothing.
        when
            When, where 日期 says nothing; now without it.
        period
            Period, where 填报期 says nothing.
        corrections
            Take changed values and deadlines of targets and milestones as corrections. Else the rows are told.

        Returns
        -------
        Table
            One row a row of the sheet: row (its number there), document, clause, task, outcome, reason. Outcomes:
            reported, unchanged, blank, corrected, refused (what is filled in makes no report), unmatched (the ledger
            has no such row any more, or the row has no key), differs (a column that is not to be filled in was changed;
            its progress is taken). Nothing is taken of a row that is refused or unmatched.
        """
        from .excel import take

        return take(self._keeper, Path(path), by=by, when=_when(when), period=period, corrections=corrections)

    @property
    def _keeper(self) -> Ledger:
        return cast("Ledger", self)


def request(ledger: Ledger, row: Row | str, table: str | None = None, **more: Any) -> dict[str, Any]:
    """A report as the library takes it."""
    name = table or table_of(row)
    return {"table": name, **_pointed(ledger, row, name), **more}


# -- reading -----------------------------------------------------------------------------------------------------------

_TYPES = {
    "document": "text",
    "clause": "text",
    "what": "text",
    "path": "text",
    "place": "text",
    "year": "int",
    "task": "text",
    "target": "text",
    "indicator": "text",
    "op": "text",
    "value": "float",
    "unit": "text",
    "lead": "text",
    "responsible": "text",
    "cooperating": "text",
    "deadline": "text",
    "due": "text",
    "days_left": "int",
    "period": "text",
    "status": "int",
    "step": "text",
    "light": "text",
    "reached": "float",
    "text": "text",
    "evidence": "text",
    "by": "text",
    "when": "text",
    "state": "text",
    "start": "int",
    "end": "int",
}


def read(ledger: Ledger, what: str, as_of: date, soon: int, filters: dict[str, Any]) -> Table:
    """The rows with their newest reports, as of a day."""
    rows = list(_rows(ledger, what, filters))
    return _table(ledger, what, as_of, _with_reports(rows, _reports(ledger), as_of, soon))


def _table(ledger: Ledger, what: str, as_of: date, rows: list[dict[str, Any]]) -> Table:
    columns = {name: [row.get(name) for row in rows] for name in _TYPES}
    table = Table.from_columns(columns, types=_TYPES)
    return Table(table._core, f"progress of {what} as of {as_of.isoformat()}", ledger)


def _rows(ledger: Ledger, what: str, filters: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The rows without reports."""
    if what not in ("tasks", "targets", "milestones"):
        raise ValueError(f"progress is of tasks, targets or milestones, not of {what!r}")
    tasks = {row["clause"]: row for row in ledger.tasks(**filters)}
    documents = sorted({row["document"] for row in tasks.values()})
    targets = list(ledger.targets(document=documents, copies="all")) if documents else []
    milestones = list(ledger.milestones(document=documents, copies="all")) if documents else []
    if what == "tasks":
        stated: dict[str, list[dict[str, Any]]] = {}
        for row in [*targets, *milestones]:
            stated.setdefault(row["clause"], []).append(row)
        for id, task in tasks.items():
            facts = stated.get(id, [])
            deadlines = [row["deadline"] for row in facts if row["deadline"]]
            yield {
                **task,
                "what": what,
                "target": "；".join(row["text"] for row in facts if "indicator" in row) or None,
                "deadline": max(deadlines, key=last_day, default=None),
            }
        return
    # What stands above the clauses is nobody's task, but a target all the same.
    loose = filters.keys().isdisjoint(("function", "body", "role", "topic", "text", "any", "without"))
    for row in targets if what == "targets" else milestones:
        owner: Mapping[str, Any] | None = tasks.get(row["clause"])
        if owner is None and (row["clause"] is not None or not loose):
            continue
        bodies = {role: owner[role] if owner else None for role in ("lead", "responsible", "cooperating")}
        yield {**row, **bodies, "what": what, "task": row["text"], "target": _amount(row), "text": None}


def _amount(row: Mapping[str, Any]) -> str | None:
    """A target's number as people write it: ≥80%."""
    if row.get("value") is None:
        return None
    number = f"{row['value']:g}" if row["op"] != "range" else f"{row['value']:g}—{row['value_high']:g}"
    sign: str = {">=": "≥", "<=": "≤", "~": "约", "range": "", "=": ""}.get(row["op"], row["op"])
    unit: str = row["unit"] or ""
    return sign + number + unit + (f"/{row['per']}" if row["per"] else "")


_Reports = dict[tuple[str, str, int, int], list[Row]]


def _reports(ledger: Ledger) -> _Reports:
    """Reports by what they are about: table, clause or document, and place."""
    reports: _Reports = {}
    for row in ledger.progress_reports():
        if row["state"] != "flagged":
            key = (row["table"], row["clause"] or row["document"], row["start"], row["end"])
            reports.setdefault(key, []).append(row)
    return reports


def _with_reports(rows: Iterable[dict[str, Any]], reports: _Reports, as_of: date, soon: int) -> list[dict[str, Any]]:
    day = as_of.isoformat()
    named = {step.status: step.zh for step in steps()}
    out = []
    for row in rows:
        table = "clauses" if row["what"] == "tasks" else row["what"]
        key = (table, row["clause"] or row["document"], row["start"], row["end"])
        known = [report for report in reports.get(key, ()) if report["when"][:10] <= day]
        # What was reported of a later period holds, whenever it was reported; of one period the last word.
        newest = max(enumerate(known), key=lambda r: (_period_end(r[1]["period"]), r[1]["when"], r[0]), default=None)
        report: dict[str, Any] = newest[1] if newest else {}
        due = last_day(row["deadline"]) if row["deadline"] else None
        left = (due - as_of).days if due else None
        status = report.get("status")
        if status == max(named):
            state = "done"
        elif left is None:
            state = "undated"
        else:
            state = "overdue" if left < 0 else "due" if left <= soon else "open"
        out.append(
            row
            | {name: report.get(name) for name in ("period", "status", "light", "text", "evidence", "by", "when")}
            | {"step": named.get(status) if status else None, "reached": report.get("value"), "state": state}
            | {"due": due.isoformat() if due else None, "days_left": left}
        )
    return out


def last_day(deadline: str) -> date:
    """The last day of a period of reduced precision.

    Examples
    --------
    >>> [last_day(period).isoformat() for period in ("2025", "2024-02", "2025-03-04")]
    ['2025-12-31', '2024-02-29', '2025-03-04']
    """
    parts = [int(part) for part in deadline.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])


def _period_end(period: str) -> date:
    year, _, quarter = period.partition("Q")
    return last_day(f"{year}-{int(quarter) * 3:02}" if quarter else period)


def quarter_of(day: date) -> str:
    """The quarter of a day: 2025Q2."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def summary(
    ledger: Ledger,
    by: str,
    what: str,
    as_of: date,
    quarters: Iterable[str] | None,
    soon: int,
    filters: dict[str, Any],
) -> Table:
    """Counts of rows by a column and quarter."""
    if by not in _TYPES:
        raise ValueError(f"progress has no column {by!r}; it has {', '.join(_TYPES)}")
    rows, reports = list(_rows(ledger, what, filters)), _reports(ledger)
    if quarters is None:
        days = [_period_end(report["period"]) for several in reports.values() for report in several]
        asked = sorted({quarter_of(day) for day in days if day <= as_of} | {quarter_of(as_of)})
    else:
        asked = list(quarters)
    names = [step.en.replace(" ", "_") for step in steps()]
    counts: dict[tuple[str | None, str], dict[str, int]] = {}
    for quarter in asked:
        for row in _with_reports(rows, reports, min(_period_end(quarter), as_of), soon):
            value = row.get(by) or (row.get("responsible") if by == "lead" else None)
            for member in value.split("、") if by in ("lead", "responsible", "cooperating") and value else [value]:
                cell = counts.setdefault(
                    (member, quarter), dict.fromkeys(["rows", *names, "unreported", "due", "overdue"], 0)
                )
                cell["rows"] += 1
                cell[names[row["status"] - 1] if row["status"] else "unreported"] += 1
                if row["state"] in ("due", "overdue"):
                    cell[row["state"]] += 1
    ordered = sorted(counts.items(), key=lambda item: (item[0][0] is None, str(item[0][0]), item[0][1]))
    columns: dict[str, list[Any]] = {by: [key[0] for key, _ in ordered], "quarter": [key[1] for key, _ in ordered]}
    for name in ("rows", *names, "unreported", "due", "overdue"):
        columns[name] = [cell[name] for _, cell in ordered]
    columns["share_done"] = [cell["done"] / cell["rows"] for _, cell in ordered]
    types = dict.fromkeys(columns, "int") | {by: _TYPES[by], "quarter": "text", "share_done": "float"}
    table = Table.from_columns(columns, types=types)
    return Table(table._core, f"progress of {what} by {by} as of {as_of.isoformat()}", ledger)


def _day(as_of: Day) -> date:
    if as_of is None:
        return date.today()
    if isinstance(as_of, datetime):
        return as_of.date()
    return as_of if isinstance(as_of, date) else date.fromisoformat(as_of)


def _when(when: str | date | None) -> str:
    if isinstance(when, date) and not isinstance(when, datetime):
        return when.isoformat()
    return moment(when)
