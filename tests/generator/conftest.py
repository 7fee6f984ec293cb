# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: the small site and its passes, and OpenCV with EXR support."""

from __future__ import annotations

import os

import numpy as np
import pytest

from solar_site_addon.generator.imaging.passes import PixelPasses

from .planned import Planned
from .small_site import HEIGHT, WIDTH, painted_numbers, passes_of, small_plan

# OpenCV looks at this when it is first asked for an EXR file.
os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"


@pytest.fixture(scope="session")
def plan() -> Planned:
    return small_plan()


@pytest.fixture(scope="session")
def numbers(plan) -> np.ndarray:
    return painted_numbers(plan)


@pytest.fixture
def passes(numbers) -> PixelPasses:
    return passes_of(numbers.copy())


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
