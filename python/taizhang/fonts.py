"""A font with Chinese glyphs, found on this machine.

A browser finds one by itself; a picture (PNG) is drawn here, and an SVG is measured here. In: the folders where systems
keep fonts, fontconfig where it is, or a file that the user names. Out: a family and its file; None where there is none.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import cache
from os import PathLike
from pathlib import Path
from shutil import which
from typing import NamedTuple

# Best first: what a file's name begins with, and the family that it holds.
FAMILIES = (
    ("NotoSansCJK", "Noto Sans CJK SC"),
    ("NotoSansCJKsc", "Noto Sans CJK SC"),
    ("NotoSansSC", "Noto Sans SC"),
    ("SourceHanSans", "Source Han Sans SC"),
    ("PingFang", "PingFang SC"),
    ("msyh", "Microsoft YaHei"),
    ("Hiragino Sans GB", "Hiragino Sans GB"),
    ("STHeiti", "Heiti SC"),
    ("wqy-microhei", "WenQuanYi Micro Hei"),
    ("wqy-zenhei", "WenQuanYi Zen Hei"),
    ("DroidSansFallback", "Droid Sans Fallback"),
    ("simhei", "SimHei"),
    ("simsun", "SimSun"),
    ("uming", "AR PL UMing CN"),
)
_SUFFIXES = (".ttc", ".otf", ".ttf")
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
    "~/AppData/Local/Microsoft/Windows/Fonts",
)
ADVICE = (
    "no font with Chinese glyphs was found: pictures would show boxes. Install one (Debian, Ubuntu: apt install "
    "fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts; macOS and Windows bring one), or name a file: "
    "taizhang.fonts.use('NotoSansSC-Regular.otf', 'Noto Sans SC')"
)


class Font(NamedTuple):
    """A family, and the file that holds it."""

    family: str
    file: Path


class FontWarning(UserWarning):
    """Chinese glyphs will be missing, or their places are guessed."""


_named: Font | None = None


def use(file: str | PathLike[str], family: str) -> None:
    """Name the font to draw with.

    Parameters
    ----------
    file
        A .ttf, .otf or .ttc file.
    family
        The name of the family that it holds.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    """
    global _named
    path = Path(file)
    if not path.is_file():
        raise FileNotFoundError(f"there is no font file {path}")
    _named = Font(family, path)


def find() -> Font | None:
    """The font that pictures are drawn with: the one named by `use`, else the best one of this machine."""
    return _named or _found()


@cache
def _found() -> Font | None:
    files: dict[str, Path] = {}
    for file in _files():
        files.setdefault(file.name.lower(), file)
    for begins, family in FAMILIES:
        fitting = sorted(name for name in files if name.startswith(begins.lower()))
        # The regular weight before bold, light and the like.
        fitting.sort(
            key=lambda name: (not any(word in name for word in ("regular", "-r.", "zenhei", "microhei")), name)
        )
        if fitting:
            return Font(family, files[fitting[0]])
    return _asked()


def _files() -> Iterator[Path]:
    for folder in _FOLDERS:
        for root, folders, names in os.walk(Path(folder).expanduser()):
            folders.sort()
            yield from (Path(root) / name for name in sorted(names) if name.lower().endswith(_SUFFIXES))


def _asked() -> Font | None:
    """What fontconfig says, for fonts under other names and in other folders."""
    if (program := which("fc-list")) is None:
        return None
    try:
        asked = subprocess.run(
            [program, ":lang=zh-cn", "--format", "%{family[0]}\t%{file}\n"],
            capture_output=True,
            encoding="utf-8",
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    for line in sorted(asked.stdout.splitlines()):
        family, _, file = line.partition("\t")
        if file.lower().endswith(_SUFFIXES) and Path(file).is_file():
            return Font(family, Path(file))
    return None
