"""One document, read: its text, its facts, and the exchange format."""

from __future__ import annotations

import html
import json
import os
from functools import cached_property
from typing import Any

from . import _core, display


def parse(path: str | os.PathLike[str]) -> Document:
    """Read a file into a document, without a ledger.

    Parameters
    ----------
    path
        A text file in UTF-8, UTF-16 or GB18030.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    DocumentError
        The file is no text.
    """
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

    def evidence(self, start: int, end: int, *, whole: bool = False) -> display.Evidence:
        """Give the sentence (or the whole clause) around a span, the span lit."""
        text, lit_from, lit_to = self._core.evidence(start, end, whole=whole)
        return display.Evidence(text, [(lit_from, lit_to)], self.id or "")

    def __repr__(self) -> str:
        facts = f"{len(self.clauses)} clauses, {len(self.assignments)} assignments, {len(self.targets)} targets"
        return f"Document {self.title or self.id or 'without a title'}\n{self.number or ''} {self.issued or ''} {facts}"

    def _repr_html_(self) -> str:
        rows = [
            ("number", self.number),
            ("issuers", self.issuers),
            ("issued", self.issued),
            ("place", (self.jurisdiction or {}).get("name")),
            ("clauses", len(self.clauses)),
            ("assignments", len(self.assignments)),
            ("targets", len(self.targets)),
            ("milestones", len(self.milestones)),
        ]
        return f"<strong>{html.escape(self.title or '')}</strong>" + display.html_table(["", ""], rows)

    def _text(self, what: str) -> str | None:
        value: str | None = self._facts[what]
        return value

    def _flat(self, what: str) -> list[dict[str, Any]]:
        return [{"path": c["path"], **fact} for c in self._facts["clauses"] for fact in c[what]]
