# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what earlier runs left in a dataset folder: incomplete samples, work units, events and temporary files."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ..generator.dataset.half_sample import obstacle, remove_half_sample
from .dataset_folder import hidden_sample_entries, land_folder, sample_entries, temporary_folders, unit_entries


def clean_up(out: Path, missing: Iterable[int]) -> None:
    """Remove everything that earlier runs left in the way of the images ``missing``.

    Raise SettingsError if anything in the way is not ours.
    """
    remove_unfinished(out)
    for entry in sample_entries(out, frozenset(missing)):
        remove_half_sample(entry)
    for file in unit_entries(out):
        file.unlink()


def remove_unfinished(out: Path) -> None:
    """Remove the hidden folders of incomplete samples, and the temporary files and the land of workers that have ended.

    Folders that contain anything that is not ours are kept.
    """
    for entry in hidden_sample_entries(out):
        if obstacle(entry) is None:
            remove_half_sample(entry)
    for folder in temporary_folders(out):
        shutil.rmtree(folder)
    shutil.rmtree(land_folder(out), ignore_errors=True)
