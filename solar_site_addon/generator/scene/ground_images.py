# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture sets of ``site.ground_images``, decoded by Blender."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

from ..domain.array_types import Singles
from ..domain.errors import SettingsError
from ..geometry.ground_textures import GroundPixels, Maps, ground_pixels
from ..plan.ground.ground_images import GroundImage, GroundImages
from ..settings.files import State, states_of
from ..settings.texture_sets import COLOUR, GROUND_IMAGES, HEIGHT, KINDS, NORMAL, ROUGHNESS
from .images import decoded_image, linear
from .texture_look import NO_TEXTURES, GroundTexture, TextureLook

_TEXEL_M = 0.0025
"""Size of texels that is aimed at: about half of what the lowest drone sees in a pixel."""
_FEWEST_PIXELS, _MOST_PIXELS = 64, 2048
_LINEAR = (".exr",)
"""Endings of files with linear colors."""


def load_textures(images: GroundImages) -> TextureLook:
    """Return the textures of a site; raise SettingsError if a file is no image."""
    if not images.by_kind:
        return NO_TEXTURES
    textures = {
        kind: GroundTexture(f"ground {kind}", _pixels_of(image), image.size_m) for kind, image in _sorted(images)
    }
    return TextureLook(textures, images.share)


def _sorted(images: GroundImages) -> list[tuple[str, GroundImage]]:
    return sorted(images.by_kind.items(), key=lambda item: item[0])


def _pixels_of(image: GroundImage) -> GroundPixels:
    sets = image.textures
    try:
        state = states_of(sets.files)
    except OSError as error:
        raise _refusal(Path(str(error.filename))) from error
    ideal = 2 ** round(math.log2(image.size_m / _TEXEL_M))
    side = max(_FEWEST_PIXELS, min(_MOST_PIXELS, ideal))
    return _decoded(tuple(sorted(sets.maps.items())), state, sets.flipped, side)


@lru_cache(maxsize=len(KINDS))
def _decoded(maps: tuple[tuple[str, Path], ...], _state: State, flipped: bool, side: int) -> GroundPixels:
    """Return the pixels of a set; ``_state`` tells whether its files have changed."""
    files = dict(maps)
    colour = _image(files[COLOUR], side)
    if files[COLOUR].suffix.lower() not in _LINEAR:
        colour = linear(colour)
    normal = _image(files[NORMAL], side) * 2 - 1 if NORMAL in files else None
    if normal is not None and flipped:
        normal[..., 1] *= -1
    roughness, height = (_image(files[name], side)[..., 0] if name in files else None for name in (ROUGHNESS, HEIGHT))
    return ground_pixels(Maps(colour, normal, roughness, height))


def _image(file: Path, side: int) -> Singles:
    """Return an image (side, side, 3) as stored, first row at the bottom."""
    result = decoded_image(file, side)
    if result is None:
        raise _refusal(file)
    return result[..., :3]


def _refusal(file: Path) -> SettingsError:
    return SettingsError(
        "{setting} cannot be used: {file} is not an image that Blender reads.", setting=GROUND_IMAGES, file=str(file)
    )
