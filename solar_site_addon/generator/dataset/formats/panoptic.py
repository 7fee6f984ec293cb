# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO panoptic segmentation: instances of the classes as things, and all other surfaces as stuff.

OUT/panoptic/panoptic.json               segments of each image
OUT/panoptic/masks/image_0000.png        id of the segment at each pixel: red + 256 green + 65536 blue; 0 for none

The layout is described at cocodataset.org (Data format, panoptic segmentation). Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...annotations.run_lengths import pixel_runs
from ...domain.categories import Category
from ...domain.errors import SettingsError
from ..annotation_format import FormatFolder, format_in_folder
from ..classes import SETTING, Classes
from ..content import AddImage, AnnotatedImage, Content
from ..files import ANNOTATION_FILES, DAMAGE, extension_version
from ..png_rows import read_rows, write_rgb
from ._coco import HEAD_LENGTH, MADE_BY, categories_of, is_our_head

INDEX = "panoptic.json"
STUFF = 1000
"""Categories of stuff have their ids in semantic.png, plus this number."""
_STUFF_SEGMENT = 65_536
"""The same for the ids of segments."""
_VOID = 255
OUR_FILES = re.compile(r"panoptic\.json|masks/image_\d+\.png")


def _is_our_index(text: str) -> bool:
    try:
        return is_our_head(text)
    except DAMAGE:
        return False


FOLDER = FormatFolder("panoptic", INDEX, _is_our_index, lambda path: OUR_FILES.fullmatch(path) is not None, HEAD_LENGTH)


@contextlib.contextmanager
def write(out: Path, content: Content) -> Iterator[AddImage]:
    """Replace OUT/panoptic with the added images; after an error, it is kept unchanged."""
    images: list[str] = []
    segments: list[str] = []
    with FOLDER.replacing(out) as folder:
        (folder / "masks").mkdir()

        def add(image: AnnotatedImage) -> None:
            mask = f"{image.name}.png"
            stuff = _Stuff(content.classes)
            (width, height), index = image.size, image.sample["index"]
            semantic = read_rows((out / image.path).with_name(ANNOTATION_FILES["semantic"]))
            write_rgb(folder / "masks" / mask, width, height, _rows(image, semantic, stuff))
            file = {"id": index, "file_name": str(image.path), "width": width, "height": height}
            images.append(json.dumps({**file, "subset": image.subset}))
            info = [*_things(image), *stuff.segments()]
            segments.append(json.dumps({"image_id": index, "file_name": mask, "segments_info": info}))

        yield add
        lists = {"images": images, "annotations": segments}
        head = {
            "info": {
                "description": f"Segments of drone images of photovoltaic plants, {MADE_BY}",
                "version": extension_version(),
            },
            "licenses": [],
            "categories": _categories(content),
        }
        with (folder / INDEX).open("w", encoding="utf-8", newline="\n") as file:
            lines = [f'"{name}": {json.dumps(value)}' for name, value in head.items()]
            lines += [f'"{name}": [\n' + ",\n".join(items) + "\n]" for name, items in lists.items()]
            file.write("{\n" + ",\n".join(lines) + "\n}\n")


def _refuse_overlaps(content: Content) -> None:
    """Raise SettingsError for classes whose instances cover each other: tables and conditions."""
    for members in content.classes.members.values():
        for category in members:
            if category is Category.TABLE or (category.is_part and category is not Category.MODULE):
                raise SettingsError(
                    "{setting} contains {name}, which covers pixels of other instances: the format panoptic takes only "
                    "objects that have a value in instances.png.",
                    setting=SETTING,
                    name=category.key,
                )


def _categories(content: Content) -> list[dict[str, Any]]:
    things = [
        {**one, "isthing": 1, "color": list(members[0].color)}
        for one, members in zip(categories_of(content), content.classes.members.values(), strict=True)
    ]
    return things + [
        {"id": STUFF + one, "name": one.key, "supercategory": "", "isthing": 0, "color": list(one.color)}
        for one in Category
        if one.is_surface and content.classes.index_of(one) is None
    ]


def _things(image: AnnotatedImage) -> Iterator[dict[str, Any]]:
    for number, instance in enumerate(image.instances, start=1):
        yield {
            "id": number,
            "category_id": instance.class_index + 1,
            "area": instance.record["visible_px"],
            "bbox": instance.record["bbox_px"],
            "iscrowd": 0,
            "attributes": instance.attributes,
        }


@dataclass
class _Stuff:
    """Areas and boxes of the stuff in an image, counted row by row."""

    classes: Classes
    area: dict[int, int] = field(default_factory=dict)
    box: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    table: bytes = b""
    """The stuff of each category in semantic.png: the category itself, or none if it is a class of things."""

    def __post_init__(self) -> None:
        things = {int(one) for one in Category if self.classes.index_of(one) is not None}
        self.table = bytes(_VOID if number in things else number for number in range(256))

    def count(self, y: int, row: bytes) -> None:
        """Count a row of categories of stuff, which holds ``_VOID`` where there is none."""
        for category in set(row) - {_VOID}:
            first, last = row.index(category), row.rindex(category)
            left, top, right, _ = self.box.get(category, (first, y, last, y))
            self.box[category] = min(left, first), top, max(right, last), y
            self.area[category] = self.area.get(category, 0) + row.count(category)

    def segments(self) -> Iterator[dict[str, Any]]:
        for category, (left, top, right, bottom) in sorted(self.box.items()):
            yield {
                "id": _STUFF_SEGMENT + category,
                "category_id": STUFF + category,
                "area": self.area[category],
                "bbox": [left, top, right - left + 1, bottom - top + 1],
                "iscrowd": 0,
            }


def _rows(image: AnnotatedImage, semantic: Iterator[bytes], stuff: _Stuff) -> Iterator[bytes]:
    """Yield the rows of the mask and count the stuff in them.

    A row is handled as one long integer with a byte for each pixel. Things have red and green, stuff red and blue.
    """
    width, height = image.size
    low, high = _thing_bytes(image)
    everywhere = int.from_bytes(b"\xff" * width, "big")
    ones = int.from_bytes(b"\x01" * width, "big")
    filled = bytes([0, *[_VOID] * 255])
    void = bytes([*[0xFF] * _VOID, 0])
    for y, categories in enumerate(semantic):
        red, green = (int.from_bytes(plane[y::height], "big") for plane in (low, high))
        things = int.from_bytes((red | green).to_bytes(width, "big").translate(filled), "big")
        kinds = categories.translate(stuff.table)
        shown = int.from_bytes(kinds.translate(void), "big") & (everywhere ^ things)
        seen = int.from_bytes(kinds, "big") & shown
        stuff.count(y, (seen | (everywhere ^ shown)).to_bytes(width, "big"))
        row = bytearray(3 * width)
        for channel, value in enumerate((red | seen, green, shown & ones)):
            row[channel::3] = value.to_bytes(width, "big")
        yield bytes(row)


def _thing_bytes(image: AnnotatedImage) -> tuple[bytearray, bytearray]:
    """Return the low and the high byte of the id of the thing at each pixel, in column-major order."""
    width, height = image.size
    low, high = bytearray(width * height), bytearray(width * height)
    for number, instance in enumerate(image.instances, start=1):
        mask: Mapping[str, Any] = instance.record["mask_rle"] or {}
        for start, end in pixel_runs(mask):
            low[start:end] = bytes([number & 0xFF]) * (end - start)
            high[start:end] = bytes([number >> 8]) * (end - start)
    return low, high


FORMAT = format_in_folder(
    FOLDER,
    INDEX,
    write,
    """import json, numpy, PIL.Image
entry = json.load(open("panoptic/panoptic.json"))["annotations"][0]
segments = numpy.asarray(PIL.Image.open("panoptic/masks/" + entry["file_name"])) @ [1, 256, 65536]""",
    _refuse_overlaps,
)
