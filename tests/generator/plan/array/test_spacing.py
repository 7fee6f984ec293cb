# SPDX-License-Identifier: GPL-3.0-or-later
"""Of randomly placed tables that conflict, only some are kept."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.layout import table_axes
from solar_site_addon.generator.plan.array.spacing import (
    overlapping_pairs,
    shading_pairs,
    table_corners,
    without_conflicts,
)
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.array.tables import Tables


def random_tables(seed: int, count: int = 60, side_m: float = 90.0) -> Tables:
    rng = np.random.default_rng(seed)
    azimuths = rng.choice([160.0, 180.0, 205.0], count)
    rolls = rng.uniform(-14, 14, count)
    axes = table_axes(azimuths, np.full(count, 25.0), rolls)
    zeros = np.zeros(count, dtype=np.int32)
    return Tables(
        centre=np.column_stack([rng.uniform(-side_m, side_m, (count, 2)) / 2, rng.uniform(0, 6, count)]),
        axes=axes,
        size=np.tile([15.0, 4.6], (count, 1)),
        type=zeros,
        columns=np.tile(np.array([0, 13], dtype=np.int32), (count, 1)),
        cluster=zeros,
        row=zeros,
        column=zeros,
        tilt_deg=np.full(count, 25.0),
        azimuth_deg=azimuths,
        roll_deg=rolls,
        planned=np.full(count, 13, dtype=np.int32),
        stage=np.full(count, Stage.COMPLETE, dtype=np.int32),
        done=np.ones(count),
    )


@pytest.mark.parametrize("seed", range(5))
def test_overlapping_pairs_match_opencv(seed: int) -> None:
    cv2 = pytest.importorskip("cv2")
    corners = table_corners(random_tables(seed))
    outlines = corners[..., :2].astype(np.float32)
    found = set(zip(*(side.tolist() for side in overlapping_pairs(corners)), strict=True))
    for one, other in itertools.combinations(range(len(outlines)), 2):
        area = cv2.intersectConvexConvex(outlines[one], outlines[other])[0]
        if area > 0.01:
            assert (one, other) in found
        else:
            grown = [outline.mean(0) + (outline - outline.mean(0)) * 1.05 for outline in outlines[[one, other]]]
            if cv2.intersectConvexConvex(*grown)[0] == 0:
                assert (one, other) not in found


@pytest.mark.parametrize("seed", range(5))
def test_at_most_one_of_two_overlapping_tables_is_kept(seed: int) -> None:
    tables = random_tables(seed)
    keep = without_conflicts(tables, 60.0)
    first, second = overlapping_pairs(table_corners(tables))
    assert len(first) > 0
    assert not (keep[first] & keep[second]).any()
    assert keep.any()


def test_more_tables_shade_each_other_under_a_low_sun() -> None:
    tables = random_tables(1, side_m=150.0)
    corners = table_corners(tables)
    pairs = [len(shading_pairs(tables, corners, elevation)[0]) for elevation in (10.0, 30.0, 60.0)]
    assert pairs[0] > pairs[1] > pairs[2]
