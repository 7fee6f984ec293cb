# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinates and lengths on the ground agree with PROJ."""

from __future__ import annotations

import math

import pyproj
import pytest

from solar_site_addon.generator.domain.errors import UnsupportedElevationError
from solar_site_addon.generator.plan.terrain.elevation.crs import (
    Crs,
    crs_of_wkt,
    map_of,
    meters_per_degree,
    unit_m,
    utm,
)
from solar_site_addon.generator.plan.terrain.elevation.epsg_units import angle_deg, projected_unit_m, vertical_unit_m

OF_SPHERE = {3395: 1e-2} | ({4087: 1.2e-2} if pyproj.__proj_version__ >= "9.8" else {})
"""Relative errors of maps that are read as those of a sphere; PROJ itself read 4087 so before 9.8."""
PLACES = [(13.05, 47.32), (-108.2, 38.9), (149.1, -35.3), (5.4, 60.4)]


@pytest.mark.parametrize(("longitude", "latitude"), PLACES)
def test_utm_coordinates_are_those_of_proj(longitude: float, latitude: float) -> None:
    zone = int((longitude + 180) // 6) + 1
    for neighbor in (zone, zone % 60 + 1):
        code = (32600 if latitude > 0 else 32700) + neighbor
        wanted = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform(longitude, latitude)
        assert utm(longitude, latitude, neighbor, northern=latitude > 0) == pytest.approx(wanted, abs=0.01)
        assert Crs(code=code).located(longitude, latitude) == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [(25832, 10.2, 48.1), (26913, -105, 40), (6341, -105, 40), (3857, 13.05, 47.32), (4326, 13.05, 47.32)],
)
def test_places_are_found_in_common_systems(code: int, longitude: float, latitude: float) -> None:
    crs = crs_of_wkt(pyproj.CRS(code).to_wkt("WKT1_GDAL"))
    wanted = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform(longitude, latitude)
    assert crs.located(longitude, latitude) == pytest.approx(wanted, abs=1e-6 if code == 4326 else 2.0)


def test_places_in_other_systems_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedElevationError, match="EPSG:3794"):
        crs_of_wkt(pyproj.CRS(3794).to_wkt("WKT1_GDAL")).located(15, 46)


@pytest.mark.parametrize("latitude", [-60, 0, 30, 47.3, 70])
@pytest.mark.parametrize("code", [4326, 3857, 3395, 4087])
def test_lengths_on_the_ground_are_those_of_the_ellipsoid(code: int, latitude: float) -> None:
    """A step of the map is as long as PROJ's geodesic between its ends."""
    geod, back = pyproj.Geod(ellps="WGS84"), pyproj.Transformer.from_crs(code, 4326, always_xy=True)
    x, y = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform(10.0, latitude)
    step = 1e-4 if code == 4326 else 10.0
    crs = crs_of_wkt(pyproj.CRS(code).to_wkt("WKT1_GDAL"))
    for (dx, dy), length in zip(((step, 0), (0, step)), crs.ground_m(y), strict=True):
        ends = back.transform([x - dx / 2, x + dx / 2], [y - dy / 2, y + dy / 2])
        wanted = geod.inv(ends[0][0], ends[1][0], ends[0][1], ends[1][1])[2]
        assert step * length == pytest.approx(wanted, rel=OF_SPHERE.get(code, 1e-3))


def test_degrees_are_as_long_as_geodetic_tables_say() -> None:
    assert meters_per_degree(0.0) == pytest.approx((111_320, 110_574), abs=1)
    assert meters_per_degree(45.0) == pytest.approx((78_847, 111_132), abs=1)


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_well_known_text_tells_code_unit_and_vertical_unit(version: str) -> None:
    assert crs_of_wkt(pyproj.CRS(4326).to_wkt(version)).geographic
    assert crs_of_wkt(pyproj.CRS(32633).to_wkt(version)).located(15, 0) == pytest.approx((5e5, 0))
    assert crs_of_wkt(pyproj.CRS(2263).to_wkt(version)).unit == pytest.approx(1200 / 3937)
    compound = crs_of_wkt(pyproj.CRS("EPSG:26913+6360").to_wkt(version))
    assert (compound.unit, compound.height_unit_m) == pytest.approx((1.0, 1200 / 3937))


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_places_are_not_sought_where_longitudes_begin_elsewhere(version: str) -> None:
    for code in (4807, 4806):
        with pytest.raises(UnsupportedElevationError, match="not counted from Greenwich"):
            crs_of_wkt(pyproj.CRS(code).to_wkt(version)).located(10, 45)


@pytest.mark.parametrize("code", [3857, 3395])
@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_mercator_is_known_by_its_name(code: int, version: str) -> None:
    assert crs_of_wkt(pyproj.CRS(code).to_wkt(version)).projection == "mercator"


@pytest.mark.parametrize("code", ["ESRI:54009", "ESRI:54008", "EPSG:3413", "EPSG:6933"])
@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL"])
def test_world_maps_are_refused(code: str, version: str) -> None:
    with pytest.raises(UnsupportedElevationError, match="neither lengths"):
        crs_of_wkt(pyproj.CRS(code).to_wkt(version))


@pytest.mark.parametrize("code", [2056, 2154, 27700, 28992, 31370, 3794, 2180, 5514, 2193, 3035, 32632])
def test_national_grids_are_taken_as_they_are(code: int) -> None:
    crs = pyproj.CRS(code)
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    assert map_of(code, method) == ""
    assert crs_of_wkt(crs.to_wkt("WKT1_ESRI")).ground_m(5e6) == pytest.approx((1.0, 1.0))


def test_units_of_coordinate_systems_are_those_of_the_database() -> None:
    codes = [2225, 2231, 2256, 2868, 3359, 3361, 6449, 7645, 8140, 26771, 32001, 22300, 2066, 5472, 24382, 29381, 3857]
    for code in (*codes, *range(2222, 2290), 32632, 2056):
        unit = pyproj.CRS.from_epsg(code).axis_info[0].unit_conversion_factor
        assert projected_unit_m(code) == pytest.approx(unit, rel=1e-9), code
    for code in (5703, 6360, 8228, 5702, 5754, 8052, 6130, 5773):
        assert vertical_unit_m(code) == pytest.approx(pyproj.CRS.from_epsg(code).axis_info[0].unit_conversion_factor)
    for code in (4326, 4807, 4810, 4811, 4901, 4269):
        degree = math.radians(1)
        assert angle_deg(code) == pytest.approx(pyproj.CRS.from_epsg(code).axis_info[0].unit_conversion_factor / degree)


def test_units_are_known_by_many_names() -> None:
    for words in ("US survey foot", "Foot_US", "ftUS", "us-ft"):
        assert unit_m(words) == pytest.approx(1200 / 3937)
    for words in ("foot", "ft", "Feet", "International Foot"):
        assert unit_m(words) == 0.3048
    for words in ("m", "metre", "Meter", "meters"):
        assert unit_m(words) == 1.0
    assert unit_m("furlong") is None
