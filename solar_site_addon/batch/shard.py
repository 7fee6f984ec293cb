# SPDX-License-Identifier: GPL-3.0-or-later
"""Shards: one of several launchers that make a dataset together, on one machine or on many.

Shard I of N makes the sites whose index leaves the remainder I when divided by N. This does not depend on the number of
images, so that a dataset can grow without an image changing its shard. Its work units are numbered in the same way, so
that the shards of a dataset can share its folder.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..generator.dataset.layout import BATCH_NAME, BATCH_PREFIX, batch_name

MAX_COUNT = 100_000


@dataclass(frozen=True)
class Shard:
    """Part ``number`` of ``count``, counted from 0."""

    number: int = 0
    count: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def suffix(self) -> str:
        """What the names of its files in the work folder end with; empty for a whole dataset."""
        return f".shard_{self.number}_of_{self.count}" if self.count > 1 else ""

    def has_image(self, index: int, views_per_site: int) -> bool:
        """Return whether the shard makes the global image ``index``."""
        return index // views_per_site % self.count == self.number

    def has_batch(self, name: str) -> bool:
        """Return whether the work unit ``name`` is one of the shard's."""
        return BATCH_NAME.fullmatch(name) is not None and self._number_of(name) % self.count == self.number

    def number_of_images(self, num_images: int, views_per_site: int) -> int:
        """Return how many images of a dataset the shard makes."""
        sites, rest = divmod(num_images, views_per_site)
        whole_sites = len(range(self.number, sites, self.count))
        return whole_sites * views_per_site + rest * (sites % self.count == self.number)

    def batch_names(self, number: int) -> list[str]:
        """Return the names of the shard's first ``number`` work units."""
        return [batch_name(self.number + self.count * place) for place in range(number)]

    @staticmethod
    def _number_of(name: str) -> int:
        return int(name.removeprefix(BATCH_PREFIX))


WHOLE = Shard()
"""The only shard of a dataset that one launcher makes."""
