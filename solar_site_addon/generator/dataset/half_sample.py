# SPDX-License-Identifier: GPL-3.0-or-later
"""Half samples: which folders an interrupted run of ours has left, and how they are removed.

Nothing else is ever removed: a folder that holds anything besides the files of a sample belongs to somebody.
Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from ..domain.atomic_files import hidden_path
from ..domain.errors import SettingsError
from ..sensor.file_names import image_file_names
from .files import ANNOTATION_FILES, SAMPLE_JSON, is_whole
from .schema import SCHEMA

NAMES = (SAMPLE_JSON, *image_file_names(), *ANNOTATION_FILES.values())
"""All files that a sample can hold."""


def hidden_folder(sample: Path) -> Path:
    """Where the files of the sample folder ``sample`` are written before it is whole."""
    return hidden_path(sample)


def obstacle(folder: Path) -> Path | None:
    """What keeps ``folder`` from being removed as a half sample: itself, or something in it. None where nothing does.

    A whole sample is none that may be removed, unless it lies in a hidden folder, where it never came to its end.
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
    """Remove a half sample; raises SettingsError, and removes nothing, where ``folder`` is anything else."""
    refuse_obstacle(obstacle(folder))
    if folder.is_dir():
        for name in NAMES:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def refuse_obstacle(path: Path | None) -> None:
    """Raise SettingsError where something is in the way that is not ours to remove."""
    if path is not None:
        raise SettingsError(
            f"{path} is in the way, and not Solar Site's to remove: "
            "move it away, or choose another folder for the dataset."
        )


def _is_of_another_schema(path: Path) -> bool:
    """Whether a whole sample.json was written by a version of Solar Site that lays it out otherwise."""
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["schema"] != SCHEMA)
    except (OSError, ValueError, KeyError, TypeError):
        return False
