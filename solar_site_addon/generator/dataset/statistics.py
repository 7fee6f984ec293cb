# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dataset holds, counted image by image in constant memory, for its card. Standard library only."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..domain.categories import Category
from .content import AnnotatedImage
from .countable import is_visible_enough
from .schema import SampleDocument, TableRecord

_MODULE, _MISSING = Category.MODULE.key, Category.MISSING.key


@dataclass
class Histogram:
    """Numbers counted in bins. Numbers outside all bins count in the first or the last one."""

    title: str
    """What the numbers are, and their unit."""
    edges: tuple[float, ...]
    """Ascending edges of the bins."""
    counts: list[int] = field(init=False)
    """Number of numbers in each bin."""
    smallest: float = math.inf
    largest: float = -math.inf
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.edges) - 1)

    @property
    def is_logarithmic(self) -> bool:
        """Whether the bins grow."""
        return self.edges[0] > 0

    @property
    def number(self) -> int:
        """How many numbers there are."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """The mean of all numbers, 0 if there are none."""
        return self.total / self.number if self.number else 0.0

    def add(self, *values: float) -> None:
        """Count numbers."""
        if not values:
            return
        inner = self.edges[1:-1]
        for value in values:
            self.counts[bisect_right(inner, value)] += 1
        self.smallest = min(self.smallest, *values)
        self.largest = max(self.largest, *values)
        self.total += sum(values)


@dataclass
class CategoryCount:
    """How many objects of a category the images show that have any."""

    images: int = 0
    total: int = 0
    fewest: int = 0
    most: int = 0

    def add(self, count: int) -> None:
        """Count an image with ``count`` objects."""
        self.fewest = min(self.fewest, count) if self.images else count
        self.most = max(self.most, count)
        self.images += 1
        self.total += count


def _steps(start: float, stop: float, step: float) -> tuple[float, ...]:
    return tuple(start + step * place for place in range(round((stop - start) / step) + 1))


def _doubled(start: float, doublings: int) -> tuple[float, ...]:
    """Return edges that double every two bins."""
    return tuple(start * 2 ** (half / 2) for half in range(2 * doublings + 1))


@dataclass
class DatasetStatistics:
    """Counts of a dataset; ``add`` each image."""

    images: Counter[str] = field(default_factory=Counter)
    """Number of images by subset."""
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Number of images by width and height."""
    sites: set[int] = field(default_factory=set)
    """Indices of the sites."""
    annotations: Counter[int] = field(default_factory=Counter)
    """Number of annotations in each format by the index of their class."""
    categories: defaultdict[str, CategoryCount] = field(default_factory=lambda: defaultdict(CategoryCount))
    """Visible objects and tables by category."""
    conditions: Counter[str] = field(default_factory=Counter)
    """Number of visible modules, and of visible empty positions, by condition."""
    module_size: Histogram = field(
        default_factory=lambda: Histogram("longer side of a visible module in px", _doubled(1, 11))
    )
    visible_fraction: Histogram = field(
        default_factory=lambda: Histogram("visible fraction of a visible module", _steps(0, 1, 0.05))
    )
    gsd: Histogram = field(default_factory=lambda: Histogram("ground sampling distance in cm", _doubled(0.125, 9)))
    sun_height: Histogram = field(default_factory=lambda: Histogram("height of the sun in degrees", _steps(0, 90, 5)))
    altitude: Histogram = field(
        default_factory=lambda: Histogram("height of the drone above the ground in m", _steps(0, 300, 10))
    )
    slope: Histogram = field(
        default_factory=lambda: Histogram("slope of the array in the image in degrees", _steps(0, 45, 2.5))
    )

    @property
    def histograms(self) -> tuple[Histogram, ...]:
        """All histograms, in the order of the card."""
        return (self.module_size, self.visible_fraction, self.gsd, self.sun_height, self.altitude, self.slope)

    def add(self, image: AnnotatedImage) -> None:
        """Count an image and what it shows; raise KeyError and the like if sample.json is damaged."""
        sample = image.sample
        self.images[image.subset] += 1
        self.sizes[image.size] += 1
        self.sites.add(sample["site"])
        self.annotations.update(instance.class_index for instance in image.instances)
        for category, count in sample["counts"].items():
            self.categories[category].add(count)
        self._add_modules(sample)
        camera = sample["images"]["rgb"]["camera"]
        self.gsd.add(100 * camera["gsd_m"])
        self.altitude.add(camera["altitude_agl_m"])
        self.sun_height.add(sample["sun"]["elevation_deg"])
        slope = slope_deg(sample["tables"])
        if slope is not None:
            self.slope.add(slope)

    def _add_modules(self, sample: SampleDocument) -> None:
        modules = [one for one in sample["objects"] if one["category"] == _MODULE and is_visible_enough(one)]
        self.conditions.update(one["condition"] for one in modules)
        self.module_size.add(*((one["oriented_box_px"] or [0, 0, 0])[2] for one in modules))
        fractions = (one["visible_fraction"] for one in modules)
        self.visible_fraction.add(*(fraction for fraction in fractions if fraction is not None))
        self.conditions[_MISSING] += sum(one["category"] == _MISSING for one in sample["conditions"])


def slope_deg(tables: Sequence[TableRecord]) -> float | None:
    """Return the inclination of the plane through the centers of tables, None if they do not determine one.

    The plane is that of the least squares of heights: z = a x + b y + c.
    """
    if len(tables) < 3:
        return None
    centers = [one["center_world"] for one in tables]
    mean = [sum(axis) / len(centers) for axis in zip(*centers, strict=True)]
    x, y, z = ([center[axis] - mean[axis] for center in centers] for axis in range(3))
    xx, xy, yy, xz, yz = (_dot(*pair) for pair in ((x, x), (x, y), (y, y), (x, z), (y, z)))
    determinant = xx * yy - xy * xy
    if determinant <= 1e-6 * max(xx, yy) ** 2:
        return None
    east, north = (yy * xz - xy * yz) / determinant, (xx * yz - xy * xz) / determinant
    return math.degrees(math.atan(math.hypot(east, north)))


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))
