# SPDX-License-Identifier: GPL-3.0-or-later
"""Assembly of a dataset from its sample folders: OUT/dataset.json and the chosen annotation formats.

Everything is made from the sample.json files and can be rebuilt at any time. Standard library only: the launcher runs
this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from ..domain.categories import describe_categories
from ..domain.errors import SettingsError
from ..domain.json_file import without_cycle_search
from ..settings.schema import RunSettings
from .content import Content, content_of
from .dataset_json import collecting_entries, read_dataset_head
from .files import DAMAGE, SAMPLE_JSON, damaged, file_sha256, is_whole, read_head, read_sample
from .half_sample import refuse_obstacle
from .layout import DATASET_JSON, SAMPLE_FOLDERS
from .registry import find_formats
from .schema import SCHEMA, GeneratorInfo, SampleDocument, SampleEntry
from .splits import Split, parse_split
from .statistics import DatasetStatistics

__all__ = ["DatasetSummary", "assemble_dataset", "find_samples", "incomplete_samples", "is_whole"]

OUR_KEYS = {"schema", "generators", "categories", "samples"}
"""Keys that identify a dataset.json as ours."""


class DatasetSummary(NamedTuple):
    """Size of a dataset and paths of its index files."""

    num_samples: int
    num_annotations: int
    """Number of annotations in the formats, over all images."""
    num_dropped: int
    """Number of visible instances of which too little is visible."""
    classes: tuple[str, ...]
    """Names of the classes."""
    generators: list[GeneratorInfo]
    """What made the samples, in the order in which it appears."""
    statistics: DatasetStatistics
    dataset_json: Path
    formats: dict[str, Path]
    """The file that readers open, by format."""
    incomplete: list[Path]
    """Folders of incomplete samples, which are left out."""


def find_samples(out: Path) -> dict[int, Path]:
    """Return the folders of all complete samples in ``out`` by global index, in ascending order.

    If two folders have the same index, the first by name is used.
    """
    found: dict[int, Path] = {}
    for folder in sorted(out.glob(SAMPLE_FOLDERS)):
        head = read_head(folder)
        if head is not None:
            found.setdefault(head["index"], folder)
    return dict(sorted(found.items()))


def incomplete_samples(out: Path, complete: Iterable[Path]) -> list[Path]:
    """Return the sample folders in ``out`` that are not complete, ascending; those in ``complete`` are."""
    known = set(complete)
    return sorted(one for one in out.glob(SAMPLE_FOLDERS) if one not in known and one.is_dir() and not is_whole(one))


def read_split(out: Path) -> Split:
    """Return the split of the formats in ``out``, or the default one if dataset.json does not tell."""
    return parse_split(stated_split(out))


def stated_split(out: Path) -> str:
    """Return the same as in the setting ``split``."""
    try:
        split: str = read_dataset_head(out / DATASET_JSON)["content"]["split"]
        parse_split(split)
    except (OSError, SettingsError, *DAMAGE):
        return RunSettings().split
    return split


def assemble_dataset(
    out: Path,
    run: Mapping[str, Any],
    formats: Sequence[str] = ("coco",),
    content: Content | None = None,
    before_each: Callable[[], None] = lambda: None,
    samples: Mapping[int, Path] | None = None,
) -> DatasetSummary:
    """Write dataset.json and ``formats`` (names of ``find_formats``) for all complete samples in ``out``.

    ``run`` contains the launcher's information about the run (settings, failures, timings); its keys become keys of
    dataset.json. ``content`` is what the formats hold, by default all modules. Only one sample.json is in memory at a
    time, and each file or folder appears once it is complete. ``before_each`` is called before each sample; if it
    raises an error, nothing is changed. ``samples`` are those that ``find_samples`` has found in ``out`` just now.
    Formats of earlier runs that are not chosen now are neither changed nor listed. Raise SolarSiteError if a
    sample.json is damaged or something that is not ours would be overwritten.
    """
    content = content or content_of(RunSettings())
    check_content(formats, content)
    refuse_obstacle(obstacle(out, formats))
    recover(out)
    samples = find_samples(out) if samples is None else samples
    chosen = {name: find_formats()[name] for name in formats}
    generators: list[GeneratorInfo] = []
    statistics = DatasetStatistics()
    num_annotations = num_dropped = 0
    with collecting_entries(out) as entries:
        with ExitStack() as stack:
            stack.enter_context(without_cycle_search())
            adding = [stack.enter_context(one.write(out, content)) for one in chosen.values()]
            for folder in samples.values():
                before_each()
                sample = read_sample(folder)
                path = PurePosixPath(folder.relative_to(out).as_posix())
                try:
                    image = content.image(sample, path / sample["images"]["rgb"]["file"])
                    for add in adding:
                        add(image)
                    statistics.add(image)
                    entries.add(_entry(sample, folder, str(path)))
                except DAMAGE as error:
                    raise damaged(folder / SAMPLE_JSON, error) from error
                num_annotations += len(image.instances)
                num_dropped += image.num_dropped
                if sample["generator"] not in generators:
                    generators.append(sample["generator"])
        indexes = {name: one.index for name, one in chosen.items()}
        held = {**content.describe(), "annotations": num_annotations, "dropped": num_dropped}
        head = {"schema": SCHEMA, **run, "formats": indexes, "content": held, "generators": generators}
        entries.write(out / DATASET_JSON, {**head, "categories": describe_categories()})
    paths = {name: out / index for name, index in indexes.items()}
    return DatasetSummary(
        num_samples=len(samples),
        num_annotations=num_annotations,
        num_dropped=num_dropped,
        classes=content.classes.names,
        generators=generators,
        statistics=statistics,
        dataset_json=out / DATASET_JSON,
        formats=paths,
        incomplete=incomplete_samples(out, samples.values()),
    )


def check_content(formats: Sequence[str], content: Content) -> None:
    """Raise SettingsError if one of the ``formats`` cannot hold the content."""
    for name in formats:
        find_formats()[name].check(content)


def obstacle(out: Path, formats: Sequence[str]) -> Path | None:
    """Return a path that is not ours and that ``assemble_dataset`` would overwrite, or None."""
    path = out / DATASET_JSON
    if os.path.lexists(path) and not _is_ours(path):
        return path
    known = find_formats()
    return next((found for name in formats if (found := known[name].obstacle(out))), None)


def recover(out: Path) -> None:
    """Complete or undo interrupted replacements of all formats."""
    for form in find_formats().values():
        if form.folder is not None:
            form.folder.recover(out)


def _is_ours(path: Path) -> bool:
    try:
        return bool(read_dataset_head(path).keys() >= OUR_KEYS)
    except (OSError, *DAMAGE):
        return False


def _entry(sample: SampleDocument, folder: Path, path: str) -> SampleEntry:
    """Return the entry of a sample in dataset.json, with the checksums computed when its files were written."""
    checksums = {name: file["sha256"] for name, file in sample["files"].items()}
    checksums[SAMPLE_JSON] = file_sha256(folder / SAMPLE_JSON)
    return {
        "index": sample["index"],
        "site": sample["site"],
        "view": sample["view"],
        "seed": sample["seed"],
        "path": path,
        "sha256": checksums,
    }
