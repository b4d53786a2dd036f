"""What the tests share: the seeds, a ledger of them, and the score of the gold documents."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import taizhang as tz

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds" / "documents"
GOLD = ROOT / "tests" / "gold"

_score_table: list[str] = []


def load_score():
    """tests/score.py as a module."""
    spec = importlib.util.spec_from_file_location("score", ROOT / "tests" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def score():
    return load_score()


@pytest.fixture(scope="session")
def score_table():
    """Lines that are printed at the end of the run."""
    return _score_table


@pytest.fixture(scope="session")
def seeds():
    return SEEDS


@pytest.fixture(scope="session")
def seed_ledger(tmp_path_factory):
    """A ledger of the five seeds; tests must leave it as it is."""
    with tz.open(tmp_path_factory.mktemp("ledgers") / "seeds.tz") as ledger:
        report = ledger.ingest(SEEDS, metadata="index.csv", progress=False)
        assert len(report.added) == 5, repr(report)
        yield ledger


@pytest.fixture
def ledger(tmp_path):
    """An empty ledger."""
    with tz.open(tmp_path / "new.tz") as made:
        yield made


@pytest.fixture
def scratch(tmp_path):
    """A ledger of one small plan, to write in."""
    text = (
        "某市任务\n一、加强监管\n（一）完善制度。到2025年，覆盖率达到70%。（市医保局牵头，市财政局配合）\n"
        "（二）加强宣传。（市文旅局负责）"
    )
    with tz.open(tmp_path / "scratch.tz") as made:
        made.ingest_texts([{"id": "plan", "text": text}], progress=False)
        yield made


@pytest.fixture(scope="session")
def program():
    """The installed command `taizhang`."""
    return Path(sys.executable).with_name("taizhang")


@pytest.fixture(scope="session")
def command(program):
    """The command as a function from its arguments to the finished process."""

    def run(*arguments, **options):
        options = {"capture_output": True, "encoding": "utf-8", "timeout": 120} | options
        return subprocess.run([program, *map(str, arguments)], **options)

    return run


def pytest_terminal_summary(terminalreporter):
    if _score_table:
        terminalreporter.section("gold scores of the five seeds")
        for line in _score_table:
            terminalreporter.write_line(line)
