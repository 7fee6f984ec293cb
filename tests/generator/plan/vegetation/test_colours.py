# SPDX-License-Identifier: GPL-3.0-or-later
"""Vegetation has plausible colors: green when fresh, straw when dry, red and yellow in autumn."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.vegetation.colours import vegetation_colours
from solar_site_addon.generator.plan.vegetation.kinds import VegetationKind
from solar_site_addon.generator.plan.vegetation.scatter import Places

COUNT = 400


def places(seed: int = 1) -> Places:
    number = np.arange(COUNT)
    return Places(number * 1.0, number * 0.0, np.ones(COUNT), number, number % 7, seed, "test")


def colours(
    kind: VegetationKind, dry: float = 0.0, season: str = "summer", stands: np.ndarray | None = None
) -> np.ndarray:
    chosen = np.full(COUNT, kind, dtype=np.int32)
    noise = np.zeros(COUNT) if stands is None else stands
    return vegetation_colours(chosen, places(), np.full(COUNT, dry), season, noise)


@pytest.mark.parametrize("kind", VegetationKind)
@pytest.mark.parametrize("season", ["spring", "summer", "autumn", "winter"])
@pytest.mark.parametrize("dry", [0.0, 1.0])
def test_reflectances_are_those_of_dull_natural_things(kind: VegetationKind, season: str, dry: float) -> None:
    found = colours(kind, dry, season)
    assert found.shape == (COUNT, 3)
    assert found.min() > 0.005
    assert found.max() < 0.5  # only snow and paint are lighter


LEAFY = [kind for kind in VegetationKind if kind not in (VegetationKind.BARE_TREE, VegetationKind.STONE)]


@pytest.mark.parametrize("kind", LEAFY)
def test_fresh_leaves_are_green_and_dry_ones_straw(kind: VegetationKind) -> None:
    red, green, blue = colours(kind).T
    assert (green > red).all()
    assert (green > blue).all()
    red, green, blue = colours(kind, dry=1.0).T
    assert (red > green).mean() > 0.9
    assert (green > blue).all()


def test_only_broadleaved_trees_turn_in_autumn() -> None:
    stands = np.linspace(-0.7, 0.7, COUNT)
    for kind in LEAFY:
        autumn, summer = colours(kind, season="autumn", stands=stands), colours(kind, stands=stands)
        if kind is VegetationKind.BROADLEAF:
            assert (autumn[:, 0] > autumn[:, 1]).mean() > 0.3
        else:
            np.testing.assert_array_equal(autumn, summer)


def test_neighbours_of_one_stand_are_alike_and_no_two_quite_the_same() -> None:
    dark, light = (colours(VegetationKind.SHRUB, stands=np.full(COUNT, noise)) for noise in (-0.7, 0.7))
    assert dark.mean() < light.mean()
    assert dark.std(axis=0).max() < np.abs(dark.mean(axis=0) - light.mean(axis=0)).max()
    middling = colours(VegetationKind.SHRUB)
    assert len(np.unique(middling, axis=0)) > 0.95 * COUNT
    np.testing.assert_array_equal(middling, colours(VegetationKind.SHRUB))
