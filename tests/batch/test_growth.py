# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done for each sample does not depend on how many there are: counted in calls, which no other program changes.

Times for up to 100,000 samples are in docs/scale.md.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from solar_site import Dataset
from solar_site_addon.batch.merge import merge_datasets
from solar_site_addon.batch.rebuild import rebuild_dataset
from solar_site_addon.batch.verify import verify_samples
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from . import fake_blender

SIZES = (2, 40, 80, 160)
"""The first is for what is imported and kept at the first call."""
MOST_GROWTH = 1.05
"""Of the calls for another sample, from the smaller sizes to the larger ones: sorting takes a few more."""


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the folders of datasets of different sizes."""
    folders = []
    for size in SIZES:
        folder = tmp_path_factory.mktemp("dataset")
        for index in range(size):
            sample = folder / f"batch_{index % 4:02d}" / f"image_{index:04d}"
            sample.mkdir(parents=True)
            fake_blender.write_sample(sample, Settings(), image_number(index, 0, 1))
        folders.append(folder)
    return folders


def calls_of(work: Callable[[Path], object], folder: Path) -> int:
    """Return how many functions are called."""
    number = itertools.count()

    def count(_: object, event: str, __: object) -> None:
        if event in ("call", "c_call"):
            next(number)

    sys.setprofile(count)
    try:
        work(folder)
    finally:
        sys.setprofile(None)
    return next(number)


@pytest.mark.parametrize(
    "work",
    [
        find_samples,
        lambda folder: list(verify_samples(folder)),
        lambda folder: rebuild_dataset(folder, RunSettings()),
        lambda folder: merge_datasets([folder], folder.with_name(f"{folder.name}_merged"), RunSettings()),
        Dataset,
    ],
    ids=["find", "verify", "rebuild", "merge", "open"],
)
def test_each_sample_costs_the_same(work: Callable[[Path], object], datasets: list[Path]) -> None:
    _, small, medium, large = (calls_of(work, folder) for folder in datasets)
    for_one = (medium - small) / (SIZES[2] - SIZES[1])
    for_one_of_many = (large - medium) / (SIZES[3] - SIZES[2])
    assert for_one > 10
    assert for_one_of_many <= MOST_GROWTH * for_one
