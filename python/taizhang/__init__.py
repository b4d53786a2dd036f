r"""taizhang 台账: Chinese government plans as tables.

Reads plans, notices and opinions into clauses, departments with their roles, targets, deadlines and citations,
each tied to the words it was read from, and keeps them in an embedded ledger that answers as DataFrames.

>>> import taizhang as tz
>>> document = tz.parse_text("一、加强监管\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头，市财政局配合）")
>>> [(a["body"], a["role"]) for a in document.assignments]
[('市医保局', 'lead'), ('市财政局', 'cooperating')]
"""

from typing import TYPE_CHECKING, Any

from ._core import DocumentError, QueryError, StoreError, TaizhangError, __version__
from .compare import Comparison
from .display import Evidence
from .document import Document, parse, parse_text
from .graph import Lineage, Network
from .labels import set_labels
from .ledger import Ledger, open, rebuild
from .names import functions, topics
from .questions import Coded, Descent
from .report import Report
from .selection import Selection
from .table import Column, Table, concat, schema
from .versions import show_versions
from .versus import Diff

if TYPE_CHECKING:
    from .coding import CodingSheet, agreement
    from .freeze import verify

__all__ = [
    "Coded",
    "CodingSheet",
    "Column",
    "Comparison",
    "Descent",
    "Diff",
    "Document",
    "DocumentError",
    "Evidence",
    "Ledger",
    "Lineage",
    "Network",
    "QueryError",
    "Report",
    "Selection",
    "StoreError",
    "Table",
    "TaizhangError",
    "__version__",
    "agreement",
    "concat",
    "functions",
    "open",
    "parse",
    "parse_text",
    "rebuild",
    "schema",
    "set_labels",
    "show_versions",
    "topics",
    "verify",
]


def __getattr__(name: str) -> Any:
    # What few sessions need is imported when it is asked for.
    if name == "verify":
        from .freeze import verify

        return verify
    if name in ("CodingSheet", "agreement"):
        from . import coding

        return getattr(coding, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
