# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops and the trees of orchards stand only on the rows of their fields."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.plan.ground.fields import Crop
from solar_site_addon.generator.plan.ground.ground_cover import Fields
from solar_site_addon.generator.plan.vegetation.crops import plan_crops, plan_orchards
from solar_site_addon.generator.plan.vegetation.kinds import VegetationKind
from solar_site_addon.generator.plan.vegetation.planting import GrowingSite

from ...hand_made import drawn, land, plane
from ...small_site import small_camera

GROUND = land(plane(0.0, 0.05), half_m=60.0)
ROW_M = 0.9
TURN = np.radians(20)
ACROSS = np.array([np.cos(TURN), np.sin(TURN)])


def fields(west: Crop, east: Crop, row_m: float = ROW_M) -> Fields:
    """Return two parcels with a strip of 4 m between them and a margin around them."""
    x, y = np.meshgrid(GROUND.x, GROUND.y)
    edge = np.minimum(np.minimum(np.abs(x) - 2.0, 30 - np.abs(x)), 30 - np.abs(y))
    crops = [west, east]
    return Fields(
        edge=np.clip(edge, -2.5, 2.5),
        parcel=(x > 0).astype(np.int32),
        crop=np.array(crops, dtype=np.int32),
        middle=np.array([[-15.0, 0], [15, 0]]),
        across=np.array([ACROSS, [0.0, 1.0]]),
        row_m=np.array([row_m, row_m]),
        cover=np.array([0.6, 0.6]),
        colour=np.full((2, 3), 0.1),
    )


def site(of: Fields, season: str = "summer", taken: tuple[Any, ...] = ()) -> GrowingSite:
    ground = SimpleNamespace(fields=of, snow=np.zeros_like(GROUND.heights))
    camera = small_camera((0.0, -6.0, 60.0))
    return GrowingSite(drawn(site__season=season), GROUND, None, ground, camera, taken, 1)  # type: ignore[arg-type]


def off_row(vegetation: Any, across: np.ndarray, middle: tuple[float, float], row_m: float) -> np.ndarray:
    """Return the distance (N,) of crops to the nearest row, m; ``middle`` lies on a row."""
    place = (vegetation.position[:, :2] - middle) @ across
    return np.abs(place - row_m * np.rint(place / row_m))


@pytest.mark.parametrize("crop", [Crop.SEEDLINGS, Crop.LEAFY])
def test_crops_stand_on_the_rows_of_their_own_parcel_only(crop: Crop) -> None:
    vegetation = plan_crops(site(fields(crop, Crop.PLOUGHED)))
    assert len(vegetation) > 100
    assert (vegetation.kind == VegetationKind.CROP).all()
    assert (vegetation.position[:, 0] < -1.0).all()
    assert (np.abs(vegetation.position[:, 1]) < 31).all()
    assert off_row(vegetation, ACROSS, (-15.0, 0.0), ROW_M).max() <= 0.05 + 1e-9
    np.testing.assert_allclose(vegetation.position[:, 2], GROUND.height(*vegetation.position[:, :2].T))
    assert vegetation.spread.max() < 1.5 * ROW_M
    assert (vegetation.height > 0.02).all()


@pytest.mark.parametrize("crop", [Crop.PLOUGHED, Crop.STUBBLE, Crop.RIPE_CEREAL, Crop.FILM, Crop.ORCHARD])
def test_what_is_the_grounds_own_colour_has_no_plants(crop: Crop) -> None:
    assert len(plan_crops(site(fields(crop, crop)))) == 0


def test_no_crop_stands_where_the_ground_is_taken() -> None:
    def pond(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.hypot(x + 10, y) - 6.0

    vegetation = plan_crops(site(fields(Crop.LEAFY, Crop.LEAFY), taken=(pond,)))
    # 0.5 m are left free; a plant may then move by half a row to its row.
    assert pond(*vegetation.position[:, :2].T).min() > 0.5 - ROW_M / 2 - 0.05
    assert len(vegetation) < len(plan_crops(site(fields(Crop.LEAFY, Crop.LEAFY))))


def test_trees_of_an_orchard_stand_in_a_square_lattice_with_few_gaps() -> None:
    step = 4.0
    vegetation = plan_orchards(site(fields(Crop.PLOUGHED, Crop.ORCHARD, step)))
    assert (vegetation.kind == VegetationKind.BROADLEAF).all()
    assert off_row(vegetation, np.array([0.0, 1.0]), (15.0, 0.0), step).max() < 1e-9
    assert off_row(vegetation, np.array([1.0, 0.0]), (15.0, 0.0), step).max() < 1e-9
    x, y = vegetation.position[:, 0], vegetation.position[:, 1]
    assert x.min() > 2
    places = len(np.unique(x)) * len(np.unique(y))
    assert 0.85 * places < len(vegetation) < places  # one in twenty is empty
    assert (vegetation.spread < 1.2 * step).all()
    assert np.ptp(vegetation.height) < vegetation.height.max() * 0.6  # of one age


def test_orchards_are_bare_in_winter_and_of_the_same_trees() -> None:
    summer, winter = (
        plan_orchards(site(fields(Crop.ORCHARD, Crop.PLOUGHED, 4.0), season)) for season in ("summer", "winter")
    )
    assert (winter.kind == VegetationKind.BARE_TREE).all()
    np.testing.assert_array_equal(summer.position, winter.position)
    np.testing.assert_array_equal(summer.height, winter.height)
