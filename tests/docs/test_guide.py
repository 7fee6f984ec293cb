# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides: current tables, messages as printed by the program, and correct arithmetic."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.command_line import parse_shard
from solar_site_addon.batch.memory import memory_warnings
from solar_site_addon.batch.work_unit import split_into_blocks
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings
from solar_site_addon.generator.settings.types import Options
from tests.docs.conftest import ROOT
from tools import guide, performance_tables

PAGES = {language: file.read_text(encoding="utf-8") for language, file in guide.GUIDES.items()}
LANGUAGES = pytest.mark.parametrize("language", sorted(PAGES))
ALL_SETTINGS = [*iter_settings(RunSettings), *iter_settings(Settings)]
OUT = "output/dataset"


def line_of(language: str, beginning: str) -> str:
    """Return the only line of a guide that begins like this."""
    (line,) = [line for line in PAGES[language].splitlines() if line.startswith(beginning)]
    return line


@LANGUAGES
def test_the_generated_parts_are_current(language: str) -> None:
    assert PAGES[language] == guide.current(PAGES[language], language), "the guides are out of date: run make docs"


@LANGUAGES
def test_every_setting_has_one_row(language: str) -> None:
    for setting in ALL_SETTINGS:
        row = line_of(language, f"| `{setting.name}` |")
        flag, default, allowed, meaning = (cell.strip() for cell in row.strip("|").split("|")[1:])
        if setting.spec.flag:
            assert f"`--{setting.name.rpartition('.')[2]}`" in flag
        for limit in (setting.spec.minimum, setting.spec.maximum):
            assert limit is None or f"{limit:g}" in allowed or str(limit) in allowed
        assert all(choice in allowed for choice in setting.spec.choices)
        shown = json.dumps(setting.default) if isinstance(setting.default, bool) else str(setting.default)
        if isinstance(setting.default, Options):
            shown = ",".join(setting.default) or "none"
        assert hasattr(setting.default, "low") or (default.split() or [""])[0] == shown.removesuffix(".0")
        assert meaning


def test_both_guides_have_the_same_chapters() -> None:
    heads = {language: re.findall(r"^(#+) (\d*)", page, re.MULTILINE) for language, page in PAGES.items()}
    assert heads["en"] == heads["zh"]


@LANGUAGES
def test_the_arithmetic_of_the_seeds(language: str) -> None:
    old = [1000 + process + index for process in range(4) for index in range(25)]
    assert (len(old), len(set(old)), max(old)) == (100, 28, 1027)
    assert all(str(number) in PAGES[language] for number in (28, len(old) - len(set(old)), 1027))
    ours = [image_number(index, 42, 1).seed for block in split_into_blocks(range(100), 4) for index in block]
    assert len(set(ours)) == 100
    assert (ours[0], ours[99]) == (42, 141)
    assert "image_0099" in PAGES[language]


@LANGUAGES
def test_the_commands_of_the_shards_make_what_the_one_makes(language: str) -> None:
    shards = [parse_shard(text) for text in re.findall(r"4 1000 output/shards .*--shard (\S+)", PAGES[language])]
    made = [index for shard in shards for index in range(1000) if shard.has_image(index, 1)]
    assert sorted(made) == list(range(1000))


@pytest.mark.bpy
@LANGUAGES
def test_the_warnings_are_those_of_the_program(language: str) -> None:
    pytest.importorskip("bpy")
    from solar_site_addon.generator.render.device import choose_device
    from solar_site_addon.generator.render.quality import choose_denoiser

    warnings = [
        *choose_device("auto", True, 0, "darwin", lambda _: []).messages,
        *choose_device("auto", True, 0, "linux", lambda _: []).messages,
        *choose_denoiser("INTEL", "CPU", ())[1],
        *choose_denoiser("OPTIX", "CPU", ("OPENIMAGEDENOISE",))[1],
        *memory_warnings(Settings(), "INTEL", RunSettings().num_parallel, 18e9),
    ]
    for warning in warnings:
        assert f"\nWarning    {warning}\n" in PAGES[language]
    assert len(re.findall(r"^Warning ", PAGES[language], re.MULTILINE)) == len(warnings) == 5


def fake_run(tmp_path: Path, *arguments: str, **behaviour: Any) -> subprocess.CompletedProcess[str]:
    """Run batch.py into ``output/dataset`` with the fake Blender of tests/batch."""
    if os.name == "nt":
        pytest.skip("the fake Blender is a shell script")
    blender, memory = tmp_path / "blender", tmp_path / "memory"
    memory.mkdir(exist_ok=True)
    fake = ROOT / "tests" / "batch" / "fake_blender.py"
    blender.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake}" "$@"\n')
    blender.chmod(0o755)
    return subprocess.run(
        [sys.executable, str(ROOT / "headless" / "batch.py"), OUT, "--blender", str(blender), *arguments],
        cwd=tmp_path,
        env={**os.environ, "FAKE_BLENDER": json.dumps({"memory": str(memory), **behaviour})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def as_printed(line: str, folder: Path) -> str:
    """Return a line of the guide with the paths that the program prints here."""
    return line.replace(OUT, str(folder / OUT))


@pytest.mark.slow
def test_an_image_that_the_memory_does_not_suffice_for_is_told_so(tmp_path: Path) -> None:
    printed = fake_run(tmp_path, "--num_images", "2", "--num_parallel", "1", crash={"1": 9}).stdout
    for language in PAGES:
        assert as_printed(line_of(language, "image_0001 (seed 1) failed: Blender ended twice "), tmp_path) in printed


@pytest.mark.slow
def test_a_render_without_an_image_is_told_so(tmp_path: Path) -> None:
    passes = (ROOT / "solar_site_addon" / "generator" / "render" / "passes.py").read_text(encoding="utf-8")
    (message,) = re.findall(r'RenderError\("(.*)"\)', passes)
    printed = fake_run(tmp_path, "--num_images", "2", "--num_parallel", "1", fail={"1": message}).stdout
    for language in PAGES:
        line = line_of(language, "image_0001 (seed 1) failed: Blender finished rendering")
        assert as_printed(line, tmp_path) in printed


@pytest.mark.slow
def test_a_second_run_in_the_same_folder_is_told_so(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    assert fake_run(tmp_path, "--num_images", "1").returncode == 0
    other = fake_run(tmp_path, "--num_images", "1", "--seed", "1")
    with (tmp_path / OUT / ".work" / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        second = fake_run(tmp_path, "--num_images", "2")
    for language in PAGES:
        assert other.stderr.strip() == as_printed(line_of(language, f"{OUT} contains samples"), tmp_path)
        assert second.stderr.strip() == as_printed(line_of(language, "Another launcher is running"), tmp_path)


RESULT = {
    "date": "2026-01-02",
    "cores": 11,
    "memory": "38.7 GB",
    "system": "macOS",
    "blender": "4.5.0",
    "resolution": "5280 x 3956",
    "images": 8,
    "note": "",
    "devices": {"CPU": "Apple M3 Pro", "METAL": "Apple M3 Pro"},
    "measurements": [
        {"device": "METAL", "samples": 50, "processes": 2, "seconds_per_image": 9.04, "median_seconds": 17.96}
    ],
}


def test_a_table_names_the_machine_and_says_what_is_not_measured() -> None:
    head, _, *rows = performance_tables.table(RESULT, "en").splitlines()
    assert head.startswith("Measured on 2026-01-02: Apple M3 Pro, 11 cores, 38.7 GB of memory, macOS, Blender 4.5.0.")
    assert rows[2] == "| METAL (Apple) | 50 | not measured | 9.0 s (18.0 s) | not measured |"
    chinese = performance_tables.table(RESULT, "zh").splitlines()
    assert chinese[4] == "| METAL (Apple) | 50 | 未测量 | 9.0 秒（18.0 秒） | 未测量 |"


def test_what_a_result_has_is_not_among_the_unmeasured(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(performance_tables, "RESULTS", tmp_path)
    assert "| METAL (Apple), 5280 x 3956 px | 50 | not measured |" in performance_tables.performance("en")
    (tmp_path / "mac.json").write_text(json.dumps(RESULT))
    page = performance_tables.performance("en")
    assert "METAL (Apple), 5280" not in page
    assert "| CPU, 5280 x 3956 px | 100 | not measured |" in page
