"""The codebook: what every column of every table says, in English and Chinese, and how tables hang together.

The English sentence is the library's own schema; the Chinese one stands here. Both go into the metadata of every
Parquet file and into the codebook of a frozen ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import _core
from .labels import label
from .table import Column, schema

KEYS = {"documents": "id", "clauses": "clause", "records": "id"}
"""The column that names a row; rows of other tables have no name of their own."""

ABOUT_ZH = {
    "document": "所属文件的编号",
    "id": "文件编号：入库时给定，否则为其在入库文件夹中的路径",
    "title": "文件标题，与公布时一致",
    "number": "发文字号，括号统一为〔〕",
    "issuers": "发文机关，依次以、连接",
    "issued": "成文日期（ISO 8601）",
    "adcode": "适用地区的国标行政区划代码（GB/T 2260）",
    "place": "文件适用的地区",
    "level": "层级：国家、省级、地级、县级",
    "zone": "发文功能区的编号",
    "reviewed": "经人核对：confirmed 确认、corrected 更正、added 补录；机器所读未动则为空",
    "year": "成文年份",
    "plan_year": "标题所示年度；无则为成文年份",
    "file": "入库时给出的文件路径",
    "version": "文件的版本，自1起",
    "same_as": "内容相同的原文件编号；原件为空",
    "encoding": "文件的字符编码",
    "sha256": "文件字节的SHA-256校验值",
    "length": "正文的字符数",
    "sections": "章节数",
    "clauses": "条款数",
    "assignments": "分工数",
    "targets": "指标数",
    "milestones": "时间节点数",
    "citations": "引用文件数",
    "notes": "备注数",
    "reading": "读取所用的规则与词表版本",
    "path": "自章节至条款的印刷序号，如3.16",
    "plan": "一份通知附多个方案时，方案的序次",
    "no": "章节的印刷序号",
    "heading": "标题句，不含序号",
    "clause": "条款编号（文件#序次）；不在条款内则为空",
    "section": "所在章节的标题",
    "kind": "类型",
    "text": "原文文字",
    "topic": "首要主题",
    "topics": "全部主题，以、连接",
    "start": "在正文中的起始字符位置",
    "end": "在正文中的终止字符位置（不含）",
    "part": "条款内的分项，自1起；分工组之外为空",
    "body": "单位名称，补写完整",
    "function": "单位的规范职能",
    "functions": "单位的全部职能，以、连接",
    "role": "角色：牵头、负责、配合、监督",
    "implied": "未逐一写明、由通用规定或“全覆盖”推得者为真",
    "open": "以“等”结尾、名单未尽者为真",
    "why": "得出此行的规则，以、连接",
    "indicator": "指标，即所衡量的事项，用文件原词",
    "op": "比较关系：=、>=、<=、>、<、~ 或 range",
    "value": "目标值，以计量单位计",
    "value_high": "区间的上限值",
    "unit": "计量单位，与印刷一致",
    "per": "比率的周期或基数",
    "baseline": "原值（文中给出时）",
    "baseline_period": "原值所属时期",
    "change": "目标值为变动量时，增（up）或减（down）",
    "deadline": "所述时限，ISO 8601（可只到年或月）",
    "message": "说明",
    "metadata": "使用者所给的说明，JSON对象",
    "record": "从文件中读出的全部内容，按账本存储的封装",
    "error": "未能读取的原因；已读取则为空",
}
"""Name of a column to what it says, in Chinese."""

_TABLES_ZH = {
    "documents": "文件",
    "sections": "章节",
    "clauses": "条款",
    "assignments": "分工",
    "targets": "指标",
    "milestones": "时间节点",
    "citations": "引用",
    "notes": "备注",
    "records": "文件原文与全部读取结果",
}

_USERS = ("a column of the user's metadata", "使用者自加的列")


def tables() -> dict[str, list[Column]]:
    """Every table that is exported with its columns: those of a ledger, and `records`.

    Examples
    --------
    >>> list(tables())[-1], tables()["records"][-2].name
    ('records', 'record')
    """
    return {**schema(), "records": [Column(*facts) for facts in _core.record_columns()]}


def meaning(table: str, name: str) -> dict[str, str]:
    """What a column says: `about` in English, `about_zh` and `label_zh` in Chinese.

    Examples
    --------
    >>> meaning("targets", "deadline")["about_zh"]
    '所述时限，ISO 8601（可只到年或月）'
    """
    known = {column.name: column.about for column in tables().get(table, ())}
    if name not in known:
        return {"about": _USERS[0], "about_zh": _USERS[1], "label_zh": name}
    return {"about": known[name], "about_zh": ABOUT_ZH[name], "label_zh": label(name, "zh")}


def keys(table: str) -> dict[str, Any]:
    """The column that names a row of a table, and the columns that name rows of others.

    Examples
    --------
    >>> keys("targets")
    {'primary_key': None, 'foreign_keys': {'document': 'documents.id', 'clause': 'clauses.clause'}}
    """
    names = {column.name for column in tables().get(table, ())}
    foreign = {"document": "documents.id", "clause": "clauses.clause"} if table != "records" else {"id": "documents.id"}
    own = KEYS.get(table)
    of_others = {name: target for name, target in foreign.items() if name in names and target.split(".")[0] != table}
    if table == "documents":
        of_others["same_as"] = "documents.id"
    return {"primary_key": own, "foreign_keys": of_others}


def markdown(columns: Mapping[str, Iterable[tuple[str, str]]], rows: Mapping[str, int]) -> str:
    """A codebook to read: a section a table, a line a column.

    Parameters
    ----------
    columns
        Table to the name and type of its columns.
    rows
        Table to its number of rows.
    """
    lines = []
    for table, of in columns.items():
        links = keys(table)
        lines += ["", f"## {table} {_TABLES_ZH.get(table, '')}".rstrip(), ""]
        key = f"One row each: `{links['primary_key']}`. " if links["primary_key"] else ""
        others = ", ".join(f"`{name}` → `{target}`" for name, target in links["foreign_keys"].items())
        lines += [f"{rows.get(table, 0):,} rows. {key}{others}".rstrip(), ""]
        lines += ["| column | 列 | type | meaning | 含义 |", "|---|---|---|---|---|"]
        for name, kind in of:
            said = meaning(table, name)
            cells = (f"`{name}`", said["label_zh"], kind, said["about"], said["about_zh"])
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines).lstrip("\n") + "\n"
