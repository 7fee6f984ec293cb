# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks on a module's glass have a texture for each condition, and reach the module that has them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.geometry.module_marks import mark_atlas, used_marks  # noqa: E402
from solar_site_addon.generator.plan.array.conditions import NUM_VARIANTS, Condition  # noqa: E402
from solar_site_addon.generator.plan.site import plan_site  # noqa: E402
from solar_site_addon.generator.scene.modules import DUST, MARK, OBJECT, build_modules  # noqa: E402
from solar_site_addon.generator.scene.ownership import remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

pytestmark = pytest.mark.bpy

SIDES_M = (1.134, 2.278)
DRAWN = [
    Condition.STAIN,
    Condition.BIRD_DROPPINGS,
    Condition.LEAVES,
    Condition.SNOW,
    Condition.CRACKED,
    Condition.HOT_SPOT,
]
LEAST_AND_MOST_COVER = {
    Condition.STAIN: (0.02, 0.6),
    Condition.BIRD_DROPPINGS: (0.002, 0.2),
    Condition.LEAVES: (0.001, 0.2),
    Condition.SNOW: (0.1, 1.0),
    Condition.CRACKED: (0.1, 0.7),
    Condition.HOT_SPOT: (0.003, 0.15),
}


def textures(condition: Condition) -> np.ndarray:
    """Return the condition's textures (NUM_VARIANTS, H, W, 4)."""
    atlas = mark_atlas([(condition, variant) for variant in range(NUM_VARIANTS)], SIDES_M)
    return np.stack(np.split(atlas, 1 + NUM_VARIANTS, axis=1)[1:])


@pytest.mark.parametrize("condition", DRAWN)
def test_a_mark_covers_part_of_the_glass_with_valid_colors(condition):
    for texture in textures(condition):
        least, most = LEAST_AND_MOST_COVER[condition]
        assert least < texture[..., 3].mean() < most
        assert ((texture >= 0) & (texture <= 1)).all()
        assert (texture[0, 0] == 0).all()


@pytest.mark.parametrize("condition", DRAWN)
def test_the_textures_of_a_mark_differ(condition):
    one, *others = textures(condition)
    assert all((np.abs(one - other)[..., 3] > 0.1).any() for other in others)


def test_snow_and_leaves_collect_at_the_lower_edge():
    for condition in (Condition.SNOW, Condition.LEAVES):
        for texture in textures(condition):
            lower, upper = np.array_split(texture[..., 3], 2)
            assert lower.mean() >= upper.mean()


def test_sheets_of_snow_end_at_other_heights_on_other_modules():
    left, right = (
        np.array([texture[:, column, 3].mean() for texture in textures(Condition.SNOW)]) for column in (1, -1)
    )
    assert np.ptp(left) > 0.2
    assert np.ptp(right) > 0.2
    assert np.abs(left - right).max() > 0.05
    assert 0.5 < np.mean([left, right]) < 0.9


def test_sheets_of_snow_are_no_higher_in_the_middle_than_at_the_frames():
    heights = np.stack([texture[..., 3].mean(axis=0) for texture in textures(Condition.SNOW)])
    side, middle = heights.shape[1] // 6, heights.shape[1] // 2
    hump = heights[:, middle - side : middle + side].mean(1) - heights[:, [*range(side), *range(-side, 0)]].mean(1)
    assert hump.min() < -0.01
    assert abs(np.median(hump)) < 0.06


def test_the_first_texture_of_the_atlas_is_empty():
    assert mark_atlas([(Condition.SNOW, 0)], SIDES_M)[:, :142].max() == 0


def test_only_marks_that_occur_are_painted():
    condition = np.array([Condition.CLEAN, Condition.DUST, Condition.SNOW, Condition.MISSING, Condition.SNOW], np.int32)
    variant = np.array([0, 1, 1, 2, 1 + NUM_VARIANTS], np.int32)
    assert used_marks(condition, variant) == [(Condition.SNOW, 1)]


def test_faces_have_the_mark_and_dust_of_their_module_and_missing_modules_have_no_faces():
    plan = plan_site(with_values(Settings(), {"site.size_m": 100}), 2)
    rng = np.random.default_rng(0)
    condition = rng.integers(0, len(Condition), len(plan.modules)).astype(np.int32)
    modules = dataclasses.replace(plan.modules, condition=condition)
    try:
        types = np.zeros(len(modules), np.int32)
        mesh = build_modules(modules, types, plan.table_types)[0].data
        values = {}
        for name in (OBJECT, MARK, DUST):
            values[name] = np.zeros(len(mesh.polygons), np.float32)
            mesh.attributes[name].data.foreach_get("value", values[name])
    finally:
        remove_owned()
    index = values[OBJECT].astype(int) - 1
    assert set(index) == set(np.flatnonzero(condition != Condition.MISSING))
    np.testing.assert_allclose(values[DUST], modules.dust[index], rtol=1e-6)
    marks = used_marks(condition, modules.variant)
    for face in range(0, len(index), 97):
        kind, place = condition[index[face]], int(values[MARK][face])
        assert (place > 0) == (kind in DRAWN)
        assert place == 0 or marks[place - 1] == (kind, modules.variant[index[face]] % NUM_VARIANTS)
