# SPDX-License-Identifier: GPL-3.0-or-later
"""Empty units are carried out in a real cluster, and the page says what each costs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("ray")

from benchmarks import ray_units


def test_the_page_tells_what_a_unit_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "scale.md"
    page.write_text(f"before\n{ray_units.BEGIN}\nold\n{ray_units.END}\nafter\n")
    monkeypatch.setattr(ray_units, "PAGE", page)
    ray_units.write_results([{"units": 1000, "seconds": 12.3, "cpu": 2.0, "megabytes": 150.4}])
    text = page.read_text()
    assert "| 1,000 | 12 s | 12.3 ms | 2.0 ms | 150 MB |" in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")
def test_empty_units_are_carried_out() -> None:
    (row,) = ray_units.in_cluster([20])
    assert row["units"] == 20
    assert row["cpu"] > 0
    assert 0 < row["megabytes"] < 1000
