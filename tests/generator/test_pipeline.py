# SPDX-License-Identifier: GPL-3.0-or-later
"""One sample through the whole pipeline, compared with independent computations."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from PIL import Image

bpy = pytest.importorskip("bpy")

from mathutils.bvhtree import BVHTree  # noqa: E402

from solar_site_addon.generator.domain.categories import Category  # noqa: E402
from solar_site_addon.generator.domain.numbering import image_number  # noqa: E402
from solar_site_addon.generator.pipeline import built_site, make_view, prepare_renderer  # noqa: E402
from solar_site_addon.generator.plan.model import Site  # noqa: E402
from solar_site_addon.generator.plan.objects import first_pile_number  # noqa: E402
from solar_site_addon.generator.scene.build import build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.nodes import OBJECT  # noqa: E402
from solar_site_addon.generator.scene.ownership import owned_blocks, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

from .planned import planned  # noqa: E402

pytestmark = pytest.mark.bpy

WIDTH, HEIGHT, SEED = 320, 240, 8
SETTINGS = with_values(
    Settings(),
    {
        "site.size_m": 150,
        "site.relief": [0.35, 0.75],  # with this seed, the image shows a road
        "camera.width_px": WIDTH,
        "camera.height_px": HEIGHT,
        "camera.altitude_agl_m": 35,
        "camera.gimbal_pitch_deg": -55,
        "render.max_samples": 2,
        "render.noise_threshold": 0.1,
        "render.normals": True,
    },
)

CATEGORIES = {
    "terrain": Category.TERRAIN,
    "banks": Category.TERRAIN,
    "modules": Category.MODULE,
    "structure": Category.MOUNTING_STRUCTURE,
    "clamps": Category.MOUNTING_STRUCTURE,
    "piles": Category.PILE,
    "equipment": Category.ELECTRICAL_EQUIPMENT,
    "fence": Category.FENCE,
    "fence wires": Category.FENCE,
    "surroundings": Category.OTHER,
    "vegetation": Category.VEGETATION,
    "stones": Category.TERRAIN,
}
"""Categories by the end of the object names."""
INSTANCED = {"vegetation", "piles"}
"""Words in the names of objects that only hold instances and their shapes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a sample folder written by the pipeline."""
    target = tmp_path_factory.mktemp("dataset") / "batch_00" / "image_0000"
    target.parent.mkdir()
    with built_site(SETTINGS, SEED) as site:
        make_view(site, SETTINGS, image_number(0, SEED, 1), target, prepare_renderer("cpu", use_gpu=False, threads=2))
    return target


@pytest.fixture(scope="module")
def sample(folder) -> dict:
    return json.loads((folder / "sample.json").read_text())


def modules_of(sample: dict) -> list[dict]:
    return [record for record in sample["objects"] if record["category"] == "module"]


class ConvexOutline:
    """A convex polygon (4, 2) in pixels."""

    def __init__(self, corners: np.ndarray) -> None:
        self.corners = corners
        edges = np.roll(corners, -1, axis=0) - corners
        normals = np.stack([-edges[:, 1], edges[:, 0]], axis=-1) / np.linalg.norm(edges, axis=-1, keepdims=True)
        self.inward = normals * np.sign(((corners.mean(axis=0) - corners) * normals).sum(axis=-1, keepdims=True))

    def contains(self, points: np.ndarray, by_px: float) -> np.ndarray:
        """Return which of the points (N, 2) lie inside, more than ``by_px`` away from every edge."""
        distances = ((points[:, None] - self.corners) * self.inward).sum(axis=-1)
        return (distances > by_px).all(axis=-1)


def is_mesh_object(block: bpy.types.ID) -> bool:
    return isinstance(block, bpy.types.Object) and block.type == "MESH"


def bounding_volumes(mesh: bpy.types.Mesh) -> BVHTree:
    return BVHTree.FromPolygons([v.co for v in mesh.vertices], [face.vertices for face in mesh.polygons])


def object_numbers(mesh: bpy.types.Mesh) -> list[int]:
    """Return the object number of each face."""
    return [round(value.value) for value in mesh.attributes[OBJECT].data]


def instanced(scene: bpy.types.Scene) -> tuple[dict[str, BVHTree], np.ndarray]:
    """Return all instances as bounding volume trees by kind, and where (F, 3) the pile of each face stands."""
    layer = scene.view_layers[0]
    layer.update()
    parts: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {"vegetation": [], "stones": [], "piles": []}
    stands: list[np.ndarray] = []
    shapes: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for instance in layer.depsgraph.object_instances:
        if not instance.is_instance:
            continue
        mesh = instance.object.data
        if mesh.name not in shapes:
            vertices, faces = np.empty(3 * len(mesh.vertices)), np.empty(3 * len(mesh.polygons), dtype=int)
            mesh.vertices.foreach_get("co", vertices)
            mesh.polygons.foreach_get("vertices", faces)
            shapes[mesh.name] = vertices.reshape(-1, 3), faces.reshape(-1, 3)
        vertices, faces = shapes[mesh.name]
        matrix = np.array(instance.matrix_world)
        kind = mesh.materials[0].name.removeprefix("Solar Site ")
        parts[kind].append((vertices @ matrix[:3, :3].T + matrix[:3, 3], faces))
        if kind == "piles":
            stands += [matrix[:3, 3]] * len(faces)
    trees = {}
    for kind, shapes_of_kind in parts.items():
        first = np.cumsum([0, *(len(vertices) for vertices, _ in shapes_of_kind)])
        faces = [faces + start for start, (_, faces) in zip(first, shapes_of_kind, strict=False)]
        vertices = [vertices for vertices, _ in shapes_of_kind]
        if faces:
            trees[kind] = BVHTree.FromPolygons(np.concatenate(vertices).tolist(), np.concatenate(faces).tolist())
    return trees, np.array(stands)


def pile_numbers(site: Site, stands: np.ndarray) -> list[int]:
    """Return the object numbers of the piles that stand at these places (F, 3)."""
    places, inverse = np.unique(stands, axis=0, return_inverse=True)
    nearest = [np.linalg.norm(site.piles.head - place, axis=1).argmin() for place in places]
    first = first_pile_number(site.modules, site.tables, site.equipment, site.surroundings)
    return (first + np.array(nearest)[inverse.reshape(-1)]).tolist()


@pytest.fixture(scope="module")
def ray_casts() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return object numbers, depths and categories found by casting a ray through each pixel center.

    This is independent of the annotations: another ray tracer (Blender's, not Cycles), no render and no passes.
    """
    site, view = planned(SETTINGS, SEED)
    camera = view.camera
    try:
        built = build_site(site, new_scene())
        show_view(built, view)
        scene = built.scene
        parts = [part for part in owned_blocks() if is_mesh_object(part) and not INSTANCED & set(part.name.split())]
        meshes = {part.name.removeprefix("Solar Site "): part.data for part in parts}
        trees, stands = instanced(scene)
        trees |= {name: bounding_volumes(mesh) for name, mesh in meshes.items()}
        numbers_of_faces = {name: object_numbers(mesh) for name, mesh in meshes.items() if OBJECT in mesh.attributes}
        numbers_of_faces["piles"] = pile_numbers(site, stands)
    finally:
        remove_owned()
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    in_camera = np.stack([u - WIDTH / 2, v - HEIGHT / 2, np.full_like(u, camera.focal_px)], axis=-1)
    length = np.linalg.norm(in_camera, axis=-1)
    directions = (in_camera / length[..., None]) @ camera.world_to_camera[:3, :3]
    numbers = np.zeros((HEIGHT, WIDTH), dtype=int)
    depths = np.full((HEIGHT, WIDTH), np.inf)
    categories = np.full((HEIGHT, WIDTH), Category.SKY)
    for pixel in np.ndindex(HEIGHT, WIDTH):
        hits = {name: tree.ray_cast(camera.position, directions[pixel]) for name, tree in trees.items()}
        hits = {name: hit for name, hit in hits.items() if hit[3] is not None}
        if hits:
            nearest = min(hits, key=lambda name: hits[name][3])
            depths[pixel] = hits[nearest][3] * camera.focal_px / length[pixel]
            categories[pixel] = CATEGORIES[nearest]
            if nearest in numbers_of_faces:
                numbers[pixel] = numbers_of_faces[nearest][hits[nearest][2]]
    return numbers, depths, categories


def test_all_data_blocks_of_the_scene_are_removed(folder):
    assert folder.is_dir()
    assert owned_blocks() == []


def test_every_pixel_has_the_object_that_a_ray_through_its_center_hits(folder, sample, ray_casts):
    expected, _, _ = ray_casts
    instances = np.array(Image.open(folder / "instances.png"))
    category = {record["id"]: record["category"] for record in sample["objects"]}
    shown = {category[number] for number in np.unique(instances).tolist() if number}
    assert len(shown) > 1, "the image shows modules alone, and no other object"
    assert (instances > 0).mean() > 0.05, "the image shows too few objects for this test to mean anything"
    # Cycles samples within 0.005 px of the center, so rays and samples can differ only at edges.
    assert (instances != expected).mean() < 1e-3
    numbers = {record["id"]: record["site_id"] for record in sample["objects"]}
    assert all(number == numbers[number] for number in np.unique(instances).tolist() if number)


def test_depth_is_measured_along_the_optical_axis(folder, ray_casts):
    _, expected, _ = ray_casts
    depth = OpenEXR.File(str(folder / "depth.exr")).channels()["Y"].pixels
    assert depth.dtype == np.float32
    np.testing.assert_array_equal(np.isfinite(depth), np.isfinite(expected))
    finite = np.isfinite(expected)
    error = np.abs(depth[finite] - expected[finite])
    assert np.percentile(error, 99) < 0.02


def on_roads(depths: np.ndarray, margin_m: float) -> np.ndarray:
    """Return which pixels (H, W) show points on a road that is ``margin_m`` wider on each side, seen from above."""
    plan, view = planned(SETTINGS, SEED)
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    in_camera = np.stack([u - WIDTH / 2, v - HEIGHT / 2, np.full_like(u, view.camera.focal_px)], axis=-1)
    depths = np.where(np.isfinite(depths), depths, 1e4)
    offset = in_camera * (depths / view.camera.focal_px)[..., None]
    points = (offset @ view.camera.world_to_camera[:3, :3] + view.camera.position)[..., :2]
    nearest = np.full(depths.shape, np.inf)
    for number in range(len(plan.roads)):
        line = plan.roads.points[plan.roads.road == number][:, :2]
        for start, end in itertools.pairwise(line):
            share = np.clip((points - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
            nearest = np.minimum(nearest, np.linalg.norm(points - start - share[..., None] * (end - start), axis=-1))
    return nearest < plan.roads.width_m / 2 + margin_m


def test_the_ground_is_road_where_the_plan_has_its_carriageways(folder, ray_casts):
    _, depths, shown = ray_casts
    categories = np.array(Image.open(folder / "semantic.png"))
    ground = (shown == Category.TERRAIN) & (depths < 200)
    surely, perhaps = on_roads(depths, -0.6), on_roads(depths, 0.6)  # edges are ragged
    assert (ground & surely).sum() > 100, "the image shows too little road for this test to mean anything"
    assert np.mean(categories[ground & surely] == Category.ROAD) > 0.999
    assert np.mean(categories[ground & ~perhaps] == Category.TERRAIN) > 0.999


def test_the_semantic_map_shows_the_category_that_the_ray_hits(folder, ray_casts):
    _, _, expected = ray_casts
    image = Image.open(folder / "semantic.png")
    assert image.mode == "P"
    categories = np.array(image)
    assert {Category.TERRAIN, Category.MODULE, Category.MOUNTING_STRUCTURE} <= set(np.unique(categories))
    categories[categories == Category.ROAD] = Category.TERRAIN  # one mesh; the test above tells them apart
    # Rays and samples can differ at edges, of which thin objects have many.
    for semantic in Category:
        assert np.mean((categories == semantic) != (expected == semantic)) < 1e-3, semantic.key


def test_corners_projected_by_opencv_enclose_the_pixels_of_each_module(folder, sample):
    instances = np.array(Image.open(folder / "instances.png"))
    matrix = np.array(sample["images"]["rgb"]["camera"]["K"])
    pose = np.array(sample["images"]["rgb"]["camera"]["world_to_camera"])
    rotation, _ = cv2.Rodrigues(pose[:3, :3])
    checked = 0
    for module in modules_of(sample):
        corners, _ = cv2.projectPoints(np.array(module["corners_world"]), rotation, pose[:3, 3], matrix, None)
        np.testing.assert_allclose(corners[:, 0], module["polygon_px"], atol=0.02)
        rows, columns = np.nonzero(instances == module["id"])
        assert len(rows) == module["visible_px"]
        outline = corners.astype(np.float32)
        outside = [
            -cv2.pointPolygonTest(outline, (column + 0.5, row + 0.5), measureDist=True)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
        # The side of the frame, 3 cm deep, may be visible outside the outline of the glass.
        assert max(outside, default=0) <= 0.03 / sample["images"]["rgb"]["camera"]["gsd_m"] + 0.05
        checked += len(rows) > 0
    assert checked >= 10


def test_the_glass_of_a_whole_unhidden_module_fills_its_outline(folder, sample):
    instances = np.array(Image.open(folder / "instances.png"))
    centers = np.mgrid[0:HEIGHT, 0:WIDTH].transpose(1, 2, 0).reshape(-1, 2)[:, ::-1] + 0.5
    checked = 0
    for module in modules_of(sample):
        corners = np.array(module["polygon_px"])
        # A module seen edge-on shows the side of its frame beside a sliver of glass: only the glass has this outline.
        if (
            module["truncation"] != 0
            or module["visible_fraction"] <= 0.95
            or cv2.contourArea(corners.astype(np.float32)) < 20
        ):
            continue
        inside = ConvexOutline(corners).contains(centers, by_px=0.02).reshape(HEIGHT, WIDTH)
        assert inside.any()
        assert (instances[inside] == module["id"]).all()
        checked += 1
    assert checked >= 5


def test_normals_are_unit_vectors_that_point_up_on_the_ground(folder):
    channels = OpenEXR.File(str(folder / "normals.exr")).channels()
    normals = channels["RGB"].pixels if "RGB" in channels else np.stack([channels[c].pixels for c in "RGB"], axis=-1)
    categories = np.array(Image.open(folder / "semantic.png"))
    lengths = np.linalg.norm(normals[categories != Category.SKY], axis=-1)
    np.testing.assert_allclose(lengths, 1.0, atol=1e-3)
    assert normals[categories == Category.TERRAIN][:, 2].mean() > 0.9


def test_the_rgb_image_has_a_plausible_exposure(folder):
    image = np.array(Image.open(folder / "rgb.png"))
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert 70 < image.mean() < 150
    assert image.std() > 20


def test_sample_json_records_what_was_drawn(sample):
    assert sample["seed"] == SEED
    assert sample["images"]["rgb"]["camera"]["altitude_agl_m"] == pytest.approx(35)
    assert sample["images"]["rgb"]["camera"]["gimbal_pitch_deg"] == pytest.approx(-55)
    low, high = SETTINGS.light.turbidity
    assert low <= sample["sun"]["turbidity"] <= high
    assert sample["render"]["device"] == "CPU"
