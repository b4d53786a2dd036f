"""The paragraph that a paper needs: what was read, with what, and how well.

In: a ledger, and figures of accuracy where there are any. Out: one paragraph, in English or Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ._core import __version__
from .display import cell
from .labels import Labels, label, named, say, shown

if TYPE_CHECKING:
    from .ledger import Ledger

LEVELS = ("country", "province", "prefecture", "county")


def method(ledger: Ledger, *, labels: Labels = None, accuracy: Any = None, documents: Any = None) -> str:
    """The paragraph; `documents` are those that it speaks of, all of the ledger without it."""
    labels = shown(labels)
    rows = list(
        ledger.documents(columns=["id", "place", "level", "issued", "year"]) if documents is None else documents
    )
    stats = ledger.stats()
    places = {row["place"] for row in rows if row["place"]}
    levels = [
        say(f"{count:,} {level}", f"{named(level, 'zh')} {count:,} 个", labels)
        for level in LEVELS
        if (count := len({row["place"] for row in rows if row["level"] == level}))
    ]
    dates = sorted(str(row["issued"] or row["year"]) for row in rows if row["issued"] or row["year"])
    period = (
        say(" to ", "至", labels).join(dict.fromkeys((dates[0], dates[-1])))
        if dates
        else say("no date", "无日期", labels)
    )
    undated = len(rows) - len(dates)
    figures = _figures(accuracy, labels)
    among = ", ".join(levels) if labels != "zh" else "、".join(levels)
    reading, copies = stats["reading"], stats["copies"]
    if labels == "zh":
        without = f"，{undated:,} 份无日期" if undated else ""
        text = (
            f"本文使用 taizhang {__version__} 读取 {len(rows):,} 份政府文件（{len(places):,} 个地区：{among or '无'}；"
            f"发文日期 {period}{without}）。条款、责任单位及角色、指标、时限和引用由确定性规则识别，不使用统计模型；"
            f"规则与词表版本为“{reading}”，相同文本在任何机器上得到相同结果，每条记录均可回溯至原文位置。"
            f"近似重复的文件只计一次（识别到 {copies:,} 份）。"
        )
        return text + (f"抽样复核的准确度：{figures}。" if figures else "本文未附准确度测量结果。")
    without = f" ({undated:,} undated)" if undated else ""
    text = (
        f"taizhang {__version__} read {len(rows):,} government document{'s' * (len(rows) != 1)} of {len(places):,} "
        f"place{'s' * (len(places) != 1)} ({among or 'none'}), issued {period}{without}. "
        "Clauses, responsible bodies with their roles, targets, deadlines and citations were found by deterministic "
        f"rules, without a statistical model; the rules and word lists are “{reading}”, the same text gives the same "
        "facts on any machine, and every row names its place in the text. "
        f"Near-copies of a document count once ({copies:,} were found)."
    )
    return text + (f" Accuracy on a reviewed sample: {figures}." if figures else " No accuracy was measured here.")


def _figures(accuracy: Any, labels: Labels) -> str:
    """Accuracy as words: a mapping from field to a number or to figures by name, or rows with a column `field`."""
    if accuracy is None:
        return ""
    if isinstance(accuracy, Mapping):
        rows: Iterable[tuple[str, Any]] = accuracy.items()
    else:
        from .frames import rows as rows_of

        rows = [(str(row.get("field")), {k: v for k, v in row.items() if k != "field"}) for row in rows_of(accuracy)]
    said = []
    for field, figures in rows:
        if not isinstance(figures, Mapping):
            figures = {"": figures}
        numbers = [f"{name} {_number(value)}".strip() for name, value in figures.items() if value is not None]
        said.append(f"{label(field, labels)} {', '.join(numbers)}")
    return say("; ", "；", labels).join(said)


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else cell(value)
