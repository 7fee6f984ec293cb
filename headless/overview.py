# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws OUT/overview.png: a contact sheet of a dataset's images with the annotations drawn on them.

Each object that can be seen is tinted where instances.png has its id, modules in the color of their table, and outlined
along its polygon_px from sample.json. It shows what the files say, read back from disk: an error is seen at once.
Needs Pillow and numpy: pip install ".[overview]".
"""

from __future__ import annotations

import argparse
import colorsys
import json
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

from solar_site_addon.batch.ownership import OVERVIEW
from solar_site_addon.generator.dataset.index import find_samples

Sample = dict[str, Any]

BACKGROUND = (18, 21, 26)
TEXT = (235, 238, 242)
QUIET_TEXT = (150, 158, 170)
OUTLINE = (255, 255, 255, 150)
TINT = 0.42
"""Share of the table's colour in a tinted pixel."""
MADE_BY = ("Software", "Solar Site overview.py")
"""Text in the sheet's file by which it is known as ours."""
FINE = 2
"""Outlines are drawn so many times larger and then reduced, for smooth lines."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the arguments, draws the sheet and returns the exit code: 0, or 2 where there is nothing to draw."""
    parser = argparse.ArgumentParser(description="Draw OUT/overview.png: the pictures of a dataset with their labels.")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder of the dataset")
    parser.add_argument("--max_pictures", type=int, default=12, help="pictures on the sheet at most (default: 12)")
    parser.add_argument("--width", type=int, default=900, help="width of one picture in pixels (default: 900)")
    options = parser.parse_args(arguments)
    folders = list(find_samples(options.out).values())[: max(options.max_pictures, 1)]
    if not folders:
        print(f"overview.py: there is no whole sample in {options.out}.", file=sys.stderr)
        return 2
    target = options.out / OVERVIEW
    if os.path.lexists(target) and not is_ours(target):
        print(
            f"overview.py: {target} was not drawn by overview.py: move it away, or give it another name.",
            file=sys.stderr,
        )
        return 2
    try:
        sheet = contact_sheet([draw_sample(folder, max(options.width, 64)) for folder in folders])
        save(sheet, target)
    except (OSError, KeyError, ValueError) as error:
        print(f"overview.py: the samples of {options.out} cannot be drawn: {error}", file=sys.stderr)
        return 2
    print(f"Overview of {len(folders)} pictures: {target}")
    return 0


def is_ours(path: Path) -> bool:
    """Whether a file is a sheet that this program has drawn."""
    try:
        with Image.open(path) as image:
            return bool(image.info.get(MADE_BY[0]) == MADE_BY[1])
    except (OSError, ValueError, SyntaxError):  # Pillow raises SyntaxError for a broken PNG
        return False


def draw_sample(folder: Path, width: int) -> Image.Image:
    """The picture of one sample, ``width`` pixels wide, with its labels drawn on it and a caption below."""
    sample: Sample = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    photo = Image.open(folder / sample["images"]["rgb"]["file"]).convert("RGB")
    scale = width / photo.width
    size = (width, max(round(photo.height * scale), 1))
    ids = np.array(Image.open(folder / "instances.png").resize(size, Image.Resampling.NEAREST)).astype(np.int64)
    pixels = np.asarray(photo.resize(size, Image.Resampling.LANCZOS), dtype=np.float64)
    picture = Image.fromarray(tint(pixels, ids, object_colours(sample["objects"])))
    picture.paste(OUTLINE[:3], mask=outlines(sample["objects"], size, scale))
    return with_caption(picture, *caption(sample))


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
    """(H, W, 3) the pixels, mixed with their module's colour where ``ids`` (H, W) is not 0.

    Raises ValueError for an id that ``colours`` has no row for.
    """
    if ids.max(initial=0) >= len(colours):
        raise ValueError(f"instances.png has the id {ids.max()}, which sample.json does not list")
    share = np.where(ids > 0, TINT, 0.0)[..., None]
    mixed: NDArray[np.float64] = pixels * (1.0 - share) + colours[ids] * share
    return np.rint(mixed).astype(np.uint8)


def outlines(objects: Sequence[Sample], size: tuple[int, int], scale: float) -> Image.Image:
    """A mask of ``size`` with the outlines of the objects that can be seen; ``scale`` is sheet pixels per pixel."""
    mask = Image.new("L", (size[0] * FINE, size[1] * FINE))
    draw = ImageDraw.Draw(mask)
    for record in objects:
        if record["polygon_px"] is not None and record["visible_px"] > 0:
            corners = [(x * scale * FINE, y * scale * FINE) for x, y in record["polygon_px"]]
            draw.line([*corners, corners[0]], fill=OUTLINE[3], width=FINE)
    return mask.resize(size, Image.Resampling.BOX)


def caption(sample: Sample) -> tuple[str, str]:
    """What stands below a picture: the camera in words, and how many modules are in it."""
    camera = sample["images"]["rgb"]["camera"]
    visible = sum(one["visible_px"] > 0 for one in sample["objects"] if one["category"] == "module")
    place = (
        f"seed {sample['seed']}   {camera['altitude_agl_m']:.0f} m above ground   "
        f"gimbal pitch {camera['gimbal_pitch_deg']:.0f}°   {camera['gsd_m'] * 100:.1f} cm per pixel"
    )
    return place, f"{visible} modules"


def with_caption(picture: Image.Image, left: str, right: str) -> Image.Image:
    """The picture with a strip of text below it."""
    text_size = max(picture.width // 42, 8)
    strip = text_size * 2
    framed = Image.new("RGB", (picture.width, picture.height + strip), BACKGROUND)
    framed.paste(picture)
    draw = ImageDraw.Draw(framed)
    font = ImageFont.load_default(text_size)
    middle = picture.height + strip // 2
    draw.text((0, middle), left, QUIET_TEXT, font, anchor="lm")
    draw.text((picture.width - 1, middle), right, TEXT, font, anchor="rm")
    return framed


def contact_sheet(cells: Sequence[Image.Image]) -> Image.Image:
    """The cells on a grid about as wide as it is high, with a margin around each."""
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
    """Writes the sheet so that ``target`` is either the old file or the whole new one."""
    temporary = target.with_name(f".{target.name}.partial")
    text = PngImagePlugin.PngInfo()
    text.add_text(*MADE_BY)
    try:
        sheet.save(temporary, format="PNG", optimize=True, pnginfo=text)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
