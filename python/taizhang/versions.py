"""Versions: what a bug report needs, said in one place.

In: nothing. Out: the versions of the library, of its rules and lexicon, of the ledger format, of Python, the system and
every library that an extra brings; and the Chinese fonts that plots could use. Nothing of the user's: no paths, names
or settings. Libraries are asked for their metadata and never imported.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import _core
from .display import pad, width

__all__ = ["as_dict", "show_versions"]

_LIBRARIES = (
    *("pandas", "pyarrow", "polars", "numpy", "duckdb", "pypdfium2", "networkx", "matplotlib", "openpyxl", "lxml"),
    *("pyspark", "scikit-learn", "statsmodels", "ipython", "jupyterlab", "notebook"),
)

_FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts"),
    *("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    *("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"),
)
# Beginnings of the files' names, lower case without - and _, of fonts that hold the characters of a plan.
_CHINESE = (
    *("notosanscjk", "notoserifcjk", "notosanssc", "notoserifsc", "sourcehan", "wqy", "uming", "ukai", "arphic"),
    *("simsun", "simhei", "simkai", "simfang", "msyh", "msjh", "deng", "fangsong", "kaiti", "pingfang", "stheiti"),
    *("songti", "heiti", "hiraginosansgb", "droidsansfallback", "lxgw", "fandol"),
)
_MOST_FILES = 20_000


def as_dict() -> dict[str, str]:
    """Give what `show_versions` prints, as a dict.

    Returns
    -------
    dict of str to str
        Name to version, in the order that they are printed; a library that is not installed is left out.

    Examples
    --------
    >>> from taizhang import versions
    >>> list(versions.as_dict())[:4]
    ['taizhang', 'reading', 'ledger format', 'Python']
    """
    import platform  # these two take a third of what `import taizhang` may
    from importlib import metadata

    found = {
        "taizhang": _core.__version__ + (" (debug build)" if _core.DEBUG_BUILD else ""),
        "reading": _core.reading(),
        "ledger format": str(_core.FORMAT),
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": _system(),
        "processors": str(os.cpu_count() or "unknown"),
        "encoding": f"{sys.getfilesystemencoding()} for names, {getattr(sys.stdout, 'encoding', None)} for output",
    }
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    found["Chinese fonts"] = "、".join(_fonts()) or "none found"
    return found


def show_versions() -> None:
    """Print what a bug report needs: versions of everything that an answer may depend on.

    Examples
    --------
    >>> tz.show_versions()  # doctest: +ELLIPSIS
    taizhang ...
    reading ...
    """
    found = as_dict()
    column = max(map(width, found)) + 2
    for name, version in found.items():
        print(pad(name, column) + version)


def _system() -> str:
    import platform

    name = f"{platform.system()} {platform.release()} {platform.machine()}"
    libc = " ".join(part for part in platform.libc_ver() if part)
    return f"{name}, {libc}" if libc else name


def _fonts() -> list[str]:
    """Names of the files of Chinese fonts, each family once."""
    found: set[str] = set()
    seen = 0
    for folder in _FOLDERS:
        for _, _, files in os.walk(Path(folder).expanduser()):
            seen += len(files)
            for file in files:
                name, dot, end = file.rpartition(".")
                plain = name.lower().replace("-", "").replace("_", "")
                if dot and end.lower() in ("ttf", "ttc", "otf", "otc") and plain.startswith(_CHINESE):
                    found.add(name.partition("-")[0])
            if seen > _MOST_FILES:
                return sorted(found)
    return sorted(found)
