# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles of samples: sample.json of a part of an image, with all annotations cut alike."""

from __future__ import annotations

import copy
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np

from ..annotations.boxes import column_pieces, oriented_boxes, upright_boxes
from ..annotations.outlines import Point, clip_to_image, polygon_area
from ..annotations.projected import Outlines
from ..annotations.rle import Runs, encode_masks, merged
from ..annotations.run_lengths import pixel_runs
from ..domain.array_types import Floats
from .countable import is_visible_enough
from .schema import AnnotationRecord, SampleDocument, TileRecord

_BOX_DIGITS = 2
_PIXEL_DIGITS = 3
_FRACTION_DIGITS = 4


class Window(NamedTuple):
    """A part of an image, in pixels."""

    x: int
    y: int
    width: int
    height: int


def windows(width: int, height: int, tile: int, overlap: float) -> list[Window]:
    """Return the tiles of an image, row by row.

    Neighbors share at least ``overlap`` of their side. The last tiles end at the border of the image; an image smaller
    than a tile is one tile.
    """
    columns, rows = (_starts(side, tile, overlap) for side in (width, height))
    return [Window(x, y, min(tile, width), min(tile, height)) for y in rows for x in columns]


def is_kept_empty(source: int, window: Window, share: float) -> bool:
    """Return whether a tile without instances belongs to the ``share`` that is kept, by its place in the dataset."""
    digest = hashlib.blake2b(f"{source}/{window.x}/{window.y}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def _starts(side: int, tile: int, overlap: float) -> list[int]:
    step = max(int(tile * (1 - overlap)), 1)
    last = max(side - tile, 0)
    return [*range(0, last, step), last]


@dataclass(frozen=True)
class CutSample:
    """A sample whose masks are decoded once for all its tiles."""

    document: SampleDocument
    pieces: Runs
    """Runs of all masks, cut at columns and ascending; the id of a record is its place in ``_records`` plus 1."""

    @classmethod
    def of(cls, document: SampleDocument) -> CutSample:
        """Return the sample with its masks decoded."""
        starts, ends, ids = [], [], []
        for number, record in enumerate(_records(document), start=1):
            for start, end in pixel_runs(record["mask_rle"]) if record["mask_rle"] else ():
                starts.append(start)
                ends.append(end)
                ids.append(number)
        image = document["images"]["rgb"]
        first, last = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
        runs = Runs(np.array(ids, dtype=np.int64), first, last - first, (image["height"], image["width"]))
        pieces = column_pieces(runs)
        order = np.argsort(pieces.start, kind="stable")
        return cls(document, Runs(pieces.ids[order], pieces.start[order], pieces.length[order], pieces.shape))

    def tile(self, window: Window, source: str) -> SampleDocument:
        """Return sample.json of the part in ``window``; ``source`` is the path of the whole sample.

        Objects and conditions of which the tile shows nothing are left out, and so are tables that nothing refers to.
        The key ``files`` is empty, and ``index`` is that of the whole sample.
        """
        runs = self._runs_in(window)
        records = self._cut(runs, window)
        num_objects, num_tables = (len(cast("Sequence[Any]", self.document[key])) for key in ("objects", "tables"))
        objects = [one for one in records[:num_objects] if one["visible_px"]]
        parents = {one.get("parent") for one in objects}
        tables = [
            one for one in records[num_objects : num_objects + num_tables] if one["visible_px"] or one["id"] in parents
        ]
        conditions = [one for one in records[num_objects + num_tables :] if one["visible_px"]]
        head = {key: value for key, value in self.document.items() if key not in ("objects", "tables", "conditions")}
        image = self.document["images"]["rgb"]
        tile: TileRecord = {
            "source": source,
            "source_index": self.document["index"],
            "x": window.x,
            "y": window.y,
            "source_width": image["width"],
            "source_height": image["height"],
        }
        seen = Counter(
            one["category"] for one in (*objects, *tables) if is_visible_enough(cast("AnnotationRecord", one))
        )
        counts = {category: seen[category] for category in self.document["counts"] if seen[category]}
        changed = {"images": {"rgb": _cut_image(image, window)}, "files": {}, "counts": counts, "tile": tile}
        lists = {"objects": objects, "tables": tables, "conditions": conditions}
        return cast("SampleDocument", {**head, **changed, **lists})

    def _runs_in(self, window: Window) -> Runs:
        """Return the runs in the window, in its own column-major order."""
        height = self.pieces.shape[0]
        low, high = np.searchsorted(self.pieces.start, [window.x * height, (window.x + window.width) * height])
        x, y = np.divmod(self.pieces.start[low:high], height)
        top = np.maximum(y, window.y)
        bottom = np.minimum(y + self.pieces.length[low:high], window.y + window.height)
        seen = np.flatnonzero(bottom > top)
        start = (x[seen] - window.x) * window.height + top[seen] - window.y
        return merged(Runs(self.pieces.ids[low:high][seen], start, (bottom - top)[seen], (window.height, window.width)))

    def _cut(self, runs: Runs, window: Window) -> list[dict[str, Any]]:
        """Return all records as they appear in the window."""
        records = list(_records(self.document))
        pieces = column_pieces(runs)
        visible = np.bincount(runs.ids, weights=runs.length, minlength=len(records) + 1)[1:].astype(int).tolist()
        boxes = upright_boxes(pieces, len(records)).tolist()
        oriented = oriented_boxes(pieces, _outlines(records, window)).tolist()
        masks = encode_masks(runs, len(records))
        size = [window.height, window.width]
        return [
            {
                **_cut_record(record, window, pixels),
                **_visible(pixels, box, turned, {"size": size, "counts": mask}),
                **_cut_head(record, window, box),
            }
            for record, pixels, box, turned, mask in zip(records, visible, boxes, oriented, masks, strict=True)
        ]


def _records(document: SampleDocument) -> Iterator[AnnotationRecord]:
    for key in ("objects", "tables", "conditions"):
        yield from cast("list[AnnotationRecord]", document[key])


def _visible(pixels: int, box: list[int], turned: list[float], mask: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "bbox_px": box if pixels else None,
        "oriented_box_px": [round(number, _BOX_DIGITS) for number in turned] if pixels else None,
        "visible_px": pixels,
        "mask_rle": mask if pixels else None,
    }


def _cut_record(record: AnnotationRecord, window: Window, pixels: int) -> dict[str, Any]:
    """Return a record with the places of its outline and keypoints, and the visible share, in the window."""
    cut: dict[str, Any] = dict(record)
    share = pixels / record["visible_px"] if record["visible_px"] else 0.0
    fraction = record["visible_fraction"]
    cut["visible_fraction"] = round(share * (1.0 if fraction is None else fraction), _FRACTION_DIGITS)
    if record["polygon_px"] is not None:
        outline: list[Point] = [(x - window.x, y - window.y) for x, y in record["polygon_px"]]
        cut["polygon_px"] = [[round(x, _PIXEL_DIGITS), round(y, _PIXEL_DIGITS)] for x, y in outline]
        area, inside = polygon_area(outline), polygon_area(clip_to_image(outline, window.width, window.height))
        cut["truncation"] = round(1 - inside / area, _FRACTION_DIGITS) if area else 0.0
    if "keypoints_px" in cut:
        cut["keypoints_px"] = [
            _cut_keypoint(x - window.x, y - window.y, seen, window) for x, y, seen in cut["keypoints_px"]
        ]
    return cut


def _cut_head(record: AnnotationRecord, window: Window, box: list[int]) -> dict[str, Any]:
    """Return the keys of the head of a pile in the window, where the visible part of the pile has the ``box``."""
    head: dict[str, Any] = {}
    if (point := record.get("head_px")) is not None:
        x, y = cast("list[float]", point)
        head["head_px"] = [round(x - window.x, _PIXEL_DIGITS), round(y - window.y, _PIXEL_DIGITS)]
    if (whole := record.get("head_bbox_px")) is not None:
        x, y, width, height = cast("list[int]", whole)
        left, top = max(x - window.x, box[0]), max(y - window.y, box[1])
        right, bottom = min(x + width - window.x, box[0] + box[2]), min(y + height - window.y, box[1] + box[3])
        inside = left < right and top < bottom
        head["head_bbox_px"] = [left, top, right - left, bottom - top] if inside else None
    return head


def _cut_keypoint(x: float, y: float, seen: int, window: Window) -> list[float]:
    inside = seen and 0 <= x < window.width and 0 <= y < window.height
    return [round(x, _PIXEL_DIGITS), round(y, _PIXEL_DIGITS), seen] if inside else [0, 0, 0]


def _outlines(records: Sequence[AnnotationRecord], window: Window) -> Outlines:
    """Return the outlines of all records, which tell the directions of their sides; NaN where unknown."""
    polygons = [record["polygon_px"] or [[np.nan, np.nan]] for record in records]
    most = max(map(len, polygons), default=1)
    points: Floats = np.array(
        [[*polygon, *[polygon[-1]] * (most - len(polygon))] for polygon in polygons], dtype=np.float64
    ).reshape(len(records), most, 2)
    return Outlines(points - [window.x, window.y], np.array([len(polygon) for polygon in polygons], dtype=np.int64))


def _cut_image(image: Any, window: Window) -> dict[str, Any]:
    """Return the entry of the rgb image, whose principal point moves with the window."""
    cut: dict[str, Any] = copy.deepcopy(image)
    cut["camera"]["K"][0][2] -= window.x
    cut["camera"]["K"][1][2] -= window.y
    return {**cut, "file": "rgb.png", "width": window.width, "height": window.height}
