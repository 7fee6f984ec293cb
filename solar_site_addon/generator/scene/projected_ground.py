# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground's material for one image: its look as painted for the camera, projected from there onto the ground.

Camera rays look reflectance and normal up in images by their place in the image. All other rays, which only carry
light from the ground to something else, see the color of the nearest vertices.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import bpy
import numpy as np

from ..domain.categories import Category
from ..imaging.exr import half_exr
from .ground import BuiltGround, ground_surface
from .ground_paint import SIDE, Paint, vertex_colours
from .nodes import ShaderGraph, Socket, new_material
from .ownership import own
from .texture_look import ROUGHNESS

_COLOUR = "ground_colour"
"""Vertex attribute with the color that indirect light sees."""
_PAINTED, _ACROSS, _ROUGHNESS = "RGBA", "Y", "A"
"""Channels of the two images: color and x of the normal; y of the normal and, where it differs, the roughness."""


@contextlib.contextmanager
def projected_ground(
    ground: BuiltGround, paint: Iterable[Paint], width_px: int, height_px: int, folder: Path
) -> Iterator[None]:
    """Show the ``paint`` of an image of this size instead of the ground's own material; ``folder`` holds its files."""
    files = folder / "ground.exr", folder / "ground_normal.exr"
    rough = ground.mesh.look.textures.rough
    _store(paint, files, SIDE * width_px, SIDE * height_px, rough)
    mesh = ground.surface.data
    if _COLOUR not in mesh.attributes:
        colours = np.concatenate([vertex_colours(ground.mesh), np.ones((len(mesh.vertices), 1), dtype=np.float32)], 1)
        mesh.attributes.new(_COLOUR, "FLOAT_COLOR", "POINT").data.foreach_set("color", colours.ravel())
    material, images = _projected(files, rough)
    before = mesh.materials[0]
    mesh.materials[0] = material
    try:
        yield
    finally:
        mesh.materials[0] = before
        bpy.data.batch_remove([material, *images])


def _store(paint: Iterable[Paint], files: tuple[Path, Path], width: int, height: int, rough: bool) -> None:
    """Write the images block by block: at full size they take 800 MB, which never lie in memory here."""
    names = _PAINTED, _ACROSS + _ROUGHNESS if rough else _ACROSS
    painted, across = (half_exr(file, each, width, height) for file, each in zip(files, names, strict=True))
    for part in paint:
        for name, values in zip(_PAINTED, (*part.colour, part.normal[0]), strict=True):
            painted[name][part.rows] = values
        across[_ACROSS][part.rows] = part.normal[1]
        if part.roughness is not None:
            across[_ROUGHNESS][part.rows] = part.roughness


def _projected(files: tuple[Path, Path], rough: bool) -> tuple[bpy.types.Material, list[bpy.types.Image]]:
    material, graph = new_material("Solar Site projected ground", Category.TERRAIN)
    images = [_image(file) for file in files]
    place = graph.node("ShaderNodeTexCoord").outputs["Window"]
    painted, across = (
        graph.node(
            "ShaderNodeTexImage", {"image": image, "interpolation": "Closest", "extension": "EXTEND"}, Vector=place
        )
        for image in images
    )
    normal = _normal(graph, painted.outputs["Alpha"], across.outputs["Color"])
    seen = ground_surface(graph, painted.outputs["Color"], normal, across.outputs["Alpha"] if rough else ROUGHNESS)
    unseen = graph.node("ShaderNodeBsdfDiffuse", Color=graph.attribute_colour(_COLOUR)).outputs[0]
    graph.surface(graph.for_camera(seen, unseen))
    return material, images


def _normal(graph: ShaderGraph, x: Socket, y: Socket) -> Socket:
    """Return the unit normal that points upward and has these components."""
    level = graph.math("MULTIPLY_ADD", x, x, graph.math("MULTIPLY", y, y))
    z = graph.math("SQRT", graph.math("MAXIMUM", graph.rest(level), 0.0))
    return graph.node("ShaderNodeCombineXYZ", X=x, Y=y, Z=z).outputs[0]


def _image(file: Path) -> bpy.types.Image:
    image = own(bpy.data.images.load(str(file), check_existing=False))
    image.colorspace_settings.name = "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"
    return image
