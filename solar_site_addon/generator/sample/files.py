# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sample folder holds, said once, and whether one is whole.

Standard library only: the launcher reads this file in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import functools
import json
import os
import tomllib
from pathlib import Path
from typing import Any

SCHEMA = 1
"""Version of sample.json and dataset.json; a reader of version 1 finds every key where it was."""

SAMPLE_JSON = "sample.json"

FILE_NAMES = {
    "rgb": "rgb.png",
    "instances": "instances.png",
    "semantic": "semantic.png",
    "depth": "depth.exr",
    "normals": "normals.exr",
}
"""Name of each file that a sample can hold besides sample.json, by what it holds."""


@functools.cache
def extension_version() -> str:
    """The version of this extension, from its manifest."""
    manifest = Path(__file__).parents[2] / "blender_manifest.toml"
    version: str = tomllib.loads(manifest.read_text(encoding="utf-8"))["version"]
    return version


def read_sample(folder: Path) -> dict[str, Any] | None:
    """The sample.json of a whole sample; None where the folder is missing, or a file in it is missing or cut short."""
    try:
        document: dict[str, Any] = json.loads((folder / SAMPLE_JSON).read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            return None
        for file in document["files"].values():
            if (folder / file["name"]).stat().st_size != file["bytes"]:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return document


def is_whole(folder: Path) -> bool:
    """True where the folder holds a whole sample: sample.json, and every file that it names in its full size."""
    return read_sample(folder) is not None


def write_durably(path: Path, data: bytes) -> None:
    """Writes a file and waits until it is on the disk, so that a power cut after a rename leaves no empty file."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the folder's list of names is on the disk; only POSIX systems can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
