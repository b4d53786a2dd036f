"""Exchange: the methods by which a ledger hands its documents to other programs, and takes them from others."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import _core
from .report import Bar, Report

if TYPE_CHECKING:
    from .bibliography import Style
    from .ledger import Ledger

Paths = str | os.PathLike[str]


class Exchange:
    """What a ledger and a selection of it give to others; a ledger takes it back."""

    _core: _core.Ledger
    last_report: Report | None

    def export_parquet(
        self,
        folder: Paths,
        *,
        partition_by: str | Iterable[str] | None = None,
        tables: Iterable[str] | None = None,
        contacts: bool = True,
    ) -> dict[str, int]:
        """Write every table as Parquet, near-copies included (`same_as` tells them); needs the extra `parquet`.

        Memory is bounded whatever the ledger's size. What each column means, in English and Chinese, which columns are
        keys, and what read the documents stands in the files' metadata. The file `records` holds each document's text
        and whole record: from it `load_parquet` makes a ledger again.

        Parameters
        ----------
        folder
            Where to write; it is made when missing. Files of the same tables are never overwritten.
        partition_by
            Columns of adcode, place, level, year: the rows of each value go into a folder of their own
            (`targets/adcode=440700/year=2019/`), as Spark, DuckDB and polars read it. One file a table without it.
        tables
            Only these, of documents, sections, clauses, assignments, targets, milestones, citations, notes, records.
        contacts
            False to blank names and telephone numbers of contact persons in all words, and to leave `records` out.

        Returns
        -------
        dict
            Number of rows of each table.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     rows = ledger.export_parquet(folder, partition_by=["adcode", "year"])
        >>> rows["documents"], rows["records"]
        (5, 5)
        """
        from .parquet import export

        return export(cast("Ledger", self), folder, partition_by=partition_by, tables=tables, contacts=contacts)

    def load_parquet(
        self,
        paths: Paths | Iterable[Paths],
        *,
        accept_other_reading: bool = False,
        progress: bool = True,
    ) -> Report:
        """Take in documents that were read elsewhere, without reading them again.

        They come from `export_parquet`, `freeze` or a cluster (`taizhang.spark`), and give the same ledger as an ingest
        of the same files: known bytes are left out, changed ones make a new version. Every row is checked (checksum,
        format, reading, places within the text, UTF-8); the first unsound one ends the work with an error that names
        file and row. What was committed before it, or before Ctrl-C, stays, and loading again goes on from there.

        Parameters
        ----------
        paths
            A folder of such files (its `records`), a file of `records`, or several of these: a part of an export is
            chosen by its folders (`records/adcode=440700`).
        accept_other_reading
            Take documents that other rules or another lexicon read than this library's. A ledger holds one reading:
            an empty one becomes of theirs, and wants `reread()` before other documents can be added.
        progress
            Show a bar, if the process has a terminal.

        Returns
        -------
        Report
            What became of each document; what the cluster could not read is listed as skipped.

        Raises
        ------
        StoreError
            A file is not Parquet of documents, or a row is unsound or of another reading.
        """
        from .parquet import Rows, files

        rows = Rows(files(paths), accept_other_reading)
        bar = Bar() if progress else None
        begun = time.monotonic()
        try:
            facts, raised = _core.load(
                self._core, rows.pull, rows.total, accept_other=accept_other_reading, progress=bar
            )
        finally:
            if bar is not None:
                bar.close()
        facts["skipped"] = [*facts["skipped"], *rows.skipped]
        report = Report(**facts, seconds=time.monotonic() - begun)
        self.last_report = report
        if raised is not None:
            raised.add_note(str(report))
            raise raised
        return report

    def freeze(self, folder: Paths, *, contacts: bool = True) -> Path:
        """Write what goes with a paper: tables as Parquet, codebook, versions, selection, checksums.

        The same documents give the same bytes. `taizhang.verify(folder)` says whether they still are what was frozen,
        `load_parquet(folder)` makes a ledger of them. Where people corrected rows, `corrections.jsonl` goes with the
        tables, for `import_corrections`.

        Parameters
        ----------
        folder
            A folder that is empty or does not exist.
        contacts
            False to blank names and telephone numbers of contact persons in all words, and to leave out the texts and
            the log of corrections.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tz.verify(ledger.select(within="广东省").freeze(folder))
        []
        """
        from .freeze import freeze

        return freeze(cast("Ledger", self), folder, contacts=contacts)

    def bibliography(self, style: Style = "bibtex", **filters: Any) -> str:
        """Give the documents as a list of sources, in the order of their ids; copies are left out.

        Parameters
        ----------
        style
            "bibtex" for LaTeX, "csl" for the JSON of Zotero, Pandoc and Word's plug-ins.
        **filters
            As in `documents`.

        Examples
        --------
        >>> print(ledger.bibliography(place="江门市").splitlines()[0])
        @techreport{jiangmen-2019,
        """
        from . import bibliography

        styles = {"bibtex": bibliography.bibtex, "csl": bibliography.csl}
        if style not in styles:
            raise ValueError(f'style is "bibtex" or "csl", not {style!r}')
        rows: Iterable[Mapping[str, Any]] = cast("Ledger", self).documents(**filters)
        return styles[style](rows)
