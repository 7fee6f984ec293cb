# SPDX-License-Identifier: GPL-3.0-or-later
"""A page to look at a dataset in a browser, which works from the file system without a server.

OUT/gallery/index.html             the page with its styles and program, and a line for each image
OUT/gallery/data/image_0000.js     annotations of an image, which the page loads when it is opened
OUT/gallery/thumbs/image_0000.jpg  thumbnail, and depth/image_0000.png as colors, if the caller can make previews

Browsers read no other files from the file system than images and scripts. Standard library only: the caller has a
library for images.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..generator.dataset.annotation_format import FormatFolder
from ..generator.dataset.files import DAMAGE, SAMPLE_JSON, damaged, read_sample
from ..generator.dataset.index import find_samples, incomplete_samples
from ..generator.dataset.schema import AnnotationRecord, SampleDocument
from ..generator.domain.errors import SettingsError, SolarSiteError
from ..generator.domain.json_file import read_text
from ..generator.domain.messages import Message, reason_with_file
from .dataset_folder import GALLERY, gallery_page
from .exit_codes import ALL_WHOLE, BAD_ARGUMENTS, SOME_FAILED
from .final_message import tell
from .incomplete import remarks_on_incomplete

TEMPLATE = Path(__file__).with_name("gallery.html")
IMAGES = "/*IMAGES*/[]"
OURS = '<meta name="generator" content="Solar Site gallery">'
OUR_FILES = re.compile(r"index\.html|data/image_\d+\.js|thumbs/image_\d+\.jpg|depth/image_\d+\.png")
THUMBNAIL_PX = 440
"""Longest side of a thumbnail."""
THUMBNAIL_QUALITY = 82
"""JPEG quality of a thumbnail."""
MakePreviews = Callable[[Path, Path, Path], None]
"""Function that takes a sample folder and writes a thumbnail (.jpg) and, if the sample has depth, its colors (.png)."""


def main(out: Path, make_previews: MakePreviews) -> int:
    """Write OUT/gallery and say so; return the exit code: 0, 1 if it could not be completed, 2 without a dataset."""
    try:
        print(f"Gallery: {write_gallery(out, make_previews)}")
        for remark in remarks_on_incomplete(out, incomplete_samples(out, find_samples(out).values())):
            print(remark)
        return ALL_WHOLE
    except SolarSiteError as error:
        tell(error.message)
        return BAD_ARGUMENTS
    except (OSError, RuntimeError) as error:  # Blender raises RuntimeError if it cannot write a thumbnail
        reason = reason_with_file(error) if isinstance(error, OSError) else error
        tell(Message("The gallery could not be completed ({reason}).", {"reason": reason}))
        return SOME_FAILED


def write_gallery(out: Path, make_previews: MakePreviews | None = None) -> Path:
    """Write OUT/gallery and return its page; only one sample is in memory at a time.

    Without ``make_previews``, the page shows the images themselves as thumbnails, and no depth. Raise SettingsError if
    there are no samples or something that is not ours would be overwritten, and SolarSiteError for a damaged sample.
    """
    samples = find_samples(out)
    if not samples:
        raise SettingsError("{folder} contains no samples.", folder=out)
    page = gallery_page(out)
    folder = FormatFolder(
        GALLERY, page.name, lambda text: OURS in text, lambda path: OUR_FILES.fullmatch(path) is not None
    )
    with folder.replacing(out) as new:
        for name in ("data", "thumbs", "depth"):
            (new / name).mkdir()
        lines = [_dump(_image(out, sample, new, make_previews)) for sample in samples.values()]
        text = read_text(TEMPLATE).replace(IMAGES, "[\n" + ",\n".join(lines) + "\n]")
        (new / page.name).write_text(text, encoding="utf-8")
    return page


def _image(out: Path, folder: Path, new: Path, make_previews: MakePreviews | None) -> dict[str, Any]:
    """Write the files of a sample into the folder ``new``; return the entry of the page."""
    sample, name = read_sample(folder), folder.name
    thumbnail, depth = new / "thumbs" / f"{name}.jpg", new / "depth" / f"{name}.png"
    if make_previews is not None:
        make_previews(folder, thumbnail, depth)
    try:
        script = f"annotations({_dump(name)}, {_dump(_records(sample))});\n"
        (new / "data" / f"{name}.js").write_text(script, encoding="utf-8")
        image = sample["images"]["rgb"]
        path = "/".join([os.pardir, *folder.relative_to(out).parts, image["file"]])
        return {
            "name": name,
            "image": path,
            "thumbnail": f"thumbs/{thumbnail.name}" if thumbnail.is_file() else path,
            "depth": f"depth/{depth.name}" if depth.is_file() else None,
            "data": f"data/{name}.js",
            "width": image["width"],
            "height": image["height"],
            "modules": sample["counts"].get("module", 0),
            "preset": _drawn(sample, "site", "presets"),
            "weather": _drawn(sample, "light", "weather"),
            "condition": _conditions(sample),
        }
    except DAMAGE as error:
        raise damaged(folder / SAMPLE_JSON, error) from error


def _drawn(sample: SampleDocument, group: str, name: str) -> list[str]:
    """Return the drawn value of a setting, nothing if none was drawn."""
    value = sample["drawn"].get(group, {}).get(name)
    return [str(value)] if value else []


def _conditions(sample: SampleDocument) -> list[str]:
    marked = {one["category"] for one in sample["conditions"]}
    of_modules = {one["condition"] for one in sample["objects"] if "condition" in one and one["visible_px"]}
    return sorted(marked | of_modules)


def _records(sample: SampleDocument) -> list[dict[str, Any]]:
    """Return what the page draws of the visible objects and conditions."""
    objects = [_record(one, one["id"]) for one in sample["objects"] if one["visible_px"]]
    marks = [{**_record(one, 0), "condition": one["category"], "condition_mark": True} for one in sample["conditions"]]
    return [*objects, *marks]


def _record(record: AnnotationRecord, number: int) -> dict[str, Any]:
    mask = record["mask_rle"]
    found = {
        "id": number,
        "parent": record.get("parent"),
        "box": record["bbox_px"],
        "oriented": record["oriented_box_px"],
        "mask": mask["counts"] if mask else None,
        "keypoints": record.get("keypoints_px"),
        "condition": record.get("condition"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _dump(value: Any) -> str:
    """Return a value as it may stand in a script: no text of it can end the script."""
    return json.dumps(value, separators=(",", ":")).replace("</", "<\\/")
