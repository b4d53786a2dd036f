"""A view: HTML that a notebook shows and that a file keeps."""

from __future__ import annotations

import html
from os import PathLike
from pathlib import Path

_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 15px/1.6 {fonts}; margin: 1rem auto; max-width: 62rem;
padding: 0 1rem }}</style></head><body>
{body}
</body></html>
"""
FONTS = (
    '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", '
    '"WenQuanYi Micro Hei", sans-serif'
)
"""Families that have Chinese glyphs, for a browser to choose from."""


class View:
    """A piece of HTML; a notebook shows it.

    Examples
    --------
    >>> View("<b>台账</b>", "台账")
    View of 台账; .save("view.html") writes it as a page
    """

    def __init__(self, body: str, title: str) -> None:
        self.html = body
        self.title = title

    def save(self, path: str | PathLike[str]) -> Path:
        """Write a page of its own, in light or dark as the reader's system is."""
        page = _PAGE.format(lang="zh", title=html.escape(self.title), fonts=FONTS, body=self.html)
        Path(path).write_text(page, encoding="utf-8", newline="\n")
        return Path(path)

    def __str__(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f'View of {self.title}; .save("view.html") writes it as a page'

    def _repr_html_(self) -> str:
        return self.html
