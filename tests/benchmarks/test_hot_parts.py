# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of numpy parts measures each of them once at least."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import hot_parts

ROOT = Path(__file__).resolve().parents[2]
QUICK = ["--benchmark-min-rounds=1", "--benchmark-max-time=0.001", "--benchmark-min-time=0.000001"]


@pytest.mark.slow
def test_every_part_is_measured_and_written(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    program = f"from benchmarks import hot_parts as h; h.RESULT = h.Path({str(result)!r}); print(h.main({QUICK!r}))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, timeout=600)
    parts = json.loads(result.read_text())["parts_ms"]
    assert set(parts) == {name.removeprefix("bench_") for name in vars(hot_parts) if name.startswith("bench_")}
    assert all(milliseconds > 0 for milliseconds in parts.values())


def test_the_result_has_medians_in_milliseconds() -> None:
    report = {"benchmarks": [{"name": "bench_png", "stats": {"median": 0.25, "mean": 3.0}}]}
    assert hot_parts.summary(report)["parts_ms"] == {"png": 250.0}
