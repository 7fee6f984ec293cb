# SPDX-License-Identifier: GPL-3.0-or-later
"""Where all randomness comes from: streams with names.

A stream follows from a seed and its name alone. Names are paths by subject, such as "terrain/erosion" or
"equipment/mast/2/size"; kinds and settings stand in them by name, never by number or by place in a list. So whatever is
added, removed or put in another order, all other draws stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

EVERYWHERE = 0
"""Seed of what is the same at every site: textures, and the shapes of vegetation."""
_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class ViewSeed:
    """The seed of one view: of everything that differs between the images of one site."""

    site: int
    """Seed of the site, which is a plain number where only the site counts."""
    view: int = 0


Seed: TypeAlias = int | ViewSeed
"""Of a site, or of one of its views. No two of them share a stream, whatever its name."""


def image_seed(base_seed: int, index: int) -> int:
    """Return the seed of the image with the global index ``index``: images of one dataset never share a seed."""
    return base_seed + index


def stream(seed: Seed, name: str) -> np.random.Generator:
    """Return the generator of the stream ``name``, at its beginning."""
    return np.random.default_rng(_sequence(seed, name))


def stream_seed(seed: Seed, name: str) -> int:
    """Return a whole number from 0 to 2**31 - 1 in place of a stream, for noise made of hashes, and for Cycles."""
    return int(_sequence(seed, name).generate_state(1)[0]) >> 1


def pick(seed: Seed, name: str, weights: Mapping[str, float]) -> str:
    """Return one of the options, each with a chance in proportion to its weight.

    Every option waits for a time of its own, drawn from an exponential distribution whose rate is the weight, and the
    first one is taken. So the order of the options does not count, and an option that is added changes the choice only
    where it is the choice. At least one weight must be above 0.
    """
    times = {
        option: stream(seed, f"{name}/{option}").standard_exponential() / weight
        for option, weight in weights.items()
        if weight > 0
    }
    return min(sorted(times), key=times.__getitem__)


def _sequence(seed: Seed, name: str) -> np.random.SeedSequence:
    # 0 stands for the site itself, whose streams no view has.
    site, view = (seed.site, seed.view + 1) if isinstance(seed, ViewSeed) else (seed, 0)
    if site < 0 or (isinstance(seed, ViewSeed) and seed.view < 0):
        raise ValueError(f"{seed} is not a seed: it must not be negative")
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    # Always as many words, so that no two combinations of seed, view and name give the same ones.
    return np.random.SeedSequence([site & _WORD, site >> 32, view, *words])
