# SPDX-License-Identifier: GPL-3.0-or-later
"""Training, validation and test never share a site, and a growing dataset keeps its split."""

from __future__ import annotations

from collections import Counter

import pytest

from solar_site_addon.generator.dataset.splits import TEST, TRAIN, VALIDATION, parse_split
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.domain.numbering import image_number


def subsets(text: str, sites: int) -> list[str]:
    return [parse_split(text).subset_of(site) for site in range(sites)]


def test_every_fifth_site_is_for_validation_by_default() -> None:
    assert subsets("0.8/0.2", 6) == [TRAIN, TRAIN, TRAIN, TRAIN, VALIDATION, TRAIN]


def test_validation_and_test_take_turns() -> None:
    found = subsets("0.8/0.1/0.1", 20)
    assert [site for site, subset in enumerate(found) if subset == VALIDATION] == [4, 14]
    assert [site for site, subset in enumerate(found) if subset == TEST] == [9, 19]


@pytest.mark.parametrize("text", ["0.8/0.2", "0.8/0.1/0.1", "0.6/0.25/0.15", "1/0/0", "0.5/0/0.5", "0.34/0.33/0.33"])
def test_the_shares_are_kept_at_every_size(text: str) -> None:
    shares = [float(part) for part in text.split("/")] + [0.0]
    found = subsets(text, 2000)
    for size in (10, 100, 537, 2000):
        counts = Counter(found[:size])
        for subset, share in zip((TRAIN, VALIDATION, TEST), shares, strict=False):
            assert abs(counts[subset] - share * size) <= 1.5, (subset, size)


@pytest.mark.parametrize(
    "text", ["", "0.8", "0.8/0.3", "0/0.5/0.5", "0.9/0.2/-0.1", "0.8/0.1/0.05/0.05", "a/b", "1/0/0/", "1:0"]
)
def test_shares_that_do_not_add_up_are_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^split = .* is not allowed: it must be the shares of train, val and test"
    ) as raised:
        parse_split(text)
    assert str(raised.value).endswith("for example 0.8/0.1/0.1.")


@pytest.mark.parametrize("views_per_site", [1, 3, 5])
def test_all_views_of_a_site_are_in_the_same_subset(views_per_site: int) -> None:
    split = parse_split("0.8/0.1/0.1")
    numbers = [image_number(index, 0, views_per_site) for index in range(100)]
    sides = {(number.site, split.subset_of(number.site)) for number in numbers}
    assert len(sides) == len({number.site for number in numbers})
    assert {side for _, side in sides} == {TRAIN, VALIDATION, TEST}
