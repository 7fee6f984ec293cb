# SPDX-License-Identifier: GPL-3.0-or-later
"""A dataset out of its sample folders: OUT/dataset.json and OUT/annotations/instances.json.

Both are made from the samples' sample.json alone and can be made again at any time.
Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from .classes import PALETTE, SemanticClass
from .coco import CocoWriter
from .files import SAMPLE_JSON, SCHEMA, extension_version, is_whole, read_head, read_sample, sync_folder

__all__ = ["DatasetSummary", "assemble_dataset", "find_samples", "is_whole"]

SAMPLE_FOLDERS = "batch_*/image_*"


class DatasetSummary(NamedTuple):
    """What a dataset holds, and where its two index files are."""

    num_samples: int
    num_annotations: int
    dataset_json: Path
    coco_json: Path


def find_samples(out: Path) -> dict[int, Path]:
    """The folders of the whole samples under ``out`` by global index, in ascending order.

    Where two folders hold the same index, the first by name counts.
    """
    found: dict[int, Path] = {}
    for folder in sorted(out.glob(SAMPLE_FOLDERS)):
        head = read_head(folder)
        if head is not None:
            found.setdefault(head["index"], folder)
    return dict(sorted(found.items()))


def assemble_dataset(out: Path, run: Mapping[str, Any]) -> DatasetSummary:
    """Writes dataset.json and annotations/instances.json for all whole samples under ``out``.

    ``run`` holds what the launcher knows and the samples do not (settings, failures, timings); its keys become keys
    of dataset.json. One sample.json is in memory at a time, and each of the two files appears when it is whole.
    Raises SolarSiteError where a sample.json is damaged within.
    """
    samples = find_samples(out)
    dataset_json, coco_json = out / "dataset.json", out / "annotations" / "instances.json"
    entries, generators = [], []
    with _replacing(coco_json) as file:
        coco = CocoWriter(file, extension_version())
        for folder in samples.values():
            sample = read_sample(folder)
            path = folder.relative_to(out).as_posix()
            coco.add(sample, f"{path}/{sample['image']['file']}")
            entries.append(_entry(sample, folder, path))
            if sample["generator"] not in generators:
                generators.append(sample["generator"])
        coco.finish()
    with _replacing(dataset_json) as file:
        file.write(_dataset_text(run, generators, entries))
    return DatasetSummary(len(samples), coco.num_annotations, dataset_json, coco_json)


def _entry(sample: Mapping[str, Any], folder: Path, path: str) -> dict[str, Any]:
    """What dataset.json says of one sample; the checksums are those that were taken as the files were written."""
    checksums = {file["name"]: file["sha256"] for file in sample["files"].values()}
    checksums[SAMPLE_JSON] = hashlib.sha256((folder / SAMPLE_JSON).read_bytes()).hexdigest()
    return {"index": sample["index"], "seed": sample["seed"], "path": path, "sha256": checksums}


def _dataset_text(
    run: Mapping[str, Any], generators: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]
) -> str:
    """dataset.json, with one line for each sample."""
    head = {
        "schema": SCHEMA,
        **run,
        "generators": generators,
        "classes": [{"id": int(number), "name": number.label, "rgb": PALETTE[number]} for number in SemanticClass],
        "coco": "annotations/instances.json",
    }
    text = json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}")
    lines = ",\n".join("    " + json.dumps(entry) for entry in entries)
    return f'{text},\n  "samples": [\n{lines}\n  ]\n}}\n'


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of ``path`` when it is whole; after an error, ``path`` is as before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}.partial")
    try:
        with hidden.open("w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)
    sync_folder(path.parent)
