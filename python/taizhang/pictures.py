"""Altair charts that know how to be drawn here: offline, and with Chinese glyphs.

In: a chart of Altair. Out: the same chart, of the same class but for its last step: where it becomes a picture it names
a font that has the glyphs, HTML holds its scripts, and a notebook gets an SVG unless its user chose another renderer.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from . import fonts
from .view import FONTS


def altair() -> Any:
    """The module, or an error that names the extra."""
    try:
        import altair as alt
        import vl_convert  # noqa: F401  what draws the pictures
    except ImportError as error:
        raise ImportError("charts need altair and vl-convert-python: pip install 'taizhang[plot]'") from error
    return alt


class Drawn:
    """What is added to a chart's class."""

    def to_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Give the specification; the outermost one names the font."""
        context = kwargs.get("context") or {}
        spec = super().to_dict(*args, **kwargs)  # type: ignore[misc]
        if context.get("top_level", True) and isinstance(spec, dict):
            font = fonts.find()
            names = [f'"{font.family}"'] if font else []
            names += [name for name in FONTS.split(", ") if name not in names]
            spec.setdefault("config", {}).setdefault("font", ", ".join(names).replace('"', "'"))
        return spec

    def save(self, fp: Any, format: str | None = None, **kwargs: Any) -> None:
        """Write the chart: .png, .svg, .pdf, .html or .json; no network is asked, HTML holds its scripts.

        Raises
        ------
        OSError
            A PNG or PDF is wanted and no font here has Chinese glyphs.
        """
        kind = format or str(getattr(fp, "name", fp)).rpartition(".")[2].lower()
        if kind in ("png", "pdf") and fonts.find() is None:
            raise OSError(fonts.ADVICE)
        if kind == "svg":
            text = self.to_svg(**kwargs)
            if hasattr(fp, "write"):
                fp.write(text)
            else:
                Path(fp).write_text(text, encoding="utf-8", newline="\n")
            return
        if kind == "html":
            kwargs.setdefault("inline", True)
        if kind == "png" and not kwargs.keys() & {"ppi", "scale_factor"}:
            kwargs["scale_factor"] = 2
        register()
        super().save(fp, format=format, **kwargs)  # type: ignore[misc]

    def to_svg(self, **kwargs: Any) -> str:
        """Give the chart as SVG text, the same for the same chart."""
        warn()
        register()
        out = io.StringIO()
        super().save(out, format="svg", **kwargs)  # type: ignore[misc]
        return _renumbered(out.getvalue())

    def to_png(self, *, scale: float = 2) -> bytes:
        """Give the chart as the bytes of a PNG, `scale` pixels a point."""
        out = io.BytesIO()
        self.save(out, format="png", scale_factor=scale)
        return _packed(out.getvalue())

    def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> Any:
        """A picture that needs no network, unless another renderer was enabled.

        It is a PNG, which shows in notebooks that are not trusted too; an SVG where no font here has the glyphs, since
        the reader may have one.
        """
        if altair().renderers.active != "default":
            return super()._repr_mimebundle_(*args, **kwargs)  # type: ignore[misc]
        about = f"{type(self).__name__} of Altair"
        if fonts.find() is None:
            return {"image/svg+xml": self.to_svg(), "text/plain": about}
        png = self.to_png()
        wide, high = struct.unpack(">II", png[16:24])  # the PNG's header
        size = {"image/png": {"width": wide // 2, "height": high // 2}}
        return {"image/png": png, "text/plain": about}, size


def drawn(chart: Any) -> Any:
    """The chart, with what `Drawn` adds; `properties`, `encode` and the like keep it."""
    base: Any = type(chart)
    object.__setattr__(chart, "__class__", _class(base))  # what is set in the ordinary way goes into the specification
    return chart


def _packed(png: bytes) -> bytes:
    """The same pixels in a third of the bytes, which a notebook keeps: the converter packs for speed."""
    head, at, pixels, rest = png[:8], 8, b"", b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, end = png[at + 4 : at + 8], at + 12 + length
        if kind == b"IDAT":
            pixels += png[at + 8 : end - 4]
        elif kind == b"IHDR":
            head += png[at:end]
        else:
            rest += png[at:end]
        at = end
    body = b"IDAT" + zlib.compress(zlib.decompress(pixels), 9)
    return head + struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) + rest


def _renumbered(svg: str) -> str:
    """The SVG with its gradients and clips counted from 1; the converter counts on as long as the process lives."""
    seen: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return seen.setdefault(found[0], f"{found[1]}{len(seen) + 1}")

    return re.sub(r"(?<=[\"#])(clip|gradient_)\d+(?=[\")])", number, svg)


@cache
def _class(base: Any) -> Any:
    return type(base.__name__, (Drawn, base), {"__module__": base.__module__, "__doc__": base.__doc__})


def warn() -> None:
    """Say that glyphs will be missing, where they will."""
    if fonts.find() is None:
        warnings.warn(fonts.ADVICE, fonts.FontWarning, stacklevel=4)


def register() -> None:
    """Tell the converter where the font is, where it does not look by itself."""
    font = fonts.find()
    if font is not None:
        _register(str(font.file.parent))


@cache
def _register(folder: str) -> None:
    import vl_convert

    vl_convert.register_font_directory(folder)
