# SPDX-License-Identifier: GPL-3.0-or-later
"""Detection and removal of half samples, which are folders left by an interrupted run.

Nothing else is removed: a folder with any file other than those of a sample may belong to the user. Standard library
only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..domain.atomic_files import hidden_path
from ..domain.errors import SettingsError
from ..domain.json_file import RECORD_BYTES, load_json
from ..sensor.file_names import image_file_names
from .files import ANNOTATION_FILES, DAMAGE, SAMPLE_JSON, is_whole
from .schema import SCHEMA

NAMES = (SAMPLE_JSON, *image_file_names(), *ANNOTATION_FILES.values())
"""Names of all possible files of a sample."""


def hidden_folder(sample: Path) -> Path:
    """Return the hidden folder in which the files of ``sample`` are written until it is complete."""
    return hidden_path(sample)


def obstacle(folder: Path) -> Path | None:
    """Return the path that prevents the removal of ``folder`` as a half sample, itself or one in it, or None.

    Complete samples are never removed, except in a hidden folder that was not renamed yet.
    """
    if not os.path.lexists(folder):
        return None
    if folder.is_symlink() or not folder.is_dir():
        return folder
    for path in sorted(folder.iterdir()):
        if path.name not in NAMES or (path.is_dir() and not path.is_symlink()):
            return path
    if _is_of_another_schema(folder / SAMPLE_JSON):
        return folder / SAMPLE_JSON
    return folder if is_whole(folder) and not folder.name.startswith(".") else None


def remove_half_sample(folder: Path) -> None:
    """Remove a half sample; raise SettingsError and remove nothing if ``folder`` is anything else."""
    refuse_obstacle(obstacle(folder))
    if folder.is_dir():
        for name in NAMES:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def refuse_obstacle(path: Path | None) -> None:
    """Raise SettingsError if there is a path that we must not remove."""
    if path is not None:
        raise SettingsError(
            "{file} was not written by Solar Site and blocks the dataset: move it away, or choose another folder.",
            file=path,
        )


def _is_of_another_schema(path: Path) -> bool:
    """Return whether sample.json has the schema of another version of Solar Site."""
    try:
        return bool(load_json(path, RECORD_BYTES)["schema"] != SCHEMA)
    except (OSError, *DAMAGE):
        return False
