# SPDX-License-Identifier: GPL-3.0-or-later
"""The orthophoto of a site: its pixels, decoded by Blender, and where on the ground it is seen."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..domain.array_types import Floats
from ..domain.messages import Message
from ..geometry.ground_textures import colour_levels
from ..plan.ground.ground_cover import Ground
from ..plan.terrain.orthophoto import Orthophoto, unreadable
from ..plan.terrain.terrain import Terrain
from .images import decoded_image, linear
from .shading import Shading, Value
from .texture_look import TextureImage

DRAPED = "draped"
"""Vertex attribute: share of the orthophoto, 0 within the built ground and beyond the image."""
_MOST_PIXELS = 4096
_FROM_TABLES_M = (5.0, 12.0)
_FROM_ROADS_M = (1.5, 5.0)
"""Distances from what is built at which the image begins to be seen and hides all other ground. Estimate."""
_FADED = 0.02
"""Width of the faded border, as a share of the image."""


class OrthophotoLook(NamedTuple):
    """An orthophoto and where it lies."""

    image: TextureImage
    matrix: Floats
    """That of ``Orthophoto``."""


def load_orthophoto(photo: Orthophoto | None) -> OrthophotoLook | None:
    """Return the look of an orthophoto; raise SettingsError if Blender cannot read it."""
    if photo is None:
        return None
    extent_m = 1 / math.sqrt(abs(float(np.linalg.det(photo.matrix[:, :2]))))
    pixels = decoded_image(photo.file, _MOST_PIXELS)
    if pixels is None:
        raise unreadable(photo.setting, Message("Blender does not read it"))
    known = (pixels[..., 3] > 0.5) & (pixels[..., :3].max(axis=-1) > 0)  # where warped images end, they are black
    if not known.any():  # Blender gives black for compressions that it does not know
        raise unreadable(photo.setting, Message("Blender finds it black: it may not know its compression"))
    levels = colour_levels(linear(pixels[..., :3]), known.astype(np.float32))
    return OrthophotoLook(TextureImage("orthophoto", levels, extent_m), photo.matrix)


def draped_share(photo: Orthophoto, terrain: Terrain, ground: Ground, road_edge: Floats) -> Floats:
    """Return the share (Y, X) of the orthophoto at the vertices; ``road_edge`` is the distance to carriageways, m."""
    u, v = photo.place(*np.meshgrid(terrain.x, terrain.y))
    inside = np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v)) / _FADED
    shares = [inside]
    for distance, (near, far) in ((ground.beside, _FROM_TABLES_M), (road_edge, _FROM_ROADS_M)):
        shares.append((distance - near) / (far - near))
    result: Floats = np.clip(np.min(shares, axis=0), 0.0, 1.0) * (1 - ground.cleared)
    return result


def over_ground(graph: Shading, look: OrthophotoLook, ground: Value, bright: Value) -> Value:
    """Return the color ``ground`` with the orthophoto over it, varied by the factor ``bright`` below its pixels."""
    x, y = graph.position()
    u, v = (graph.sum((x, float(a)), (y, float(b)), plus=float(c)) for a, b, c in look.matrix)
    draped = graph.attribute(DRAPED)
    red, green, blue, known = graph.texel(look.image, u, v, draped)
    linear_channels = (graph.math("MULTIPLY", channel, channel) for channel in (red, green, blue))
    share = graph.math("MULTIPLY", draped, graph.smoothstep(known, 0.7, 1.0))
    return graph.mix(share, ground, graph.product(graph.colour(*linear_channels), bright))
