"""The command line, as a shell sees it."""

import csv
import io
import json
import signal
import subprocess
import sys
import time

import pytest

import taizhang as tz


@pytest.fixture(scope="module")
def path(command, seeds, tmp_path_factory):
    """A ledger that the command has made."""
    path = tmp_path_factory.mktemp("cli") / "seeds.tz"
    result = command("ingest", path, seeds, "--metadata", seeds / "index.csv")
    assert result.returncode == 0, result.stderr
    assert "5 added" in result.stdout
    return path


def test_version_and_help(command):
    lines = command("--version").stdout.splitlines()
    assert lines[0].split() == ["taizhang", tz.__version__]
    assert {line.split("  ")[0] for line in lines} >= {"reading", "ledger format", "Python", "system", "Chinese fonts"}
    help = command("--help").stdout
    assert "examples:" in help
    for name in ("parse", "ingest", "documents", "tasks", "targets", "compare"):
        assert name in help
        assert f"taizhang {name}" in command(name, "--help").stdout


def test_parse_prints_the_exchange_format(command, seeds, tmp_path):
    file = seeds / "jiangmen-2019.txt"
    printed = command("parse", file)
    assert printed.returncode == 0
    assert json.loads(printed.stdout) == tz.parse(file).to_dict()
    assert command("parse", file, "-o", tmp_path / "out.json").stdout == ""
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == printed.stdout


def test_parse_of_many(command, seeds, tmp_path):
    files = sorted(seeds.glob("*.txt"))
    (tmp_path / "bad.txt").write_bytes(b"\x00")
    result = command("parse", *files, tmp_path / "bad.txt", "-o", tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.startswith("taizhang: ")
    assert result.stderr.count("\n") == 1
    assert len(list((tmp_path / "out").glob("*.json"))) == 5
    assert command("parse", *files).returncode == 1


def test_formats(command, path):
    text = command("documents", path)
    assert text.returncode == 0
    assert "江门市" in text.stdout
    rows = json.loads(command("documents", path, "--format", "json").stdout)
    assert len(rows) == 5
    table = list(csv.DictReader(io.StringIO(command("documents", path, "--format", "csv").stdout)))
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    assert "文件编号" in command("documents", path, "--format", "csv", "--labels", "zh").stdout


def test_questions(command, path):
    arguments = ("--place", "江门市", "--function", "health-insurance", "--role", "lead", "--format", "json")
    tasks = json.loads(command("tasks", path, *arguments).stdout)
    assert tasks
    assert all(row["place"] == "江门市" for row in tasks)
    targets = json.loads(command("targets", path, "--due", "2025", "--unit", "%", "--format", "json").stdout)
    assert targets
    assert all(row["deadline"].startswith("2025") for row in targets)
    assert command("assignments", path, "--text", "医保", "付费").returncode == 0
    assert command("notes", path).returncode == 0
    assert command("sections", path).returncode == 0


def test_metadata_columns(command, seeds, tmp_path):
    (tmp_path / "index.csv").write_text("file,wave\njiangmen-2019.txt,1\nlinfen-2022.txt,2\n", encoding="utf-8")
    ledger = tmp_path / "x.tz"
    files = [seeds / "jiangmen-2019.txt", seeds / "linfen-2022.txt"]
    assert command("ingest", ledger, *files, "--metadata", tmp_path / "index.csv").returncode == 0
    rows = json.loads(command("documents", ledger, "--where", "wave=2", "--format", "json").stdout)
    assert [row["place"] for row in rows] == ["临汾市"]
    assert command("documents", ledger, "--where", "wave").returncode == 1
    assert command("documents", ledger, "--where", "other=1").returncode == 1


def test_compare(command, path):
    shown = command("compare", path, "江门市", "临汾市", "綦江区")
    assert shown.returncode == 0
    assert all(word in shown.stdout for word in ("places", "departments", "targets", "临汾市"))
    tables = json.loads(command("compare", path, "江门市", "--format", "json").stdout)
    assert set(tables) == {"places", "departments", "targets"}
    rows = list(csv.DictReader(io.StringIO(command("compare", path, "--what", "places", "--format", "csv").stdout)))
    assert len(rows) == 5
    assert command("compare", path, "--format", "csv").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("nonsense",), 2),
        (("targets", "LEDGER", "--due", "soon"), 2),
        (("tasks", "LEDGER", "--role", "boss"), 2),
        (("parse", "missing.txt"), 1),
        (("documents", "missing.tz"), 1),
        (("tasks", "LEDGER", "--place", "不存在的地方"), 1),
        (("ingest", "LEDGER", "missing"), 1),
        (("ingest", "LEDGER", "SEEDS", "--metadata", "missing.csv"), 1),
    ],
)
def test_errors_are_one_sentence(command, path, seeds, tmp_path, arguments, code):
    names = {"LEDGER": path, "SEEDS": seeds}
    result = command(*(names.get(a, a) for a in arguments), cwd=tmp_path)
    assert result.returncode == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    if code == 1:
        assert result.stderr.startswith("taizhang: ")
        assert result.stderr.count("\n") == 1
    assert not (tmp_path / "missing.tz").exists()


def test_a_broken_pipe_is_quiet(program, path):
    line = f"{program} clauses {path} --format csv | head -n 1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, encoding="utf-8", timeout=60)
    assert result.stderr == ""
    assert result.stdout.startswith("document,")


def test_module(seeds):
    result = subprocess.run([sys.executable, "-m", "taizhang", "--version"], capture_output=True, encoding="utf-8")
    assert result.stdout.split()[:2] == ["taizhang", tz.__version__]


def test_ctrl_c_ends_with_130(seeds, tmp_path, program):
    folder = tmp_path / "many"
    folder.mkdir()
    text = (seeds / "jiangmen-2019.txt").read_text(encoding="utf-8")
    for n in range(4000):
        (folder / f"{n}.txt").write_text(f"{n}\n{text}", encoding="utf-8")
    process = subprocess.Popen(
        [program, "ingest", tmp_path / "x.tz", folder],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # A runner in the background hands its children an ignored SIGINT; a person at a terminal does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (tmp_path / "x.tz").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.4)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stderr.startswith("taizhang: interrupted")
    assert "Traceback" not in stderr
