# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground's material has the attributes of the roads."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.plan.model import Site  # noqa: E402
from solar_site_addon.generator.plan.site import plan_site  # noqa: E402
from solar_site_addon.generator.scene.ground import build_ground  # noqa: E402
from solar_site_addon.generator.scene.ground_look import SOILS  # noqa: E402
from solar_site_addon.generator.scene.ownership import remove_owned  # noqa: E402
from solar_site_addon.generator.scene.roads import ALONG, EDGE, far_strip, ground_attributes, road_look  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, iter_settings, with_values  # noqa: E402

pytestmark = pytest.mark.bpy
SURFACES = next(setting for setting in iter_settings(Settings) if setting.name == "site.road_surface").spec.choices


@pytest.fixture(scope="module")
def land() -> Site:
    return plan_site(with_values(Settings(), {"site.size_m": 150, "site.road_growth": 0.5}), 9)


def test_attributes_hold_the_distance_along_the_road_and_from_its_edge(land):
    roads, terrain = land.roads, land.terrain
    values = ground_attributes(roads, terrain)
    course = roads.points[roads.road == 0][:, :2]
    share = np.arange(0, len(course) - 1, 0.05)  # one point every 10 cm
    course = np.stack([np.interp(share, np.arange(len(course)), course[:, axis]) for axis in (0, 1)], axis=1)
    passed = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(course, axis=0), axis=1))])
    x, y = np.meshgrid(terrain.x, terrain.y)
    fine = np.maximum(np.abs(x), np.abs(y)) <= terrain.fine_half_m
    alone = (roads.strip.distance < 3) & (roads.strip.other > 20) & (roads.road[roads.strip.segment] == 0)
    vertices = np.argwhere(fine & alone)[::7]
    assert len(vertices) > 20
    for row, column in vertices:
        place = np.array([terrain.x[column], terrain.y[row]])
        nearest = int(np.argmin(np.linalg.norm(course - place, axis=1)))
        assert values[ALONG][row, column] == pytest.approx(passed[nearest], abs=0.2)
        least = np.linalg.norm(course - place, axis=1).min()
        assert values[EDGE][row, column] == pytest.approx(least - roads.width_m / 2, abs=0.1)


def test_the_strip_to_the_horizon_has_all_attributes_of_the_ground(land):
    strip, ground = far_strip(land.roads, land.terrain), ground_attributes(land.roads, land.terrain)
    assert set(strip.values) == set(ground)
    assert {len(values) for values in strip.values.values()} == {len(strip.vertices)}


def test_the_strip_has_the_ground_cover_of_its_surroundings():
    settings = with_values(Settings(), {"site.size_m": 150, "site.snow": 0.9, "site.greenness": 0.6})
    land = plan_site(settings, 9)
    mesh = build_ground(land.terrain, land.ground, land.roads, "brown", "grey").surface.data
    try:
        for name, planned in (("snow", land.ground.snow), ("grass", land.ground.grass), ("light", land.ground.light)):
            values = np.empty(len(mesh.vertices), dtype=np.float32)
            mesh.attributes[name].data.foreach_get("value", values)
            on_strip = values[planned.size :]
            places = far_strip(land.roads, land.terrain).vertices
            assert len(on_strip) == len(places) > 10
            beside = [
                planned[np.argmin(np.abs(land.terrain.y - y)), np.argmin(np.abs(land.terrain.x - x))]
                for x, y, _ in places
            ]
            np.testing.assert_allclose(on_strip, beside, atol=1e-6)
            assert np.ptp(on_strip) > 0
    finally:
        remove_owned()


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("soil", SOILS)
def test_every_surface_has_a_look_that_suits_the_soil(surface, soil):
    look = road_look(surface, 0.3, SOILS[soil])
    dark, light = (np.array(tone[:3]) for tone in look.tones)
    assert (dark < light).all()
    assert light.max() < 0.6
    if surface == "earth":
        of_soil = np.array(SOILS[soil][1][:3])
        assert np.argmax(light) == np.argmax(of_soil)


def test_nothing_grows_on_concrete():
    settings = with_values(Settings(), {"site.size_m": 100, "site.road_surface": "concrete", "site.road_growth": 1.0})
    assert plan_site(settings, 9).roads.growth == 0.0
