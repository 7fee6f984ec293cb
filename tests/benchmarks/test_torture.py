# SPDX-License-Identifier: GPL-3.0-or-later
"""An ordeal that has passed updates its own row of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import torture


def test_each_ordeal_has_its_own_row_in_the_order_of_the_ordeals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "reliability.md"
    kills, storage = (torture.ORDEALS[name][2] for name in ("kills", "storage"))
    old = f"| 7 | {storage} | 60 s | 2026-01-01 |\n| 3 | an ordeal of earlier versions | 1 s | 2026-01-01 |\n"
    page.write_text(f"before\n{torture.BEGIN}\n\n{old}\n{torture.END}\nafter\n")
    monkeypatch.setattr(torture, "PAGE", page)
    torture.write_result(kills, f"| 200 | {kills} | 463 s |", 0)
    text = page.read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert [row.split(" | ")[:3] for row in rows] == [["| 200", kills, "463 s"], ["| 7", storage, "60 s"]]
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    torture.write_result(kills, f"| 201 | {kills} | 400 s |", 0)
    assert page.read_text().count(kills) == 1
