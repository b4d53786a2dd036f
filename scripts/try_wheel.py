"""Use an installed wheel as a reader of the README would; `scripts/try_wheel.sh` runs it in clean environments.

    python scripts/try_wheel.py FOLDER_OF_PLANS ENVIRONMENT

ENVIRONMENT says what must and must not be there: plain, pandas-2, pandas-3, polars. Prints versions and answers; an
answer that is not what it should be ends it with an error.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

import taizhang as tz

PLANS, ENVIRONMENT = Path(sys.argv[1]), sys.argv[2]

tz.show_versions()
assert "site-packages" in str(tz.__file__), "this is not the installed package"
with tempfile.TemporaryDirectory() as folder, tz.open(Path(folder) / "tried.tz") as ledger:
    report = ledger.ingest(PLANS, metadata="index.csv", progress=False)
    assert len(report.added) == 5, repr(report)
    leads = ledger.assignments(place="江门市", role="lead")
    print(f"{len(ledger)} documents, {len(ledger.assignments())} assignments, {len(leads)} lead in 江门市")
    assert len(ledger.assignments()) == 608
    if ENVIRONMENT == "plain":
        for library in ("pandas", "pyarrow", "polars", "numpy", "pypdfium2", "networkx"):
            assert importlib.util.find_spec(library) is None, f"{library} is a dependency that nobody asked for"
        said = ""
        try:
            leads.to_pandas()
        except ImportError as error:
            said = str(error)
        assert "pip install 'taizhang[pandas]'" in said, "to_pandas without pandas does not say what to install"
        print(f"to_pandas: {said}")
    elif ENVIRONMENT.startswith("pandas"):
        import pandas as pd

        assert pd.__version__.split(".")[0] == ENVIRONMENT[-1]
        frame = leads.to_pandas()
        print(frame["body"].value_counts().head(3).to_string())
        print(dict(frame.dtypes.astype(str).value_counts()))
        assert len(frame) == len(leads)
    else:
        frame = leads.to_polars()
        print(frame["body"].value_counts(sort=True).head(3))
        assert frame.height == len(leads)
    ledger.check()
print("all as it should be")
