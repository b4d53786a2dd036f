"""Counterparts: the methods that put clauses beside clauses, and gather them into measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .align import Embed, alignment, side
from .answers import Answers
from .table import Table

if TYPE_CHECKING:
    pass


class Counterparts(Answers):
    """The methods that compare clauses."""

    def align(
        self,
        a: Any,
        b: Any = None,
        *,
        top: int = 3,
        threshold: float = 0.5,
        reasons: int = 20,
        embed: Embed | None = None,
        share: float = 0.5,
    ) -> Table:
        """For each clause of some documents, its counterparts in others: who hands out the same work.

        Parameters
        ----------
        a, b
            Ids of documents, places, filters of `clauses` as a dict, a table with a column `clause` or `document`, or a
            selection. Without `b` all other documents. No clause is compared with its own document.
        top
            Counterparts in one document at most.
        threshold
            Score from which on a clause is a counterpart; with 0 the nearest are given however far they are.
        reasons
            Counterparts of a clause, the surest, that come with a reason; those behind them have none.
        embed
            Your own vectors: a function from a list of texts to as many vectors. Their cosine is mixed into the score.
        share
            Share of the score that the vectors have.

        Returns
        -------
        Table
            `a_document, a_clause, a_path, a_start, a_end, b_document, b_clause, b_path, b_start, b_end, score, rank,
            reason`. A clause without counterpart has one row, with null `b_*`, `rank` and `reason`, and the nearest
            clause's score. `reason` names the words shared, then other evidence: heading, term, topic, function,
            citation, indicator.

        Examples
        --------
        >>> pairs = ledger.align("linfen-2022", "national-2023h2")
        >>> row = next(row for row in pairs if row["a_path"] == "2.7")
        >>> row["b_path"], row["rank"]
        ('3.12', 1)
        """
        left, right = side(self._ledger, a), None if b is None else side(self._ledger, b)
        options = alignment(
            self._ledger, (left, right), top=top, threshold=threshold, reasons=reasons, embed=embed, share=share
        )
        return Table(self._core.align(left, right, options), "align", self._ledger)

    def omissions(self, superior: Any, place: Any, *, threshold: float = 0.5, embed: Embed | None = None) -> Table:
        """Clauses of a superior's plan that a place leaves out, each with the nearest text of the place.

        Parameters
        ----------
        superior, place
            What `align` takes.
        threshold, embed
            As in `align`.

        Returns
        -------
        Table
            `document, clause, path, start, end, heading, text, nearest_document, nearest_clause, nearest_path,
            nearest_start, nearest_end, nearest_text, score`.

        Examples
        --------
        >>> left_out = ledger.omissions("national-2023h2", "临汾市")
        >>> "支持药品研发创新" in left_out["heading"]
        True
        """
        left, right = side(self._ledger, superior), side(self._ledger, place)
        options = alignment(self._ledger, (left, right), top=1, threshold=threshold, reasons=0, embed=embed, share=0.5)
        return Table(self._core.unmatched(left, right, options), "clauses", self._ledger)

    def inventions(self, place: Any, superior: Any, *, threshold: float = 0.5, embed: Embed | None = None) -> Table:
        """Clauses that a place alone has: those without counterpart in a superior's plan, with its nearest text.

        Parameters
        ----------
        place, superior, threshold, embed
            As in `omissions`, whose columns these are.

        Examples
        --------
        >>> len(ledger.inventions("临汾市", "national-2023h2")) < 18
        True
        """
        return self.omissions(place, superior, threshold=threshold, embed=embed)

    def measures(self, **filters: Any) -> Table:
        """Measures: clauses of many documents that hand out the same work.

        Parameters
        ----------
        **filters
            Filters of `clauses`; all of the ledger without any.

        Returns
        -------
        Table
            `measure, label, document, clause, path, adcode, place, year, start, end, score`, one row a task.
            `measure` is the id of the first clause that came into the ledger; `label` the heading of the most typical
            clause, or its weightiest phrase; `score` the likeness to that clause. What most documents have comes first.

        Examples
        --------
        >>> measures = ledger.measures()
        >>> len(measures) == ledger.count("clauses", kind="task")
        True
        """
        asked = self._filters("clauses", filters)
        return Table(self._core.measures(asked or None), "measures", self._ledger)

    def merge_measures(self, *clauses: str) -> None:
        """Say that the measures with these clauses are one; kept in the ledger, as are the next two.

        Parameters
        ----------
        *clauses
            Ids of clauses or measures; the merged one keeps the first's label, if it was given one.
        """
        self._core.edit_measures(("merge", list(clauses)))

    def split_measure(self, *clauses: str) -> None:
        """Say that these clauses are a measure of their own.

        Parameters
        ----------
        *clauses
            Ids of clauses.
        """
        self._core.edit_measures(("split", list(clauses)))

    def rename_measure(self, measure: str, label: str) -> None:
        """Give a measure another label.

        Parameters
        ----------
        measure
            Its id, or the id of one of its clauses.
        label
            The label.
        """
        self._core.edit_measures(("rename", [measure, label]))

    def measure_edits(self) -> list[tuple[str, list[str]]]:
        """Give the edits of measures, oldest first: their kinds and words."""
        return self._core.measure_edits()

    def forget_measure_edits(self) -> None:
        """Take all edits of measures back."""
        self._core.edit_measures(None)

    def coverage(self, by: Literal["measure", "topic"] = "measure", **filters: Any) -> Table:
        """Who has what: one row a measure, or a topic, and place.

        Parameters
        ----------
        by
            measure, or topic (a clause counts for its primary one).
        **filters
            Filters of `clauses`; all of the ledger without any.

        Returns
        -------
        Table
            `measure` or `topic`, `label, adcode, place, level`, `since` (first year of issue), `documents, clauses`,
            `characters`, and `leads`: the functions that lead or stand first, the most frequent first.

        Examples
        --------
        >>> topics = ledger.coverage("topic")
        >>> sum(topics["clauses"]) == sum(topic is not None for topic in ledger.clauses()["topic"])
        True
        """
        asked = self._filters("clauses", filters)
        return Table(self._core.coverage(by, asked or None), "coverage", self._ledger)
