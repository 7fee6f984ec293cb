# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples that measure the launcher's steps are whole, and the table tells how each step grows."""

from __future__ import annotations

from pathlib import Path

from benchmarks.dataset_scale import STEPS, make_dataset, table
from solar_site_addon.batch.run_record import read_record
from solar_site_addon.batch.verify import verify_samples
from solar_site_addon.generator.dataset.files import read_sample
from solar_site_addon.generator.dataset.index import find_samples


def test_the_samples_are_whole_and_of_one_run(tmp_path: Path) -> None:
    make_dataset(tmp_path, 9)
    samples = find_samples(tmp_path / "out")
    assert list(samples) == list(range(9))
    assert [read_sample(folder)["seed"] for folder in samples.values()] == list(range(9))
    assert not any(found.damaged for found in verify_samples(tmp_path / "out"))
    record = read_record(tmp_path / "out")
    assert record is not None
    assert record.recipe.settings_sha256 == read_sample(samples[0])["generator"]["settings_sha256"]
    assert sorted({*find_samples(tmp_path / "0"), *find_samples(tmp_path / "1")}) == list(range(9))


def test_the_table_names_the_growth_of_each_step() -> None:
    first, second = list(STEPS)[:2]
    rows = [
        {"samples": 1000, "step": first, "cpu": 0.5, "megabytes": 40},
        {"samples": 10_000, "step": first, "cpu": 4.0, "megabytes": 60},
        {"samples": 1000, "step": second, "cpu": 0.5, "megabytes": 40},
    ]
    lines = table(rows)
    assert lines[0] == "| Step | 1,000 samples | 10,000 samples | Growth |"
    assert lines[2:] == [
        f"| {first} | 0.5 s, 40 MB | 4.0 s, 60 MB | time x 8.0, memory x 1.5, samples x 10 |",
        f"| {second} | 0.5 s, 40 MB | - | - |",
    ]
