# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/find_python.sh finds a suitable Python or says in one sentence what to install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

THIS_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def find(root: Path, path: Path, *versions: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script with only ``path`` and the system's own programs."""
    script = root / "tools" / "find_python.sh"
    clean = {"HOME": str(path), "PATH": f"{path}:{_system_programs(path)}", **environment}
    return subprocess.run(
        ["/bin/sh", str(script), *versions], env=clean, capture_output=True, text=True, check=False, cwd=root
    )


def _system_programs(path: Path) -> Path:
    """Return a folder with the two programs that the script itself needs, and no Python."""
    folder = path.parent / "programs"
    folder.mkdir(exist_ok=True)
    (folder / "sed").exists() or (folder / "sed").symlink_to("/bin/sed")
    return folder


def fake_python(path: Path, name: str, version: str, *, has_venv: bool = True, runs: bool = True) -> Path:
    """Write a script that answers the search like a Python of that version."""
    program = path / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(
        "#!/bin/sh\n"
        + ("" if runs else "echo 'pyenv: command not found' >&2; exit 127\n")
        + "case $2 in\n*ensurepip*) exit "
        + ("0" if has_venv else "1")
        + f" ;;\n*executable*) echo {program} ;;\n*) echo {version} ;;\nesac\n"
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def test_it_finds_the_python_that_runs_this_test(root: Path) -> None:
    environment = {**os.environ, "PYTHON": sys.executable}
    result = subprocess.run(
        ["/bin/sh", str(root / "tools" / "find_python.sh"), THIS_VERSION],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(result.stdout.strip()).samefile(sys.executable)


def test_the_first_requested_version_is_preferred(root: Path, path: Path) -> None:
    fake_python(path, "python3.13", "3.13")
    wanted = fake_python(path, "python3.11", "3.11")
    assert find(root, path).stdout.strip() == str(wanted)


def test_a_plain_python3_of_the_right_version_is_enough(root: Path, path: Path) -> None:
    wanted = fake_python(path, "python3", "3.13")
    assert find(root, path).stdout.strip() == str(wanted)


def test_a_shim_that_fails_is_skipped_and_pyenv_is_searched(root: Path, path: Path) -> None:
    fake_python(path, "python3.13", "", runs=False)
    wanted = fake_python(path / ".pyenv" / "versions" / "3.13.0" / "bin", "python", "3.13")
    assert find(root, path, "3.13").stdout.strip() == str(wanted)


def test_a_second_python_later_on_the_path_is_found(root: Path, path: Path, tmp_path: Path) -> None:
    fake_python(path, "python3.11", "", runs=False)
    wanted = fake_python(tmp_path / "programs", "python3.11", "3.11")
    assert find(root, path).stdout.strip() == str(wanted)


def test_unsuitable_versions_give_one_sentence_that_names_them(root: Path, path: Path) -> None:
    fake_python(path, "python3", "3.12")
    result = find(root, path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "needs Python 3.11 or 3.13" in result.stderr
    assert "only 3.12" in result.stderr


def test_no_python_at_all_gives_one_sentence(root: Path, path: Path) -> None:
    result = find(root, path)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1


def test_a_requested_python_is_the_only_one_tried(root: Path, path: Path) -> None:
    fake_python(path, "python3.11", "3.11")
    fake_python(path, "python3.12", "3.12")
    result = find(root, path, PYTHON="python3.12")
    assert result.returncode == 1
    assert "PYTHON=python3.12 is 3.12" in result.stderr


def test_a_python_without_venv_is_recognized(root: Path, path: Path) -> None:
    fake_python(path, "python3.11", "3.11", has_venv=False)
    result = find(root, path)
    assert result.returncode == 1
    assert "python3.11-venv" in result.stderr
