"""What an ingest did, and the bar that shows it while it does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import TextIO

from . import display

_SHOWN = 5


class Report:
    """What an ingest did; ids stand in the order of the files.

    Attributes
    ----------
    added, unchanged, new_versions, updated
        Ids of documents that are new, known already, changed in their bytes, changed in their metadata alone.
    skipped
        File and reason of what could not be read.
    same_content
        Id, and the id of the document with the same bytes that is in the ledger already.
    copies
        Id of a document that was read, and the id of the earlier one that it is a near-copy of; it counts once.
    unmatched
        A sentence for each row of the metadata table that fits no file.
    sources
        How many files or texts were given.
    interrupted
        True where Ctrl-C stopped it; what is listed is committed.
    seconds
        How long it took.
    """

    def __init__(
        self,
        *,
        added: Iterable[str] = (),
        unchanged: Iterable[str] = (),
        new_versions: Iterable[str] = (),
        updated: Iterable[str] = (),
        skipped: Iterable[tuple[str, str]] = (),
        same_content: Iterable[tuple[str, str]] = (),
        copies: Iterable[tuple[str, str]] = (),
        unmatched: Iterable[str] = (),
        sources: int = 0,
        interrupted: bool = False,
        seconds: float = 0.0,
    ) -> None:
        self.added = list(added)
        self.unchanged = list(unchanged)
        self.new_versions = list(new_versions)
        self.updated = list(updated)
        self.skipped = list(skipped)
        self.same_content = list(same_content)
        self.copies = list(copies)
        self.unmatched = list(unmatched)
        self.sources = sources
        self.interrupted = interrupted
        self.seconds = seconds

    def counts(self) -> dict[str, int]:
        """Give the number of files of each outcome, without those that are none."""
        names = ("added", "unchanged", "new_versions", "updated", "same_content", "skipped", "unmatched")
        return {name.replace("_", " "): len(getattr(self, name)) for name in names if getattr(self, name)}

    def details(self) -> list[str]:
        """Give the lines that a user should see: what was skipped and why."""
        lines = [
            f"skipped {reason}" if file in reason else f"skipped {file}: {reason}" for file, reason in self.skipped
        ]
        lines += [f"{new} has the same bytes as {known}, which is kept" for new, known in self.same_content]
        lines += [f"{new} is a near-copy of {known}, and counts once with it" for new, known in self.copies]
        return lines + list(self.unmatched)

    def __str__(self) -> str:
        words = ", ".join(f"{n:,} {name}" for name, n in self.counts().items()) or "nothing to do"
        stopped = "interrupted: " if self.interrupted else ""
        return f"{stopped}{self.sources:,} file{'s' * (self.sources != 1)} in {self.seconds:.1f} s: {words}"

    def __repr__(self) -> str:
        details = self.details()
        more = [f"… {len(details) - _SHOWN:,} more"] if len(details) > _SHOWN else []
        return "\n".join([str(self), *details[:_SHOWN], *more])

    def _repr_html_(self) -> str:
        details = self.details()
        table = display.html_table(
            ["outcome", "files"], list(self.counts().items()), caption=str(self), numeric=[False, True]
        )
        if not details:
            return table
        notes = [[line] for line in details[: display.MAX_ROWS]]
        return table + display.html_table(["notes"], notes, more=len(details) - len(notes))


class Bar:
    """A progress bar on a terminal; nothing anywhere else.

    Examples
    --------
    >>> import io
    >>> stream = io.StringIO()
    >>> bar = Bar(stream)
    >>> bar(3, 10)
    >>> bar.close()
    >>> stream.getvalue()
    ''
    """

    _CELLS = 24

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._clock = clock
        self._shown = bool(getattr(self._stream, "isatty", bool)())
        self._begun = clock()
        self._drawn = -1.0

    def __call__(self, done: int, total: int) -> None:
        """Draw, ten times a second at most."""
        now = self._clock() - self._begun
        if not self._shown or total == 0 or (now - self._drawn < 0.1 and done < total):
            return
        self._drawn = now
        full = self._CELLS * done // total
        rate = f" {done / now:,.0f}/s" if now > 0 and done else ""
        self._stream.write(f"\r{'█' * full}{'░' * (self._CELLS - full)} {done:,}/{total:,}{rate}\x1b[K")
        self._stream.flush()

    def close(self) -> None:
        """Wipe the line."""
        if self._shown and self._drawn >= 0:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
