# SPDX-License-Identifier: GPL-3.0-or-later
"""Images are numbered by site and view."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.domain.numbering import ImageNumber, image_number


@given(st.integers(0, 2000), st.integers(1, 50), st.integers(0, 2**53))
def test_every_view_of_every_site_is_one_image(images: int, views_per_site: int, seed: int) -> None:
    numbers = [image_number(index, seed, views_per_site) for index in range(images)]
    assert len({(number.site, number.view) for number in numbers}) == images
    assert all(number.view < views_per_site and number.seed == seed + number.site for number in numbers)
    assert all(number.index == number.site * views_per_site + number.view for number in numbers)


def test_with_one_view_per_site_each_image_has_its_own_site() -> None:
    assert image_number(7, 100, 1) == ImageNumber(index=7, site=7, view=0, seed=107)
