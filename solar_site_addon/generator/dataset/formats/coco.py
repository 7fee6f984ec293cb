# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO instance annotations of a dataset, written sample by sample to limit memory.

The format is described at cocodataset.org (Data format, object detection), with compressed run-length masks. Standard
library only: the launcher writes it in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ...domain.atomic_files import replacing_file
from ...domain.categories import Category
from ..annotation_format import Format
from ..files import extension_version
from ..schema import ObjectRecord, SampleDocument
from ..splits import AddSample

INDEX = "annotations/instances.json"
MADE_BY = "made by Solar Site"
"""End of the description that identifies a file as ours."""
HEAD_LENGTH = 4096
"""Number of characters that are read to identify a file."""
CATEGORIES = (Category.MODULE,)
"""Annotated categories; their COCO ids are 1, 2, 3 ... in this order."""


@contextlib.contextmanager
def write(out: Path) -> Iterator[AddSample]:
    """Replace OUT/annotations/instances.json with the added samples; after an error, it is kept unchanged."""
    with replacing_file(out / INDEX) as file:
        writer = CocoWriter(file, extension_version())

        def add(sample: SampleDocument, image: PurePosixPath) -> None:
            writer.add(sample, str(image))

        yield add
        writer.finish()


def obstacle(out: Path) -> Path | None:
    """Return a path that is not ours and would be overwritten, or None."""
    folder, file = (out / INDEX).parent, out / INDEX
    if os.path.lexists(folder) and not folder.is_dir():
        return folder
    return file if os.path.lexists(file) and not _is_ours(file) else None


def _is_ours(path: Path) -> bool:
    """Return whether a COCO file begins like ours; the rest, which may be long, is not read."""
    try:
        with path.open(encoding="utf-8") as file:
            head = file.read(HEAD_LENGTH)
        before = re.match(r'\s*\{\s*"info"\s*:\s*', head)
        info, _ = json.JSONDecoder().raw_decode(head, before.end()) if before else ({}, 0)
        return str(info["description"]).endswith(MADE_BY)
    except (OSError, ValueError, KeyError, TypeError):
        return False


class CocoWriter:
    """Writer of a COCO file: ``add`` each sample, then ``finish``."""

    def __init__(self, file: IO[str], version: str) -> None:
        """Start the document in ``file``; ``version`` is that of the dataset."""
        self.num_annotations = 0
        self._file = file
        self._ids = {category.key: number for number, category in enumerate(CATEGORIES, start=1)}
        self._images: list[dict[str, Any]] = []
        info = {"description": f"Photovoltaic modules in drone images, {MADE_BY}", "version": version}
        categories = [_category(number, category) for number, category in enumerate(CATEGORIES, start=1)]
        file.write(f'{{\n"info": {_dump(info)},\n"licenses": [],\n"categories": {_dump(categories)},\n"annotations": [')

    def add(self, sample: SampleDocument, file_name: str) -> None:
        """Add the image ``file_name`` with its visible objects, from its sample.json.

        The id of the image is the index of the sample. Annotations are numbered from 1, because the evaluation in
        pycocotools interprets 0 as "no match".
        """
        image = sample["images"]["rgb"]
        size = {"width": image["width"], "height": image["height"]}
        self._images.append({"id": sample["index"], "file_name": file_name, **size})
        for record in sample["objects"]:
            number = self._ids.get(record["category"])
            if number and record["visible_px"]:
                item = {"id": self.num_annotations + 1, **_annotation(record, number, sample["index"])}
                self._write_item(item)
                self.num_annotations += 1

    def finish(self) -> None:
        """End the document with the list of images."""
        images = ",\n".join(_dump(image) for image in self._images)
        self._file.write(f'\n],\n"images": [\n{images}\n]\n}}\n')

    def _write_item(self, item: Mapping[str, Any]) -> None:
        self._file.write(("," if self.num_annotations else "") + "\n" + _dump(item))


def _category(number: int, category: Category) -> dict[str, Any]:
    return {"id": number, "name": category.key, "supercategory": category.parent.key if category.parent else ""}


def _annotation(record: ObjectRecord, category_id: int, image_id: int) -> dict[str, Any]:
    return {
        "image_id": image_id,
        "category_id": category_id,
        "bbox": record["bbox_px"],
        "area": record["visible_px"],
        "segmentation": record["mask_rle"],
        "iscrowd": 0,
        "object_id": record["id"],
    }


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


FORMAT = Format(INDEX, write, obstacle)
