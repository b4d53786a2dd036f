"""Tables: the methods that ask one table of a ledger, or of a selection of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from . import _core
from .filters import Copies, Kinds, Levels, Ops, Roles, Words, Years, normal
from .table import Table

if TYPE_CHECKING:
    from .ledger import Ledger


class Tables:
    """The table methods; filters are given by keyword and mean the same in all of them."""

    _core: _core.Ledger

    @property
    def _ledger(self) -> Ledger:
        return cast("Ledger", self)

    def documents(
        self,
        *,
        document: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Documents, one row each.

        Parameters
        ----------
        document
            Ids.
        place
            These governments themselves: names or codes.
        within
            These places and all below them.
        level
            country, province, prefecture, county.
        year
            Years of issue: one, a range, or several.
        since, until
            First and last year of issue.
        text, any, without
            Exact words, however they are printed (either script, full or half width): all of these, one of these, none
            of these.
        where
            Metadata columns of your own: name to the values allowed.
        copies
            "all" for near-copies too (one plan on four portals), each with its own rows. Else a plan counts once, as
            the document that came first; a copy that `document` or `clause` names is always shown.
        columns
            Columns wanted, in this order.
        order
            Columns to sort by, `-` in front for descending.
        limit
            Rows at most.
        """
        return self._query("documents", locals())

    def sections(
        self,
        *,
        document: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Top-level headings, one row each. The filters are those of `documents`; words are sought in the heading."""
        return self._query("sections", locals())

    def clauses(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        kind: Kinds = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Clauses, one row each.

        Parameters
        ----------
        clause
            Ids of clauses, `document#n`.
        function, body, role
            Clauses that a body of this function, of this name, in this role has a part in.
        topic
            Topics, by name or id.
        kind
            task or preamble.
        document, place, within, level, year, since, until, text, any, without, where, copies, columns, order, limit
            As in `documents`.
        """
        return self._query("clauses", locals())

    def assignments(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        implied: bool | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Assignments: one row a body in a responsibility group.

        Parameters
        ----------
        function
            What the body is for, by name or id: 医保, 医疗保障局, `health-insurance`.
        body
            Exact names.
        role
            lead, responsible, cooperating, supervising.
        topic
            Topics of the clause.
        implied
            False for those that the group itself names, True for those that hold through a rule stated earlier.
        text, any, without
            Exact words in the clause.
        document, clause, place, within, level, year, since, until, where, copies, columns, order, limit
            As in `clauses`.

        Examples
        --------
        >>> ledger.assignments(place="江门市", role="lead").count("function").columns
        ['function', 'count']
        """
        return self._query("assignments", locals())

    def targets(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        implied: bool | None = None,
        unit: Words = None,
        op: Ops = None,
        at_least: float | None = None,
        at_most: float | None = None,
        due: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Targets: one row a number that somebody is to reach.

        Parameters
        ----------
        unit, op
            Units and operators, as printed in the columns.
        at_least, at_most
            Bounds of the value.
        due
            Year of the deadline.
        implied
            True for 全覆盖 alone, False for numbers that are written.
        text, any, without
            Exact words in the target.
        document, clause, place, within, level, year, since, until
            As in `clauses`.
        function, body, role, topic, where, copies, columns, order, limit
            As in `clauses`.
        """
        return self._query("targets", locals())

    def milestones(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        due: int | None = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Milestones: one row a dated commitment without a number. The filters are those of `targets`."""
        return self._query("milestones", locals())

    def citations(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        topic: Words = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Citations: one row another document named, at its first mention. The filters are those of `clauses`."""
        return self._query("citations", locals())

    def notes(
        self,
        *,
        document: Words = None,
        clause: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        kind: Words = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        columns: Words = None,
        order: Words = None,
        limit: int | None = None,
    ) -> Table:
        """Notes: one row an oddity, such as a body that the lexicon does not know.

        Parameters
        ----------
        kind
            Slugs, as in the column.
        document, clause, place, within, level, year, since, until, text, any, without, where
            As in `clauses`.
        copies, columns, order, limit
            As in `clauses`.
        """
        return self._query("notes", locals())

    def tasks(
        self,
        *,
        document: Words = None,
        place: Words = None,
        within: Words = None,
        level: Levels = None,
        year: Years = None,
        since: int | None = None,
        until: int | None = None,
        function: Words = None,
        body: Words = None,
        role: Roles = None,
        topic: Words = None,
        text: Words = None,
        any: Words = None,
        without: Words = None,
        where: Mapping[str, Any] | None = None,
        copies: Copies = "once",
        limit: int | None = None,
    ) -> Table:
        """Clauses that hand out work, each with its bodies by role: the ledger as an office keeps it.

        The filters are those of `clauses`. Implied bodies are left out.
        """
        clauses = self._query("clauses", {**locals(), "kind": "task"})
        bodies: dict[str, dict[str, list[str]]] = {}
        if len(clauses):
            asked = self._query("assignments", {"document": sorted(set(clauses["document"])), "implied": False})
            for clause, name, part in zip(asked["clause"], asked["body"], asked["role"], strict=True):
                names = bodies.setdefault(clause, {}).setdefault(part, [])
                if name not in names:
                    names.append(name)
        roles = ("lead", "responsible", "cooperating", "supervising")
        kept = ("document", "clause", "path", "place", "year")
        columns: dict[str, list[Any]] = {name: clauses[name] for name in kept}
        columns["task"] = [h or t for h, t in zip(clauses["heading"], clauses["text"], strict=True)]
        for name in roles:
            columns[name] = ["、".join(bodies.get(c, {}).get(name, [])) or None for c in columns["clause"]]
        columns |= {name: clauses[name] for name in ("start", "end")}
        types = dict.fromkeys(columns, "text") | {"year": "int", "start": "int", "end": "int"}
        table = Table.from_columns(columns, types=types, name="tasks")
        return Table(table._core, "tasks", self._ledger)

    def _query(self, table: str, arguments: Mapping[str, Any]) -> Table:
        filters = self._filters(table, arguments)
        # A clause is evidence for the words that it was found by, any other row for its own.
        sought = [*filters.get("text", ()), *filters.get("any", ())] if table == "clauses" else []
        return Table(self._core.query(table, filters), table, self._ledger, sought)

    def _filters(self, table: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The filters in the library's form; a selection narrows them for the table."""
        return normal({name: value for name, value in arguments.items() if name != "self"})
