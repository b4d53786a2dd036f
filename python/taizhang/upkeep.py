"""Upkeep: what a ledger holds on disk, whether it is sound, and how it is made smaller, anew, or copied."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import _core
from .report import Bar

Paths = str | os.PathLike[str]


@contextmanager
def showing(shown: bool) -> Iterator[Bar | None]:
    """A bar of progress where one is wanted, gone at the end."""
    bar = Bar() if shown else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.close()


class Upkeep:
    """A ledger's own care; mixed into `taizhang.Ledger`."""

    _core: _core.Ledger

    def stats(self) -> dict[str, Any]:
        """Give sizes and counts.

        Returns
        -------
        dict
            `documents`; `versions` kept, removed documents included; `rows` by table; `tree_bytes`, the bytes put into
            each tree of the store; `disk`, the bytes of the folder; `generation`, the number of commits; `format`,
            `created_by`; `reading`, the rules and lexicon that read the documents.
        """
        return self._core.stats()

    def check(self) -> None:
        """Read everything that is stored; an error names the first fault, and the documents it touches."""
        self._core.check()

    def compact(self, *, keep_versions: int | None = None, progress: bool = True) -> None:
        """Write the ledger again: smaller, and in the order that serves reading.

        Removed documents are gone afterwards. Queries go on while it works; Ctrl-C, or a kill, leaves the ledger as it
        was. The disk needs room for both.

        Parameters
        ----------
        keep_versions
            How many older versions of each document stay; all of them without it.
        progress
            Show a bar, if the process has a terminal.
        """
        with showing(progress) as bar:
            self._core.compact(keep_versions=keep_versions, progress=bar)

    def reread(self, *, progress: bool = True) -> list[str]:
        """Read every kept text again with this library's rules, older versions too.

        It is needed once after an upgrade that reads differently, before documents can be added. The ledger answers as
        before until all is read. Ctrl-C, or a kill, loses nothing: the next call goes on.

        Returns
        -------
        list of str
            Ids of documents at which the rules failed; they keep what was read before.
        """
        with showing(progress) as bar:
            return self._core.reread(progress=bar)

    def rebuild(self, *, progress: bool = True) -> None:
        """Make all that is derived from texts and records anew, where `check` says that it is damaged."""
        with showing(progress) as bar:
            self._core.rebuild(progress=bar)

    def backup(self, path: Paths) -> Path:
        """Copy the ledger to a new folder, which is a ledger of its own; queries go on.

        Raises
        ------
        StoreError
            The folder exists, or its disk has too little room.
        """
        self._core.backup(os.fspath(path))
        return Path(path)

    def publish(self, path: Paths) -> Path:
        """Write the ledger to a new folder that is never written to again; queries go on.

        Any number of processes, on any number of machines, open it at once, from a shared or read-only disk too:
        ``taizhang.open(path, read_only=True)`` takes no lock and writes nothing. Its manifest holds a SHA-256 of each
        file, which `check` compares; published twice from the same state, the bytes are the same. It is smallest after
        `compact`.

        Parameters
        ----------
        path
            A folder that does not exist yet.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        StoreError
            The folder exists, or its disk has too little room.

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> with tz.open(ledger.publish(folder / "shared.tz"), read_only=True) as shared:
        ...     len(shared) == len(ledger)
        True
        """
        self._core.publish(os.fspath(path))
        return Path(path)

    @property
    def read_only(self) -> bool:
        """True for a published ledger."""
        return self._core.read_only
