# SPDX-License-Identifier: GPL-3.0-or-later
"""Binary grids are read as the header beside them says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio.shutil

from solar_site_addon.generator.domain.errors import ElevationError
from solar_site_addon.generator.plan.terrain.elevation.registry import open_grid

from .gdal_files import all_of, hills, read, write


@pytest.mark.parametrize("kind", ["int16", "float32", "uint8"])
def test_grids_of_gdal_are_read(tmp_path: Path, kind: str) -> None:
    heights = hills().astype(kind)
    heights[3:7, 5] = 7
    source = write(tmp_path / "a.tif", heights, nodata=7)
    rasterio.shutil.copy(source, tmp_path / "a.bil", driver="EHdr")
    grid = open_grid(tmp_path / "a.bil", 1.0)
    np.testing.assert_array_equal(all_of(grid), read(source))
    assert (grid.cell_m(0), grid.frame.west, grid.frame.north) == ((2.0, 3.0), 600_000, 5_200_000)


@pytest.mark.parametrize(("order", "word"), [("<", "LSBFIRST"), (">", "MSBFIRST")])
def test_gridfloat_files_are_read(tmp_path: Path, order: str, word: str) -> None:
    """As the USGS writes them."""
    heights = hills().astype(order + "f4")
    heights[0, 0] = -9999
    heights.tofile(tmp_path / "a.flt")
    (tmp_path / "a.hdr").write_text(
        "ncols         80\nnrows         60\nxllcorner     -108.0\nyllcorner     38.0\n"
        f"cellsize      0.0000925926\nNODATA_value  -9999\nbyteorder     {word}\n"
    )
    grid = open_grid(tmp_path / "a.flt", 1.0)
    assert np.isnan(all_of(grid)[0, 0])
    np.testing.assert_array_equal(all_of(grid)[1:], heights[1:])
    assert grid.cell_m(0) == pytest.approx((8.13, 10.28), abs=0.02)
    np.testing.assert_array_equal(grid.read(np.array([3, 9]), slice(4, 8)), heights[[3, 9], 4:8])


def test_bytes_before_the_rows_and_at_their_ends_are_skipped(tmp_path: Path) -> None:
    heights = hills().astype("<i2")
    rows = np.pad(heights, ((0, 0), (0, 3)), constant_values=-5)
    (tmp_path / "a.bil").write_bytes(b"\7" * 100 + rows.tobytes())
    header = "NROWS 60\nNCOLS 80\nXDIM 5\nYDIM 5\nULXMAP 600000\nULYMAP 5200000\nNBITS 16\nSKIPBYTES 100\n"
    (tmp_path / "a.hdr").write_text(f"{header}TOTALROWBYTES 166\n")
    grid = open_grid(tmp_path / "a.bil", 1.0)
    np.testing.assert_array_equal(all_of(grid), heights)
    np.testing.assert_array_equal(grid.read(np.array([3, 9]), slice(4, 8)), heights[[3, 9], 4:8])


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", ".hdr file that describes it is missing"),
        ("NROWS 60\n", "NCOLS is missing"),
        ("NROWS 60\nNCOLS 80\nCELLSIZE 5\nXLLCORNER 0\nYLLCORNER 0\nNBITS 12\n", "12 bits"),
        ("NROWS 600\nNCOLS 80\nCELLSIZE 5\nXLLCORNER 0\nYLLCORNER 0\n", "truncated"),
        ("NROWS 60\nNCOLS 80\nXDIM 5\nYDIM -5\nULXMAP 0\nULYMAP 0\n", "cell size"),
        ("NROWS 60\nNCOLS 80\nXDIM 5\nYDIM 5\nULXMAP 0\nULYMAP 0\nNBANDS 3\n", "3 bands"),
    ],
)
def test_bad_headers_are_refused_with_the_reason(tmp_path: Path, header: str, words: str) -> None:
    hills().astype("f4").tofile(tmp_path / "a.flt")
    if header:
        (tmp_path / "a.hdr").write_text(header)
    with pytest.raises(ElevationError, match=words):
        open_grid(tmp_path / "a.flt", 1.0)
