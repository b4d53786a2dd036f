"""What a scholar asks of a set of plans: the methods that a ledger and a selection of it share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

from . import _core, frames
from ._core import Table as CoreTable
from .filters import Copies, Kinds, Levels, Ops, Roles, Words, Years
from .graph import Lineage, Network
from .table import Table
from .versus import Diff

if TYPE_CHECKING:
    from .ledger import Ledger

By = str | Iterable[str]
"""Columns to count by: function, body, place, level, year."""


class Where(TypedDict, total=False):
    """Filters of clauses and of what stands in them; the table methods of a ledger say what each means."""

    document: Words
    clause: Words
    place: Words
    within: Words
    level: Levels
    year: Years
    since: int | None
    until: int | None
    function: Words
    body: Words
    role: Roles
    topic: Words
    kind: Kinds
    text: Words
    any: Words
    without: Words
    implied: bool | None
    where: Mapping[str, Any] | None
    copies: Copies


class WhereTarget(Where, total=False):
    """Filters of targets."""

    unit: Words
    op: Ops
    at_least: float | None
    at_most: float | None
    due: int | None


class Descent:
    """Clauses and the clauses that they were taken from.

    Attributes
    ----------
    clauses
        One row a clause: its source, the share of its wording that is the source's (`reuse`, what everybody writes
        discounted), the share that stands in copied stretches (`copied`), the longest of them, days between.
    targets
        One row a target of a clause or of its source, and what became of it: same, raised, lowered, earlier, later,
        dated, undated, added, dropped, not comparable.
    """

    def __init__(self, clauses: Table, targets: Table) -> None:
        self.clauses = clauses
        self.targets = targets

    def __repr__(self) -> str:
        return f"{self.clauses!r}\n\n{self.targets!r}"

    def _repr_html_(self) -> str:
        return self.clauses.to_html() + self.targets.to_html()


class Coded:
    """A codebook's terms in clauses.

    Attributes
    ----------
    clauses
        One row a clause: a count for each code, the mean, highest and lowest grade.
    mentions
        One row a mention with its span.
    """

    def __init__(self, clauses: Table, mentions: Table) -> None:
        self.clauses = clauses
        self.mentions = mentions

    def count(self, *columns: str) -> Table:
        """Count mentions for each combination of values; by `place` and `code` without columns."""
        return self.mentions.count(*(columns or ("place", "code")))

    def __repr__(self) -> str:
        return repr(self.clauses)

    def _repr_html_(self) -> str:
        return self.clauses.to_html()


class Questions:
    """What can be asked of a ledger beyond its tables. Filters go by keyword, as in the table methods."""

    _core: _core.Ledger

    def _filters(self, table: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _table(self, core: CoreTable, name: str) -> Table:
        return Table(core, name, cast("Ledger", self))

    def ladder(
        self,
        indicator: Words = None,
        *,
        map: Mapping[str, str] | None = None,
        **filters: Unpack[WhereTarget],
    ) -> Table:
        """One indicator over places, levels and years.

        Every row is a target. Its value is also given in the common unit of its dimension; `denominator` is what it is
        a share of, in the document's words. Rows that can be compared have one `scale` within their group; a row whose
        scale no other document shares is marked not `comparable`, with the reason. `ahead` ranks by value (1 asks
        most), `later` by deadline.

        Parameters
        ----------
        indicator
            Words of the indicator: all targets with any of them are put on one ladder. Without it targets are grouped
            by their wording.
        map
            Your own groups: words of an indicator to the group's name; they win over wording.
        **filters
            As in `targets`.

        Examples
        --------
        >>> ladder = ledger.ladder("付费")
        >>> {row["place"]: row["comparable"] for row in ladder}["江门市"]
        False
        """
        words = [indicator] if isinstance(indicator, str) else list(indicator or ())
        table = _core.ladder(self._core, self._filters("targets", filters), words, list((map or {}).items()))
        return self._table(table, "ladder")

    def who(self, *, by: By = ("place", "year", "function"), **filters: Unpack[Where]) -> Table:
        """How much work bodies carry: by function, place and year, or as `by` says.

        `share_of_leads` is the share among all leads of the same place (and year, and level, where these are counted
        by), `sole_leads` the parts that no other body leads too, `alone` the parts in which a body stands alone.

        Parameters
        ----------
        by
            Any of function, body, place, level, year.
        **filters
            As in `assignments`; `implied=False` leaves out what holds through a rule stated elsewhere.

        Examples
        --------
        >>> ledger.who(by="function", place="綦江区", role="lead")[0]["function"]
        'health'
        """
        columns = [by] if isinstance(by, str) else list(by)
        return self._table(_core.who(self._core, self._filters("assignments", filters), columns), "who")

    def bodies(self, **filters: Unpack[Where]) -> Table:
        """What the bodies of a function are called, by level, with the years: one function through reforms and levels.

        Examples
        --------
        >>> ledger.bodies(function="卫生健康", level="prefecture")["body"]
        ['市卫生健康局', '市卫健委']
        """
        return self._table(_core.body_names(self._core, self._filters("assignments", filters)), "bodies")

    def cooperation(self, **filters: Unpack[Where]) -> Network:
        """Which functions are put to work together: they stand in one part of a clause.

        Examples
        --------
        >>> network = ledger.cooperation(place="江门市", implied=False)
        >>> network.edges[0]["a"], network.edges[0]["b"]
        ('finance', 'health')
        """
        edges, nodes = _core.cooperation(self._core, self._filters("assignments", filters))
        return Network(self._table(edges, "edges"), self._table(nodes, "nodes"))

    def parts(self, **filters: Unpack[Where]) -> Table:
        """Clauses part by part, with their words and all their bodies by role, several joined by ；.

        Parameters
        ----------
        **filters
            As in `assignments`: each part that has such an assignment is one row.

        Examples
        --------
        >>> ledger.parts(place="江门市", function="公安").select("path", "part", "lead")[0]
        {'path': '3.18', 'part': 1, 'lead': '市医保局'}
        """
        return self._table(_core.parts(self._core, self._filters("assignments", filters)), "parts")

    def topics(self, *, leads: bool = True, **filters: Unpack[Where]) -> Table:
        """Place by topic: clauses, their length, documents, since when, and the functions that lead most often.

        Parameters
        ----------
        leads
            False to leave out who leads, which is quicker.
        **filters
            As in `clauses`.
        """
        leading = self._filters("assignments", filters) if leads else None
        return self._table(_core.place_topics(self._core, self._filters("clauses", filters), leading), "topics")

    def lineage(self, **filters: Unpack[Where]) -> Lineage:
        """What plans cite: the relation, the document of the ledger that is meant, and what is missing.

        Parameters
        ----------
        **filters
            As in `citations`.

        Examples
        --------
        >>> lineage = ledger.lineage(place="江门市")
        >>> lineage.citations[0]["relation"], lineage.to_get[0]["number"]
        ('basis', '粤府办〔2018〕44号')
        """
        citations, missing = _core.lineage(self._core, self._filters("citations", filters))
        return Lineage(self._table(citations, "citations"), self._table(missing, "to get"))

    def descent(
        self, document: Words = None, /, *, source: Words | Questions = None, **filters: Unpack[Where]
    ) -> Descent:
        """Which clauses were taken from where, and what became of their targets.

        Parameters
        ----------
        document
            Plans whose clauses are asked about.
        source
            Documents, or a selection, that they may stand upon. Without it all plans of the places above and of their
            own place that were not issued later.
        **filters
            Further filters, as in `clauses`.

        Examples
        --------
        >>> ledger.descent("linfen-2022").clauses.columns[:3]
        ['document', 'clause', 'path']
        """
        given: dict[str, Any] = {**filters}
        if document is not None:
            given["document"] = document
        of = self._filters("clauses", given)
        match source:
            case None:
                wanted = None
            case Questions():
                wanted = source._filters("clauses", {})
            case _:
                wanted = self._filters("clauses", {"document": source})
        clauses, targets = _core.descent(self._core, of, wanted)
        return Descent(self._table(clauses, "descent"), self._table(targets, "targets"))

    def diff(self, a: str, b: str | None = None, *, versions: tuple[int, int] | None = None) -> Diff:
        """The difference of two clauses or documents, or of two versions of one.

        Parameters
        ----------
        a, b
            Ids of clauses (`document#n`) or of documents.
        versions
            Two versions of the document `a`.

        Examples
        --------
        >>> ledger.diff("jiangmen-2019#16", "jiangmen-2019#16").same
        True
        """
        if (b is None) == (versions is None):
            raise TypeError("diff takes a second id, or two versions of the first")
        old, new = versions or (None, None)
        return Diff(self._table(_core.diff(self._core, (a, old), (b or a, new)), "diff"), a, b or a)

    def calendar(
        self,
        *,
        since_due: str | int | None = None,
        until_due: str | int | None = None,
        what: str | None = None,
        **filters: Unpack[WhereTarget],
    ) -> Table:
        """What falls due when, with the bodies of its part, in the order of the deadlines.

        Parameters
        ----------
        since_due, until_due
            First and last period: a year, a month (`"2025-06"`) or a day. `due=2025` asks for that year.
        what
            `"targets"` or `"milestones"` alone.
        **filters
            As in `targets` and `milestones`.

        Examples
        --------
        >>> ledger.calendar(due=2025, place="綦江区")["lead"]
        ['区医保局', '区医保局', '区医保局']
        """
        if what not in (None, "targets", "milestones"):
            raise ValueError(f'what is "targets" or "milestones", not {what!r}')
        numbers = {name: filters[name] for name in ("unit", "op", "at_least", "at_most", "implied") if name in filters}
        targets = self._filters("targets", filters) if what != "milestones" else None
        # What is said of numbers is asked of targets alone.
        milestones = self._filters("milestones", filters) if what != "targets" and not numbers else None
        first, last = (None if period is None else str(period) for period in (since_due, until_due))
        return self._table(_core.calendar(self._core, targets, milestones, first, last), "calendar")

    def moved(
        self, document: str | None = None, /, *, versions: tuple[int, int] | None = None, **filters: Unpack[Where]
    ) -> Table:
        """Deadlines that a later plan of the same place or of one below sets differently, or a later version.

        Parameters
        ----------
        document
            The later plan.
        versions
            Two versions of it to compare; without them it is compared with other documents.
        **filters
            Further filters of the commitments, earlier and later.
        """
        if versions is not None:
            if document is None:
                raise TypeError("whose versions?")
            return self._table(_core.moved_versions(self._core, document, *versions), "moved")
        targets, milestones = self._filters("targets", filters), self._filters("milestones", filters)
        table = self._table(_core.moved(self._core, targets, milestones), "moved")
        return table if document is None else table.filter(document=document)

    def firmness(self, **filters: Unpack[Where]) -> Coded:
        """How firmly clauses promise: 4 must (必须), 3 shall (应, 要, 确保), 2 aim (力争), 1 may (鼓励, 探索).

        The terms, their grades and where the grades are from stand in `seeds/lexicon/commitment.csv`. Names of bodies
        in responsibility groups are not looked at.

        Parameters
        ----------
        **filters
            As in `clauses`.

        Examples
        --------
        >>> firm = ledger.firmness(document="qijiang-2022", text="严禁")
        >>> firm.clauses[0]["must"], firm.mentions[0]["term"]
        (2, '探索')
        """
        return self._coded(None, filters)

    def code(self, codebook: Any, **filters: Unpack[Where]) -> Coded:
        """Apply a codebook of your own: count its terms in clauses.

        Parameters
        ----------
        codebook
            A dict from term to code, a DataFrame or a list of dicts with the columns `term`, `code` and, if you like,
            `grade` (a whole number) and `not_in` (longer words with the term that are not meant, a list or joined
            by ;).
        **filters
            As in `clauses`.

        Examples
        --------
        >>> ledger.code({"试点": "pilot", "示范": "pilot"}, place="江门市").count("term").to_dicts()[0]
        {'term': '试点', 'count': 5}
        """
        if isinstance(codebook, Mapping):
            rows: list[dict[str, Any]] = [{"term": term, "code": code} for term, code in codebook.items()]
        else:
            rows = frames.rows(codebook)
        terms = []
        for row in rows:
            term, code = frames.text(row.get("term")), frames.text(row.get("code"))
            if term is None or code is None:
                raise ValueError("every row of a codebook needs a term and a code")
            grade, but = frames.text(row.get("grade")), row.get("not_in")
            words = but.split(";") if isinstance(but, str) else list(but) if isinstance(but, (list, tuple)) else []
            terms.append((term, code, None if grade is None else int(grade), [word for word in words if word]))
        return self._coded(terms, filters)

    def _coded(self, terms: list[tuple[str, str, int | None, list[str]]] | None, filters: Mapping[str, Any]) -> Coded:
        clauses, mentions = _core.code(self._core, self._filters("clauses", filters), terms)
        return Coded(self._table(clauses, "clauses"), self._table(mentions, "mentions"))
