# SPDX-License-Identifier: GPL-3.0-or-later
"""Every path in a dataset folder. ``NAME`` stands for the name of a work unit, such as batch_00.

OUT/NAME/image_0000/          sample
OUT/NAME.log                  output of the worker
OUT/NAME.crash.txt            what Blender wrote when a worker crashed
OUT/dataset.json              index of the samples
OUT/README.md                 dataset card
OUT/metadata.json             description of the dataset in Croissant
OUT/statistics.png            plots of the card
OUT/overview.png              contact sheet drawn by headless/overview.py
OUT/hdf5/0.hdf5               samples in BlenderProc's format
OUT/parquet/                  Parquet files of all images and annotations, written by headless/export.py
OUT/gallery/index.html        page to look through the dataset
OUT/tiles/                    dataset of tiles, cut by headless/export.py
OUT/crops/                    rectified crops of modules, cut by headless/export.py
OUT/webdataset/               tar files of samples, packed by headless/export.py
OUT/.work/NAME.json           work unit
OUT/.work/NAME.events.jsonl   events of its workers
OUT/.work/NAME.tmp/           temporary files of its workers, while they run
OUT/.work/land/               parts of elevation models that its workers have read, while they run
OUT/.work/elevation_model_…   elevation model that was converted with GDAL (conversion.py)
OUT/.work/run.json            what all samples have in common (run_record.py)
OUT/.work/result.SHARD.json   what the launcher of one shard leaves for dataset.json
OUT/.work/lock                locked by the running launcher (lock.py)
OUT/.work/cancel              asks the running launcher to stop
OUT/.work/launcher_error.log  tracebacks of internal errors

A launcher that makes one of several shards has its own record and its own lock, run.shard_1_of_4.json and
lock.shard_1_of_4, and shares the lock of the folder with the other shards.

Folders of annotation formats are named by the formats themselves (generator/dataset/formats), files in a sample folder
by generator/dataset/files.py, and the names that the generator shares by generator/dataset/layout.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container
from dataclasses import astuple
from pathlib import Path

from ..generator.dataset.layout import BATCH_NAME, DATASET_JSON, image_index, image_name
from ..generator.domain.errors import SettingsError
from ..generator.domain.messages import system_reason
from .shard import WHOLE, Shard

WORK = ".work"
LOCK = "lock"
CANCEL = "cancel"
CARD = "README.md"
CROISSANT = "metadata.json"
PLOTS = "statistics.png"
OVERVIEW = "overview.png"
GALLERY = "gallery"
HDF5 = "hdf5"
PARQUET = "parquet"
TILES = "tiles"
CROPS = "crops"
SHARDS = "webdataset"
RESERVED_FOLDERS = (TILES, CROPS, SHARDS, HDF5, PARQUET, GALLERY)
"""Folders that other tools of this project write besides the annotation formats."""
EVENTS_SUFFIX = ".events.jsonl"
CONVERTED_MODEL = r"elevation_model_[0-9a-f]{16}\.tif"
"""Pattern of the names of converted elevation models."""
_UNIT_ENTRY = re.compile(rf"{BATCH_NAME.pattern}(\.events\.jsonl|\.json)|\.{BATCH_NAME.pattern}\.json\.partial")
_TEMPORARY_ENTRY = re.compile(rf"{BATCH_NAME.pattern}\.tmp")
_BATCH_ENTRY = re.compile(rf"{BATCH_NAME.pattern}(\.log|\.crash\.txt)?", re.IGNORECASE)
_SHARD = r"(\.shard_\d+_of_\d+)?"
_BEFORE_THE_RECORD = re.compile(
    rf"{LOCK}{_SHARD}|{CANCEL}|\.run{_SHARD}\.json\.partial|\.?{CONVERTED_MODEL}(\.partial)?"
)
_RECORD = re.compile(r"run(\.shard_(?P<number>\d+)_of_(?P<count>\d+))?\.json")


def work_folder(out: Path) -> Path:
    """Return the folder of units, events and the run record."""
    return out / WORK


def record_file(out: Path, shard: Shard = WHOLE) -> Path:
    """Return the record of the run."""
    return work_folder(out) / f"run{shard.suffix}.json"


def shards_with_record(out: Path) -> list[Shard]:
    """Return the shards that have a record in ``out``, in order; ``WHOLE`` for that of a run without shards."""
    if not work_folder(out).is_dir():
        return []
    found = [match for path in work_folder(out).iterdir() if (match := _RECORD.fullmatch(path.name))]
    return sorted((Shard(int(one["number"] or 0), int(one["count"] or 1)) for one in found), key=astuple)


def result_file(out: Path, shard: Shard) -> Path:
    """Return what the launcher of a shard leaves for dataset.json."""
    return work_folder(out) / f"result{shard.suffix}.json"


def lock_file(out: Path, shard: Shard = WHOLE) -> Path:
    """Return the file that the running launcher keeps locked."""
    return work_folder(out) / f"{LOCK}{shard.suffix}"


def cancel_file(out: Path) -> Path:
    """Return the file that asks the running launcher to stop."""
    return work_folder(out) / CANCEL


def error_log(out: Path) -> Path:
    """Return the log of internal errors of the launcher."""
    return work_folder(out) / "launcher_error.log"


def unit_file(out: Path, name: str) -> Path:
    """Return the work unit ``name``."""
    return work_folder(out) / f"{name}.json"


def events_file(out: Path, name: str) -> Path:
    """Return the events of the workers of unit ``name``."""
    return work_folder(out) / f"{name}{EVENTS_SUFFIX}"


def temporary_folder(out: Path, name: str) -> Path:
    """Return the folder for temporary files of the workers of unit ``name``."""
    return work_folder(out) / f"{name}.tmp"


def land_folder(out: Path) -> Path:
    """Return the folder of land that workers have read from elevation models, for one another."""
    return work_folder(out) / "land"


def log_file(out: Path, name: str) -> Path:
    """Return the output of the workers of unit ``name``."""
    return out / f"{name}.log"


def crash_report(out: Path, name: str) -> Path:
    """Return what Blender wrote when a worker of unit ``name`` crashed."""
    return out / f"{name}.crash.txt"


def samples_folder(out: Path, name: str) -> Path:
    """Return the folder of the samples of unit ``name``."""
    return out / name


def sample_folder(out: Path, name: str, index: int) -> Path:
    """Return the sample folder of global image ``index``, made by unit ``name``."""
    return samples_folder(out, name) / image_name(index)


def dataset_json(out: Path) -> Path:
    """Return the index of the dataset."""
    return out / DATASET_JSON


def card_file(out: Path) -> Path:
    """Return the card of the dataset."""
    return out / CARD


def croissant_file(out: Path) -> Path:
    """Return the description of the dataset in Croissant."""
    return out / CROISSANT


def plots_file(out: Path) -> Path:
    """Return the plots of the card."""
    return out / PLOTS


def overview_file(out: Path) -> Path:
    """Return the contact sheet."""
    return out / OVERVIEW


def gallery_page(out: Path) -> Path:
    """Return the page of the gallery."""
    return out / GALLERY / "index.html"


def tiles_folder(out: Path) -> Path:
    """Return the folder of the tiles, a dataset of its own."""
    return out / TILES


def crops_folder(out: Path) -> Path:
    """Return the folder of the rectified crops of modules."""
    return out / CROPS


def shards_folder(out: Path) -> Path:
    """Return the folder of the tar files of samples."""
    return out / SHARDS


def hdf5_folder(out: Path) -> Path:
    """Return the folder of the samples in BlenderProc's format."""
    return out / HDF5


def hdf5_file(out: Path, index: int) -> Path:
    """Return the file of global image ``index`` in BlenderProc's format."""
    return hdf5_folder(out) / f"{index}.hdf5"


def parquet_folder(out: Path) -> Path:
    """Return the folder of the Parquet files."""
    return out / PARQUET


def dataset_of_sample(sample: Path) -> Path:
    """Return the dataset folder of a sample folder."""
    return sample.absolute().parents[1]


def unit_names(out: Path) -> list[str]:
    """Return the names of the work units in ``out``, in order."""
    files = work_folder(out).glob("*.json")
    return sorted(file.stem for file in files if BATCH_NAME.fullmatch(file.stem))


def unit_name(entry: Path) -> str:
    """Return the name of the work unit that a file or folder in the work folder belongs to, empty if it has none."""
    found = BATCH_NAME.search(entry.name)
    return found[0] if found else ""


def unit_entries(out: Path) -> list[Path]:
    """Return the work units and event files in ``out``, including half-written ones."""
    return [path for path in work_folder(out).iterdir() if _UNIT_ENTRY.fullmatch(path.name)]


def temporary_folders(out: Path) -> list[Path]:
    """Return the folders for temporary files in ``out``."""
    if not work_folder(out).is_dir():
        return []
    return [path for path in work_folder(out).iterdir() if _TEMPORARY_ENTRY.fullmatch(path.name) and path.is_dir()]


def batch_folders(out: Path) -> list[Path]:
    """Return the folders of samples in ``out``, in order."""
    if not out.is_dir():
        return []
    return [path for path in sorted(out.iterdir()) if BATCH_NAME.fullmatch(path.name) and path.is_dir()]


def batch_entries(out: Path) -> list[str]:
    """Return the names in ``out`` that folders of samples and logs use, in order; case is ignored (macOS, Windows)."""
    if not out.is_dir():
        return []
    return sorted(path.name for path in out.iterdir() if _BATCH_ENTRY.fullmatch(path.name))


def sample_entries(out: Path, indices: Container[int]) -> list[Path]:
    """Return whatever exists under the names of the samples ``indices`` and of their hidden folders."""
    return [
        entry
        for batch in batch_folders(out)
        for entry in sorted(batch.iterdir())
        if (index := image_index(entry.name)) is not None and index in indices
    ]


def sample_folders(out: Path) -> list[Path]:
    """Return the folders of samples in ``out`` that appear to be complete, by name; their files are not read."""
    found = (entry for batch in batch_folders(out) for entry in batch.iterdir() if is_sample_folder(entry))
    return sorted(found, key=lambda folder: folder.name)


def is_sample_folder(folder: Path) -> bool:
    """Return whether a folder has the name of a sample, not that of the hidden folder in which one is written."""
    return not folder.name.startswith(".") and image_index(folder.name) is not None


def hidden_sample_entries(out: Path) -> list[Path]:
    """Return whatever exists under the names of hidden folders, in which samples are written."""
    return [
        entry
        for batch in batch_folders(out)
        for entry in batch.iterdir()
        if entry.name.startswith(".") and image_index(entry.name) is not None
    ]


def has_only_lock(work: Path) -> bool:
    """Return whether the folder ``work`` holds nothing but what a launcher writes before the record of its run."""
    if work.is_symlink() or not work.is_dir():
        return False
    return all(_BEFORE_THE_RECORD.fullmatch(path.name) and path.is_file() for path in work.iterdir())


def existing_parent(path: Path) -> Path:
    """Return ``path``, or the nearest of its parents that exists; raise OSError where that cannot be found out."""
    absolute = path.absolute()
    return next(parent for parent in (absolute, *absolute.parents) if parent.exists())


def check_output(out: Path) -> None:
    """Raise SettingsError if ``out`` is not a folder, or cannot be created or written to."""
    try:
        existing = existing_parent(out)
    except OSError as error:  # a name that is too long, or a folder without permission to search it
        raise SettingsError(
            "{folder} cannot be created ({reason}).", folder=out, reason=system_reason(error)
        ) from error
    if not existing.is_dir():
        raise SettingsError("{file} is a file: choose a folder for the dataset.", file=existing)
    if not os.access(existing, os.W_OK | os.X_OK):
        raise SettingsError("{folder} is not writable: choose another folder for the dataset.", folder=existing)
