# SPDX-License-Identifier: GPL-3.0-or-later
"""The estimated time of an image follows what was measured, at other sizes and samples too."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from solar_site_addon.batch.estimate import Measured, batch_seconds, estimated_seconds, read_measured, write_measured
from solar_site_addon.batch.quantities import rough_duration

MEASURED = {
    (160, 120, 1): {"site": 8.73, "view": 0.38, "passes": 1.74, "radiance": 4.41, "files": 0.5},
    (320, 240, 16): {"site": 8.73, "view": 0.49, "passes": 1.83, "radiance": 9.64, "files": 0.53},
    (640, 480, 4): {"site": 8.73, "view": 0.69, "passes": 2.29, "radiance": 15.34, "files": 0.53},
    (640, 480, 16): {"site": 8.73, "view": 0.5, "passes": 2.12, "radiance": 34.67, "files": 0.55},
    (640, 480, 64): {"site": 8.73, "view": 0.54, "passes": 2.27, "radiance": 90.17, "files": 0.7},
    (960, 719, 16): {"site": 8.73, "view": 0.53, "passes": 2.95, "radiance": 86.68, "files": 0.91},
}
"""CPU seconds of the stages of one view by width, height and samples (Blender 4.5, Intel denoiser, noise 0.02)."""


def measured(size: tuple[int, int, int]) -> Measured:
    width, height, samples = size
    return Measured(MEASURED[size], width * height, samples, "CPU")


@pytest.mark.parametrize(("known", "wanted"), list(itertools.permutations(MEASURED, 2)))
def test_every_measured_image_is_predicted_from_every_other(
    known: tuple[int, int, int], wanted: tuple[int, int, int]
) -> None:
    width, height, samples = wanted
    estimate = estimated_seconds(measured(known), width * height, samples, 1)
    assert 1 / 1.5 < estimate / sum(MEASURED[wanted].values()) < 1.5


def test_the_measured_image_itself_is_predicted_exactly() -> None:
    one = measured((640, 480, 16))
    assert estimated_seconds(one, one.pixels, one.samples, 1) == pytest.approx(sum(one.stages.values()))


def test_views_share_the_time_of_their_site() -> None:
    one = measured((640, 480, 16))
    alone, shared = (estimated_seconds(one, one.pixels, one.samples, views) for views in (1, 4))
    assert alone - shared == pytest.approx(0.75 * one.stages["site"])


def test_gpus_divide_the_time_of_a_batch_and_processes_do_not() -> None:
    assert batch_seconds(10, 100, 0) == pytest.approx(batch_seconds(10, 100, 1))
    assert batch_seconds(10, 100, 4) < batch_seconds(10, 100, 1) / 3


def test_what_was_measured_is_found_again(tmp_path: Path) -> None:
    one = measured((320, 240, 16))
    write_measured(tmp_path / "measured.json", one)
    assert read_measured(tmp_path / "measured.json") == one


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stages": 3}', '{"stages": {"site": "x"}}'])
def test_a_damaged_file_counts_as_nothing_measured(tmp_path: Path, text: str) -> None:
    (tmp_path / "measured.json").write_text(text)
    assert read_measured(tmp_path / "measured.json") is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3, "5 s"), (62, "60 s"), (200, "3 min"), (33533, "9 h"), (86400 * 6, "6 days"), (3600 * 2.4, "2 h")],
)
def test_an_estimate_has_no_more_digits_than_it_knows(seconds: float, text: str) -> None:
    assert str(rough_duration(seconds)) == text
