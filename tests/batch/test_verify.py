# SPDX-License-Identifier: GPL-3.0-or-later
"""Damage on disk is found by checksums, and made good on request."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.verify import verify_samples

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")]

ARGUMENTS = ("--num_images", "6", "--num_parallel", "2", "--seed", "3")


def flip(file: Path) -> None:
    """Change one bit of a file, so that its size stays the same."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def contents(out: Path) -> dict[str, bytes]:
    """Return the files of all samples, whatever process has made them."""
    return {f"{file.parent.name}/{file.name}": file.read_bytes() for file in out.glob("batch_*/image_*/*")}


def sample(out: Path, index: int) -> Path:
    (folder,) = out.glob(f"batch_*/image_{index:04d}")
    return folder


def test_every_kind_of_damage_is_found_and_made_good(launcher: Any) -> None:
    assert launcher.run(*ARGUMENTS).returncode == 0
    before = contents(launcher.out)
    assert launcher.run("--verify").stdout.endswith("6 samples verified, 0 damaged.\n")
    flip(sample(launcher.out, 0) / "rgb.png")
    flip(sample(launcher.out, 1) / "sample.json")
    (sample(launcher.out, 2) / "semantic.png").unlink()
    (sample(launcher.out, 3) / "rgb.png").write_bytes(b"cut")
    shutil.rmtree(sample(launcher.out, 4))
    found = launcher.run("--verify")
    assert found.returncode == 1
    lines = [line.rpartition("/")[2] for line in found.stdout.splitlines()]
    assert lines[:5] == [
        "image_0000: damaged or missing: rgb.png",
        "image_0001: damaged or missing: sample.json",
        "image_0002: damaged or missing: semantic.png",
        "image_0003: damaged or missing: rgb.png",
        "image_0004: damaged or missing: rgb.png, semantic.png, sample.json",
    ]
    assert "6 samples verified, 5 damaged." in found.stdout
    assert "add --remake" in found.stdout
    again = launcher.run("--remake")
    assert again.returncode == 0, again.stdout + again.stderr
    assert contents(launcher.out) == before
    assert launcher.run("--verify").returncode == 0


def test_nothing_is_removed_from_a_folder_with_files_of_others(launcher: Any) -> None:
    assert launcher.run(*ARGUMENTS).returncode == 0
    flip(sample(launcher.out, 0) / "rgb.png")
    note = sample(launcher.out, 0) / "note.txt"
    note.write_text("mine")
    refused = launcher.run("--remake")
    assert refused.returncode == 2
    assert "was not written by Solar Site" in refused.stderr
    assert note.read_text() == "mine"
    assert (sample(launcher.out, 0) / "rgb.png").is_file()


def test_a_dry_run_removes_nothing(launcher: Any) -> None:
    assert launcher.run(*ARGUMENTS).returncode == 0
    flip(sample(launcher.out, 0) / "rgb.png")
    assert launcher.run("--remake", "--dry_run").returncode == 0
    assert (sample(launcher.out, 0) / "rgb.png").is_file()


def test_paths_in_dataset_json_do_not_leave_the_dataset(launcher: Any, tmp_path: Path) -> None:
    assert launcher.run(*ARGUMENTS).returncode == 0
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "rgb.png").write_bytes(b"x")
    dataset = launcher.dataset()
    paths = ("../secret", str(tmp_path / "secret"), "batch_00/../../secret", "batch_0/image_..")
    for number, path in enumerate(paths):
        dataset["samples"][number]["path"] = path
    (launcher.out / "dataset.json").write_text(json.dumps(dataset))
    folders = [found.folder for found in verify_samples(launcher.out)]
    assert len(folders) == 6
    assert all(folder.resolve().is_relative_to(launcher.out.resolve()) for folder in folders)


def test_a_folder_without_samples_is_named(launcher: Any, tmp_path: Path) -> None:
    result = launcher.run("--verify", out=tmp_path / "nothing")
    assert result.returncode == 2
    assert result.stderr == f"{tmp_path / 'nothing'} contains no samples.\n"
