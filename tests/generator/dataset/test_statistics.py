# SPDX-License-Identifier: GPL-3.0-or-later
"""What the card of a dataset counts agrees with the samples, and the plane through tables with numpy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.dataset.statistics import CategoryCount, DatasetStatistics, Histogram, slope_deg

numbers = st.lists(st.floats(-50, 500), min_size=1, max_size=50)


@given(values=numbers)
def test_every_number_is_in_one_bin(values: list[float]) -> None:
    histogram = Histogram("numbers", (0.0, 1.0, 10.0, 100.0))
    for value in values:
        histogram.add(value)
    inside = np.clip(values, 0, 99.999)
    assert histogram.counts == np.histogram(inside, histogram.edges)[0].tolist()
    assert histogram.number == len(values)
    assert histogram.mean == pytest.approx(np.mean(values))
    assert (histogram.smallest, histogram.largest) == (min(values), max(values))


@given(counts=st.lists(st.integers(1, 900), min_size=1))
def test_numbers_per_image_are_those_of_the_images_with_any(counts: list[int]) -> None:
    number = CategoryCount()
    for count in counts:
        number.add(count)
    assert number == CategoryCount(len(counts), sum(counts), min(counts), max(counts))


def tables(centers: Any) -> Any:
    return [{"center_world": list(center)} for center in np.asarray(centers, dtype=float)]


@pytest.mark.parametrize("gradient", [(0.0, 0.0), (0.3, 0.0), (-0.2, 0.5)])
def test_the_slope_is_that_of_the_plane_of_least_squares(gradient: tuple[float, float]) -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform(-200, 200, (40, 2)) + np.array([1000, -3000])
    heights = places @ gradient + rng.normal(0, 0.5, 40)
    matrix = np.column_stack([places, np.ones(40)])
    fitted = np.linalg.lstsq(matrix, heights, rcond=None)[0][:2]
    expected = np.degrees(np.arctan(np.hypot(*fitted)))
    assert slope_deg(tables(np.column_stack([places, heights]))) == pytest.approx(expected, abs=1e-6)


def test_tables_on_a_line_have_no_slope() -> None:
    assert slope_deg(tables([[0, 0, 0], [1, 1, 1]])) is None
    assert slope_deg(tables([[x, 2 * x, x] for x in range(9)])) is None


def test_the_histograms_of_a_dataset_have_ascending_edges() -> None:
    for one in DatasetStatistics().histograms:
        assert list(one.edges) == sorted(set(one.edges))
        assert one.mean == 0
