"""PDF files: their text layer, read in worker processes.

In: paths. Out: a text a file, its pages separated by form feeds, or a sentence why there is none. A worker that
crashes, hangs or eats memory costs the one file that it was reading. Needs the extra `pdf` (pypdfium2), which is
loaded in the workers alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from taizhang import DocumentError

__all__ = ["MAX_BYTES", "Crew", "is_pdf", "read_pdf", "read_pdfs"]

MAX_BYTES = 32 << 20
"""Largest file that is read, and longest text that is taken from one, in bytes."""

_INSTALL = "reading PDF files needs pypdfium2: pip install 'taizhang[pdf]'"
_MEMORY = 2 << 30  # address space of a worker, where the system can bound it
_GARBLED = 0.03  # share of characters that no font of a real text yields
_HAN = 0.2  # least share of Chinese characters
_SCANNED = 5  # characters a page below which pages are pictures
_TAIL = 1 << 16  # bytes at the end in which a whole file says so


def is_pdf(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file is a PDF by its name.

    Examples
    --------
    >>> is_pdf("plans/2024.PDF"), is_pdf("pdf/2024.txt")
    (True, False)
    """
    return os.fspath(path).lower().endswith(".pdf")


def read_pdf(path: str | os.PathLike[str], *, timeout: float = 60, max_bytes: int = MAX_BYTES) -> str:
    r"""Give a PDF's text, lines ended by `\n`, pages separated by `\f`.

    Parameters
    ----------
    path
        The file.
    timeout
        Seconds after which the file is given up.
    max_bytes
        A larger file is refused before it is read.

    Raises
    ------
    DocumentError
        The file holds no text that can be read: encrypted, scanned, garbled, truncated, too large.
    ImportError
        pypdfium2 is not installed; the message is the line that installs it.
    """
    for _, text in read_pdfs([path], workers=1, timeout=timeout, max_bytes=max_bytes):
        if isinstance(text, str):
            return text
        raise text
    raise AssertionError("a file gives a text or an error")


def read_pdfs(
    paths: Iterable[str | os.PathLike[str]],
    workers: int | None = None,
    *,
    timeout: float = 60,
    max_bytes: int = MAX_BYTES,
) -> Iterator[tuple[Path, str | DocumentError]]:
    """Give each PDF's text, or the error that says why there is none, in the order of the paths.

    Parameters
    ----------
    paths
        The files.
    workers
        Processes that read; one a core if not said.
    timeout
        Seconds after which a file is given up.
    max_bytes
        A larger file is refused before it is read.
    """
    if not _installed():
        raise ImportError(_INSTALL, name="pypdfium2")
    files = [Path(path) for path in paths]
    count = min(workers or os.cpu_count() or 1, len(files)) or 1
    with contextlib.ExitStack() as stack:
        # Closed in reverse: what still waits is called off, workers are stopped, then the threads are joined.
        pool = stack.enter_context(ThreadPoolExecutor(count, "taizhang-pdf"))
        crew = stack.enter_context(Crew(timeout))
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        waiting = [pool.submit(crew.read, file, max_bytes) for file in files]
        waiting.reverse()
        for file in files:
            text, reason = waiting.pop().result()
            yield file, text if reason is None else _error(file, reason)


def _error(file: Path, reason: str) -> DocumentError:
    from taizhang import DocumentError

    return DocumentError(f"{file} is not a document taizhang can read: {reason}")


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("pypdfium2") is not None


class Crew:
    """Worker processes, as many as there are threads that ask at once; each reads a file at a time."""

    def __init__(self, timeout: float = 60) -> None:
        self.timeout = timeout
        self.lock = threading.Lock()
        self.workers: set[subprocess.Popen[str]] = set()
        self.idle: list[subprocess.Popen[str]] = []
        self.stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def read(self, file: Path, max_bytes: int = MAX_BYTES) -> tuple[str, str | None]:
        """Give the text of a file, or the reason why there is none, as half a sentence."""
        if not _installed():
            return "", _INSTALL
        try:
            size = file.stat().st_size
        except OSError as error:
            return "", f"it cannot be opened ({error.strerror or error})"
        if size > max_bytes:
            return "", f"it has {size / 2**20:.1f} MiB, more than the {max_bytes / 2**20:.1f} MiB that are read"
        worker = self._worker()
        if worker is None:
            return "", "reading was stopped"
        late = threading.Event()

        def give_up() -> None:
            late.set()
            worker.kill()

        watch = threading.Timer(self.timeout, give_up)
        watch.daemon = True
        watch.start()
        try:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(json.dumps(os.fspath(file)) + "\n")
            worker.stdin.flush()
            answer = worker.stdout.readline()
        except (OSError, ValueError):  # killed, or stopped and its pipes closed
            answer = ""
        finally:
            watch.cancel()
        if not answer.endswith("\n"):
            self._drop(worker)
            if late.is_set():
                return "", f"it took longer than {self.timeout:g} seconds to read"
            return "", "reading was stopped" if self.stopped else "the PDF library crashed on it"
        with self.lock:
            self.idle.append(worker)
        text, reason = json.loads(answer)
        return text, reason

    def _worker(self) -> subprocess.Popen[str] | None:
        with self.lock:
            if self.stopped:
                return None
            while self.idle:
                if (idle := self.idle.pop()).poll() is None:
                    return idle
                self.workers.discard(idle)
                _close(idle)
            # This very file, as a program: without the package around it a worker starts in a tenth of a second.
            worker = subprocess.Popen(
                [sys.executable, "-P", __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="ascii",
                process_group=0 if os.name == "posix" else None,  # Ctrl-C is for the process that was started
            )
            self.workers.add(worker)
            return worker

    def _drop(self, worker: subprocess.Popen[str]) -> None:
        with self.lock:
            self.workers.discard(worker)
        worker.kill()
        _close(worker)

    def stop(self) -> None:
        """End the workers; what is being read is given up."""
        with self.lock:
            self.stopped = True
            workers, self.workers = self.workers, set()
        for worker in workers:
            worker.kill()
        for worker in workers:
            _close(worker)


def _close(worker: subprocess.Popen[str]) -> None:
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    worker.wait()


# What follows runs in the workers alone.


def _serve() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    for line in sys.stdin:
        try:
            answer = _text(json.loads(line))
        except MemoryError:
            answer = ("", "it needs more memory than a document should")
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _text(path: str) -> tuple[str, str | None]:
    """Give the text of a file, or the reason why there is none."""
    import pypdfium2

    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return "", f"it cannot be opened ({error.strerror or error})"
    if not data:
        return "", "it is empty"
    if b"%PDF" not in data[:1024]:
        return "", "it bears the name of a PDF but is none"
    # The library mends a file whose end is missing, and then silently lacks the pages that were there.
    if b"%%EOF" not in data[-_TAIL:]:
        return "", "it is truncated: its end is missing"
    try:
        document = pypdfium2.PdfDocument(data)
        pages = []
        length = 0
        for page in document:
            pages.append(_page(page))
            length += len(pages[-1].encode("utf-8", "replace"))
            page.close()
            if length > MAX_BYTES:
                return "", f"its text has more than {MAX_BYTES >> 20} MiB"
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return "", "it is encrypted; save it without a password first"
        return "", "it is damaged or truncated"
    text = "\f".join(pages)
    reason = _fault(text, len(pages))
    return ("", reason) if reason else (text, None)


def _page(page: Any) -> str:
    """Give a page's text in the order of its content, a line where the print goes to another height.

    The library tells lines by the words' order; page numbers, which are drawn first or last, it leaves in the line
    next to them.
    """
    import ctypes

    from pypdfium2 import raw

    layer = page.get_textpage()
    box = raw.FS_RECTF()
    out: list[str] = []
    last: tuple[float, float] | None = None  # middle and height of the character before
    for at in range(layer.count_chars()):
        code = raw.FPDFText_GetUnicode(layer, at)
        c = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if c == "\n":
            out.append(c)
            last = None
        # Marks that the library sets for a hyphen at a line's end.
        if c in "\r\n\ufffe\x02\x00":
            continue
        if not c.isspace() and raw.FPDFText_GetLooseCharBox(layer, at, ctypes.byref(box)):
            middle, height = (box.top + box.bottom) / 2, abs(box.top - box.bottom)
            if last is not None and abs(middle - last[0]) > max(height, last[1]) / 2:
                out.append("\n")
            last = (middle, height)
        out.append(c)
    layer.close()
    return "".join(out)


def _fault(text: str, pages: int) -> str | None:
    """Say why a text cannot be what the page shows; None where it can."""
    signs = [c for c in text if not c.isspace()]
    if len(signs) < _SCANNED * pages:
        return f"its {pages} pages hold no text (scanned pictures); recognise their text (OCR) first"
    broken = sum(c == "\ufffd" or unicodedata.category(c) in ("Co", "Cc", "Cn") for c in signs)
    if broken > _GARBLED * len(signs):
        return f"its fonts do not tell which characters they print ({broken / len(signs):.0%} unreadable)"
    han = sum("\u4e00" <= c <= "\u9fff" or "\u3400" <= c <= "\u4dbf" or "\u2e80" <= c <= "\u2fdf" for c in signs)
    if han < _HAN * len(signs):
        return f"its text is not Chinese, or its fonts garble it ({han / len(signs):.0%} Chinese characters)"
    return None


if __name__ == "__main__":
    _serve()
