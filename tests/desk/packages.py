"""Programs of Debian's packages that the tests of the desk need: found, or installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def need(program: str, *packages: str) -> str:
    """The path of a program, installed where it is missing and we may."""
    if (found := shutil.which(program)) is None:
        install(program, *packages)
        found = shutil.which(program)
    assert found is not None, f"{packages[0]} was installed but brings no {program}"
    return found


def install(what: str, *packages: str) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.fail(f"these tests need {what}: apt-get install {' '.join(packages)}")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    try:
        subprocess.run(command, **quiet)
    except subprocess.CalledProcessError:  # the lists are old
        subprocess.run(["apt-get", "update", "--quiet"], **quiet)
        subprocess.run(command, **quiet)
