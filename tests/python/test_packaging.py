"""What leaves the house: the bill of materials, the advisories' wrapper, the release script's checks."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
needs_cargo = pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo reads the manifests")


def load(name):
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_cargo
def test_the_bill_of_materials_is_cargos_lock_and_nothing_else(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    sbom = load("sbom")
    bill = sbom.bill()
    assert bill == sbom.bill()
    assert bill["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    components = {(c["name"], c["version"]): c for c in bill["components"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    locked = {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}
    crates = {key: c for key, c in components.items() if c["purl"].startswith("pkg:cargo/")}
    assert crates.keys() < locked.keys()
    assert all(locked[key] == c["hashes"][0]["content"] for key, c in crates.items())
    assert {"sled", "pyo3", "html5ever", "zstd", "mimalloc"} <= {name for name, _ in components}
    assert not {"proptest", "tempfile", "cc"} & {name for name, _ in components}, "what only tests or builds use"
    refs = {c["bom-ref"] for c in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {edge["ref"] for edge in bill["dependencies"]} == refs
    assert all(ref in refs for edge in bill["dependencies"] for ref in edge["dependsOn"])
    assert "home" not in json.dumps(bill)


# -- advisories --------------------------------------------------------------------------------------------------------


@pytest.fixture
def advisories(tmp_path, monkeypatch):
    """The wrapper, with programs in place of cargo and pip-audit that say what a test lays down."""
    module = load("advisories")

    def said(program, text, code=0):
        stream = "stderr" if program == "cargo" else "stdout"
        file = tmp_path / program
        body = f"import sys; sys.{stream}.write({text!r}); sys.exit({code})"
        file.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
        file.chmod(0o755)
        if program == "pip_audit":
            (tmp_path / "pip_audit.py").write_text(body, encoding="utf-8")

    def requirements(folder):
        file = folder / "requirements.txt"
        file.write_text("pandas==3.1.1\npyarrow==26.0.1\n", encoding="utf-8")
        return file

    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(module, "requirements", requirements)
    module.said = said
    return module


def audited(*packages):
    return json.dumps({"dependencies": list(packages), "fixes": []})


PANDAS = {"name": "pandas", "version": "3.1.1", "vulns": []}
PYARROW = {"name": "pyarrow", "version": "26.0.1", "vulns": []}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (audited(PANDAS, PYARROW), None),
        (audited(PANDAS), "pyarrow was not looked at"),
        (audited(PANDAS, {"name": "pyarrow", "skip_reason": "not on PyPI"}), "pyarrow was skipped: not on PyPI"),
        (audited(PANDAS, PYARROW | {"vulns": [{"id": "PYSEC-1", "fix_versions": ["27"]}]}), "PYSEC-1, mended in 27"),
        ("", "pip-audit did not look"),
        ("{}", "pip-audit did not look"),
    ],
)
def test_python_packages_are_really_looked_at(advisories, answer, words):
    advisories.said("pip_audit", answer)
    wrong = advisories.python(advisories.datetime.date(2026, 11, 22))
    assert wrong == [] if words is None else [words in sentence for sentence in wrong] == [True], wrong


def test_an_exception_holds_until_its_date(advisories, monkeypatch):
    advisories.said("pip_audit", audited(PANDAS, PYARROW | {"vulns": [{"id": "PYSEC-1", "fix_versions": []}]}))
    date = advisories.datetime.date
    entry = {"id": "PYSEC-1", "until": date(2027, 1, 31), "reason": "not reached"}
    monkeypatch.setattr(advisories, "toml", lambda _: {"ignore": [entry]})
    assert advisories.python(date(2027, 1, 31)) == []
    (sentence,) = advisories.python(date(2027, 2, 1))
    assert "ended 2027-01-31: not reached" in sentence


def summary(**fields):
    return json.dumps({"type": "summary", "fields": {"advisories": {"errors": 0, "warnings": 0} | fields}}) + "\n"


def finding(code):
    return json.dumps({"type": "diagnostic", "fields": {"code": code, "message": "a", "severity": "error"}}) + "\n"


@pytest.mark.skipif(os.name != "posix", reason="a program in place of cargo")
@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (summary(), 0, None),
        (finding("vulnerability") + summary(errors=1), 1, "vulnerability: a"),
        ("error: failed to fetch the advisory database", 1, "cargo-deny did not look (exit code 1)"),
        ("", 0, "cargo-deny did not look"),
        (summary(errors=1), 1, "without saying why"),
    ],
)
def test_crates_are_really_looked_at(advisories, answer, code, words):
    advisories.said("cargo", answer, code)
    wrong = advisories.rust()
    assert wrong == [] if words is None else [words in sentence for sentence in wrong] == [True], wrong


def test_exceptions_of_crates_have_a_date_that_is_to_come(advisories):
    date = advisories.datetime.date
    assert advisories.overdue(date(2026, 11, 22)) == []
    assert len(advisories.overdue(date(2027, 6, 1))) == len(advisories.toml("deny.toml")["advisories"]["ignore"])


# -- the release -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    """A repository that looks like ours to the release script, and what the script says of it."""
    for name in ("Cargo.toml", "Cargo.lock", "scripts/release.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path)]

    def commit():
        subprocess.run([*git, "add", "-A"], check=True, capture_output=True)
        subprocess.run([*git, "commit", "-qm", "a"], check=True, capture_output=True)

    def release():
        command = ["bash", str(tmp_path / "scripts" / "release.sh"), "--quick"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60)
        assert ran.returncode != 0, "it goes on to build, which this tree cannot"
        return ran.stderr.strip().splitlines()[-1]

    subprocess.run([*git, "init", "-q", "-b", "main"], check=True, capture_output=True)
    return tmp_path, commit, release


@pytest.mark.skipif(shutil.which("git") is None or os.name != "posix", reason="a script for bash and git")
def test_the_release_stops_at_what_is_not_as_it_should_be(tree):
    folder, commit, release = tree
    log = folder / "CHANGELOG.md"
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), flags=re.M)[1]
    day = subprocess.run(["date", "-u", "+%Y-%m-%d"], capture_output=True, text=True, check=True).stdout.strip()

    log.write_text("# Changelog\n", encoding="utf-8")
    assert "not clean" in release()
    commit()
    assert f"no heading for {version}" in release()
    log.write_text(f"# Changelog\n\n## {version} (unreleased)\n", encoding="utf-8")
    commit()
    assert f'should be "## {version} ({day})"' in release()
    log.write_text(f"# Changelog\n\n## {version} ({day})\n\n- **Facts.** a\n- **API.** b\n", encoding="utf-8")
    commit()
    assert "what changed in Disk" in release()
    log.write_text(log.read_text(encoding="utf-8") + "- **Disk.** c\n\n## 0.0.1\n", encoding="utf-8")
    commit()
    assert "make" in release(), "what is checked first is passed"
    lock = folder / "Cargo.lock"
    lock.write_text(
        lock.read_text(encoding="utf-8").replace(f'"taizhang"\nversion = "{version}"', '"taizhang"\nversion = "0.0.9"')
    )
    commit()
    assert "Cargo.lock 0.0.9" in release()
