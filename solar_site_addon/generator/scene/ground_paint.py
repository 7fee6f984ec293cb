# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground as one camera sees it, evaluated once per image with arrays: reflectance and normal in every pixel.

The renderer would evaluate the ground's material anew for every sample, with three evaluations of its relief, although
the camera does not move within an image. Here, each pixel is evaluated at SIDE x SIDE points on the triangle that the
camera sees at its center.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from ..domain.array_types import Floats, Ints, Singles
from ..domain.projection import Camera
from .array_shading import ArrayShading
from .detail_texture import lost_slope, noises
from .ground_look import BUMP_M, GroundLook, GroundShading
from .shading import Value
from .texture_look import ROUGHNESS

TRIANGLE = "triangle"
"""Name of the face attribute, and of the pass, with the number of the triangle, from 1."""
SIDE = 2
"""Points per pixel and direction."""
_BLOCK_PX = 8192
"""Pixels that are evaluated together: their arrays fit into the processor's cache."""
_BLOCKS_PER_THREAD = 8
_FACETS = {(0, 0): (1, 0), (1, 0): (0, 1), (0, 1): (0, -1), (1, 1): (-1, 0)}
"""Directions east and north in which each texel of a pixel, by its place to the right and down, is tilted."""
_STEEPEST = 0.1
"""Smallest cosine between view and ground for which the points of a pixel lie farther apart on the ground."""
_FARTHEST = 1.25
"""Largest ratio of the distances of a point and of its pixel's center, where a triangle is seen from the side."""

_INDIRECT_STEP = 3
"""How many neighboring vertices of a row share a color."""
_INDIRECT_M = 3.0
"""Their spacing near the site, within which indirect light sees the mean color of textures."""


class PaintedMesh(NamedTuple):
    """The mesh of the ground with all that its look depends on."""

    triangles: Ints
    """Vertex indices (F, 3)."""
    table: Singles
    """Position in m, smooth normal, and attributes of each vertex, in one row (V, 6 + A)."""
    names: tuple[tuple[str, int], ...]
    """Names and widths, 1 or 3, of the attributes."""
    look: GroundLook

    def attributes(self, columns: Singles) -> dict[str, Singles]:
        """Return the attributes (N,) or (3, N) by name, from the columns (A, N) of the table that hold them."""
        result, first = {}, 0
        for name, width in self.names:
            result[name] = columns[first] if width == 1 else columns[first : first + width]
            first += width
        return result


def painted_mesh(
    vertices: Floats, triangles: Ints, normals: Singles, values: Mapping[str, Singles], look: GroundLook
) -> PaintedMesh:
    """Return a mesh with attributes ``values`` (V,) or (V, 3) by name."""
    columns = {name: of_vertices.reshape(len(vertices), -1) for name, of_vertices in values.items()}
    table = np.concatenate([vertices, normals, *columns.values()], axis=1, dtype=np.float32)
    return PaintedMesh(triangles, table, tuple((name, part.shape[1]) for name, part in columns.items()), look)


class Paint(NamedTuple):
    """The ground at SIDE x SIDE texels in each pixel of some rows of pixels (R, W)."""

    rows: slice
    """Rows of texels."""
    colour: Singles
    """Reflectance (3, R * SIDE, W * SIDE)."""
    normal: Singles
    """Unit normals (3, R * SIDE, W * SIDE) in world axes.

    Slopes smaller than a texel would be lost. In their place, the texels of a pixel are tilted in different directions,
    so that together they reflect light from all sides like the rough ground."""
    roughness: Singles | None = None
    """Roughness (R * SIDE, W * SIDE) where it differs from place to place."""


def paint(mesh: PaintedMesh, camera: Camera, triangles: Ints, threads: int, detail_px: float = 1.0) -> Iterator[Paint]:
    """Yield the ground by blocks of rows, for the triangle (H, W) at the center of each pixel, -1 for none.

    The texels of a pixel show the middle ``detail_px`` of it (see ``PixelFilter``). Texels without a triangle are black
    and face upward.
    """
    rows = max(1, _BLOCK_PX // triangles.shape[1])
    starts = range(0, len(triangles), rows)
    at_once = _BLOCKS_PER_THREAD * threads
    with ThreadPoolExecutor(threads) as pool:
        for few in range(0, len(starts), at_once):  # or else all blocks would be in memory while they are stored
            yield from pool.map(
                lambda start: _paint_rows(mesh, camera, triangles[start : start + rows], start, detail_px),
                starts[few : few + at_once],
            )


def vertex_colours(mesh: PaintedMesh) -> Singles:
    """Return the reflectance (V, 3) that indirect light sees at each vertex: that of one of few in its row."""
    columns = mesh.table[::_INDIRECT_STEP].T
    result = np.empty((columns.shape[1], 3), dtype=np.float32)
    for start in range(0, len(result), _BLOCK_PX):
        part = np.ascontiguousarray(columns[:, start : start + _BLOCK_PX])
        points = ArrayShading(mesh.attributes(part[6:]), part[:3], np.full(1, _INDIRECT_M, dtype=np.float32))
        shading = GroundShading(points, noises(part[:3], np.zeros(1, dtype=np.float32)), mesh.look)
        result[start : start + _BLOCK_PX] = shading.colour().T
    return np.repeat(result, _INDIRECT_STEP, axis=0)[: len(mesh.table)]


def _paint_rows(mesh: PaintedMesh, camera: Camera, triangles: Ints, first_row: int, detail_px: float) -> Paint:
    seen = triangles >= 0
    row, column = np.nonzero(seen)
    colour = np.zeros((3, len(triangles), SIDE, triangles.shape[1], SIDE), dtype=np.float32)
    normal = np.zeros_like(colour)
    normal[2] = 1.0
    roughness = np.full(colour.shape[1:], ROUGHNESS, dtype=np.float32) if mesh.look.textures.rough else None
    if len(row):
        patches = _Patches(mesh, camera, triangles[seen], column + 0.5, row + first_row + 0.5, detail_px)
        for (right, down), colours, normals, rough in patches.painted():
            colour[:, row, down, column, right] = colours
            normal[:, row, down, column, right] = normals
            if roughness is not None:
                roughness[row, down, column, right] = rough
    shape = (3, SIDE * len(triangles), SIDE * triangles.shape[1])
    return Paint(
        slice(SIDE * first_row, SIDE * first_row + shape[1]),
        colour.reshape(shape),
        normal.reshape(shape),
        None if roughness is None else roughness.reshape(shape[1:]),
    )


def _facet_slope(variance: Singles) -> Singles:
    """Return the slope (N,) of four facets that stand for slopes too small to be seen.

    ``variance`` is the sum of their variances in both directions. Four facets along the axes with the slope
    sqrt(variance) would have that variance; with the slope returned here, their normals have the mean of normally
    distributed slopes, within 2 %, so they also reflect as much light.
    """
    result: Singles = np.sqrt(variance * (1 + variance) ** np.float32(-0.4))
    return result


class _Texel(NamedTuple):
    """One texel of N pixels."""

    way: Singles
    """From the camera to the ground (3, N), m."""
    up: Singles
    """Unit normals (3, N) without relief."""
    spacing: Singles
    """Distances (N,) to the next texels, m: the geometric mean of both directions."""
    shading: GroundShading
    relief: Singles


class _Patches:
    """The parts of the ground that N pixels show: the planes of the triangles at their centers."""

    def __init__(
        self, mesh: PaintedMesh, camera: Camera, triangles: Ints, x_px: Floats, y_px: Floats, detail_px: float
    ) -> None:
        self._mesh, self._camera, self._x, self._y, self._detail = mesh, camera, x_px, y_px, detail_px
        corner = mesh.triangles[triangles]
        self._first = np.ascontiguousarray(mesh.table[corner[:, 0]].T)
        self._along = mesh.table[corner[:, 1]].T - self._first
        self._across = mesh.table[corner[:, 2]].T - self._first
        # Relative to the camera, single precision suffices to the horizon.
        self._start = self._first[:3] - camera.position.astype(np.float32)[:, None]
        self._up = _cross(self._along[:3], self._across[:3])
        self._area = 1 / _dot(self._up, self._up)
        center, away = self._distance(self._rays(0.0, 0.0)), np.sqrt(_dot(self._start, self._start))
        # At the rim of the sky, a pixel may look over its triangle, whose plane then lies behind the camera.
        self._center = np.where(center > 0, center, away)

    def painted(self) -> Iterator[tuple[tuple[int, int], Singles, Singles, Value]]:
        """Yield the place in the pixel (right, down), colors and unit normals (3, N), and roughness of each texel."""
        texels = {place: self._texel(*place) for place in _FACETS}
        for (right, down), tilts in _FACETS.items():
            texel = texels[right, down]
            shading, beside, below = texel.shading, texels[1 - right, down], texels[right, 1 - down]
            normal = texel.up - np.float32(BUMP_M) * self._gradient(texel, beside, below)
            of_stones = lost_slope(texel.spacing) * np.square(shading.stoniness * np.float32(BUMP_M))
            facet = _facet_slope(2 * (of_stones + shading.lost_slope_variance))
            for direction, tilt in zip(_tangents(texel.up), tilts, strict=True):
                if tilt:
                    normal -= direction * (np.float32(tilt) * facet)
            yield (right, down), shading.colour(), normal / np.sqrt(_dot(normal, normal)), shading.roughness()

    def _texel(self, right: int, down: int) -> _Texel:
        rays = self._rays(*(((place + 0.5) / SIDE - 0.5) * self._detail for place in (right, down)))
        distance = np.clip(self._distance(rays), self._center / _FARTHEST, self._center * _FARTHEST)
        way = distance * rays
        values = self._first + self._steps(way - self._start)
        up = values[3:6] / np.sqrt(_dot(values[3:6], values[3:6]))
        across = distance / np.float32(SIDE * self._camera.focal_px / self._detail)
        spacing = across / np.sqrt(np.maximum(-_dot(rays, up), np.float32(_STEEPEST)))
        place = way + self._camera.position.astype(np.float32)[:, None]
        attributes = ArrayShading(self._mesh.attributes(values[6:]), place, spacing)
        shading = GroundShading(attributes, noises(place, spacing, nearby=True), self._mesh.look)
        return _Texel(way, up, spacing, shading, shading.relief())

    def _gradient(self, texel: _Texel, beside: _Texel, below: _Texel) -> Singles:
        """Return the change (3, N) of the relief per m in the plane, from its differences to two other texels."""
        along, across = beside.way - texel.way, below.way - texel.way
        facing = self._up * np.sqrt(self._area)
        turned, other = _cross(across, facing), _cross(facing, along)
        change = (beside.relief - texel.relief) * turned + (below.relief - texel.relief) * other
        result: Singles = change / _dot(along, turned)
        return result

    def _rays(self, right_px: float, down_px: float) -> Singles:
        rays = self._camera.rays(np.stack([self._x + right_px, self._y + down_px], axis=-1)).T
        return (rays / np.linalg.norm(rays, axis=0)).astype(np.float32)

    def _distance(self, rays: Singles) -> Singles:
        """Return the distances (N,) along unit ``rays`` (3, N) from the camera to the planes, m."""
        return _dot(self._start, self._up) / _dot(rays, self._up)

    def _steps(self, way: Singles) -> Singles:
        """Return how much all values change along ``way`` (3, N)."""
        along = _dot(_cross(way, self._across[:3]), self._up) * self._area
        across = _dot(_cross(self._along[:3], way), self._up) * self._area
        return along * self._along + across * self._across


def _tangents(up: Singles) -> tuple[Singles, Singles]:
    """Return two unit vectors (3, N) perpendicular to ``up`` and to each other."""
    x, _, z = up
    east = np.stack([z, np.zeros_like(x), -x]) / np.sqrt(x * x + z * z)
    return east, _cross(up, east)


def _cross(one: Singles, other: Singles) -> Singles:
    (a, b, c), (d, e, f) = one, other
    return np.stack([b * f - c * e, c * d - a * f, a * e - b * d])


def _dot(one: Singles, other: Singles) -> Singles:
    result: Singles = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return result
