# SPDX-License-Identifier: GPL-3.0-or-later
"""What in a folder is ours: what is not is refused before anything is written, and never overwritten or removed.

A folder is a dataset of ours where it has the record of a run, or one whole sample. Any other folder may hold whatever
it likes, but nothing under a name that a run would write. In a dataset of ours only what we have made is replaced.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..generator.dataset import half_sample
from ..generator.dataset import index as dataset
from ..generator.dataset.files import is_whole
from ..generator.dataset.half_sample import refuse_obstacle
from ..generator.dataset.registry import find_formats
from ..generator.domain.errors import SettingsError
from ..generator.domain.messages import listed
from .dataset_folder import CANCEL, LOCK, RUN_FILE, WORK, log_file, read_record, sample_entries, work_folder

OVERVIEW = "overview.png"
"""What headless/overview.py draws."""
FURTHER_FOLDERS = ("tiles", "hdf5")
BATCH = re.compile(r"batch_\d{2,}(\.log)?", re.IGNORECASE)
BEFORE_THE_RECORD = {LOCK, CANCEL, f".{RUN_FILE}.tmp"}
"""Files in .work that a launcher leaves which is killed before it has written the record of its run."""
MOST_NAMED = 3


def is_ours(out: Path) -> bool:
    """Whether ``out`` holds a dataset of ours, be it only the record of a run."""
    if read_record(out) is not None:
        return True
    return any(is_whole(folder) for folder in out.glob(dataset.SAMPLE_FOLDERS))


def refuse_foreign(out: Path, formats: Sequence[str]) -> None:
    """Raise SettingsError where ``out`` holds anything that is not ours under a name that a run would write."""
    if is_ours(out):
        refuse_obstacle(dataset.obstacle(out, formats))
        return
    foreign = list(_foreign_names(out))
    if foreign:
        raise SettingsError(
            "{folder} is not a dataset of Solar Site, and a run would overwrite {names} in it: choose another folder "
            "for the dataset, or move these files away.",
            folder=out,
            names=listed(foreign, MOST_NAMED),
        )


def refuse_obstacles(out: Path, missing: Iterable[int], processes: Iterable[str]) -> None:
    """Raise SettingsError where something that is not ours is in the way of the images ``missing``.

    ``processes`` are the names of those that will make them.
    """
    for name in processes:
        if os.path.lexists(out / name) and not (out / name).is_dir():
            refuse_obstacle(out / name)
        if log_file(out, name).is_dir():
            refuse_obstacle(log_file(out, name))
    for entry in sample_entries(out, frozenset(missing)):
        refuse_obstacle(half_sample.obstacle(entry))


def _foreign_names(out: Path) -> Iterator[str]:
    """What lies in a folder that is not ours under the names that we would write."""
    formats = find_formats().values()
    folders = [name for form in formats if form.folder for name in form.folder.names]
    indexes = [form.index for form in formats if form.folder is None]
    files = [dataset.DATASET_JSON, *indexes, OVERVIEW]
    names = [*files, *map(_hidden, files), *folders, *FURTHER_FOLDERS]
    yield from (name for name in names if os.path.lexists(out / name))
    parents = {str(Path(index).parent) for index in indexes}
    yield from (name for name in sorted(parents) if os.path.lexists(out / name) and not (out / name).is_dir())
    if out.is_dir():
        yield from sorted(path.name for path in out.iterdir() if BATCH.fullmatch(path.name))
    if os.path.lexists(work_folder(out)) and not _never_begun(work_folder(out)):
        yield WORK


def _hidden(name: str) -> str:
    """Where a file is written before it takes its place."""
    path = Path(name)
    return path.with_name(f".{path.name}.partial").as_posix()


def _never_begun(work: Path) -> bool:
    """Whether a folder .work is what a launcher leaves that is killed before it has begun."""
    if work.is_symlink() or not work.is_dir():
        return False
    return all(path.name in BEFORE_THE_RECORD and path.is_file() for path in work.iterdir())
