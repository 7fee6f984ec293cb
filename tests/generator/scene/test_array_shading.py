# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations of a look on arrays; ``test_ground_paint`` compares a whole look with Cycles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from solar_site_addon.generator.scene.array_shading import ArrayShading
from solar_site_addon.generator.scene.shading import Shading

VALUES = np.linspace(-7.0, 7.0, 57, dtype=np.float32)


def shading() -> Shading:
    return ArrayShading({"value": VALUES, "colour": np.stack([VALUES, 2 * VALUES, 3 * VALUES])})


def test_sums_and_rests_stay_in_single_precision():
    graph = shading()
    total = graph.rest(graph.sum((graph.attribute("value"), 0.5), (2.0, 3.0), plus=1.0))
    assert total.dtype == np.float32
    np.testing.assert_allclose(total, 1 - (0.5 * VALUES + 7.0), atol=1e-6)


@pytest.mark.parametrize(
    ("operation", "second", "expected"),
    [
        ("LESS_THAN", 1.0, lambda value: float(value < 1.0)),
        ("ARCTAN2", 2.0, lambda value: math.atan2(value, 2.0)),
        ("PINGPONG", 2.5, lambda value: 2.5 - abs(value % 5.0 - 2.5)),
    ],
)
def test_operations_follow_their_formulas(operation, second, expected):
    graph = shading()
    result = graph.math(operation, graph.attribute("value"), second)
    np.testing.assert_allclose(result, [expected(float(value)) for value in VALUES], atol=1e-5)


def test_factors_are_limited():
    graph = shading()
    assert np.ptp(graph.blend(graph.attribute("value"), 2.0, 4.0)) == 2.0
    mixed = graph.mix(graph.attribute("value"), (0.0, 0.1, 0.2, 1.0), (1.0, 1.1, 1.2, 1.0))
    assert mixed.shape == (3, len(VALUES))
    np.testing.assert_allclose(mixed[:, [0, -1]].T, [[0.0, 0.1, 0.2], [1.0, 1.1, 1.2]], atol=1e-6)


def test_a_smooth_step_is_flat_outside_its_limits_and_steepest_in_the_middle():
    graph = shading()
    step = graph.smoothstep(graph.attribute("value"), -2.0, 2.0)
    np.testing.assert_allclose(step[VALUES == 0], 0.5)
    np.testing.assert_allclose(step[[0, -1]], [0.0, 1.0])
    np.testing.assert_allclose(step[VALUES == -1], 0.15625)


def test_colors_have_channels_and_products():
    graph = shading()
    red, green, _ = graph.channels(graph.product(graph.attribute_colour("colour"), graph.attribute("value")))
    np.testing.assert_allclose(green, 2 * red)
    np.testing.assert_allclose(red, VALUES**2)
