# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of the study (needs PyTorch)."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.generalization.data import Images
from benchmarks.generalization.experiment import Experiment
from benchmarks.generalization.metrics import iou

pytestmark = pytest.mark.study
pytest.importorskip("torch")

from benchmarks.generalization.network import STRIDE, Training, carry_out, number_of_weights  # noqa: E402

QUICK = Training(steps=30, batch=4, crop_px=32, learning_rate=1e-2)


def blue_squares(number: int) -> Images:
    """Noise with a blue square in each image; the sides are no multiples of what the network needs."""
    rng = np.random.default_rng(np.random.SeedSequence([number]))
    rgb = rng.integers(60, 200, size=(number, 50, 45, 3), dtype=np.uint8)
    modules = np.zeros(rgb.shape[:3], dtype=bool)
    modules[:, 10:30, 12:36] = True
    rgb[modules] = (30, 40, 120)
    return Images(rgb, modules)


def test_it_learns_an_easy_thing_the_same_way_each_time() -> None:
    images = blue_squares(6)
    assert images.rgb.shape[1] % STRIDE
    experiment = Experiment("one", ("a",), ("b",), 0)
    first, second = (carry_out(experiment, QUICK, [images], {"b": blue_squares(3)}, {"b": 1}) for _ in range(2))
    assert iou(first.counts["b"]) > 0.65, "everything taken for a module would give 0.2"
    assert np.array_equal(first.counts["b"], second.counts["b"])
    assert first.examples["b"].shape == (50, 45)


def test_its_size_is_what_the_page_says() -> None:
    assert 0.3e6 < number_of_weights() < 1e6
