# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in COCO's layout, written image by image to limit memory.

OUT/annotations/NAME.json                   all images
OUT/annotations/NAME_train.json, ...        those of each subset, with the same ids

The layout is described at cocodataset.org (Data format). Standard library only: the launcher writes it in Pythons that
have neither bpy nor numpy.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from ...domain.atomic_files import replacing_file
from ...domain.json_file import opened
from ..annotation_format import Format
from ..content import AddImage, AnnotatedImage, Content, Instance
from ..files import DAMAGE, extension_version
from ..splits import SUBSETS

MADE_BY = "made by Solar Site"
"""End of the description that identifies a file as ours."""
HEAD_LENGTH = 4096
"""Number of bytes that are read to identify a file."""
_FIRST_MASKS = "masks = [coco.annToMask(one) for one in coco.imgToAnns[min(coco.imgs)]]"

_ENCODER = json.JSONEncoder(separators=(",", ":"))
Annotation = Mapping[str, Any]


def box_and_area(instance: Instance) -> dict[str, Any]:
    """Return what annotations in all these files have in common, besides their ids and attributes."""
    return {"bbox": instance.record["bbox_px"], "area": instance.record["visible_px"], "iscrowd": 0}


def coco_format(
    name: str,
    description: str,
    annotation: Callable[[AnnotatedImage, Instance], Annotation],
    *,
    info: Annotation | None = None,
    category: Annotation | None = None,
    loading: str = "",
) -> Format:
    """Return the format of OUT/annotations/``name``.json.

    ``annotation`` returns the keys of an annotation that follow its ids. ``info`` and ``category`` are further keys of
    the key ``info`` and of each category. ``loading`` is a further line that loads something.
    """
    head = {"description": f"{description}, {MADE_BY}", "version": extension_version(), **(info or {})}
    write = functools.partial(_dataset, name, head, category or {}, annotation)
    index = f"annotations/{name}.json"
    lines = f'from pycocotools.coco import COCO\ncoco = COCO("{index}")\n{loading or _FIRST_MASKS}'
    return Format(index, write, functools.partial(_obstacle, name), loading=lines)


def categories_of(content: Content) -> list[dict[str, Any]]:
    """Return the classes as COCO's categories; their ids are 1, 2, 3 ..."""
    categories = []
    for number, (name, members) in enumerate(content.classes.members.items(), start=1):
        parent = members[0].parent if len(members) == 1 else None
        categories.append({"id": number, "name": name, "supercategory": parent.key if parent else ""})
    return categories


@contextlib.contextmanager
def _dataset(
    name: str,
    info: Annotation,
    category: Annotation,
    annotation: Callable[[AnnotatedImage, Instance], Annotation],
    out: Path,
    content: Content,
) -> Iterator[AddImage]:
    """Replace the files of a format with the added images; after an error, they are kept unchanged."""
    categories = [{**one, **category} for one in categories_of(content)]
    with ExitStack() as stack:
        whole, *parts = (
            CocoFile(stack.enter_context(replacing_file(path)), info, categories) for path in _paths(out, name)
        )
        by_subset = dict(zip(SUBSETS, parts, strict=True))

        def add(image: AnnotatedImage) -> None:
            texts = [
                _dump(_annotation(number, image, instance, annotation))
                for number, instance in enumerate(image.instances, start=whole.num_annotations + 1)
            ]
            entry = _dump(_image(image))
            for file in (whole, by_subset[image.subset]):
                file.add(entry, texts)

        yield add
        for file in (whole, *parts):
            file.finish()


class CocoFile:
    """One file in COCO's layout: ``add`` each image, then ``finish``."""

    def __init__(self, file: IO[str], info: Annotation, categories: list[dict[str, Any]]) -> None:
        """Start the document in ``file``."""
        self.num_annotations = 0
        self._file = file
        self._images: list[str] = []
        head = {"info": info, "licenses": [], "categories": categories}
        lines = ",\n".join(f"{_dump(key)}: {_dump(value)}" for key, value in head.items())
        file.write(f'{{\n{lines},\n"annotations": [')

    def add(self, image: str, annotations: Iterable[str]) -> None:
        """Add the texts of an image and of its annotations."""
        self._images.append(image)
        for text in annotations:
            self._file.write(f"{',' if self.num_annotations else ''}\n{text}")
            self.num_annotations += 1

    def finish(self) -> None:
        """End the document with the list of images."""
        images = ",\n".join(self._images)
        self._file.write(f'\n],\n"images": [\n{images}\n]\n}}\n')


def _image(image: AnnotatedImage) -> dict[str, Any]:
    """Return the entry of an image; its id is the index of the sample."""
    width, height = image.size
    return {
        "id": image.sample["index"],
        "file_name": str(image.path),
        "width": width,
        "height": height,
        "subset": image.subset,
    }


def _annotation(
    number: int,
    image: AnnotatedImage,
    instance: Instance,
    annotation: Callable[[AnnotatedImage, Instance], Annotation],
) -> dict[str, Any]:
    """Return an annotation. They are numbered from 1: the evaluation in pycocotools takes 0 for "no match"."""
    return {
        "id": number,
        "image_id": image.sample["index"],
        "category_id": instance.class_index + 1,
        **annotation(image, instance),
        "attributes": instance.attributes,
    }


def _paths(out: Path, name: str) -> list[Path]:
    folder = out / "annotations"
    return [folder / f"{name}.json", *(folder / f"{name}_{subset}.json" for subset in SUBSETS)]


def _obstacle(name: str, out: Path) -> Path | None:
    """Return a path that is not ours and would be overwritten, or None."""
    paths = _paths(out, name)
    folder = paths[0].parent
    if os.path.lexists(folder) and not folder.is_dir():
        return folder
    return next((path for path in paths if os.path.lexists(path) and not _is_ours(path)), None)


def _is_ours(path: Path) -> bool:
    """Return whether a COCO file begins like ours; the rest, which may be long, is not read."""
    try:
        with opened(path) as file:
            return is_our_head(file.read(HEAD_LENGTH).decode(errors="replace"))
    except (OSError, *DAMAGE):
        return False


def is_our_head(head: str) -> bool:
    """Return whether a COCO file that begins with ``head`` is ours; raise ValueError and the like if it is damaged."""
    before = re.match(r'\s*\{\s*"info"\s*:\s*', head)
    info, _ = json.JSONDecoder().raw_decode(head, before.end()) if before else ({}, 0)
    return str(info["description"]).endswith(MADE_BY)


def _dump(value: Any) -> str:
    return _ENCODER.encode(value)
