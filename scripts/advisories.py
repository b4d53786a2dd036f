"""Known weaknesses of what we depend on: cargo-deny and pip-audit, and whether they really looked.

    python scripts/advisories.py [--rust] [--python]

Both tools can succeed without having looked: where a database cannot be reached, or a package is skipped because nobody
knows it. This wrapper asks both for what they did and fails then too, and when an exception's date has passed.

Exceptions of Rust stand in deny.toml, those of Python in scripts/advisories.toml; each says why, and until when
("Look again 2027-05" or `until = 2027-05-31`). Exit codes: 0 all looked at and nothing found, 1 something found,
skipped or past its date.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run what is asked for, both if nothing is, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rust", action="store_true")
    parser.add_argument("--python", action="store_true")
    options = parser.parse_args()
    both = not options.rust and not options.python
    today = datetime.date.fromisoformat(
        os.environ.get("TODAY") or datetime.datetime.now(datetime.UTC).date().isoformat()
    )
    wrong = overdue(today)
    if options.rust or both:
        wrong += rust()
    if options.python or both:
        wrong += python(today)
    for sentence in wrong:
        print(f"advisories: {sentence}", file=sys.stderr)
    print("advisories: nothing found" if not wrong else f"advisories: {len(wrong)} to look at")
    sys.exit(1 if wrong else 0)


def overdue(today: datetime.date) -> list[str]:
    """Give the exceptions of deny.toml that have no date or are past it."""
    wrong = []
    for entry in toml("deny.toml")["advisories"].get("ignore", []):
        dated = re.search(r"Look again (\d{4})-(\d{2})", entry["reason"])
        if not dated:
            wrong.append(f"the exception for {entry['id']} says no date to look again")
        elif (today.year, today.month) > (int(dated[1]), int(dated[2])):
            wrong.append(f"the exception for {entry['id']} was to be looked at again in {dated[1]}-{dated[2]}")
    return wrong


def rust() -> list[str]:
    """Ask cargo-deny about every crate of Cargo.lock."""
    command = ["cargo", "deny", "--format", "json", "--log-level", "info", "--locked", "check", "advisories"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    lines = [json.loads(line) for line in ran.stderr.splitlines() if line.startswith("{")]
    found = [line["fields"] for line in lines if line.get("type") == "diagnostic"]
    wrong = [f"{field['code']}: {field['message']}" for field in found if field.get("severity") in ("error", "warning")]
    summary = [line["fields"]["advisories"] for line in lines if line.get("type") == "summary"]
    if not summary:
        said = " ".join((ran.stderr or ran.stdout).split())[-300:]
        wrong.append(f"cargo-deny did not look (exit code {ran.returncode}): {said}")
    elif ran.returncode and not wrong:
        wrong.append(f"cargo-deny failed without saying why (exit code {ran.returncode}): {summary[0]}")
    return wrong


def python(today: datetime.date) -> list[str]:
    """Ask pip-audit about every package that the extras and the tests bring, as pip resolves them today."""
    exceptions, wrong = {}, []
    for entry in toml("scripts/advisories.toml").get("ignore", []):
        exceptions[entry["id"]] = entry
        if entry["until"] < today:
            wrong.append(f"the exception for {entry['id']} ended {entry['until']}: {entry['reason']}")
    with tempfile.TemporaryDirectory() as folder:
        needed = requirements(Path(folder))
        command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--strict"]
        command += ["--requirement", str(needed), "--disable-pip", "--no-deps"]
        asked = {name(line) for line in needed.read_text().splitlines() if line}
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    try:
        answer = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [*wrong, f"pip-audit did not look (exit code {ran.returncode}): {' '.join(ran.stderr.split())[-300:]}"]
    looked = set()
    for package in answer:
        if reason := package.get("skip_reason"):
            wrong.append(f"{package['name']} was skipped: {reason}")
            continue
        looked.add(name(package["name"]))
        for weakness in package["vulns"]:
            names = {weakness["id"], *weakness.get("aliases", [])}
            if not names & exceptions.keys():
                mended = ", ".join(weakness["fix_versions"]) or "no version"
                wrong.append(f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}")
    missing = sorted(asked - looked - {name(package["name"]) for package in answer})
    wrong += [f"{package} was not looked at" for package in missing]
    return wrong


def requirements(folder: Path) -> Path:
    """Write down every package, pinned, that pip would install for all extras."""
    extras = toml("pyproject.toml")["project"]["optional-dependencies"]
    wanted = [line for lines in extras.values() for line in lines if not line.startswith("taizhang")]
    report = folder / "report.json"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    subprocess.run([*command, "--report", str(report), *wanted], check=True)
    installed: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["install"]
    lines = sorted(f"{item['metadata']['name']}=={item['metadata']['version']}" for item in installed)
    out = folder / "requirements.txt"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return out


def name(requirement: str) -> str:
    """Give the normal name of a package."""
    return re.sub(r"[-_.]+", "-", re.split(r"[=<>!~ \[;]", requirement, maxsplit=1)[0]).lower()


def toml(file: str) -> dict[str, Any]:
    """Read a file of the project."""
    return tomllib.loads((ROOT / file).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
