# SPDX-License-Identifier: GPL-3.0-or-later
"""What annotation formats hold of a sample: the instances of the chosen classes of which enough is visible.

Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast

from ..domain.categories import Category
from ..settings.schema import RunSettings
from .classes import Classes, parse_classes
from .countable import is_visible_enough
from .schema import AnnotationRecord, ObjectRecord, SampleDocument
from .splits import Split, parse_split

_DUST, _PILE = Category.DUST.key, Category.PILE.key
_ATTRIBUTES = (
    "visible_fraction",
    "truncation",
    "oriented_box_px",
    "site_id",
    "parent",
    "cluster",
    "row",
    "column",
    "kind",
    "type",
    "condition",
    "dust",
    "state",
    "size_m",
    "exposed_m",
    "stage",
    "tilt_deg",
    "azimuth_deg",
    "roll_deg",
)
"""Keys of a record that formats with attributes repeat."""


KEYPOINTS = ("upper_left", "upper_right", "lower_right", "lower_left")
"""Names of the keypoints of a module, seen from its front."""


class Instance(NamedTuple):
    """An annotated instance."""

    class_index: int
    """Index of its class, from 0."""
    category: str
    """Name of its category."""
    record: AnnotationRecord
    """Its record in sample.json: an object, a table or a condition."""
    attributes: dict[str, Any]


@dataclass(frozen=True)
class AnnotatedImage:
    """An image with the instances that formats hold."""

    sample: SampleDocument
    path: PurePosixPath
    """The rgb image, relative to the dataset."""
    subset: str
    """Name of the subset: train, val or test."""
    instances: list[Instance]
    num_dropped: int
    """Number of visible instances that are left out because too little of them is visible."""

    @property
    def name(self) -> str:
        """Name of the sample folder, for example ``image_0000``."""
        return self.path.parent.name

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the image."""
        image = self.sample["images"]["rgb"]
        return image["width"], image["height"]


AddImage = Callable[[AnnotatedImage], None]
"""Function that adds an image to a format."""


@dataclass(frozen=True)
class Content:
    """The choice of what formats hold."""

    classes: Classes
    min_visible_px: int
    min_visible_fraction: float
    pile_box: str
    """Setting ``pile_box``."""
    split: Split
    indices: dict[str, int] = field(init=False)
    """Index of the class of each category."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "indices", self.classes.indices)

    def describe(self) -> dict[str, Any]:
        """Return the choice for dataset.json."""
        return {
            "classes": {name: [one.key for one in members] for name, members in self.classes.members.items()},
            "min_visible_px": self.min_visible_px,
            "min_visible_fraction": self.min_visible_fraction,
            "pile_box": self.pile_box,
            "split": str(self.split),
        }

    def image(self, sample: SampleDocument, path: PurePosixPath) -> AnnotatedImage:
        """Return the image of a sample, whose rgb image is at ``path``, with its instances."""
        found = [one for one in self._instances(sample) if one.record["visible_px"] and one.record["bbox_px"]]
        least = self.min_visible_px, self.min_visible_fraction
        kept = [one for one in found if is_visible_enough(one.record, *least)]
        return AnnotatedImage(sample, path, self.split.subset_of(sample["site"]), kept, len(found) - len(kept))

    def _boxed(self, record: AnnotationRecord) -> AnnotationRecord:
        """Return the record, with the box of the head if it is that of a pile and the setting asks for it."""
        if self.pile_box != "head" or record["category"] != _PILE:
            return record
        return cast("AnnotationRecord", {**record, "bbox_px": cast("ObjectRecord", record)["head_bbox_px"]})

    def _instances(self, sample: SampleDocument) -> Iterator[Instance]:
        """Yield all instances of the classes; a dusty module is also an instance of ``dust``."""
        records: list[AnnotationRecord] = [*sample["objects"], *sample["tables"], *sample["conditions"]]
        for whole in records:
            record = self._boxed(whole)
            categories = [record["category"]]
            if _DUST in self.indices and record.get("condition") == _DUST:
                categories.append(_DUST)
            for category in categories:
                if category in self.indices:
                    yield Instance(self.indices[category], category, record, _attributes(record, category))


def keypoints(record: AnnotationRecord) -> list[tuple[float, float, int]]:
    """Return x, y and visibility of each of ``KEYPOINTS``; zeros for anything but a module."""
    points: list[list[float]] = record.get("keypoints_px") or [[0, 0, 0]] * len(KEYPOINTS)  # type: ignore[assignment]
    return [(x, y, int(seen)) for x, y, seen in points]


def content_of(run: RunSettings) -> Content:
    """Return the content that the settings of a run choose; raise SettingsError if they are not allowed."""
    return Content(
        parse_classes(run.classes), run.min_visible_px, run.min_visible_fraction, run.pile_box, parse_split(run.split)
    )


def _attributes(record: AnnotationRecord, category: str) -> dict[str, Any]:
    values: dict[str, Any] = {"object_id": record.get("id", record.get("parent")), "category": category}
    return values | {name: record[name] for name in _ATTRIBUTES if name in record}  # type: ignore[literal-required]
