"""Bibliography: the documents of a ledger as BibTeX or CSL-JSON, for a paper's list of sources.

A column `url` of the user's metadata becomes the entry's address. What a page does not tell is left out, never made up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

Style = Literal["bibtex", "csl"]

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "$": r"\$",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def bibtex(rows: Iterable[Mapping[str, Any]]) -> str:
    r"""Entries of the type `techreport`, which every style knows; names stand in braces: no style turns them round.

    Examples
    --------
    >>> row = {"id": "a", "title": "计划", "issuers": "市卫健委、市医保局", "number": "江府〔2019〕1号"}
    >>> row["issued"] = "2019-03-11"
    >>> print(bibtex([row]), end="")
    @techreport{a,
      title = {{计划}},
      author = {{市卫健委} and {市医保局}},
      institution = {{市卫健委}},
      type = {政府文件},
      number = {江府〔2019〕1号},
      year = {2019},
      month = {3},
      day = {11},
      language = {chinese},
    }
    """
    out = []
    for key, row in keyed(rows):
        issuers = _issuers(row)
        year, month, day = _day(row)
        fields = {
            "title": f"{{{_tex(row.get('title') or row['id'])}}}",
            "author": " and ".join(f"{{{_tex(name)}}}" for name in issuers) or None,
            "institution": f"{{{_tex(issuers[0])}}}" if issuers else None,
            "type": "政府文件",
            "number": _tex(row.get("number")),
            "address": _tex(row.get("place")),
            "year": year,
            "month": month,
            "day": day,
            "url": row.get("url"),
            "language": "chinese",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value is not None]
        out.append("\n".join([f"@techreport{{{key},", *lines, "}"]) + "\n")
    return "\n".join(out)


def csl(rows: Iterable[Mapping[str, Any]]) -> str:
    """Items of the type `report`, as Zotero, Pandoc and citeproc read them.

    Examples
    --------
    >>> item = json.loads(csl([{"id": "a", "title": "计划", "issuers": None, "issued": "2019-03", "number": None}]))[0]
    >>> item["issued"], item["language"]
    ({'date-parts': [[2019, 3]]}, 'zh-CN')
    """
    items = []
    for key, row in keyed(rows):
        parts = [int(part) for part in _day(row) if part is not None]
        item = {
            "id": key,
            "type": "report",
            "genre": "政府文件",
            "title": row.get("title") or row["id"],
            "author": [{"literal": name} for name in _issuers(row)] or None,
            "issued": {"date-parts": [parts]} if parts else None,
            "number": row.get("number"),
            "jurisdiction": row.get("place"),
            "URL": row.get("url"),
            "language": "zh-CN",
        }
        items.append({name: value for name, value in item.items() if value is not None})
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def keyed(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Each row with a key of letters and digits that no other has: its id, as far as it has such.

    Examples
    --------
    >>> [key for key, _ in keyed([{"id": "江门/a b.txt"}, {"id": "a-b.txt", "adcode": "440700", "year": 2019}])]
    ['a-b-txt', 'a-b-txt-2']
    """
    out: list[tuple[str, Mapping[str, Any]]] = []
    seen: set[str] = set()
    for row in rows:
        words = re.findall(r"[A-Za-z0-9]+", row["id"])
        where = [str(row[name]) for name in ("adcode", "year") if row.get(name)]
        key = first = "-".join(words or where) or "document"
        nth = 1
        while key.lower() in seen:
            nth += 1
            key = f"{first}-{nth}"
        seen.add(key.lower())
        out.append((key, row))
    return out


def _issuers(row: Mapping[str, Any]) -> list[str]:
    return [name for name in (row.get("issuers") or "").split("、") if name]


def _day(row: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    parts = [str(int(part)) for part in (row.get("issued") or "").split("-") if part]
    if not parts and row.get("year"):
        parts = [str(row["year"])]
    year, month, day = (*parts, None, None, None)[:3]
    return year, month, day


def _tex(text: str | None) -> str | None:
    return None if text is None else "".join(_TEX.get(c, c) for c in text)
