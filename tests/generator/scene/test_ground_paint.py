# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays give the look of the ground that Cycles computes from its shader nodes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.projection import Camera  # noqa: E402
from solar_site_addon.generator.imaging.png import rgb_png  # noqa: E402
from solar_site_addon.generator.plan.ground.ground_images import plan_ground_images  # noqa: E402
from solar_site_addon.generator.plan.terrain.orthophoto import Orthophoto  # noqa: E402
from solar_site_addon.generator.plan.view.view import plan_view  # noqa: E402
from solar_site_addon.generator.render.ground_pass import visible_triangles  # noqa: E402
from solar_site_addon.generator.render.passes import channel, render_channels  # noqa: E402
from solar_site_addon.generator.render.quality import configure_common, configure_ground_pass  # noqa: E402
from solar_site_addon.generator.render.renderer import prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene import pyramid  # noqa: E402
from solar_site_addon.generator.scene.build import BuiltSite, build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.camera import aim_camera, build_camera  # noqa: E402
from solar_site_addon.generator.scene.detail_texture import lost_slope, noises  # noqa: E402
from solar_site_addon.generator.scene.ground_paint import SIDE, paint, vertex_colours  # noqa: E402
from solar_site_addon.generator.scene.ownership import remove_owned  # noqa: E402
from solar_site_addon.generator.settings.sampling import draw_settings  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

from ..made_textures import make_textures  # noqa: E402
from ..planned import planned_site  # noqa: E402

pytestmark = pytest.mark.bpy

WIDTH, HEIGHT, SEED = 64, 48, 8
RENDERER = prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
SITES = {
    "fields and roads": {"site.fields": 1.0, "site.road_growth": 0.5, "site.road_surface": "earth"},
    "snow on concrete": {"site.snow": 0.5, "site.road_surface": "concrete", "site.array_ground": "gravel_strips"},
}


IMAGES = "ground images"
"""Site with textures on all kinds of ground."""


def orthophoto(folder: Path, wide_m: float) -> Orthophoto:
    """An image of random colors around the center of the site."""
    file = folder / "ortho.png"
    file.write_bytes(rgb_png(np.random.default_rng(2).integers(20, 200, (64, 64, 3)).astype(np.uint8)))
    return Orthophoto(file, str(file), np.array([[1 / wide_m, 0, 0.5], [0, 1 / wide_m, 0.5]]))


@pytest.fixture(scope="module", params=[*SITES, IMAGES])
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltSite]:
    settings = with_values(
        Settings(),
        {
            "site.size_m": 150,
            "camera.width_px": WIDTH,
            "camera.height_px": HEIGHT,
            "camera.gimbal_pitch_deg": -50,
            "camera.model": "custom",
            "camera.focal_length_mm": 80,
            "vegetation.grass": 0,
            **SITES.get(request.param, SITES["fields and roads"]),
        },
    )
    site = planned_site(settings, SEED)
    if request.param == IMAGES:
        tmp_path = tmp_path_factory.mktemp("images")
        with_images = with_values(
            settings, {"site.ground_images": str(make_textures(tmp_path)), "site.ground_image_share": 0.8}
        )
        site = dataclasses.replace(
            site,
            ground_images=plan_ground_images(draw_settings(with_images, SEED).site, SEED),
            orthophoto=orthophoto(tmp_path, 100.0),
        )
    built = build_site(site, new_scene())
    view = plan_view(built.site, settings, 0)
    show_view(built, view)
    aim_camera(built.scene, view.camera)
    built.camera = view.camera
    yield built
    remove_owned()


@pytest.fixture
def built(shown: BuiltSite) -> BuiltSite:
    """Return a site seen through its own camera, whatever other tests have done to it."""
    aim(shown, shown.camera)
    return shown


def aim(built: BuiltSite, camera: Camera) -> None:
    """Let the site be seen through a camera at any place."""
    built.scene.camera.matrix_world = build_camera(camera).matrix_world
    aim_camera(built.scene, camera)


def evaluated_by_cycles(built: BuiltSite) -> np.ndarray:
    """Return the color (3, H, W) of the ground's material at the texels' centers."""
    material = built.ground.surface.data.materials[0]
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = next(node for node in nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    surface = next(node for node in nodes if node.bl_idname == "ShaderNodeOutputMaterial").inputs["Surface"]
    emission = nodes.new("ShaderNodeEmission")
    links.new(shader.inputs["Base Color"].links[0].from_socket, emission.inputs["Color"])
    links.new(emission.outputs[0], surface)
    material.cycles.emission_sampling = "NONE"
    scene = new_scene()
    for part in (built.ground.surface, built.scene.camera):
        scene.collection.objects.link(part)
    scene.camera = built.scene.camera
    scene.render.resolution_x, scene.render.resolution_y = SIDE * WIDTH, SIDE * HEIGHT
    configure_common(scene, RENDERER.device, 2)
    configure_ground_pass(scene)
    scene.view_layers[0].use_pass_combined = True
    channels = render_channels(scene)
    return np.stack([channel(channels, f".Combined.{letter}") for letter in "RGB"])


def test_the_painted_color_is_that_of_the_shader_nodes(built, monkeypatch):
    monkeypatch.setattr(pyramid, "_SHARPNESS", np.float32(0))  # no averaging: Cycles evaluates points
    triangles = visible_triangles(built, RENDERER)
    parts = list(paint(built.ground.mesh, built.camera, triangles, threads=2))
    painted = np.concatenate([part.colour for part in parts], axis=1)
    ground = np.repeat(np.repeat(triangles >= 0, SIDE, axis=0), SIDE, axis=1)
    assert ground.mean() > 0.9
    error = np.abs(painted - evaluated_by_cycles(built))[:, ground]
    assert np.median(error) < 2e-3
    assert np.percentile(error, 95) < 0.03  # a texel at a border of two covers may fall on the other side


def test_threads_do_not_change_the_paint(built):
    triangles = visible_triangles(built, RENDERER)
    one, two = (list(paint(built.ground.mesh, built.camera, triangles, threads)) for threads in (1, 3))
    for first, second in zip(one, two, strict=True):
        assert first.rows == second.rows
        np.testing.assert_array_equal(first.colour, second.colour)
        np.testing.assert_array_equal(first.normal, second.normal)


def test_indirect_light_sees_the_mean_color_of_the_ground(built):
    triangles = visible_triangles(built, RENDERER)
    parts = list(paint(built.ground.mesh, built.camera, triangles, threads=2))
    painted = np.concatenate([part.colour for part in parts], axis=1)
    seen = np.repeat(np.repeat(triangles >= 0, SIDE, axis=0), SIDE, axis=1)
    near = vertex_colours(built.ground.mesh)[built.ground.mesh.triangles[triangles[triangles >= 0]]]
    np.testing.assert_allclose(near.mean(axis=(0, 1)), painted[:, seen].mean(axis=1), rtol=0.1)


@pytest.mark.parametrize("kind", ["pebbles", "blades"])
def test_gravel_and_grass_show_stones_and_blades_near_by_and_their_mean_from_afar(kind):
    rng = np.random.default_rng(5)
    places = np.concatenate([rng.uniform(-50, 50, (2, 20_000)), np.zeros((1, 20_000))]).astype(np.float32)
    near, far = (
        getattr(noises(places, np.full(1, spacing_m, dtype=np.float32), nearby=True).nearby, kind)
        for spacing_m in (0.002, 0.5)
    )
    assert np.std(near) > 0.15
    assert np.std(far) < 0.25 * np.std(near)
    assert np.mean(near) == pytest.approx(0.5, abs=0.02)
    assert np.mean(far) == pytest.approx(0.5, abs=0.02)


def test_averages_lose_contrast_only_below_the_spacing():
    rng = np.random.default_rng(3)
    places = np.concatenate([rng.uniform(-200, 200, (2, 20_000)), np.zeros((1, 20_000))]).astype(np.float32)

    def contrast(spacing_m: float) -> list[float]:
        return [float(np.std(noise[0])) for noise in noises(places, np.full(1, spacing_m, dtype=np.float32))[:3]]

    finest, near, far = contrast(0.001), contrast(0.02), contrast(0.3)
    assert near[0] < 0.9 * finest[0]
    assert far[0] < 0.3 * finest[0]
    np.testing.assert_allclose(near[1:], finest[1:], rtol=0.15)


def test_slopes_lost_to_averaging_vanish_at_a_distance():
    lost = lost_slope(np.array([0.0005, 0.01, 1.0, 8.0], dtype=np.float32))
    assert lost[1] > 5 * lost[0]
    assert lost[1] > lost[2] > lost[3] >= 0


def test_an_image_of_some_pixels_of_the_sensor_shows_the_middle_of_each(built):
    triangles = visible_triangles(built, RENDERER)
    whole, middle = (
        np.concatenate([block.colour for block in paint(built.ground.mesh, built.camera, triangles, 1, detail)], axis=1)
        .mean(axis=0)
        .reshape(HEIGHT, SIDE, WIDTH, SIDE)
        for detail in (1.0, 0.01)
    )
    # Nearby texels are alike, and nothing averages the pixels.
    assert middle.std(axis=(1, 3)).mean() < whole.std(axis=(1, 3)).mean()
    assert np.diff(middle.mean(axis=(1, 3)), axis=1).std() > np.diff(whole.mean(axis=(1, 3)), axis=1).std()
    np.testing.assert_allclose(middle.mean(), whole.mean(), rtol=0.05)


def turned(camera: Camera, center: np.ndarray, angle_deg: float) -> Camera:
    """Return a camera that has flown by an angle around a point (3,) of the ground, which it still faces."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    position = center + turn @ (camera.position - center)
    to_camera = np.eye(4)
    to_camera[:3, :3] = camera.world_to_camera[:3, :3] @ turn.T
    to_camera[:3, 3] = -to_camera[:3, :3] @ position
    return dataclasses.replace(camera, position=position, world_to_camera=to_camera)


def painted_from(built: BuiltSite, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Return the colors (3, 2 H, 2 W) of the ground that a camera sees, and the triangles (H, W)."""
    aim(built, camera)
    triangles = visible_triangles(built, RENDERER)
    parts = list(paint(built.ground.mesh, camera, triangles, threads=2))
    return np.concatenate([part.colour for part in parts], axis=1), triangles


def ground_points(built: BuiltSite, camera: Camera, triangles: np.ndarray, row: np.ndarray, column: np.ndarray):
    """Return the points (N, 3) of the triangles that pixels show at the centers of their upper left texels."""
    mesh = built.ground.mesh
    corners = mesh.table[:, :3][mesh.triangles[triangles[row, column]]].astype(np.float64)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    rays = camera.rays(np.stack([column + 0.5 / SIDE, row + 0.5 / SIDE], axis=-1))
    distance = ((corners[:, 0] - camera.position) * normal).sum(axis=1) / (rays * normal).sum(axis=1)
    return camera.position + distance[:, None] * rays


@pytest.mark.parametrize("shown", [IMAGES], indirect=True)
def test_textures_lie_still_on_the_ground_between_views(built):
    here = dataclasses.replace(built.camera, focal_px=8 * built.camera.focal_px)  # 2.5 cm per pixel
    first, triangles = painted_from(built, here)
    row, column = np.nonzero(triangles >= 0)
    points = ground_points(built, here, triangles, row, column)
    center = points[np.argmin(np.hypot(row - HEIGHT / 2, column - WIDTH / 2))]
    there = turned(here, center, 20.0)
    second, _ = painted_from(built, there)
    pixels, _ = there.project(points)
    both = ((pixels > 4) & (pixels < [WIDTH - 4, HEIGHT - 4])).all(axis=1)
    assert both.sum() > 1000
    x, y = (pixels[both] * SIDE).astype(int).T
    colour = first[:, SIDE * row[both], SIDE * column[both]].ravel()
    steps = range(-4, 5)
    alike = np.array(
        [[np.corrcoef(colour, second[:, y + down, x + right].ravel())[0, 1] for right in steps] for down in steps]
    )
    assert np.unravel_index(alike.argmax(), alike.shape) == (4, 4), "the same points look best shifted by some texels"
    assert alike[4, 4] > 0.93  # the texels of the two views do not have the same centers
    assert max(alike[0].max(), alike[-1].max(), alike[:, 0].max(), alike[:, -1].max()) < 0.75
