# SPDX-License-Identifier: GPL-3.0-or-later
"""The preset construction_survey gives piles as large and as many per image as real survey flights.

The reference is a set of 31 nadir images of 5280 x 3956 pixels with 14 to 768 annotated piles each, 323 on average, in
boxes of 35 x 38 pixels on average, from 12 to 112.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.objects import first_pile_number, objects_of
from solar_site_addon.generator.plan.view.camera import plan_camera
from solar_site_addon.generator.plan.view.targets import targets_of
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings

from ..planned import array_site

pytestmark = pytest.mark.slow
SURVEY = with_preset(Settings(), "construction_survey")
SITES, VIEWS = 3, 6


class Flight(NamedTuple):
    """What the views of all sites see."""

    boxes_px: np.ndarray
    """(N, 2) widths and heights of the boxes around piles that nothing covers."""
    counts: list[int]
    """Their number in each view."""


def boxes_in_view(site: Site, view: int) -> np.ndarray:
    """Return the width and height (N, 2) of the projected piles that lie in the image and below no module."""
    drawn = draw_settings(SURVEY, site.seed, view)
    targets = targets_of(site, drawn.camera.aim)
    camera = plan_camera(drawn, site.terrain, site.tables, targets, ViewSeed(site.seed, view))
    assert (camera.width_px, camera.height_px) == (5280, 3956)
    assert camera.gimbal_pitch_deg == -90
    objects = objects_of(site)
    first = first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)
    shown = np.flatnonzero(site.piles.standing & (site.tables.stage < Stage.PARTLY_MOUNTED)[site.piles.table])
    corners = objects.box_corners[first - 1 - len(objects.flat_corners) :][shown]
    assert camera.lens is None  # so the corners bound the whole box
    pixels, _ = camera.project(corners)
    low, high = pixels.min(axis=1), pixels.max(axis=1)
    inside = (low >= 0).all(axis=1) & (high <= [camera.width_px, camera.height_px]).all(axis=1)
    return (high - low)[inside]


@pytest.fixture(scope="module")
def flight() -> Flight:
    views = [
        boxes_in_view(site, view)
        for site in (array_site(SURVEY, seed) for seed in range(SITES))
        for view in range(VIEWS)
    ]
    return Flight(np.concatenate(views), [len(boxes) for boxes in views])


def test_boxes_are_as_large_as_in_real_images(flight: Flight) -> None:
    assert flight.boxes_px.mean() == pytest.approx(36.5, rel=0.2)
    low, high = np.quantile(flight.boxes_px, [0.01, 0.99])
    assert 10 < low < 25
    assert 60 < high < 130


def test_there_are_as_many_piles_as_in_real_images(flight: Flight) -> None:
    assert np.mean(flight.counts) == pytest.approx(323, rel=0.2)
    assert min(flight.counts) >= 10
    assert 600 < max(flight.counts) <= 1000
    assert max(flight.counts) > 5 * min(flight.counts)
