# SPDX-License-Identifier: GPL-3.0-or-later
"""Rills run straight down bare slopes, a few meters apart."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.plan.ground.rills import SPACING_M, plan_rills
from solar_site_addon.generator.plan.terrain.terrain import Terrain

AXIS = np.arange(-60.0, 61.0)


def slope(falls_x: float, falls_y: float, spacing_m: float = 1.0) -> Terrain:
    """Return a plane with the given tangents to east and north; its fine ground ends 50 vertices from the center."""
    axis = AXIS * spacing_m
    heights = -(falls_x * axis + falls_y * axis[:, None])
    return Terrain(axis, axis, heights, 50.0 * spacing_m, spacing_m, relief=0.5, roughness=1.0)


def rills(land: Terrain, bare: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return the waves as complex numbers and the widths, on the fine ground except near its border."""
    planned = plan_rills(land, np.full(land.heights.shape, bare), 3)
    assert not planned[:10].any(), "no rills beyond the fine ground"
    within = planned[15:-15, 15:-15]
    return within[..., 0] + 1j * within[..., 1], within[..., 2]


@pytest.mark.parametrize(("falls_x", "falls_y"), [(0.3, 0.0), (0.0, -0.3), (0.2, 0.2)])
def test_rills_run_downhill_a_few_meters_apart(falls_x: float, falls_y: float) -> None:
    waves, width = rills(slope(falls_x, falls_y))
    assert width.mean() > 0.5
    turn_x = np.angle(waves[:, 1:] * waves[:, :-1].conj())[1:, :]
    turn_y = np.angle(waves[1:, :] * waves[:-1, :].conj())[:, 1:]
    downhill = np.array([falls_x, falls_y]) / np.hypot(falls_x, falls_y)
    along = np.abs(turn_x * downhill[0] + turn_y * downhill[1])
    across = np.abs(turn_y * downhill[0] - turn_x * downhill[1])
    assert np.median(along) < 0.25 * np.median(across)
    assert 2 * np.pi / np.median(across) == pytest.approx(SPACING_M, rel=0.15)


def test_steeper_ground_has_wider_rills_and_level_ground_has_none() -> None:
    level, gentle, steep = (rills(slope(fall, 0.0))[1].mean() for fall in (0.03, 0.15, 0.4))
    assert level == 0.0
    assert 0.05 < gentle < 0.7 * steep


def test_covered_soil_and_coarse_ground_have_no_rills() -> None:
    assert not rills(slope(0.3, 0.0), bare=0.0)[1].any()
    assert not rills(slope(0.3, 0.0, spacing_m=2.0))[1].any()
