"""The command `taizhang`: the same jobs as the library, for a shell.

Exit codes: 0 done, 1 it could not be done (one sentence on stderr says why), 2 the command was not understood, 130
interrupted.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from . import DocumentError, Table, TaizhangError, parse, rebuild
from . import open as open_ledger
from .filters import Copies, Kind, Level, Op, Role

EXAMPLES = """\
examples:
  taizhang parse plan.txt                          facts of one plan as JSON
  taizhang parse plans/*.txt -o facts/             of many, a file each
  taizhang ingest reform.tz plans/ --metadata index.csv
  taizhang documents reform.tz
  taizhang tasks reform.tz --place 江门市 --function 医保 --role lead
  taizhang targets reform.tz --text 付费 --due 2025 --format csv > targets.csv
  taizhang compare reform.tz 江门市 临汾市 綦江区
  taizhang report reform.tz --place 江门市 临汾市 --labels zh -o report.html
  taizhang backup reform.tz /media/stick/reform.tz
  taizhang publish reform.tz /srv/plans/reform.tz
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the number is its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")  # files and pipes get UTF-8 whatever the locale
    try:
        arguments = parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as error:
        complain("; ".join(["interrupted", *getattr(error, "__notes__", [])]))
        return 130
    except (TaizhangError, OSError, ValueError, ImportError) as error:
        complain(str(error))
        return 1
    return code


class Version(argparse.Action):
    """`--version`: the library's in the first line, then those of all that an answer may depend on."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print them and end."""
        from .versions import show_versions

        show_versions()
        sys.stdout.flush()  # a reader that has seen enough is told here
        parser.exit()


def complain(sentence: str) -> None:
    """Say what went wrong, on stderr."""
    print(f"taizhang: {sentence}", file=sys.stderr)


# -- commands ----------------------------------------------------------------------------------------------------------


def run_parse(arguments: argparse.Namespace) -> int:
    """`parse`: the exchange format of files."""
    files: list[Path] = arguments.files
    out: Path | None = arguments.output
    if len(files) == 1 and (out is None or not (out.is_dir() or str(out).endswith(os.sep))):
        text = parse(files[0]).to_json(indent=True) + "\n"
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, encoding="utf-8")
        return 0
    if out is None:
        raise ValueError("several files need a folder to write to: -o FOLDER")
    out.mkdir(parents=True, exist_ok=True)
    names = [file.stem for file in files]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"two files would both be written to {out / twice}.json")
    failed = 0
    for file in files:
        try:
            (out / f"{file.stem}.json").write_text(parse(file).to_json(indent=True) + "\n", encoding="utf-8")
        except (DocumentError, OSError, ImportError) as error:
            failed = 1
            complain(str(error))
    return failed


def run_ingest(arguments: argparse.Namespace) -> int:
    """`ingest`: files into a ledger."""
    with open_ledger(arguments.ledger) as ledger:
        report = ledger.ingest(arguments.paths, metadata=arguments.metadata)
        print(report)
        for line in report.details():
            complain(line)
        return 1 if report.skipped and len(report.skipped) == report.sources else 0


def run_stats(arguments: argparse.Namespace) -> int:
    """`stats`: sizes and counts as JSON."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        print(json.dumps(ledger.stats(), ensure_ascii=False, indent=2))
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """`check`: everything that is stored, read again."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        ledger.check()
        print(f"{len(ledger):,} documents, all whole")
    return 0


def run_compact(arguments: argparse.Namespace) -> int:
    """`compact`: the ledger written again, smaller."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        before = ledger.stats()["disk"]
        ledger.compact(keep_versions=arguments.keep_versions)
        print(f"{before / 1e6:,.1f} MB before, {ledger.stats()['disk'] / 1e6:,.1f} MB now")
    return 0


def run_reread(arguments: argparse.Namespace) -> int:
    """`reread`: every kept text read again."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        for id in ledger.reread():
            complain(f"the rules failed at {id}, which keeps what was read before; please report it")
    return 0


def run_rebuild(arguments: argparse.Namespace) -> int:
    """`rebuild`: what is derived made anew, also where the ledger cannot be opened."""
    rebuild(arguments.ledger)
    return 0


def run_backup(arguments: argparse.Namespace) -> int:
    """`backup`: a copy of the ledger."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        print(ledger.backup(arguments.to))
    return 0


def run_publish(arguments: argparse.Namespace) -> int:
    """`publish`: a copy that any number of processes read."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        print(ledger.publish(arguments.to))
    return 0


def run_table(arguments: argparse.Namespace) -> int:
    """`documents`, `tasks`, `targets` and the other tables."""
    filters = {name: getattr(arguments, name) for name in FILTERS if getattr(arguments, name, None) is not None}
    if "where" in filters:
        filters["where"] = where(filters["where"])
    with open_ledger(arguments.ledger, create=False) as ledger:
        table: Table = getattr(ledger, arguments.command)(**filters)
        write(table, arguments, SHOWN.get(arguments.command))
    return 0


def where(conditions: Sequence[str]) -> dict[str, list[str]]:
    """Metadata columns with the values allowed, from COLUMN=VALUE."""
    out: dict[str, list[str]] = {}
    for condition in conditions:
        column, sign, value = condition.partition("=")
        if not sign:
            raise ValueError(f"--where takes COLUMN=VALUE, not {condition!r}")
        out.setdefault(column, []).append(value)
    return out


def run_compare(arguments: argparse.Namespace) -> int:
    """`compare`: governments side by side."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        comparison = ledger.compare(
            arguments.places or None,
            since=arguments.since,
            until=arguments.until,
            topic=arguments.topic,
            text=arguments.text,
            copies=arguments.copies or "once",
        )
        wide = arguments.format == "table"
        tables = {
            "places": comparison.places(),
            "departments": comparison.departments(wide=wide),
            "targets": comparison.targets(wide=wide),
        }
        if arguments.what:
            write(tables[arguments.what], arguments)
        elif arguments.format == "json":
            print(json.dumps({name: t.to_dicts() for name, t in tables.items()}, ensure_ascii=False, indent=2))
        elif arguments.format == "csv":
            raise ValueError("CSV holds one table: say which with --what places, departments or targets")
        else:
            for name, table in tables.items():
                print(f"{name}\n")
                write(table, arguments)
                print()
    return 0


def run_report(arguments: argparse.Namespace) -> int:
    """`report`: the comparison as one page."""
    with open_ledger(arguments.ledger, create=False) as ledger:
        comparison = ledger.compare(
            arguments.place,
            since=arguments.since,
            until=arguments.until,
            topic=arguments.topic,
            text=arguments.text,
            copies=arguments.copies or "once",
        )
        print(
            comparison.report(
                arguments.output,
                title=arguments.title,
                labels=arguments.labels,
                charts=not arguments.no_charts,
                evidence=arguments.evidence,
            )
        )
    return 0


def write(table: Table, arguments: argparse.Namespace, columns: Sequence[str] | None = None) -> None:
    """Print a table in the format asked for."""
    if arguments.format == "json":
        print(json.dumps(table.to_dicts(), ensure_ascii=False, indent=2))
    elif arguments.format == "csv":
        sys.stdout.write(table.to_csv(labels=arguments.labels))
    else:
        kept = [name for name in columns or table.columns if name in table.columns]
        terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else 160
        print(table.select(*kept).to_text(max_rows=arguments.rows, width=terminal, labels=arguments.labels))


SHOWN = {
    "documents": ("id", "place", "issued", "number", "title", "clauses", "assignments", "targets"),
    "tasks": ("place", "path", "task", "lead", "responsible", "cooperating"),
    "clauses": ("document", "path", "heading", "kind", "topic", "text"),
    "assignments": ("place", "path", "part", "body", "function", "role", "implied"),
    "targets": (
        "place",
        "path",
        "indicator",
        "op",
        "value",
        "value_high",
        "unit",
        "per",
        "baseline",
        "deadline",
        "text",
    ),
    "milestones": ("place", "path", "deadline", "text"),
    "citations": ("place", "path", "number", "title"),
    "notes": ("document", "path", "kind", "message"),
}

PLACE_FILTERS = ("document", "place", "within", "level", "year", "since", "until")
WORD_FILTERS = ("text", "any", "without", "where", "copies")
TASK_FILTERS = ("function", "body", "role", "topic")
TABLES: dict[str, tuple[str, ...]] = {
    "documents": (),
    "sections": (),
    "clauses": (*TASK_FILTERS, "kind"),
    "tasks": TASK_FILTERS,
    "assignments": TASK_FILTERS,
    "targets": (*TASK_FILTERS, "unit", "op", "at_least", "at_most", "due"),
    "milestones": (*TASK_FILTERS, "due"),
    "citations": ("topic",),
    "notes": (),
}
HELP = {
    "documents": "one row a document",
    "sections": "one row a top-level heading",
    "clauses": "one row a clause",
    "tasks": "clauses that hand out work, with their bodies by role",
    "assignments": "one row a body in a responsibility group",
    "targets": "one row a number to reach",
    "milestones": "one row a dated commitment without a number",
    "citations": "one row another document named",
    "notes": "one row an oddity",
}
FILTERS: dict[str, dict[str, Any]] = {
    "document": {"nargs": "+", "metavar": "ID", "help": "documents of these ids"},
    "place": {"nargs": "+", "metavar": "PLACE", "help": "these governments themselves: names or codes"},
    "within": {"nargs": "+", "metavar": "PLACE", "help": "these places and all below them"},
    "level": {"nargs": "+", "choices": get_args(Level), "help": "levels of government"},
    "year": {"nargs": "+", "type": int, "metavar": "YEAR", "help": "years of issue"},
    "since": {"type": int, "metavar": "YEAR", "help": "first year of issue"},
    "until": {"type": int, "metavar": "YEAR", "help": "last year of issue"},
    "text": {"nargs": "+", "metavar": "WORDS", "help": "exact words, all of them"},
    "any": {"nargs": "+", "metavar": "WORDS", "help": "exact words, one of them"},
    "without": {"nargs": "+", "metavar": "WORDS", "help": "exact words, none of them"},
    "where": {"nargs": "+", "metavar": "COLUMN=VALUE", "help": "metadata columns of your own"},
    "copies": {"choices": get_args(Copies), "help": "all: near-copies too; a plan counts once without it"},
    "function": {"nargs": "+", "metavar": "NAME", "help": "what the body is for: 医保, health-insurance"},
    "body": {"nargs": "+", "metavar": "NAME", "help": "exact names of bodies"},
    "role": {"nargs": "+", "choices": get_args(Role), "help": "roles"},
    "topic": {"nargs": "+", "metavar": "TOPIC", "help": "topics of the clause"},
    "kind": {"nargs": "+", "choices": get_args(Kind), "help": "task or preamble"},
    "unit": {"nargs": "+", "metavar": "UNIT", "help": "units, as printed"},
    "op": {"nargs": "+", "choices": get_args(Op), "help": "operators"},
    "at_least": {"type": float, "metavar": "VALUE", "help": "smallest value"},
    "at_most": {"type": float, "metavar": "VALUE", "help": "largest value"},
    "due": {"type": int, "metavar": "YEAR", "help": "year of the deadline"},
}


# -- the command line --------------------------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """Give the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="taizhang",
        description="Chinese government plans as tables: who does what, how much, by when.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=Version, nargs=0, help="print versions, as a bug report needs them")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = _command(
        commands,
        "parse",
        "print the facts of files as JSON (the exchange format)",
        "taizhang parse plan.pdf -o plan.json",
    )
    one.add_argument("files", nargs="+", type=Path, metavar="FILE")
    one.add_argument("-o", "--output", type=Path, metavar="OUT", help="file to write, or folder for several files")
    one.set_defaults(run=run_parse)

    one = _command(
        commands, "ingest", "read files into a ledger", "taizhang ingest reform.tz plans/ --metadata index.csv"
    )
    one.add_argument("ledger", metavar="LEDGER", help="the ledger's folder; made when missing")
    one.add_argument("paths", nargs="+", metavar="PATH", help="file, folder or glob")
    one.add_argument(
        "--metadata", metavar="CSV", help="table with a column id or file, and title, number, place, date or your own"
    )
    one.set_defaults(run=run_ingest)

    for name, extra in TABLES.items():
        one = _command(commands, name, HELP[name], f"taizhang {name} reform.tz --place 江门市 --format csv")
        one.add_argument("ledger", metavar="LEDGER", help="the ledger's folder")
        filters = one.add_argument_group("filters")
        for key in (*PLACE_FILTERS, *extra, *WORD_FILTERS):
            filters.add_argument(f"--{key.replace('_', '-')}", **FILTERS[key])
        _output(one)
        one.set_defaults(run=run_table)

    one = _command(
        commands,
        "compare",
        "put governments side by side",
        "taizhang compare reform.tz 江门市 临汾市 --what targets --text 付费",
    )
    one.add_argument("ledger", metavar="LEDGER", help="the ledger's folder")
    one.add_argument("places", nargs="*", metavar="PLACE", help="names or codes; all places without it")
    one.add_argument("--what", choices=("places", "departments", "targets"), help="one of the three tables")
    filters = one.add_argument_group("filters")
    for key in ("since", "until", "topic", "text", "copies"):
        filters.add_argument(f"--{key}", **FILTERS[key])
    _output(one)
    one.set_defaults(run=run_compare)

    one = _command(
        commands,
        "report",
        "write the comparison as one page, with charts and evidence",
        "taizhang report reform.tz --place 江门市 临汾市 -o report.html",
    )
    one.add_argument("ledger", metavar="LEDGER", help="the ledger's folder")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="HTML", help="the page to write")
    one.add_argument("--title", help="its title")
    one.add_argument("--labels", choices=("zh", "en"), help="language of the page (default: en)")
    one.add_argument("--no-charts", action="store_true", help="tables alone, without the extra plot")
    one.add_argument("--evidence", type=int, default=200, metavar="N", help="sentences at most (default: 200)")
    filters = one.add_argument_group("filters")
    for key in ("place", "since", "until", "topic", "text", "copies"):
        filters.add_argument(f"--{key}", **FILTERS[key])
    one.set_defaults(run=run_report)

    one = _upkeep(commands, "stats", "print sizes and counts as JSON", run_stats)
    one = _upkeep(commands, "check", "read everything that is stored; name the first fault", run_check)
    one = _upkeep(commands, "compact", "write the ledger again, smaller and in order", run_compact)
    one.add_argument(
        "--keep-versions", type=int, metavar="N", help="older versions kept of each document (default: all)"
    )
    one = _upkeep(commands, "reread", "read every kept text again with the rules of this version", run_reread)
    one = _upkeep(commands, "rebuild", "make anew what is derived from texts and facts", run_rebuild)
    one = _upkeep(commands, "backup", "copy the ledger to a new folder", run_backup, "/media/stick/reform.tz")
    one.add_argument("to", metavar="TO", help="the new folder")
    about = "write the ledger to a new folder that any number of processes and machines read at once"
    one = _upkeep(commands, "publish", about, run_publish, "/srv/plans/reform.tz")
    one.add_argument("to", metavar="TO", help="the new folder")
    return top


def _upkeep(commands: Any, name: str, about: str, run: Any, example: str = "") -> argparse.ArgumentParser:
    one = _command(commands, name, about, f"taizhang {name} reform.tz {example}".rstrip())
    one.add_argument("ledger", metavar="LEDGER", help="the ledger's folder")
    one.set_defaults(run=run)
    return one


def _command(commands: Any, name: str, about: str, example: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=about,
        description=about[0].upper() + about[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return made


def _output(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("output")
    group.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    group.add_argument("--labels", choices=("zh",), help="Chinese column names")
    group.add_argument("--rows", type=int, default=50, metavar="N", help="rows of a table shown at most (default: 50)")


if __name__ == "__main__":
    sys.exit(main())
