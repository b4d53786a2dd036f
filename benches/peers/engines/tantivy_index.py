"""tantivy: an index of the clauses by bigrams, and one of the assignments."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import tantivy

HEAP = 400 << 20


def bigrams(text: str) -> str:
    """Tokens of a text: every pair of neighbours."""
    return " ".join([text[at : at + 2] for at in range(len(text) - 1)])


def _clauses() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("clause", stored=True, indexed=False)
    builder.add_text_field("document", stored=False, tokenizer_name="raw", index_option="basic")
    for name in ("province", "topic", "place", "path", "kind"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("year", stored=True, indexed=True)
    # A field of bytes is the one that can be stored without an index.
    builder.add_bytes_field("text", stored=True, indexed=False)
    builder.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _assigned() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("function", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("year", stored=False, indexed=True)
    return builder.build()


def _filled(path: Path, schema: tantivy.Schema, documents: Any) -> None:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    index = tantivy.Index(schema, path=str(path))
    writer = index.writer(HEAP, 2)
    for document in documents:
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def load(folder: Path) -> dict[str, float]:
    """Load."""
    ids = {
        number: name
        for batch in ds.dataset(folder / "parquet/documents").to_batches(columns=["document", "id"])
        for number, name in zip(*(c.to_pylist() for c in batch.columns), strict=True)
    }

    def clauses() -> Any:
        names = ["clause", "document", "province", "topic", "place", "path", "kind", "year", "text"]
        for batch in ds.dataset(folder / "parquet/clauses").to_batches(columns=names):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                values = {name: value for name, value in zip(names, row, strict=True) if value is not None}
                values["document"] = ids[values["document"]]
                text = values.pop("text")
                yield tantivy.Document(**values, text=text.encode(), words=bigrams(text))

    def assigned() -> Any:
        for batch in ds.dataset(folder / "parquet/assigned").to_batches(columns=["function", "year"]):
            for function, year in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield tantivy.Document(function=function, year=year)

    _filled(folder / "peer.tantivy", _clauses(), clauses())
    _filled(folder / "peer.tantivy-assigned", _assigned(), assigned())
    files = [f for name in ("peer.tantivy", "peer.tantivy-assigned") for f in (folder / name).iterdir()]
    return {"disk MB": sum(f.stat().st_size for f in files) / 1e6}


class Engine:
    """Open indexes."""

    def __init__(self, folder: Path) -> None:
        self.schema, self.assigned_schema = _clauses(), _assigned()
        self.clauses = tantivy.Index.open(str(folder / "peer.tantivy"))
        self.searcher = self.clauses.searcher()
        self.assigned = tantivy.Index.open(str(folder / "peer.tantivy-assigned")).searcher()

    def _all(self, schema: tantivy.Schema, *terms: tuple[str, Any]) -> tantivy.Query:
        queries = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, *term, "basic")) for term in terms]
        return tantivy.Query.boolean_query(queries)

    def _rows(self, kind: str, query: tantivy.Query, names: list[str], word: str = "") -> Any:
        hits = self.searcher.search(query, limit=1_000_000, count=False).hits
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for _, address in hits:
            document = self.searcher.doc(address)
            text = bytes(document.get_first("text")).decode()
            if word in text:
                for name, column in columns.items():
                    column.append(text if name == "text" else document.get_first(name))
        return pd.DataFrame(columns) if kind == "pandas" else pa.table(columns)

    def a(self, kind: str, function: str, year: int) -> int:
        """Count."""
        query = self._all(self.assigned_schema, ("function", function), ("year", year))
        return self.assigned.search(query, limit=1, count=True).count

    def b(self, kind: str, province: str, word: str) -> Any:
        """Find a word in a province: all its bigrams, then the text."""
        terms = [("words", word[at : at + 2]) for at in range(len(word) - 1)]
        query = self._all(self.schema, ("province", province), *terms)
        return self._rows(kind, query, ["place", "year", "text"], word)

    b2 = b

    def f(self, kind: str, document: str) -> Any:
        """Give one document."""
        return self._rows(kind, self._all(self.schema, ("document", document)), ["path", "kind", "topic", "text"])

    def h(self, kind: str, words: str) -> Any:
        """Rank, and light the words in the twenty best."""
        terms = [word[at : at + 2] for word in words.split() for at in range(len(word) - 1)]
        asked = [(tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "words", term, "freq")) for term in terms]
        hits = self.searcher.search(tantivy.Query.boolean_query(asked), limit=20, count=False).hits
        columns: dict[str, list[Any]] = {
            name: [] for name in ("clause", "score", "place", "year", "text", "highlights")
        }
        for score, address in hits:
            document = self.searcher.doc(address)
            text = bytes(document.get_first("text")).decode()
            columns["score"].append(score)
            columns["text"].append(text)
            for name in ("clause", "place", "year"):
                columns[name].append(document.get_first(name))
            columns["highlights"].append("、".join(f"{at}-{at + len(w)}" for w in words.split() for at in _at(text, w)))
        return pd.DataFrame(columns) if kind == "pandas" else pa.table(columns)


def _at(text: str, word: str) -> Any:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)
