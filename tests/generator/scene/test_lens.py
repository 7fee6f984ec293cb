# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations are exact with a distorting lens: each pixel shows what a ray by the lens formula hits."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.domain.lens import plan_lens  # noqa: E402
from solar_site_addon.generator.domain.projection import Camera  # noqa: E402
from solar_site_addon.generator.imaging.passes import PixelPasses  # noqa: E402
from solar_site_addon.generator.plan.view.camera import camera_axes  # noqa: E402
from solar_site_addon.generator.render.passes import render_passes  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.camera import bend_lens, build_camera  # noqa: E402
from solar_site_addon.generator.scene.meshes import mesh_object  # noqa: E402
from solar_site_addon.generator.scene.nodes import OBJECT, new_material  # noqa: E402
from solar_site_addon.generator.scene.ownership import own, remove_owned  # noqa: E402

pytestmark = pytest.mark.bpy

STEP, HALF, FIRST, ACROSS, ALONG = 4.0, 0.7, -30.0, 16, 23


def camera_over_tiles(width: int, height: int, distortion: float) -> Camera:
    position, axes = np.array([3.0, 5.0, 40.0]), camera_axes(-70, 30)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = axes, -axes @ position
    focal = 0.71 * max(width, height)
    lens = plan_lens(distortion, np.hypot(width, height) / 2 / focal)
    return Camera(width, height, focal, position, pose, 40, -70, 30, 40 / focal, lens=lens)


def tile_corners() -> np.ndarray:
    """Return square tiles on the ground (N, 4, 3); tile n has the number n + 1."""
    centres = np.stack(np.meshgrid(FIRST + STEP * np.arange(ACROSS), FIRST + STEP * np.arange(ALONG)), axis=-1).reshape(
        -1, 1, 2
    )
    corners = centres + HALF * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return np.concatenate([corners, np.zeros((*corners.shape[:2], 1))], axis=-1)


def rendered(camera: Camera) -> PixelPasses:
    corners = tile_corners()
    material, graph = new_material("tiles", Category.MODULE)
    graph.annotate(OBJECT, graph.attribute("number"))
    graph.surface(graph.node("ShaderNodeBsdfDiffuse").outputs[0])
    try:
        tiles = mesh_object("tiles", corners.reshape(-1, 3), np.arange(4 * len(corners)).reshape(-1, 4), material)
        numbers = tiles.data.attributes.new("number", "FLOAT", "FACE")
        numbers.data.foreach_set("value", np.arange(1, len(corners) + 1, dtype=np.float32))
        camera_object = build_camera(camera)
        bend_lens(camera_object, camera)
        scene = own(bpy.data.scenes.new("tiles"))
        for thing in (tiles, camera_object):
            scene.collection.objects.link(thing)
        scene.camera = camera_object
        scene.render.resolution_x, scene.render.resolution_y = camera.width_px, camera.height_px
        passes = PixelPasses.from_channels(render_passes(scene, prepare_renderer("cpu", use_gpu=False, threads=2)))
    finally:
        remove_owned()
    return passes.along_axis(camera.axis_cosines()) if camera.lens is not None else passes


def ray_traced(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and depths by the lens formula and plane geometry."""
    y, x = np.mgrid[: camera.height_px, : camera.width_px] + 0.5
    across, down = (x - camera.width_px / 2) / camera.focal_px, (y - camera.height_px / 2) / camera.focal_px
    radius = np.hypot(across, down)
    angle = np.arctan(radius)
    if camera.lens is not None:
        c = camera.lens.coefficients
        angle = c[0] * radius + c[1] * radius**2 + c[2] * radius**3 + c[3] * radius**4
    sine = np.sin(angle) / radius
    rays = np.stack([across * sine, down * sine, np.cos(angle)], axis=-1)
    in_world = rays @ camera.world_to_camera[:3, :3]
    distance = -camera.position[2] / in_world[..., 2]
    hit = (camera.position + distance[..., None] * in_world)[..., :2]
    place = np.rint((hit - FIRST) / STEP)
    on_tile = (np.abs(hit - FIRST - STEP * place) < HALF).all(axis=-1) & (place >= 0).all(axis=-1)
    on_tile &= (place < [ACROSS, ALONG]).all(axis=-1)
    return np.where(on_tile, place[..., 1] * ACROSS + place[..., 0] + 1, 0), distance * rays[..., 2]


@pytest.mark.parametrize("distortion", [0.0, -0.03, 0.03])
@pytest.mark.parametrize(("width", "height"), [(320, 240), (240, 320), (256, 256)], ids=["wide", "tall", "square"])
def test_every_pixel_follows_the_lens_formula(width, height, distortion):
    camera = camera_over_tiles(width, height, distortion)
    passes = rendered(camera)
    numbers, depths = ray_traced(camera)
    seen = numbers > 0
    assert seen.mean() > 0.05
    assert (passes.numbers != numbers).sum() <= 2  # where an edge runs through a pixel center
    both = seen & (passes.numbers == numbers)
    np.testing.assert_allclose(passes.depth[both], depths[both], atol=1e-3)


def test_distortion_moves_annotations_and_projection_equally():
    straight, bent = (camera_over_tiles(320, 240, distortion) for distortion in (0.0, 0.05))
    moved = 0.0
    numbers = rendered(bent).numbers
    corners, (before, _), (after, _) = tile_corners(), straight.project(tile_corners()), bent.project(tile_corners())
    for tile in range(len(corners)):
        rows, columns = np.nonzero(numbers == tile + 1)
        if ((after[tile] > 5) & (after[tile] < [315, 235])).all():
            assert abs(columns.mean() + 0.5 - after[tile, :, 0].mean()) < 0.3
            assert abs(rows.mean() + 0.5 - after[tile, :, 1].mean()) < 0.3
            moved = max(moved, np.abs(after[tile] - before[tile]).max())
    assert moved > 3
