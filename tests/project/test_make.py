# SPDX-License-Identifier: GPL-3.0-or-later
"""The Makefile, as far as it can be tested without downloads."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MAKE = shutil.which("make") or ""
needs_make = pytest.mark.skipif(not MAKE, reason="make is not installed")


def make(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MAKE, *arguments], cwd=root, capture_output=True, text=True, check=False)


@needs_make
def test_make_alone_lists_every_target(root: Path) -> None:
    output = make(root).stdout
    targets = re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(), re.MULTILINE)
    for target in set(targets) - {"help", "setup", "setup-demo"}:
        assert f"make {target} " in output, target


@needs_make
@pytest.mark.parametrize("target", ["demo", "test"])
def test_an_unsuitable_python_gives_one_sentence(root: Path, target: str, tmp_path: Path) -> None:
    python = tmp_path / "python3.12"
    python.write_text("#!/bin/sh\necho 3.12\n")
    python.chmod(0o755)
    result = make(root, target, f"PYTHON={python}")
    lines = [line for line in result.stderr.splitlines() if not line.startswith("make")]
    assert result.returncode != 0
    assert len(lines) == 1
    assert "needs Python 3.11 or 3.13" in lines[0]
    assert "is 3.12" in lines[0]


def test_the_readme_names_only_commands_that_exist(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8") + (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    for script in re.findall(r"\b(headless/[\w.]+\.py|tools/[\w.]+\.(?:py|sh)|docs/[\w.]+\.md|build_addon\.py)", text):
        assert (root / script).is_file(), script


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no POSIX shell")
@pytest.mark.skipif(sys.version_info[:2] not in {(3, 11), (3, 13)}, reason="no bpy wheel exists for this Python")
def test_a_folder_that_is_not_an_environment_is_not_emptied(root: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    line = ["sh", "tools/setup_venv.sh", str(tmp_path), "3.11 3.13", "--version"]
    result = subprocess.run(
        line, cwd=root, env={**os.environ, "PYTHON": sys.executable}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert f"{tmp_path} is not a virtual environment" in result.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("notes.txt", "mine")]
