# SPDX-License-Identifier: GPL-3.0-or-later
"""Places lie in the camera's view, have the requested density and belong to the site."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solar_site_addon.generator.domain.projection import Camera
from solar_site_addon.generator.plan.terrain.terrain import Terrain
from solar_site_addon.generator.plan.vegetation.scatter import Places, Spread, spread_places

from ...hand_made import land, plane
from ...small_site import small_camera

GROUND = land(plane(0.05, 0.1), half_m=300.0, spacing_m=10.0)
SPREAD = Spread(finest_m=1.0, across_image=100.0, reach_m=120.0, margin_m=0.0)
PIXEL_RAD = 1 / 120


def camera(pitch_deg: float = -75.0, height_m: float = 40.0, x: float = 0.0) -> Camera:
    return small_camera((x, -6.0, height_m + float(GROUND.height(x, -6.0))), pitch_deg)


def scattered(
    own: Camera | None = None,
    spread: Spread = SPREAD,
    *,
    angle: float = 1e-9,
    seed: int = 1,
    subject: str = "test/one",
    ground: Terrain = GROUND,
) -> Places:
    return spread_places(own or camera(), ground, spread, angle=angle, seed=seed, subject=subject)


def points(places: Places) -> np.ndarray:
    return np.stack([places.x, places.y, GROUND.height(places.x, places.y)], axis=-1)


def keys(places: Places) -> set[tuple[float, float]]:
    return set(zip(places.x.round(9).tolist(), places.y.round(9).tolist(), strict=True))


def test_near_the_camera_there_is_one_place_for_each_square_of_the_finest_spacing() -> None:
    places = scattered()
    pixels, _ = camera().project(points(places))
    inside = ((pixels >= 0) & (pixels <= [160, 120])).all(axis=1)
    corners = np.array([[0.0, 0], [160, 0], [160, 120], [0, 120]])
    # The footprint of the image, from rays through its corners to the even slope.
    own = camera()
    rays = np.column_stack([corners - [80, 60], np.full(4, 120.0)]) @ own.world_to_camera[:3, :3]
    normal = np.array([-0.05, -0.1, 1.0])
    hit = own.position - rays * ((own.position @ normal) / (rays @ normal))[:, None]
    x, y = hit[:, 0], hit[:, 1]
    area = abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
    assert inside.sum() == pytest.approx(area, rel=0.05)
    np.testing.assert_allclose(places.spacing_m, 1.0)


def test_places_lie_each_in_a_square_of_its_own() -> None:
    places = scattered()
    squares = np.floor(np.stack([places.x, places.y], axis=1)).astype(int)
    assert len(np.unique(squares, axis=0)) == len(places)
    inside = np.stack([places.x, places.y], axis=1) - squares
    assert inside.min() > 0.05
    assert inside.max() < 0.95
    assert np.histogram(inside[:, 0], 9, (0.05, 0.95))[0].min() > 0.08 * len(places)


def test_nothing_is_outside_the_image_and_its_margin() -> None:
    bare, wide = scattered(), scattered(spread=SPREAD._replace(margin_m=10.0))
    own = camera()
    for places, margin in ((bare, 0.0), (wide, 10.0)):
        pixels, depth = own.project(points(places))
        beyond = np.maximum(-pixels, pixels - [160, 120]).max(axis=1)
        # Lenses distort, so a tenth of the image may be visible beyond its edges. A meter is focal length / depth
        # pixels, and up to twice that at an oblique angle.
        assert (beyond < 0.1 * 80 + 2 * margin * own.focal_px / depth).all()
    assert keys(bare) < keys(wide)


def test_nothing_lies_beyond_the_reach() -> None:
    oblique = camera(pitch_deg=-25.0, height_m=15.0)
    away = np.linalg.norm(points(scattered(oblique)) - oblique.position, axis=1)
    assert 110 < away.max() <= 120


def test_far_places_are_as_far_apart_as_the_angle_says() -> None:
    oblique = camera(pitch_deg=-25.0, height_m=15.0)
    far = SPREAD._replace(finest_m=0.5, reach_m=280.0)
    places = scattered(oblique, far, angle=2 * PIXEL_RAD)
    away = np.linalg.norm(points(places) - oblique.position, axis=1)
    np.testing.assert_allclose(places.spacing_m, np.maximum(away * 2 * PIXEL_RAD, 0.5))
    full = scattered(oblique, far)
    from_full = np.linalg.norm(points(full) - oblique.position, axis=1)
    for near, beyond in ((40, 80), (80, 140), (140, 220)):
        count, dense = (((d > near) & (d < beyond)).sum() for d in (away, from_full))
        share = np.mean((0.5 / (from_full[(from_full > near) & (from_full < beyond)] * 2 * PIXEL_RAD)) ** 2)
        assert count / dense == pytest.approx(share, rel=0.15)


def test_another_camera_sees_the_same_places() -> None:
    here, beside = scattered(), scattered(camera(x=12.0))
    common = keys(here) & keys(beside)
    assert len(common) > 0.4 * len(here)
    pixels, _ = camera(x=12.0).project(points(here))
    well_inside = ((pixels > 0) & (pixels < [160, 120])).all(axis=1)
    assert keys(here.chosen(well_inside)) <= keys(beside)


def test_numbers_go_with_the_places_and_differ_by_name_subject_and_seed() -> None:
    here, beside = scattered(), scattered(camera(x=12.0))
    own, other = (
        dict(
            zip(zip(p.x.round(9).tolist(), p.y.round(9).tolist(), strict=True), p.random("size").tolist(), strict=True)
        )
        for p in (here, beside)
    )
    common = own.keys() & other.keys()
    assert all(own[key] == other[key] for key in common)
    size = here.random("size")
    # 1000 and more even numbers from 0 to 1: the mean is good to 0.01, a chance correlation about 0.03.
    assert size.mean() == pytest.approx(0.5, abs=0.05)
    assert (size.min(), size.max()) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.02))
    for changed in (
        here.random("height"),
        dataclasses.replace(here, subject="test/other").random("size"),
        dataclasses.replace(here, seed=2).random("size"),
    ):
        assert abs(np.corrcoef(size, changed)[0, 1]) < 0.15


def test_another_seed_and_another_subject_have_other_places() -> None:
    here = keys(scattered())
    assert not here & keys(scattered(seed=2))
    assert not here & keys(scattered(subject="test/other"))


def test_choosing_keeps_what_belongs_together() -> None:
    places = scattered()
    mask = places.x > 0
    chosen = places.chosen(mask)
    assert len(chosen) == mask.sum()
    np.testing.assert_array_equal(chosen.random("size"), places.random("size")[mask])
    np.testing.assert_array_equal(chosen.y, places.y[mask])
