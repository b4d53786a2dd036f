"""What is blanked for publication, case by case, and that the cases are about both sides."""

import json

import pytest
from conftest import ROOT

from taizhang import contacts

CASES = json.loads((ROOT / "tests" / "specs" / "contacts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:16])
def test_the_table_of_cases_holds(case):
    expected = case["expect"].get("blanked", case["text"])
    assert contacts.blanked(case["text"]) == expected
    assert len(expected) == len(case["text"]), "places in the text stay what they are"


def test_a_third_of_the_cases_blanks_nothing():
    nothing = [case for case in CASES if not case["expect"]]
    assert len(nothing) * 3 >= len(CASES)
    assert all(case["why"] for case in nothing)


def test_a_name_that_the_document_tells_is_blanked_in_words_that_do_not():
    assert contacts.blanked("报送张三", ["张三"]) == "报送××"
