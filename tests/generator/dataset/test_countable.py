# SPDX-License-Identifier: GPL-3.0-or-later
"""Slivers are not counted."""

from __future__ import annotations

from typing import cast

import pytest

from solar_site_addon.generator.dataset.countable import is_visible_enough
from solar_site_addon.generator.dataset.schema import AnnotationRecord


@pytest.mark.parametrize(
    ("visible_px", "visible_fraction", "expected"),
    [(9, 0.05, True), (8, 1.0, False), (100, 0.04, False), (100, None, True), (0, None, False)],
)
def test_what_shows_9_pixels_and_5_percent_is_counted(
    visible_px: int, visible_fraction: float | None, expected: bool
) -> None:
    record = cast("AnnotationRecord", {"visible_px": visible_px, "visible_fraction": visible_fraction})
    assert is_visible_enough(record) == expected
