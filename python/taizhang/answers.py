"""Answers: what is asked of any table: counts, pairs, streams, ranked words, and how a question is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from .filters import Copies, Kinds, Levels, Roles, Words, Years, normal
from .stream import Stream
from .table import Table
from .tables import Tables


class Answers(Tables):
    """The methods that count, stream and rank."""

    def count(self, table: str, **filters: Any) -> int:
        """Count the rows of a table that satisfy the filters, without making them.

        Examples
        --------
        >>> ledger.count("targets", place="江门市") == len(ledger.targets(place="江门市"))
        True
        """
        return self._core.count(table, self._filters(table, filters))

    def cross(self, table: str, by: Words, *, count: Literal["rows", "documents"] = "rows", **filters: Any) -> Table:
        """Count rows by several things at once, without making them.

        Parameters
        ----------
        table
            The table whose rows are counted.
        by
            One to four of: `place`, `level`, `zone`, `year`, `plan_year`, `document`, your own metadata columns;
            `function`, `role`, `body` (of clauses, targets and other facts: those of the clause's assignments),
            `topic`, `kind`; and what the table itself has: `unit`, `op`, `indicator`, `due` (year of the deadline),
            `implied` …
        count
            What is counted: `rows`, or the different `documents` that they are of.
        **filters
            As in the method of that table. They choose rows: one with two functions, found by one of them, counts for
            both.

        Returns
        -------
        Table
            The columns asked for (for a place `adcode`, in force today, and `place`), then `count`. Cells without rows
            are left out; rows come in the order of their columns, what has no value last. A row counts for each of its
            functions, topics or issuers.

        Examples
        --------
        >>> ledger.cross("clauses", ["place", "topic"], count="documents", year=2019).columns
        ['adcode', 'place', 'topic', 'count']
        """
        if count not in ("rows", "documents"):
            raise ValueError(f"count is rows or documents, not {count!r}")
        names = [by] if isinstance(by, str) else list(by or ())
        return Table(
            self._core.cross(table, names, count == "documents", self._filters(table, filters)), "cross", self._ledger
        )

    def network(self, *, implied: bool | None = False, **filters: Any) -> Table:
        """Give the functions that work together: pairs that stand in the same clauses.

        Parameters
        ----------
        implied
            False to leave out bodies that hold through a rule stated earlier, True for them alone, None for all.
        **filters
            As in `assignments`, but for `function`: it leaves the pairs that have one of these functions.

        Returns
        -------
        Table
            One row a pair: `function_a` (the first by its id), `function_b`, the number of `clauses` in which both
            stand, and of `documents` with such a clause.

        Examples
        --------
        >>> ledger.network(function="医保", place="江门市").columns
        ['function_a', 'function_b', 'clauses', 'documents']
        """
        return Table(
            self._core.network(self._filters("assignments", {"implied": implied, **filters})), "network", self._ledger
        )

    def stream(self, table: str, **filters: Any) -> Stream:
        """Give the rows of a table piece by piece, in memory that does not grow with their number.

        Rows come document by document in the order in which these came into the ledger, not by id; the stream shows the
        ledger as it was when it was asked for.

        Parameters
        ----------
        table
            The table.
        **filters
            As in the method of that table, `order` excepted.

        Examples
        --------
        >>> sum(len(piece) for piece in ledger.stream("targets", due=2025)) == ledger.count("targets", due=2025)
        True
        """
        return Stream(self._core.stream(table, self._filters(table, filters)), table, self._ledger)

    def search(
        self,
        words: str,
        *,
        limit: int = 20,
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
    ) -> Table:
        """Clauses that speak most of some words, the best first.

        Ranked by BM25 over pairs of characters: rare pairs count more, short clauses come before long ones. A clause
        need not have all of them; to ask for exact words use `text`. Filters leave clauses out and change no score.

        Parameters
        ----------
        words
            What to look for, parted by blanks, in either script.
        limit
            Rows at most.
        document, clause, place, within, level, year, since, until
            As in `clauses`.
        function, body, role, topic, kind, text, any, without, where, copies
            As in `clauses`.

        Returns
        -------
        Table
            rank, score, document, clause, path, place, year, text; `highlights` says where the words stand in the
            document's text (start-end, 、-joined), and `evidence(row)` shows them lit.

        Examples
        --------
        >>> found = ledger.search("分级诊疗 医联体", limit=3, place="江门市")
        >>> found["rank"], found.columns[:3]
        ([1, 2, 3], ['rank', 'score', 'document'])
        >>> "诊疗" in str(found.evidence(0))
        True
        """
        asked = {name: value for name, value in locals().items() if name not in ("self", "words", "limit")}
        if not isinstance(words, str):
            raise TypeError(f"search takes words in one text, not {words!r}")
        core = self._core.search(words, self._filters("clauses", asked), normal({"limit": limit})["limit"])
        return Table(core, "search", self._ledger)

    def explain(self, table: str, **filters: Any) -> Table:
        """Tell how the rows of a table are found: each step, how it works, how many it expected and how many it left.

        Examples
        --------
        >>> ledger.explain("clauses", place="江门市", text="分级诊疗")["step"]
        ['documents', 'rows of clauses', 'places with 分级诊疗', 'rows that may have the words',
         'rows that have the words', 'answer']
        """
        return Table(self._core.explain(table, self._filters(table, filters)), "explain")
