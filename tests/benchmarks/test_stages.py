# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of stages measures all of them, and they add up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("bpy")

from benchmarks import stages

pytestmark = [pytest.mark.bpy, pytest.mark.slow]


def test_every_stage_is_measured_and_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stages, "RESULTS", tmp_path / "stages")
    assert stages.main(["--presets", "desert", "--sizes", "48x36"]) == 0
    (result,) = json.loads((tmp_path / "stages" / "result.json").read_text())["results"]
    assert list(result["first"]) == list(result["second"]) == ["view", "passes", "ground", "samples", "files"]
    assert all(result["first"][stage] > 0 for stage in ("view", "passes", "ground", "files"))
    assert result["site"] > 0
    assert result["modules"] > 100


def test_shares_are_those_of_the_stages() -> None:
    first = {"view": 1.0, "passes": 2.0, "ground": 3.0, "samples": 10.0, "files": 2.0}
    second = {**first, "view": 0.5, "samples": 11.0}
    result = stages.Stages("desert", "64x48", 32, 800, site=2.0, first=first, second=second, bare=25.0)
    assert result.total == 20
    assert result.around == 0.5
    assert result.second_view == 0.75
    assert "image / bare Cycles 0.80" in stages.line(result)
