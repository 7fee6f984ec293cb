# SPDX-License-Identifier: GPL-3.0-or-later
"""Visible surface at each pixel center: the passes of a render as arrays of their proper types."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.array_types import Bytes, Ints, Mask, Singles
from ..domain.categories import Category
from ..domain.errors import RenderError

_SKY_DEPTH_M = 1e9
"""Depths from here on are sky, to which Blender gives 1e10 m."""

_BLEND = 0.25
"""A pass stores integers as float32. Rounding errors are smaller than this, blending of neighbors causes larger
ones."""

MARKED_FROM = 0.25
"""Opacity from which a mark counts as visible: fainter edges of a stain are not part of it. Estimate."""

CHANNEL_ENDINGS = (".object.X", ".semantic.X", ".marked.X", ".Depth.Z", ".normal.R", ".normal.G", ".normal.B")
"""Endings of the passes' channel names in Blender's multilayer files."""


@dataclass(frozen=True)
class PixelPasses:
    """Visible surface at each pixel center."""

    numbers: Ints
    """Site-wide number (H, W) of the object (``plan.objects``); 0 for none."""
    categories: Bytes
    """Ids (H, W) of ``Category``."""
    marked: Mask
    """Whether (H, W) the pixel shows a mark on a module: a stain, droppings, leaves, snow, cracks or a burn."""
    depth: Singles
    """Distance (H, W) along the optical axis, m; infinite for the sky."""
    normals: Singles
    """Unit normals (H, W, 3) in world axes; 0 for the sky."""

    @classmethod
    def from_channels(cls, channels: Mapping[str, NDArray[np.floating[Any]]]) -> PixelPasses:
        """Return the passes from a render's channels (H, W), by their names in Blender's multilayer file.

        Raises RenderError if a channel is missing or holds an impossible number.
        """
        number, semantic, mark, depth, *normal = (_channel(channels, ending) for ending in CHANNEL_ENDINGS)
        return cls(
            numbers=_whole_numbers(number, "object", np.iinfo(np.int32).max).astype(np.int32),
            categories=_whole_numbers(semantic, "semantic", max(Category)).astype(np.uint8),
            marked=mark >= MARKED_FROM,
            depth=np.where(depth >= _SKY_DEPTH_M, np.inf, depth).astype(np.float32),
            normals=np.stack(normal, axis=-1).astype(np.float32),
        )

    def along_axis(self, cosines: Singles) -> PixelPasses:
        """Return the passes of a distorting lens, for which Blender stores distances from the camera instead of depths.

        ``cosines`` (H, W) are those of the angles between optical axis and ray.
        """
        return dataclasses.replace(self, depth=self.depth * cosines)


def _channel(channels: Mapping[str, NDArray[np.floating[Any]]], ending: str) -> NDArray[np.floating[Any]]:
    names = [name for name in channels if name.endswith(ending)]
    if len(names) != 1:
        raise RenderError(
            "The render has {count} channels whose name ends in {ending}, instead of one.",
            count=len(names),
            ending=ending,
        )
    return channels[names[0]]


def _whole_numbers(values: NDArray[np.floating[Any]], name: str, largest: int) -> NDArray[np.floating[Any]]:
    rounded: NDArray[np.floating[Any]] = np.rint(values)
    if not np.all(np.abs(values - rounded) < _BLEND):
        raise RenderError(
            "The {name} pass contains blended numbers: it must be rendered with one sample at pixel centers.", name=name
        )
    if rounded.size and (rounded.min() < 0 or rounded.max() > largest):
        raise RenderError("The {name} pass contains a number outside 0 to {largest}.", name=name, largest=largest)
    return rounded
