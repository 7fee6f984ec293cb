# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are read by parts, and out of .zip and .gz files."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from solar_site_addon.generator.domain.errors import ElevationError
from solar_site_addon.generator.plan.terrain.elevation import source as source_module
from solar_site_addon.generator.plan.terrain.elevation.registry import all_readers, open_grid, titles
from solar_site_addon.generator.plan.terrain.elevation.source import open_source

from .gdal_files import all_of, hills, write

NUMBERS = np.random.default_rng(1).integers(-100, 3000, (1201, 1201)).astype(">i2")


def test_parts_are_read_and_never_more_than_there_is(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"0123456789")
    source = open_source(tmp_path / "a.bin", lambda _name, _head: 1)
    assert source.read(3, 4) == b"3456"
    assert source.head() == b"0123456789"
    for offset, count in ((8, 3), (-1, 2), (2, -1), (1 << 63, 1)):
        with pytest.raises(ElevationError, match="truncated"):
            source.read(offset, count)


@pytest.mark.parametrize("name", ["N47E013.hgt.zip", "N47E013.SRTMGL1.hgt.zip", "srtm.zip"])
def test_the_model_in_a_zip_file_is_read(tmp_path: Path, name: str) -> None:
    numbers = NUMBERS.copy()
    numbers[0, 5] = -32768
    with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("readme.txt.md", "about")
        file.writestr("N47E013.hgt", numbers.tobytes())
    grid = open_grid(tmp_path / name, 1.0)
    wanted = numbers.astype(float)
    wanted[0, 5] = np.nan
    np.testing.assert_array_equal(all_of(grid), wanted)
    assert grid.place(13.0, 47.5) == pytest.approx((600, 0))


def test_the_files_that_describe_a_model_are_found_in_the_zip_file(tmp_path: Path) -> None:
    heights = hills().astype("f4")
    write(tmp_path / "land.bil", heights, crs="EPSG:2231", driver="EHdr")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        for suffix in (".bil", ".hdr", ".prj"):
            file.write(tmp_path / f"land{suffix}", f"data/land{suffix.upper() if suffix == '.prj' else suffix}")
        file.writestr("data/readme.txt", "about")
        file.writestr("data/._land.bil", b"\0\5\x16\7")
    grid = open_grid(tmp_path / "a.zip", 1.0)
    np.testing.assert_array_equal(all_of(grid), heights)
    assert grid.cell_m(0) == pytest.approx((2 * 1200 / 3937, 3 * 1200 / 3937))


def test_the_model_in_a_gzip_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "S12W077.hgt.gz").write_bytes(gzip.compress(NUMBERS.tobytes()))
    grid = open_grid(tmp_path / "S12W077.hgt.gz", 1.0)
    np.testing.assert_array_equal(all_of(grid), NUMBERS)
    assert grid.place(-77.0, -11.0) == pytest.approx((0, 0))


def test_archives_that_cannot_be_unpacked_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("N47E013.hgt", NUMBERS.tobytes())
        file.writestr("N47E014.hgt", NUMBERS.tobytes())
    with pytest.raises(ElevationError, match="2 elevation models"):
        open_grid(path, 1.0)
    data = path.read_bytes()
    for damaged in (data[: len(data) // 2], data[:10] + data[30:], data[:-6] + b"\xff\xff\xff\x7f" + data[-2:]):
        path.write_bytes(damaged)
        with pytest.raises(ElevationError, match="cannot be unpacked"):
            open_grid(path, 1.0)
    packed = tmp_path / "a.hgt.gz"
    packed.write_bytes(gzip.compress(NUMBERS.tobytes())[:-50])
    with pytest.raises(ElevationError, match="cannot be unpacked"):
        open_grid(packed, 1.0)
    monkeypatch.setattr(source_module, "MAX_UNPACKED", 1000)
    packed.write_bytes(gzip.compress(NUMBERS.tobytes()))
    with pytest.raises(ElevationError, match="when unpacked"):
        open_grid(packed, 1.0)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("mosaic.vrt", b'<VRTDataset rasterXSize="5">', "virtual raster"),
        ("image.png", b"\x89PNG\r\n", "none of these: .*GeoTIFF .*SRTM"),
        ("empty.tif", b"", "is empty"),
        ("page.tif", b"\n<!DOCTYPE html><html>", "web page: download"),
        ("pointer.tif", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        ("readme.txt", b"About this land.\n", "none of these"),
        ("cloud.las", b"LASF" + bytes(400), "point cloud: make a grid"),
        ("n10_e010.hgt", b"\0" * 100, "neither 1201"),
        ("N10E010.hgt", b"\0" * 100, "neither 1201"),
        ("somewhere.hgt", NUMBERS.tobytes(), "does not state the location"),
        ("a.npy", b"nothing", "not a NumPy file"),
        ("a.npy", b"\x93NUMPY\x01\x00\xff", "truncated"),
    ],
)
def test_other_files_are_refused_with_the_reason(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ElevationError, match=words):
        open_grid(tmp_path / name, 1.0)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ElevationError, match="folder"):
        open_grid(tmp_path, 1.0)


@pytest.mark.parametrize("kind", ["f4", "f8", "i2", ">i4", "u1"])
def test_arrays_are_read_with_undeclared_marks_as_gaps(tmp_path: Path, kind: str) -> None:
    heights = hills().astype(kind)
    marked = np.dtype(kind).kind != "u"
    if marked:
        heights[3, 4] = -9999
    np.save(tmp_path / "a.npy", np.asfortranarray(heights) if kind == "f8" else heights)
    grid = open_grid(tmp_path / "a.npy", 2.5)
    assert grid.cell_m(0) == (2.5, 2.5)
    wanted = heights.astype(float)
    if marked:
        wanted[3, 4] = np.nan
    np.testing.assert_array_equal(all_of(grid), wanted)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", hills().astype("f4")).rename(tmp_path / "a.dem")
    assert open_grid(tmp_path / "a.dem", 1.0).columns == 80


def test_every_reader_has_a_name_and_a_way_to_be_found() -> None:
    assert len(set(titles())) == len(all_readers()) >= 6
    for reader in all_readers():
        assert reader.suffixes or reader.recognizes(b"DSAA\n")
        assert not reader.recognizes(b"\0" * 100)
