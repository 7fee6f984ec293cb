# SPDX-License-Identifier: GPL-3.0-or-later
"""make bench with a fake Blender: the runs and the written result."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import time_per_image
from solar_site_addon.batch.processes import available_cores
from tools import performance_tables

FAKE_BLENDER = Path(__file__).parents[1] / "batch" / "fake_blender.py"
SMALL = ["--resolution", "160x120", "--samples", "50", "--processes", "1", "2", "--images", "2"]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: Any) -> Any:
    """Runs the benchmark; what the fake Blender does is in its keywords."""
    if os.name == "nt":
        pytest.skip("the fake Blender is a shell script")
    blender = tmp_path / "blender"
    blender.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE_BLENDER}" "$@"\n')
    blender.chmod(0o755)
    monkeypatch.setattr(time_per_image, "RESULTS", tmp_path / "results")

    def run(*arguments: str, **behaviour: Any) -> int:
        monkeypatch.setenv("FAKE_BLENDER", json.dumps(behaviour))
        return time_per_image.main([*SMALL, "--blender", str(blender), *arguments])

    return run


@pytest.mark.slow
def test_every_case_is_measured_and_written(bench: Any, tmp_path: Path, capsys: Any) -> None:
    assert bench("--note", "a test", seconds=0.3) == 0
    (file,) = (tmp_path / "results").glob("*.json")
    assert file.name == f"fake-cpu-{available_cores()}-cores-160x120.json"
    result = json.loads(file.read_text())
    assert result["note"] == "a test"
    alone, together = result["measurements"]
    assert [(row["samples"], row["processes"], row["images"]) for row in (alone, together)] == [
        (50, 1, 2),
        (50, 2, 2),
    ]
    assert all(row["median_seconds"] >= 0.3 for row in (alone, together))
    assert alone["seconds_per_image"] >= 0.3
    printed = capsys.readouterr().out
    assert performance_tables.table(result, "en") in printed
    assert "| CPU | 50 |" in printed


@pytest.mark.slow
def test_a_run_that_fails_ends_it_with_a_sentence(bench: Any, tmp_path: Path, capsys: Any) -> None:
    assert bench(fail={"1": "No table fits."}) == 2
    error = capsys.readouterr().err
    assert "A run failed" in error
    assert "No table fits." in error
    assert not (tmp_path / "results").exists()
