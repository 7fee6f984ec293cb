# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images are for training and which for validation, for formats that keep them apart.

All images of a site are in the same subset: a detector is never validated on a site that it was trained on.
Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from .schema import SampleDocument

TRAIN, VALIDATION = "train", "val"
VALIDATION_EVERY = 5
"""Of so many sites in a row the last is for validation."""

AddSample = Callable[[SampleDocument, PurePosixPath], None]
"""What a format does with a sample: its sample.json, and its rgb image relative to the dataset's folder."""


def subset_of(site: int) -> str:
    """Return ``train`` or ``val``, by the index of the site alone: a dataset that grows keeps its split."""
    return VALIDATION if site % VALIDATION_EVERY == VALIDATION_EVERY - 1 else TRAIN
