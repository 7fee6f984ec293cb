# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of large sites measures each of them in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("bpy")

from benchmarks import scale

pytestmark = [pytest.mark.bpy, pytest.mark.slow]


def test_every_site_is_measured_and_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scale, "RESULTS", tmp_path / "scale")
    assert scale.main(["--sizes", "120", "200"]) == 0
    small, large = json.loads((tmp_path / "scale" / "result.json").read_text())["sites"]
    assert (small["size_m"], large["size_m"]) == (120, 200)
    assert 0 < small["modules"] < large["modules"]
    assert large["megawatts"] == round(large["modules"] * 550e-6, 1)
    assert min(small["plan"], small["build"]) > 0
    assert 1e8 < small["bytes"] < 5e9
    assert capsys.readouterr().out.count(" modules ") == 2
