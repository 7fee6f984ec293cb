# SPDX-License-Identifier: GPL-3.0-or-later
"""Column-oriented tables keep their rows together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solar_site_addon.generator.plan.numerics.columns import joined, rows_of


@dataclass(frozen=True)
class Numbered:
    number: np.ndarray
    place: np.ndarray


def numbered(*numbers: int) -> Numbered:
    return Numbered(np.array(numbers, np.int32), np.array(numbers, float)[:, None] * [1.0, 2.0])


def test_joined_parts_keep_order_and_types() -> None:
    whole = joined([numbered(), numbered(4, 2), numbered(7)])
    assert whole.number.tolist() == [4, 2, 7]
    assert whole.place.tolist() == [[4, 8], [2, 4], [7, 14]]
    assert (whole.number.dtype, type(whole)) == (np.int32, Numbered)


def test_rows_are_selected_by_a_mask_or_by_indices() -> None:
    whole = numbered(4, 2, 7)
    assert rows_of(whole, np.array([True, False, True])).place.tolist() == [[4, 8], [7, 14]]
    assert rows_of(whole, np.argsort(whole.number)).number.tolist() == [2, 4, 7]
