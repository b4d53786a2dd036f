"""Graphs of bodies and of documents, as tables, for networkx, and as GraphML."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from .names import functions
from .table import Table

_TYPES = {"text": "string", "int": "long", "float": "double", "bool": "boolean"}


class Network:
    """Which functions are put to work together.

    Attributes
    ----------
    edges
        One row a pair `a`, `b`: the parts, clauses and documents in which they stand together, and how often each
        leads.
    nodes
        One row a function (or a body that has none): its parts, leads and partners, and its name.
    """

    def __init__(self, edges: Table, nodes: Table) -> None:
        names = {row["id"]: row["zh"] for row in functions()}
        columns = {name: nodes[name] for name in nodes.columns}
        columns = {"id": columns.pop("id"), "label": [names.get(id, id) for id in nodes["id"]], **columns}
        types = {**nodes.types, "label": "text"}
        self.edges = edges
        self.nodes = Table.from_columns(columns, types=types, name="nodes")

    def of(self, id: str) -> Table:
        """Give the edges of one function or body.

        Parameters
        ----------
        id
            As in the table of nodes.
        """
        return self.edges.filter(lambda row: id in (row["a"], row["b"]))

    def to_networkx(self) -> Any:
        """Give a networkx `Graph`; `parts` is the weight of an edge."""
        return _networkx(self.nodes, "id", self.edges, ("a", "b"), directed=False)

    def to_graphml(self, path: str | PathLike[str] | None = None) -> str | None:
        """Write GraphML, which Gephi, yEd, Cytoscape and igraph read: to a file, or without a path as text."""
        return _graphml(self.nodes, "id", self.edges, ("a", "b"), path, directed=False)

    def __repr__(self) -> str:
        return repr(self.edges)

    def _repr_html_(self) -> str:
        return self.edges.to_html()


class Lineage:
    """Which document stands upon which.

    Attributes
    ----------
    citations
        One row a citation: `relation` (basis 根据, implements 落实, forwards 转发, repeals 废止, amends 修订,
        drafts 制定, mentions), the document of the ledger that is meant, its direction (up, same, down), days between.
    to_get
        What is cited but not in the ledger, the most cited first.
    """

    def __init__(self, citations: Table, to_get: Table) -> None:
        self.citations = citations
        self.to_get = to_get

    def _graph(self) -> tuple[Table, Table]:
        """Nodes and edges; what is missing is a node too, under its number or title."""
        edges: list[dict[str, Any]] = []
        nodes: dict[str, dict[str, Any]] = {}
        for row in self.citations:
            cited = row["cited_document"] or row["number"] or row["title"]
            label, place = row["title"] or row["number"], row["cited_place"]
            nodes[row["document"]] = {
                "id": row["document"],
                "label": row["document"],
                "place": row["place"],
                "in_ledger": True,
            }
            nodes.setdefault(cited, {"id": cited, "label": label, "place": place, "in_ledger": row["in_ledger"]})
            edges.append({"a": row["document"], "b": cited, "relation": row["relation"], "days": row["days"]})
        columns = {name: [row[name] for row in nodes.values()] for name in ("id", "label", "place", "in_ledger")}
        types = {"id": "text", "label": "text", "place": "text", "in_ledger": "bool"}
        lines = {name: [row[name] for row in edges] for name in ("a", "b", "relation", "days")}
        of_edges = {"a": "text", "b": "text", "relation": "text", "days": "int"}
        return Table.from_columns(columns, types=types, name="nodes"), Table.from_columns(
            lines, types=of_edges, name="edges"
        )

    def to_networkx(self) -> Any:
        """Give a networkx `DiGraph` from the citing document to the one cited."""
        nodes, edges = self._graph()
        return _networkx(nodes, "id", edges, ("a", "b"), directed=True)

    def to_graphml(self, path: str | PathLike[str] | None = None) -> str | None:
        """Write GraphML: to a file, or without a path as text."""
        nodes, edges = self._graph()
        return _graphml(nodes, "id", edges, ("a", "b"), path, directed=True)

    def __repr__(self) -> str:
        return f"{self.citations!r}\n\n{self.to_get!r}"

    def _repr_html_(self) -> str:
        return self.citations.to_html() + self.to_get.to_html()


def _networkx(nodes: Table, id: str, edges: Table, ends: tuple[str, str], *, directed: bool) -> Any:
    try:
        import networkx as nx
    except ImportError as error:
        raise ImportError("to_networkx needs networkx: pip install 'taizhang[network]'") from error
    graph = nx.DiGraph() if directed else nx.Graph()
    for row in nodes:
        graph.add_node(row[id], **{k: v for k, v in row.items() if k != id and v is not None})
    for row in edges:
        facts = {k: v for k, v in row.items() if k not in ends and v is not None}
        if "parts" in facts:
            facts["weight"] = facts["parts"]
        graph.add_edge(row[ends[0]], row[ends[1]], **facts)
    return graph


def _graphml(
    nodes: Table, id: str, edges: Table, ends: tuple[str, str], path: str | PathLike[str] | None, *, directed: bool
) -> str | None:
    from xml.sax.saxutils import escape, quoteattr  # it brings urllib along, half of what `import taizhang` took

    lines = ["<?xml version='1.0' encoding='utf-8'?>", '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    keys: dict[tuple[str, str], str] = {}
    for kind, table, own in (("node", nodes, (id,)), ("edge", edges, ends)):
        for name, column in table.types.items():
            if name not in own:
                keys[kind, name] = key = f"{kind[0]}{len(keys)}"
                lines.append(f'<key id="{key}" for="{kind}" attr.name={quoteattr(name)} attr.type="{_TYPES[column]}"/>')
    lines.append(f'<graph edgedefault="{"directed" if directed else "undirected"}">')

    def data(kind: str, row: dict[str, Any]) -> str:
        facts = ((keys[kind, name], value) for name, value in row.items() if (kind, name) in keys and value is not None)
        return "".join(f'<data key="{key}">{escape(_text(value))}</data>' for key, value in facts)

    lines += [f"<node id={quoteattr(row[id])}>{data('node', row)}</node>" for row in nodes]
    for row in edges:
        source, target = quoteattr(row[ends[0]]), quoteattr(row[ends[1]])
        lines.append(f"<edge source={source} target={target}>{data('edge', row)}</edge>")
    text = "\n".join([*lines, "</graph>", "</graphml>", ""])
    if path is None:
        return text
    Path(path).write_text(text, encoding="utf-8", newline="\n")
    return None


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
