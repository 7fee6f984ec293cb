# SPDX-License-Identifier: GPL-3.0-or-later
"""headless/batch.py with real Blenders: few and small images."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BATCH = Path(__file__).parents[2] / "headless" / "batch.py"
WORKER_MAIN = BATCH.parents[1] / "solar_site_addon" / "batch" / "worker_main.py"
SMALL = ["--resolution", "160x120", "--max_samples", "1", "--no_use_gpu", "--set", "site.size_m=120"]


def command(out: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(BATCH), str(out), *SMALL, *arguments]


def run(line: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "BLENDER"}
    return subprocess.run(line, capture_output=True, text=True, timeout=600, check=False, env=environment)


def checksums(out: Path) -> dict[str, str]:
    """Return the checksum of every file of every sample folder, whichever process made it."""
    return {
        f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.glob("batch_*/image_*/*"))
    }


@pytest.mark.bpy
def test_one_process_and_three_processes_make_the_same_files(tmp_path: Path) -> None:
    alone = run(command(tmp_path / "alone", "--num_images", "4", "--num_parallel", "1"))
    assert alone.returncode == 0, alone.stdout + alone.stderr
    together = run(command(tmp_path / "together", "--num_images", "4", "--num_parallel", "3"))
    assert together.returncode == 0, together.stdout + together.stderr
    ours, theirs = checksums(tmp_path / "alone"), checksums(tmp_path / "together")
    assert len(ours) == 4 * 5
    assert ours == theirs
    assert len({ours[f"image_{index:04d}/rgb.png"] for index in range(4)}) == 4, "four different images"
    dataset = json.loads((tmp_path / "together" / "dataset.json").read_text())
    assert [sample["seed"] for sample in dataset["samples"]] == [0, 1, 2, 3]


@pytest.mark.bpy
def test_a_flight_resumed_in_the_middle_of_a_site_has_the_same_files(tmp_path: Path) -> None:
    flight = command(tmp_path / "out", "--views_per_site", "2", "--num_images", "3", "--resolution", "64x48")
    uninterrupted = run([*flight, "--num_parallel", "2"])
    assert uninterrupted.returncode == 0, uninterrupted.stdout + uninterrupted.stderr
    expected = checksums(tmp_path / "out")
    assert len(expected) == 3 * 5
    for name in ("batch_00/image_0001", "batch_01/image_0002"):
        shutil.rmtree(tmp_path / "out" / name)
    again = run([*flight, "--num_parallel", "1"])
    assert again.returncode == 0, again.stdout + again.stderr
    assert checksums(tmp_path / "out") == expected
    places = [(one["site"], one["view"]) for one in json.loads((tmp_path / "out/dataset.json").read_text())["samples"]]
    assert places == [(0, 0), (0, 1), (1, 0)]


@pytest.mark.bpy
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_a_run_interrupted_during_a_render_can_be_resumed(tmp_path: Path) -> None:
    line = command(tmp_path / "out", "--num_images", "4", "--num_parallel", "1")
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        deadline = time.monotonic() + 600
        while len(list(tmp_path.glob("out/batch_00/image_*"))) < 1:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(0.3)  # into the second image: planning and building it take longer
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=600)
        assert process.returncode == 130, text
    first = checksums(tmp_path / "out")
    assert len(first) in {5, 10}, "there must be one or two complete samples and nothing else"
    again = run(line)
    assert again.returncode == 0, again.stdout + again.stderr
    both = checksums(tmp_path / "out")
    assert len(both) == 20
    assert first.items() <= both.items()


@pytest.mark.bpy
def test_a_site_without_room_for_tables_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    result = run(command(tmp_path / "out", "--set", "site.relief=1", "--set", "array.max_slope_deg=1"))
    assert result.returncode == 2, result.stdout
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.blender
def test_inside_a_blender_workers_use_that_blender(blender: str, tmp_path: Path) -> None:
    line = [blender, "-b", "-P", str(BATCH), "--", str(tmp_path / "out"), *SMALL, "--num_images", "1"]
    result = run(line)
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(checksums(tmp_path / "out")) == 5
    refused = run([*line, "--seed", "1"])
    assert refused.returncode == 2
    assert "seed = 0 (not 1)" in refused.stderr


@pytest.mark.blender
def test_a_plain_python_makes_the_same_files_with_a_named_blender(blender: str, tmp_path: Path) -> None:
    inside = run([blender, "-b", "-P", str(BATCH), "--", str(tmp_path / "inside"), *SMALL, "--num_images", "1"])
    outside = run(command(tmp_path / "outside", "--num_images", "1", "--blender", blender))
    assert (inside.returncode, outside.returncode) == (0, 0), outside.stderr
    assert checksums(tmp_path / "inside") == checksums(tmp_path / "outside")


def test_the_launcher_needs_neither_bpy_nor_numpy() -> None:
    script = (
        "import sys; sys.modules['bpy'] = sys.modules['numpy'] = None; "
        f"sys.argv = ['batch.py', '--help']; import runpy; runpy.run_path({str(BATCH)!r}, run_name='__main__')"
    )
    result = run([sys.executable, "-c", script])
    assert result.returncode == 0, result.stderr
    assert "--num_images" in result.stdout


@pytest.mark.parametrize("file", [BATCH, WORKER_MAIN])
def test_old_pythons_can_parse_the_files_that_report_them(file: Path) -> None:
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_is_reported_in_one_sentence() -> None:
    script = (
        "import sys; sys.version_info = (3, 9, 2); "
        f"sys.argv = ['batch.py', 'out']; import runpy; runpy.run_path({str(BATCH)!r}, run_name='__main__')"
    )
    result = run([sys.executable, "-c", script])
    assert result.returncode == 2
    assert result.stderr == "batch.py needs Python 3.11 or later; this is 3.9.\n"
