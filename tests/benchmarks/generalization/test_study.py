# SPDX-License-Identifier: GPL-3.0-or-later
"""The study without its networks: images, folds and the written result."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.generalization import data
from benchmarks.generalization.data import PLAIN, PLAIN_SETTINGS, ImageOptions, Images, command
from benchmarks.generalization.experiment import Outcome, experiments, folds, split
from benchmarks.generalization.figures import Example, judged, write_examples
from benchmarks.generalization.metrics import pixel_counts
from benchmarks.generalization.report import compared, examples
from solar_site_addon.batch.command_line import parse, read_settings
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.settings.schema import LANDSCAPES, Settings, iter_settings, value_of, with_values
from solar_site_addon.generator.settings.types import Options, Range
from tools import fidelity

OPTIONS = ImageOptions("320x240", 8, 2, "python")


def images(number: int, value: int = 0, share: float = 0.5) -> Images:
    """Images of one gray value, of which the upper share shows modules."""
    modules = np.zeros((number, 8, 8), dtype=bool)
    modules[:, : round(8 * share)] = True
    return Images(np.full((number, 8, 8, 3), value, dtype=np.uint8), modules)


def test_no_network_is_tested_on_what_it_was_trained_on() -> None:
    assert [fold.left_out for fold in folds()] == list(LANDSCAPES)
    for fold in folds():
        assert fold.left_out not in fold.training
        assert {fold.left_out, *fold.training} == set(LANDSCAPES)
    for experiment in experiments(LANDSCAPES, 2):
        assert PLAIN in experiment.tests, "the control"
        # the plain version's own images are divided by split()
        assert not set(experiment.tests) & set(experiment.training) - {PLAIN}


def test_every_preset_is_seen_by_both_kinds_of_network_with_each_seed() -> None:
    found = experiments(LANDSCAPES, 3)
    for preset in LANDSCAPES:
        for seed in range(3):
            kinds = [set(one.training) for one in found if preset in one.tests and one.seed == seed]
            assert len(kinds) == 2
            assert {PLAIN} in kinds


def test_plain_images_for_training_and_testing_are_others_and_as_many_as_rich_ones() -> None:
    domains = {name: images(4 if name != "desert" else 3) for name in LANDSCAPES}
    domains[PLAIN] = Images(np.arange(24 * 64 * 3, dtype=np.uint8).reshape(24, 8, 8, 3), images(24).modules)
    trained, tested = split(domains, LANDSCAPES)
    fewest = min(sum(len(trained[name]) for name in fold.training) for fold in folds())
    assert len(trained[PLAIN]) == fewest
    assert len(trained[PLAIN]) + len(tested[PLAIN]) == 24
    assert len(tested[PLAIN]) > 0
    assert np.array_equal(np.concatenate([trained[PLAIN].rgb, tested[PLAIN].rgb]), domains[PLAIN].rgb)


def test_the_commands_ask_for_what_they_say_with_seeds_that_never_meet() -> None:
    seeds: list[int] = []
    for domain in (*LANDSCAPES, PLAIN):
        request = parse(command(domain, Path("out"), 50, OPTIONS)[2:])
        assert request is not None
        assert (request.run.num_images, request.run.num_parallel) == (50, 2)
        assert (request.settings.camera.width_px, request.settings.render.max_samples) == (320, 8)
        seeds += range(request.run.seed, request.run.seed + 50)
    assert len(seeds) == len(set(seeds))


def test_the_plain_version_is_flat_uniform_and_lit_from_high_up() -> None:
    small = {"site.size_m": 150, "camera.width_px": 64, "camera.height_px": 48}
    settings = with_values(read_settings(PLAIN_SETTINGS, Settings()), small)
    for plan in [plan_site(settings, 2)]:
        across = np.linspace(-75, 75, 31)
        heights = plan.terrain.height(*np.meshgrid(across, across))
        assert np.abs(np.diff(heights, axis=0)).max() < 5 * np.tan(np.radians(2)), "no slope of more than 2 degrees"
        np.testing.assert_allclose(plan.tables.tilt_deg, 25, atol=1e-6)
        assert plan_view(plan, settings, 0).sun.elevation_deg == 65


def test_the_plain_version_draws_nothing_but_the_camera() -> None:
    settings = read_settings(PLAIN_SETTINGS, Settings())
    values = {one.name: value_of(settings, one.name) for one in iter_settings() if not one.name.startswith("camera.")}
    drawn = {
        name
        for name, value in values.items()
        if (isinstance(value, Range) and value.low < value.high) or (isinstance(value, Options) and len(value) > 1)
    }
    assert not drawn, f"say in {PLAIN_SETTINGS.name} what these are in the plainest version of a site"


def write_sample(folder: Path, module_pixels: int) -> Path:
    folder.mkdir(parents=True)
    Image.new("RGB", (6, 4), (10, 20, 30)).save(folder / "rgb.png")
    classes = np.full((4, 6), 1, dtype=np.uint8)
    classes.flat[:module_pixels] = 4
    Image.fromarray(classes).save(folder / "semantic.png")
    return folder


def test_images_and_truth_are_read_from_sample_folders(tmp_path: Path) -> None:
    read = data.read_images([write_sample(tmp_path / str(number), number) for number in range(3)])
    assert read.rgb.shape == (3, 4, 6, 3)
    assert read.modules.sum(axis=(1, 2)).tolist() == [0, 1, 2]
    assert read.rgb[0, 0, 0].tolist() == [10, 20, 30]


def test_a_run_that_makes_too_few_images_ends_the_study(tmp_path: Path, monkeypatch: Any) -> None:
    done = subprocess.CompletedProcess([], 1, "", "No table fits.")
    monkeypatch.setattr(data.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(SolarSiteError, match=r"made 0 images: No table fits\."):
        data.make_images("desert", tmp_path, 4, OPTIONS)


def outcomes(rich_share: float, plain_share: float) -> list[Outcome]:
    """Networks that find the upper share of each image, whose upper half shows modules."""
    found = []
    for experiment in experiments(LANDSCAPES, 2):
        masks = images(4, share=plain_share if experiment.name == PLAIN else rich_share).modules
        counts = pixel_counts(images(4).modules, masks)
        found.append(
            Outcome(experiment, dict.fromkeys(experiment.tests, counts), dict.fromkeys(experiment.tests, masks[0]))
        )
    return found


def test_scores_and_differences_are_those_of_the_networks() -> None:
    tested = {name: images(4) for name in (*LANDSCAPES, PLAIN)}
    result = compared(outcomes(0.5, 0.25), tested, LANDSCAPES)
    assert [row["name"] for row in result["presets"]] == list(LANDSCAPES)
    for row in result["presets"]:
        assert (row["rich"]["iou"], row["plain"]["iou"]) == (1.0, 0.5)
        assert row["rich"]["iou_by_network"] == [1.0, 1.0]
        assert row["difference"] == {"iou": 0.5, "low": 0.5, "high": 0.5}
        assert row["module_share"] == 0.5
    assert result["mean_difference"] == {"iou": 0.5, "low": 0.5, "high": 0.5}
    assert result["on_plain_images"]["plain"]["f1"] == pytest.approx(2 / 3, abs=1e-4)
    json.dumps(result)


def test_the_sheet_shows_what_is_right_false_and_missed(tmp_path: Path) -> None:
    rows = examples(outcomes(0.5, 0.25), {name: images(4, 100) for name in LANDSCAPES}, LANDSCAPES)
    assert [row.name for row in rows] == list(LANDSCAPES)
    rgb, truth = rows[0].rgb, rows[0].truth
    drawn = judged(rgb, truth, ~truth)
    assert np.array_equal(judged(rgb, ~truth & truth, ~truth & truth), rgb), "nothing there, nothing found: untouched"
    assert drawn[0, 0, 0] > drawn[0, 0, 2], "missed is yellow"
    assert drawn[-1, 0, 0] > drawn[-1, 0, 1], "false is red"
    write_examples([Example("desert", rgb, truth, truth, truth)] * 2, tmp_path / "images" / "sheet.jpg")
    assert Image.open(tmp_path / "images" / "sheet.jpg").size[0] > 4 * 8


def test_the_page_is_current() -> None:
    page = fidelity.PAGE.read_text(encoding="utf-8")
    assert page == fidelity.current(page), "docs/fidelity.md is out of date: run make docs"


def result_with(*differences: tuple[float, float]) -> dict[str, Any]:
    score = {"iou": 0.5, "f1": 0.6, "iou_by_network": [0.4, 0.6]}
    rows = [
        {
            "name": name,
            "images": 14,
            "module_share": 0.2,
            "rich": score,
            "plain": score,
            "difference": {"iou": (low + high) / 2, "low": low, "high": high},
        }
        for name, (low, high) in zip(LANDSCAPES, differences, strict=False)
    ]
    return {
        "date": "2026-01-02",
        "resolution": "320 x 240",
        "samples": 8,
        "training_images": 70,
        "steps": 400,
        "batch": 8,
        "crop_px": 128,
        "weights": 489348,
        "networks": 2,
        "torch": "2.13.0",
        "cores": 2,
        "seconds": {"images": 600, "networks": 480},
        "presets": rows,
        "mean_difference": {"iou": 0.1, "low": 0.05, "high": 0.2},
        "on_plain_images": {"rich": score, "plain": score},
    }


def test_the_words_follow_from_the_figures() -> None:
    words = fidelity.verdict(result_with((0.1, 0.2), (-0.1, 0.1), (-0.3, -0.2)))
    first, second, third = LANDSCAPES[:3]
    assert f"On {first} the rich training images are significantly better (1 of 3)." in words
    assert f"On {second} the difference is not significant (1 of 3)." in words
    assert f"On {third} the rich training images are significantly worse (1 of 3)." in words
    assert "a difference of +0.100 (+0.050 to +0.200)." in words
    assert "worse" not in fidelity.verdict(result_with((0.1, 0.2)))


def test_table_and_chart_have_every_preset() -> None:
    result = result_with((0.1, 0.2), (0.0, 0.1))
    text = fidelity.study(result)
    assert "| +0.150 (+0.100 to +0.200) |" in text
    assert "70 training images of 320 x 240 px" in text
    drawn = fidelity.chart(result)
    assert drawn.count("</svg>") == 1
    for name in LANDSCAPES[:2]:
        assert f"| {name} | 14 | 0.500 (0.400 to 0.600) |" in text
        assert name in drawn


def test_the_page_shows_how_well_modules_are_told_apart() -> None:
    test = {"trained_on": ["desert"], "tested_on": ["dry_hills"], "modules": 1234, "ap50": 0.5, "ap75": 0.25}
    found = {"date": "2026-01-02", "images": 3, "resolution": "8 x 8", "samples": 4, "steps": 5, "torch": "2"}
    lines = list(fidelity.separation(found | {"tests": [test]}))
    assert "3 images of each preset" in lines[0]
    assert lines[-1] == "| desert | dry_hills | 1,234 | 0.500 | 0.250 |"
