# SPDX-License-Identifier: GPL-3.0-or-later
"""Pascal VOC: boxes in an XML file for each image.

OUT/voc/labelmap.txt                       name and color of each class, as CVAT and Datumaro read them
OUT/voc/Annotations/image_0000.xml         boxes; the first pixel is 1, and the last one belongs to the box
OUT/voc/JPEGImages/image_0000.png          a hard link to the image
OUT/voc/ImageSets/Main/train.txt, ...      names of the images of each subset

The layout is that of the development kit of the PASCAL Visual Object Classes Challenge 2012. Standard library only.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from ..annotation_format import FormatFolder, format_in_folder
from ..content import AddImage, AnnotatedImage, Content, Instance
from ..files import is_signed, link_file, signed, write_text
from ..splits import SUBSETS

INDEX = "labelmap.txt"
DIFFICULT_BELOW = 0.3
"""Visible fraction below which an object counts as difficult, which evaluations leave out. Estimate."""
OUR_FILES = re.compile(
    rf"labelmap\.txt|Annotations/image_\d+\.xml|JPEGImages/image_\d+\.(png|jpg)|ImageSets/Main/({'|'.join(SUBSETS)})\.txt"
)
FOLDER = FormatFolder("voc", INDEX, is_signed, lambda path: OUR_FILES.fullmatch(path) is not None)


@contextlib.contextmanager
def write(out: Path, content: Content) -> Iterator[AddImage]:
    """Replace OUT/voc with the added images; after an error, it is kept unchanged."""
    names = content.classes.names
    with FOLDER.replacing(out) as folder:
        annotations, images, sets = (folder / name for name in ("Annotations", "JPEGImages", "ImageSets/Main"))
        for path in (annotations, images, sets):
            path.mkdir(parents=True)
        of_subset: dict[str, list[str]] = {subset: [] for subset in SUBSETS}

        def add(image: AnnotatedImage) -> None:
            file = f"{image.name}{image.path.suffix}"
            link_file(out / image.path, images / file)
            document = ElementTree.ElementTree(_document(image, file, names))
            ElementTree.indent(document)
            document.write(annotations / f"{image.name}.xml", encoding="utf-8")
            of_subset[image.subset].append(image.name)

        yield add
        for subset, listed in of_subset.items():
            write_text(sets / f"{subset}.txt", listed)
        write_text(folder / INDEX, signed(_label_map(content)))


def _label_map(content: Content) -> Iterator[str]:
    yield "# label:color_rgb:parts:actions"
    yield "background:0,0,0::"
    for name, members in content.classes.members.items():
        yield f"{name}:{','.join(map(str, members[0].color))}::"


def _document(image: AnnotatedImage, file: str, names: tuple[str, ...]) -> ElementTree.Element:
    root = ElementTree.Element("annotation")
    width, height = image.size
    _add(root, {"folder": "JPEGImages", "filename": file})
    _add(ElementTree.SubElement(root, "source"), {"database": "Solar Site"})
    _add(ElementTree.SubElement(root, "size"), {"width": width, "height": height, "depth": 3})
    _add(root, {"segmented": 0})
    for instance in image.instances:
        _add_object(root, instance, names[instance.class_index])
    return root


def _add_object(root: ElementTree.Element, instance: Instance, name: str) -> None:
    record, element = instance.record, ElementTree.SubElement(root, "object")
    x, y, wide, high = record["bbox_px"] or (0, 0, 0, 0)
    fraction, truncation = record["visible_fraction"], record["truncation"]
    hidden = fraction is not None and truncation is not None and fraction < 0.95 * (1 - truncation)
    _add(
        element,
        {
            "name": name,
            "pose": "Unspecified",
            "truncated": int(bool(truncation)),
            "occluded": int(hidden),
            "difficult": int(fraction is not None and fraction < DIFFICULT_BELOW),
        },
    )
    box = {"xmin": x + 1, "ymin": y + 1, "xmax": x + wide, "ymax": y + high}
    _add(ElementTree.SubElement(element, "bndbox"), box)


def _add(parent: ElementTree.Element, texts: Mapping[str, object]) -> None:
    for tag, text in texts.items():
        ElementTree.SubElement(parent, tag).text = str(text)


FORMAT = format_in_folder(
    FOLDER,
    INDEX,
    write,
    """import supervision
dataset = supervision.DetectionDataset.from_pascal_voc("voc/JPEGImages", "voc/Annotations")
path, image, detections = dataset[0]""",
)
