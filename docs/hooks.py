"""Pages that are made when the site is built: the columns of every table, and the grammar from its spec tables."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import taizhang as tz
from taizhang.labels import label

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "tests" / "specs"

# What each spec table is about, in the order of reading: page, outline, groups, numbers, time, what follows from them.
GRAMMAR = {
    "head": "What the page says of its document: title, number, issuer, date.",
    "number": "Document numbers (文号).",
    "place": "Places and what they are below.",
    "heading": "Markers that may open a heading or a clause.",
    "outline": "Sections and clauses.",
    "body": "Bodies named in a list, written out whole.",
    "body_function": "Bodies and their functions.",
    "group": "Responsibility groups: who, in which role.",
    "numeral": "Numbers in words and figures.",
    "quantity": "Numbers with unit and comparison.",
    "target": "Targets.",
    "value_high": "Ranges.",
    "baseline": "Old values.",
    "per": "Rates and frequencies.",
    "deadline": "Time phrases.",
    "milestone": "Commitments with a time and no number.",
    "base": "What a number is a share of.",
    "citation": "Other documents named.",
    "relation": "How a document stands to one that it names.",
    "contacts": "Names and telephone numbers of contact persons, and how they are blanked for publication.",
    "commitment": "How firmly a sentence commits: 4 must, 3 shall, 2 strives, 1 encourages, 0 explores.",
}


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made."""
    for name, text in {"tables.md": tables(), "grammar.md": grammar()}.items():
        files.append(File.generated(config, name, content=text))
    return files


def tables() -> str:
    """Each table with the type and meaning of its columns."""
    parts = [
        "# Tables and columns",
        '`tz.schema()` gives the same to a program; `labels="zh"` gives the Chinese names to a DataFrame, a CSV file'
        " or a display. `start` and `end` count characters of `ledger.document(id).text`.",
    ]
    for table, columns in tz.schema().items():
        rows = [f"| `{c.name}` | {label(c.name, 'zh')} | {c.type} | {escaped(c.about)} |" for c in columns]
        parts += [f"## {table}", "\n".join(["| column | 中文 | type | what it says |", "|---|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def grammar() -> str:
    """Each spec table: text, what is read, why."""
    parts = [
        "# The grammar, case by case",
        "The rules are held by tables of text and result; these are the tables that the tests run (`tests/specs`). A"
        " third and more of the cases say that nothing is there, and why. None is taken from the documents that the"
        " library is scored on. — means that nothing is read.",
    ]
    missing = {path.stem for path in SPECS.glob("*.json")} ^ set(GRAMMAR)
    if missing:
        raise ValueError(f"docs/hooks.py and tests/specs differ: {sorted(missing)}")
    for name, about in GRAMMAR.items():
        given = json.loads((SPECS / f"{name}.json").read_text(encoding="utf-8"))
        cases = given["cases"] if isinstance(given, dict) else given
        rows = [f"| {text_of(case)} | {result_of(case)} | {escaped(case.get('why', ''))} |" for case in cases]
        parts += [f"## {name}", about, "\n".join(["| text | read | why |", "|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


# What a case asks; all else in it is what is read.
ASKED = {"text", "list", "body", "name", "rule", "title", "indicator", "unit", "level", "why", "negative", "printed"}


def text_of(case: dict[str, Any]) -> str:
    """What a case is about."""
    words = case.get("text", case.get("list", case.get("body", case.get("name", ""))))
    if not isinstance(words, str):
        words = json.dumps(words, ensure_ascii=False)
    return escaped(words)


def result_of(case: dict[str, Any]) -> str:
    """What is read, short."""
    found = case.get("expect", {key: value for key, value in case.items() if key not in ASKED})
    if found in ({}, [], None) or found == {"groups": []}:
        return "—"
    return f"<code>{escaped(json.dumps(found, ensure_ascii=False))}</code>"


def escaped(text: Any) -> str:
    """A text as it may stand in a table's cell."""
    return html.escape(str(text), quote=False).replace("|", "&#124;").replace("\n", "<br>")
