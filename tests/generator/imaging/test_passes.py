# SPDX-License-Identifier: GPL-3.0-or-later
"""Passes are read from the channels that Blender writes."""

from __future__ import annotations

import numpy as np
import pytest

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import RenderError
from solar_site_addon.generator.imaging.passes import PixelPasses


@pytest.fixture
def channels() -> dict[str, np.ndarray]:
    shape = (3, 4)
    names = ["object.X", "semantic.X", "Depth.Z", "normal.R", "normal.G", "normal.B", "Combined.R", "marked.X"]
    return {f"ViewLayer.{name}": np.full(shape, place, np.float32) for place, name in enumerate(names)}


def test_channels_become_typed_arrays(channels):
    channels["ViewLayer.object.X"][1, 2] = 2**24 - 1
    passes = PixelPasses.from_channels(channels)
    assert (passes.numbers.dtype, passes.numbers[1, 2]) == (np.int32, 2**24 - 1)
    assert (passes.categories.dtype, passes.categories[0, 0]) == (np.uint8, 1)
    assert passes.depth[0, 0] == 2
    assert (passes.marked.dtype, passes.marked.all()) == (bool, True)
    assert passes.normals.shape == (3, 4, 3)
    assert passes.normals[0, 0].tolist() == [3, 4, 5]


def test_a_faint_mark_is_none(channels):
    channels["ViewLayer.marked.X"][:] = [[0.0, 0.2, 0.24, 0.26]]
    assert PixelPasses.from_channels(channels).marked[0].tolist() == [False, False, False, True]


def test_the_sky_is_infinitely_far(channels):
    channels["ViewLayer.Depth.Z"][0] = 1e10
    depth = PixelPasses.from_channels(channels).depth
    assert np.isinf(depth[0]).all()
    assert np.isfinite(depth[1:]).all()


def test_numbers_with_rounding_errors_are_accepted(channels):
    channels["ViewLayer.object.X"][:] = 123456.01
    assert (PixelPasses.from_channels(channels).numbers == 123456).all()


@pytest.mark.parametrize(
    ("channel", "value", "message"),
    [
        ("object", 7.5, "blended numbers"),
        ("object", np.nan, "blended numbers"),
        ("semantic", 3.4, "blended numbers"),
        ("semantic", max(Category) + 1, "outside 0 to"),
        ("object", -1, "outside 0"),
    ],
)
def test_impossible_numbers_are_rejected(channels, channel, value, message):
    channels[f"ViewLayer.{channel}.X"][2, 1] = value
    with pytest.raises(RenderError, match=message):
        PixelPasses.from_channels(channels)


def test_a_missing_channel_is_named(channels):
    del channels["ViewLayer.Depth.Z"]
    with pytest.raises(RenderError, match=r"0 channels whose name ends in \.Depth\.Z"):
        PixelPasses.from_channels(channels)
