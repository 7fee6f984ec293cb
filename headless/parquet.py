# SPDX-License-Identifier: GPL-3.0-or-later
"""Parquet files of a dataset: OUT/parquet/images.parquet has a row for each image, objects.parquet for each annotation.

For datasets whose annotations no program can hold in memory as JSON. Rows are written in groups, so that writing takes
the same memory for any number of images, and readers take only the columns and the groups that they need.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from solar_site_addon.batch.dataset_folder import parquet_folder
from solar_site_addon.generator.dataset.files import DAMAGE, SAMPLE_JSON, damaged, read_sample
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.dataset.new_folder import new_folder
from solar_site_addon.generator.dataset.schema import AnnotationRecord, SampleDocument
from solar_site_addon.generator.dataset.splits import Split
from solar_site_addon.generator.domain.errors import SettingsError

IMAGES, OBJECTS = "images.parquet", "objects.parquet"
ROWS_OF_GROUP = 20_000
"""Rows that are in memory at the same time, a few kilobytes each."""
Row = dict[str, Any]

_NAME = pa.dictionary(pa.int32(), pa.string())
OF_IMAGE = {
    "image": pa.int64(),
    "site": pa.int64(),
    "view": pa.int32(),
    "seed": pa.int64(),
    "subset": _NAME,
    "path": pa.string(),
    "width": pa.int32(),
    "height": pa.int32(),
}
"""Columns of both files: what sample.json calls index, site, view and seed, and the rgb image."""
ONLY_OF_IMAGES = {
    "sample": pa.string(),
    "sun_azimuth_deg": pa.float32(),
    "sun_elevation_deg": pa.float32(),
    "visible": pa.int32(),
}
"""The sample folder, the sun, and the number of annotations with visible pixels."""
LISTS = {"objects": "object", "tables": "table", "conditions": "condition"}
"""The lists of sample.json, and what the column ``record`` calls their items."""
OF_RECORD = {
    "record": _NAME,
    "id": pa.int32(),
    "site_id": pa.int64(),
    "parent": pa.int32(),
    "category": _NAME,
    "box_x": pa.int32(),
    "box_y": pa.int32(),
    "box_width": pa.int32(),
    "box_height": pa.int32(),
    "oriented_box_px": pa.list_(pa.float32()),
    "polygon_px": pa.list_(pa.list_(pa.float32())),
    "mask_rle": pa.string(),
    "visible_px": pa.int32(),
    "visible_fraction": pa.float32(),
    "truncation": pa.float32(),
    "kind": _NAME,
    "condition": _NAME,
    "state": _NAME,
    "stage": _NAME,
}
"""Columns of an annotation: the keys of sample.json, bbox_px in four columns, and the counts of the mask."""
IN_ALL = ("parent", "category", "oriented_box_px", "polygon_px", "visible_px", "visible_fraction", "truncation")
"""Keys that every annotation has."""


def write_parquet(out: Path, split: Split) -> int:
    """Write both files of a dataset; return the number of annotations.

    Raise SettingsError if there are no samples or the folder exists already, SolarSiteError for a damaged sample.
    """
    samples = find_samples(out)
    if not samples:
        raise SettingsError("{folder} contains no samples.", folder=out)
    number = 0
    with new_folder(parquet_folder(out)) as folder, ExitStack() as stack:
        images = stack.enter_context(_Table(folder / IMAGES, OF_IMAGE | ONLY_OF_IMAGES))
        objects = stack.enter_context(_Table(folder / OBJECTS, OF_IMAGE | OF_RECORD))
        for sample in samples.values():
            document = read_sample(sample)
            try:
                image, rows = rows_of(document, sample.relative_to(out).as_posix(), split)
                images.add([image])
                objects.add(rows)
            except (pa.ArrowException, *DAMAGE) as error:
                raise damaged(sample / SAMPLE_JSON, error) from error
            number += len(rows)
    return number


def rows_of(document: SampleDocument, folder: str, split: Split) -> tuple[Row, list[Row]]:
    """Return the row of a sample, and those of its annotations; ``folder`` is its path in the dataset."""
    rgb = document["images"]["rgb"]
    image = {
        "image": document["index"],
        "site": document["site"],
        "view": document["view"],
        "seed": document["seed"],
        "subset": split.subset_of(document["site"]),
        "path": f"{folder}/{rgb['file']}",
        "width": rgb["width"],
        "height": rgb["height"],
    }
    lists: dict[str, Iterable[AnnotationRecord]] = {
        "objects": document["objects"],
        "tables": document["tables"],
        "conditions": document["conditions"],
    }
    rows = [{**image, **_of_record(LISTS[name], record)} for name, records in lists.items() for record in records]
    sun, visible = document["sun"], sum(row["visible_px"] > 0 for row in rows)
    of_sun = {"sun_azimuth_deg": sun["azimuth_deg"], "sun_elevation_deg": sun["elevation_deg"]}
    return {**image, "sample": folder, **of_sun, "visible": visible}, rows


def _of_record(record: str, values: Mapping[str, Any]) -> Row:
    row = {name: values[name] if name in IN_ALL else values.get(name) for name in OF_RECORD}
    box = values["bbox_px"] or itertools.repeat(None, 4)
    row |= zip(("box_x", "box_y", "box_width", "box_height"), box, strict=False)
    mask = values["mask_rle"]
    return {**row, "record": record, "mask_rle": mask and mask["counts"]}


class _Table:
    """A Parquet file that rows are added to, in groups."""

    def __init__(self, path: Path, columns: Mapping[str, Any]) -> None:
        self._schema = pa.schema(columns)
        self._writer = ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._write(self._rows)
        finally:
            self._writer.close()

    def add(self, rows: list[Row]) -> None:
        """Add rows; write a group as soon as there are enough."""
        self._rows += rows
        for group in self._whole_groups():
            self._write(group)

    def _whole_groups(self) -> Iterator[list[Row]]:
        while len(self._rows) >= ROWS_OF_GROUP:
            yield self._rows[:ROWS_OF_GROUP]
            del self._rows[:ROWS_OF_GROUP]

    def _write(self, rows: list[Row]) -> None:
        if rows:
            self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))
