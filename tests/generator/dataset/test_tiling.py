# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles are cut from files that fit together; tests/headless/test_export.py looks at the tiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from solar_site_addon.generator.dataset.content import content_of
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.dataset.tiling import ReadPixels, Tiling, cut_all
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from ..small_site import HEIGHT, WIDTH, painted, passes_of, rgb_image, small_plan


@pytest.mark.parametrize("wrong", ["rgb", "instances"])
def test_files_of_another_size_are_refused(tmp_path: Path, wrong: str) -> None:
    plan, folder = small_plan(), tmp_path / "batch_00" / "image_0000"
    images = [rgb_image(plan.view.camera, np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8))]
    number = image_number(0, 0, 1)
    passes = passes_of(*painted(plan))
    write_sample(
        folder, view=plan.view, settings=Settings(), number=number, images=images, passes=passes, render_info={},
        blender="4.5.15",
    )  # fmt: skip
    read = ReadPixels(
        rgb=lambda _: np.zeros((HEIGHT - (wrong == "rgb"), WIDTH, 3), dtype=np.uint8),
        ids=lambda _: np.zeros((HEIGHT, WIDTH - (wrong == "instances")), dtype=np.uint16),
    )
    tiling = Tiling(tmp_path, tmp_path / "tiles", 64, 0.0, 1.0, content_of(RunSettings()), read)
    with pytest.raises(SolarSiteError, match=rf"{wrong}.png has \d+ x \d+ px, and sample.json says 160 x 120"):
        cut_all(tiling, [folder], 1)
    assert not (tmp_path / "tiles").exists()
