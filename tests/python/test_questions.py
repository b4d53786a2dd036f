"""What a scholar asks: the shape of the answers, selections, graphs, differences, codebooks."""

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

import taizhang as tz

TOY = """甲省人民政府关于加强校车安全的意见
甲政发〔2021〕3号
一、主要任务
（一）完善校车线路。到2023年，校车线路覆盖率达到60%。完善学校、家庭、社会协同的校车安全责任体系，建立健全月度排查和通报制度。（省教育厅牵头，省公安厅配合）
（二）加强驾驶员培训。每年至少培训1次，培训合格率达到90%。（省公安厅负责）
2021年3月1日
"""
BELOW = """乙市人民政府关于加强校车安全的实施意见
乙政发〔2022〕8号
根据《甲省人民政府关于加强校车安全的意见》（甲政发〔2021〕3号），制定本意见。《乙市校车管理暂行办法》同时废止。
一、主要任务
（一）完善校车线路。到2025年，校车线路覆盖率达到70%。完善学校、家庭、社会协同的校车安全责任体系，建立健全月度排查和通报制度。鼓励企业捐赠校车。（市教育局牵头，市公安局、市财政局配合）
（二）加强驾驶员培训。每年至少培训1次。严禁超员。（市公安局负责）
2022年5月6日
"""


@pytest.fixture
def two(ledger):
    ledger.ingest_texts(
        [
            {"id": "above", "text": TOY, "place": "广东省"},
            {"id": "below", "text": BELOW, "place": "江门市"},
        ],
        progress=False,
    )
    return ledger


def test_ladder_converts_within_a_dimension_and_marks_other_bases(seed_ledger):
    ladder = seed_ledger.ladder()
    row = ladder.filter(unit="万元")[0]
    assert (row["value"], row["common_value"], row["common_unit"]) == (30, 300_000, "元")
    for row in ladder:
        assert (row["ahead"] is not None) <= row["comparable"]
        assert row["reason"]
    own = seed_ledger.ladder(map={"老年医学科": "geriatrics"}, text="老年医学科")
    assert set(own["indicator_group"]) == {"geriatrics"}
    assert own["comparable"] == [True, True]
    assert dict(zip(own["place"], own["ahead"], strict=True)) == {"湖北省": 1, "临汾市": 2}
    assert len(seed_ledger.ladder("没有这个指标")) == 0


def test_work_adds_up(seed_ledger):
    work = seed_ledger.who()
    assert sum(work["assignments"]) == seed_ledger.count("assignments")
    assert sum(work["implied"]) == seed_ledger.count("assignments", implied=True)
    leads = work.filter(place="江门市")
    assert sum(share for share in leads["share_of_leads"]) == pytest.approx(1)
    assert sum(seed_ledger.who(implied=False)["implied"]) == 0
    with pytest.raises(tz.QueryError, match="not counted by"):
        seed_ledger.who(by="mood")


def test_network_is_a_graph(seed_ledger, tmp_path):
    network = seed_ledger.cooperation(place="江门市")
    graph = network.to_networkx()
    assert graph.number_of_edges() == len(network.edges)
    assert graph["health"]["finance"]["weight"] == network.of("health").filter(a="finance")[0]["parts"]
    network.to_graphml(tmp_path / "network.graphml")
    import networkx as nx

    read = nx.read_graphml(tmp_path / "network.graphml")
    assert set(read.nodes) == set(graph.nodes)
    assert read.nodes["health"]["label"] == "卫生健康"
    assert ET.fromstring(network.to_graphml()).tag.endswith("graphml")


def test_networkx_is_loaded_when_asked_for():
    code = "import taizhang, sys; assert 'networkx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_lineage_finds_what_the_ledger_has(two):
    lineage = two.lineage()
    row = lineage.citations.filter(number="甲政发〔2021〕3号")[0]
    assert (row["relation"], row["cited_document"], row["direction"], row["days"]) == ("basis", "above", "up", 431)
    gone = lineage.citations.filter(in_ledger=False)
    assert gone["relation"] == ["repeals"]
    assert lineage.to_get["title"] == ["乙市校车管理暂行办法"]
    assert set(lineage.to_networkx().nodes) == {"below", "above", "乙市校车管理暂行办法"}
    assert "repeals" in lineage.to_graphml()


def test_descent_tells_what_became_of_targets(two):
    descent = two.descent("below")
    first = descent.clauses[0]
    assert (first["source_clause"], first["days"]) == ("above#1", 431)
    assert "责任体系" in first["longest"]
    assert 0.3 < first["copied"] < 1
    found = {row["indicator"]: row["change"] for row in descent.targets}
    assert found["校车线路覆盖率"] == "raised"
    assert found["培训合格率"] == "dropped"
    assert two.descent("above").clauses["source_clause"] == [None, None], "nothing stands above, or before, it"


def test_deadlines_move_between_levels(two):
    moved = two.moved()
    assert moved.select("clause", "deadline", "earlier_clause", "earlier_deadline", "days").to_dicts() == [
        {
            "clause": "below#1",
            "deadline": "2025",
            "earlier_clause": "above#1",
            "earlier_deadline": "2023",
            "days": 731,
        }
    ]


def test_deadlines_move_between_versions(two):
    changed = BELOW.replace("到2025年", "到2027年")
    two.ingest_texts([{"id": "below", "text": changed, "place": "江门市"}], progress=False)
    moved = two.moved("below", versions=(1, 2))
    assert (moved[0]["earlier_deadline"], moved[0]["deadline"], moved[0]["days"]) == ("2025", "2027", 730)
    diff = two.diff("below", versions=(1, 2))
    assert [(row["a_text"], row["b_text"]) for row in diff.changes()] == [("2025", "2027")]
    row = diff.changes()[0]
    assert BELOW[row["a_start"] : row["a_end"]] == "2025"
    assert changed[row["b_start"] : row["b_end"]] == "2027"


def test_calendar_keeps_to_its_period(seed_ledger):
    whole = seed_ledger.calendar()
    numbers = seed_ledger.targets().filter(lambda row: row["deadline"] is not None)
    assert len(whole) == len(numbers) + seed_ledger.count("milestones")
    assert whole["last_day"] == sorted(whole["last_day"])
    some = seed_ledger.calendar(since_due="2019-10", until_due=2023)
    days = [row["last_day"] for row in whole if "2019-10-01" <= row["last_day"] <= "2023-12-31"]
    assert some["last_day"] == days
    assert set(seed_ledger.calendar(what="milestones")["kind"]) == {"milestone"}
    with pytest.raises(tz.QueryError, match="no year, month or day"):
        seed_ledger.calendar(since_due="soon")


def test_firmness_counts_words_where_they_stand(two):
    firm = two.firmness()
    assert {(row["term"], row["grade"]) for row in firm.mentions} == {("鼓励", 1), ("严禁", 4)}
    for row in firm.mentions:
        assert two.document(row["document"]).text[row["start"] : row["end"]] == row["term"]
    row = firm.clauses.filter(clause="below#2")[0]
    assert (row["must"], row["may"], row["grade"], row["highest"]) == (1, 0, 4.0, 4)
    assert len(firm.clauses) == 4


def test_a_codebook_of_ones_own(two):
    book = [{"term": "校车", "code": "bus", "not_in": "校车安全"}, {"term": "培训", "code": "training", "grade": 2}]
    coded = two.code(book, document="below")
    assert {row["code"]: row["count"] for row in coded.count("code")} == {"bus": 3, "training": 2}
    assert coded.clauses["bus"] == [3, 0]
    assert coded.clauses["grade"] == [None, 2.0]
    with pytest.raises(ValueError, match="term and a code"):
        two.code([{"term": "校车"}])


def test_diff_is_safe_and_complete(two):
    diff = two.diff("above#1", "below#1")
    assert "".join(diff.table["a_text"]) == two.clauses(clause="above#1")[0]["text"]
    assert "<del" in diff.to_html()
    assert not diff.same
    assert 0.5 < diff.ratio < 1
    assert two.diff("above", "above").same
    with pytest.raises(tz.QueryError, match="no clause 99"):
        two.diff("above#99", "below#1")
    with pytest.raises(TypeError):
        two.diff("above")


def test_a_selection_narrows_every_question(two):
    county = two.select(place="江门市")
    assert county.ids() == ["below"]
    assert len(county) == 1
    assert set(county.assignments()["document"]) == {"below"}
    assert county.count("targets") == len(two.targets(document="below"))
    assert county.compare().places()["place"] == ["江门市"]
    words = two.select(text="驾驶员")
    assert set(words.targets()["clause"]) == {"above#2", "below#2"}
    assert words.select(place="江门市").clauses()["clause"] == ["below#2"]
    assert len(words.clauses(text="鼓励")) == 0
    assert set(words.who()["function"]) == {"public-security"}
    assert len(two.select(text="没有这句话")) == 0
    assert len(two.select(text="没有这句话").targets()) == 0
    assert len(county.documents(place="广东省")) == 0
    police = two.select(function="公安")
    assert len(police.assignments()) == len(two.assignments()), "all bodies of its clauses"
    with pytest.raises(tz.QueryError, match="ingest into the ledger"):
        county.ingest("x")
    with pytest.raises(TypeError, match="not made by"):
        two.select(unit="%")


def test_a_selection_is_kept_as_its_question(two, tmp_path):
    two.select(within="广东省", year=range(2022, 2025)).select(text="校车").save("buses")
    path = two.path
    two.close()
    with tz.open(path) as again:
        assert again.selection("buses").ids() == ["below"]
        again.ingest_texts(
            [
                {
                    "id": "new",
                    "text": BELOW.replace("8号", "9号")
                    .replace("乙市", "丙市")
                    .replace("5月6日", "6月6日")
                    .replace("70%", "75%"),
                    "place": "台山市",
                }
            ],
            progress=False,
        )
        assert again.selection("buses").ids(), "asked anew"
        assert again.selections()["name"] == ["buses"]
        with pytest.raises(tz.QueryError) as error:
            again.selection("trains")
        assert error.value.suggestions == ["buses"]
        again.check()
        assert again.forget("buses")
        assert not again.forget("buses")


def test_answers_do_not_depend_on_the_order_of_ingest(tmp_path, seeds):
    shown = []
    for turn, name in ((1, "a"), (-1, "b")):
        with tz.open(tmp_path / f"{name}.tz") as ledger:
            for file in sorted(seeds.glob("*.txt"))[::turn]:
                ledger.ingest(file, progress=False)
            asked = (
                ledger.ladder(),
                ledger.who(),
                ledger.bodies(),
                ledger.cooperation().edges,
                ledger.topics(),
                ledger.lineage().citations,
                ledger.calendar(),
                ledger.firmness().clauses,
                ledger.descent().clauses,
            )
            shown.append([table.to_dicts() for table in asked])
    assert shown[0] == shown[1]


def test_one_function_under_its_names(ledger):
    plan = "一、主要任务\n（一）完善服务体系。完善基层服务体系，提升服务能力。（{}负责）\n{}年3月1日\n"
    bodies = (("市卫生计生委", 2016, "江门市"), ("市卫生健康局", 2020, "江门市"), ("省卫生健康委", 2021, "广东省"))
    rows = [
        {"id": str(year), "text": plan.format(body, year), "place": place, "date": f"{year}-03-01"}
        for body, year, place in bodies
    ]
    ledger.ingest_texts(rows, progress=False)
    named = ledger.bodies(function="卫生健康")
    found = {(row["body"], row["level"], row["since"]) for row in named}
    assert found >= {("市卫生健康局", "prefecture", 2020), ("省卫生健康委", "province", 2021)}
    assert {row["body"] for row in ledger.bodies(place="江门市")} == {"市卫生计生委", "市卫生健康局"}
