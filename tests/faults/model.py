"""A ledger's life and a model of it kept outside: what must be there after a fault.

A life is a run of steps (ingest, replace, remove, compact, reread, rebuild) in a child process. The child says in a
journal when a step begins and when it is done; the model knows each document's text after the steps that were done, and
for the step that was cut off, the texts that each of its documents may have. `judge` opens the ledger in a process of
its own and compares every document, three queries and `check()` with the model.

Processes are forked: a fork is fast, and the parent never opens a ledger itself.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import taizhang as tz

WORD = "统筹"
VERBS = ("统筹推进", "加快建设", "全面落实", "统筹规划", "深化改革", "稳步扩大")
THINGS = ("分级诊疗", "支付方式改革", "远程医疗服务", "基层首诊", "药品集中采购", "家庭医生签约服务")
BODIES = ("市医保局", "市卫生健康委", "市财政局", "市人力资源社会保障局", "市发展改革委", "市教育局", "市民政局")
PLACES = ("江门市", "临汾市", "湖北省", "广东省", "武汉市", "太原市", "重庆市綦江区", "长沙市", "杭州市", "成都市")
NUMERALS = "一二三四五六七八九十"

State = dict[str, str]
Allowed = dict[str, set[str | None]]


def plan(draw: random.Random, clauses: int = 4) -> str:
    """A small plan, different each time."""
    place, year = draw.choice(PLACES), draw.randint(2012, 2025)
    lines = [
        f"{place}{year}年医药卫生体制改革重点工作任务",
        f"{place}人民政府办公室",
        f"{year}年{draw.randint(1, 12)}月{draw.randint(1, 28)}日",
    ]
    lines.append("一、重点任务")
    for n in range(draw.randint(1, clauses)):
        lead, other = draw.sample(BODIES, 2)
        lines.append(
            f"（{NUMERALS[n]}）{draw.choice(VERBS)}{draw.choice(THINGS)}。"
            f"到{year + 2}年，第{draw.randint(1, 999999)}项工作"
            f"覆盖率达到{draw.randint(1, 99)}%。（{lead}牵头，{other}配合）"
        )
    return "\n".join(lines) + "\n"


# -- what a text answers -----------------------------------------------------------------------------------------------


@cache
def facts(text: str) -> tuple[Counter[Any], Counter[Any], int]:
    """What the three queries find in a text: bodies with roles, values of targets, clauses with a word."""
    document = tz.parse_text(text)
    bodies = Counter((row["body"], row["role"]) for row in document.assignments)
    values = Counter((row["value"], row["unit"]) for row in document.targets)
    return bodies, values, sum(WORD in row["text"] for row in document.clauses)


def expected(state: State) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """The three answers of a ledger that holds these texts."""
    bodies, values, words = Counter(), Counter(), Counter()
    for id, text in state.items():
        of_bodies, of_values, clauses = facts(text)
        bodies.update({(id, *key): n for key, n in of_bodies.items()})
        values.update({(id, *key): n for key, n in of_values.items()})
        if clauses:
            words[id] = clauses
    return bodies, values, words


def answered(ledger: tz.Ledger) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """The three answers of a ledger."""
    assignments = ledger.assignments(columns=["document", "body", "role"])
    targets = ledger.targets(columns=["document", "value", "unit"])
    clauses = ledger.clauses(text=WORD, columns=["document"])
    return (
        Counter(zip(assignments["document"], assignments["body"], assignments["role"], strict=True)),
        Counter(zip(targets["document"], targets["value"], targets["unit"], strict=True)),
        Counter(clauses["document"]),
    )


# -- judging -----------------------------------------------------------------------------------------------------------


@dataclass
class Verdict:
    """What became of a ledger."""

    state: State = field(default_factory=dict)
    error: str | None = None
    wrong: str | None = None


def look(path: Path, allowed: Allowed) -> Verdict:
    """Open a ledger and compare all that it says; runs in a process of its own."""
    try:
        with tz.open(path, create=False) as ledger:
            state = {id: ledger.document(id).text for id in ledger.ids()}
            for id in sorted(allowed.keys() | state.keys()):
                if state.get(id) not in allowed.get(id, {None}):
                    kinds = {None: "none"} | {
                        text: f"text {n}" for n, text in enumerate(sorted(filter(None, allowed.get(id, ()))))
                    }
                    found = kinds.get(state.get(id), "another text")
                    return Verdict(
                        state, wrong=f"{id} has {found}, allowed is {[kinds[a] for a in allowed.get(id, {None})]}"
                    )
            if len(ledger) != len(state):
                return Verdict(state, wrong=f"{len(ledger)} documents are counted, {len(state)} are there")
            for name, asked, wanted in zip(
                ("assignments", "targets", "words"), answered(ledger), expected(state), strict=True
            ):
                if asked != wanted:
                    extra = list((asked - wanted).items())[:3], list((wanted - asked).items())[:3]
                    return Verdict(state, wrong=f"the query for {name} has {extra[0]} too many and {extra[1]} too few")
            ledger.check()
        return Verdict(state)
    except tz.TaizhangError as error:
        return Verdict(error=str(error))


def judge(path: Path, allowed: Allowed, seconds: float = 60) -> Verdict:
    """`look` in a forked process; a crash or a hang is wrong."""
    found = forked(lambda: look(path, allowed), seconds)
    return found if isinstance(found, Verdict) else Verdict(wrong=str(found))


def forked(work: Callable[[], Any], seconds: float) -> Any:
    """The result of `work` in a child, or a sentence on how the child ended."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _quiet()
        try:
            answer = pickle.dumps(work())
        except BaseException as error:
            answer = pickle.dumps(f"raised {type(error).__name__}: {error}")
        with os.fdopen(write, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(write)
    os.set_blocking(read, False)
    answer, deadline = b"", time.monotonic() + seconds
    while True:
        try:
            piece = os.read(read, 1 << 20)
            if not piece:
                break
            answer += piece
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                os.close(read)
                return f"hung for {seconds} s"
            time.sleep(0.002)
    os.close(read)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"was ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return pickle.loads(answer)


def _quiet() -> None:
    """The engine's threads tell of their panics on stderr; that they were caught is what counts."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


# -- living ------------------------------------------------------------------------------------------------------------

Step = tuple[str, dict[str, str | None]]

WEIGHTS = {"ingest": 28, "replace": 20, "remove": 14, "compact": 18, "reread": 14, "rebuild": 6}


def choose(draw: random.Random, state: State, next_id: int, many: int = 40) -> Step:
    """A step and the texts that it gives its documents."""
    kind = draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0] if state else "ingest"
    if kind == "ingest":
        return kind, {f"d{next_id + n:05}": plan(draw) for n in range(draw.randint(1, many))}
    if kind in ("replace", "remove"):
        some = draw.sample(sorted(state), min(len(state), draw.randint(1, 12 if kind == "replace" else 3)))
        return kind, {id: plan(draw) if kind == "replace" else None for id in some}
    return kind, {}


def do(ledger: tz.Ledger, step: Step) -> None:
    """Do a step."""
    kind, texts = step
    if kind in ("ingest", "replace"):
        ledger.ingest_texts([{"id": id, "text": text} for id, text in texts.items()], progress=False)
    elif kind == "remove":
        for id in texts:
            ledger.remove(id)
    elif kind == "compact":
        ledger.compact(keep_versions=0, progress=False)
    elif kind == "reread":
        ledger.reread(progress=False)
    else:
        ledger.rebuild(progress=False)


def apply(state: State, step: Step) -> State:
    """The texts after a step."""
    after = {**state, **step[1]}
    return {id: text for id, text in after.items() if text is not None}


def either(state: State, steps: list[Step], done: int) -> Allowed:
    """What may be there where `done` of the steps were done and the next was perhaps begun."""
    for step in steps[:done]:
        state = apply(state, step)
    allowed: Allowed = {id: {text} for id, text in state.items()}
    for id, text in (steps[done][1] if done < len(steps) else {}).items():
        allowed.setdefault(id, {None}).add(text)
    return allowed


def life(draw: random.Random, state: State, next_id: int, length: int, many: int = 40) -> list[Step]:
    """Steps that follow each other from a state."""
    steps = []
    for _ in range(length):
        step = choose(draw, state, next_id, many)
        next_id += len(step[1]) if step[0] == "ingest" else 0
        state = apply(state, step)
        steps.append(step)
    return steps


def live(path: Path, steps: list[Step], say: Callable[[str], None]) -> None:
    """Do the steps, saying what begins and what is done."""
    with tz.open(path) as ledger:
        say("open")
        for step in steps:
            say(f"begin {step[0]}")
            do(ledger, step)
            say("done")


def warm() -> None:
    """Load what every child needs before the first fork."""
    tz.parse_text("一、统筹推进\n（一）完善制度。（市医保局负责）\n")


def report(title: str, counts: Counter[str], faults: list[str], begun: float) -> int:
    """Print what was found; the exit code."""
    print(f"{title}: {', '.join(f'{n} {name}' for name, n in counts.most_common())}; {time.monotonic() - begun:.0f} s")
    for fault in faults[:20]:
        print(f"  FAULT {fault}", file=sys.stderr)
    print(f"{len(faults)} faults")
    return 1 if faults else 0
