# SPDX-License-Identifier: GPL-3.0-or-later
"""Where all randomness comes from: one independent stream for each stage of each image."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stage(IntEnum):
    """A stage of the plan. The numbers are part of every dataset: never renumber, only append."""

    TERRAIN = 0
    LAYOUT = 1
    LIGHT = 2
    CAMERA = 3
    MODULES = 4
    GROUND = 5
    RENDER = 6
    SETTINGS = 7
    SENSOR = 8
    ROADS = 9
    CONDITION = 10
    WORKS = 11
    PLANTS = 12
    WEATHER = 13
    TABLES = 14
    EXTENSION = 15


def image_seed(base_seed: int, index: int) -> int:
    """Seed of the image with the global index ``index``: images of one dataset never share a seed."""
    return base_seed + index


def stage_generator(seed: int, stage: Stage) -> np.random.Generator:
    """Generator of one stage, so that a change in one stage leaves the draws of the others alone."""
    return np.random.default_rng(np.random.SeedSequence([seed, int(stage)]))
