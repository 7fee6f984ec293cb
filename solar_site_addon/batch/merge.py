# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges the samples of several dataset folders, such as those of shards, into one dataset, without a Blender.

The result is laid out as by a single run with the same number of processes, and is identical to its dataset.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ..generator.dataset.content import content_of
from ..generator.dataset.files import SAMPLE_JSON, file_sha256, is_whole, read_head
from ..generator.dataset.half_sample import NAMES, hidden_folder, remove_half_sample
from ..generator.dataset.index import DatasetSummary, assemble_dataset, find_samples, incomplete_samples
from ..generator.dataset.layout import image_index
from ..generator.domain.atomic_files import sync_folder
from ..generator.domain.errors import SettingsError
from ..generator.settings.schema import RunSettings
from .dataset_folder import check_output, sample_folder, work_folder
from .exit_codes import ALL_WHOLE, SOME_FAILED
from .lock import only_launcher
from .ownership import refuse_foreign
from .rebuild import has_all, information_about_run
from .run_record import Recipe, RunRecord, read_record, recipe_of, refuse_other_samples, write_record
from .shard import WHOLE
from .work_unit import split_into_blocks


def merge_datasets(
    sources: Sequence[Path], out: Path, run: RunSettings, before_each: Callable[[], None] = lambda: None
) -> DatasetSummary:
    """Put the samples of all ``sources`` into ``out`` and write the index and the formats of ``run`` for them.

    Files are linked where the file system allows it, and copied otherwise; the sources stay as they are.
    ``before_each`` is called before each sample is put in place, and before each is read for the formats; if it raises
    an error, the samples so far remain, and the next merge continues from there. Raise SettingsError if the sources do
    not belong together, or something that is not ours is in the way in ``out``.
    """
    content = content_of(run)
    found = [(source, find_samples(source)) for source in sources]
    recipe = _common_recipe(found)
    samples = _union(found)
    check_output(out)
    refuse_within(out, sources)
    refuse_foreign(out, run.formats)
    refuse_other_samples(out, find_samples(out), recipe)
    work_folder(out).mkdir(parents=True, exist_ok=True)
    with only_launcher(out):
        there = find_samples(out)
        information = information_about_run(sources, samples)
        num_images = max([information.get("num_images", 0), *(index + 1 for index in samples)])
        record = RunRecord(recipe, num_images, len(there), time.time())
        write_record(out, record)
        for index, target in _places(samples, out, max(run.num_parallel, 1), recipe.views_per_site).items():
            before_each()
            if index not in there:
                link_or_copy(samples[index], target)
        merged = find_samples(out)
        summary = assemble_dataset(out, information, run.formats, content, before_each, samples=merged)
        ended = ALL_WHOLE if has_all(merged, num_images) else SOME_FAILED
        write_record(out, RunRecord(recipe, num_images, len(there), record.started, ended, WHOLE))
    return summary._replace(incomplete=[*summary.incomplete, *_incomplete(found, samples)])


def _incomplete(found: Sequence[tuple[Path, Mapping[int, Path]]], union: Container[int]) -> Iterator[Path]:
    """Yield the incomplete samples of all sources of which no source has a complete one."""
    for source, samples in found:
        for folder in incomplete_samples(source, samples.values()):
            if image_index(folder.name) not in union:
                yield folder


def refuse_within(out: Path, sources: Sequence[Path]) -> None:
    """Raise SettingsError if ``out`` lies within the folder of a source: a dataset holds no other one."""
    for source in sources:
        if source.resolve() in out.resolve().parents:
            raise SettingsError("{folder} lies within {source}: choose another folder.", folder=out, source=source)


def _common_recipe(found: Sequence[tuple[Path, Mapping[int, Path]]]) -> Recipe:
    """Return the recipe of all sources; raise SettingsError if one has no samples, or those of another recipe."""
    for source, samples in found:
        if not samples:
            raise SettingsError("{folder} contains no samples.", folder=source)
    # A record tells more than a sample, and a sample of a later site more than one of the first.
    first, samples = max(found, key=lambda one: (read_record(one[0]) is not None, max(one[1])))
    recipe = recipe_of(first, samples)
    for source, others in found:
        refuse_other_samples(source, others, recipe)
    return recipe


def _union(found: Sequence[tuple[Path, Mapping[int, Path]]]) -> dict[int, Path]:
    """Return the sample folders of all sources by index; raise SettingsError if two of an index differ."""
    union: dict[int, Path] = {}
    for _, samples in found:
        for index, folder in samples.items():
            other = union.setdefault(index, folder)
            if other != folder and file_sha256(other / SAMPLE_JSON) != file_sha256(folder / SAMPLE_JSON):
                raise SettingsError(
                    "{folder} and {other} are different samples of the same image: remove one of them.",
                    folder=folder,
                    other=other,
                )
    return dict(sorted(union.items()))


def _places(samples: Iterable[int], out: Path, num_parallel: int, views_per_site: int) -> dict[int, Path]:
    """Return the folders of the samples by index, in blocks as in a run with ``num_parallel`` processes."""
    blocks = split_into_blocks(list(samples), num_parallel, views_per_site)
    named = zip(WHOLE.batch_names(len(blocks)), blocks, strict=True)
    return {index: sample_folder(out, name, index) for name, block in named for index in block}


def link_or_copy(sample: Path, target: Path) -> None:
    """Put a sample to another place; its folder appears there once it is complete."""
    head = read_head(sample)
    if head is None or not set(head["files"]) <= set(NAMES):
        raise SettingsError("{folder} is not a complete sample.", folder=sample)
    hidden = hidden_folder(target)
    target.parent.mkdir(exist_ok=True)
    for leftover in (hidden, target):
        if not is_whole(target):
            remove_half_sample(leftover)
    hidden.mkdir()
    for name in (*head["files"], SAMPLE_JSON):
        _link_or_copy_file(sample / name, hidden / name)
    sync_folder(hidden)
    hidden.replace(target)
    sync_folder(target.parent)


def _link_or_copy_file(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError, NotImplementedError):  # another file system, or one without links
        target.hardlink_to(source)
        return
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
