"""Akoma Ntoso: a document as XML of the OASIS standard for legal documents (version 1.0, schema 3.0).

In: a document. Out: `<akomaNtoso><doc name="plan">`: who issued what and when as FRBR metadata; title, number and date
in the preface; sections, inner nodes and clauses as hierarchy, the clause's words in its content. In the words,
departments are `<organization>`, numbers to reach `<quantity>`, dated commitments `<event>`, documents named `<ref>`.
What the standard has no element for (role, part, value, unit, deadline) stands once more under `<proprietary>`, each
fact with the clause it is of.

Where two facts share words, the one that begins first (the longer of two that begin together) is marked; the other one
is under `<proprietary>` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree as ET

from .document import Document

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
FACTS = "https://taizhang.invalid/ns/facts/1"
"""Namespace of the facts under `proprietary`; a name, not an address."""
SOURCE = "#taizhang"
UNKNOWN_DAY = "0001-01-01"
"""The schema wants a day; this one says that the document tells none."""

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LEVELS = ("section", "paragraph", "subparagraph", "point")


class Mark(NamedTuple):
    """A fact in the words of its clause: where, as which element, with which attributes."""

    start: int
    end: int
    element: str
    attributes: dict[str, str]


def to_xml(document: Document) -> str:
    """The document as XML text.

    Parameters
    ----------
    document
        A document that was read.

    Returns
    -------
    str
        XML with its declaration, in UTF-8 when encoded so; the same document gives the same text.
    """
    ET.register_namespace("", NAMESPACE)
    ET.register_namespace("tz", FACTS)
    root = ET.Element(_akn("akomaNtoso"))
    doc = ET.SubElement(root, _akn("doc"), {"name": "plan", "contains": "originalVersion"})
    organizations = _organizations(document)
    _meta(doc, document, organizations)
    _preface(doc, document)
    _body(doc, document, organizations)
    _indent(root)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _akn(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: ET.Element, name: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _akn(name), attributes)
    element.text = None if text is None else _printable(text)
    return element


def _printable(text: str) -> str:
    """The text without the control characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def _indent(element: ET.Element, depth: int = 0) -> None:
    """One line an element, but for those that hold words: white space in them would be words, too."""
    children = list(element)
    if not children or element.tag in (_akn("p"), _akn("num"), _akn("heading")):
        return
    element.text = "\n" + " " * (depth + 1)
    for child in children:
        _indent(child, depth + 1)
        child.tail = "\n" + " " * (depth + 1)
    children[-1].tail = "\n" + " " * depth


# -- metadata ------------------------------------------------------------------------------------------------------


def _organizations(document: Document) -> dict[str, str]:
    """Every body that is named, in the order of their names, and its id in the document."""
    named = {*document.issuers, *(row["body"] for row in document.assignments)}
    return {name: f"org_{at}" for at, name in enumerate(sorted(named), 1)}


def _uri(document: Document) -> str:
    name = document.number or document.id or document.title or "unnamed"
    return f"/akn/cn/doc/plan/{_day(document)}/{quote(name, safe='')}"


def _day(document: Document) -> str:
    """The day of issue; the first of a month or year that is all a document tells."""
    issued = document.issued or UNKNOWN_DAY
    return issued + {4: "-01-01", 7: "-01"}.get(len(issued), "")


def _meta(doc: ET.Element, document: Document, organizations: dict[str, str]) -> None:
    meta = _add(doc, "meta")
    identification = _add(meta, "identification", source=SOURCE)
    uri, day = _uri(document), _day(document)
    kind = {10: "issued", 7: "month of issue", 4: "year of issue"}.get(len(document.issued or ""), "unknown")
    author = f"#{organizations[document.issuers[0]]}" if document.issuers else "#unknown"
    levels = (("Work", ""), ("Expression", "/zho@"), ("Manifestation", "/zho@.xml"))
    for level, suffix in levels:
        part = _add(identification, f"FRBR{level}")
        _add(part, "FRBRthis", value=f"{uri}{suffix}/!main" if level != "Manifestation" else f"{uri}/zho@/!main.xml")
        _add(part, "FRBRuri", value=f"{uri}{suffix}")
        _add(part, "FRBRdate", date=day, name=kind)
        _add(part, "FRBRauthor", href=author if level != "Manifestation" else SOURCE)
        if level == "Work":
            _add(part, "FRBRcountry", value="cn")
            if document.number:
                _add(part, "FRBRnumber", value=document.number)
            if document.title:
                _add(part, "FRBRname", value=document.title)
        elif level == "Expression":
            _add(part, "FRBRlanguage", language="zho")
        else:
            _add(part, "FRBRformat", value="application/akn+xml")
    references = _add(meta, "references", source=SOURCE)
    for name, id in organizations.items():
        _add(
            references,
            "TLCOrganization",
            eId=id,
            href=f"/akn/ontology/organization/cn/{quote(name, safe='')}",
            showAs=name,
        )
    if not document.issuers:
        _add(references, "TLCOrganization", eId="unknown", href="/akn/ontology/organization/unknown", showAs="未知")
    for id, name in (("target", "指标"), ("milestone", "时间节点")):
        _add(references, "TLCConcept", eId=id, href=f"/akn/ontology/concept/{id}", showAs=name)
    _add(references, "TLCOrganization", eId="taizhang", href="/akn/ontology/organization/taizhang", showAs="taizhang")
    _facts(meta, document, organizations)


def _facts(meta: ET.Element, document: Document, organizations: dict[str, str]) -> None:
    kept = _add(meta, "proprietary", source=SOURCE)
    ids = _ids(document)
    if place := document.jurisdiction:
        ET.SubElement(kept, f"{{{FACTS}}}jurisdiction", _words(place))
    for clause, id in zip(document.clauses, ids, strict=True):
        for row in clause["assignments"]:
            facts = {"clause": f"#{id}", "organization": f"#{organizations[row['body']]}", **_words(row)}
            ET.SubElement(kept, f"{{{FACTS}}}assignment", facts)
        for what in ("targets", "milestones"):
            for row in clause[what]:
                ET.SubElement(kept, f"{{{FACTS}}}{what[:-1]}", {"clause": f"#{id}", **_words(row)})
    of_sections = document.to_dict()
    for what in ("targets", "milestones"):
        for row in of_sections[what]:
            ET.SubElement(kept, f"{{{FACTS}}}{what[:-1]}", _words(row))


def _words(row: dict[str, Any]) -> dict[str, str]:
    """A fact's fields as attributes; what is not said is left out."""

    def text(value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return ".".join(map(str, value)) if isinstance(value, list) else _printable(str(value))

    return {name: text(value) for name, value in row.items() if value is not None}


def _preface(doc: ET.Element, document: Document) -> None:
    if not (document.title or document.number or document.issued):
        return
    preface = _add(doc, "preface")
    for name, value in (("docTitle", document.title), ("docNumber", document.number), ("docDate", document.issued)):
        if value:
            attributes = {"date": _day(document)} if name == "docDate" else {}
            _add(_add(preface, "p"), name, value, **attributes)


# -- the plan ----------------------------------------------------------------------------------------------------------


def _ids(document: Document) -> list[str]:
    """An id for each clause; paths that a document prints twice are told apart."""
    seen: dict[str, int] = {}
    out = []
    for clause in document.clauses:
        path = "-".join(map(str, clause["path"])) or "0"
        seen[path] = seen.get(path, 0) + 1
        out.append(f"cl_{path}" + (f"_{seen[path]}" if seen[path] > 1 else ""))
    return out


def _body(doc: ET.Element, document: Document, organizations: dict[str, str]) -> None:
    body = _add(doc, "mainBody")
    spans = document.spans()
    headings = {(s.get("plan"), s["no"]): s["heading"] for s in document.sections}
    marks = sorted(_marks(document, spans, organizations), key=lambda mark: (mark.start, -mark.end))
    open_nodes: list[tuple[tuple[int, ...], ET.Element]] = []
    made: dict[str, int] = {}
    for clause, span, id in zip(document.clauses, spans["clauses"], _ids(document), strict=True):
        path = tuple(clause["path"])
        while open_nodes and path[: len(open_nodes[-1][0])] != open_nodes[-1][0]:
            open_nodes.pop()
        while len(open_nodes) < len(path) - 1:
            at = path[: len(open_nodes) + 1]
            name = "nd_" + "-".join(map(str, at))
            made[name] = made.get(name, 0) + 1
            node = _node(open_nodes[-1][1] if open_nodes else body, len(open_nodes), at)
            node.set("eId", name + (f"_{made[name]}" if made[name] > 1 else ""))
            heading = (
                headings.get((None, at[0])) if len(at) == 1 else headings.get((at[0], at[1])) if len(at) == 2 else None
            )
            _add(node, "num", str(at[-1]))
            if heading:
                _add(node, "heading", heading)
            open_nodes.append((at, node))
        leaf = _node(open_nodes[-1][1] if open_nodes else body, len(path) - 1, path)
        leaf.set("eId", id)
        _leaf(leaf, document, clause, span, marks)
    if not document.clauses:
        text = [line.strip() for line in document.text.splitlines() if line.strip()]
        for line in text or [""]:
            _add(body, "p", line)


def _node(parent: ET.Element, depth: int, path: tuple[int, ...]) -> ET.Element:
    if depth < len(_LEVELS):
        return _add(parent, _LEVELS[depth])
    return _add(parent, "hcontainer", name="node")


def _leaf(
    leaf: ET.Element, document: Document, clause: dict[str, Any], span: dict[str, Any], marks: list[Mark]
) -> None:
    start, end = span["start"], span["end"]
    line = document.text.rfind("\n", 0, start) + 1
    printed = document.text[line:start].strip()
    _add(leaf, "num", printed if 0 < len(printed) <= 12 else str(clause["path"][-1] if clause["path"] else 0))
    words = document.wording(span)
    heading = clause["heading"]
    begin = start
    if heading and words.startswith(heading):
        _add(leaf, "heading", heading)
        begin = _behind(span, len(heading))
    paragraph = _add(_add(leaf, "content"), "p")
    here = [mark for mark in marks if begin <= mark.start and mark.end <= end]
    _mixed(paragraph, document, span, begin, here)


def _behind(span: dict[str, Any], words: int) -> int:
    """The place behind so many kept characters of a span."""
    at = span["start"]
    for start, end in [*span["removed"], (span["end"], span["end"])]:
        if words <= start - at:
            return int(at + words)
        words -= start - at
        at = end
    return int(span["end"])


def _mixed(paragraph: ET.Element, document: Document, span: dict[str, Any], begin: int, marks: Iterable[Mark]) -> None:
    """Fills a paragraph with a span's words from `begin` on, facts marked."""

    def words(start: int, end: int) -> str:
        removed = [(max(a, start), min(b, end)) for a, b in span["removed"] if a < end and b > start]
        return _printable(document.wording({"start": start, "end": end, "removed": removed}))

    at, last = begin, None
    for mark in marks:
        if mark.start < at:
            continue
        between = words(at, mark.start)
        if last is None:
            paragraph.text = (paragraph.text or "") + between
        else:
            last.tail = between
        last = ET.SubElement(paragraph, _akn(mark.element), mark.attributes)
        last.text = words(mark.start, mark.end)
        at = mark.end
    rest = words(at, span["end"])
    if last is None:
        paragraph.text = (paragraph.text or "") + rest
    else:
        last.tail = rest


def _marks(document: Document, spans: dict[str, Any], organizations: dict[str, str]) -> Iterator[Mark]:
    assignments = [row for clause in document.clauses for row in clause["assignments"]]
    for row, span in zip(assignments, spans["assignments"], strict=True):
        if not row["implied"]:
            yield Mark(span["start"], span["end"], "organization", {"refersTo": f"#{organizations[row['body']]}"})
    for what, element in (("targets", "quantity"), ("milestones", "event")):
        for row, span in zip(getattr(document, what), spans[what], strict=True):
            attributes = {"refersTo": f"#{what[:-1]}"}
            if what == "targets":
                unit = row["unit"] or ""
                attributes["normalized"] = f"{row['op']} {row['value']} {unit}".strip()
            yield Mark(span["start"], span["end"], element, attributes)
    for row, span in zip(document.cites, spans["citations"], strict=True):
        name = row["number"] or row["title"] or ""
        yield Mark(span["start"], span["end"], "ref", {"href": f"/akn/cn/doc/{quote(name, safe='')}"})
