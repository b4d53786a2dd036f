"""Tables: shape, other forms, other rows, display."""

import pickle

import pytest

import taizhang as tz

ROWS = [
    {"body": "市医保局", "year": 2019, "value": 70.0, "open": True},
    {"body": "市财政局", "year": None, "value": None, "open": None},
    {"body": None, "year": 2022, "value": 0.5, "open": False},
    {"body": "市医保局", "year": 2024, "value": -1.0, "open": True},
]


@pytest.fixture
def table():
    return tz.Table.from_dicts(ROWS, name="made")


def test_shape_and_access(table):
    assert table.shape == (4, 4)
    assert table.types == {"body": "text", "year": "int", "value": "float", "open": "bool"}
    assert table[0] == ROWS[0]
    assert table[-1] == ROWS[3]
    assert table["year"] == [2019, None, 2022, 2024]
    assert list(table) == ROWS
    assert table.to_dicts() == ROWS
    assert table[1:3].to_dicts() == ROWS[1:3]
    assert table[::-1].to_dicts() == ROWS[::-1]
    assert table[["year", "body"]].columns == ["year", "body"]
    assert table.head(2) == table[:2]
    assert bool(table)
    assert not table[:0]


def test_what_is_not_there(table):
    with pytest.raises(IndexError, match="row 4 of a table of 4 rows"):
        table[4]
    with pytest.raises(tz.QueryError, match="bodies"):
        table["bodies"]
    with pytest.raises(tz.QueryError):
        table.select("body", "nothing")
    with pytest.raises(tz.QueryError):
        table.sort("nothing")


def test_filter_sort_group_count(table):
    assert table.filter(body="市医保局")["year"] == [2019, 2024]
    assert table.filter(year={2019, 2022})["value"] == [70.0, 0.5]
    assert table.filter(lambda row: row["open"] is None)["body"] == ["市财政局"]
    assert table.sort("year")["year"] == [2019, 2022, 2024, None]
    assert table.sort("year", descending=True)["year"] == [2024, 2022, 2019, None]
    assert table.sort("body", "year", descending=["year"])["year"] == [2024, 2019, None, 2022]
    assert table.count("body").to_dicts()[0] == {"body": "市医保局", "count": 2}
    assert sum(table.count("body", "open")["count"]) == 4
    assert {body: len(rows) for body, rows in table.group("body").items()} == {"市医保局": 2, "市财政局": 1, None: 1}
    assert list(table.group("body", "open")) == [("市医保局", True), ("市财政局", None), (None, False)]


def test_sample_is_seeded(table):
    big = tz.concat([table] * 50)
    assert len(big) == 200
    drawn = big.sample(20, seed=7)
    assert len(drawn) == 20
    assert drawn == big.sample(20, seed=7)
    assert drawn != big.sample(20, seed=8)
    assert len(table.sample(99)) == 4


def test_concat_wants_the_same_columns(table):
    assert table.concat(table).shape == (8, 4)
    with pytest.raises(tz.QueryError):
        table.concat(table.select("body"))


def test_pickle(table):
    again = pickle.loads(pickle.dumps(table))
    assert again == table
    assert again.name == "made"
    empty = pickle.loads(pickle.dumps(table[:0]))
    assert empty.types == table.types


def test_pandas_keeps_integers(table):
    import pandas as pd

    frame = table.to_pandas()
    assert str(frame["year"].dtype) == "Int64"
    assert str(frame["open"].dtype) == "boolean"
    assert frame["year"].tolist()[0] == 2019
    assert frame["year"].isna().tolist() == [False, True, False, False]
    assert frame["body"].tolist()[0] == "市医保局"
    assert isinstance(frame, pd.DataFrame)
    assert list(table.to_pandas(labels="zh").columns) == ["单位", "年份", "目标值", "含“等”"]
    assert table[:0].to_pandas().shape == (0, 4)


def test_pandas_is_what_pyarrow_makes():
    import pandas as pd
    import pyarrow as pa

    from taizhang.dataframe import MANY, frame

    few = {
        "body": pa.array(["市医保局", None, "", "x"] * 40),
        "year": pa.array([2019, 2020, -1, 2**62] * 40),
        "due": pa.array([2019, None, 3, 4] * 40),
        "value": pa.array([0.5, 1.0, -2.0, 3.0] * 40),
        "goal": pa.array([0.5, None, -2.0, 3.0] * 40),
        "open": pa.array([True, None, False, True] * 40),
    }
    whole = pa.table(few)
    mixed = pa.concat_tables([whole[3:9], whole[:0], whole[50:61]])
    many = pa.concat_tables([whole] * (MANY // 160 + 1))
    dtypes = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    for given in (whole, whole[:0], whole[7:90], mixed, whole.select([]), pa.table({"body": [None]}), many):
        made, wanted = frame(given), given.to_pandas(types_mapper=dtypes.get)
        pd.testing.assert_frame_equal(made, wanted)
        assert [type(made[name].array) for name in made] == [type(wanted[name].array) for name in wanted]
    made = frame(whole)
    made.loc[0, "year"], made.loc[0, "value"], made.loc[0, "body"] = 7, 7.0, "y"
    assert whole["year"][0].as_py() == 2019
    assert whole["value"][0].as_py() == 0.5
    assert made.loc[0, ["body", "year", "value"]].tolist() == ["y", 7, 7.0]


def test_polars(table):
    import polars as pl

    frame = table.to_polars()
    assert frame.to_dicts() == ROWS
    assert frame.schema["year"] == pl.Int64
    assert table.to_polars(labels="zh").columns[0] == "单位"


def test_arrow_stream_any_number_of_times(table):
    import pyarrow as pa

    first, second = pa.table(table), pa.table(table)
    assert first.equals(second)
    assert first.to_pylist() == ROWS
    frame = pa.table(table.filter(body="市医保局"))
    del table
    assert frame.num_rows == 2


def test_csv(table, tmp_path):
    assert table.to_csv().splitlines()[:3] == ["body,year,value,open", "市医保局,2019,70,true", "市财政局,,,"]
    table.to_csv(tmp_path / "t.csv", labels="zh")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf\xe5\x8d\x95\xe4\xbd\x8d")


def test_text_counts_wide_glyphs(table):
    lines = repr(table).splitlines()
    assert lines[0] == "made: 4 rows × 4 columns"
    assert lines[1].index("year") == 10
    assert lines[2].startswith("市医保局  2019")
    assert lines[4].startswith("          2022")


def test_display_is_bounded_and_escaped():
    rows = [{"title": "<b>粗</b>&\x1b[31m", "n": n} for n in range(1000)]
    table = tz.Table.from_dicts(rows)
    html = table._repr_html_()
    assert "<b>" not in html
    assert "\x1b" not in html + repr(table)
    assert "&lt;b&gt;粗&lt;/b&gt;&amp;" in html
    assert html.count("<tr>") == 22
    assert "980 more" in html
    assert "980 more rows" in repr(table)
    assert len(tz.Table.from_dicts([{"t": "长" * 100_000}])._repr_html_()) < 2000
    assert len(repr(tz.Table.from_dicts([{"t": "长" * 100_000}]))) < 200


def test_an_empty_table_is_shown():
    table = tz.Table.from_columns({"a": [], "b": []}, types={"b": "int"})
    assert repr(table) == "table: 0 rows × 2 columns\na  b"
    assert "0 rows" in table._repr_html_()


def test_labels():
    assert tz.Table.from_dicts([{"body": "x"}]).to_dicts(labels="zh") == [{"单位": "x"}]
    with pytest.raises(ValueError, match="labels"):
        tz.Table.from_dicts([{"body": "x"}]).to_dicts(labels="fr")


def test_every_column_has_a_chinese_label():
    from taizhang.labels import ZH

    named = {column.name for columns in tz.schema().values() for column in columns}
    assert named - set(ZH) == set()
