# SPDX-License-Identifier: GPL-3.0-or-later
"""Named streams, the source of all randomness.

A stream depends only on a seed and its name. Names are paths by subject, such as "terrain/erosion" or
"equipment/mast/2/size"; kinds and settings appear by name, never by number or position in a list. Adding, removing or
reordering anything therefore leaves all other draws unchanged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

EVERYWHERE = 0
"""Seed of everything that is the same at all sites: textures, and shapes of vegetation."""
_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class ViewSeed:
    """Seed of one view, for everything that differs between the images of a site."""

    site: int
    """Seed of the site, a plain integer where only the site matters."""
    view: int = 0


Seed: TypeAlias = int | ViewSeed
"""Seed of a site or of one of its views. No two seeds share a stream, whatever its name."""


def stream(seed: Seed, name: str) -> np.random.Generator:
    """Return a new generator at the start of the stream ``name``."""
    return np.random.Generator(np.random.PCG64(_sequence(seed, name)))


def stream_seed(seed: Seed, name: str) -> int:
    """Return an integer from 0 to 2**31 - 1 instead of a stream, for hash-based noise and for Cycles."""
    return int(_sequence(seed, name).generate_state(1)[0]) >> 1


def pick(seed: Seed, name: str, weights: Mapping[str, float]) -> str:
    """Return one of the options with a probability proportional to its weight.

    Each option draws a waiting time from an exponential distribution whose rate is its weight, and the shortest time
    wins. The order of options therefore does not matter, and a new option changes the choice only where it is chosen
    itself. At least one weight must be positive.
    """
    times = {
        option: stream(seed, f"{name}/{option}").standard_exponential() / weight
        for option, weight in weights.items()
        if weight > 0
    }
    return min(sorted(times), key=times.__getitem__)


def _sequence(seed: Seed, name: str) -> np.random.SeedSequence:
    # 0 is the site itself, so its streams differ from those of every view.
    site, view = (seed.site, seed.view + 1) if isinstance(seed, ViewSeed) else (seed, 0)
    if site < 0 or (isinstance(seed, ViewSeed) and seed.view < 0):
        raise ValueError(f"{seed} is not a seed: it must not be negative")
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    words = np.frombuffer(digest, dtype="<u4")
    # A fixed number of words keeps all combinations of seed, view and name distinct.
    return np.random.SeedSequence(np.array([site & _WORD, site >> 32, view, *words], dtype=np.uint32))
