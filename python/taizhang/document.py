"""One document, read: its text, its facts, and the exchange format."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core, display
from .labels import Labels

if TYPE_CHECKING:
    from .look import Clause
    from .view import View


def parse(path: str | os.PathLike[str]) -> Document:
    """Read a file into a document, without a ledger.

    Parameters
    ----------
    path
        A text, page or Markdown file in UTF-8, UTF-16 or GB18030, a .docx, or a PDF that has a text layer.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    DocumentError
        The file holds no text that can be read.
    ImportError
        A PDF needs the extra `pdf`; the message is the line that installs it.
    """
    from .readers import is_pdf, read_pdf

    if is_pdf(path):
        Path(path).stat()  # one that is missing is missing whatever its name
        return Document(_core.parse_text(read_pdf(path), file=os.fspath(path)))
    return Document(_core.parse_file(os.fspath(path)))


def parse_text(text: str) -> Document:
    r"""Read a text into a document, without a ledger.

    Examples
    --------
    >>> document = parse_text("一、保障措施\n（一）加强监测。（市统计局负责）")
    >>> document.clauses[0]["path"], document.assignments[0]["body"]
    ([1, 1], '市统计局')
    """
    return Document(_core.parse_text(text))


class Document:
    """A document: `text` is what every span counts in, the rest is what was read in it.

    The facts are those of the exchange format: plain dicts and lists.
    """

    def __init__(self, core: _core.Document) -> None:
        self._core = core

    @property
    def id(self) -> str | None:
        """Id in the ledger, or the name of the file."""
        return self._core.id

    @property
    def file(self) -> str | None:
        """File as given."""
        return self._core.file

    @property
    def metadata(self) -> dict[str, str]:
        """What its user said of it."""
        return self._core.metadata

    @cached_property
    def text(self) -> str:
        """The text; `text[start:end]` gives the words of any row."""
        return self._core.text

    @cached_property
    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self._core.to_json())
        return facts

    @property
    def title(self) -> str | None:
        """Title as published."""
        return self._text("title")

    @property
    def number(self) -> str | None:
        """Document number."""
        return self._text("number")

    @property
    def issuers(self) -> list[str]:
        """Issuing bodies."""
        return list(self._facts["issuers"])

    @property
    def issued(self) -> str | None:
        """Date of issue, ISO 8601."""
        return self._text("issued")

    @property
    def jurisdiction(self) -> dict[str, Any] | None:
        """Where it applies: adcode, name, level."""
        place: dict[str, Any] | None = self._facts["jurisdiction"]
        return place

    @property
    def cites(self) -> list[dict[str, Any]]:
        """Other documents that it names."""
        return list(self._facts["cites"])

    @property
    def sections(self) -> list[dict[str, Any]]:
        """Top-level headings."""
        return list(self._facts["sections"])

    @property
    def clauses(self) -> list[dict[str, Any]]:
        """Leaves of the outline, each with its assignments, targets and milestones."""
        return list(self._facts["clauses"])

    @property
    def assignments(self) -> list[dict[str, Any]]:
        """All assignments, each with the path of its clause."""
        return self._flat("assignments")

    @property
    def targets(self) -> list[dict[str, Any]]:
        """All targets, each with its path; those of section paragraphs come last."""
        return self._flat("targets") + list(self._facts["targets"])

    @property
    def milestones(self) -> list[dict[str, Any]]:
        """All milestones, each with its path; those of section paragraphs come last."""
        return self._flat("milestones") + list(self._facts["milestones"])

    def to_dict(self) -> dict[str, Any]:
        """Give the exchange format; the dict is yours."""
        facts: dict[str, Any] = json.loads(self._core.to_json())
        return facts

    def to_json(self, *, indent: bool = False) -> str:
        """Give the exchange format as JSON text."""
        return self._core.to_json(indent=indent)

    def to_akoma_ntoso(self) -> str:
        r"""Give the document as XML of Akoma Ntoso, the OASIS standard for legal documents, facts marked in its words.

        Examples
        --------
        >>> document = parse_text("一、保障措施\n（一）加强监测。（市统计局负责）")
        >>> '<organization refersTo="#org_1">市统计局</organization>' in document.to_akoma_ntoso()
        True
        """
        from .akoma import to_xml

        return to_xml(self)

    def spans(self) -> dict[str, list[dict[str, Any]]]:
        """Where every fact stands in `text`.

        Returns
        -------
        dict
            For sections, clauses, headings, groups, assignments, targets, milestones and citations one dict a fact, in
            the order of the exchange format: `start` and `end`, the ranges `removed` from between (page furniture,
            whitespace), the `path` of its clause, and of an assignment the `group`.
        """
        record = json.loads(self._core.record_json())
        clauses = record["clauses"]

        def of(what: str, key: str = "text") -> list[dict[str, Any]]:
            rows = sorted(record[what], key=lambda row: (row["clause"] is None, row["clause"] or 0))
            return [_span(row[key], row.get("path") or _path(clauses, row["clause"])) for row in rows]

        assignments = of("assignments", "name")
        groups = [row["group"] and _span(row["group"], None) for row in record["assignments"]]
        return {
            "sections": [_span(row["heading"], [row["no"]]) for row in record["sections"]],
            "clauses": [_span(row["text"], row["path"]) for row in clauses],
            "headings": [_span(row["heading"], row["path"]) for row in clauses if row["heading"]],
            "groups": list({(g["start"], g["end"]): g for g in groups if g}.values()),
            "assignments": [{**row, "group": group} for row, group in zip(assignments, groups, strict=True)],
            "targets": of("targets"),
            "milestones": of("milestones"),
            "citations": [_span(row["text"], _path(clauses, row["clause"])) for row in record["citations"]],
        }

    def wording(self, span: dict[str, Any]) -> str:
        """The words of a span, without its removed ranges."""
        pieces, at = [], span["start"]
        for start, end in span["removed"]:
            pieces.append(self.text[at:start])
            at = end
        return "".join([*pieces, self.text[at : span["end"]]])

    def evidence(
        self,
        start: int,
        end: int,
        *,
        whole: bool = False,
        words: Iterable[str] = (),
        spans: Iterable[tuple[int, int]] = (),
    ) -> display.Evidence:
        """Give the sentence (or the whole clause) around a span, the span lit.

        Parameters
        ----------
        start, end
            The span.
        whole
            The whole clause in place of the sentence.
        words
            Light these where they stand in the span, in place of the span itself.
        spans
            Light these in place of the span.
        """
        text, lit = self._core.evidence(start, end, whole=whole, words=list(words), spans=list(spans))
        return display.Evidence(text, lit, self.id or "")

    def __repr__(self) -> str:
        facts = f"{len(self.clauses)} clauses, {len(self.assignments)} assignments, {len(self.targets)} targets"
        return f"Document {self.title or self.id or 'without a title'}\n{self.number or ''} {self.issued or ''} {facts}"

    def clause(self, key: int | str | Sequence[int]) -> Clause:
        """Give one clause.

        Parameters
        ----------
        key
            Its position from 1, or its path: `[3, 15]` or `"3.15"`. Of clauses that officials gave one path the first.

        Examples
        --------
        >>> ledger.document("jiangmen-2019").clause("3.15").assignments[0]["body"]
        '市医保局'
        """
        from .look import clause

        return clause(self, key)

    def show(self, *, labels: Labels = None, folded: bool = True) -> View:
        """Show the text with every fact marked in its place; hovering over a mark says what was read.

        Parameters
        ----------
        labels
            `"zh"` or `"en"`; without it what `set_labels` said.
        folded
            False to unfold all sections.

        Returns
        -------
        View
            A notebook shows it; `save("plan.html")` writes it as a page.

        Examples
        --------
        >>> ledger.document("jiangmen-2019").show().html.count("<mark") > 200
        True
        """
        from .look import view

        return view(self, labels=labels, folded=folded)

    def _repr_html_(self) -> str:
        return self.show().html

    def _text(self, what: str) -> str | None:
        value: str | None = self._facts[what]
        return value

    def _flat(self, what: str) -> list[dict[str, Any]]:
        return [{"path": c["path"], **fact} for c in self._facts["clauses"] for fact in c[what]]


def _span(extent: dict[str, Any], path: list[int] | None) -> dict[str, Any]:
    """An extent as users see it."""
    removed = [(gap["start"], gap["end"]) for gap in extent["removed"]]
    return {"path": path, "start": extent["span"]["start"], "end": extent["span"]["end"], "removed": removed}


def _path(clauses: list[dict[str, Any]], clause: int | None) -> list[int] | None:
    """The path of a clause by its position."""
    path: list[int] | None = None if clause is None else clauses[clause - 1]["path"]
    return path
