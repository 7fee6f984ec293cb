# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pictures are for training and which for validation, for formats that keep them apart.

All images of a site are in the same subset: a detector is never validated on a site that it was trained on.
Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

TRAIN, VALIDATION = "train", "val"
VALIDATION_EVERY = 5
"""Of so many sites in a row the last is for validation."""

AddSample = Callable[[Mapping[str, Any], PurePosixPath], None]
"""What a format does with a sample: its sample.json, and its picture relative to the dataset's folder."""


def subset_of(site: int) -> str:
    """Return ``train`` or ``val``, by the index of the site alone: a dataset that grows keeps its split."""
    return VALIDATION if site % VALIDATION_EVERY == VALIDATION_EVERY - 1 else TRAIN
