# SPDX-License-Identifier: GPL-3.0-or-later
"""Where all randomness comes from: one independent stream for each stage of each image."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

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


@dataclass(frozen=True)
class ViewSeed:
    """The seed of one view: of everything that differs between the images of one site."""

    site: int
    """Seed of the site, which is a plain number where only the site counts."""
    view: int = 0


Seed: TypeAlias = int | ViewSeed
"""Of a site, or of one of its views."""


def stage_generator(seed: Seed, stage: Stage) -> np.random.Generator:
    """Generator of one stage, so that a change in one stage leaves the draws of the others alone."""
    return np.random.default_rng(np.random.SeedSequence(seed_words(seed, stage)))


def seed_words(seed: Seed, *words: int) -> list[int]:
    """Return the entropy of a stream of a site or view."""
    site, view = (seed.site, seed.view) if isinstance(seed, ViewSeed) else (seed, 0)
    return [site, *words, view] if view else [site, *words]
