# SPDX-License-Identifier: GPL-3.0-or-later
"""A new category is one entry, and a new modality or annotation format is one file; each is added to a copy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from .official import official_channels
from .small_site import HEIGHT, WIDTH, painted_numbers, passes_of, rgb_image, small_plan

ROOT = Path(__file__).resolve().parents[2]

CATEGORY = '    LANDING_PAD = 58, "OTHER", (250, 250, 20)\n'
CATEGORY_PROBE = """
import sys
from pathlib import Path
import numpy as np
import small_site
from solar_site_addon.generator.dataset.content import content_of
from solar_site_addon.generator.dataset.index import assemble_dataset
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.plan.objects import first_item_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

out, plan = Path(sys.argv[1]), small_site.equipped_plan()
numbers = small_site.painted_numbers(plan)
numbers[60:64, 80:84] = first_item_number(plan.site.modules, plan.site.tables)
passes = small_site.passes_of(numbers)
passes.categories[60:64, 80:84] = Category.LANDING_PAD
image = small_site.rgb_image(plan.view.camera, np.zeros((small_site.HEIGHT, small_site.WIDTH, 3), np.uint8))
write_sample(out / "batch_00" / "image_0000", view=plan.view, settings=Settings(), number=image_number(0, 7, 1),
             images=[image], passes=passes, render_info={}, blender="4.5.15")
assemble_dataset(out, {}, content=content_of(RunSettings(classes="module,landing_pad")))
"""

MODALITY = '''
"""A luminance camera of half the resolution."""
import dataclasses
import numpy as np
from ...imaging.exr import float_exr
from ..modality import Modality

def half(camera, settings):
    return dataclasses.replace(camera, width_px=camera.width_px // 2, height_px=camera.height_px // 2,
                               focal_px=camera.focal_px / 2, gsd_m=camera.gsd_m * 2)

def encode(exposure):
    luminance = exposure.radiance @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    return {"luminance.exr": float_exr({"Y": luminance})}

MODALITY = Modality("luminance", (".exr",), encode, camera=half)
'''
MODALITY_PROBE = """
import os, shutil, sys
from pathlib import Path
from solar_site_addon.generator import pipeline
from solar_site_addon.generator.dataset.files import is_whole
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings, with_values

settings = with_values(Settings(), {"site.size_m": 100, "camera.width_px": 64, "camera.height_px": 48,
    "camera.altitude_agl_m": 40, "render.max_samples": 1, "render.denoiser": "NONE"})
renderer = pipeline.prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")
for name in ("plain", "extended"):
    if name == "extended":
        shutil.copy("luminance.py", Path("solar_site_addon/generator/sensor/modalities/luminance.py"))
    with pipeline.built_site(settings, 5) as site:
        pipeline.make_view(site, settings, image_number(0, 5, 1), Path(sys.argv[1]) / name, renderer)
    assert is_whole(Path(sys.argv[1]) / name)
sys.stdout.flush()
os._exit(0)
"""

FORMAT = '''
"""Number of objects in each image."""
import contextlib
from ..annotation_format import Format
from ...domain.atomic_files import replacing_file

INDEX = "counts.txt"

@contextlib.contextmanager
def write(out, content):
    with replacing_file(out / INDEX) as file:
        yield lambda image: file.write(f"{image.path} {len(image.sample['objects'])}\\n")

FORMAT = Format(INDEX, write, lambda out: None)
'''


PILE = '''
"""Timber piles."""
from ...numerics.solids import Finish, box
from ..pile_kind import CLASS, PileKind

WOOD = Finish((0.3, 0.2, 0.1), semantic=CLASS)
KIND = PileKind(
    name="timber", sizes_m=(0.2,), states=("new", "old"), head_m=lambda size: (size, 0.2), spoil_m=0.3,
    shape=lambda look: box((-0.1, -0.1, -3.0), (0.1, 0.1, 0.0), WOOD),
)
'''
PILE_PROBE = """
import numpy as np
from solar_site_addon.generator.geometry.piles import pile_shape
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.settings.schema import Settings, with_values

site = plan_site(with_values(Settings(), {"array.piles": "timber", "site.size_m": 100.0}), 5)
shape = pile_shape(site.pile_type, 0, 0, False)
print(site.pile_type.kind, site.pile_type.size_m, site.piles.standing.all(), np.ptp(shape.vertices, axis=0).tolist())
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with a copy of the extension."""
    folder = tmp_path / "copy"
    # With its compiled files, or all would be compiled again; those being written may vanish.
    ignored = shutil.ignore_patterns("*.pyc.*")
    shutil.copytree(ROOT / "solar_site_addon", folder / "solar_site_addon", ignore=ignored)
    return folder


def run(copy: Path, *arguments: object) -> str:
    command = [sys.executable, *map(str, arguments)]
    result = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr + result.stdout[-2000:]
    return result.stdout


def test_a_new_category_is_one_entry(copy: Path, tmp_path: Path) -> None:
    registry = copy / "solar_site_addon" / "generator" / "domain" / "categories.py"
    text = registry.read_text(encoding="utf-8")
    before, last = text[: text.index("    WORKER = ")], text[text.index("    WORKER = ") :]
    line, _, rest = last.partition("\n")
    registry.write_text(f"{before}{line}\n{CATEGORY}{rest}", encoding="utf-8")
    kind = copy / "solar_site_addon" / "generator" / "plan" / "equipment" / "kinds" / "string_inverter.py"
    text = kind.read_text(encoding="utf-8")
    kind.write_text(text.replace("category=Category.INVERTER", "category=Category.LANDING_PAD"), encoding="utf-8")
    shutil.copy(ROOT / "tests" / "generator" / "small_site.py", copy)
    out = tmp_path / "out"
    run(copy, "-c", CATEGORY_PROBE, out)
    folder = out / "batch_00" / "image_0000"
    with Image.open(folder / "semantic.png") as mask:
        assert np.asarray(mask)[61, 81] == 58
        assert mask.convert("RGB").getpixel((81, 61)) == (250, 250, 20)
    (pad,) = [
        record
        for record in json.loads((folder / "sample.json").read_text())["objects"]
        if record["category"] == "landing_pad"
    ]
    assert (pad["visible_px"], pad["bbox_px"]) == (16, [80, 60, 4, 4])
    described = {"id": 58, "name": "landing_pad", "parent": "other", "color": [250, 250, 20]}
    assert json.loads((out / "dataset.json").read_text())["categories"][58] == described
    coco = json.loads((out / "annotations" / "instances.json").read_text())
    assert coco["categories"][1] == {"id": 2, "name": "landing_pad", "supercategory": "other"}
    pads = [item["attributes"] for item in coco["annotations"] if item["category_id"] == 2]
    assert [item["object_id"] for item in pads] == [pad["id"]]


@pytest.mark.bpy
def test_a_new_modality_is_one_file_and_changes_no_other(copy: Path, tmp_path: Path) -> None:
    pytest.importorskip("bpy")
    (copy / "luminance.py").write_text(MODALITY, encoding="utf-8")
    run(copy, "-c", MODALITY_PROBE, tmp_path)
    plain, extended = tmp_path / "plain", tmp_path / "extended"
    names = {path.name for path in extended.iterdir()}
    assert names == {path.name for path in plain.iterdir()} | {"luminance.exr"}
    for name in names - {"luminance.exr", "sample.json"}:
        assert (extended / name).read_bytes() == (plain / name).read_bytes(), name
    before, sample = (json.loads((folder / "sample.json").read_text()) for folder in (plain, extended))
    assert sample["images"].pop("luminance") == {
        "file": "luminance.exr",
        "width": 32,
        "height": 24,
        "camera": {
            **sample["images"]["rgb"]["camera"],
            "K": (np.diag([0.5, 0.5, 1.0]) @ np.array(sample["images"]["rgb"]["camera"]["K"])).tolist(),
            "gsd_m": pytest.approx(2 * sample["images"]["rgb"]["camera"]["gsd_m"], abs=1e-5),
        },
    }
    assert sample["files"].pop("luminance.exr")["bytes"] == (extended / "luminance.exr").stat().st_size
    assert sample == before
    luminance = official_channels(extended / "luminance.exr")["Y"]
    assert (luminance.dtype, luminance.shape) == (np.float32, (24, 32))
    grey = cv2.cvtColor(cv2.imread(str(extended / "rgb.png")), cv2.COLOR_BGR2GRAY)
    smaller = cv2.resize(grey, (32, 24), interpolation=cv2.INTER_AREA)
    agreement = [
        np.corrcoef(smaller.ravel(), np.cbrt(np.minimum(turned, 1)).ravel())[0, 1]
        for turned in (luminance, luminance[::-1], luminance[:, ::-1])
    ]
    assert agreement[0] > max(0.4, agreement[1] + 0.2, agreement[2] + 0.2), "both show the same view"


def test_a_new_annotation_format_is_one_file(copy: Path, tmp_path: Path) -> None:
    (copy / "solar_site_addon" / "generator" / "dataset" / "formats" / "counts.py").write_text(FORMAT, encoding="utf-8")
    shutil.copytree(ROOT / "headless", copy / "headless")
    plan, out = small_plan(), tmp_path / "out"
    write_sample(
        out / "batch_00" / "image_0000",
        view=plan.view,
        settings=Settings(),
        number=image_number(0, 7, 1),
        images=[rgb_image(plan.view.camera, np.zeros((HEIGHT, WIDTH, 3), np.uint8))],
        passes=passes_of(painted_numbers(plan)),
        render_info={},
        blender="4.5.15",
    )
    assert "counts" in run(copy, "headless/batch.py", "--help")
    run(copy, "headless/batch.py", out, "--rebuild", "--formats", "counts,coco")
    objects = json.loads((out / "batch_00" / "image_0000" / "sample.json").read_text())["objects"]
    assert (out / "counts.txt").read_text() == f"batch_00/image_0000/rgb.png {len(objects)}\n"
    assert json.loads((out / "dataset.json").read_text())["formats"] == {
        "counts": "counts.txt",
        "coco": "annotations/instances.json",
    }


@pytest.mark.slow
def test_a_new_kind_of_pile_is_one_file(copy: Path) -> None:
    kinds = copy / "solar_site_addon" / "generator" / "plan" / "array" / "pile_kinds"
    (kinds / "timber.py").write_text(PILE, encoding="utf-8")
    assert run(copy, "-c", PILE_PROBE) == "timber 0.2 True [0.2, 0.2, 3.0]\n"
