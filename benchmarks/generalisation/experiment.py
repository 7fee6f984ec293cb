# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of the study: what each is trained and tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solar_site_addon.generator.settings.schema import PRESETS

from .data import PLAIN, Pictures

RICH_NAME = "without {}"
"""Name of the network that is trained on all presets but one."""


@dataclass(frozen=True)
class Fold:
    """One preset is left out of the training and tested on."""

    left_out: str
    training: tuple[str, ...]


@dataclass(frozen=True)
class Experiment:
    """What a network is trained and tested on."""

    name: str
    training: tuple[str, ...]
    tests: tuple[str, ...]
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What a network has made of its tests."""

    experiment: Experiment
    counts: Mapping[str, NDArray[np.int64]]
    """(N, 3) by domain, as ``pixel_counts`` gives them."""
    examples: Mapping[str, NDArray[np.bool_]]
    """(H, W) predicted mask of the picture that shows each domain."""


def folds(presets: Sequence[str] = PRESETS) -> list[Fold]:
    """Leave one out: a fold for each preset."""
    return [Fold(name, tuple(other for other in presets if other != name)) for name in presets]


def split(domains: Mapping[str, Pictures], presets: Sequence[str]) -> tuple[dict[str, Pictures], dict[str, Pictures]]:
    """Pictures to train with and pictures to test with, by domain.

    A preset's pictures serve as both, never in the same fold. Those of the plain version are divided, so that its
    network trains with as many pictures as the rich network with the fewest, and is tested with others.
    """
    number = min(sum(len(domains[name]) for name in fold.training) for fold in folds(presets))
    plain = domains[PLAIN]
    trained = {**{name: domains[name] for name in presets}, PLAIN: plain[:number]}
    return trained, {**{name: domains[name] for name in presets}, PLAIN: plain[number:]}


def experiments(presets: Sequence[str], seeds: int) -> list[Experiment]:
    """Every network of the study: a plain one, and a rich one for each preset left out, for each seed."""
    found = []
    for seed in range(seeds):
        found.append(Experiment(PLAIN, (PLAIN,), (*presets, PLAIN), seed))
        for fold in folds(presets):
            name = RICH_NAME.format(fold.left_out)
            found.append(Experiment(name, fold.training, (fold.left_out, PLAIN), seed))
    return found
