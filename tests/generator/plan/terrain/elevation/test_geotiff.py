# SPDX-License-Identifier: GPL-3.0-or-later
"""GeoTIFF files are read cell by cell as GDAL reads them, whatever their type, layout, compression and orientation."""

from __future__ import annotations

import html
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine, from_gcps, from_origin

from solar_site_addon.generator.domain.errors import ElevationError, UnsupportedElevationError
from solar_site_addon.generator.plan.terrain.elevation import tiff_image
from solar_site_addon.generator.plan.terrain.elevation.registry import open_grid
from solar_site_addon.generator.plan.terrain.elevation.source import Source
from solar_site_addon.generator.plan.terrain.elevation.tiff_codecs import without_predictor
from solar_site_addon.generator.plan.terrain.elevation.tiff_file import read_directories
from solar_site_addon.generator.plan.terrain.elevation.tiff_image import TiffImage, read_layout

from .gdal_files import NORTH_UP, all_of, hills, read, write

LAYOUTS: dict[str, dict[str, Any]] = {
    "strips": {"blockysize": 7},
    "tiles": {"tiled": True, "blockxsize": 32, "blockysize": 16},
}
COMPRESSIONS = ((None, (1,)), ("packbits", (1,)), ("lzw", (1, 2, 3)), ("deflate", (1, 2, 3)))
KINDS = ("uint8", "int16", "uint16", "int32", "float32", "float64")


@pytest.mark.parametrize(("kind", "layout"), list(product(KINDS, LAYOUTS)))
def test_every_type_layout_and_compression_is_read_as_gdal_reads_it(tmp_path: Path, kind: str, layout: str) -> None:
    heights, path = hills(40, 50).astype(kind), tmp_path / "a.tif"
    rows, columns = np.array([3, 18, 19, 30]), slice(30, 45)
    for (compression, predictors), order in product(COMPRESSIONS, ("LITTLE", "BIG")):
        for predictor in predictors:
            if predictor == 3 and not kind.startswith("float"):
                continue
            options = {"compress": compression, "predictor": predictor} if compression else {}
            write(path, heights, ENDIANNESS=order, **LAYOUTS[layout], **options)
            grid = open_grid(path, 1.0)
            np.testing.assert_array_equal(all_of(grid), read(path))
            np.testing.assert_array_equal(grid.read(rows, columns), heights[rows, columns])
            assert grid.cell_m(0) == (2.0, 3.0)


@pytest.mark.parametrize("scales", [(2, -3), (2, 3), (-2, -3), (-2, 3)])
def test_rasters_are_turned_so_that_north_is_up_and_west_is_left(tmp_path: Path, scales: tuple[float, float]) -> None:
    x, y = scales
    transform = Affine(x, 0, 600_000 if x > 0 else 600_160, 0, y, 5_200_000 if y < 0 else 5_199_820)
    for name, layout in LAYOUTS.items():
        path = write(tmp_path / f"{name}.tif", hills().astype("f4"), transform, compress="lzw", **layout)
        grid = open_grid(path, 1.0)
        np.testing.assert_array_equal(all_of(grid), read(path))
        assert (grid.frame.west, grid.frame.north) == (600_000, 5_200_000)
        # A row that begins a block is still one after turning.
        rows = np.arange(grid.block_start, grid.rows, grid.block_rows)
        np.testing.assert_array_equal(grid.read(rows, slice(5, 9)), read(path)[rows, 5:9])


def test_rotated_rasters_are_refused_in_these_words(tmp_path: Path) -> None:
    turned = Affine(1.9, 0.7, 600_000, 0.7, -1.9, 5_200_000)
    path = write(tmp_path / "a.tif", hills().astype("f4"), turned)
    with pytest.raises(UnsupportedElevationError, match="rotated"):
        open_grid(path, 1.0)


def test_a_negative_scale_is_refused_because_programs_disagree_on_it(tmp_path: Path) -> None:
    data = bytearray(write(tmp_path / "a.tif", hills().astype("f4")).read_bytes())
    scale = data.index(np.array([2.0, 3.0, 0.0]).tobytes())
    data[scale : scale + 24] = np.array([2.0, -3.0, 0.0]).tobytes()
    (tmp_path / "b.tif").write_bytes(data)
    with pytest.raises(UnsupportedElevationError, match="disagree on which edge is north"):
        open_grid(tmp_path / "b.tif", 1.0)


def test_ground_control_points_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    points = [rasterio.control.GroundControlPoint(r, c, 6e5 + c, 5e6 - r) for r in (0, 60) for c in (0, 80)]
    assert from_gcps(points).a > 0
    with rasterio.open(path, "w", driver="GTiff", height=60, width=80, count=1, dtype="float32") as file:
        file.write(hills().astype("f4"), 1)
        file.gcps = points, rasterio.CRS.from_epsg(32632)
    with pytest.raises(ElevationError, match="control points"):
        open_grid(path, 1.0)


def test_bigtiff_is_read(tmp_path: Path) -> None:
    for order in ("LITTLE", "BIG"):
        path = write(tmp_path / f"{order}.tif", hills().astype("f4"), BIGTIFF="YES", ENDIANNESS=order, compress="lzw")
        np.testing.assert_array_equal(all_of(open_grid(path, 1.0)), read(path))


def test_pixels_that_are_points_lie_half_a_pixel_further_northwest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"))
    with rasterio.open(path, "r+") as file:
        file.update_tags(AREA_OR_POINT="Point")
    frame = open_grid(path, 1.0).frame
    with rasterio.open(path) as file:
        assert (frame.west, frame.north) == (file.transform.c, file.transform.f)


def test_unknown_heights_are_gaps_however_they_are_marked(tmp_path: Path) -> None:
    heights = hills().astype("f4")
    lowest = np.float32(-3.4028235e38)
    for number, (mark, nodata) in enumerate(
        [(-9999, None), (-9999, -9999), (-9999, 0.0), (np.nan, np.nan), (lowest, float(lowest)), (0.1, 0.1)]
    ):
        marked = heights.copy()
        marked[10:20, :30] = mark
        path = write(tmp_path / f"{number}.tif", marked, nodata=nodata, tiled=True, blockxsize=16, blockysize=16)
        found = all_of(open_grid(path, 1.0))
        gaps = np.zeros(heights.shape, dtype=bool)
        gaps[10:20, :30] = True
        if nodata == 0.0:
            gaps |= heights == 0
        np.testing.assert_array_equal(np.isnan(found), gaps)
        np.testing.assert_array_equal(found[~gaps], marked[~gaps])


def test_absent_tiles_are_gaps(tmp_path: Path) -> None:
    options = {"compress": "deflate", "SPARSE_OK": "TRUE", "nodata": -9999, **LAYOUTS["tiles"]}
    path = tmp_path / "a.tif"
    heights = hills().astype("f4")
    with rasterio.open(
        path, "w", driver="GTiff", height=60, width=80, count=1, dtype="float32", transform=NORTH_UP, **options
    ) as file:
        file.write(heights[:32, :32], 1, window=((0, 32), (0, 32)))
    np.testing.assert_array_equal(all_of(open_grid(path, 1.0)), read(path))
    assert np.isnan(all_of(open_grid(path, 1.0))).sum() == 60 * 80 - 32 * 32


@pytest.mark.parametrize("place", ["inside", "beside"])
def test_masks_are_gaps(tmp_path: Path, place: str) -> None:
    path = tmp_path / "a.tif"
    mask = np.full((60, 80), 255, dtype=np.uint8)
    mask[7:30, 11:50] = 0
    options = {"compress": "deflate", **LAYOUTS["tiles"]}
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=place == "inside"):
        write(path, hills().astype("f4"), **options)
        with rasterio.open(path, "r+") as file:
            file.write_mask(mask)
    assert path.with_suffix(".tif.msk").exists() == (place == "beside")
    np.testing.assert_array_equal(all_of(open_grid(path, 1.0)), read(path))


def test_a_second_band_that_is_a_mask_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=60, width=80, count=2, dtype="float32", transform=NORTH_UP, ALPHA="YES"
    ) as file:
        file.write(hills().astype("f4"), 1)
        alpha = np.full((60, 80), 255, dtype="f4")
        alpha[:5] = 0
        file.write(alpha, 2)
    found = all_of(open_grid(path, 1.0))
    assert np.isnan(found[:5]).all()
    np.testing.assert_array_equal(found[5:], hills().astype("f4")[5:])


@pytest.mark.parametrize(("kind", "predictor"), [("uint16", 2), ("float32", 3), ("int16", 1)])
def test_a_mask_band_is_read_with_every_predictor(tmp_path: Path, kind: str, predictor: int) -> None:
    heights = hills().astype(kind)
    mask = np.full_like(heights, 255)
    mask[3:9, 4:20] = 0
    options = {"photometric": "MINISBLACK", "alpha": "YES", "compress": "lzw", "predictor": predictor}
    profile = {"driver": "GTiff", "width": 80, "height": 60, "count": 2, "transform": NORTH_UP, "crs": "EPSG:32632"}
    with rasterio.open(tmp_path / "a.tif", "w", dtype=kind, **profile, **options) as file:
        file.write(np.stack([heights, mask]))
    found = all_of(open_grid(tmp_path / "a.tif", 1.0))
    np.testing.assert_array_equal(found, np.where(mask == 0, np.nan, heights.astype(float)))


def test_notes_beside_a_file_count_before_what_it_says(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), None, None)
    mark, wkt = float(hills().astype("f4")[0, 0]), rasterio.CRS.from_epsg(32632).to_wkt()
    path.with_name("a.tif.aux.xml").write_text(
        f"<PAMDataset><SRS>{html.escape(wkt)}</SRS>"
        "<GeoTransform> 6.0e+05, 2.0, 0.0, 5.2e+06, 0.0, -3.0</GeoTransform>"
        f'<PAMRasterBand band="1"><NoDataValue>{mark!r}</NoDataValue><UnitType>ft</UnitType>'
        "<Offset>100</Offset><Scale>2</Scale></PAMRasterBand></PAMDataset>"
    )
    grid = open_grid(path, 1.0)
    np.testing.assert_array_equal(all_of(grid), read(path))
    assert np.isnan(all_of(grid)[0, 0])
    assert (grid.frame.west, grid.frame.north, grid.cell_m(0)) == (600_000, 5_200_000, (2.0, 3.0))
    assert (grid.frame.crs.code, grid.unit_m) == (32632, 0.3048)


def test_scale_and_offset_are_applied_after_the_mark_of_unknown_heights(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", (hills() * 10).astype("i2"), nodata=100)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (500.0,)
    np.testing.assert_allclose(all_of(open_grid(path, 1.0)), read(path))
    assert np.isnan(read(path)).any()


def test_overviews_show_the_same_land_with_larger_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", hills(256, 384).astype("f4"), compress="deflate", **LAYOUTS["tiles"])
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], Resampling.average)
    grid = open_grid(path, 1.0)
    assert [(each.rows, each.columns, each.cell_m(0)) for each in grid.overviews] == [
        (128, 192, (4.0, 6.0)),
        (64, 96, (8.0, 12.0)),
    ]
    means = read(path).reshape(64, 4, 96, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(all_of(grid.overviews[1]), means, atol=1e-3)


@pytest.mark.parametrize(
    ("crs", "unit"),
    [
        ("EPSG:26913+6360", 1200 / 3937),
        ("EPSG:26913+8228", 0.3048),
        ("EPSG:26913+5703", 1.0),
        ("EPSG:26913", None),
        ("EPSG:4326+5773", 1.0),
    ],
)
def test_the_unit_of_heights_is_that_of_the_vertical_system(tmp_path: Path, crs: str, unit: float | None) -> None:
    transform = from_origin(10, 47, 1e-5, 1e-5) if "4326" in crs else NORTH_UP
    path = write(tmp_path / "a.tif", hills().astype("f4"), transform, crs)
    assert open_grid(path, 1.0).unit_m == pytest.approx(unit)


@pytest.mark.parametrize(
    ("words", "unit"),
    [("ft", 0.3048), ("US survey foot", 1200 / 3937), ("metre", 1.0), ("cm", 0.01), ("-", 1200 / 3937)],
)
def test_the_unit_of_the_band_counts_first(tmp_path: Path, words: str, unit: float) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), crs="EPSG:26913+6360")
    with rasterio.open(path, "r+") as file:
        file.units = (words,)
    assert open_grid(path, 1.0).unit_m == pytest.approx(unit)


@pytest.mark.parametrize("crs", ["EPSG:2231+6360", "EPSG:2231", 'LOCAL_CS["site",UNIT["US survey foot",0.3048006096]]'])
def test_feet_are_known_without_a_unit_of_their_own(tmp_path: Path, crs: str) -> None:
    """GDAL writes no unit of positions with compound systems: the code of the system implies it."""
    path = write(tmp_path / "a.tif", hills().astype("f4"), from_origin(3_000_000, 1_000_000, 6, 6), crs)
    assert open_grid(path, 1.0).cell_m(0) == pytest.approx((6 * 1200 / 3937,) * 2)


@pytest.mark.parametrize(
    "crs",
    [
        "+proj=eqc +lat_ts=45 +ellps=WGS84",
        "+proj=merc +lat_ts=45 +ellps=WGS84",
        "+proj=merc +y_0=500000 +ellps=WGS84",
        "+proj=laea +lat_0=90 +ellps=WGS84",
        "+proj=stere +lat_0=-90 +ellps=WGS84",
        "EPSG:3979",
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_maps_with_lengths_of_their_own_are_refused(tmp_path: Path, crs: str, beside: bool) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), from_origin(1e6, 5e6, 3, 3), None if beside else crs)
    path.with_suffix(".prj").write_text(rasterio.CRS.from_string(crs).to_wkt())
    with pytest.raises(UnsupportedElevationError, match=r"its projection .*(of its own|keeps neither lengths)"):
        open_grid(path, 1.0)


def test_oblique_maps_of_a_country_are_taken_as_they_are(tmp_path: Path) -> None:
    for name in ("stere", "laea"):
        crs = f"+proj={name} +lat_0=46 +lon_0=15 +ellps=GRS80"
        path = write(tmp_path / f"{name}.tif", hills().astype("f4"), from_origin(1e3, 2e3, 3, 3), crs)
        assert open_grid(path, 1.0).cell_m(0) == (3.0, 3.0)


def test_horizontal_feet_become_meters(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), from_origin(1e6, 2e5, 10, 10), "EPSG:2263")
    assert open_grid(path, 1.0).cell_m(0) == pytest.approx((12_000 / 3937,) * 2)


def test_systems_that_only_a_citation_describes_are_read(tmp_path: Path) -> None:
    for crs, cell in (("ESRI:102008", 2.0), ("ESRI:102719", 2 * 1200 / 3937), ("EPSG:3857", 2 * 0.684)):
        grid = open_grid(write(tmp_path / "a.tif", hills().astype("f4"), from_origin(1e5, 5.9e6, 2, 2), crs), 1.0)
        assert grid.cell_m(0)[0] == pytest.approx(cell, rel=0.02), crs


def test_degrees_become_meters_at_their_latitude_with_and_without_a_coordinate_system(tmp_path: Path) -> None:
    for crs in ("EPSG:4326", None):
        path = write(tmp_path / "a.tif", hills().astype("f4"), from_origin(10, 60, 1 / 3600, 1 / 3600), crs)
        grid = open_grid(path, 1.0)
        assert grid.cell_m(0) == pytest.approx((55_800 / 3600, 111_412 / 3600), rel=1e-3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"compress": "zstd"}, "ZSTD"),
        ({"compress": "lerc"}, "LERC"),
        ({"NBITS": 12, "kind": "uint16"}, "12 bits"),
        ({"kind": "complex64"}, "complex"),
        ({"count": 3}, "3 bands"),
        ({"photometric": "rgb", "count": 3, "kind": "uint8"}, "colors"),
    ],
)
def test_what_is_not_read_is_named(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    kind = options.pop("kind", "float32")
    try:
        path = write(tmp_path / "a.tif", hills().astype(kind), **options)
    except rasterio.errors.RasterioError:
        pytest.skip("this GDAL cannot write it")
    with pytest.raises(UnsupportedElevationError, match=words):
        open_grid(path, 1.0)


@pytest.mark.parametrize(
    ("crs", "name"),
    [
        ("EPSG:3413", "EPSG:3413"),
        ("EPSG:6933", "EPSG:6933"),
        ("ESRI:54009", "Mollweide"),
        ("+proj=sinu +R=6371007.181", "sinusoidal"),
    ],
)
def test_maps_that_keep_neither_lengths_nor_north_are_refused_by_name(tmp_path: Path, crs: str, name: str) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), crs=crs)
    with pytest.raises(UnsupportedElevationError, match=name):
        open_grid(path, 1.0)


def test_a_world_file_and_a_prj_file_place_a_plain_tiff(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), None, None)
    (tmp_path / "a.tfw").write_text("10\n0\n0\n-10\n1000005\n199995\n")
    (tmp_path / "a.prj").write_text(rasterio.CRS.from_epsg(2263).to_wkt())
    grid = open_grid(path, 1.0)
    assert (grid.frame.west, grid.frame.north) == (1_000_000, 200_000)
    assert grid.cell_m(0) == pytest.approx((12_000 / 3937,) * 2)


def test_only_the_lines_that_are_asked_for_are_decoded(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), compress="lzw", **LAYOUTS["tiles"])
    data = bytearray(path.read_bytes())
    source = Source(path, path.name, len(data))
    image = TiffImage(source, read_layout(read_directories(source)[0]))
    # Nothing but the first bytes of each tile is intact.
    for offset, count in zip(image.layout.offsets, image.layout.counts, strict=True):
        data[offset + count // 4 : offset + count] = b"\xff" * (count - count // 4)
    (tmp_path / "b.tif").write_bytes(data)
    found = open_grid(tmp_path / "b.tif", 1.0).read(np.array([0, 16, 32]), slice(0, 80))
    np.testing.assert_array_equal(found, read(path)[[0, 16, 32]])


@pytest.mark.parametrize("compression", ["lzw", "deflate", "packbits"])
def test_strips_too_large_for_the_memory_are_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str
) -> None:
    path = write(tmp_path / "a.tif", hills().astype("f4"), blockysize=60, compress=compression)
    monkeypatch.setattr(tiff_image, "_IN_MEMORY_BYTES", 1000)
    parts = Mock(side_effect=tiff_image.unpacked_parts)
    monkeypatch.setattr(tiff_image, "unpacked_parts", parts)
    grid = open_grid(path, 1.0)
    for rows in (np.arange(20, 30), np.arange(5, 8), np.arange(60)):
        np.testing.assert_array_equal(grid.read(rows, slice(3, 50)), read(path)[rows, 3:50])
    assert parts.call_count == 1


def test_differences_wrap_around() -> None:
    data = np.array([250, 10, 251], dtype=np.uint8).tobytes()
    found = without_predictor(data, 2, np.dtype(np.uint8), 3)
    assert found[..., 0].tolist() == [[250, 4, 255]]
