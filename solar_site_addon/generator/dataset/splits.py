# SPDX-License-Identifier: GPL-3.0-or-later
"""The split of a dataset into training, validation and test.

All images of a site are in the same subset, so a detector is never validated on a site that it was trained on. Standard
library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..domain.errors import SettingsError
from ..domain.messages import SettingName

TRAIN, VALIDATION, TEST = SUBSETS = "train", "val", "test"


@dataclass(frozen=True)
class Split:
    """Shares of the sites, which add up to 1."""

    train: Fraction
    validation: Fraction
    test: Fraction

    def __str__(self) -> str:
        return "/".join(f"{float(share):g}" for share in (self.train, self.validation, self.test))

    def subset_of(self, site: int) -> str:
        """Return the subset of the site with this index, which does not depend on the number of sites.

        The sites that are not for training are spread evenly: with 0.8/0.1/0.1, sites 4, 14, 24 ... are for validation
        and 9, 19, 29 ... for testing.
        """
        others = 1 - self.train
        before, after = (site * others) // 1, ((site + 1) * others) // 1
        if before == after:
            return TRAIN
        tests = self.test / others
        return TEST if (before * tests) // 1 < (after * tests) // 1 else VALIDATION


def parse_split(text: str) -> Split:
    """Return the split that a text like 0.8/0.2 or 0.8/0.1/0.1 describes; raise SettingsError for any other text."""
    try:
        shares = [Fraction(part.strip()) for part in text.split("/")]
    except (ValueError, ZeroDivisionError):
        shares = []
    if len(shares) == 2:
        shares.append(Fraction(0))
    if len(shares) != 3 or min(shares) < 0 or shares[0] == 0 or sum(shares) != 1:
        raise SettingsError(
            "{setting} = {value} is not allowed: it must be the shares of train, val and test, which add up to 1, for "
            "example 0.8/0.1/0.1.",
            setting=SettingName("split"),
            value=text,
        )
    return Split(*shares)
