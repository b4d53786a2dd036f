"""The threat model names a test for each bound; each of them is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:tests|src)/[\w/]+\.(?:rs|py))::(\w+)`", MODEL)
ROWS = [line for line in MODEL.splitlines() if line.startswith("| ") and line.count("|") == 4]


def test_every_threat_has_a_bound_and_a_test():
    threats = [row for row in ROWS if not row.startswith(("| threat |", "| target |"))]
    assert len(threats) > 25
    for row in threats:
        assert "::" in row, row


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_the_named_test_is_there(file, test):
    text = (ROOT / file).read_text(encoding="utf-8")
    kind = r"(?:#\[test\]|proptest! \{)(?:(?!\n    fn |\nfn ).)*?\n *fn " if file.endswith(".rs") else r"^def "
    assert re.search(rf"{kind}{test}\(", text, flags=re.M | re.S), f"{file} has no test {test}"


def test_every_fuzz_target_is_told_run_and_built():
    targets = {path.stem for path in (ROOT / "fuzz" / "fuzz_targets").glob("*.rs")}
    assert set(re.findall(r"^\| `(\w+)` \|", MODEL, flags=re.M)) == targets
    manifest = (ROOT / "fuzz" / "Cargo.toml").read_text(encoding="utf-8")
    assert set(re.findall(r'name = "(\w+)"\npath', manifest)) == targets
    (listed,) = re.findall(r"^FUZZ_TARGETS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    assert set(listed.split()) == targets
