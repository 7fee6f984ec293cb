# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison with BlenderProc measures both programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("bpy")

from benchmarks import against_blenderproc

FOLDER = Path(os.environ.get("SOLAR_SITE_BLENDERPROC") or "nowhere").absolute()

pytestmark = [
    pytest.mark.blenderproc,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="SOLAR_SITE_BLENDERPROC names no folder with BlenderProc"),
]


def test_both_are_measured_and_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(against_blenderproc, "RESULT", tmp_path / "result.json")
    monkeypatch.setattr(against_blenderproc, "VIEW", {"camera.width_px": 64, "camera.height_px": 48})
    monkeypatch.setattr(against_blenderproc, "SIZE", (264, 196))
    monkeypatch.setattr(against_blenderproc, "TRIED", (1, 2))
    options = ["--blenderproc", str(FOLDER), "--presets", "desert", "--reference", "4"]
    assert against_blenderproc.main(options) == 0
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["blenderproc"]["annotations"] == 63 * 32
    assert result["blenderproc"]["total"] > result["blenderproc"]["seconds"]["rendered"] > 0
    (image,) = result["images"]
    assert image["seconds"] > 0
    assert image["objects"] >= image["modules"] > 0
