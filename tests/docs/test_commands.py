# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command in the README and the guides is run as written.

Since a thousand images of 20 megapixels take a day, some things are substituted:

- Commands that generate images get --dry_run, so that everything is checked and planned but nothing is rendered, and
  SMALL_LAND for faster planning.
- The first command of each kind (in Blender, in Python, by run_parallel.sh), and those whose images a later command
  reads, get SMALL and SMALL_LAND instead and generate one small image.
- A ``blender`` based on the bpy wheel replaces the reader's Blender.
- ``make`` is run with --dry-run, and ``blenderproc run`` is covered by tests/blenderproc.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.command_line import parse
from tests.docs.conftest import PAGES, ROOT, commands

SMALL_LAND = ["--set", "site.size_m=200", "--set", "array.cluster_radius_m=25"]
SMALL = ["--num_images", "1", "--num_parallel", "1", "--resolution", "160x120", "--max_samples", "1", "--no_use_gpu"]
BLENDERPROC = "blenderproc run headless/generate_mountainous_solar_site.py "
OVERVIEW = "headless/overview.py"


def all_commands() -> list[str]:
    """Return every command once, in the order of the pages."""
    return list(dict.fromkeys(line for page in PAGES for line in commands(page)))


def makers() -> list[str]:
    """Return the commands that generate images."""
    others = ("make ", "blenderproc ")
    lines = [line for line in all_commands() if not line.startswith(others) and OVERVIEW not in line]
    return [line for line in lines if "--doctor" not in line]


def rendered() -> list[str]:
    """Return those of them that the tests run to generate one small image."""
    seen = {shlex.split(line)[-1] for line in all_commands() if OVERVIEW in line}
    kinds: dict[str, str] = {}
    for line in makers():
        kinds.setdefault(shlex.split(line)[0], line)
    looked_at = [first_into(folder) for folder in seen]
    return [line for line in makers() if line in kinds.values() or line in looked_at]


def first_into(folder: str) -> str:
    """Return the first command that generates images in ``folder``."""
    return next(line for line in makers() if folder in shlex.split(line))


def doctors() -> Iterator[str]:
    """Yield the calls of the doctor except the one with the macOS path, which equals that of ``blender``."""
    yield from (line for line in all_commands() if "--doctor" in line and not line.startswith("/"))


def test_both_guides_have_the_same_commands() -> None:
    assert commands("docs/guide.md") == commands("docs/guide.zh-CN.md")
    assert len(commands("docs/guide.md")) > 20


def test_every_command_is_of_a_kind_that_is_tried_below() -> None:
    tried = {*makers(), *doctors()}
    for line in all_commands():
        first = shlex.split(line)[0]
        assert line in tried or first in {"make", "blenderproc"} or OVERVIEW in line or "--doctor" in line, line


@pytest.mark.bpy
def test_commands_that_make_images_and_look_at_them(project: Any) -> None:
    for line in rendered():
        result = project.run(line, *SMALL, *SMALL_LAND)
        assert result.returncode == 0, f"{line}\n{result.stdout}\n{result.stderr}"
    for line in (line for line in all_commands() if OVERVIEW in line):
        result = project.run(line)
        assert result.returncode == 0, f"{line}\n{result.stderr}"
        assert (project.folder / shlex.split(line)[-1] / "overview.png").is_file()


@pytest.mark.bpy
@pytest.mark.parametrize("line", [line for line in makers() if line not in rendered()])
def test_commands_that_make_many_images_can_begin(project: Any, line: str) -> None:
    result = project.run(line, *SMALL_LAND, "--dry_run")
    assert result.returncode == 0, result.stderr
    output = dict(row.split(maxsplit=1) for row in result.stdout.splitlines())
    words = shlex.split(line)
    number = words[words.index("--num_images") + 1] if "--num_images" in words else words[2]
    assert output["Images"].startswith(f"{number} of ")


@pytest.mark.bpy
@pytest.mark.parametrize("line", list(doctors()))
def test_the_doctor_can_be_asked(project: Any, line: str) -> None:
    before = sorted(project.folder.iterdir())
    result = project.run(line)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Command " in result.stdout
    assert sorted(project.folder.iterdir()) == before


def test_the_macs_doctor_is_that_of_blender() -> None:
    mac = [line for line in all_commands() if line.startswith("/Applications/")]
    ours = {line.replace("/Applications/Blender.app/Contents/MacOS/Blender", "blender") for line in mac}
    assert len(ours) == 1
    assert ours <= set(doctors())


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("line", [line for line in all_commands() if line.startswith("make ")])
def test_make_knows_what_to_do(project: Any, line: str) -> None:
    result = project.run(line, "--dry-run")
    assert result.returncode == 0, result.stderr
    assert result.stdout


@pytest.mark.parametrize("line", [line for line in all_commands() if line.startswith("blenderproc ")])
def test_blenderprocs_commands_are_those_that_its_tests_run(line: str) -> None:
    assert line.startswith(BLENDERPROC)
    assert parse(shlex.split(line.removeprefix(BLENDERPROC))) is not None
    tests = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests/blenderproc").glob("*.py")))
    for word in shlex.split(line.removeprefix(BLENDERPROC)):
        assert not word.startswith("--") or word in tests, word


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [part.partition(")")[0] for part in text.split("](")[1:]]
    for target in targets:
        if "://" not in target:
            assert ((ROOT / page).parent / Path(target.partition("#")[0])).exists(), target
