# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws OUT/overview.png: a contact sheet of a dataset's images with their annotations.

Each visible object is tinted where instances.png has its id, modules in the color of their table, and outlined along
its polygon_px from sample.json. The sheet shows what the files say, read from disk, so a wrong annotation is easy to
spot.
Needs Pillow and numpy: pip install ".[overview]".
"""

from __future__ import annotations

import argparse
import colorsys
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

try:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
except ImportError as error:
    sys.exit(f"overview.py needs Pillow and numpy ({error.name} is not installed): python3 -m pip install pillow numpy")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from solar_site_addon.batch.dataset_folder import overview_file
from solar_site_addon.generator.dataset.files import DAMAGE, read_sample
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.domain.atomic_files import replacing_path
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError

Sample = dict[str, Any]

BACKGROUND = (18, 21, 26)
TEXT = (235, 238, 242)
QUIET_TEXT = (150, 158, 170)
OUTLINE = (255, 255, 255, 150)
TINT = 0.42
"""Weight of the table's color in a tinted pixel."""
MADE_BY = ("Software", "Solar Site overview.py")
"""Text in the file that identifies a sheet of ours."""
FINE = 2
"""Outlines are drawn larger by this factor and then reduced, for smooth lines."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the sheet; return the exit code: 0, or 2 if there is nothing to draw."""
    parser = argparse.ArgumentParser(
        description="Draw OUT/overview.png: the images of a dataset with their annotations."
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="dataset folder")
    parser.add_argument(
        "--max_images", type=int, default=12, help="maximum number of images on the sheet (default: 12)"
    )
    parser.add_argument("--width", type=int, default=900, help="width of one image in pixels (default: 900)")
    options = parser.parse_args(arguments)
    try:
        print(draw_overview(options.out, max(options.max_images, 1), max(options.width, 64)))
    except SolarSiteError as error:
        print(f"overview.py: {error}", file=sys.stderr)
        return 2
    except (OSError, SyntaxError, *DAMAGE) as error:  # Pillow raises SyntaxError for a broken PNG
        print(f"overview.py: the samples of {options.out} cannot be drawn: {error}", file=sys.stderr)
        return 2
    return 0


def draw_overview(out: Path, max_images: int, width: int) -> str:
    """Draw OUT/overview.png; return what was drawn. Raise SettingsError if there is nothing, or a file is not ours."""
    folders = list(find_samples(out).values())[:max_images]
    if not folders:
        raise SettingsError("{folder} contains no complete sample.", folder=out)
    target = overview_file(out)
    if os.path.lexists(target) and not is_ours(target):
        raise SettingsError("{file} was not drawn by overview.py: move or rename it.", file=target)
    save(contact_sheet([draw_sample(folder, width) for folder in folders]), target)
    return f"Overview of {len(folders)} images: {target}"


def is_ours(path: Path) -> bool:
    """Return whether a file is a sheet drawn by this program."""
    try:
        with Image.open(path) as image:
            return bool(image.info.get(MADE_BY[0]) == MADE_BY[1])
    except (OSError, ValueError, SyntaxError):  # Pillow raises SyntaxError for a broken PNG
        return False


def draw_sample(folder: Path, width: int) -> Image.Image:
    """Return the image of one sample, ``width`` pixels wide, with its annotations and a caption."""
    sample: Sample = dict(read_sample(folder))
    image = Image.open(folder / sample["images"]["rgb"]["file"]).convert("RGB")
    scale = width / image.width
    size = (width, max(round(image.height * scale), 1))
    ids = np.array(Image.open(folder / "instances.png").resize(size, Image.Resampling.NEAREST)).astype(np.int64)
    pixels = np.asarray(image.resize(size, Image.Resampling.LANCZOS), dtype=np.float64)
    drawn = Image.fromarray(tint(pixels, ids, object_colours(sample["objects"])))
    drawn.paste(OUTLINE[:3], mask=outlines(sample["objects"], size, scale))
    return with_caption(drawn, *caption(sample))


def object_colours(objects: Sequence[Sample]) -> NDArray[np.float64]:
    """Return the (N + 1, 3) sRGB colors by id: one hue for each table's modules and for each other object.

    Hues follow the golden ratio, so that neighbors differ; modules of one table alternate in brightness.
    """
    colours = np.zeros((max((record["id"] for record in objects), default=0) + 1, 3))
    for record in objects:
        hue = (record["parent"] or record["id"]) * 0.618034 % 1.0
        value = 0.8 if (record.get("row", 0) + record.get("column", 1)) % 2 == 0 else 1.0
        colours[record["id"]] = np.array(colorsys.hsv_to_rgb(hue, 0.85, value)) * 255.0
    return colours


def tint(pixels: NDArray[np.float64], ids: NDArray[np.int64], colours: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the pixels (H, W, 3), blended with the color of their module where ``ids`` (H, W) is not 0.

    Raise ValueError for an id that has no row in ``colours``.
    """
    if ids.max(initial=0) >= len(colours):
        raise ValueError(f"instances.png has the id {ids.max()}, which sample.json does not list")
    share = np.where(ids > 0, TINT, 0.0)[..., None]
    mixed: NDArray[np.float64] = pixels * (1.0 - share) + colours[ids] * share
    return np.rint(mixed).astype(np.uint8)


def outlines(objects: Sequence[Sample], size: tuple[int, int], scale: float) -> Image.Image:
    """Return a mask of ``size`` with the outlines of the visible objects; ``scale`` is sheet pixels per pixel.

    Racks have none: their boxes would cover the tables.
    """
    mask = Image.new("L", (size[0] * FINE, size[1] * FINE))
    draw = ImageDraw.Draw(mask)
    for record in objects:
        if record["polygon_px"] is not None and record["visible_px"] > 0 and record["category"] != "rack":
            corners = [(x * scale * FINE, y * scale * FINE) for x, y in record["polygon_px"]]
            draw.line([*corners, corners[0]], fill=OUTLINE[3], width=FINE)
    return mask.resize(size, Image.Resampling.BOX)


def caption(sample: Sample) -> tuple[str, str]:
    """Return the two texts below an image: the camera, and the number of visible modules."""
    camera = sample["images"]["rgb"]["camera"]
    visible = sum(one["visible_px"] > 0 for one in sample["objects"] if one["category"] == "module")
    place = (
        f"seed {sample['seed']}   {camera['altitude_agl_m']:.0f} m above ground   "
        f"gimbal pitch {camera['gimbal_pitch_deg']:.0f}°   {camera['gsd_m'] * 100:.1f} cm per pixel"
    )
    return place, f"{visible} modules"


def with_caption(image: Image.Image, left: str, right: str) -> Image.Image:
    """Return the image with a strip of text below it."""
    text_size = max(image.width // 42, 8)
    strip = text_size * 2
    framed = Image.new("RGB", (image.width, image.height + strip), BACKGROUND)
    framed.paste(image)
    draw = ImageDraw.Draw(framed)
    font = ImageFont.load_default(text_size)
    middle = image.height + strip // 2
    draw.text((0, middle), left, QUIET_TEXT, font, anchor="lm")
    draw.text((image.width - 1, middle), right, TEXT, font, anchor="rm")
    return framed


def contact_sheet(cells: Sequence[Image.Image]) -> Image.Image:
    """Return the cells on a nearly square grid, with a margin around each."""
    columns = math.ceil(math.sqrt(len(cells)))
    rows = math.ceil(len(cells) / columns)
    width, height = max(cell.width for cell in cells), max(cell.height for cell in cells)
    margin = max(width // 45, 1)
    sheet = Image.new(
        "RGB", (columns * (width + margin) + margin, rows * (height + margin // 2) + margin + margin // 2), BACKGROUND
    )
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        sheet.paste(cell, (margin + column * (width + margin), margin + row * (height + margin // 2)))
    return sheet


def save(sheet: Image.Image, target: Path) -> None:
    """Write the sheet, replacing an earlier one."""
    text = PngImagePlugin.PngInfo()
    text.add_text(*MADE_BY)
    with replacing_path(target) as hidden:
        sheet.save(hidden, format="PNG", optimize=True, pnginfo=text)


if __name__ == "__main__":
    sys.exit(main())
