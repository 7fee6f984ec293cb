# SPDX-License-Identifier: GPL-3.0-or-later
"""Elevation models match what other libraries wrote, lie under the site, and bad files get one clear sentence."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.terrain.geotiff import metres_per_degree, read_geotiff
from solar_site_addon.generator.plan.terrain.terrain import Terrain, plan_terrain
from solar_site_addon.generator.settings.schema import SiteSettings
from solar_site_addon.generator.settings.types import Range

PROJECTED, GEOGRAPHIC = (1, 1, 0, 1, 1024, 0, 1, 1), (1, 1, 0, 1, 1024, 0, 1, 2)


def hills(rows: int = 90, columns: int = 110) -> np.ndarray:
    """Return smooth ground with heights from 0 to 60 m."""
    y, x = np.mgrid[:rows, :columns]
    return 30 + 20 * np.sin(x / 17) + 10 * np.cos(y / 11)


def write_tiff(
    path: Path,
    heights: np.ndarray,
    *,
    scale: float = 5.0,
    keys: tuple[int, ...] = PROJECTED,
    top: float = 5e6,
    compression: str = "raw",
    predictor: int = 1,
    nodata: str = "",
) -> None:
    """Write a GeoTIFF with Pillow and libtiff."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    doubles, shorts, text = 12, 3, 2
    for tag, kind, value in (
        (33550, doubles, (scale, scale, 0.0)),
        (33922, doubles, (0.0, 0.0, 0.0, 13.0, top, 0.0)),
        (34735, shorts, keys),
    ):
        tags.tagtype[tag] = kind
        tags[tag] = value
    if nodata:
        tags.tagtype[42113] = text
        tags[42113] = nodata
    if predictor != 1:
        tags[317] = predictor
    Image.fromarray(heights).save(path, compression=compression, tiffinfo=tags)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize(("kind", "predictor"), [("f4", 1), ("f4", 3), ("i4", 1), ("i4", 2), ("u2", 2)])
def test_geotiffs_of_another_library_are_read(tmp_path: Path, compression: str, kind: str, predictor: int) -> None:
    if compression == "raw" and predictor != 1:
        pytest.skip("plain files have no predictor")
    rng = np.random.default_rng(3)
    heights = (hills() + rng.normal(0, 5, (90, 110))).clip(0).astype(kind)
    write_tiff(tmp_path / "a.tif", heights, compression=compression, predictor=predictor)
    raster = read_geotiff((tmp_path / "a.tif").read_bytes())
    np.testing.assert_array_equal(raster.heights, heights)
    assert (raster.cell_x_m, raster.cell_y_m) == (5.0, 5.0)


def tiled_tiff(heights: np.ndarray, tile: int, order: str) -> bytes:
    """Return the bytes of an uncompressed tiled TIFF of int16."""
    rows, columns = -(-heights.shape[0] // tile), -(-heights.shape[1] // tile)
    padded = np.zeros((rows * tile, columns * tile), dtype=order + "i2")
    padded[: heights.shape[0], : heights.shape[1]] = heights
    tiles = [
        padded[r : r + tile, c : c + tile].tobytes()
        for r in range(0, len(padded), tile)
        for c in range(0, columns * tile, tile)
    ]
    entries: list[tuple[int, str, tuple[Any, ...]]] = [
        (256, "H", (heights.shape[1],)),
        (257, "H", (heights.shape[0],)),
        (258, "H", (16,)),
        (259, "H", (1,)),
        (277, "H", (1,)),
        (322, "H", (tile,)),
        (323, "H", (tile,)),
        (324, "I", tuple(np.arange(len(tiles)) * tile * tile * 2 + 8)),
        (325, "I", (tile * tile * 2,) * len(tiles)),
        (339, "H", (2,)),
        (33550, "d", (2.0, 3.0, 0.0)),
    ]
    body = b"".join(tiles)
    start = 8 + len(body)
    extra_at = start + 2 + 12 * len(entries) + 4
    directory, extra = struct.pack(order + "H", len(entries)), b""
    for tag, code, values in entries:
        packed = struct.pack(f"{order}{len(values)}{code}", *values)
        directory += struct.pack(order + "HHI", tag, {"H": 3, "I": 4, "d": 12}[code], len(values))
        if len(packed) <= 4:
            directory += packed.ljust(4, b"\0")
        else:
            directory += struct.pack(order + "I", extra_at + len(extra))
            extra += packed
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HI", 42, start) + body + directory + b"\0" * 4 + extra


@pytest.mark.parametrize("order", ["<", ">"])
def test_tiles_are_read_in_either_byte_order(order: str) -> None:
    heights = np.random.default_rng(1).integers(-300, 3000, (50, 70))
    raster = read_geotiff(tiled_tiff(heights, 32, order))
    np.testing.assert_array_equal(raster.heights, heights)
    assert (raster.cell_x_m, raster.cell_y_m) == (2.0, 3.0)


def test_degrees_become_meters(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", hills().astype("f4"), scale=1 / 3600, keys=GEOGRAPHIC, top=60.0)
    raster = read_geotiff((tmp_path / "a.tif").read_bytes())
    assert raster.cell_y_m == pytest.approx(111_412 / 3600, rel=1e-3)
    assert raster.cell_x_m == pytest.approx(55_800 / 3600, rel=1e-3)
    # Lengths of a degree from geodetic tables.
    assert metres_per_degree(0.0) == pytest.approx((111_320, 110_574), abs=1)
    assert metres_per_degree(45.0) == pytest.approx((78_847, 111_132), abs=1)


def land(path: Path, **values: Any) -> Terrain:
    ranges = {"relief": Range(0.5, 0.5), "roughness": Range(0.0, 0.0), "terraces": Range(0.0, 0.0)}
    site = SiteSettings(elevation_model=str(path), **{"size_m": 150.0, **ranges, **values})
    return plan_terrain(site, 5)


def write_ascii(path: Path, heights: np.ndarray, cell: float) -> None:
    head = f"ncols {heights.shape[1]}\nnrows {heights.shape[0]}\nxllcorner 500000\nyllcorner 4100000\n"
    head += f"cellsize {cell}\nNODATA_value -9999\n"
    path.write_text(head + "\n".join(" ".join(f"{value:.4f}" for value in row) for row in heights))


@pytest.mark.parametrize("kind", ["tif", "asc", "npy", "hgt"])
def test_the_terrain_equals_the_model(tmp_path: Path, kind: str) -> None:
    """On a plane that rises to the northeast, the slopes are those of the plane wherever the site lies."""
    side = 1201 if kind == "hgt" else 100
    y, x = np.mgrid[:side, :side]
    heights = 1000 + 1.0 * x - 0.5 * y
    path = tmp_path / f"N00E010.{kind}"
    cell = 5.0
    if kind == "tif":
        write_tiff(path, heights.astype("f4"), compression="tiff_lzw")
    elif kind == "asc":
        write_ascii(path, heights, 5.0)
    elif kind == "npy":
        np.save(path, heights)
    else:
        heights.round().astype(">i2").tofile(path)
        cell = 110_950 / 1200
    terrain = land(path, elevation_cell_m=5.0)
    ticks = np.arange(-60.0, 61.0, 20.0)
    grid = terrain.height(*np.meshgrid(ticks, ticks))
    along_y, along_x = np.gradient(grid, 20.0)
    tolerance = 0.15 if kind == "hgt" else 0.02  # whole meters, and synthetic relief between cells of 93 m
    assert along_x * cell == pytest.approx(np.full_like(grid, 1.0), abs=tolerance * cell / 5)
    assert along_y * cell == pytest.approx(np.full_like(grid, 0.5), abs=tolerance * cell / 5)


def test_gaps_are_filled_and_the_site_avoids_them(tmp_path: Path) -> None:
    heights = hills(200, 200)
    heights[:, :90] = -9999.0
    write_ascii(tmp_path / "a.asc", heights, 5.0)
    terrain = land(tmp_path / "a.asc")
    assert np.isfinite(terrain.heights).all()
    assert np.ptp(terrain.heights) < 70


def test_the_same_seed_gives_the_same_place(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", hills(200, 200))
    one, other = (land(tmp_path / "a.npy", elevation_cell_m=5.0) for _ in range(2))
    assert (one.heights == other.heights).all()


def bad_files(folder: Path) -> dict[str, Path]:
    tiff = folder / "good.tif"
    write_tiff(tiff, hills().astype("f4"))
    data = tiff.read_bytes()
    files = {
        "cannot be read": folder / "absent.tif",
        "cut short": folder / "cut.tif",
        "no TIFF": folder / "text.tif",
        "not known": folder / "image.png",
        "too small": folder / "small.npy",
        "fewer than": folder / "tiny.npy",
        "no heights": folder / "empty.npy",
        "two-dimensional": folder / "words.npy",
        "not 3 x 4": folder / "short.asc",
        "cellsize is missing": folder / "head.asc",
        "neither 1201": folder / "N10E010.hgt",
        "does not state the location": folder / "somewhere.hgt",
        "more than one band": folder / "rgb.tif",
    }
    files["truncated"].write_bytes(data[: len(data) // 2])
    files["not a TIFF"].write_text("nothing")
    files["not supported"].write_bytes(b"")
    np.save(files["too small"], hills(20, 20))
    np.save(files["fewer than"], hills(3, 3))
    np.save(files["no heights"], np.full((50, 50), np.nan))
    np.save(files["two-dimensional"], np.array(["a", "b"]))
    files["not 3 x 4"].write_text("ncols 4\nnrows 3\ncellsize 5\n1 2 3 4 5\n")
    files["cellsize is missing"].write_text("ncols 4\nnrows 3\n1 2 3 4 5\n")
    files["neither 1201"].write_bytes(b"\0" * 100)
    files["does not state the location"].write_bytes(b"\0" * 100)
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.tagtype[33550] = 12
    tags[33550] = (1.0, 1.0, 0.0)
    Image.new("RGB", (100, 100)).save(files["more than one band"], tiffinfo=tags)
    return files


def test_bad_files_get_one_clear_sentence(tmp_path: Path) -> None:
    for words, path in bad_files(tmp_path).items():
        with pytest.raises(SettingsError, match=words) as error:
            land(path)
        message = str(error.value)
        assert message.startswith(f"site.elevation_model = {path}")
        assert "\n" not in message
