# SPDX-License-Identifier: GPL-3.0-or-later
"""Define what each network of the study is trained and tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solar_site_addon.generator.settings.schema import LANDSCAPES

from .data import PLAIN, Images

RICH_NAME = "without {}"
"""Name of the network trained on all presets but one."""


@dataclass(frozen=True)
class Fold:
    """One preset is held out for testing; the others are for training."""

    left_out: str
    training: tuple[str, ...]


@dataclass(frozen=True)
class Experiment:
    """The training and test domains of one network."""

    name: str
    training: tuple[str, ...]
    tests: tuple[str, ...]
    seed: int


@dataclass(frozen=True)
class Outcome:
    """The predictions of one network on its test domains."""

    experiment: Experiment
    counts: Mapping[str, NDArray[np.int64]]
    """(N, 3) by domain, as returned by ``pixel_counts``."""
    examples: Mapping[str, NDArray[np.bool_]]
    """(H, W) predicted mask of the example image of each domain."""


def folds(presets: Sequence[str] = LANDSCAPES) -> list[Fold]:
    """Return one leave-one-out fold per preset."""
    return [Fold(name, tuple(other for other in presets if other != name)) for name in presets]


def split(domains: Mapping[str, Images], presets: Sequence[str]) -> tuple[dict[str, Images], dict[str, Images]]:
    """Return training images and test images by domain.

    The images of a preset serve as both, but never in the same fold. Those of the plain domain are divided: the plain
    network is trained on as many images as the rich network with the fewest, and the rest are for testing.
    """
    number = min(sum(len(domains[name]) for name in fold.training) for fold in folds(presets))
    plain = domains[PLAIN]
    trained = {**{name: domains[name] for name in presets}, PLAIN: plain[:number]}
    return trained, {**{name: domains[name] for name in presets}, PLAIN: plain[number:]}


def experiments(presets: Sequence[str], seeds: int) -> list[Experiment]:
    """Return all networks of the study: for each seed, a plain one and a rich one per held-out preset."""
    found = []
    for seed in range(seeds):
        found.append(Experiment(PLAIN, (PLAIN,), (*presets, PLAIN), seed))
        for fold in folds(presets):
            name = RICH_NAME.format(fold.left_out)
            found.append(Experiment(name, fold.training, (fold.left_out, PLAIN), seed))
    return found
