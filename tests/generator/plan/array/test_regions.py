# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions share the site without overlap, on ground fit for tables, and face the sun."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.regions import (
    Region,
    equator_azimuth_deg,
    separate_hillsides,
    suitable_ground,
    whole_site,
)
from solar_site_addon.generator.plan.terrain.topography import Topography, survey
from solar_site_addon.generator.settings.drawn import DrawnSettings

from ...hand_made import Shape, a_type, drawn, land, plane

SITE_M = 200.0
GRID = np.stack(np.meshgrid(np.arange(-120, 121, 2.0), np.arange(-120, 121, 2.0)), axis=-1)
HALF_GAP_M = 5.0
"""Half the free ground that is promised between clusters."""


def rolling(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Gentle hills."""
    return 3 * np.sin(x / 40) + 3 * np.cos(y / 50)


def map_of(shape: Shape) -> Topography:
    return survey(land(shape, half_m=180.0, spacing_m=2.0))


def settings(**values: Any) -> DrawnSettings:
    return drawn(site__size_m=SITE_M, **values)


def clusters(shape: Shape = rolling, seed: int = 1, **values: Any) -> list[Region]:
    wanted = settings(array__use_clusters=True, **values)
    return separate_hillsides(wanted, (a_type(),), map_of(shape), seed)


def rim(mask: np.ndarray) -> np.ndarray:
    """(N, 2) points of the grid in ``mask`` with a neighbour outside it."""
    around = np.pad(mask, 1)
    inner = around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
    return GRID[mask & ~inner]


def distance_between(one: np.ndarray, other: np.ndarray) -> float:
    """Least distance between the points of the grid in two masks that have none in common."""
    return float(np.linalg.norm(rim(one)[:, None] - rim(other), axis=2).min())


def test_one_field_fills_the_site_but_for_its_corners() -> None:
    (field,) = whole_site(settings(), (a_type(),), 3)
    inside = field.contains(GRID)
    assert not inside[(np.abs(GRID) > SITE_M / 2).any(axis=-1)].any()
    assert inside[np.hypot(*GRID.transpose(2, 0, 1)) < 0.4 * SITE_M].all()
    corners = (np.abs(GRID) > 0.45 * SITE_M).all(axis=-1)
    assert inside[corners].mean() < 0.5
    assert (field.azimuth_deg, field.tilt_deg) == (180.0, pytest.approx(field.tilt_deg))


@pytest.mark.parametrize(("latitude", "azimuth"), [(47.0, 180.0), (-30.0, 0.0)])
def test_tables_face_the_equator(latitude: float, azimuth: float) -> None:
    assert equator_azimuth_deg(latitude) == azimuth
    (field,) = whole_site(settings(light__latitude_deg=latitude), (a_type(),), 1)
    assert field.azimuth_deg == azimuth
    facing = np.array([math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))])
    np.testing.assert_allclose(field.back, -facing, atol=1e-12)
    # Whoever looks at the tables from in front looks along ``back``; the right is a quarter turn clockwise from it.
    np.testing.assert_allclose(field.right, [field.back[1], -field.back[0]], atol=1e-12)


@pytest.mark.parametrize("share", [0.2, 0.5])
@pytest.mark.parametrize("seed", range(4))
def test_an_extension_takes_its_share_beyond_a_free_strip(share: float, seed: int) -> None:
    types = a_type(), a_type(array__table_type="3L")
    first, later = whole_site(settings(array__extension_share=share), types, seed)
    old, new = first.contains(GRID), later.contains(GRID)
    assert not (old & new).any()
    assert (first.table_type, later.table_type) == types
    assert distance_between(old, new) >= 2 * HALF_GAP_M
    # Where nothing is cut off, the border lies as far into the square as the share says.
    (alone,) = whole_site(settings(), types[:1], seed)
    everything = alone.contains(GRID)
    assert new.sum() / everything.sum() == pytest.approx(share, abs=0.1)
    assert (everything >= (old | new)).all()


@pytest.mark.parametrize("seed", range(5))
def test_clusters_are_disjoint_with_the_gap_between(seed: int) -> None:
    found = clusters(seed=seed, array__num_clusters=5, array__cluster_radius_m=45)
    assert len(found) > 2
    inside = [region.contains(GRID) for region in found]
    for one, other in combinations(inside, 2):
        assert not (one & other).any()
        if one.any() and other.any():
            assert distance_between(one, other) >= 2 * HALF_GAP_M - 1e-6
    for region, mask in zip(found, inside, strict=True):
        assert mask.sum() * 4 > 0.25 * math.pi * region.radius_m**2
        offset = GRID[mask] - region.centre
        assert np.linalg.norm(offset, axis=1).max() <= region.reach_m


def test_clusters_are_as_many_and_as_large_as_drawn_where_there_is_room() -> None:
    found = clusters(plane(), array__num_clusters=3, array__cluster_radius_m=25)
    assert len(found) == 3
    for region in found:
        assert region.radius_m == pytest.approx(25)
        area = region.contains(GRID).sum() * 4
        cut = (np.abs(region.centre) > SITE_M / 2 - 30).any()
        assert cut or area == pytest.approx(math.pi * 25**2, rel=0.25)  # waves on the outline take and give


def test_clusters_lie_on_good_ground() -> None:
    def half_steep(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1.2 * np.maximum(x, 0.0)

    for seed in range(4):
        for region in clusters(half_steep, seed, array__num_clusters=1, array__cluster_radius_m=30):
            assert region.centre[0] < 20


def test_clusters_turn_to_the_slope_within_the_spread() -> None:
    spread = 25.0
    for towards, sign in ((plane(-0.2, 0.2), -1), (plane(0.2, 0.2), 1), (plane(0.0, 0.2), 0)):
        # The first slope falls to the south-east, azimuth 135.
        (region,) = clusters(
            towards, array__num_clusters=1, array__azimuth_spread_deg=spread, array__cluster_radius_m=40
        )
        turned = region.azimuth_deg - 180.0
        assert abs(turned) <= spread
        assert np.sign(round(turned, 6)) == sign
    (level,) = clusters(plane(0.0005, 0.0), array__num_clusters=1, array__azimuth_spread_deg=spread)
    assert abs(level.azimuth_deg - 180) < 1


@pytest.mark.parametrize(
    ("rise_x", "rise_y", "fit"),
    [
        (0.0, 0.0, True),
        (0.0, 0.2, True),
        (0.3, 0.0, True),
        (0.0, -0.35, False),  # falls away from the sun
        (0.9, 0.0, False),  # 42 degrees
        (0.0, 0.9, False),
    ],
)
def test_ground_is_fit_by_slope_and_sun(rise_x: float, rise_y: float, fit: bool) -> None:
    ground = suitable_ground(
        map_of(plane(rise_x, rise_y)),
        settings(array__design_sun_elevation_deg=20.0, array__max_slope_deg=30.0),
        180.0,
    )
    middle = ground[60:-60, 60:-60]
    assert (middle == fit).all()


def test_gullies_are_left_free() -> None:
    def cut(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return -np.maximum(6.0 - np.abs(x) / 3.0, 0.0)

    ground = suitable_ground(map_of(cut), settings(array__max_slope_deg=45.0), 180.0)
    assert not ground[60:-60, 88:93].any()
    assert ground[60:-60, 60:75].all()


def test_the_share_of_tables_of_one_string_is_that_of_the_setting() -> None:
    def columns(share: float) -> list[int]:
        wanted = settings(array__one_string_share=share, array__table_columns=[10, 20])
        return [whole_site(wanted, (a_type(),), seed)[0].columns for seed in range(300)]

    half, none, all_of_them = columns(0.5), columns(0.0), columns(1.0)
    assert set(all_of_them) == {13, 14}
    assert set(half) == set(none) == set(range(10, 21))
    assert np.isin(half, [13, 14]).mean() == pytest.approx(0.5 + 0.5 * 2 / 11, abs=0.08)
