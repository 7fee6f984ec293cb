# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws from the ranges of the settings."""

from __future__ import annotations

import numpy as np

from ..settings import Range


def draw(rng: np.random.Generator, bounds: Range) -> float:
    """A number between ``bounds.low`` and ``bounds.high``; always takes one draw, also where both are equal."""
    return min(bounds.low + (bounds.high - bounds.low) * float(rng.random()), bounds.high)


def draw_integer(rng: np.random.Generator, bounds: Range) -> int:
    """A whole number from ``bounds.low`` to ``bounds.high``, both included."""
    return int(rng.integers(int(bounds.low), int(bounds.high) + 1))
