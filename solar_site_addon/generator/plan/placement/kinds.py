# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kind of equipment or surroundings is, and the walk that places items of all kinds.

A kind is one module in ``plan/equipment/kinds`` or ``plan/surroundings/kinds`` that defines ``KIND`` and is found
there, so a new kind is one new file.

Order of placement: every group of kinds has a stage. Groups with a lower stage are placed first, and later ones keep
clear of their items; groups of one stage follow each other by name. The stage decides who gives way and nothing else:
what is drawn for an item depends on the path of its streams alone. All equipment is placed before all surroundings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ...domain.array_types import Floats
from ...domain.categories import Category
from ...domain.discovery import load_modules
from ...domain.random_streams import pick
from ...settings.drawn import DrawnSettings
from ..numerics.solids import Shape
from .fences import Fence
from .items import Item, Tarpaulin

if TYPE_CHECKING:
    from .placement import Candidates, Placement

Lengths: TypeAlias = tuple[float, float, float]
"""Length, width and height, m."""


@dataclass(frozen=True)
class Ground:
    """What a kind requires of its ground."""

    table_gap_m: float
    """Least distance to the tables."""
    fall_m: float = float("inf")
    """Greatest fall of the ground under an item; for an item on wheels, greatest distance of a wheel from a plane."""
    on_wheels: bool = False


@dataclass(frozen=True)
class Group:
    """Kinds that one setting counts together, and that are placed by one rule."""

    name: str
    """Path of the streams: "surroundings/vehicles"."""
    stage: int
    count: Callable[[DrawnSettings], float]
    """Return how many items the drawn settings ask for, in the unit that ``place`` expects."""
    place: Callable[[Placement, Choice, float], None]
    """Place the items: the placement so far, the kinds to choose from, and ``count``."""


@dataclass(frozen=True, kw_only=True)
class BaseKind:
    """What kinds of rigid items and of tarpaulins have in common."""

    name: str
    """The module's name. Streams and arrays refer to the kind by it."""
    category: Category
    """The category of its items in annotations; the mesh says what semantic.png shows."""
    group: Group
    weight: float = 1.0
    """How often an item of the group is of this kind, relative to the group's other kinds."""
    only_number: int | None = None
    """The number of the one item of the group that is always of this kind, which then is never drawn."""

    def put(self, placement: Placement, candidates: Candidates, name: str) -> Item | Tarpaulin | None:
        """Put one on the first suitable candidate; return it, or None if no candidate is suitable.

        ``name`` is the path of the item's streams.
        """
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Kind(BaseKind):
    """A kind of rigid item."""

    least_m: Lengths
    greatest_m: Lengths
    ground: Ground
    shape: Callable[[Floats, float, Floats], Shape]
    """Return the mesh of an item from size (3,), depth and look (4,), see Item.

    It stands around the origin, x along its length, z up from its base.
    """
    within_fence: bool = False
    """Whether the plant's fence encloses it; it has to be placed before the fence unless it stands at the tables."""
    own_fence: Callable[[Item, int], Fence] | None = None
    """Return the fence that belongs to an item; the second argument is the seed."""
    arrange: Callable[[Placement, Kind, Candidates, str], Item | None] | None = None
    """Replaces ``put`` for kinds that come in several pieces."""

    def put(self, placement: Placement, candidates: Candidates, name: str) -> Item | None:
        """Put one item, or what ``arrange`` makes of it."""
        return (self.arrange or _put_one)(placement, self, candidates, name)

    def size(self, share: Floats) -> Floats:
        """Return the size (3,) at ``share`` (3,), from 0 (least) to 1 (greatest)."""
        least, greatest = np.array(self.least_m), np.array(self.greatest_m)
        result: Floats = least + (greatest - least) * share
        return result


@dataclass(frozen=True, kw_only=True)
class TarpaulinKind(BaseKind):
    """A kind of tarpaulin, which takes its form from the ground."""

    drape: Callable[[Placement, TarpaulinKind, Candidates, str], Tarpaulin | None]
    """See ``BaseKind.put``."""
    shape: Callable[[Floats, Floats], Shape]
    """Return the mesh from points (R, R, 3) and look (4,), see Tarpaulin."""

    def put(self, placement: Placement, candidates: Candidates, name: str) -> Tarpaulin | None:
        """Drape one tarpaulin."""
        return self.drape(placement, self, candidates, name)


@dataclass(frozen=True)
class Choice:
    """The kinds of one group."""

    group: Group
    kinds: tuple[BaseKind, ...]

    def item_name(self, number: int | str) -> str:
        """Return the path of the streams of an item."""
        return f"{self.group.name}/{number}"

    def of_item(self, seed: int, name: str, number: int | None = None) -> BaseKind:
        """Return the kind of the item with this ``name`` and ``number``, drawn by weight where it is not fixed."""
        for kind in self.kinds:
            if number is not None and kind.only_number == number:
                return kind
        weights = {kind.name: kind.weight for kind in self.kinds if kind.only_number is None}
        drawn = pick(seed, f"{name}/kind", weights)
        return next(kind for kind in self.kinds if kind.name == drawn)


def find_kinds(package: ModuleType) -> tuple[BaseKind, ...]:
    """Return the KIND of each module in the folder of ``package``, in the order of their names."""
    kinds: tuple[BaseKind, ...] = tuple(module.KIND for module in load_modules(package).values())
    return kinds


def choices(kinds: Iterable[BaseKind]) -> list[Choice]:
    """Return the groups of ``kinds`` in the order in which they are placed."""
    groups: dict[str, list[BaseKind]] = {}
    for kind in kinds:
        groups.setdefault(kind.group.name, []).append(kind)
    found = [Choice(members[0].group, tuple(members)) for members in groups.values()]
    return sorted(found, key=lambda choice: (choice.group.stage, choice.group.name))


def place(placement: Placement, settings: DrawnSettings, groups: Sequence[Choice]) -> None:
    """Place the items of ``groups``, one group after the other."""
    for choice in groups:
        choice.group.place(placement, choice, choice.group.count(settings))


def _put_one(placement: Placement, kind: Kind, candidates: Candidates, name: str) -> Item | None:
    return placement.put(kind, candidates, name)
