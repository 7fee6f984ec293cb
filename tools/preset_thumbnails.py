# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the thumbnails of the presets in the panel from images of the gallery. Run: make preset-thumbnails."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageOps

from solar_site_addon.generator.settings.schema import MIXED, PRESETS
from solar_site_addon.ui.presets import THUMBNAIL_FOLDER

from .gallery import SHOTS, Shot

SIZE = (128, 96)
COLOURS = 48
"""Colors of the palette, which keeps the files small."""
SHOWN = (
    "summer_60", "winter_overcast", "hills_60", "terraces_100", "grassland_60", "desert_40", "building_loess",
    "building_red", "building_survey", "building_early", "building_middle", "building_last",
)  # fmt: skip
"""One image of the gallery for each preset."""
OF_MIXED = ("summer_60", "winter_overcast", "terraces_100", "desert_40")
"""Images of the quarters of the thumbnail of mixed presets."""


def main() -> int:
    """Write a thumbnail for each built-in preset, and return the exit code."""
    shots = {shot.name: shot for shot in SHOTS}
    THUMBNAIL_FOLDER.mkdir(exist_ok=True)
    for name in SHOWN:
        write(shots[name].preset, reduced(shots[name], SIZE))
    if missing := sorted(set(PRESETS) - {shots[name].preset for name in SHOWN}):
        print(f"no image of the gallery is named here for {', '.join(missing)}", file=sys.stderr)
        return 1
    half = (SIZE[0] // 2, SIZE[1] // 2)
    mixed = Image.new("RGB", SIZE)
    for number, name in enumerate(OF_MIXED):
        mixed.paste(reduced(shots[name], half), (number % 2 * half[0], number // 2 * half[1]))
    write(MIXED, mixed)
    return 0


def reduced(shot: Shot, size: tuple[int, int]) -> Image.Image:
    """Return the image of the gallery in ``size``, cut to its proportions."""
    with Image.open(shot.file) as image:
        return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.LANCZOS)


def write(preset: str, image: Image.Image) -> None:
    """Write the thumbnail of a preset."""
    file: Path = THUMBNAIL_FOLDER / f"{preset}.png"
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
