"""Chinese labels of the columns, for `labels="zh"`."""

from __future__ import annotations

from typing import Literal

Labels = Literal["zh"] | None

ZH = {
    "id": "文件编号",
    "document": "文件编号",
    "title": "标题",
    "number": "文号",
    "issuers": "发文机关",
    "issued": "成文日期",
    "adcode": "行政区划代码",
    "place": "地区",
    "level": "层级",
    "zone": "功能区",
    "year": "年份",
    "plan_year": "计划年度",
    "file": "来源文件",
    "version": "版本",
    "same_as": "同一文件",
    "encoding": "编码",
    "sha256": "校验值",
    "length": "字数",
    "sections": "章节数",
    "clauses": "条款数",
    "assignments": "分工数",
    "targets": "指标数",
    "milestones": "节点数",
    "citations": "引用数",
    "notes": "备注数",
    "reading": "解析版本",
    "documents": "文件数",
    "path": "序号",
    "plan": "附件序",
    "no": "章节号",
    "section": "章节",
    "heading": "标题句",
    "clause": "条款编号",
    "kind": "类型",
    "text": "原文",
    "topic": "主题",
    "topics": "全部主题",
    "part": "分项",
    "body": "单位",
    "function": "职能",
    "functions": "全部职能",
    "role": "角色",
    "implied": "隐含",
    "open": "含“等”",
    "indicator": "指标",
    "op": "比较",
    "value": "目标值",
    "value_high": "上限值",
    "unit": "计量单位",
    "per": "周期",
    "baseline": "基数",
    "baseline_period": "基期",
    "change": "增减",
    "deadline": "完成时限",
    "message": "说明",
    "start": "起始",
    "end": "终止",
    "why": "规则",
    "count": "数量",
    "lead": "牵头",
    "responsible": "负责",
    "cooperating": "配合",
    "supervising": "监督",
    "total": "合计",
    "score": "相同比例",
    "reason": "依据",
    "same_as_title": "同一文件标题",
    "same_as_file": "同一文件来源",
}


def label(name: str, labels: Labels) -> str:
    """The label of a column; its name where there is none.

    Examples
    --------
    >>> label("body", "zh"), label("my_column", "zh"), label("body", None)
    ('单位', 'my_column', 'body')
    """
    if labels is None:
        return name
    if labels != "zh":
        raise ValueError(f'labels is "zh" or None, not {labels!r}')
    return ZH.get(name, name)
