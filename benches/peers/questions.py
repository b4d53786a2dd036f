"""The questions, and the seeded list of parameters of each: at least fifty, drawn from what the corpus holds."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

ABOUT = {
    "a": "count of assignments of function X in year Y",
    "b": "clauses of one province with a four-character term: place, year, text",
    "b2": "the same with a two-character term",
    "c": "place × topic: distinct documents of one year, within a set of 300 places",
    "d": "function × function: clauses they share, one year, 300 places, implied left out",
    "e": "about 100,000 clauses of some provinces and years: place, year, text",
    "f": "the clauses of one document, with text",
    "g": "targets due in a year, of a unit, with at least a value, as rows",
    "h": "ranked search (BM25 over bigrams), top 20 with highlights",
}
KINDS = {q: ["arrow"] if q == "a" else ["arrow", "pandas"] for q in ABOUT}
WARM = {"a": 20, "f": 200, "b": 40, "b2": 40, "h": 40}
"""Runs of each question that are not counted, if not three: small questions, and those that ask for other words each
time, need more of them to touch all pages."""

DRAWS = 260
"""Parameters of each question."""


def draw(folder: Path, seed: int, wanted: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Parameters of each question; kept in the folder."""
    kept = folder / "parameters.json"
    if not kept.exists():
        kept.write_text(json.dumps(_draw(folder, random.Random(seed)), ensure_ascii=False))
    drawn = json.loads(kept.read_text())
    return {question: drawn[question] for question in ABOUT if question in wanted}


def _draw(folder: Path, dice: random.Random) -> dict[str, list[dict[str, Any]]]:
    documents = pl.scan_parquet(folder / "parquet/documents/*.parquet")
    clauses = pl.scan_parquet(folder / "parquet/clauses/*.parquet")
    assigned = pl.scan_parquet(folder / "parquet/assigned/*.parquet")
    targets = pl.scan_parquet(folder / "parquet/targets/*.parquet")
    count = documents.select(pl.len()).collect().item()
    years = sorted(documents.select("year").unique().drop_nulls().collect()["year"])[1:]
    places = json.loads((folder / "places.json").read_text())
    ids = sorted(documents.select("id").collect()["id"])
    functions = assigned.group_by("function").len().sort("len", "function").collect()["function"].to_list()[-50:]

    def within() -> dict[str, Any]:
        return {"year": dice.choice(years), "places": sorted(dice.sample(places, min(300, len(places))))}

    units = targets.group_by("unit").len().sort("len", "unit").collect()["unit"].drop_nulls().to_list()[-2:]
    due = targets.group_by("due").len().filter(pl.col("len") > count / 100).collect()["due"].drop_nulls().to_list()
    return {
        "a": [{"function": dice.choice(functions), "year": dice.choice(years)} for _ in range(DRAWS)],
        **_words(clauses, dice, count),
        "c": [within() for _ in range(DRAWS)],
        "d": [within() for _ in range(DRAWS)],
        "e": _sets(clauses, dice, count),
        "f": [{"document": dice.choice(ids)} for _ in range(DRAWS)],
        "g": [
            {"due": dice.choice(sorted(due)), "unit": units[-1], "value": dice.choice([60, 65, 70, 75, 80, 85, 90])}
            for _ in range(DRAWS)
        ],
    }


def _sets(clauses: pl.LazyFrame, dice: random.Random, documents: int) -> list[dict[str, Any]]:
    """Provinces and years that have about one row a document together."""
    # Within the country is everywhere.
    provinces_only = clauses.filter(pl.col("province") != "10")
    cells = provinces_only.group_by("year", "province").len().drop_nulls().collect()
    sizes = {(y, t): n for y, t, n in cells.iter_rows()}
    years, provinces = (sorted({cell[at] for cell in sizes}) for at in (0, 1))
    out = []
    while len(out) < DRAWS:
        of = sorted(dice.sample(years, min(6, len(years))))
        left, chosen = documents, []
        for province in dice.sample(provinces, len(provinces)):
            rows = sum(sizes.get((year, province), 0) for year in of)
            if 0 < rows <= left * 1.02:
                chosen.append(province)
                left -= rows
        if left < documents * 0.03:
            out.append({"years": of, "provinces": sorted(chosen)})
    return out


def _words(clauses: pl.LazyFrame, dice: random.Random, documents: int) -> dict[str, list[dict[str, Any]]]:
    """Terms with 1,500–2,500 clauses in a province, if there are 100,000 documents; and words to rank."""
    least, most = 1500 * documents / 1e5, 2500 * documents / 1e5
    sizes = clauses.group_by("province").len().drop_nulls().sort("len", descending=True).collect()
    provinces = sizes["province"].to_list()[:25]
    out: dict[str, list[dict[str, Any]]] = {"b": [], "b2": [], "h": []}
    common: list[str] = []
    for province in dice.sample(provinces, min(12, len(provinces))):
        texts = clauses.filter(pl.col("province") == province).select("text").collect()["text"]
        sample = texts.sample(min(len(texts), 10_000), seed=dice.randrange(1 << 30))
        share = len(sample) / len(texts)
        for question, width in (("b", 4), ("b2", 2)):
            seen: Counter[str] = Counter()
            for text in sample:
                seen.update({g for at in range(len(text) - width + 1) if _han(g := text[at : at + width])})
            near = sorted(g for g, n in seen.items() if least * share * 0.9 <= n <= most * share * 1.1)
            found = 0
            for word in dice.sample(near, min(len(near), 60)):
                if least <= texts.str.contains(word, literal=True).sum() <= most:
                    out[question].append({"province": province, "word": word})
                    found += 1
                    common.append(word)
                if found == 6:
                    break
    for question in ("b", "b2"):
        dice.shuffle(out[question])
    out["h"] = [{"words": " ".join(dice.sample(common, 2))} for _ in range(DRAWS)]
    return out


def _han(word: str) -> bool:
    return all("\u4e00" <= c <= "\u9fff" for c in word)
