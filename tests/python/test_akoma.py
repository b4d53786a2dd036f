"""Akoma Ntoso: every document is valid against the schema of OASIS, and says what was read in it."""

import re

import pytest
from conftest import ROOT, SEEDS

import taizhang as tz
from taizhang import _core

etree = pytest.importorskip("lxml.etree")

AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"
FACTS = "{https://taizhang.invalid/ns/facts/1}"


@pytest.fixture(scope="module")
def akn_schema():
    return etree.XMLSchema(etree.parse(ROOT / "tests" / "data" / "akoma_ntoso" / "akomantoso30.xsd"))


def checked(schema, document):
    root = etree.fromstring(document.to_akoma_ntoso().encode())
    assert schema.validate(root), schema.error_log
    return root


@pytest.mark.parametrize("name", sorted(path.name for path in SEEDS.glob("*.txt")))
def test_seeds_are_valid_and_whole(name, akn_schema):
    document = tz.parse(SEEDS / name)
    root = checked(akn_schema, document)
    leaves = [e for e in root.iter() if re.match(r"cl_", e.get("eId", ""))]
    assert len(leaves) == len(document.clauses)
    for leaf, clause in zip(leaves, document.clauses, strict=True):
        heading = leaf.findtext(f"{AKN}heading") or ""
        words = heading + "".join(leaf.find(f"{AKN}content").itertext()).strip()
        assert re.sub(r"\s", "", words) == re.sub(r"\s", "", clause["text"]), clause["path"]
    for what in ("assignment", "target", "milestone"):
        assert len(list(root.iter(f"{FACTS}{what}"))) == len(getattr(document, f"{what}s"))
    shown = {e.get("eId"): e.get("showAs") for e in root.iter(f"{AKN}TLCOrganization")}
    assert {shown[e.get("refersTo")[1:]] for e in root.iter(f"{AKN}organization")} <= set(shown.values())
    assert sum(1 for _ in root.iter(f"{AKN}organization")) > 0


def test_made_plans_are_valid(akn_schema):
    for _, text, _ in _core.sample_documents(7, 0, 40):
        checked(akn_schema, tz.parse_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "没有编号的一段话。",
        "一、甲\n（一）乙\x01丙 <b>&amp; ]]> 达到70%。（市医保局负责）",
        "一、甲\n1.乙。\n1.丙。到2025年建成3个中心。\n一、甲\n1.乙。",
        "第一章 总则\n第一条 为了甲。\n第二条 乙达到90%。",
    ],
)
def test_odd_documents_are_valid(text, akn_schema):
    checked(akn_schema, tz.parse_text(text))


def test_words_are_marked_as_what_they_are(akn_schema):
    text = "一、任务\n（一）完善制度。根据《深化改革意见》，到2025年，覆盖率达到70%。（市医保局牵头，市财政局配合）"
    root = checked(akn_schema, tz.parse_text(text))
    assert [e.text for e in root.iter(f"{AKN}organization")] == ["市医保局", "市财政局"]
    quantity = next(root.iter(f"{AKN}quantity"))
    assert (quantity.text, quantity.get("normalized")) == ("覆盖率达到70%", "= 70 %")
    assert next(root.iter(f"{AKN}ref")).text == "《深化改革意见》"
    assert next(root.iter(f"{FACTS}target")).get("deadline") == "2025"


def test_the_schema_refuses_what_is_wrong(akn_schema):
    broken = tz.parse_text("一、甲\n（一）乙。").to_akoma_ntoso().replace("<mainBody>", "<mainBody><nonsense/>")
    assert not akn_schema.validate(etree.fromstring(broken.encode()))
