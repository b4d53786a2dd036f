"""The difference of two wordings, as a table and with marks."""

from __future__ import annotations

import html

from .table import Table

_MARKS = {
    "delete": ("<del style='background:#ffd7d5;color:#222'>", "</del>"),
    "insert": ("<ins style='background:#ccffd8;color:#222;text-decoration:none'>", "</ins>"),
}


class Diff:
    """What differs between two wordings.

    Attributes
    ----------
    table
        One row a stretch: `op` (equal, delete, insert, replace), the code points of both sides in their documents, and
        their words.
    a, b
        What is compared.
    """

    def __init__(self, table: Table, a: str, b: str) -> None:
        self.table = table
        self.a = a
        self.b = b

    @property
    def same(self) -> bool:
        """True where nothing differs."""
        return all(op == "equal" for op in self.table["op"])

    @property
    def ratio(self) -> float:
        """Share of both sides' characters that are the same: 1 for equal wordings, 0 where nothing is shared."""
        kept = sum(len(row["a_text"]) for row in self.table if row["op"] == "equal")
        both = sum(len(row["a_text"]) + len(row["b_text"]) for row in self.table)
        return 2 * kept / both if both else 1.0

    def changes(self) -> Table:
        """Give the stretches that differ."""
        return self.table.filter(lambda row: row["op"] != "equal")

    def to_html(self) -> str:
        """Give the text with what is gone and what is new marked, escaped."""
        pieces = []
        for row in self.table:
            if row["op"] == "equal":
                pieces.append(html.escape(row["a_text"]))
                continue
            for kind, side in (("delete", "a_text"), ("insert", "b_text")):
                if row[side]:
                    begin, end = _MARKS[kind]
                    pieces.append(f"{begin}{html.escape(row[side])}{end}")
        return f"<div style='line-height:1.7'>{''.join(pieces)}</div>"

    def to_text(self) -> str:
        """Give the text with [-what is gone-] and {+what is new+} marked."""
        pieces = []
        for row in self.table:
            if row["op"] == "equal":
                pieces.append(row["a_text"])
                continue
            pieces += [f"[-{row['a_text']}-]"] if row["a_text"] else []
            pieces += [f"{{+{row['b_text']}+}}"] if row["b_text"] else []
        return "".join(pieces)

    def __repr__(self) -> str:
        return f"{self.a} → {self.b}, {self.ratio:.0%} the same\n{self.to_text()}"

    def _repr_html_(self) -> str:
        head = html.escape(f"{self.a} → {self.b}, {self.ratio:.0%} the same")
        return f"<div><strong>{head}</strong></div>{self.to_html()}"
