# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what earlier runs left in a dataset folder: incomplete samples, work units, events and temporary files."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ..generator.dataset.half_sample import obstacle, remove_half_sample
from ..generator.dataset.layout import image_index
from .dataset_folder import (
    hidden_sample_entries,
    land_folder,
    record_file,
    result_file,
    sample_entries,
    shards_with_record,
    temporary_folders,
    unit_entries,
    unit_name,
)
from .shard import WHOLE, Shard


def clean_up(out: Path, missing: Iterable[int], shard: Shard = WHOLE, views_per_site: int = 1) -> None:
    """Remove everything that earlier runs left in the way of the images ``missing``, which are those of ``shard``.

    What other shards are working at stays. Raise SettingsError if anything in the way is not ours.
    """
    remove_unfinished(out, shard, views_per_site)
    for entry in sample_entries(out, frozenset(missing)):
        remove_half_sample(entry)
    for file in unit_entries(out):
        if shard.has_batch(unit_name(file)):
            file.unlink()
    if shard == WHOLE:
        for earlier in shards_with_record(out):
            result_file(out, earlier).unlink(missing_ok=True)
            if earlier != WHOLE:
                record_file(out, earlier).unlink(missing_ok=True)


def remove_unfinished(out: Path, shard: Shard = WHOLE, views_per_site: int = 1) -> None:
    """Remove the hidden folders of incomplete samples, and the temporary files and the land of workers that have ended.

    Folders that contain anything that is not ours are kept.
    """
    for entry in hidden_sample_entries(out):
        index = image_index(entry.name)
        if index is not None and shard.has_image(index, views_per_site) and obstacle(entry) is None:
            remove_half_sample(entry)
    for folder in temporary_folders(out):
        if shard.has_batch(unit_name(folder)):
            shutil.rmtree(folder)
    if shard == WHOLE:
        shutil.rmtree(land_folder(out), ignore_errors=True)
