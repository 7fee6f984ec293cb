# SPDX-License-Identifier: GPL-3.0-or-later
"""The launcher run by a real Blender, and the extension installed in one."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import build_addon

pytestmark = [pytest.mark.blender, pytest.mark.timeout(900)]


def run(*command: object, user: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with a separate Blender user folder."""
    user.mkdir(exist_ok=True)
    places = {"BLENDER_USER_RESOURCES": str(user), "BLENDER_USER_EXTENSIONS": str(user / "extensions")}
    return subprocess.run(
        [str(part) for part in command], env={**os.environ, **places}, capture_output=True, text=True, check=False
    )


def test_blender_makes_a_dataset_with_its_own_background_instances(blender: str, root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    flags = "--num_images 2 --num_parallel 2 --resolution 160x120 --max_samples 1 --device cpu --set site.size_m=120"
    result = run(blender, "-b", "-P", root / "headless" / "batch.py", "--", out, *flags.split(), user=tmp_path / "user")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    samples = sorted(out.glob("batch_*/image_*/sample.json"))
    assert [path.parent.relative_to(out).as_posix() for path in samples] == [
        "batch_00/image_0000",
        "batch_01/image_0001",
    ]
    for path in samples:
        sample = json.loads(path.read_text())
        ids = np.asarray(Image.open(path.parent / "instances.png"))
        counts = np.bincount(ids.ravel(), minlength=max(record["id"] for record in sample["objects"]) + 1)
        assert all(counts[record["id"]] == record["visible_px"] for record in sample["objects"])
        counts = counts[1:]
        assert counts.sum() > 0
    coco = json.loads((out / "annotations" / "instances.json").read_text())
    assert len(coco["images"]) == 2


def test_a_wrong_flag_gives_one_sentence_and_exit_code_2(blender: str, root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = root / "headless" / "batch.py"
    result = run(blender, "-b", "-P", script, "--", out, "--num_imges", 2, user=tmp_path / "user")
    assert result.returncode == 2
    assert "num_images" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert not out.exists()


def test_the_extension_installs(blender: str, tmp_path: Path) -> None:
    archive = build_addon.build(tmp_path)
    user = tmp_path / "user"
    validated = run(blender, "--command", "extension", "validate", archive, user=user)
    assert validated.returncode == 0, validated.stdout + validated.stderr
    installed = run(blender, "--command", "extension", "install-file", "-r", "user_default", archive, user=user)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    (manifest,) = user.rglob("blender_manifest.toml")
    assert manifest.parent.name == "solar_site_addon"


INSTALL_FROM_DISK = """\
import sys
import bpy
archive = sys.argv[-1]
bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
assert "bl_ext.user_default.solar_site_addon" in bpy.context.preferences.addons
assert bpy.ops.solar_site.generate_preview() == {"FINISHED"}
assert len(bpy.data.scenes["Solar Site"].collection.all_objects) > 5
"""


def test_install_from_disk_gives_a_panel_that_works(blender: str, tmp_path: Path) -> None:
    archive, script = build_addon.build(tmp_path), tmp_path / "install.py"
    script.write_text(INSTALL_FROM_DISK, encoding="utf-8")
    result = run(blender, "-b", "--python-exit-code", 1, "-P", script, "--", archive, user=tmp_path / "user")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
