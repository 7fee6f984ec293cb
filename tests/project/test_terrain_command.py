# SPDX-License-Identifier: GPL-3.0-or-later
"""headless/terrain.py makes a model that is read without GDAL from files that are not."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.transform import from_origin

from headless import terrain
from headless.gdal_files import Layer
from solar_site_addon.generator.plan.terrain.elevation.grid import Grid
from solar_site_addon.generator.plan.terrain.elevation.registry import open_grid

LONGITUDE, LATITUDE = -108.5, 38.5
AT = f"{LONGITUDE},{LATITUDE}"


def land(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Heights in m at places in degrees: about 1000 to 1200 m."""
    return 1100 + 60 * np.sin((longitude - LONGITUDE) * 900) + 40 * np.cos((latitude - LATITUDE) * 1100)


def write(path: Path, crs: str, step: float, half: int = 70, *, west_half: bool = False, **options: object) -> Path:
    """Write the land around the place in a coordinate system, with square cells of ``step`` units."""
    scale = options.pop("scale", 1.0)
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(LONGITUDE, LATITUDE)
    transform = from_origin(x - half * step, y + half * step, step, step)
    column, row = np.meshgrid(np.arange(2 * half) + 0.5, np.arange(2 * half) + 0.5)
    heights = land(
        *pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(
            x + (column - half) * step, y - (row - half) * step
        )
    )
    heights = (heights * scale).astype("f4")
    if west_half:
        heights[:, half:] = -9999
    profile = {"driver": "GTiff", "height": 2 * half, "width": 2 * half, "count": 1, "dtype": "float32", **options}
    with rasterio.open(path, "w", crs=crs, transform=transform, **profile) as file:
        file.write(heights, 1)
    return path


def made(tmp_path: Path, *arguments: object, size: float = 300) -> Grid:
    """Run the command and return what it made, as the extension reads it."""
    out = tmp_path / "land.tif"
    assert terrain.main([*map(str, arguments), "--at", AT, "--size", str(size), "-o", str(out)]) == 0
    return open_grid(out, 1.0)


def error_of(grid: Grid) -> float:
    """Return the largest difference from the land, m."""
    row, column = np.indices((grid.rows, grid.columns))
    frame = grid.frame
    x, y = frame.west + (column + 0.5) * frame.step_x, frame.north - (row + 0.5) * frame.step_y
    places = pyproj.Transformer.from_crs(frame.crs.code, 4326, always_xy=True).transform(x, y)
    return float(np.abs(grid.read(np.arange(grid.rows), slice(0, grid.columns)) - land(*places)).max())


@pytest.mark.parametrize(
    ("crs", "step", "scale"),
    [
        ("EPSG:26912", 5.0, 1.0),
        ("EPSG:4326", 5e-5, 1.0),
        ("EPSG:3857", 6.0, 1.0),
        ("EPSG:6933", 5.0, 1.0),
        ("EPSG:26912+6360", 5.0, 3937 / 1200),
    ],
)
def test_any_system_and_unit_becomes_meters_in_the_utm_zone(
    tmp_path: Path, crs: str, step: float, scale: float
) -> None:
    grid = made(tmp_path, write(tmp_path / "a.tif", crs, step, scale=scale, compress="zstd"))
    assert (grid.frame.crs.code, grid.unit_m) == (32612, 1.0)
    assert 3.5 < grid.cell_m(0)[0] < 6.5
    assert error_of(grid) < 0.5
    row, column = grid.place(LONGITUDE, LATITUDE)
    assert (row, column) == pytest.approx((grid.rows / 2, grid.columns / 2), abs=1)


def test_files_are_laid_over_each_other_and_the_finest_sets_the_cells(tmp_path: Path) -> None:
    fine = write(tmp_path / "fine.tif", "EPSG:26912", 2.0, 100, west_half=True)
    coarse = write(tmp_path / "coarse.tif", "EPSG:4326", 1e-4)
    grid = made(tmp_path, fine, coarse)
    assert grid.cell_m(0) == (2.0, 2.0)
    assert error_of(grid) < 2.0
    with rasterio.open(tmp_path / "land.tif") as file:
        sources = json.loads(file.tags()["SOLAR_SITE_SOURCES"])
    assert [source["file"] for source in sources] == ["fine.tif", "coarse.tif"]
    assert all(len(source["sha256"]) == 64 for source in sources)


def test_a_finer_file_passes_into_a_coarser_one_without_a_cliff(tmp_path: Path) -> None:
    fine = write(tmp_path / "fine.tif", "EPSG:26912", 2.0, 100, west_half=True)
    coarse = write(tmp_path / "coarse.tif", "EPSG:26912", 20.0, 20)
    with rasterio.open(coarse, "r+") as file:
        file.write(file.read(1) + 8, 1)
    grid = made(tmp_path, fine, coarse)
    heights = grid.read(np.arange(grid.rows), slice(0, grid.columns))
    own = made(tmp_path, coarse, "--cell", "2").read(np.arange(grid.rows), slice(0, grid.columns)) - 8
    offset = np.median(heights - own, axis=0)
    assert offset[:40] == pytest.approx(0, abs=0.7), "the finer file where it is known"
    assert offset[-40:] == pytest.approx(8, abs=0.7), "the coarser one elsewhere"
    assert np.abs(np.diff(offset)).max() < 1.0


def test_neighboring_files_of_the_same_cells_join_without_a_seam(tmp_path: Path) -> None:
    base = write(tmp_path / "base.tif", "EPSG:26912", 20.0, 20)
    with rasterio.open(base, "r+") as file:
        file.write(file.read(1) + 8, 1)
    whole = write(tmp_path / "whole.tif", "EPSG:26912", 2.0, 100)
    halves = []
    with rasterio.open(whole) as file:
        for name, columns in (("west", slice(0, 100)), ("east", slice(100, 200))):
            transform = file.transform @ rasterio.Affine.translation(columns.start, 0)
            halves.append(tmp_path / f"{name}.tif")
            with rasterio.open(halves[-1], "w", **{**file.profile, "width": 100, "transform": transform}) as half:
                half.write(file.read(1)[:, columns], 1)
    assert error_of(made(tmp_path, *halves, base)) < 1.0


def test_archives_are_read_with_all_models_in_them(tmp_path: Path) -> None:
    fine = write(tmp_path / "fine.tif", "EPSG:26912", 2.0, 100, west_half=True)
    coarse = write(tmp_path / "coarse.tif", "EPSG:26912", 5.0)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.write(fine, "data/a_fine.tif")
        archive.write(coarse, "data/b_coarse.tif")
        archive.writestr("data/readme.txt", "Nothing to see.")
    assert error_of(made(tmp_path, tmp_path / "both.zip")) < 2.0
    with rasterio.open(tmp_path / "land.tif") as file:
        sources = json.loads(file.tags()["SOLAR_SITE_SOURCES"])
    assert [source["file"] for source in sources] == ["both.zip/data/a_fine.tif", "both.zip/data/b_coarse.tif"]
    (tmp_path / "coarse.tif.gz").write_bytes(gzip.compress(coarse.read_bytes()))
    assert error_of(made(tmp_path, tmp_path / "coarse.tif.gz")) < 0.5


def test_ground_control_points_place_a_file(tmp_path: Path) -> None:
    source = write(tmp_path / "a.tif", "EPSG:26912", 5.0)
    with rasterio.open(source) as file:
        corners = [(row, column) for row in (0, 140) for column in (0, 140)]
        points = [GroundControlPoint(row, column, *(file.transform @ (column, row)), 0) for row, column in corners]
        profile = {**file.profile, "transform": None, "crs": file.crs, "gcps": points}
        heights = file.read()
    with rasterio.open(tmp_path / "b.tif", "w", **profile) as file:
        file.write(heights)
    assert error_of(made(tmp_path, tmp_path / "b.tif")) < 0.5


@pytest.mark.parametrize("west", [179.99, -180.01])
@pytest.mark.parametrize("at", ["180,52", "-180,52", "179.999,52", "-179.999,52"])
def test_files_across_the_180th_meridian_have_no_voids(
    tmp_path: Path, west: float, at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    longitude = (west + 1e-4 * (np.arange(200) + 0.5)) % 360
    heights = np.repeat(5000 * (longitude - 180)[None], 100, axis=0).astype("f4")
    transform = from_origin(west, 52.005, 1e-4, 1e-4)
    with rasterio.open(
        tmp_path / "a.tif", "w", "GTiff", 200, 100, 1, "EPSG:4326", transform, "float32"
    ) as file:  # fmt: skip
        file.write(heights, 1)
    out = tmp_path / "land.tif"
    assert terrain.main([str(tmp_path / "a.tif"), "--at", at, "--size", "500", "-o", str(out)]) == 0
    assert "0.0% were voids" in capsys.readouterr().out
    grid = open_grid(out, 1.0)
    row, column = np.indices((grid.rows, grid.columns))
    x, y = grid.frame.west + (column + 0.5) * grid.frame.step_x, grid.frame.north - (row + 0.5) * grid.frame.step_y
    there, _ = pyproj.Transformer.from_crs(grid.frame.crs.code, 4326, always_xy=True).transform(x, y)
    found = grid.read(np.arange(grid.rows), slice(0, grid.columns))
    assert np.abs(found - 5000 * (there % 360 - 180)).max() < 0.05


@pytest.mark.parametrize("at", ["drawn", "center", AT])
def test_the_land_that_a_site_shows_is_cut_out_as_far_as_the_file_reaches(tmp_path: Path, at: str) -> None:
    path = write(tmp_path / "a.tif", "EPSG:2232", 60.0, 150, compress="zstd")
    with rasterio.open(path, "r+") as file:
        heights = file.read(1)
        heights[100:110, 100:110] = np.nan
        file.write(heights, 1)
    out = tmp_path / "land.tif"
    assert terrain.main([str(path), "--at", at, "--site", "400", "--unit", "m", "-o", str(out)]) == 0
    grid = open_grid(out, 1.0)
    heights = grid.read(np.arange(grid.rows), slice(0, grid.columns))
    size = min(grid.rows, grid.columns) * grid.cell_m(0)[0]
    assert 5480 < size < 5900, "300 cells of 60 US survey feet, turned a little"
    gap = int(np.isnan(heights[50:-50, 50:-50]).sum())
    assert 60 < gap < 200, "voids stay"
    middle = grid.place(LONGITUDE, LATITUDE)
    assert middle == pytest.approx(((grid.rows - 1) / 2, (grid.columns - 1) / 2), abs=1.5)


@pytest.mark.parametrize("at", ["drawn", "center", AT])
@pytest.mark.parametrize("step", [2.0, 5.0])
def test_cells_in_the_same_zone_are_copied(
    tmp_path: Path, at: str, step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terrain, "HORIZON_M", 40.0)
    path = write(tmp_path / "a.tif", "EPSG:32612", step, 150, compress="zstd")
    out = tmp_path / "land.tif"
    assert terrain.main([str(path), "--at", at, "--site", "100", "-o", str(out)]) == 0
    with rasterio.open(path) as file, rasterio.open(out) as made:
        assert (made.width < file.width) == (at != "drawn")
        place = file.window(*made.bounds).round_offsets().round_lengths()
        np.testing.assert_allclose(made.read(1), file.read(1, window=place), atol=1e-3)
        if at == "center":
            assert made.transform @ (made.width / 2, made.height / 2) == pytest.approx(
                file.transform @ (file.width / 2, file.height / 2)
            )


def test_a_model_for_a_site_is_that_of_the_same_rows_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = write(tmp_path / "fine.tif", "EPSG:26912", 2.0, 100, west_half=True)
    coarse = write(tmp_path / "coarse.tif", "EPSG:26912", 20.0, 20)
    made_in = []
    for rows in (16, 10_000):
        monkeypatch.setattr(terrain, "BLOCK_ROWS", rows)
        out = tmp_path / f"{rows}.tif"
        assert terrain.main([str(fine), str(coarse), "--at", AT, "--site", "100", "-o", str(out)]) == 0
        with rasterio.open(out) as file:
            made_in.append(file.read(1))
    np.testing.assert_allclose(*made_in, atol=0.02)


def test_depths_of_the_sea_stay_and_marks_do_not(tmp_path: Path) -> None:
    for nodata, gap in ((-1.0, False), (None, True)):
        path = write(tmp_path / "a.tif", "EPSG:26912", 20.0, 40, scale=-3.0, nodata=nodata)
        out = tmp_path / "land.tif"
        assert terrain.main([str(path), "--at", AT, "--site", "200", "-o", str(out)]) == 0
        grid = open_grid(out, 1.0)
        assert np.isnan(grid.read(np.array([40]), slice(40, 41))).all() == gap


@pytest.mark.parametrize("longitude", [180.0, -180.0])
def test_cells_are_as_large_as_ever_where_longitudes_jump(tmp_path: Path, longitude: float) -> None:
    transform = from_origin(179.99, 52.01, 1e-4, 1e-4)
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", height=200, width=100, count=1, dtype="float32", crs="EPSG:4326",
        transform=transform,
    ) as file:  # fmt: skip
        file.write(np.full((200, 100), 7, np.float32), 1)
    window = terrain.window_at((longitude, 52.0), 300)
    cell = terrain.cell_of(Layer(tmp_path / "a.tif", str(tmp_path / "a.tif")), window, None)
    assert cell == pytest.approx(8.7, abs=0.3)


def test_voids_are_filled(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", "EPSG:26912", 5.0)
    with rasterio.open(path, "r+") as file:
        heights = file.read(1)
        heights[60:75, 60:75] = -9999
        file.write(heights, 1)
    found = made(tmp_path, path)
    heights = found.read(np.arange(found.rows), slice(0, found.columns))
    assert np.isfinite(heights).all()
    assert 1000 < heights.min() < heights.max() < 1200


def test_the_same_files_give_the_same_bytes_and_replace_only_their_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", "EPSG:26912", 5.0)
    made(tmp_path, path)
    first = (tmp_path / "land.tif").read_bytes()
    made(tmp_path, path)
    assert (tmp_path / "land.tif").read_bytes() == first
    before = path.read_bytes()
    assert terrain.main([str(tmp_path / "land.tif"), "--at", AT, "--size", "300", "-o", str(path)]) == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--at", "10,47"], "cover only 0%"),
        (["--at", AT, "--band", "2"], "no band 2"),
        (["--at", AT, "--cell", "0.001"], "too many"),
    ],
)
def test_what_cannot_be_made_is_told(
    tmp_path: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.tif", "EPSG:26912", 5.0)
    out = tmp_path / "land.tif"
    assert terrain.main([str(path), *arguments, "--size", "300", "-o", str(out)]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()


VIRTUAL = """<VRTDataset rasterXSize="180" rasterYSize="140"><SRS>EPSG:32633</SRS>
<GeoTransform>600000,2,0,5200000,0,-2</GeoTransform><VRTRasterBand dataType="Float32" band="1"{}</VRTRasterBand>
</VRTDataset>"""
SOURCE = "><SimpleSource><SourceFilename>{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>"
CODE = """ subClass="VRTDerivedRasterBand"><PixelFunctionLanguage>Python</PixelFunctionLanguage>
<PixelFunctionType>f</PixelFunctionType><PixelFunctionCode>def f(*a, **k): open("made", "w")</PixelFunctionCode>"""


def test_files_make_gdal_neither_connect_nor_run_code(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a.tif"
        (tmp_path / "curl.vrt").write_text(VIRTUAL.format(SOURCE.format(f"/vsicurl/{url}")))
        (tmp_path / "http.vrt").write_text(VIRTUAL.format(SOURCE.format(url)))
        (tmp_path / "code.vrt").write_text(VIRTUAL.format(CODE))
        for file in tmp_path.glob("*.vrt"):
            command = [sys.executable, terrain.__file__, file.name, "--at=center", "--site=100", "-o", "land.tif"]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
            assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["code.vrt", "curl.vrt", "http.vrt"]


def test_one_of_several_bands_is_named_by_the_user(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.tif", "EPSG:26912", 5.0)
    with rasterio.open(path) as file:
        profile, heights = {**file.profile, "count": 2}, file.read(1)
    with rasterio.open(path, "w", **profile) as file:
        file.write(np.stack([heights / 9, heights]))
    out = tmp_path / "land.tif"
    assert terrain.main([str(path), "--at", AT, "--size", "300", "-o", str(out)]) == 2
    assert "has 2 bands: name the one with the heights with --band" in capsys.readouterr().err
    assert error_of(made(tmp_path, path, "--band", 2)) < 0.5


def test_the_center_of_several_files_is_that_of_all(tmp_path: Path) -> None:
    halves = []
    whole = write(tmp_path / "whole.tif", "EPSG:32612", 5.0, 100)
    with rasterio.open(whole) as file:
        for name, columns in (("west", slice(0, 80)), ("east", slice(80, 200))):
            transform = file.transform @ rasterio.Affine.translation(columns.start, 0)
            halves.append(tmp_path / f"{name}.tif")
            profile = {**file.profile, "width": columns.stop - columns.start, "transform": transform}
            with rasterio.open(halves[-1], "w", **profile) as half:
                half.write(file.read(1)[:, columns], 1)
    out = tmp_path / "land.tif"
    assert terrain.main([*map(str, halves), "--at", "center", "--site", "400", "-o", str(out)]) == 0
    grid = open_grid(out, 1.0)
    assert (grid.rows, grid.columns) == (200, 200)
    assert error_of(grid) < 0.01


def test_colors_are_not_taken_for_heights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "image.tif"
    transform = from_origin(700_000, 4_300_000, 5, 5)
    with rasterio.open(
        path, "w", driver="GTiff", height=20, width=20, count=3, dtype="uint8", crs="EPSG:26912", transform=transform,
        photometric="RGB",
    ) as file:  # fmt: skip
        file.write(np.ones((3, 20, 20), np.uint8))
    assert terrain.main([str(path), "--at", AT, "--size", "50", "-o", str(tmp_path / "land.tif")]) == 2
    assert "holds colors, not heights.\n" in capsys.readouterr().err


def test_feet_of_unknown_meaning_and_files_without_a_system_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feet = write(tmp_path / "feet.tif", "EPSG:2233", 15.0)
    command = ["--at", AT, "--size", "300", "-o", str(tmp_path / "land.tif")]
    assert terrain.main([str(feet), *command]) == 2
    assert "set --unit" in capsys.readouterr().err
    assert terrain.main([str(feet), *command, "--unit", "m"]) == 0
    with rasterio.open(feet) as file:
        profile, heights = {**file.profile, "crs": None}, file.read()
    with rasterio.open(feet, "w", **profile) as file:
        file.write(heights)
    assert terrain.main([str(feet), *command, "--unit", "m"]) == 2
    assert "set --crs" in capsys.readouterr().err
    assert terrain.main([str(feet), *command, "--unit", "m", "--crs", "EPSG:2233"]) == 0
