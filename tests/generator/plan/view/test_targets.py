# SPDX-License-Identifier: GPL-3.0-or-later
"""The drone flies to what stands: modules on a finished site, piles and modules on one under construction."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.domain.projection import Camera
from solar_site_addon.generator.domain.random_streams import ViewSeed
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.view.camera import plan_camera, visible_targets
from solar_site_addon.generator.plan.view.targets import targets_of
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site


def settings(progress: float) -> Settings:
    return with_values(Settings(), {"site.size_m": 120.0, "array.progress": progress, "array.piles": "phc"})


def site(progress: float) -> Site:
    return array_site(settings(progress), 4)


def first_camera(plan: Site, progress: float, aim: str = "built") -> Camera:
    drawn = draw_settings(settings(progress), plan.seed)
    return plan_camera(drawn, plan.terrain, plan.tables, targets_of(plan, aim), ViewSeed(plan.seed))


def test_the_targets_of_a_complete_site_are_its_modules() -> None:
    assert targets_of(site(1.0), "built") is site(1.0).modules


@pytest.mark.parametrize("progress", [0.15, 0.6])
def test_the_drone_sees_piles_of_unfinished_tables(progress: float) -> None:
    plan = site(progress)
    targets = targets_of(plan, "built")
    unfinished = plan.tables.stage[plan.piles.table] < Stage.COMPLETE
    assert len(targets.table) == len(plan.modules) + (plan.piles.standing & unfinished).sum()
    assert visible_targets(first_camera(plan, progress), plan.terrain, targets) >= 20


def test_a_cleared_site_can_be_viewed() -> None:
    plan = site(0.0)
    assert len(targets_of(plan, "built").table) == len(plan.tables)
    assert first_camera(plan, 0.0).altitude_agl_m > 0


def test_a_drone_that_flies_to_what_is_planned_hovers_at_the_same_place_at_any_progress() -> None:
    first, *others = (first_camera(site(progress), progress, "planned") for progress in (0.0, 0.15, 0.6, 1.0))
    for camera in others:
        np.testing.assert_array_equal(camera.world_to_camera, first.world_to_camera)
