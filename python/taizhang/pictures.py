"""Altair charts that know how to be drawn here: offline, and with Chinese glyphs.

In: a chart of Altair. Out: the same chart, of the same class but for its last step: where it becomes a picture it names
a font that has the glyphs, HTML holds its scripts, and a notebook gets an SVG unless its user chose another renderer.
"""

from __future__ import annotations

import io
import re
import warnings
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

    def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> Any:
        """A picture that needs no network, unless another renderer was enabled."""
        if altair().renderers.active == "default":
            return {"image/svg+xml": self.to_svg(), "text/plain": repr(type(self).__name__)}
        return super()._repr_mimebundle_(*args, **kwargs)  # type: ignore[misc]


def drawn(chart: Any) -> Any:
    """The chart, with what `Drawn` adds; `properties`, `encode` and the like keep it."""
    base: Any = type(chart)
    object.__setattr__(chart, "__class__", _class(base))  # what is set in the ordinary way goes into the specification
    return chart


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
