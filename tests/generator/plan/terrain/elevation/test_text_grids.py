# SPDX-License-Identifier: GPL-3.0-or-later
"""Text grids are read whatever the dialect of the header, the encoding, and the order of what they list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.shutil
import rasterio.transform

from solar_site_addon.generator.domain.errors import ElevationError, UnsupportedElevationError
from solar_site_addon.generator.plan.terrain.elevation.grid import in_meters
from solar_site_addon.generator.plan.terrain.elevation.registry import open_grid
from solar_site_addon.generator.plan.terrain.elevation.text_grid import numbers

from .gdal_files import NORTH_UP, all_of, hills, read, write

HEIGHTS = np.round(hills(20, 30), 2)
LINES = "\n".join(" ".join(f"{height:.2f}" for height in row) for row in HEIGHTS)
HEADER = "ncols 30\nnrows 20\nxllcorner 600000\nyllcorner 5199000\ncellsize 5\nNODATA_value -9999\n"


def grid_of(tmp_path: Path, text: str | bytes, name: str = "a.asc") -> np.ndarray:
    """Return the heights in a file with this content."""
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return all_of(open_grid(tmp_path / name, 1.0))


DIALECTS: dict[str, Callable[[str], str | bytes]] = {
    "upper case": lambda text: text.upper(),
    "colons": lambda text: text.replace("ncols ", "ncols: ").replace("nrows ", "nrows: "),
    "equals": lambda text: text.replace("cellsize ", "cellsize = "),
    "tabs": lambda text: text.replace(" ", "\t"),
    "Windows": lambda text: text.replace("\n", "\r\n"),
    "old Macintosh": lambda text: text.replace("\n", "\r"),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "decimal commas": lambda text: text.replace(".", ","),
    "commas between": lambda text: text[: len(HEADER)] + text[len(HEADER) :].replace(" ", ","),
    "commas and blanks between": lambda text: text[: len(HEADER)] + text[len(HEADER) :].replace(" ", ", "),
    "semicolons between": lambda text: text[: len(HEADER)] + text[len(HEADER) :].replace(" ", ";"),
    "semicolons between, decimal commas": lambda text: (
        text[: len(HEADER)] + text[len(HEADER) :].replace(" ", ";").replace(".", ",")
    ),
    "two sizes of cells": lambda text: text.replace("cellsize 5", "cellsize 5 5"),
    "other order": lambda text: "\n".join([*text.split("\n")[:6][::-1], *text.split("\n")[6:]]),
    "blank lines": lambda text: text.replace("cellsize 5\n", "cellsize 5\n\n") + "\n\n\x1a",
    "long lines": lambda text: "\n".join([*text.split("\n")[:6], " ".join(text.split("\n")[6:])]),
    "short lines": lambda text: "\n".join([*text.split("\n")[:6], *" ".join(text.split("\n")[6:]).split()]),
    "indented": lambda text: text.replace("\n", "\n  "),
    "unknown entry": lambda text: "byteorder LSBFIRST\n" + text,
    "French": lambda text: text.replace("xllcorner", "xllcentre").replace("yllcorner", "yllcentre"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_means_the_same(tmp_path: Path, dialect: str) -> None:
    np.testing.assert_array_equal(grid_of(tmp_path, DIALECTS[dialect](HEADER + LINES)), HEIGHTS)


@pytest.mark.parametrize("name", ["a.txt", "a.grd", "a.asc.gz"])
def test_the_content_tells_the_kind_not_the_name(tmp_path: Path, name: str) -> None:
    np.testing.assert_array_equal(grid_of(tmp_path, HEADER + LINES, name), HEIGHTS)


@pytest.mark.parametrize(
    "mark", ["nan", "-9999", "-9999.00000001", "NODATA", "N/A", "*", "-1.#IND", "-99999", "-10000"]
)
def test_unknown_heights_may_come_first_and_be_marked_in_any_way(tmp_path: Path, mark: str) -> None:
    for header in (HEADER, HEADER.replace("NODATA_value -9999\n", ""), HEADER.replace("-9999", "0")):
        (tmp_path / "a.asc").write_text(header + LINES.replace(LINES.split()[0], mark, 1))
        found = all_of(in_meters(open_grid(tmp_path / "a.asc", 1.0), 1.0))
        assert np.isnan(found[0, 0])
        np.testing.assert_array_equal(found[1:], HEIGHTS[1:])


@pytest.mark.parametrize("step", [(2, 2), (2, 3)])
@pytest.mark.parametrize("first", [100.0, np.nan])
def test_text_grids_of_gdal_are_read(tmp_path: Path, step: tuple[int, int], first: float) -> None:
    heights = hills().astype("f4")
    heights[:3] = first
    transform = rasterio.transform.from_origin(600_000, 5_200_000, *step)
    source = write(tmp_path / "a.tif", heights, transform, nodata=np.nan)
    rasterio.shutil.copy(source, tmp_path / "a.asc", driver="AAIGrid")
    grid = open_grid(tmp_path / "a.asc", 1.0)
    np.testing.assert_allclose(all_of(grid), read(tmp_path / "a.asc"))
    assert grid.cell_m(0) == step
    assert (grid.frame.west, grid.frame.north) == (600_000, 5_200_000)


def test_single_rows_and_columns_are_read_without_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.asc").write_text(HEADER + LINES + "\n")
    grid = open_grid(tmp_path / "a.asc", 1.0)
    np.testing.assert_array_equal(grid.read(np.array([3, 17]), slice(4, 9)), HEIGHTS[[3, 17], 4:9])


def test_a_prj_file_tells_the_unit_and_the_system(tmp_path: Path) -> None:
    (tmp_path / "a.asc").write_text(HEADER + LINES)
    for epsg, cell in ((2263, 5 * 1200 / 3937), (32632, 5.0), (2193, 5.0)):
        for version in ("WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"):
            (tmp_path / "a.prj").write_text(rasterio.CRS.from_epsg(epsg).to_wkt(version=version))
            assert open_grid(tmp_path / "a.asc", 1.0).cell_m(0)[0] == pytest.approx(cell), (epsg, version)


@pytest.mark.parametrize(("corner", "north"), [("corner", 5_199_100), ("center", 5_199_102.5)])
def test_the_upper_left_corner_places_a_grid_as_well(tmp_path: Path, corner: str, north: float) -> None:
    header = HEADER.replace("xllcorner", f"xul{corner}").replace("yllcorner 5199000", f"yul{corner} 5199100")
    (tmp_path / "a.asc").write_text(header + LINES)
    frame = open_grid(tmp_path / "a.asc", 1.0).frame
    assert (frame.west, frame.north) == (600_000 - (north - 5_199_100), north)


@pytest.mark.parametrize(
    ("order", "names"), [([3, 0, 1, 2], "id,x,y,z"), ([1, 0, 2], "lat,lon,elev"), ([2, 3, 1, 0], "#z id N E")]
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_names_tell_the_columns_of_points(tmp_path: Path, order: list[int], names: str, quote: str) -> None:
    row, column = np.indices(HEIGHTS.shape)
    columns = [6e5 + 2.5 * column, 5.2e6 - 2.5 * row, HEIGHTS, np.arange(HEIGHTS.size)]
    points = np.stack([columns[at].ravel() for at in order], axis=-1)
    separator = "," if "," in names else " "
    lines = [separator.join(f"{quote}{value:.2f}{quote}" for value in point) for point in points]
    (tmp_path / "a.csv").write_text("\n".join([names, *lines]))
    np.testing.assert_array_equal(all_of(open_grid(tmp_path / "a.csv", 1.0)), HEIGHTS)


def test_numbers_of_points_are_not_taken_for_positions(tmp_path: Path) -> None:
    row, column = (index.ravel() for index in np.indices(HEIGHTS.shape))
    lines = (f"{at} {x:.2f} {y:.2f} 5.0" for at, x, y in zip(range(len(row)), 2.5 * column, 2.5 * row, strict=True))
    (tmp_path / "a.xyz").write_text("\n".join(lines))
    with pytest.raises(ElevationError, match="upright grid"):
        open_grid(tmp_path / "a.xyz", 1.0)


def test_text_grids_of_grass_are_read(tmp_path: Path) -> None:
    header = "north: 5199100\nsouth: 5199000\neast: 600150\nwest: 600000\nrows: 20\ncols: 30\nnull: -1\n"
    (tmp_path / "a.txt").write_text(header + LINES.replace(LINES.split()[0], "*", 1))
    grid = open_grid(tmp_path / "a.txt", 1.0)
    assert grid.cell_m(0) == (5.0, 5.0)
    assert (grid.frame.west, grid.frame.north) == (600_000, 5_199_100)
    np.testing.assert_array_equal(all_of(grid)[1:], HEIGHTS[1:])
    assert np.isnan(all_of(grid)[0, 0])


def test_borders_of_grass_may_be_degrees_minutes_and_seconds(tmp_path: Path) -> None:
    body = "\n".join(" ".join(["5"] * 30) for _ in range(30))
    head = "north: 47:30:00N\nsouth: 47:25:00N\neast: 9:05:30.0W\nwest: 9:10W\nrows: 30\ncols: 30\n"
    (tmp_path / "a.txt").write_text(head + body)
    frame = open_grid(tmp_path / "a.txt", 1.0).frame
    assert (frame.west, frame.north) == pytest.approx((-9 - 1 / 6, 47.5))
    assert (frame.step_x, frame.step_y) == pytest.approx((4.5 / 60 / 30, 5 / 60 / 30))
    assert frame.crs.geographic


def test_text_grids_of_surfer_are_read_as_gdal_reads_them(tmp_path: Path) -> None:
    source = write(tmp_path / "a.tif", hills().astype("f4"))
    rasterio.shutil.copy(source, tmp_path / "a.grd", driver="GSAG")
    grid = open_grid(tmp_path / "a.grd", 1.0)
    np.testing.assert_allclose(all_of(grid), read(source), rtol=1e-5)
    assert grid.cell_m(0) == pytest.approx((2.0, 3.0))
    assert (grid.frame.west, grid.frame.north) == pytest.approx((600_000, 5_200_000))


@pytest.mark.parametrize("separator", [" ", "\t", ",", ";", ", "])
@pytest.mark.parametrize("order", ["rows", "columns", "shuffled", "south first"])
def test_points_are_read_in_any_order(tmp_path: Path, separator: str, order: str) -> None:
    row, column = np.indices(HEIGHTS.shape)
    points = np.stack([6e5 + 2.5 * column, 5.2e6 - 2.5 * row, HEIGHTS], axis=-1)
    points = points.swapaxes(0, 1).reshape(-1, 3) if order == "columns" else points.reshape(-1, 3)
    if order == "shuffled":
        points = np.random.default_rng(1).permutation(points)
    if order == "south first":
        points = points[::-1]
    for head in ("", f"X{separator}Y{separator}Z\n"):
        text = head + "\n".join(separator.join(f"{value:.2f}" for value in point) for point in points)
        (tmp_path / "a.xyz").write_text(text)
        grid = open_grid(tmp_path / "a.xyz", 1.0)
        np.testing.assert_array_equal(all_of(grid), HEIGHTS)
        assert grid.cell_m(0) == pytest.approx((2.5, 2.5))
        assert (grid.frame.west, grid.frame.north) == pytest.approx((6e5 - 1.25, 5.2e6 + 1.25))


def test_points_that_are_not_listed_are_gaps(tmp_path: Path) -> None:
    heights = hills(12, 14).astype("f4")
    source = write(tmp_path / "a.tif", heights, NORTH_UP)
    rasterio.shutil.copy(source, tmp_path / "a.xyz", driver="XYZ")
    lines = (tmp_path / "a.xyz").read_text().splitlines()
    (tmp_path / "a.xyz").write_text("\n".join(lines[:20] + lines[24:]))
    found = all_of(open_grid(tmp_path / "a.xyz", 1.0))
    assert np.isnan(found).sum() == 4
    np.testing.assert_allclose(found[3:], heights[3:], rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ncols 9\nnrows 8\ncellsize 5\n1 2 3 4 5\n", "contains 5 heights, not 8 x 9"),
        ("ncols 4\nnrows 3\n1 2 3 4 5\n", "cellsize is missing"),
        ("ncols 9\nnrows 9.5\ncellsize 5\n1 2\n", "nrows = 9.5"),
        ("ncols 9\nnrows 9\ncellsize nan\n1 2\n", "cellsize = nan"),
        (HEADER + LINES.replace(LINES.split()[5], "what", 1), "what"),
        (HEADER.replace("cellsize 5", "cellsize 0") + LINES, "cell size"),
        (HEADER.replace("cellsize 5", "dx 5\ndy -5") + LINES, "cell size"),
    ],
)
def test_bad_text_grids_are_refused_with_the_reason(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ElevationError, match=words):
        grid_of(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing at all", "no points"),
        ("1 2\n3 4\n", "x, y and height"),
        ("1 2 3\n1 3 3\n", "one line"),
        ("\n".join(f"{x:.3f} {y:.3f} 5" for x, y in np.random.default_rng(1).random((300, 2)) * 100), "nodes"),
    ],
)
def test_bad_lists_of_points_are_refused_with_the_reason(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises((ElevationError, UnsupportedElevationError), match=words):
        grid_of(tmp_path, text, "a.xyz")


def test_numbers_may_be_words_of_other_programs() -> None:
    np.testing.assert_array_equal(numbers([b"1,5", b"nan"], comma=True), [1.5, np.nan])
    np.testing.assert_array_equal(numbers([b"1.5D+03", b"*"]), [1500, np.nan])


def test_points_in_whole_numbers_between_commas_are_recognized(tmp_path: Path) -> None:
    lines = [f"{600_000 + 2 * column},{5_200_000 - 2 * row},{100 + row}" for row in range(20) for column in range(30)]
    (tmp_path / "points.txt").write_text("\n".join(lines))
    np.testing.assert_array_equal(all_of(open_grid(tmp_path / "points.txt", 1.0))[:, 4], 100 + np.arange(20))
