"""What columns, roles and tables are called, in Chinese and in English.

In: a column's name, a value such as a role, a phrase of a view. Out: the words for it. `labels="zh"` asks for Chinese
where a method takes it; `set_labels("zh")` for all that is shown: tables, documents, charts, reports.
"""

from __future__ import annotations

from typing import Literal

Labels = Literal["zh", "en"] | None

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
    "last_day": "最后期限",
    "indicator_group": "指标组",
    "common_value": "换算值",
    "common_unit": "换算单位",
    "dimension": "量纲",
    "denominator": "分母",
    "counted": "分子",
    "scale": "可比组",
    "comparable": "可比",
    "ahead": "目标名次",
    "later": "时限名次",
    "share_of_leads": "牵头占比",
    "sole_leads": "独家牵头",
    "alone": "独自承担",
    "since": "起始年",
    "until": "终止年",
    "places": "地区数",
    "relation": "关系",
    "in_ledger": "已入库",
    "cited_document": "被引文件",
    "cited_place": "被引地区",
    "cited_level": "被引层级",
    "cited_issued": "被引日期",
    "direction": "方向",
    "days": "相隔天数",
    "source_document": "来源文件编号",
    "source_clause": "来源条款",
    "source_path": "来源序号",
    "source_heading": "来源标题句",
    "source_place": "来源地区",
    "source_level": "来源层级",
    "reuse": "沿用比例",
    "copied": "照录比例",
    "longest": "最长照录",
    "source_start": "来源起始",
    "source_end": "来源终止",
    "source_value": "来源目标值",
    "source_unit": "来源单位",
    "source_deadline": "来源时限",
    "source_text": "来源原文",
    "term": "词语",
    "code": "编码",
    "grade": "力度",
    "highest": "最强",
    "lowest": "最弱",
    "mentions": "词次",
    "must": "必须",
    "shall": "应当",
    "aim": "力争",
    "may": "鼓励",
    "earlier_deadline": "原时限",
    "earlier_document": "原文件",
    "earlier_version": "原版本",
    "earlier_clause": "原条款",
    "earlier_place": "原地区",
    "earlier_level": "原层级",
    "earlier_text": "原文句",
    "a": "甲",
    "b": "乙",
    "parts": "分项数",
    "a_leads": "甲牵头",
    "b_leads": "乙牵头",
    "leads": "牵头数",
    "partners": "协作方数",
    "label": "名称",
    "primary": "首要主题数",
    "score": "相同比例",
    "reason": "依据",
    "rank": "名次",
    "measure": "举措编号",
    "characters": "字数",
    "same_as_title": "同一文件标题",
    "same_as_file": "同一文件来源",
    "reviewed": "人工核对",
    "what": "类别",
    "task": "任务",
    "target": "目标值",
    "due": "到期日",
    "days_left": "剩余天数",
    "period": "填报期",
    "status": "进展",
    "step": "进展",
    "light": "红绿灯",
    "reached": "完成值",
    "evidence": "佐证",
    "by": "填报人",
    "when": "日期",
    "state": "状态",
    "table": "表",
    "action": "操作",
    "field": "字段",
    "was": "原值",
    "words": "原文词句",
    "note": "备注",
    "quarter": "季度",
    "rows": "项数",
    "not_started": "未启动",
    "behind": "进展缓慢",
    "on_track": "正常推进",
    "nearly_done": "基本完成",
    "done": "已完成",
    "unreported": "未填报",
    "overdue": "逾期",
    "share_done": "完成比例",
}


VALUES = {
    "country": "国家级",
    "province": "省级",
    "prefecture": "地市级",
    "county": "县区级",
    "task": "任务",
    "preamble": "总则",
    "target": "指标",
    "milestone": "节点",
    "citation": "引用",
    "clause": "条款",
    "assignment": "分工",
    "tasks": "任务",
    "places": "地区",
    "departments": "部门",
    "measures": "举措",
    "coverage": "覆盖",
    "ladder": "指标阶梯",
    "calendar": "时限表",
    "search": "检索",
    "edges": "协作关系",
    "nodes": "协作主体",
    "documents": "文件",
    "sections": "章节",
    "clauses": "条款",
    "assignments": "分工",
    "targets": "指标",
    "milestones": "节点",
    "citations": "引用",
    "notes": "备注",
}
"""Values of columns, and names of tables."""

_shown: Labels = "en"


def set_labels(labels: Labels) -> None:
    """Say in which language views, charts and reports are labelled, from now on and in this process.

    What tables hold, and what `to_pandas` and its like give, stays as it is.

    Parameters
    ----------
    labels
        `"zh"` for Chinese, `"en"` or None for English.

    Examples
    --------
    >>> set_labels("zh")
    >>> shown(None), shown("en")
    ('zh', 'en')
    >>> set_labels("en")
    """
    global _shown
    _shown = _checked(labels) or "en"


def shown(labels: Labels = None) -> Labels:
    """The language of a view: the one given, else what `set_labels` said."""
    return _checked(labels) or _shown


def _checked(labels: Labels) -> Labels:
    if labels not in (None, "zh", "en"):
        raise ValueError(f'labels is "zh", "en" or None, not {labels!r}')
    return labels


def label(name: str, labels: Labels) -> str:
    """The label of a column; its name where there is none.

    Examples
    --------
    >>> label("body", "zh"), label("my_column", "zh"), label("body", None)
    ('单位', 'my_column', 'body')
    """
    return ZH.get(name, name) if _checked(labels) == "zh" else name


def named(word: str, labels: Labels) -> str:
    """The name of a role, a level, a kind or a table.

    Examples
    --------
    >>> named("lead", "zh"), named("county", "zh"), named("county", "en")
    ('牵头', '县区级', 'county')
    """
    if labels != "zh":
        return word
    return VALUES.get(word) or ZH.get(word, word)


def say(english: str, chinese: str, labels: Labels) -> str:
    """One of two wordings."""
    return chinese if labels == "zh" else english
