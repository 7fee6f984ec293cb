# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks of construction fit the box that their size scales, and their rims end below the ground."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.geometry.marks import mark_shape
from solar_site_addon.generator.plan.construction.marks import MARK_VARIANTS, MarkKind


@pytest.mark.parametrize("kind", MarkKind)
def test_a_mark_fills_a_box_of_side_1_and_faces_up(kind: MarkKind) -> None:
    for variant in range(MARK_VARIANTS):
        shape = mark_shape(kind, variant)
        sides = np.ptp(shape.vertices[:, :2], axis=0)
        assert (sides > 0.5).all()
        assert (np.abs(shape.vertices[:, :2]) <= 0.62).all()
        assert -1.0 <= shape.vertices[:, 2].min() <= 0.0
        assert shape.vertices[:, 2].max() < 1.6
        corners = shape.vertices[shape.triangles]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert normal[:, 2].sum() > 0
        assert shape.light.shape == (len(shape.vertices),)


@pytest.mark.parametrize("kind", [MarkKind.SPOIL, MarkKind.GROUT, MarkKind.TRACK, MarkKind.BENCH])
def test_the_rim_of_soil_is_buried(kind: MarkKind) -> None:
    shape = mark_shape(kind, 0)
    away = np.abs(shape.vertices[:, 1]) if kind is MarkKind.TRACK else np.hypot(*shape.vertices[:, :2].T)
    outermost = away >= 0.99 * away.max()
    assert (shape.vertices[outermost, 2] < 0).all()


def test_a_bench_is_level_below_the_pile_and_ends_at_a_steep_edge_above_it() -> None:
    for variant in range(MARK_VARIANTS):
        x, y, z = mark_shape(MarkKind.BENCH, variant).vertices.T
        pad = (np.abs(x) < 0.12) & (y < 0.0) & (y > -0.2)
        # In the frame of the slope, level ground falls by as much as it goes up the slope.
        assert np.polyfit(y[pad], z[pad], 1)[0] == pytest.approx(-1.0, abs=0.25)
        scraped = (np.abs(x) < 0.12) & (y > 0.05) & (y < 0.2)
        assert np.abs(z[scraped]).mean() < 0.06
        edge = (np.abs(x) < 0.12) & (y > 0.28) & (y < 0.45)
        assert z[edge].max() > 0.05


def test_coarse_heaps_have_few_triangles_and_the_same_outline() -> None:
    for variant in range(MARK_VARIANTS):
        fine, coarse = (mark_shape(MarkKind.SPOIL, variant, coarse=coarse) for coarse in (False, True))
        assert len(coarse.triangles) < 500
        assert len(fine.triangles) > 5000
        covered = [
            np.histogram(np.arctan2(y, x)[z > 0], bins=8, weights=np.hypot(x, y)[z > 0])[0]
            / np.histogram(np.arctan2(y, x)[z > 0], bins=8)[0]
            for x, y, z in (shape.vertices.T for shape in (fine, coarse))
        ]
        np.testing.assert_allclose(*covered, atol=0.1)


def test_variants_differ_except_for_pegs() -> None:
    for kind in set(MarkKind) - {MarkKind.PEG}:
        assert len({mark_shape(kind, variant).vertices.tobytes() for variant in range(MARK_VARIANTS)}) == MARK_VARIANTS
