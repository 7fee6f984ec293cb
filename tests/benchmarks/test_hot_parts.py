# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of numpy parts measures them and records medians."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import hot_parts

ROOT = Path(__file__).resolve().parents[2]
QUICK = ["-k", "png or noise", "--benchmark-max-time=0.01"]


@pytest.mark.slow
def test_parts_are_measured_and_written(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    program = f"from benchmarks import hot_parts as h; h.RESULT = h.Path({str(result)!r}); print(h.main({QUICK!r}))"
    # What tells a process of pytest that it is one of several keeps it from measuring.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True, timeout=600
    )
    parts = json.loads(result.read_text())["parts_ms"]
    assert set(parts) == {"noise", "png"}
    assert all(milliseconds > 0 for milliseconds in parts.values())


def test_the_recorded_result_has_all_parts() -> None:
    recorded = json.loads(hot_parts.RESULT.read_text(encoding="utf-8"))["parts_ms"]
    assert set(recorded) == {name.removeprefix("bench_") for name in vars(hot_parts) if name.startswith("bench_")}


def test_the_result_has_medians_in_milliseconds() -> None:
    report = {"benchmarks": [{"name": "bench_png", "stats": {"median": 0.25, "mean": 3.0}}]}
    assert hot_parts.summary(report)["parts_ms"] == {"png": 250.0}
