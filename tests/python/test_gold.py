"""The five seeds against their gold: `taizhang parse`, scored as the field scores it."""

import json

import pytest
from conftest import GOLD, SEEDS

EXACT = (
    "meta.title",
    "meta.number",
    "meta.issued",
    "meta.adcode",
    "meta.level",
    "meta.issuers",
    "cites",
    "cites.title",
    "cites.number",
    "sections",
    "clauses",
    "clauses.text",
    "clauses.heading",
    "assignments",
    "assignments.function",
)
NEAR = ("targets", "targets.deadline", "targets.baseline", "targets.per", "targets.indicator", "milestones")
FLOORS = dict.fromkeys(EXACT, 1.0) | dict.fromkeys(NEAR, 0.95)


@pytest.fixture(scope="module")
def parsed(command, tmp_path_factory):
    """The folder with what `taizhang parse` wrote."""
    out = tmp_path_factory.mktemp("parsed")
    result = command("parse", *sorted(SEEDS.glob("*.txt")), "-o", out)
    assert result.returncode == 0, result.stderr
    return out


@pytest.fixture(scope="module")
def tallies(parsed, score, score_table):
    """Layer to tally over all documents, and what was wrong."""
    total, errors = {}, []
    for path in sorted(GOLD.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        read = json.loads((parsed / path.name).read_text(encoding="utf-8"))
        score.score(gold, read, total, lambda layer, what, name=path.stem: errors.append(f"{name}: {layer}: {what}"))
    score_table.append(f"{'layer':24} {'P':>7} {'R':>7} {'F1':>7} {'rows':>6} {'floor':>6}")
    for layer, tally in total.items():
        p, r, f = tally.figures()
        floor = f"{FLOORS[layer]:6.2f}" if layer in FLOORS else ""
        score_table.append(f"{layer:24} {p:7.4f} {r:7.4f} {f:7.4f} {tally.tp + tally.fn:6d} {floor}".rstrip())
    return total, errors


def test_there_is_gold_for_every_seed():
    assert [p.stem for p in sorted(GOLD.glob("*.json"))] == [p.stem for p in sorted(SEEDS.glob("*.txt"))]
    assert len(list(GOLD.glob("*.json"))) == 5


@pytest.mark.parametrize("layer", FLOORS)
def test_floor(tallies, layer):
    total, errors = tallies
    assert layer in total, f"no gold row for {layer}"
    f1 = total[layer].figures()[2]
    assert f1 >= FLOORS[layer] - 1e-9, "\n".join(e for e in errors if f": {layer}" in e)


def test_every_layer_that_the_scorer_knows_is_scored(tallies):
    assert set(tallies[0]) >= set(FLOORS)
