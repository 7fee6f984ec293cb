# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command that reads a dataset ends with a result or one sentence, whatever a file in the dataset holds."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headless import export, overview, view
from headless.pixels import read_ids, read_rgb
from solar_site import Dataset
from solar_site_addon.batch import launcher
from solar_site_addon.batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, SOME_FAILED
from solar_site_addon.batch.last_resort import run_safely
from solar_site_addon.batch.run_record import RunRecord, make_recipe, write_record
from solar_site_addon.generator.dataset.files import json_bytes, read_sample
from solar_site_addon.generator.dataset.index import assemble_dataset
from solar_site_addon.generator.dataset.registry import find_formats
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.dataset.tiling import ReadPixels
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from ..generator.small_site import HEIGHT, WIDTH, painted, passes_of, rgb_image, small_plan
from ..hostile import EDITS, contents, mutated, share_of_cases

pytestmark = pytest.mark.slow

READ_PIXELS = ReadPixels(read_rgb, read_ids)
FORMATS = ",".join(find_formats())
SAMPLE = "batch_00/image_0000"
FILES = [
    *(f"{SAMPLE}/{name}" for name in ("sample.json", "rgb.png", "instances.png", "semantic.png", "depth.exr")),
    *(
        "dataset.json",
        ".work/run.json",
        "webdataset/index.jsonl",
        "annotations/instances.json",
        "panoptic/panoptic.json",
    ),
]
COMMANDS: dict[str, Callable[[Path], int]] = {
    "rebuild": lambda out: launched(out, "--rebuild", "--formats", FORMATS),
    "verify": lambda out: launched(out, "--verify"),
    "merge": lambda out: merged(out),  # noqa: PLW0108 - defined below
    "formats": lambda out: exported(out, "--formats", FORMATS),
    "tile": lambda out: exported(out, "--tile", "64", "--processes", "1", "--formats", "coco"),
    "crop": lambda out: exported(out, "--crop", "32", "--processes", "1"),
    "pack": lambda out: exported(out, "--pack", "webdataset"),
    "hdf5": lambda out: exported(out, "--hdf5"),
    "parquet": lambda out: exported(out, "--parquet"),
    "view": lambda out: view.main([str(out)]),
    "overview": lambda out: overview.main([str(out), "--width", "64"]),
    "python": lambda out: read(out),  # noqa: PLW0108 - defined below
}


def launched(out: Path, *arguments: str) -> int:
    return launcher.main([str(out), *arguments])


def merged(out: Path) -> int:
    target = out.with_name("merged")
    shutil.rmtree(target, ignore_errors=True)
    return launched(out, "--rebuild", "--into", str(target))


def exported(out: Path, *arguments: str) -> int:
    """Export without plots, which take longer than all the rest."""
    return export.export.main([str(out), *arguments], READ_PIXELS, None, export.LIBRARY_FORMATS)


def read(out: Path) -> int:
    """Read everything with the package for users."""
    try:
        for sample in Dataset(out):
            arrays = [sample.image(), sample.instances(), sample.semantic(), sample.depth()]
            assert all(array.ndim in (2, 3) for array in arrays)
            assert sample.subset
            assert all(sample.mask(record).ndim == 2 for record in sample.annotations("module"))
            sample.camera.project(np.zeros((1, 3)))
    except SolarSiteError as error:
        print(error)
        return BAD_ARGUMENTS
    return ALL_WHOLE


@cache
def real(folder: Path) -> Path:
    """Return a dataset of two real samples, with an index and a few formats."""
    out, plan = folder / "real", small_plan()
    numbers, depth = painted(plan)
    depth[:3] = np.inf
    marked = np.zeros(numbers.shape, dtype=bool)
    marked[::2] = True
    for index in range(2):
        write_sample(
            out / "batch_00" / f"image_{index:04d}",
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 0, 1),
            images=[rgb_image(plan.view.camera, np.full((HEIGHT, WIDTH, 3), 9 * index, np.uint8))],
            passes=passes_of(numbers, depth, marked),
            render_info={"device": "CPU"},
            blender="4.5.15",
        )
    write_record(out, RunRecord(make_recipe(Settings(), RunSettings(), "4.5.15"), 2, 0, 1.0))
    assemble_dataset(out, {"seed": 0, "num_images": 2}, ("coco", "panoptic"))
    assert exported(out, "--pack", "webdataset") == ALL_WHOLE
    return out


@pytest.fixture(autouse=True)
def no_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk thousands of times."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real(tmp_path_factory.getbasetemp())


def files_in(out: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file() and path.name != "lock"}


def check(out: Path, command: str, capsys: pytest.CaptureFixture[str]) -> int:
    """Run a command; return its exit code. A refusal is one sentence, and changes nothing."""
    before = files_in(out)
    capsys.readouterr()
    code = run_safely(lambda: COMMANDS[command](out), [str(out)])
    told = capsys.readouterr()
    text = told.out + told.err
    assert code in (ALL_WHOLE, SOME_FAILED, BAD_ARGUMENTS), text
    assert "Traceback" not in text
    if code == BAD_ARGUMENTS:
        *_, sentence = text.splitlines()
        assert 0 < len(sentence) < 5000
        assert files_in(out) == before
    return code


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_reads_the_real_dataset(
    dataset: Path, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(dataset, tmp_path / "out")
    assert check(tmp_path / "out", command, capsys) == ALL_WHOLE


@share_of_cases(0.2)
@given(command=st.sampled_from(sorted(COMMANDS)), file=st.sampled_from(FILES), data=st.data())
def test_damaged_files(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, file: str, data: Any
) -> None:
    out = tmp_path / "out"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(dataset, out)
    real_bytes = (out / file).read_bytes()
    if file.endswith(".json"):
        write = json_bytes_anyway if file.endswith("sample.json") else lambda value: json.dumps(value).encode()
        (out / file).write_bytes(data.draw(contents(real_bytes, write)))
    else:
        (out / file).write_bytes(mutated(real_bytes, data.draw(EDITS)))
    check(out, command, capsys)


@share_of_cases(0.1)
@given(command=st.sampled_from(sorted(COMMANDS)), data=st.data())
def test_damaged_pixels_of_a_sample_that_says_it_is_whole(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, data: Any
) -> None:
    out = tmp_path / "out"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(dataset, out)
    name = data.draw(st.sampled_from(["rgb.png", "instances.png", "semantic.png", "depth.exr"]))
    file = out / SAMPLE / name
    file.write_bytes(mutated(file.read_bytes(), data.draw(EDITS)))
    document: Any = read_sample(dataset / SAMPLE)
    document["files"][name]["bytes"] = file.stat().st_size
    (out / SAMPLE / "sample.json").write_bytes(json_bytes(document))
    check(out, command, capsys)


def json_bytes_anyway(value: Any) -> bytes:
    """Return a document in the layout of sample.json, even if it holds numbers that JSON does not have."""
    try:
        return json_bytes(value)
    except (ValueError, AttributeError):
        return json.dumps(value).encode()
