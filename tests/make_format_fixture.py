"""Make tests/data/format_v2: a small ledger as this release writes it, kept for ever.

    python tests/make_format_fixture.py

The five seeds, one of them in two versions and one removed, half of them written by an ingest and half by compact;
beside it what it answers. Run it once a format, before the release; a later library must open what stands there.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tempfile
from pathlib import Path

import taizhang as tz

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds" / "documents"
TARGET = ROOT / "tests" / "data" / "format_v2"
TABLES = ("documents", "sections", "clauses", "assignments", "targets", "milestones", "citations", "notes")


def main() -> None:
    """Make ledger and answers, and pack them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "format_v2.tz"
        with tz.open(path) as ledger:
            ledger.ingest(SEEDS, metadata="index.csv", progress=False)
            ledger.compact(progress=False)
            text = (SEEDS / "hubei-2024.txt").read_text(encoding="utf-8")
            ledger.ingest_texts([{"id": "hubei-2024", "text": text + "\n", "batch": "2"}], progress=False)
            ledger.remove("linfen-2022")
            answers = {name: len(getattr(ledger, name)()) for name in TABLES}
            answers["texts"] = {id: len(ledger.document(id).text) for id in ledger.ids()}
            answers["taizhang"] = tz.__version__
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for file in sorted(path.rglob("*")):
                if file.is_file() and file.name not in ("ballast", "lock"):
                    entry = archive.gettarinfo(file, str(file.relative_to(path.parent)))
                    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
                    with file.open("rb") as data:
                        archive.addfile(entry, data)
    (TARGET / "ledger.tar.gz").write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
    (TARGET / "answers.json").write_text(json.dumps(answers, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
