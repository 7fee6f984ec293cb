# SPDX-License-Identifier: GPL-3.0-or-later
"""Density maps, read with numpy: their sums are the counts, and they peak at the points."""

from __future__ import annotations

import io
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.dataset.content import AnnotatedImage, content_of
from solar_site_addon.generator.dataset.formats.density import CELL_PX, FORMAT, density, npy
from solar_site_addon.generator.settings.schema import RunSettings


def loaded(points: list[tuple[float, float]], width: int = 640, height: int = 480) -> np.ndarray:
    return np.load(io.BytesIO(npy(*density(points, width, height))))


def test_the_sum_is_the_number_of_points_also_at_the_border() -> None:
    points = [(100.0, 80.0), (0.0, 0.0), (639.0, 479.0), (320.0, 479.9)]
    found = loaded(points)
    assert (found.dtype, found.shape) == (np.float32, (60, 80))
    assert found.sum() == pytest.approx(len(points), abs=1e-4)
    assert not loaded([]).any()


def test_a_map_peaks_at_its_points() -> None:
    x, y = 203.0, 301.0
    row, column = np.unravel_index(loaded([(x, y)]).argmax(), (60, 80))
    assert abs((column + 0.5) * CELL_PX - x) <= CELL_PX / 2
    assert abs((row + 0.5) * CELL_PX - y) <= CELL_PX / 2


def test_a_map_is_a_gaussian() -> None:
    scipy = pytest.importorskip("scipy.ndimage")
    spike = np.zeros((60, 80))
    spike[30, 40] = 1
    expected = scipy.gaussian_filter(spike, 2.0, truncate=3.0)
    np.testing.assert_allclose(loaded([(40.5 * CELL_PX, 30.5 * CELL_PX)]), expected, atol=2e-4)


def test_the_size_need_not_be_a_multiple_of_a_cell() -> None:
    assert loaded([(641.0, 481.0)], 643, 485).shape == (61, 81)
    assert loaded([(5.0, 5.0)], 16, 16).sum() == pytest.approx(1.0)


def test_a_dataset_has_a_map_and_the_points_of_each_class(tmp_path: Path) -> None:
    def record(category: str, **more: Any) -> dict[str, Any]:
        return {"category": category, "visible_px": 99, "visible_fraction": 1.0, "bbox_px": [10, 20, 30, 40], **more}

    content = content_of(RunSettings(classes="pile,rack"))
    sample: Any = {
        "site": 0,
        "images": {"rgb": {"width": 320, "height": 240}},
        "objects": [record("pile", head_px=[100.5, 50.25]), record("pile", head_px=None), record("rack")],
        "tables": [],
        "conditions": [],
    }  # fmt: skip
    image: AnnotatedImage = content.image(sample, PurePosixPath("batch_00/image_0007/rgb.png"))
    with FORMAT.write(tmp_path, content) as add:
        add(image)
    folder = tmp_path / "density"
    counts = {name: np.load(folder / "maps" / f"image_0007_{name}.npy").sum() for name in ("pile", "rack")}
    assert counts == {"pile": pytest.approx(2, abs=1e-4), "rack": pytest.approx(1, abs=1e-4)}
    assert (folder / "points" / "image_0007.csv").read_text().splitlines() == [
        "pile,100.50,50.25",
        "pile,25.00,40.00",
        "rack,25.00,40.00",
    ]
    index = (folder / "index.txt").read_text()
    assert f"{image.subset} 2 maps/image_0007_pile.npy batch_00/image_0007/rgb.png" in index
