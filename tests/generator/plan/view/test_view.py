# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of one site differ in camera, light and effects only."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.model import Site, View
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.settings.schema import VIEW_GROUPS, Settings, with_values

from ...planned import planned_site
from ..bytes_of import bytes_of

SMALL = with_values(
    Settings(),
    {
        "camera.width_px": 800,
        "camera.height_px": 600,
        "site.size_m": 120,
        "light.weather": ["clear", "cloud_shadows"],
        "effects.distortion": [-0.1, 0.1],
    },
)


@pytest.fixture(scope="module")
def small() -> Site:
    return planned_site(SMALL, 9)


@pytest.fixture(scope="module")
def views(small: Site) -> list[View]:
    return [plan_view(small, SMALL, number) for number in range(4)]


def of_view(view: View) -> dict[str, bytes]:
    return {
        field.name: b"".join(bytes_of(getattr(view, field.name)).values())
        for field in dataclasses.fields(view)
        if field.name != "site"
    }


def test_a_view_does_not_depend_on_other_views(small: Site, views: list[View]) -> None:
    before = bytes_of(small)
    assert of_view(plan_view(plan_site(SMALL, 9), SMALL, 3)) == of_view(views[3])
    assert bytes_of(small) == before


def test_views_have_their_own_camera_light_and_effects(views: list[View]) -> None:
    assert [view.index for view in views] == [0, 1, 2, 3]
    for value in ("camera.altitude_agl_m", "light.time_h", "effects.noise", "effects.distortion"):
        group, name = value.split(".")
        assert len({getattr(getattr(view.settings, group), name).value for view in views}) == 4
    assert len({tuple(view.camera.position) for view in views}) == 4
    assert len({view.sun.azimuth_deg for view in views}) == 4


def test_views_share_all_values_drawn_for_the_site(small: Site, views: list[View]) -> None:
    def of_site(settings: Settings) -> dict[str, Any]:
        return {name: value for name, value in vars(settings).items() if name not in VIEW_GROUPS}

    assert all(view.site is small for view in views)
    assert all(of_site(view.settings) == of_site(views[0].settings) for view in views)
    for group in ("site", "array", "module", "equipment", "surroundings"):
        assert getattr(small.settings, group) == getattr(views[0].settings, group)


def test_two_views_share_the_places_of_vegetation(small: Site) -> None:
    settings = with_values(SMALL, {"camera.altitude_agl_m": [70, 75], "camera.gimbal_pitch_deg": -90})
    first, second = (plan_view(small, settings, number).vegetation for number in range(2))
    ours, theirs = ({tuple(place) for place in vegetation.position.round(6)} for vegetation in (first, second))
    assert ours != theirs
    assert len(ours & theirs) > 100


def test_a_sun_below_the_horizon_is_refused(small: Site) -> None:
    with pytest.raises(SettingsError, match="puts the sun at"):
        plan_view(small, with_values(SMALL, {"light.time_h": 23}), 0)


def test_vegetation_keeps_off_roads_and_equipment(small: Site, views: list[View]) -> None:
    x, y = views[0].vegetation.position[:, :2].T
    assert small.roads.distance(x, y).min() > 0
    for middle_x, middle_y, radius in np.concatenate([small.equipment.circles, small.surroundings.circles]):
        assert np.hypot(x - middle_x, y - middle_y).min() > radius
