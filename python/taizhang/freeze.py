"""Freeze: a ledger, or a selection of it, as a folder that goes with a paper.

In: a ledger. Out: every table as Parquet, documents in the order of their ids; `codebook.md` and `codebook.json`; what
was selected, which rules, lexicon tables and versions read it (`manifest.json`); `corrections.jsonl`, what people said
of these documents, if they said anything; `SHA256SUMS`, which `sha256sum -c` reads. No clock and no folder goes in (of
a file only its name): the same documents give the same bytes, on any day and any machine, with the same versions of
this library and of pyarrow.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core, codebook, parquet

if TYPE_CHECKING:
    from .ledger import Ledger

SUMS = "SHA256SUMS"
CORRECTIONS = "corrections.jsonl"
_CONTACTS = (
    "Names and telephone numbers of contact persons are blanked (×), character by character, in the words of every "
    "table; the texts, whole records and the log of corrections, which quotes them, are left out. The rule is that of "
    "the module taizhang.contacts."
)


def freeze(ledger: Ledger, folder: str | os.PathLike[str], *, contacts: bool) -> Path:
    """Write the folder; it may not exist, or must be empty."""
    pa = parquet.arrow()
    target = Path(folder)
    if target.exists() and any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty")
    target.mkdir(parents=True, exist_ok=True)
    ids = ledger.ids()
    changes: list[parquet.Change] = [parquet.only_names]
    if not contacts:
        changes.append(parquet.Blank(ledger))
    tables = [name for name in codebook.tables() if contacts or name != "records"]
    rows, columns = {}, {}
    for name in tables:
        path = target / f"{name}.parquet"
        found = parquet.reader(ledger, name, ids)
        rows[name] = parquet.write(path, name, found, ledger, changes)
        with parquet.opened(path) as file:
            columns[name] = parquet.types(file.schema_arrow)
    corrections = _corrections(ledger, ids, target / CORRECTIONS) if contacts else None
    stats = ledger.stats()
    question = ledger.chain() if hasattr(ledger, "chain") else []
    manifest = {
        "taizhang": _core.__version__,
        "pyarrow": pa.__version__,
        "format": parquet.FORMAT,
        "ledger_format": stats["format"],
        "reading": stats["reading"] or _core.reading(),
        "lexicon": dict(_core.lexicon_tables()) if stats["reading"] in (None, _core.reading()) else None,
        "contacts": contacts,
        "selection": question,
        "documents": len(ids),
        "rows": rows,
        "corrections": corrections,
    }
    book = {
        name: [{"name": column, "type": kind, **codebook.meaning(name, column)} for column, kind in of]
        for name, of in columns.items()
    }
    keys = {name: codebook.keys(name) for name in tables}
    _json(target / "manifest.json", manifest)
    _json(target / "codebook.json", {"tables": book, "keys": keys})
    _text(target / "codebook.md", _heading(manifest) + "\n" + codebook.markdown(columns, rows))
    sums = [f"{_sha256(path)}  {path.name}" for path in sorted(target.iterdir())]
    _text(target / SUMS, "\n".join(sums) + "\n")
    return target


def verify(folder: str | os.PathLike[str]) -> list[str]:
    """Say what is wrong with a frozen ledger, a sentence each; nothing where it is as it was written.

    Parameters
    ----------
    folder
        What `Ledger.freeze` wrote.

    Returns
    -------
    list of str
        Files that are missing, changed or strange; tables with other rows, and corrections that are others, than the
        manifest says.

    Raises
    ------
    FileNotFoundError
        The folder holds no frozen ledger.
    """
    home = Path(folder)
    sums = home / SUMS
    if not sums.is_file():
        raise FileNotFoundError(f"{home} holds no frozen ledger: it has no {SUMS}")
    faults: list[str] = []
    listed: dict[str, str] = {}
    for number, line in enumerate(sums.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or Path(name).name != name or name in listed:
            faults.append(f"{SUMS}, line {number} is no checksum of a file beside it")
        else:
            listed[name] = digest
    for name, digest in listed.items():
        path = home / name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif _sha256(path) != digest:
            faults.append(f"{name} is not what was frozen: its checksum differs")
    present = {path.name for path in home.iterdir()} - {SUMS}
    faults += [f"{name} was not frozen with the rest" for name in sorted(present - set(listed))]
    for needed in ("manifest.json", "codebook.json", "codebook.md"):
        if needed not in listed:
            faults.append(f"{SUMS} does not list {needed}")
    if faults:
        return faults
    manifest = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    return _rows(home, manifest["rows"]) + _said(home, manifest.get("corrections"))


def _corrections(ledger: Ledger, ids: list[str], path: Path) -> dict[str, Any] | None:
    """Write what people said of these documents, as `import_corrections` takes it; what the manifest says of it."""
    frozen = set(ids)
    # Words may hold signs that other programs take for the end of a line; an entry ends with \n alone.
    log = filter(None, _core.export_corrections(ledger._core).split("\n"))
    lines = [line for line in log if json.loads(line)["document"] in frozen]
    if not lines:
        return None
    _text(path, "\n".join(lines) + "\n")
    return {"file": path.name, "entries": len(lines), "sha256": _sha256(path)}


def _said(home: Path, corrections: dict[str, Any] | None) -> list[str]:
    """What the manifest says of the corrections, against them."""
    path = home / CORRECTIONS
    if corrections is None:
        return [f"{path.name} is there, the manifest speaks of no corrections"] if path.exists() else []
    if not path.is_file():
        return [f"{path.name} is missing"]
    if _sha256(path) != corrections["sha256"]:
        return [f"{path.name} holds other corrections than those of the manifest: its checksum differs"]
    return []


def _rows(home: Path, rows: dict[str, int]) -> list[str]:
    """What the manifest says of the tables, against the tables."""
    faults = []
    for name, count in rows.items():
        if not (home / f"{name}.parquet").is_file():
            faults.append(f"{name}.parquet is missing")
            continue
        try:
            with parquet.opened(home / f"{name}.parquet") as file:
                found = file.metadata.num_rows
        except _core.StoreError as error:
            faults.append(str(error))
            continue
        if found != count:
            faults.append(f"{name}.parquet has {found:,} rows, the manifest says {count:,}")
    return faults


def _heading(manifest: dict[str, Any]) -> str:
    question = "; ".join(json.dumps(part, ensure_ascii=False, sort_keys=True) for part in manifest["selection"])
    lines = [
        "# Codebook 编码手册",
        "",
        f"{manifest['documents']:,} documents, read by taizhang {manifest['taizhang']} with {manifest['reading']}.",
        f"Selection: {question or 'all documents'}.",
        "`start` and `end` count Unicode code points of the document's text (`records.text`) from 0, the end excluded.",
        "A near-copy of another document names it in `same_as`; to count plans once, keep rows where it is null.",
    ]
    if manifest["corrections"]:
        said = manifest["corrections"]
        lines.append(
            f"The tables show the corrections of `{said['file']}` (entries in it: {said['entries']:,}); `records` "
            "holds the machine's reading without them."
        )
    if not manifest["contacts"]:
        lines += ["", _CONTACTS]
    return "\n".join(lines) + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(path: Path, value: Any) -> None:
    _text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
