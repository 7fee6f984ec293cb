# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations of a rendered scene, compared with rays that Blender casts through its objects."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from pycocotools import mask as official

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.annotations.objects import Annotations, annotate_image  # noqa: E402
from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.geometry import module_marks  # noqa: E402
from solar_site_addon.generator.imaging.passes import MARKED_FROM, PixelPasses  # noqa: E402
from solar_site_addon.generator.pipeline import prepare_renderer  # noqa: E402
from solar_site_addon.generator.plan.array.conditions import NUM_VARIANTS, Condition  # noqa: E402
from solar_site_addon.generator.render.passes import render_passes  # noqa: E402
from solar_site_addon.generator.scene.build import build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.nodes import OBJECT  # noqa: E402
from solar_site_addon.generator.scene.ownership import remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

from .planned import planned  # noqa: E402

pytestmark = pytest.mark.bpy

WIDTH, HEIGHT, SEED = 280, 210, 4
PILE = -1
SETTINGS = with_values(
    Settings(),
    {
        "site.size_m": 100,
        "camera.width_px": WIDTH,
        "camera.height_px": HEIGHT,
        "camera.altitude_agl_m": 20,
        "camera.gimbal_pitch_deg": -60,
        "module.missing_share": 0.05,
        "module.cracked_share": 0.03,
        "module.droppings_share": 0.1,
        "module.stain_share": 0.1,
        "module.leaves_share": 0.1,
        "module.hot_spot_share": 0.05,
        "module.snow_share": 0.1,
    },
)


@pytest.fixture(scope="module")
def scene():
    """Return plan, passes, annotations, and what rays hit at pixels of all kinds: x, y, ray, number and depth."""
    site, view = planned(SETTINGS, SEED)
    camera = view.camera
    try:
        built = build_site(site, new_scene())
        show_view(built, view)
        passes = PixelPasses.from_channels(
            render_passes(built.scene, prepare_renderer("cpu", use_gpu=False, threads=2))
        )
        _, annotations = annotate_image(site, camera, passes)
        layer = built.scene.view_layers[0]
        layer.update()
        rows = [hit(built.scene, layer.depsgraph, camera, x, y) for x, y in chosen_pixels(passes, annotations)]
    finally:
        remove_owned()
    x, y, rays, numbers, depths = (np.array(column) for column in zip(*rows, strict=True))
    return SimpleNamespace(
        site=site, camera=camera, passes=passes, annotations=annotations, x=x, y=y, rays=rays, numbers=numbers,
        depths=depths,
    )  # fmt: skip


def chosen_pixels(passes: PixelPasses, annotations) -> list[tuple[int, int]]:
    """Return random pixels of the image, of each category, of tables without their modules and of conditions."""
    rng = np.random.default_rng(1)
    everything = np.ones((HEIGHT, WIDTH), dtype=bool)
    gaps = (numbered(annotations.tables) > 0) & (passes.numbers == 0)
    categories = np.concatenate([[0], annotations.site_objects.category])[passes.numbers]
    regions = [everything, gaps, numbered(annotations.conditions) > 0]
    regions += [categories == category for category in np.unique(categories)]
    pixels = []
    for region in regions:
        y, x = np.nonzero(region)
        assert len(x), "the scene shows too little for this test to mean anything"
        pick = rng.integers(0, len(x), 500)
        pixels += list(zip(x[pick].tolist(), y[pick].tolist(), strict=True))
    return sorted(set(pixels))


def numbered(annotations: Annotations) -> np.ndarray:
    """Return an image (H, W) of the annotations' numbers."""
    image = np.zeros((HEIGHT, WIDTH), dtype=int)
    for number, counts in zip(annotations.number.tolist(), annotations.masks, strict=True):
        image[official.decode({"size": [HEIGHT, WIDTH], "counts": counts.encode()}) > 0] = number
    return image


def hit(scene, depsgraph, camera, x: int, y: int):
    in_camera = np.array([x + 0.5 - WIDTH / 2, y + 0.5 - HEIGHT / 2, camera.focal_px]) / camera.focal_px
    ray = in_camera @ camera.world_to_camera[:3, :3]
    found, place, _, face, part, _ = scene.ray_cast(depsgraph, camera.position.tolist(), ray.tolist())
    attribute = part.data.attributes.get(OBJECT) if found else None
    number = round(attribute.data[face].value) if attribute else 0
    if found and part.data.materials[0].name.startswith("Solar Site pile"):
        number = PILE  # instances of one mesh, whose numbers a ray cast does not tell
    depth = np.linalg.norm(np.array(place) - camera.position) / np.linalg.norm(ray) if found else np.inf
    return x, y, ray, number, depth


def on_face(scene, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return whether (P,) nothing hides the place where a ray meets a rectangle (4, 3), and where that is (P, 2)."""
    edges = corners[[1, 3]] - corners[0]
    normal = np.cross(*edges)
    distance = (corners[0] - scene.camera.position) @ normal / (scene.rays @ normal)
    place = (scene.camera.position + distance[:, None] * scene.rays - corners[0]) @ edges.T / np.sum(edges**2, axis=1)
    return np.all((place > 0) & (place < 1), axis=1) & (distance > 0) & (distance < scene.depths + 0.005), place


def test_every_object_is_where_rays_hit_it(scene):
    found = scene.passes.numbers[scene.y, scene.x]
    categories = np.concatenate([[0], scene.annotations.site_objects.category])[found]
    assert (np.where(categories == Category.PILE, PILE, found) != scene.numbers).mean() < 1e-3
    assert len(np.unique(categories)) >= 4


def test_tables_are_where_nothing_stands_in_front_of_their_plane(scene):
    modules, tables = scene.site.modules, scene.annotations.tables
    is_module = (scene.numbers > 0) & (scene.numbers <= len(modules))
    expected = np.where(is_module, len(modules) + 1 + modules.table[np.where(is_module, scene.numbers, 1) - 1], 0)
    for number in tables.number.tolist():
        open_here, _ = on_face(scene, scene.annotations.site_objects.corners(number))
        expected[open_here & (expected == 0)] = number
    found = numbered(tables)[scene.y, scene.x]
    assert (expected != scene.numbers).sum() > 500
    assert ((found > 0) == (expected > 0)).mean() > 0.999
    assert (found == expected).mean() > 0.998, "rays through the gaps of two tables may be counted to either"


def test_missing_modules_are_where_rays_pass_through_their_places(scene):
    modules, shown = scene.site.modules, scene.annotations.conditions
    missing = np.flatnonzero(modules.condition == Condition.MISSING)
    gone = np.isin(shown.number - 1, missing)
    assert gone.sum() >= 3
    masks = [mask for mask, there in zip(shown.masks, gone.tolist(), strict=True) if there]
    for number, mask in zip(shown.number[gone].tolist(), masks, strict=True):
        decoded = official.decode({"size": [HEIGHT, WIDTH], "counts": mask.encode()})
        expected, _ = on_face(scene, modules.corners[number - 1])
        assert (decoded[scene.y, scene.x].astype(bool) == expected).mean() > 0.999


def test_marks_are_where_their_texture_is_opaque(scene):
    modules = scene.site.modules
    kinds = scene.site.table_types
    agreed, seen = 0, set()
    checked = 0
    for number in np.unique(scene.annotations.conditions.number).tolist():
        condition = Condition(modules.condition[number - 1])
        if condition in (Condition.CRACKED, Condition.MISSING):
            continue
        here = np.flatnonzero(scene.numbers == number)
        _, place = on_face(scene, modules.corners[number - 1])
        across, up = place[here].T
        inside = (across > 0.02) & (across < 0.98) & (up > 0.02) & (up < 0.98)
        variant = int(modules.variant[number - 1])
        if variant >= NUM_VARIANTS:
            across = 1 - across
        size = kinds[scene.site.tables.type[modules.table[number - 1]]].module_size
        tile = module_marks._tile(condition, variant % NUM_VARIANTS, size)[..., 3]
        expected = bilinear(tile, across, up) >= MARKED_FROM
        found = scene.passes.marked[scene.y[here], scene.x[here]]
        agreed += (found == expected)[inside].sum()
        checked += inside.sum()
        seen.add(condition)
    assert checked > 200
    assert len(seen) >= 4
    assert agreed / checked > 0.995


def bilinear(texture: np.ndarray, across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return the texture (H, W) at shares (P,) of its width and height, between the centers of texels."""
    height, width = texture.shape
    x = np.clip(across * width - 0.5, 0, width - 1.001)
    y = np.clip(up * height - 0.5, 0, height - 1.001)
    column, row = x.astype(int), y.astype(int)
    a, b = x - column, y - row
    low = texture[row, column] * (1 - a) + texture[row, column + 1] * a
    high = texture[row + 1, column] * (1 - a) + texture[row + 1, column + 1] * a
    return low * (1 - b) + high * b
