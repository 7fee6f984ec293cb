# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5 files hold the same as the sample folders, in the layout of BlenderProc."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from pycocotools import mask as official

from headless.export import main
from solar_site import Category, Dataset
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from ..generator.small_site import HEIGHT, WIDTH, painted, passes_of, rgb_image, small_plan


@pytest.fixture
def out(tmp_path: Path) -> Path:
    plan = small_plan()
    numbers, depth = painted(plan)
    depth[:3] = np.inf
    marked = np.zeros(numbers.shape, dtype=bool)
    marked[::2] = True
    rgb = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    write_sample(
        tmp_path / "batch_00" / "image_0004",
        view=plan.view,
        settings=Settings(),
        number=image_number(4, 0, 1),
        images=[rgb_image(plan.view.camera, rgb)],
        passes=passes_of(numbers, depth, marked),
        render_info={},
        blender="4.5.15",
    )
    return tmp_path


def test_a_file_holds_what_the_sample_folder_holds(out: Path) -> None:
    assert main([str(out), "--hdf5"]) == 0
    sample = Dataset(out)[0]
    with h5py.File(out / "hdf5" / "4.hdf5") as file:
        found = {name: np.array(file[name]) for name in file}
    np.testing.assert_array_equal(found["colors"], sample.image())
    np.testing.assert_array_equal(found["instance_segmaps"], sample.instances())
    np.testing.assert_array_equal(found["class_segmaps"], sample.semantic())
    np.testing.assert_array_equal(found["depth"], np.where(np.isinf(sample.depth()), 1e10, sample.depth()))
    for kind, number in (("instance", len(sample.objects)), ("table", len(sample.tables))):
        attributes = json.loads(found[f"{kind}_attribute_maps"].item())
        assert len(attributes) == number
        seen = {one["idx"] for one in attributes if one["visible_px"]}
        assert seen == set(np.unique(found[f"{kind}_segmaps"])) - {0}
    module = next(one for one in json.loads(found["instance_attribute_maps"].item()) if one["category"] == "module")
    assert module["category_id"] == Category.MODULE
    assert {"condition", "parent", "keypoints_px", "tilt_deg"} <= module.keys()
    assert sample.conditions
    for one in sample.conditions:
        mask = official.decode({**one["mask_rle"], "counts": one["mask_rle"]["counts"].encode()}).astype(bool)
        assert (found["condition_segmaps"][mask] == Category[one["category"].upper()]).all()


def test_files_are_written_once_and_nothing_is_no_dataset(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(out), "--hdf5"]) == 0
    assert "1 HDF5 files written" in capsys.readouterr().out
    assert main([str(out), "--hdf5"]) == 0
    assert "0 HDF5 files written" in capsys.readouterr().out
    assert main([str(out / "nothing"), "--hdf5"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
