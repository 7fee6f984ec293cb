# SPDX-License-Identifier: GPL-3.0-or-later
"""Land that one process has read is not read again by others, and nothing depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from solar_site_addon.generator.plan.terrain.elevation.shared_land import share_land_in, shared_land

LAND = np.arange(12.0).reshape(3, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    share_land_in(tmp_path / "land")
    yield tmp_path / "land"
    share_land_in(None)


def never() -> np.ndarray:
    pytest.fail("read again")


def test_land_is_read_once_for_all_that_ask_for_the_same(folder: Path) -> None:
    assert shared_land({"place": [1, 2]}, lambda: LAND) is LAND
    np.testing.assert_array_equal(shared_land({"place": [1, 2]}, never), LAND)
    assert shared_land({"place": [1, 3]}, lambda: LAND + 1)[0, 0] == 1
    assert {file.suffix for file in folder.iterdir()} == {".npy"}


def test_a_damaged_file_is_read_again(folder: Path) -> None:
    shared_land({}, lambda: LAND)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    np.testing.assert_array_equal(shared_land({}, lambda: LAND), LAND)
    np.testing.assert_array_equal(shared_land({}, never), LAND)


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    share_land_in(tmp_path / "file" / "land")
    try:
        np.testing.assert_array_equal(shared_land({}, lambda: LAND), LAND)
    finally:
        share_land_in(None)


def test_without_a_folder_nothing_is_kept() -> None:
    shared_land({}, lambda: LAND)
    assert shared_land({}, lambda: LAND + 1)[0, 0] == 1
