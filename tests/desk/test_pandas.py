"""pandas 2.3 and 3, polars and DuckDB read the same table equal: each pandas in an environment of its own."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import taizhang as tz

pytestmark = pytest.mark.desk

READ = """
import json, pandas as pd, sys
import taizhang as tz
with tz.open(sys.argv[1], create=False) as ledger:
    out = {"pandas": pd.__version__}
    for name in ("documents", "clauses", "assignments", "targets", "milestones", "citations"):
        frame = getattr(ledger, name)().to_pandas()
        kinds = {c: ("text" if pd.api.types.is_string_dtype(frame[c].dtype) else str(frame[c].dtype)) for c in frame}
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        out[name] = {"rows": rows, "kinds": kinds}
print(json.dumps(out, ensure_ascii=False))
"""


def read(python, ledger, package):
    environment = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run([python, "-c", READ, str(ledger)], capture_output=True, encoding="utf-8", env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    from conftest import ROOT

    path = tmp_path_factory.mktemp("pandas") / "seeds.tz"
    with tz.open(path) as made:
        made.ingest(ROOT / "seeds" / "documents", metadata="index.csv", progress=False)
        rows = {name: getattr(made, name)().to_dicts() for name in tz.schema() if name not in ("sections", "notes")}
    return path, rows


@pytest.mark.parametrize(("wanted", "major"), [("pandas>=2.3,<3", "2.3"), ("pandas>=3,<4", "3.")])
def test_each_pandas_reads_the_same(ledger, tmp_path, wanted, major):
    path, rows = ledger
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wanted, "pyarrow"], check=True)
    # The package alone, not the libraries that stand beside it.
    package = tmp_path / "package"
    package.mkdir()
    (package / "taizhang").symlink_to(Path(tz.__file__).parent)
    found = read(python, path, package)
    assert found.pop("pandas").startswith(major)
    for name, answer in found.items():
        assert answer["rows"] == rows[name], name
        assert set(answer["kinds"].values()) <= {"text", "Int64", "Float64", "float64", "boolean", "object"}, name
    assert found["documents"]["kinds"]["year"] == "Int64"


def test_polars_and_duckdb_read_the_same(ledger):
    import duckdb
    import polars as pl

    path, rows = ledger
    with tz.open(path, create=False) as made:
        for name in rows:
            table = getattr(made, name)()
            assert pl.DataFrame(table).to_dicts() == rows[name]
            found = duckdb.from_arrow(table)
            assert [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()] == rows[name]
    assert sys.version_info >= (3, 11)
