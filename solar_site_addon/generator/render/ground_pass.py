# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground pass: which part of the ground each pixel shows, with everything else out of the way."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import bpy
import numpy as np

from ..domain.array_types import Ints
from ..domain.pixel_filter import NATIVE, PixelFilter
from ..domain.projection import Camera
from ..scene.build import BuiltSite
from ..scene.ground_paint import TRIANGLE, paint
from ..scene.ownership import own
from ..scene.projected_ground import projected_ground
from .bare_surfaces import bare_surfaces
from .passes import channel, render_channels
from .quality import configure_common, configure_ground_pass
from .renderer import Renderer

_RIM_PX = 2
"""Width of the rim along the horizon where the sky at a pixel's center hides that the ground shows beside it."""


@contextlib.contextmanager
def painted_ground(
    built: BuiltSite, camera: Camera, renderer: Renderer, pixel_filter: PixelFilter = NATIVE
) -> Iterator[None]:
    """Show the ground as evaluated once for ``camera``, with which the scene renders, instead of its own material."""
    threads = renderer.threads or os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="solar_site_") as folder:
        triangles = _extended(visible_triangles(built, renderer))
        painted = paint(built.ground.mesh, camera, triangles, threads, pixel_filter.detail_px)
        with projected_ground(built.ground, painted, camera.width_px, camera.height_px, Path(folder)):
            yield


def visible_triangles(built: BuiltSite, renderer: Renderer) -> Ints:
    """Return the index (H, W) of the ground's triangle at each pixel center, -1 for the sky."""
    scene = own(bpy.data.scenes.new("Solar Site ground"))
    try:
        for part in (built.ground.surface, built.scene.camera):
            scene.collection.objects.link(part)
        scene.camera = built.scene.camera
        scene.render.resolution_x = built.scene.render.resolution_x
        scene.render.resolution_y = built.scene.render.resolution_y
        configure_common(scene, renderer.device, renderer.threads)
        configure_ground_pass(scene)
        with bare_surfaces():
            numbers = channel(render_channels(scene, [f".{TRIANGLE}.X"]), f".{TRIANGLE}.X")
    finally:
        bpy.data.scenes.remove(scene)
    return np.rint(numbers).astype(np.int32) - 1


def _extended(triangles: Ints) -> Ints:
    """Return the triangles (H, W) with the ground extended into the sky around it."""
    result = triangles.copy()
    for _ in range(_RIM_PX):
        for axis in (0, 1):
            for shift in (-1, 1):
                beside = np.roll(result, shift, axis)
                edge = (0 if shift > 0 else -1,)
                beside[edge if axis == 0 else (slice(None), *edge)] = -1
                result = np.where(result < 0, beside, result)
    return result
