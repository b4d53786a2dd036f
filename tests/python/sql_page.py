"""The questions of docs/spark.md: how the library answers each, and the SQL that asks the same of the tables."""

import math
import re

from conftest import ROOT

import taizhang as tz
from taizhang import _core

PAGE = (ROOT / "docs" / "spark.md").read_text(encoding="utf-8")
DOCUMENTS = 300


def questions():
    """Letter of each question, its line of Python, and dialect to SQL."""
    out = []
    for part in re.split(r"^### ", PAGE, flags=re.M)[1:]:
        letter = part[1]
        (line,) = re.findall(r"```python\n(.*?)\n```", part, flags=re.S)
        blocks = re.findall(r"```sql\n-- (.*?)\n(.*?)\n```", part, flags=re.S)
        sql = {dialect: text for dialects, text in blocks for dialect in dialects.split(", ")}
        out.append((letter, line, sql))
    return out


def plans(seeds):
    """Texts with their metadata: made ones, and the five seeds."""
    made = [{"id": id, "text": text, **facts} for id, text, facts in _core.sample_documents(11, 0, DOCUMENTS)]
    rows = [{"id": path.stem, "text": path.read_text(encoding="utf-8")} for path in sorted(seeds.glob("*.txt"))]
    return rows + made


def answered(ledger, line):
    """Rows of the library's answer."""
    given = eval(line, {"ledger": ledger, "tz": tz})
    if isinstance(given, int):
        return ["count"], [(given,)]
    return given.columns, [tuple(row.values()) for row in given]


def same(letter, columns, expected, names, found):
    """SQL gave what the library gave, in the same columns; a ranking in the same order, up to what rounding turns."""
    assert expected, "a question without an answer shows nothing"
    found = [tuple(row) for row in found]
    if letter == "a":
        assert found == expected
        return
    at = [names.index(name) for name in columns if name in names]
    assert len(at) >= min(len(columns), len(names))
    kept = [columns.index(name) for name in columns if name in names]
    theirs = [tuple(row[i] for i in at) for row in found]
    ours = [tuple(row[i] for i in kept) for row in expected]
    if letter == "h":
        assert len(theirs) == len(ours)
        for (clause, score), (_, other) in zip(ours, theirs, strict=True):
            assert math.isclose(score, other, rel_tol=1e-4), clause
        least = min(score for _, score in ours) * 1.0001
        assert {clause for clause, score in ours if score > least} == {c for c, score in theirs if score > least}
    elif letter == "f":
        assert theirs == ours
    else:
        assert sorted(theirs, key=repr) == sorted(ours, key=repr)
