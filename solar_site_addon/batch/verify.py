# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the files of a dataset with their checksums, and removes samples that are damaged. Needs no Blender.

Each sample.json holds the checksums of the other files of its sample, and dataset.json those of all files. So a sample
that dataset.json does not list yet is verified except for its sample.json.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..generator.dataset.dataset_json import read_entries
from ..generator.dataset.files import DAMAGE, SAMPLE_JSON, file_sha256, read_head
from ..generator.dataset.half_sample import NAMES, hidden_folder, remove_half_sample
from ..generator.dataset.layout import BATCH_NAME, SAMPLE_FOLDERS, SAMPLE_NAME
from ..generator.domain.errors import SettingsError
from .dataset_folder import dataset_json
from .lock import only_launcher


@dataclass(frozen=True)
class Verified:
    """A sample folder and what is wrong with it."""

    folder: Path
    damaged: tuple[str, ...]
    """Names of files that are missing or differ from their checksum, empty if all is well."""


def verify_samples(out: Path) -> Iterator[Verified]:
    """Yield each sample that dataset.json lists, then all others in ``out``; raise SettingsError if there is none."""
    seen: set[str] = set()
    for path, checksums in _listed(out):
        if path not in seen:
            seen.add(path)
            yield Verified(out / path, tuple(_damaged(out / path, checksums)))
    for folder in sorted(out.glob(SAMPLE_FOLDERS)):
        path = folder.relative_to(out).as_posix()
        if path not in seen and folder.is_dir() and SAMPLE_NAME.fullmatch(folder.name):
            seen.add(path)
            yield Verified(folder, tuple(_damaged(folder, {})))
    if not seen:
        raise SettingsError("{folder} contains no samples.", folder=out)


def _damaged(folder: Path, listed: Mapping[str, str]) -> Iterator[str]:
    head = read_head(folder)
    expected = dict(listed)
    if head is not None:
        expected |= {name: file["sha256"] for name, file in head["files"].items() if name not in expected}
    elif not expected:
        yield SAMPLE_JSON
    for name, checksum in expected.items():
        if name not in NAMES or _checksum(folder / name) != checksum:
            yield name


def _checksum(path: Path) -> str:
    try:
        return file_sha256(path)
    except (OSError, ValueError):  # missing or unreadable, or a pipe
        return ""


def _listed(out: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield path and checksums of the samples in dataset.json, as far as they make sense."""
    with contextlib.suppress(OSError, *DAMAGE):
        for sample in read_entries(dataset_json(out)):
            if (found := _path_and_checksums(sample)) is not None:
                yield found


def _path_and_checksums(sample: Any) -> tuple[str, dict[str, str]] | None:
    try:
        path, checksums = str(sample["path"]), dict(sample["sha256"])
    except DAMAGE:
        return None
    return (path, checksums) if _is_inside(path) else None


def _is_inside(path: str) -> bool:
    """Return whether a path in dataset.json is that of a sample folder, and not of anything outside the dataset."""
    parts = path.split("/")
    return (
        len(parts) == 2 and BATCH_NAME.fullmatch(parts[0]) is not None and SAMPLE_NAME.fullmatch(parts[1]) is not None
    )


def remove_damaged(out: Path, damaged: Iterable[Verified]) -> None:
    """Remove damaged samples, so that a run makes them again.

    Raise SettingsError if a launcher is running, or if a folder holds anything but files of a sample.
    """
    with only_launcher(out):
        for sample in damaged:
            if sample.folder.is_dir():
                hidden = hidden_folder(sample.folder)
                remove_half_sample(hidden)
                sample.folder.rename(hidden)
                try:
                    remove_half_sample(hidden)
                except SettingsError:
                    hidden.rename(sample.folder)
                    raise
