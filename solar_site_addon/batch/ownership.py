# SPDX-License-Identifier: GPL-3.0-or-later
"""What in a folder is ours: anything else is refused before a run writes, and never overwritten or removed.

A folder is a dataset of ours if it has the record of a run or at least one complete sample. Any other folder may
contain anything except names that a run would write. In a dataset of ours, only what we made is replaced.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..generator.dataset import half_sample
from ..generator.dataset import index as dataset
from ..generator.dataset.files import is_whole
from ..generator.dataset.half_sample import refuse_obstacle
from ..generator.dataset.layout import DATASET_JSON, SAMPLE_FOLDERS
from ..generator.dataset.registry import find_formats
from ..generator.domain.atomic_files import hidden_path
from ..generator.domain.errors import SettingsError
from ..generator.domain.messages import listed
from .dataset_folder import (
    OVERVIEW,
    RESERVED_FOLDERS,
    WORK,
    batch_entries,
    has_only_lock,
    log_file,
    sample_entries,
    samples_folder,
    work_folder,
)
from .run_record import read_record

MAX_NAMED = 3


def is_ours(out: Path) -> bool:
    """Return whether ``out`` is a dataset of ours, even if it has only the record of a run."""
    if read_record(out) is not None:
        return True
    return any(is_whole(folder) for folder in out.glob(SAMPLE_FOLDERS))


def refuse_foreign(out: Path, formats: Sequence[str]) -> None:
    """Raise SettingsError if ``out`` contains anything that is not ours under a name that a run would write."""
    if is_ours(out):
        refuse_obstacle(dataset.obstacle(out, formats))
        return
    foreign = list(_foreign_names(out))
    if foreign:
        raise SettingsError(
            "{folder} is not a Solar Site dataset, and a run would overwrite {names} in it: choose another folder for "
            "the dataset, or move these files.",
            folder=out,
            names=listed(foreign, MAX_NAMED),
        )


def refuse_obstacles(out: Path, missing: Iterable[int], units: Iterable[str]) -> None:
    """Raise SettingsError if anything that is not ours is in the way of the images ``missing``.

    ``units`` are the names of the work units that will make them.
    """
    for name in units:
        samples = samples_folder(out, name)
        if os.path.lexists(samples) and not samples.is_dir():
            refuse_obstacle(samples)
        if log_file(out, name).is_dir():
            refuse_obstacle(log_file(out, name))
    for entry in sample_entries(out, frozenset(missing)):
        refuse_obstacle(half_sample.obstacle(entry))


def _foreign_names(out: Path) -> Iterator[str]:
    """Yield what exists in a folder that is not ours under the names that we would write."""
    formats = find_formats().values()
    folders = [name for form in formats if form.folder for name in form.folder.names]
    indexes = [form.index for form in formats if form.folder is None]
    files = [DATASET_JSON, *indexes, OVERVIEW]
    names = [*files, *(hidden_path(Path(name)).as_posix() for name in files), *folders, *RESERVED_FOLDERS]
    yield from (name for name in names if os.path.lexists(out / name))
    parents = {str(Path(index).parent) for index in indexes}
    yield from (name for name in sorted(parents) if os.path.lexists(out / name) and not (out / name).is_dir())
    yield from batch_entries(out)
    if os.path.lexists(work_folder(out)) and not has_only_lock(work_folder(out)):
        yield WORK
