# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip of the extension: reproducible, complete, and valid according to Blender."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import build_addon


@pytest.fixture
def manifest(root: Path) -> dict[str, object]:
    return tomllib.loads((root / "solar_site_addon" / "blender_manifest.toml").read_text(encoding="utf-8"))


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = build_addon.build(tmp_path / "first"), build_addon.build(tmp_path / "second")
    assert first.read_bytes() == second.read_bytes()


def test_times_and_modes_of_the_files_do_not_matter(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(root / "solar_site_addon", copy)
    before = build_addon.build(tmp_path / "before")
    for path in copy.rglob("*.py"):
        path.chmod(0o700)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    monkeypatch.setattr(build_addon, "ADDON", copy)
    assert build_addon.build(tmp_path / "after").read_bytes() == before.read_bytes()


def test_a_changed_file_changes_the_zip(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(root / "solar_site_addon", copy)
    (copy / "generator" / "errors.py").write_text("# changed\n")
    before = build_addon.build(tmp_path / "before")
    monkeypatch.setattr(build_addon, "ADDON", copy)
    assert build_addon.build(tmp_path / "after").read_bytes() != before.read_bytes()


def test_it_contains_every_source_file_and_nothing_else(root: Path, tmp_path: Path) -> None:
    cache = root / "solar_site_addon" / "generator" / "__pycache__"
    cache.mkdir(exist_ok=True)
    with zipfile.ZipFile(build_addon.build(tmp_path)) as archive:
        names = archive.namelist()
    addon = root / "solar_site_addon"
    assert {name for name in names if name.endswith(".py")} == {
        path.relative_to(addon).as_posix() for path in addon.rglob("*.py")
    }
    assert {"blender_manifest.toml", "__init__.py", "LICENSE"} <= set(names)
    assert names == sorted(names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_manifest_and_the_project_name_the_same_version(root: Path, manifest: dict[str, object]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert manifest["version"] == project["project"]["version"]
    assert f"## [{manifest['version']}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_manifest_follows_the_rules_that_reviewers_check(manifest: dict[str, object]) -> None:
    tagline, name = str(manifest["tagline"]), str(manifest["name"])
    assert len(tagline) <= 64
    assert not tagline.endswith(".")
    assert "blender" not in name.lower()
    assert manifest["blender_version_min"] == "4.2.0"
    assert set(manifest["permissions"]) == {"files"}  # type: ignore[call-overload]


@pytest.mark.bpy
def test_blenders_own_tool_finds_no_fault(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("bpy")
    assert spec is not None
    assert spec.origin is not None
    (tool,) = Path(spec.origin).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    archive = build_addon.build(tmp_path)
    command = [sys.executable, str(tool), "validate", str(archive)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.bpy
def test_blenders_own_tool_would_find_a_fault(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(root / "solar_site_addon", copy)
    path = copy / "blender_manifest.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('tagline = "', 'tagline = "Ends with a stop. ' + "x" * 64))
    monkeypatch.setattr(build_addon, "ADDON", copy)
    spec = importlib.util.find_spec("bpy")
    assert spec is not None
    assert spec.origin is not None
    (tool,) = Path(spec.origin).parent.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    command = [sys.executable, str(tool), "validate", str(build_addon.build(tmp_path))]
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode != 0
