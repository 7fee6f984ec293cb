# SPDX-License-Identifier: GPL-3.0-or-later
"""The split of a dataset into training and validation, for formats that separate them.

All images of a site are in the same subset, so a detector is never validated on a site that it was trained on. Standard
library only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from .schema import SampleDocument

TRAIN, VALIDATION = "train", "val"
VALIDATION_EVERY = 5
"""The last of each group of this many consecutive sites is used for validation."""

AddSample = Callable[[SampleDocument, PurePosixPath], None]
"""Function that adds a sample to a format: its sample.json, and the path of its rgb image relative to the dataset."""


def subset_of(site: int) -> str:
    """Return ``train`` or ``val`` by the index of the site, so that a growing dataset keeps its split."""
    return VALIDATION if site % VALIDATION_EVERY == VALIDATION_EVERY - 1 else TRAIN
