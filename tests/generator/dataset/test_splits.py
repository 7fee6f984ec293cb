# SPDX-License-Identifier: GPL-3.0-or-later
"""Training and validation never share a site."""

from __future__ import annotations

import pytest

from solar_site_addon.generator.dataset.splits import TRAIN, VALIDATION, subset_of
from solar_site_addon.generator.domain.numbering import image_number


def test_every_fifth_site_is_for_validation() -> None:
    assert [subset_of(site) for site in range(6)] == [TRAIN, TRAIN, TRAIN, TRAIN, VALIDATION, TRAIN]


@pytest.mark.parametrize("views_per_site", [1, 3, 5])
def test_all_views_of_a_site_are_in_the_same_subset(views_per_site: int) -> None:
    numbers = [image_number(index, 0, views_per_site) for index in range(60)]
    sides = {(number.site, subset_of(number.site)) for number in numbers}
    assert len(sides) == len({number.site for number in numbers})
    assert {side for _, side in sides} == {TRAIN, VALIDATION}
