# SPDX-License-Identifier: GPL-3.0-or-later
"""A grid knows the size of its cells on the ground, and which numbers are no heights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from solar_site_addon.generator.domain.errors import ElevationError
from solar_site_addon.generator.plan.terrain.elevation import geokeys, readers, registry
from solar_site_addon.generator.plan.terrain.elevation.crs import Crs
from solar_site_addon.generator.plan.terrain.elevation.grid import (
    Frame,
    Grid,
    checked,
    in_meters,
    looks_like_degrees,
    without_marks,
)
from solar_site_addon.generator.plan.terrain.elevation.pam import Notes
from solar_site_addon.generator.plan.terrain.elevation.reader import Reader, never
from solar_site_addon.generator.plan.terrain.elevation.tiff_file import Directory

NEW_READER = """
import numpy as np
from solar_site_addon.generator.plan.terrain.elevation.grid import Frame, Grid
from solar_site_addon.generator.plan.terrain.elevation.reader import Reader

def read(source, cell_m):
    side = int(source.size**0.5)
    return Grid(side, side, Frame(step_x=cell_m, step_y=cell_m), lambda rows, columns: np.zeros((len(rows), 1)))

READER = Reader("flat land (.flat)", (".flat",), lambda head: False, read)
"""


def grid_of(rows: int = 20, columns: int = 30, frame: Frame | None = None) -> Grid:
    heights = np.arange(float(rows * columns)).reshape(rows, columns)
    return Grid(rows, columns, frame or Frame(), lambda wanted, part: heights[wanted, part])


def test_cells_in_degrees_narrow_toward_the_pole() -> None:
    grid = grid_of(600, 30, Frame(Crs(geographic=True), 10.0, 60.0, 0.01, 0.01))
    widths = [grid.cell_m(row)[0] for row in (0, 300, 599)]
    assert widths == pytest.approx([558, 607, 656], abs=3)


def test_absurd_grids_are_refused() -> None:
    for grid, words in (
        (grid_of(5, 30), "fewer than"),
        (grid_of(frame=Frame(step_x=5e4, step_y=5e4)), "cell size of 50000 m"),
        (grid_of(frame=Frame(step_x=1e-9, step_y=1.0)), "cell size of 1e-09 m"),
    ):
        with pytest.raises(ElevationError, match=words):
            checked(grid)
    assert checked(grid_of()).rows == 20


def test_heights_become_meters_and_impossible_ones_gaps() -> None:
    heights = np.array([[100.0, 29_000.0, 30_000.0, -40_000.0]])
    found = in_meters(Grid(1, 4, Frame(), lambda rows, part: heights[rows, part].copy()), 0.3048)
    np.testing.assert_allclose(found.read(np.array([0]), slice(0, 4)), [[30.48, 8839.2, np.nan, np.nan]])


@pytest.mark.parametrize("declared", [True, False])
def test_deep_sea_is_read_where_the_file_says_what_is_unknown(declared: bool) -> None:
    heights = np.array([[-900.0, -1001.0, -10_935.0, -12_000.0]])
    grid = Grid(1, 4, Frame(), lambda rows, part: heights[rows, part].copy(), declares_unknown=declared)
    found = in_meters(grid, 1.0).read(np.array([0]), slice(0, 4))
    assert np.isnan(found[0]).tolist() == [False, not declared, not declared, True]


@pytest.mark.parametrize("west", [179.95, -180.05, 179.95 - 360])
def test_places_are_found_on_both_sides_of_the_180th_meridian(west: float) -> None:
    grid = grid_of(100, 100, Frame(Crs(geographic=True), west, -17.0, 0.001, 0.001))
    for longitude, column in ((180.0, 50), (-180.0, 50), (179.96, 10), (-179.96, 90), (180.04, 90)):
        assert grid.place(longitude, -17.01)[1] == pytest.approx(column - 0.5)


@pytest.mark.parametrize("kind", ["i2", "i4", "f4", "f8"])
def test_usual_marks_are_gaps_and_heights_are_not(kind: str) -> None:
    values = np.array([-9999, -32768, -9998, -430, 0, 8848], dtype=kind)
    assert np.isnan(without_marks(values)).tolist() == [True, True, False, False, False, False]
    assert np.isnan(without_marks(values, 0.0)).tolist() == [True, True, False, False, True, False]


def test_a_mark_that_the_type_cannot_hold_marks_nothing() -> None:
    assert not np.isnan(without_marks(np.arange(5, dtype="u1"), -9999.0)).any()
    assert not np.isnan(without_marks(np.arange(5, dtype="i2"), 1.5)).any()
    assert np.isnan(without_marks(np.array([0.1], dtype="f4"), 0.1)).all()


def test_grids_in_meters_never_look_like_degrees() -> None:
    assert looks_like_degrees(10, 47, 1, 1, 1 / 3600)
    assert looks_like_degrees(250, -10, 1, 1, 1 / 3600)
    assert not looks_like_degrees(0, 200, 200, 200, 0.02)
    assert not looks_like_degrees(600_000, 5_200_000, 200, 200, 0.02)


def test_georeferences_need_the_size_of_pixels() -> None:
    with pytest.raises(ElevationError, match="does not state the size of its pixels"):
        geokeys.read_placement(Directory("<", {}), 10, 10, "", "", Notes())
    with pytest.raises(ElevationError, match="world file"):
        geokeys.read_placement(Directory("<", {}), 10, 10, "one two three", "", Notes())


def test_a_new_reader_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(readers.__path__[0], tmp_path / "readers")
    (folder / "flat_land.py").write_text(NEW_READER)
    (tmp_path / "land.flat").write_bytes(b"\0" * 400)
    monkeypatch.setattr(readers, "__path__", [str(folder)])
    registry.all_readers.cache_clear()
    try:
        assert registry.open_grid(tmp_path / "land.flat", 2.0).rows == 20
        assert "flat land (.flat)" in registry.titles()
        assert len(registry.titles()) == len(list(folder.glob("[a-z]*.py")))
    finally:
        registry.all_readers.cache_clear()


def test_readers_without_a_mark_are_found_by_name() -> None:
    assert not never(b"anything")
    assert {".hgt", ".xyz"} <= {suffix for reader in registry.all_readers() for suffix in reader.suffixes}
    assert all(isinstance(reader, Reader) for reader in registry.all_readers())


def test_signaling_nan_is_unknown_without_a_word() -> None:
    """Damaged files hold it, and some programs write it."""
    values = np.array([0x7F800001, 0x42C80000], dtype=np.uint32).view(np.float32)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(without_marks(values), [np.nan, 100.0])
