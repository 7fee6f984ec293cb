# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images are for validation depends on nothing but their numbers."""

from __future__ import annotations

from solar_site_addon.generator.dataset.splits import subset_of


def test_every_fifth_image_is_for_validation_and_keeps_its_side() -> None:
    sides = [subset_of(index) for index in range(1000)]
    assert set(sides) == {"train", "val"}
    assert sides.count("val") == 200
    assert all("val" in sides[start : start + 5] for start in range(996))
    assert sides[0] == "train"  # a dataset of one image can be trained on
