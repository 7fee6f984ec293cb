# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthophotos lie where GDAL and PROJ put them, in any supported coordinate system."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio.transform import from_bounds
from rasterio.warp import transform_bounds

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.terrain.elevation.crs import Crs
from solar_site_addon.generator.plan.terrain.elevation_model import Anchor, model_heights
from solar_site_addon.generator.plan.terrain.orthophoto import plan_orthophoto
from solar_site_addon.generator.settings.drawn import DrawnSite

from ...hand_made import drawn

UTM = 32633
BOUNDS = 500_000.0, 5_200_000.0, 501_000.0, 5_201_200.0
"""West, south, east, north in the UTM zone."""
SIZE = 100, 120


def write_raster(file: Path, code: int, bands: int) -> Path:
    bounds = transform_bounds(UTM, code, *BOUNDS)
    width, height = SIZE
    profile = {"driver": "GTiff", "width": width, "height": height, "count": bands, "crs": f"EPSG:{code}"}
    kind = "float32" if bands == 1 else "uint8"
    with rasterio.open(file, "w", transform=from_bounds(*bounds, width, height), dtype=kind, **profile) as raster:
        raster.write(np.full((bands, height, width), 100, dtype=kind))
    return file


def site_with(model: Path, orthophoto: Path | str, place: str = "center") -> DrawnSite:
    values = {"site__elevation_model": str(model), "site__orthophoto": str(orthophoto), "site__place": place}
    return drawn(site__size_m=200.0, **values).site


def anchor_of(site: DrawnSite) -> Anchor:
    return model_heights(site, np.linspace(-150, 150, 7), np.random.default_rng(1)).anchor


@pytest.mark.parametrize("model", [UTM, 4326])
@pytest.mark.parametrize("code", [UTM, 4326, 3857, 25833])
def test_pixels_lie_where_proj_puts_them(tmp_path: Path, model: int, code: int) -> None:
    ortho = write_raster(tmp_path / "ortho.tif", code, 3)
    site = site_with(write_raster(tmp_path / "land.tif", model, 1), ortho)
    anchor = anchor_of(site)
    image = plan_orthophoto(site, anchor)
    assert image is not None
    x, y = np.array([0.0, 90.0, -80.0]), np.array([0.0, -70.0, 60.0])
    u, v = image.place(x, y)
    to_file = pyproj.Transformer.from_crs(model, code, always_xy=True)
    east, north = to_file.transform(anchor.x + x / anchor.east_m, anchor.y + y / anchor.north_m)
    with rasterio.open(ortho) as raster:
        column, row = ~raster.transform @ (np.array(east), np.array(north))
    np.testing.assert_allclose(u * SIZE[0], column, atol=0.05)
    np.testing.assert_allclose((1 - v) * SIZE[1], row, atol=0.05)


@pytest.mark.parametrize("code", [32633, 32733, 25832, 26910, 6339, 3857, 4326])
def test_coordinates_become_places_as_in_proj(code: int) -> None:
    center = {32633: 15, 32733: 15, 25832: 9, 26910: -123, 6339: -123, 3857: 15, 4326: 15}[code]
    to_file = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    for longitude, north in ((center - 2.5, 46.0), (center + 2.9, 31.5), (center, 60.2)):
        latitude = -north if code == 32733 else north
        x, y = to_file.transform(longitude, latitude)
        found = Crs(geographic=code == 4326, code=code, projection="mercator" if code == 3857 else "")
        np.testing.assert_allclose(found.longitude_latitude(x, y), (longitude, latitude), atol=2e-5)


def test_a_world_file_places_an_image(tmp_path: Path) -> None:
    image = tmp_path / "ortho.png"
    with rasterio.open(image, "w", driver="PNG", width=100, height=120, count=3, dtype="uint8") as raster:
        raster.write(np.zeros((3, 120, 100), dtype=np.uint8))
    site = site_with(write_raster(tmp_path / "land.tif", UTM, 1), image)
    with pytest.raises(SettingsError, match="world file is missing"):
        plan_orthophoto(site, anchor_of(site))
    image.with_suffix(".pgw").write_text("10\n0\n0\n-10\n500005\n5201195\n")  # center of the first pixel
    found = plan_orthophoto(site, anchor_of(site))
    assert found is not None
    u, v = found.place(np.array([0.0, 100.0]), np.array([0.0, 60.0]))
    np.testing.assert_allclose(u, [0.5, 0.6], atol=1e-6)
    np.testing.assert_allclose(v, [0.5, 0.55], atol=1e-6)


def test_what_cannot_be_used_is_refused(tmp_path: Path) -> None:
    model, ortho = write_raster(tmp_path / "land.tif", UTM, 1), write_raster(tmp_path / "ortho.tif", UTM, 3)
    with pytest.raises(SettingsError, match=r"ortho.tif needs site.elevation_model"):
        plan_orthophoto(site_with(model, ortho), None)
    anchor = anchor_of(site_with(model, ortho))
    elsewhere = anchor._replace(x=anchor.x + 5000)
    with pytest.raises(SettingsError, match="does not cover the site"):
        plan_orthophoto(site_with(model, ortho), elsewhere)
    with pytest.raises(SettingsError, match="No such file"):
        plan_orthophoto(site_with(model, tmp_path / "none.tif"), anchor)
    (tmp_path / "text.txt").write_text("no image")
    with pytest.raises(SettingsError, match=r"neither a GeoTIFF nor a PNG or JPEG image. Convert it with rio warp"):
        plan_orthophoto(site_with(model, tmp_path / "text.txt"), anchor)
    lambert = write_raster(tmp_path / "lambert.tif", 3035, 3)
    with pytest.raises(
        SettingsError, match=r"places can be found only in .* rio warp FILE ortho.tif --dst-crs EPSG:32"
    ):
        plan_orthophoto(site_with(model, lambert), anchor)


def test_near_infrared_is_not_taken_for_transparency(tmp_path: Path) -> None:
    model = write_raster(tmp_path / "land.tif", UTM, 1)
    anchor = anchor_of(site_with(model, ""))
    with rasterio.open(write_raster(tmp_path / "colors.tif", UTM, 3)) as raster:
        profile = raster.profile
    for bands, alpha in ((4, "YES"), (4, "NO"), (5, "NO")):
        options = {**profile, "count": bands, "photometric": "RGB", "ALPHA": alpha}
        with rasterio.open(tmp_path / "ortho.tif", "w", **options) as raster:
            raster.write(np.full((bands, SIZE[1], SIZE[0]), 100, np.uint8))
        site = site_with(model, tmp_path / "ortho.tif")
        if alpha == "YES":
            assert plan_orthophoto(site, anchor) is not None
            continue
        with pytest.raises(SettingsError, match=f"it has {bands} bands: keep those of red, green and blue"):
            plan_orthophoto(site, anchor)


def test_without_an_orthophoto_nothing_is_read(tmp_path: Path) -> None:
    assert plan_orthophoto(site_with(tmp_path / "none.tif", ""), None) is None
