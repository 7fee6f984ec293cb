# SPDX-License-Identifier: GPL-3.0-or-later
"""What rays through an image meet, by Blender's ray casts and the plan of the site: the reference of ray_casts.py."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import OpenEXR
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as official
from scipy.spatial import ConvexHull, QhullError

from solar_site_addon.generator.geometry import module_marks
from solar_site_addon.generator.plan.array.conditions import NUM_VARIANTS, Condition
from solar_site_addon.generator.plan.model import Site

Floats = NDArray[np.float64]

MARKED_FROM = 0.25
"""Opacity from which docs/formats.md counts a mark as visible."""


@dataclass(frozen=True)
class Hit:
    """What a ray meets first."""

    material: str
    """Name of the material without its number; empty for the sky."""
    number: int
    """Number of the object in the site, 0 for none."""
    place: Floats
    depth: float


class Rectangles:
    """N rectangles, for example the planes of tables."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        corners = np.array([one["corners_world"] for one in records]).reshape(-1, 4, 3)
        self.ids = [one["id"] for one in records]
        self.origin, self.sides = corners[:, 0], corners[:, [1, 3]] - corners[:, :1]
        self.normal = np.cross(self.sides[:, 0], self.sides[:, 1])

    def places(self, position: Floats, ray: Floats) -> Floats:
        """Return where (N, 3) a ray meets the planes: as shares of width and height, and the depth."""
        depth = ((self.origin - position) * self.normal).sum(axis=1) / (self.normal @ ray)
        from_origin = position + depth[:, None] * ray - self.origin
        shares = np.einsum("nsa,na->ns", self.sides, from_origin) / (self.sides**2).sum(axis=2)
        return np.column_stack([shares, depth])


class Scene:
    """A built scene, and the files of its sample."""

    def __init__(self, folder: Path, site: Site, scene: bpy.types.Scene) -> None:
        self.site, self.scene = site, scene
        layer = scene.view_layers[0]
        layer.update()
        self.graph = layer.depsgraph
        self.document = json.loads((folder / "sample.json").read_text())
        camera = self.document["images"]["rgb"]["camera"]
        self.camera = camera
        self.matrix, self.pose = np.array(camera["K"]), np.array(camera["world_to_camera"])
        self.position = -self.pose[:3, :3].T @ self.pose[:3, 3]
        self.instances = np.asarray(Image.open(folder / "instances.png")).astype(int)
        self.semantic = np.asarray(Image.open(folder / "semantic.png"))
        self.depth = OpenEXR.File(str(folder / "depth.exr")).channels()["Y"].pixels
        self.size = self.instances.shape
        records = [*self.document["objects"], *self.document["tables"]]
        self.records = {record["id"]: record for record in records}
        self.category = {record["id"]: record["category"] for record in records}
        self.tables = Rectangles(self.document["tables"])
        self.empty = Rectangles([one for one in self.document["objects"] if one.get("condition") == "missing"])
        self.by_site_id = {one["site_id"]: one for one in self.document["objects"]}
        self._hulls: dict[int, Floats | None] = {}

    def mask(self, record: dict[str, Any]) -> NDArray[np.bool_]:
        """Return the mask (H, W) of a record, decoded by pycocotools."""
        rle = record["mask_rle"]
        if rle is None:
            return np.zeros(self.size, dtype=np.bool_)
        decoded: NDArray[np.bool_] = official.decode({**rle, "counts": rle["counts"].encode()}).astype(np.bool_)
        return decoded

    def ray(self, x: float, y: float) -> Floats:
        """Return the ray (3,) through a place in the image, as long as it goes 1 m along the optical axis."""
        plane = (np.array([x, y]) - self.matrix[:2, 2]) / self.matrix[0, 0]
        if "angle_polynomial" in self.camera:
            radius = float(np.hypot(*plane))
            angle = float(np.polyval([*self.camera["angle_polynomial"][::-1], 0.0], radius))
            plane = plane * (np.tan(angle) / radius if radius else 1.0)
        direction: Floats = np.array([*plane, 1.0]) @ self.pose[:3, :3]
        return direction

    def hit(self, x: float, y: float) -> Hit:
        """Return what Blender finds along the ray through a place in the image."""
        ray = self.ray(x, y)
        found, place, _, face, part, _ = self.scene.ray_cast(self.graph, self.position.tolist(), ray.tolist())
        if not found:
            return Hit("", 0, np.zeros(3), np.inf)
        at = np.array(place)
        material = part.data.materials[part.data.polygons[face].material_index].name.rpartition(".")
        name = material[0] if material[2].isdigit() else ".".join(filter(None, (material[0], material[2])))
        attribute = part.data.attributes.get("object")
        number = round(attribute.data[face].value) if attribute else 0
        depth = float((self.pose[:3, :3] @ at + self.pose[:3, 3])[2])
        if name == "Solar Site piles":
            number = self._pile_at(at)
        return Hit(name, number, at, depth)

    def _pile_at(self, place: Floats) -> int:
        """Return the number of the pile whose axis is nearest: Blender does not tell which instance a ray has met."""
        piles = self.site.piles
        there = np.flatnonzero(piles.standing)
        along = piles.axis[there] / np.linalg.norm(piles.axis[there], axis=1, keepdims=True)
        offset = place - piles.head[there]
        away = np.linalg.norm(np.cross(offset, along), axis=1)
        return self._first_pile() + int(there[np.argmin(away)])

    def _first_pile(self) -> int:
        site = self.site
        items = len(site.equipment.items) + len(site.surroundings.items) + len(site.surroundings.tarpaulins)
        return len(site.modules) + 2 * len(site.tables) + items + 1

    def outside_m(self, record: dict[str, Any], place: Floats) -> float:
        """Return how far a place is outside the solid whose corners sample.json tells."""
        corners = np.array(record["corners_world"])
        if len(corners) == 4:
            normal = np.cross(corners[1] - corners[0], corners[3] - corners[0])
            normal /= np.linalg.norm(normal)
            corners = np.concatenate([corners, corners - 0.05 * normal])
        number = record["id"]
        if number not in self._hulls:
            try:
                self._hulls[number] = ConvexHull(corners, qhull_options="QJ").equations
            except QhullError:
                self._hulls[number] = None
        planes = self._hulls[number]
        return 0.0 if planes is None else float((planes[:, :3] @ place + planes[:, 3]).max())


def crossed_by(scene: Scene, rectangles: Rectangles, hit: Hit, pixel: tuple[float, float]) -> list[int]:
    """Return the ids of the rectangles that the ray through a pixel goes through before it meets anything."""
    across, up, depth = rectangles.places(scene.position, scene.ray(pixel[0] + 0.5, pixel[1] + 0.5)).T
    open_there = (across > 0) & (across < 1) & (up > 0) & (up < 1) & (depth > 0) & (depth < hit.depth + 0.005)
    return [rectangles.ids[row] for row in np.flatnonzero(open_there).tolist()]


def mark_at(scene: Scene, hit: Hit, pixel: tuple[float, float]) -> tuple[float | None, bool]:
    """Return the opacity of the mark that a ray has met on a module, 1 for cracks; and whether it is near the limit."""
    modules = scene.site.modules
    if not 0 < hit.number <= len(modules):
        return None, False
    condition = Condition(int(modules.condition[hit.number - 1]))
    if condition is Condition.CRACKED:
        return 1.0, False
    if condition in (Condition.CLEAN, Condition.DUST, Condition.MISSING):
        return None, False
    ray = scene.ray(pixel[0] + 0.5, pixel[1] + 0.5)
    place = Rectangles([scene.by_site_id[hit.number]]).places(scene.position, ray)[0]
    return mark_opacity(scene.site, hit.number - 1, condition, place)


def is_at_border(place: Floats) -> bool:
    """Return whether a place on a rectangle is within 1 % of its border, on either side."""
    across, up, _ = place
    near = [min(abs(share), abs(1 - share)) < 0.01 for share in (across, up)]
    return any(near) and -0.02 < across < 1.02 and -0.02 < up < 1.02


def mark_opacity(site: Site, row: int, condition: Condition, place: Floats) -> tuple[float, bool]:
    """Return the opacity of a module's mark at a place of its glass, and whether this is near the limit."""
    across, up, _ = place
    variant = int(site.modules.variant[row])
    if variant >= NUM_VARIANTS:
        across = 1 - across
    size = site.table_types[site.tables.type[site.modules.table[row]]].module_size
    texture = module_marks._tile(condition, variant % NUM_VARIANTS, size)[..., 3]  # noqa: SLF001
    height, width = texture.shape
    x, y = across * width - 0.5, up * height - 0.5
    corner = texture[
        np.clip([int(y // 1), int(y // 1) + 1], 0, height - 1)[:, None],
        np.clip([int(x // 1), int(x // 1) + 1], 0, width - 1),
    ]
    a, b = x % 1, y % 1
    opacity = float(np.array([1 - b, b]) @ corner @ np.array([1 - a, a]))
    at_edge = min(across, up, 1 - across, 1 - up) < 0.01
    return opacity, at_edge or abs(opacity - MARKED_FROM) < 0.04


def road_edge_m(site: Site, place: Floats) -> float:
    """Return the distance of a place from the edge of the nearest carriageway, negative on it."""
    roads = site.roads
    points = roads.points[:, :2]
    same = np.flatnonzero(roads.road[1:] == roads.road[:-1])
    start, along = points[same], points[same + 1] - points[same]
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((place[:2] - start) * along).sum(axis=1) / length, 0, 1)
    away = np.linalg.norm(place[:2] - start - share[:, None] * along, axis=1)
    return float(away.min(initial=np.inf)) - roads.width_m / 2


def is_below_ground(scene: Scene, place: Floats) -> bool:
    """Return whether a place is more than 1 cm below the ground."""
    return bool(place[2] < float(scene.site.terrain.height(place[0], place[1])) - 0.01)


def own_surface(scene: Scene, record: dict[str, Any]) -> BVHTree:
    """Return the faces of an object, of a module only its glass, as docs/formats.md defines the visible fraction."""
    if record["category"] == "module":
        return BVHTree.FromPolygons([Vector(corner) for corner in record["corners_world"]], [[0, 1, 2, 3]])
    number = record["site_id"]
    vertices: list[Any] = []
    polygons: list[list[int]] = []
    for part in scene.scene.objects:
        attribute = part.data.attributes.get("object") if part.type == "MESH" else None
        if attribute is None:
            continue
        values = np.zeros(len(attribute.data), dtype=np.float32)
        attribute.data.foreach_get("value", values)
        for face in np.flatnonzero(np.rint(values) == number).tolist():
            corners = part.data.polygons[face].vertices
            polygons.append(list(range(len(vertices), len(vertices) + len(corners))))
            vertices += [part.matrix_world @ part.data.vertices[corner].co for corner in corners]
    return BVHTree.FromPolygons(vertices, polygons)
