# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands in the documentation, and a folder in which they can be run unchanged."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.transform

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = ("README.md", "docs/guide.md", "docs/guide.zh-CN.md")
BLOCK = "```sh"


@cache
def commands(page: str) -> tuple[str, ...]:
    """Return every command line in the shell blocks of a page, without trailing comments."""
    found: list[str] = []
    inside = False
    for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
        if line.strip() == BLOCK:
            inside = True
        elif line.strip() == "```":
            inside = False
        elif inside and line.strip():
            found.append(shlex.join(shlex.split(line, comments=True)))
    return tuple(found)


class ProjectFolder:
    """A folder of links to the project, with the programs that the documentation expects.

    ``blender`` is the bpy wheel behind Blender's own arguments, ``.venv/bin/python`` and ``python3`` are this Python.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("headless", "solar_site_addon", "docs", "Makefile", "tools", "pyproject.toml"):
            (folder / name).symlink_to(ROOT / name)
        _write_land(folder / "land.tif")
        python = shlex.quote(sys.executable)
        self._program("bin/python3", f'exec {python} "$@"')
        self._program(".venv/bin/python", f'exec {python} "$@"')
        wheel = shlex.quote(str(HERE / "wheel_as_blender.py"))
        self.blender = self._program("bin/blender", f'exec {python} {wheel} "$0" "$@"')

    def run(self, command: str, *further: str) -> subprocess.CompletedProcess[str]:
        """Run ``command`` with ``further`` arguments appended."""
        words = [self._here(word) for word in shlex.split(command)]
        environment = {name: value for name, value in os.environ.items() if name != "BLENDER"}
        environment["PATH"] = f"{self.folder / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
        return subprocess.run(
            [*words, *further],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def _here(self, word: str) -> str:
        """Replace the path of the reader's Blender by ours; return any other word unchanged."""
        return str(self.blender) if word.startswith("/") and word.lower().endswith("/blender") else word

    def _program(self, name: str, line: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(f"#!/bin/sh\n{line}\n"))
        path.chmod(0o755)
        return path


def _write_land(path: Path) -> None:
    """Write a gentle slope as the elevation model that the guides use."""
    y, x = np.mgrid[0:500, 0:500]
    with rasterio.open(
        path, "w", driver="GTiff", width=500, height=500, count=1, dtype="float32", crs="EPSG:32650",
        transform=rasterio.transform.from_origin(400_000, 4_000_000, 1.0, 1.0),
    ) as file:  # fmt: skip
        file.write((500.0 + 0.05 * y + 3.0 * np.sin(x / 60.0)).astype(np.float32), 1)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> ProjectFolder:
    """Return one folder for all commands, since some read the output of earlier ones."""
    if os.name == "nt":
        pytest.skip("the programs in the folder are shell scripts")
    return ProjectFolder(tmp_path_factory.mktemp("project"))
