# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of fences: their openings and how straight they run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.spacing import table_corners
from solar_site_addon.generator.plan.equipment.fence import openings, plan_fence, straightened
from solar_site_addon.generator.plan.placement.clearance import FreeGround, distance_to_segments
from solar_site_addon.generator.plan.placement.fences import Fence
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.schema import Settings

from ...hand_made import land, plane
from ...hand_made_placement import one_row

ROW = one_row(8)
OUTLINES = table_corners(ROW)[..., :2]
LONGEST_SPAN_M = 4.5
"""Half as much again as the greatest spacing of posts: stretches are divided evenly."""


@dataclass(frozen=True)
class Road:
    """A road along a line (N, 2)."""

    line: np.ndarray
    width_m: float = 4.0

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        segments = np.stack([self.line[:-1], self.line[1:]], axis=1)
        return distance_to_segments(np.stack([x, y], axis=-1).reshape(-1, 2), segments, 1e3).reshape(np.shape(x))


def fence_at(*points: tuple[float, float], seed: int = 0) -> tuple[Fence, FreeGround]:
    """Return the fence around a row of tables along x, and the ground with a road through these points."""
    free = FreeGround(OUTLINES, Road(np.array(points)))
    return plan_fence(OUTLINES, land(plane(), half_m=200.0), free, seed), free


def lengths(ends: np.ndarray) -> np.ndarray:
    """Return the lengths of spans or leaves (N, 2, 3) in plan view."""
    return np.asarray(np.linalg.norm((ends[:, 1] - ends[:, 0])[:, :2], axis=1))


def num_openings(fence: Fence) -> int:
    return int((np.bincount(fence.spans.ravel()) == 1).sum()) // 2


@pytest.mark.parametrize("y", [-6.0, -9.0, -12.0, -14.0, -17.0, -20.0, -30.0])
def test_a_road_along_the_tables_is_enclosed_or_outside_and_never_leaves_a_side_open(y: float) -> None:
    fence, free = fence_at((-150.0, y), (150.0, y))
    assert num_openings(fence) == len(fence.leaves) // 2, "an opening without a gate"
    assert len(fence.leaves) // 2 in (0, 2)
    low, high = OUTLINES.min(axis=(0, 1)), OUTLINES.max(axis=(0, 1))
    around = 2 * (high - low).sum()
    assert lengths(fence.posts[fence.spans]).sum() > around, "a side is open"
    assert lengths(fence.posts[fence.spans]).max() <= LONGEST_SPAN_M
    assert free.to_road(fence.posts[:, :2]).min() > 0.99


@pytest.mark.parametrize("bend_m", [6.0, 12.0, 25.0, 60.0])
@pytest.mark.parametrize("leaving", [20.0, 45.0, 70.0])
def test_the_fence_keeps_to_its_line_where_a_road_leaves_it_at_any_angle(bend_m: float, leaving: float) -> None:
    x, slope = np.cos(np.radians(leaving)), np.sin(np.radians(leaving))
    start = (-60.0, -9.0)
    bend = (start[0] + bend_m, -9.0)
    fence, free = fence_at(start, bend, (bend[0] + 120 * x, bend[1] - 120 * slope))
    assert lengths(fence.posts[fence.spans]).max() <= LONGEST_SPAN_M
    sides = np.stack([OUTLINES, np.roll(OUTLINES, -1, axis=1)], axis=2).reshape(-1, 2, 2)
    assert distance_to_segments(fence.posts[:, :2], sides, 99.0).min() > 5.0
    assert free.to_road(fence.posts[:, :2]).min() > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["mountain_summer", "desert"])
def test_no_span_bridges_a_long_opening_of_a_whole_site(preset: str) -> None:
    fence = plan_site(with_preset(Settings(), preset), seed=2).equipment.fence
    ends = fence.posts[fence.spans]
    assert len(ends) > 100
    assert lengths(ends).max() < LONGEST_SPAN_M


def test_openings_are_found_also_where_a_line_begins_within_one() -> None:
    closed = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [5, 6], [6, 7], [7, 5]])
    assert openings(closed, closed) == []
    assert openings(closed, closed[[1, 3, 5, 6, 7]]) == [[2, 3], [4, 0, 1]]
    assert openings(closed, closed[1:4]) == [[4, 0, 1]]


@pytest.mark.parametrize("tolerance", [0.5, 2.0, 6.0])
def test_a_straightened_line_stays_within_its_tolerance(tolerance: float) -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = 40 + 5 * np.sin(7 * angle) + np.random.default_rng(2).normal(0, 0.4, 200)
    line = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    less = straightened(line, tolerance)
    assert 3 <= len(less) < len(line)
    segments = np.stack([less, np.roll(less, -1, axis=0)], axis=1)
    assert distance_to_segments(line, segments, 99.0).max() <= tolerance + 1e-9
