"""A screen for the tests: headless Chromium, JupyterLab, and pictures compared with those that are kept.

In: pages and notebooks. Out: what a browser shows of them. Programs come from Debian's packages; where one is missing
it is installed if that is allowed here, else the test says which package to install.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from io import BytesIO
from pathlib import Path

import pytest
from packages import install, need
from PIL import Image, ImageChops, ImageStat

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
MEAN = 2.5
"""How far the mean of all pixels' differences may go, of 255."""
CHANGED = 0.04
"""Share of pixels that may differ visibly."""


def need_font() -> None:
    """A font with Chinese glyphs, installed where there is none and we may."""
    from taizhang import fonts

    if fonts.find() is None:
        install("a font with Chinese glyphs", "fonts-noto-cjk", "fontconfig")
        fonts._found.cache_clear()
    assert fonts.find() is not None


@contextlib.contextmanager
def chromium(playwright, folder: Path, **environment: str):
    """A browser with an empty profile of its own; `environment` is added to its own."""
    browser = playwright.chromium.launch_persistent_context(
        folder,
        executable_path=need("chromium", "chromium"),
        headless=True,
        args=list(FLAGS),
        env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", **environment},
    )
    try:
        yield browser
    finally:
        browser.close()


class Watched:
    """A page whose complaints are kept."""

    def __init__(self, browser, *, width: int, height: int, scheme: str = "light", phone: bool = False) -> None:
        self.page = browser.new_page()
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.page.close()

    @property
    def abroad(self) -> list[str]:
        """Requests that leave this machine."""
        here = ("file:", "data:", "blob:", "http://127.0.0.1", "ws://127.0.0.1", "about:")
        return [url for url in self.asked if not url.startswith(here)]


GLYPHS = """
(text) => {
  const family = getComputedStyle(document.body).fontFamily;
  const draw = (char) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 48;
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    pen.font = `32px ${family}`;
    pen.fillText(char, 6, 36);
    return pen.getImageData(0, 0, 48, 48).data.join();
  };
  const blank = draw(' ');
  const drawn = [...new Set(text)].map(draw);
  return { characters: drawn.length, different: new Set(drawn).size, blank: drawn.includes(blank) };
}
"""


def glyphs_missing(page, text: str) -> bool:
    """Whether the page's font lacks Chinese glyphs: what is missing is drawn as one and the same box, or not at all."""
    found = page.evaluate(GLYPHS, text)
    return found["blank"] or found["different"] < found["characters"]


def compared(png: bytes, name: str) -> None:
    """The picture is the one that is kept, but for a tolerance; with REDRAW=1 it is kept instead."""
    path = IMAGES / f"{name}.png"
    drawn = Image.open(BytesIO(png)).convert("RGB")
    if os.environ.get("REDRAW"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        drawn.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
        return
    assert path.exists(), f"{path} is not kept yet: run make images"
    kept = Image.open(path).convert("RGB")
    if kept.size != drawn.size:
        _keep(drawn, name)
    assert kept.size == drawn.size, f"{name}: {kept.size} is kept, {drawn.size} was drawn; run make images"
    far = ImageChops.difference(kept, drawn).convert("L")
    mean = ImageStat.Stat(far).mean[0]
    changed = sum(far.histogram()[48:]) / (far.width * far.height)
    if mean > MEAN or changed > CHANGED:
        _keep(drawn, name)
    assert mean <= MEAN, f"{name}: pixels differ by {mean:.2f} of 255 in the mean; look at it, then run make images"
    assert changed <= CHANGED, f"{name}: {changed:.1%} of the pixels differ; look at it, then run make images"


def _keep(drawn: Image.Image, name: str) -> None:
    """What was drawn, for the eye, outside of what git tracks."""
    folder = ROOT / "build" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    drawn.save(folder / f"{name}.png")


@contextlib.contextmanager
def jupyter(folder: Path, *, theme: str):
    """JupyterLab on a free port, with settings and data of its own; gives its address."""
    settings = {
        "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/apputils-extension/themes": {"theme": theme},
        "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
    }
    for name, values in settings.items():
        path = folder / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {
        name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    home |= {"IPYTHONDIR": str(folder / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    home |= {"JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"), "TZ": "UTC"}
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}", "--LabApp.extension_manager=readonly"]
    with (folder / "jupyter.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], env={**os.environ, **home}, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                assert server.poll() is None, (folder / "jupyter.log").read_text()
                with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api", timeout=5):
                    break
                time.sleep(0.1)
            else:
                pytest.fail((folder / "jupyter.log").read_text())
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)
