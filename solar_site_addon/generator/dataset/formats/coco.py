# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO instance annotations of a dataset, written sample by sample so that memory stays flat.

The format is that of cocodataset.org (Data format, object detection), with compressed run-length masks.
Standard library only: the launcher writes it in Pythons that have neither bpy nor numpy.
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
from ..files import extension_version
from ..splits import AddSample

INSTANCES = "annotations/instances.json"
MADE_BY = "made by Solar Site"
"""End of the description by which a file of ours is known."""
LENGTH_OF_HEAD = 4096
CATEGORY = {"id": 1, "name": "module", "supercategory": "photovoltaic plant"}


@contextlib.contextmanager
def coco_format(out: Path) -> Iterator[AddSample]:
    """Replace OUT/annotations/instances.json by the samples that are added; after an error it is as before."""
    with replacing_file(out / INSTANCES) as file:
        writer = CocoWriter(file, extension_version())

        def add(sample: Mapping[str, Any], picture: PurePosixPath) -> None:
            writer.add(sample, str(picture))

        yield add
        writer.finish()


def coco_obstacle(out: Path) -> Path | None:
    """What is not ours, and would be overwritten; None where there is nothing."""
    folder, file = (out / INSTANCES).parent, out / INSTANCES
    if os.path.lexists(folder) and not folder.is_dir():
        return folder
    return file if os.path.lexists(file) and not _is_ours(file) else None


def _is_ours(path: Path) -> bool:
    """Whether a COCO file begins as ours do. The rest, which may be long, is not read."""
    try:
        with path.open(encoding="utf-8") as file:
            head = file.read(LENGTH_OF_HEAD)
        before = re.match(r'\s*\{\s*"info"\s*:\s*', head)
        info, _ = json.JSONDecoder().raw_decode(head, before.end()) if before else ({}, 0)
        return str(info["description"]).endswith(MADE_BY)
    except (OSError, ValueError, KeyError, TypeError):
        return False


class CocoWriter:
    """Writes one COCO file: ``add`` each sample, then ``finish``."""

    def __init__(self, file: IO[str], version: str) -> None:
        """Starts the document in ``file``; ``version`` is the dataset's."""
        self.num_annotations = 0
        self._file = file
        self._images: list[dict[str, Any]] = []
        info = {"description": f"Photovoltaic modules in drone pictures, {MADE_BY}", "version": version}
        file.write(f'{{\n"info": {_dump(info)},\n"licenses": [],\n"categories": [{_dump(CATEGORY)}],\n"annotations": [')

    def add(self, sample: Mapping[str, Any], file_name: str) -> None:
        """Adds the picture ``file_name`` with its visible modules, from its sample.json.

        The picture's id is the sample's index; annotations are numbered from 1 on, since pycocotools' evaluation
        takes 0 for "no match".
        """
        image = sample["image"]
        size = {"width": image["width"], "height": image["height"]}
        self._images.append({"id": sample["index"], "file_name": file_name, **size})
        for module in sample["modules"]:
            if module["visible_px"]:
                self._write_item({"id": self.num_annotations + 1, **_annotation(module, sample["index"])})
                self.num_annotations += 1

    def finish(self) -> None:
        """Ends the document with the list of pictures."""
        images = ",\n".join(_dump(image) for image in self._images)
        self._file.write(f'\n],\n"images": [\n{images}\n]\n}}\n')

    def _write_item(self, item: Mapping[str, Any]) -> None:
        self._file.write(("," if self.num_annotations else "") + "\n" + _dump(item))


def _annotation(module: Mapping[str, Any], image_id: int) -> dict[str, Any]:
    return {
        "image_id": image_id,
        "category_id": CATEGORY["id"],
        "bbox": module["bbox_px"],
        "area": module["visible_px"],
        "segmentation": module["mask_rle"],
        "iscrowd": 0,
        "module_id": module["id"],
    }


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
