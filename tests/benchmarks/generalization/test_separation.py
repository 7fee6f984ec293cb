# SPDX-License-Identifier: GPL-3.0-or-later
"""The network that tells modules apart (needs PyTorch), on images in which their seams are plain to see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from solar_site_addon.generator.domain.categories import Category

pytestmark = pytest.mark.study
torch = pytest.importorskip("torch")

from benchmarks.generalization.network import Training  # noqa: E402
from benchmarks.generalization.separation import NEARBY, read_modules, scored  # noqa: E402
from solar_site_addon.batch.command_line import parse  # noqa: E402

QUICK = Training(steps=80, batch=4, crop_px=48, learning_rate=1e-2)


def tables(number: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images (N, H, W, 3) of blue modules with white seams on noisy ground, and their numbers (N, H, W)."""
    rng = np.random.default_rng(seed)
    rgb = rng.integers(90, 160, size=(number, 72, 72, 3), dtype=np.uint8)
    ids = np.zeros((number, 72, 72), dtype=np.int32)
    for image, of_image in zip(rgb, ids, strict=True):
        top, left = rng.integers(2, 12, 2)
        image[top : top + 38, left : left + 53] = 240
        for row in range(3):
            for column in range(4):
                place = (
                    slice(top + 1 + 12 * row, top + 12 + 12 * row),
                    slice(left + 1 + 13 * column, left + 13 + 13 * column),
                )
                image[place] = (30, 40, 120)
                of_image[place] = 4 * row + column + 1
    return rgb, ids


def test_it_learns_to_tell_modules_apart_whose_seams_are_plain() -> None:
    torch.set_num_threads(1)
    domains = {"a": tables(6, 0), "b": tables(3, 1)}
    scores = scored(["a"], ["b"], domains, QUICK)
    assert scores["modules"] == 36
    assert scores["ap50"] > 0.8
    assert scores["ap75"] <= scores["ap50"]


def test_only_modules_count_among_the_objects_of_a_sample(tmp_path: Path) -> None:
    ids = np.zeros((8, 8), dtype=np.uint16)
    ids[:3], ids[5:] = 4, 9
    semantic = np.where(ids == 4, Category.MODULE, Category.OTHER).astype(np.uint8)
    Image.fromarray(np.full((8, 8, 3), 80, dtype=np.uint8)).save(tmp_path / "rgb.png")
    Image.fromarray(ids).save(tmp_path / "instances.png")
    Image.fromarray(semantic).save(tmp_path / "semantic.png")
    rgb, modules = read_modules([tmp_path])
    assert rgb.shape == (1, 8, 8, 3)
    assert np.unique(modules).tolist() == [0, 4]
    assert (modules[0, :3] == 4).all()


def test_its_images_are_taken_straight_down_in_all_looks() -> None:
    request = parse(["out", *(word for setting in NEARBY for word in ("--set", setting))])
    assert request is not None
    assert request.settings.camera.gimbal_pitch_deg == (-90, -90)
    assert len(request.settings.effects.looks) > 5
