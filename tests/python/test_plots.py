"""Charts: what they show is what the tables say; they draw offline, with glyphs, and can be changed."""

import csv
import io
import json
import math
import random
import sys
import warnings

import pytest

import taizhang as tz
from taizhang import fonts, layout, plots

pytestmark = pytest.mark.filterwarnings("ignore::taizhang.fonts.FontWarning")
alt = pytest.importorskip("altair")
NAMES = ("coverage", "departments", "targets", "network", "timeline", "map")


@pytest.fixture(scope="module")
def comparison(seed_ledger):
    return seed_ledger.compare()


@pytest.fixture(scope="module")
def charts(comparison):
    return {name: getattr(comparison.plot, name)() for name in NAMES}


def rows(chart):
    """All rows that a chart holds."""
    found = []

    def walk(thing):
        if isinstance(thing, dict):
            if isinstance(thing.get("values"), list):
                found.extend(row for row in thing["values"] if isinstance(row, dict))
            for value in thing.values():
                walk(value)
        elif isinstance(thing, list):
            for value in thing:
                walk(value)

    walk(chart.to_dict())
    return [json.loads(line) for line in dict.fromkeys(json.dumps(row) for row in found)]


@pytest.fixture
def no_font(monkeypatch):
    monkeypatch.setattr(fonts, "find", lambda: None)


def test_every_chart_is_altair_and_draws(charts, tmp_path):
    for name, chart in charts.items():
        assert isinstance(chart, (alt.Chart, alt.LayerChart, alt.FacetChart, alt.VConcatChart)), name
        chart.save(tmp_path / f"{name}.svg")
        assert (tmp_path / f"{name}.svg").read_text(encoding="utf-8").startswith("<svg")
        chart.save(tmp_path / f"{name}.json")
    for name in ("map", "timeline"):
        assert charts[name].to_svg() == (tmp_path / f"{name}.svg").read_text(encoding="utf-8")


def test_a_notebook_gets_a_picture(charts, monkeypatch):
    if fonts.find() is not None:
        data, size = charts["map"]._repr_mimebundle_()
        assert data["image/png"].startswith(b"\x89PNG")
        assert 300 < size["image/png"]["width"] < 900
    monkeypatch.setattr(fonts, "find", lambda: None)
    assert charts["map"]._repr_mimebundle_()["image/svg+xml"].startswith("<svg")
    with alt.renderers.enable("mimetype"):
        data = charts["map"]._repr_mimebundle_()
        assert "application/vnd.vegalite" in str(data)


def test_html_needs_no_network(charts, tmp_path):
    path = tmp_path / "map.html"
    charts["map"].save(path)
    text = path.read_text(encoding="utf-8")
    assert r"\u5e7f\u4e1c" in text
    assert "<script src" not in text
    assert "cdn.jsdelivr" not in text.split("</head>")[0]


def test_charts_can_be_changed(charts, tmp_path):
    wide = charts["network"].properties(width=900, title="another")
    assert type(wide) is type(charts["network"])
    assert wide.to_dict()["width"] == 900
    assert "another" in wide.to_svg()
    beside = charts["coverage"] | charts["map"].properties(title="x")
    assert len(beside.to_dict()["hconcat"]) == 2
    assert "Noto Sans CJK SC" in charts["coverage"].to_dict()["config"]["font"]
    own = charts["coverage"].configure(font="Times")
    assert own.to_dict()["config"]["font"] == "Times"
    assert alt.Chart.__mro__.count(object) == 1
    assert type(alt.Chart().mark_bar()) is alt.Chart  # nobody else's charts are touched


def test_pictures_have_glyphs(tmp_path):
    """Missing glyphs are all one box, so two characters that look alike were not drawn."""
    if fonts.find() is None:
        pytest.skip("no font with Chinese glyphs here; `make desk` installs one")
    assert _drawn("江", tmp_path) != _drawn("门", tmp_path)


def _drawn(char, folder):
    from taizhang.pictures import drawn

    chart = drawn(alt.Chart(alt.Data(values=[{"t": char}])).mark_text(fontSize=40).encode(text="t:N"))
    chart.save(folder / "x.png")
    return (folder / "x.png").read_bytes()


def test_no_font_is_said(charts, no_font, tmp_path):
    for suffix in ("png", "pdf"):
        with pytest.raises(OSError, match="apt install fonts-noto-cjk"):
            charts["map"].save(tmp_path / f"x.{suffix}")
        assert not (tmp_path / f"x.{suffix}").exists()
    with pytest.raises(OSError, match="boxes"):
        charts["map"].save(io.BytesIO(), format="png")
    with pytest.warns(fonts.FontWarning, match="apt install fonts-noto-cjk"):
        charts["map"].save(tmp_path / "x.svg")
    with pytest.warns(fonts.FontWarning):
        charts["map"]._repr_mimebundle_()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        charts["map"].save(tmp_path / "x.html")  # a browser finds its fonts itself


def test_a_font_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_named", None)
    with pytest.raises(FileNotFoundError, match="missing"):
        fonts.use(tmp_path / "missing.ttf", "X")
    (tmp_path / "x.ttf").write_bytes(b"")
    fonts.use(tmp_path / "x.ttf", "My Font")
    assert fonts.find() == fonts.Font("My Font", tmp_path / "x.ttf")


def test_fonts_are_found_by_name_then_by_fontconfig(tmp_path, monkeypatch):
    for name in ("wqy-zenhei.ttc", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "DejaVuSans.ttf"):
        (tmp_path / name).touch()
    monkeypatch.setattr(fonts, "_FOLDERS", (str(tmp_path),))
    assert fonts._found.__wrapped__() == fonts.Font("Noto Sans CJK SC", tmp_path / "NotoSansCJK-Regular.ttc")
    for file in tmp_path.iterdir():
        file.unlink()
    monkeypatch.setattr(fonts, "which", lambda _: None)
    assert fonts._found.__wrapped__() is None


def test_coverage_is_the_table(comparison, charts):
    cells = {(row["id"], row["place"]): row["clauses"] for row in rows(charts["coverage"])}
    table = {(row["topic"], row["place"]): row["clauses"] for row in comparison.coverage()}
    assert {key: n for key, n in cells.items() if n is not None} == table
    assert sum(n is None for n in cells.values()) == len(cells) - len(table) > 0
    measures = comparison.plot.coverage("measure", top=5)
    assert len({row["id"] for row in rows(measures)}) == 5


def test_departments_are_the_table(comparison, charts):
    shown = {(row["function"], row["place"], row["role"]): row["count"] for row in rows(charts["departments"])}
    names = {row["id"]: row["en"] for row in tz.functions()}
    for row in comparison.departments(wide=False):
        for role in plots.ROLES:
            key = names.get(row["function"], row["function"]), row["place"], role
            if key in shown:
                assert shown[key] == row[role]
    assert shown["Health", "江门市", "lead"] == 35
    assert len({key[0] for key in shown}) == 20


def test_the_ladder_flags_what_cannot_be_compared(comparison):
    chart = comparison.plot.targets("付费")
    shown = {(row["place"], row["path"]): row["comparable"] for row in rows(chart)}
    table = {(row["place"], row["path"]): row["comparable"] for row in comparison.ladder("付费")}
    assert shown == table
    assert set(shown.values()) == {True, False}
    marks = json.dumps(chart.to_dict())
    assert "!datum.comparable" in marks
    assert json.dumps(plots._CROSS) in marks


def test_the_ladder_starts_at_the_baseline(charts, comparison):
    raised = [row for row in rows(charts["targets"]) if row["baseline"] is not None]
    assert raised
    for row in raised:
        assert row["from"] / row["common_value"] == pytest.approx(row["baseline"] / row["value"])
    assert {row["clause"] for row in raised} == {"jiangmen-2019#15"}


def test_the_timeline_is_the_calendar(comparison, charts):
    shown = [(row["place"], row["deadline"], row["clause"]) for row in rows(charts["timeline"])]
    table = [(row["place"], row["deadline"], row["clause"]) for row in comparison.calendar() if row["last_day"]]
    assert sorted(shown, key=str) == sorted(table, key=str)


def test_the_map_adds_up_provinces(seed_ledger):
    two = seed_ledger.compare(["湖北省", "江门市", "綦江区", "全国"])
    tiles = {row["short"]: row["count"] for row in rows(two.plot.map("documents"))}
    assert len(tiles) == 34
    assert {name: n for name, n in tiles.items() if n} == {"湖北": 1, "广东": 1, "重庆": 1}
    assert "全国" in json.dumps(two.plot.map().to_dict()["title"], ensure_ascii=False)
    with pytest.raises(ValueError, match="documents, clauses"):
        two.plot.map("money")


def test_tiles_are_the_34_province_level_units():
    tiles = plots.tiles()
    assert len({tile["adcode"] for tile in tiles}) == 34
    assert len({(tile["row"], tile["column"]) for tile in tiles}) == 34
    assert all(tile["name"].startswith(tile["short"]) for tile in tiles)
    assert {"台湾", "香港", "澳门"} <= {tile["short"] for tile in tiles}
    path = next(path for path in tz.__path__)
    with open(f"{path}/tiles.csv", encoding="utf-8", newline="") as file:  # noqa: PTH123
        order = [(int(row["row"]), int(row["column"])) for row in csv.DictReader(file)]
    assert order == sorted(order)


def test_the_network_is_the_table(comparison, charts):
    found = rows(charts["network"])
    parts = {row["label"]: row["parts"] for row in found if "partners" in row}
    names = {row["id"]: row["en"] for row in tz.functions()}
    nodes = comparison.cooperation().nodes
    assert {names.get(row["id"]): row["parts"] for row in nodes.head(3)}.items() <= parts.items()
    assert len(parts) == 24
    assert max((row for row in found if "a" in row), key=lambda row: row["parts"])["parts"] == 65


def test_layout_is_steady_and_clear():
    draw = random.Random(3)
    edges = [(a, b, draw.random()) for a in range(24) for b in range(a) if draw.random() < 0.3]
    points = layout.spring(24, edges)
    assert points == layout.spring(24, edges)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in points)
    boxes = [(0.08, 0.06)] * 24
    apart = layout.spread(points, boxes)
    clear = sum(abs(a[0] - b[0]) < 0.06 and abs(a[1] - b[1]) < 0.045 for n, a in enumerate(apart) for b in apart[:n])
    assert clear == 0
    assert layout.spring(0, []) == []
    assert layout.spread([], []) == []
    assert layout.spring(1, []) == [(0.5, 0.5)]
    assert all(math.isfinite(value) for point in layout.spring(3, []) for value in point)


def test_a_comparison_asks_what_it_was_asked(seed_ledger):
    payment = seed_ledger.compare(["江门市", "綦江区"], text="付费")
    assert set(payment.ladder()["place"]) <= {"江门市", "綦江区"}
    assert len(payment.ladder()) == len(payment.targets(wide=False))
    assert sorted(payment.documents()["id"]) == ["jiangmen-2019", "qijiang-2022"]
    of_selection = seed_ledger.select(place="江门市").compare()
    assert set(of_selection.coverage()["place"]) == {"江门市"}
    assert of_selection.documents()["id"] == ["jiangmen-2019"]


def test_chinese_charts(comparison):
    tz.set_labels("zh")
    try:
        text = json.dumps([getattr(comparison.plot, name)().to_dict() for name in NAMES], ensure_ascii=False)
    finally:
        tz.set_labels("en")
    for word in ("牵头", "卫生健康", "医保支付方式", "完成时限", "部门协作网络", "示意图"):
        assert word in text


def test_nothing_to_draw_is_said(seed_ledger):
    nothing = seed_ledger.compare(["江门市"], text="没有这样的词")
    for name in ("coverage", "departments", "targets", "network", "timeline"):
        with pytest.raises(tz.QueryError, match="nothing to draw"):
            getattr(nothing.plot, name)()


def test_what_is_missing_is_named(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(ImportError, match=r"taizhang\[plot\]"):
        comparison.plot.coverage()
