# SPDX-License-Identifier: GPL-3.0-or-later
"""Column-oriented tables keep their rows together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solar_site_addon.generator.plan.numerics.columns import joined, rows_of


@dataclass(frozen=True)
class Things:
    number: np.ndarray
    place: np.ndarray


def things(*numbers: int) -> Things:
    return Things(np.array(numbers, np.int32), np.array(numbers, float)[:, None] * [1.0, 2.0])


def test_joined_parts_keep_order_and_types() -> None:
    whole = joined([things(), things(4, 2), things(7)])
    assert whole.number.tolist() == [4, 2, 7]
    assert whole.place.tolist() == [[4, 8], [2, 4], [7, 14]]
    assert (whole.number.dtype, type(whole)) == (np.int32, Things)


def test_rows_are_selected_by_a_mask_or_by_indices() -> None:
    whole = things(4, 2, 7)
    assert rows_of(whole, np.array([True, False, True])).place.tolist() == [[4, 8], [7, 14]]
    assert rows_of(whole, np.argsort(whole.number)).number.tolist() == [2, 4, 7]
