# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/performance.md holds the results of the benchmarks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import performance_page

STAGES = {"view": 1.0, "passes": 2.0, "ground": 3.0, "samples": 10.0, "files": 2.0}
RESULTS = {
    "stages": {
        "results": [{"preset": "desert", "resolution": "64x48", "site": 2.0, "first": STAGES, "bare": 25.0}],
    },
    "material_cost": {
        "costs": [
            {"case": {"preset": "desert"}, "sample_us": 3.0, "plain_us": 2.0, "ratio": ratio}
            for ratio in (1.2, 1.3, 1.9)
        ]
    },
    "render_quality": {
        "results": [
            {"preset": "desert", "case": case, "cpu_seconds": 8.71, "psnr_db": 34.7, "module_contrast": 0.925}
            for case in ("draft", "final", "final, no denoiser")
        ]
    },
    "scale": {
        "sites": [{"size_m": 2000, "modules": 427982, "megawatts": 235.4, "plan": 8.64, "build": 9.06, "bytes": 3.06e9}]
    },
    "against_blenderproc": {
        "blenderproc": {
            "samples": 8,
            "psnr_db": 35.2,
            "annotations": 2000,
            "seconds": {"rendered": 90.0},
            "total": 90.0,
        },
        "images": [{"preset": "desert", "objects": 2500, "modules": 2100, "seconds": 30.0}],
    },
    "hot_parts": {"parts_ms": {"sample_json": 250.0, "site_plan": 1000.0}},
}


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(performance_page, "RESULTS", tmp_path)
    for name, result in RESULTS.items():
        (tmp_path / name).mkdir()
        for file in ("result.json", "ground_images.json", "cpu.json"):
            (tmp_path / name / file).write_text(json.dumps(result))
    return tmp_path


def test_the_page_is_up_to_date() -> None:
    page = performance_page.PAGE.read_text(encoding="utf-8")
    assert performance_page.current(page) == page


def test_tables_hold_the_results(results: Path) -> None:
    page = performance_page.current(performance_page.PAGE.read_text(encoding="utf-8"))
    for row in (
        "| desert | 64x48 px | 2.00 s | 1.00 s | 2.00 s | 3.00 s | 10.00 s | 2.00 s | 20.00 s | 0.80 |",
        "| desert | 3 | 3.00 | 2.00 | 1.30 | 1.90 |",
        "| desert | draft | 8.7 s | 34.7 dB | 0.93 |",
        "| BlenderProc, plain field, samples: 8, 35.2 dB | 2,000 | 90 s (rendered 90 s) | 1 |",
        "| desert | 2,500, of these 2,100 modules | 30 s | 3.0 |",
        "| sample json | 250 ms | 0.25 |",
        "| 2000 m | 427,982 | 235 MW | 8.6 s | 9.1 s | 3.06 GB |",
    ):
        assert row in page
    (results / "scale" / "result.json").unlink()
    assert performance_page.current(page).count("Not measured yet.") == 1


def test_the_chart_shows_every_result_and_is_the_same_each_time(results: Path, tmp_path: Path) -> None:
    for name in ("one.svg", "other.svg"):
        performance_page.draw(tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()
    assert (tmp_path / "one.svg").stat().st_size > 10_000
