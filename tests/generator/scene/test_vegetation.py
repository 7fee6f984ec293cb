# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered vegetation: its category, its positions, and the modules it occludes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.geometry.foliage import RADIUS, vegetation_shape  # noqa: E402
from solar_site_addon.generator.imaging.passes import PixelPasses  # noqa: E402
from solar_site_addon.generator.plan.vegetation.kinds import VARIANTS, VegetationKind  # noqa: E402
from solar_site_addon.generator.plan.vegetation.vegetation import Vegetation  # noqa: E402
from solar_site_addon.generator.render.passes import render_passes  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.build import build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.instances import upright_rotation  # noqa: E402
from solar_site_addon.generator.scene.ownership import owned_blocks, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

from ..planned import Planned, planned  # noqa: E402

pytestmark = pytest.mark.bpy

OVERGROWN = {f"vegetation.{name}": 1 for name in ("grass", "weeds", "shrubs", "trees", "stones")}
SMALL = {
    "site.size_m": 100,
    "site.fields": 0,
    "camera.width_px": 240,
    "camera.height_px": 180,
    "camera.altitude_agl_m": 25,
}


def shown(plan: Planned) -> bpy.types.Scene:
    """Return a scene that shows the view."""
    built = build_site(plan.site, new_scene())
    show_view(built, plan.view)
    return built.scene


def passes_of(plan: Planned) -> PixelPasses:
    """Return the annotation passes of a view, and check that all data-blocks are removed afterwards."""
    try:
        return PixelPasses.from_channels(render_passes(shown(plan), prepare_renderer("cpu", use_gpu=False, threads=2)))
    finally:
        remove_owned()
        assert owned_blocks() == []


def with_vegetation(plan: Planned, vegetation: Vegetation) -> Planned:
    return plan._replace(view=dataclasses.replace(plan.view, vegetation=vegetation))


def only(vegetation: Vegetation, chosen: np.ndarray) -> Vegetation:
    return Vegetation(
        **{field.name: getattr(vegetation, field.name)[chosen] for field in dataclasses.fields(vegetation)}
    )


@pytest.fixture(scope="module")
def plan() -> Planned:
    return planned(with_values(Settings(), {**SMALL, **OVERGROWN, "site.greenness": 1}), 2)


@pytest.fixture(scope="module")
def overgrown(plan: Planned) -> PixelPasses:
    return passes_of(plan)


@pytest.fixture(scope="module")
def bare(plan: Planned) -> PixelPasses:
    return passes_of(with_vegetation(plan, only(plan.view.vegetation, np.zeros(len(plan.view.vegetation), bool))))


def test_vegetation_has_its_category_and_occludes_modules(overgrown: PixelPasses, bare: PixelPasses) -> None:
    grown = overgrown.categories == Category.VEGETATION
    assert grown.mean() > 0.1
    assert not (bare.categories == Category.VEGETATION).any()
    changed = overgrown.numbers != bare.numbers
    # Object numbers only change where vegetation stands in front of a module.
    assert grown[changed].all()
    assert (overgrown.numbers[changed] == 0).all()
    assert (overgrown.depth[grown] <= bare.depth[grown] + 1e-3).all()


def test_modules_keep_all_pixels_that_no_vegetation_hides(overgrown: PixelPasses, bare: PixelPasses) -> None:
    module = bare.categories == Category.MODULE
    kept = overgrown.categories[module] == Category.MODULE
    assert module.sum() > 2000
    assert 0.95 < kept.mean() <= 1.0
    hidden = overgrown.categories[module][~kept]
    assert np.isin(hidden, [Category.VEGETATION]).all()


def test_stones_are_terrain(plan: Planned) -> None:
    vegetation = plan.view.vegetation
    stones = dataclasses.replace(vegetation, kind=np.full(len(vegetation), VegetationKind.STONE, np.int32))
    passes = passes_of(with_vegetation(plan, stones))
    assert not (passes.categories == Category.VEGETATION).any()


def test_each_instance_has_its_planned_position_and_size(plan: Planned) -> None:
    try:
        scene = shown(plan)
        layer = scene.view_layers[0]
        layer.update()
        places = [
            np.array(instance.matrix_world)
            for instance in layer.depsgraph.object_instances
            if instance.is_instance and instance.object.name.startswith("Solar Site vegetation")
        ]
    finally:
        remove_owned()
    assert len(places) == len(plan.view.vegetation)
    matrices = np.stack(places)
    vegetation = plan.view.vegetation
    np.testing.assert_allclose(matrices[:, :3, 3], vegetation.position, atol=1e-4)
    np.testing.assert_allclose(matrices[:, :3, 2], vegetation.up * vegetation.height[:, None], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(matrices[:, :3, 0], axis=1), vegetation.spread, rtol=1e-5)


@pytest.mark.parametrize("kind", VegetationKind)
@pytest.mark.parametrize("detailed", [False, True])
def test_every_shape_fills_its_cylinder(kind: VegetationKind, detailed: bool) -> None:
    for variant in range(VARIANTS):
        shape = vegetation_shape(kind, variant, detailed)
        away = np.hypot(*shape.vertices[:, :2].T)
        assert away.max() == pytest.approx(RADIUS)
        assert shape.vertices[:, 2].max() == pytest.approx(1.0)
        assert shape.vertices[:, 2].min() > -0.6
        assert shape.triangles.min() >= 0
        assert shape.triangles.max() < len(shape.vertices)
        first, second, third = shape.vertices[shape.triangles].transpose(1, 0, 2)
        areas = np.linalg.norm(np.cross(second - first, third - first), axis=1) / 2
        assert (areas > 0).mean() > 0.99


@pytest.mark.parametrize(
    ("kind", "least"), [(VegetationKind.SHRUB, 1.0), (VegetationKind.BROADLEAF, 2.0), (VegetationKind.CONIFER, 2.0)]
)
@pytest.mark.parametrize("detailed", [False, True])
def test_crowns_are_dense_enough_to_hide_the_ground(kind: VegetationKind, least: float, detailed: bool) -> None:
    for variant in range(VARIANTS):
        shape = vegetation_shape(kind, variant, detailed)
        leaves = shape.triangles[shape.wood[shape.triangles[:, 0]] == 0]
        first, second, third = shape.vertices[leaves].swapaxes(0, 1)[..., :2]
        (run, rise), (other_run, other_rise) = (second - first).T, (third - first).T
        seen_from_above = np.abs(run * other_rise - rise * other_run).sum() / 2
        assert seen_from_above / (np.pi * RADIUS**2) > least


def test_upright_instances_rotate_around_their_axis() -> None:
    up = np.array([[0, 0, 1.0], [0, 0, 1.0]])
    np.testing.assert_allclose(upright_rotation(up, np.array([0.0, 90.0])), [[0, 0, 0], [0, 0, np.pi / 2]], atol=1e-12)
