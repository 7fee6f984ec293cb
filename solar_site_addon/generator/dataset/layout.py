# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in a dataset folder that the generator and the batch share: OUT/batch_00/image_0000 and OUT/dataset.json.

Every other path in a dataset folder is in ``batch/dataset_folder.py``. Standard library only.
"""

from __future__ import annotations

import re

DATASET_JSON = "dataset.json"
BATCH_PREFIX = "batch_"
BATCH_NAME = re.compile(rf"{BATCH_PREFIX}\d{{2,}}")
SAMPLE_NAME = re.compile(r"image_(?P<index>\d{4,})|\.image_(?P<hidden>\d{4,})\.partial")
"""Name of a sample folder, or of the hidden folder in which it is written."""
SAMPLE_FOLDERS = "batch_*/image_*"
"""Glob pattern of all sample folders."""


def batch_name(number: int) -> str:
    """Return the name shared by the sample folder, log, work unit and events of one process: ``batch_00``."""
    return f"{BATCH_PREFIX}{number:02d}"


def image_name(index: int) -> str:
    """Return the name of the sample folder of a global image index: ``image_0000``."""
    return f"image_{index:04d}"


def image_index(name: str) -> int | None:
    """Return the global image index in the name of a sample folder or its hidden folder, None for any other name."""
    found = SAMPLE_NAME.fullmatch(name)
    return int(found["index"] or found["hidden"]) if found else None
