# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows do not shade each other at the design sun, by rays over the edges of two tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from solar_site_addon.generator.plan.array.layout import SHIFT_ERROR_M, YAW_ERROR_DEG
from solar_site_addon.generator.plan.array.regions import whole_site
from solar_site_addon.generator.plan.array.rows import row_pitch, table_places
from solar_site_addon.generator.plan.terrain.topography import survey
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.schema import Settings

from ...hand_made import Shape, a_type, drawn, land, plane

SLANT_M = 4.6


def sun_over_the_rim(pitch_m: float, tilt_deg: float, rise: float) -> float:
    """Elevation in degrees at which the front table's upper edge is seen from the next one's lower edge.

    Both stand equally high above ground that rises by ``rise`` from the one to the other.
    """
    tilt = math.radians(tilt_deg)
    rim = SLANT_M * math.cos(tilt), SLANT_M * math.sin(tilt)
    edge = pitch_m, rise * pitch_m
    return math.degrees(math.atan2(rim[1] - edge[1], edge[0] - rim[0]))


@given(st.floats(5, 40), st.floats(10, 50), st.floats(-0.3, 0.5))
def test_the_sun_at_its_design_elevation_reaches_the_lower_edge_of_the_next_row(
    tilt: float, sun: float, rise: float
) -> None:
    tangent = math.tan(math.radians(sun))
    assume(rise > -0.55 * tangent)  # ground that falls away more is not built on
    pitch = float(row_pitch(SLANT_M, tilt, sun, np.array(rise)))
    assert sun_over_the_rim(pitch, tilt, rise) <= sun + 1e-6
    # There is room to pass, and no more ground is left than one of the two needs.
    gap = pitch - SLANT_M * math.cos(math.radians(tilt))
    assert gap >= 1.5 - 1e-9
    assert gap == pytest.approx(1.5) or sun_over_the_rim(pitch, tilt, rise) == pytest.approx(sun, abs=1e-6)


def test_rows_stand_closer_where_the_ground_rises_and_apart_for_what_is_uneven() -> None:
    rises = np.array([-0.1, 0.0, 0.1, 0.2])
    assert (np.diff(row_pitch(SLANT_M, 25.0, 20.0, rises)) < 0).all()
    assert (row_pitch(SLANT_M, 25.0, 20.0, rises, 0.2) > row_pitch(SLANT_M, 25.0, 20.0, rises)).all()
    # The rim 0.2 m higher on level ground: 0.2 / tan 20 farther.
    level, uneven = (float(row_pitch(SLANT_M, 25.0, 20.0, np.array(0.0), bump)) for bump in (0.0, 0.2))
    assert uneven - level == pytest.approx(0.2 / math.tan(math.radians(20)))


def places_on(shape: Shape, **values: object):
    settings = drawn(site__size_m=200.0, array__design_sun_elevation_deg=20.0, **values)
    made_as = a_type(**values)
    (region,) = whole_site(settings, (made_as,), 1)
    ground = survey(land(shape, half_m=180.0, spacing_m=2.0))
    return region, settings, made_as.size(region.columns), table_places(region, ground, settings)


@pytest.mark.parametrize("rise", [0.0, 0.15, -0.1])
def test_on_an_even_slope_tables_stand_in_straight_rows_that_keep_out_of_the_shade(rise: float) -> None:
    region, _, (width, slant), places = places_on(plane(0.0, rise), array__tilt_deg=25.0)
    u, v = (places.middle @ axis for axis in (region.right, region.back))
    rows = np.unique(places.row)
    assert len(rows) > 10
    middles = []
    for row in rows:
        own = places.row == row
        assert np.ptp(v[own]) < 1.1  # places are looked up meter by meter
        middles.append(v[own].mean())
        gaps = np.diff(np.sort(u[own]))
        assert gaps.min() > width
    steps = np.diff(middles)
    tilt = float(places.tilt_deg[0])
    scale = slant / SLANT_M  # the rays above are over tables of another depth
    assert max(sun_over_the_rim(step / scale, tilt, rise) for step in steps) < 20 + 1e-6
    np.testing.assert_allclose(places.tilt_deg, region.tilt_deg)
    np.testing.assert_allclose(places.azimuth_deg, 180.0, atol=1e-6)


def test_tables_that_lie_as_the_ground_does_have_its_slope() -> None:
    *_, places = places_on(plane(0.0, math.tan(math.radians(18))), array__tilt_mode="slope")
    np.testing.assert_allclose(places.tilt_deg, 18.0, atol=1e-6)
    *_, level = places_on(plane(), array__tilt_mode="slope")
    assert level.tilt_deg.min() >= 5.0  # rain must run off


def test_rows_follow_the_contours_of_a_dome_as_far_as_asked() -> None:
    def ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 0.2 * y - 0.001 * x * x

    for following in (0.0, 1.0):
        _, settings, _, places = places_on(ridge, array__contour_following=following, array__azimuth_spread_deg=25.0)
        turned = places.azimuth_deg - 180.0
        assert np.abs(turned).max() <= settings.array.azimuth_spread_deg + 1e-6
        if following == 0:
            assert np.abs(turned).max() < 1e-6
            continue
        east = places.middle[:, 0] > 40
        west = places.middle[:, 0] < -40
        # In the east the ground falls to the south-east, so tables turn to the east: to smaller azimuths.
        assert turned[east].mean() < -3
        assert turned[west].mean() > 3


def ridges(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 0.15 * y + 2.0 * np.sin(x / 35) + 1.5 * np.cos((x + y) / 50)


@pytest.mark.parametrize("following", [0.0, 0.8])
def test_tables_in_line_stand_in_straight_rows_at_equal_distances_along_their_whole_length(following: float) -> None:
    region, _, _, places = places_on(ridges, array__contour_following=following, array__tables_in_line=3)
    u, v = (places.middle @ axis for axis in (region.right, region.back))
    group, directions = places.column // 3, []
    for number in range(group.max() + 1):
        own = group == number
        (azimuth,) = np.unique(places.azimuth_deg[own])
        # Distance of the middle of each table behind the line through the group's middle that its tables face.
        behind = v[own] - np.tan(np.radians(region.azimuth_deg - azimuth)) * u[own]
        for row in np.unique(places.row[own]):
            assert np.ptp(behind[places.row[own] == row]) < 1e-3
        directions.append(azimuth)
    assert len(directions) > 3
    assert (np.ptp(directions) > 3) == (following > 0)


def test_tables_in_line_are_as_many_as_others() -> None:
    counts = [
        len(places_on(ridges, array__contour_following=0.8, array__tables_in_line=number)[3].row) for number in (1, 5)
    ]
    assert counts[1] == pytest.approx(counts[0], rel=0.03)


@pytest.mark.parametrize("preset", ["red_hills_construction", "loess_construction", "construction_survey"])
def test_rows_of_piles_on_building_sites_are_within_20_cm_of_their_planned_distance(preset: str) -> None:
    array = with_preset(Settings(), preset).array
    assert array.tables_in_line.low > 1
    misalignment = array.misalignment.high
    # Outermost piles of the median table, from its middle: the longest tables are a little worse.
    half_m = 7.0
    of_one_table = misalignment * (SHIFT_ERROR_M + half_m * math.sin(math.radians(YAW_ERROR_DEG)))
    assert 2 * of_one_table < 0.2
