"""What a bug report needs."""

import re
import subprocess
import sys

import taizhang as tz
from taizhang import versions


def test_versions_are_those_of_what_is_installed():
    found = versions.as_dict()
    assert found["taizhang"].startswith(tz.__version__)
    assert re.fullmatch(r"rules \d+ and lexicon [0-9a-f]{16}", found["reading"])
    assert found["ledger format"].isdigit()
    assert found["Python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert int(found["processors"]) > 0
    if "pandas" in found:
        import pandas as pd

        assert found["pandas"] == pd.__version__


def test_the_reading_is_that_of_a_ledger(seed_ledger):
    stats = seed_ledger.stats()
    found = versions.as_dict()
    assert str(stats["format"]) == found["ledger format"]


def test_they_are_printed_in_columns_and_name_nothing_of_the_user(capsys):
    tz.show_versions()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["taizhang", *versions.as_dict()["taizhang"].split()]
    assert len({len(line) - len(line.split("  ", 1)[1].lstrip()) for line in lines if line.isascii()}) == 1
    assert not any("/" in line and "home" in line for line in lines)


def test_no_library_is_imported_for_its_version():
    code = (
        "import sys, taizhang as tz\n"
        "before = set(sys.modules)\n"
        "tz.show_versions()\n"
        "print([m for m in ('pandas', 'numpy', 'polars', 'pyarrow', 'matplotlib') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60)
    assert ran.stdout.splitlines()[-1] == "[]", ran.stderr


def test_fonts_are_told_by_their_files(tmp_path, monkeypatch):
    for name in ("NotoSansCJK-Regular.ttc", "DejaVuSans.ttf", "wqy-zenhei.ttc", "simsun.txt"):
        (tmp_path / name).touch()
    monkeypatch.setattr(versions, "_FOLDERS", (str(tmp_path), str(tmp_path / "none")))
    assert versions._fonts() == ["NotoSansCJK", "wqy"]
