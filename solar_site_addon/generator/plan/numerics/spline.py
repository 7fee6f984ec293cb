# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth surfaces through grids of values."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats, Indices

Taps = list[tuple[Indices, Floats]]


def quadratic_taps(place: Floats) -> Taps:
    """Return indices and weights of the three values around each position: before, at, after.

    Positions are in units of the spacing of the values. The weights are those of the uniform quadratic B-spline (de
    Boor, "A Practical Guide to Splines", 1978), which smooths features no wider than a cell. Indices may lie outside
    the values; the caller decides what is there.
    """
    nearest = np.rint(place)
    offset = place - nearest
    weights = (0.5 * (0.5 - offset) ** 2, 0.75 - offset * offset, 0.5 * (0.5 + offset) ** 2)
    return [((nearest + step).astype(np.intp), weight) for step, weight in zip((-1, 0, 1), weights, strict=True)]


def surface(values: Floats, rows: Taps, columns: Taps) -> Floats:
    """Return the surface through ``values`` (K, L) at all crossings (R, C) of R rows and C columns."""
    along = np.sum([weight[:, None] * values[index] for index, weight in rows], axis=0)
    return np.sum([weight * along[:, index] for index, weight in columns], axis=0)
