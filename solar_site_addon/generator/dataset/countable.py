# SPDX-License-Identifier: GPL-3.0-or-later
"""What is visible enough to be counted. Standard library only."""

from __future__ import annotations

from ..settings.schema import RunSettings
from .schema import AnnotationRecord

COUNTED_PX, COUNTED_FRACTION = RunSettings().min_visible_px, RunSettings().min_visible_fraction
"""Fewest visible pixels and least visible fraction of what ``counts`` of a sample counts: those of the formats unless
the run changes them. A person does not count the slivers of piles between the modules of a table."""


def is_visible_enough(
    record: AnnotationRecord, least_px: int = COUNTED_PX, least_fraction: float = COUNTED_FRACTION
) -> bool:
    """Return whether so many pixels and such a fraction are visible; a fraction that is unknown is enough."""
    fraction = record["visible_fraction"]
    return record["visible_px"] >= least_px and (fraction is None or fraction >= least_fraction)
