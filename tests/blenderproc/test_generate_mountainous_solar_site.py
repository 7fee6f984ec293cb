# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `blenderproc run` and compare its output with headless/batch.py in the same Blender 4.2."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("SOLAR_SITE_BLENDERPROC") or "nowhere").absolute()
SCRIPT = "headless/generate_mountainous_solar_site.py"
QUICK = ["--resolution", "160x120", "--set", "site.size_m=150"]
SEED_COMMAND = ["--num_images", "2", "--use_clusters", "--use_gpu", "--max_samples", "2", "--noise_threshold", "0.02"]

pytestmark = [
    pytest.mark.blenderproc,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="SOLAR_SITE_BLENDERPROC names no folder with BlenderProc"),
]


def command(out: Path, *arguments: str, script: str | Path = SCRIPT) -> list[str]:
    blenderproc = [str(FOLDER / "bin" / "blenderproc"), "run", str(script), str(out), *arguments, *QUICK]
    return [*blenderproc, "--custom-blender-path", str(FOLDER / "blender")]


def run(line: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def run_batch(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    python = FOLDER / "blender" / "4.2" / "python" / "bin" / "python3.11"
    return run([str(python), "headless/batch.py", str(out), *arguments, *QUICK, "--num_parallel", "1"])


def checksums(out: Path) -> dict[str, str]:
    files = sorted(out.glob("batch_*/image_*/*"))
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def has_begun_to_render(log: Path) -> bool:
    return log.exists() and "Sample 1/" in log.read_text()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return a dataset of the documented command with smaller images, and BlenderProc's output."""
    out = tmp_path_factory.mktemp("blenderproc") / "output" / "test"
    return out, run(command(out, *SEED_COMMAND, "--seed", "42", "--hdf5"))


def test_the_command_makes_sample_folders_and_a_dataset(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, result = made
    assert result.returncode == 0, result.stdout + result.stderr
    dataset = json.loads((out / "dataset.json").read_text())
    assert [(sample["path"], sample["seed"]) for sample in dataset["samples"]] == [
        ("batch_00/image_0000", 42),
        ("batch_00/image_0001", 43),
    ]
    assert dataset["settings"]["array"]["use_clusters"] is True
    coco = json.loads((out / "annotations" / "instances.json").read_text())
    assert len(coco["images"]) == 2
    assert len(coco["annotations"]) > 20
    assert "image_0001: done" in (out / "batch_00.log").read_text()


def test_a_missing_gpu_is_a_warning(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, result = made
    render = json.loads((out / "batch_00" / "image_0000" / "sample.json").read_text())["render"]
    if render["device"] == "CPU":
        assert "Warning    Using only the CPU for rendering: no OPTIX" in result.stdout
    assert (render["samples"], render["noise_threshold"], render["denoiser"]) == (2, 0.02, "INTEL")


def test_images_and_annotations_equal_those_of_batch_py(
    made: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    out, _ = made
    batch = run_batch(tmp_path / "batch", *SEED_COMMAND, "--seed", "42")
    assert batch.returncode == 0, batch.stdout + batch.stderr
    ours = checksums(out)
    assert len(ours) == 2 * 5
    assert ours == checksums(tmp_path / "batch")
    instances = np.array(Image.open(out / "batch_00" / "image_0000" / "instances.png"))
    assert (instances > 0).mean() > 0.02, "too few modules for a meaningful comparison"


def test_complete_samples_are_kept_and_another_seed_is_refused(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, _ = made
    before = {path: path.stat().st_mtime_ns for path in out.glob("batch_*/image_*/*")}
    again = run(command(out, *SEED_COMMAND, "--seed", "42"))
    assert again.returncode == 0, again.stdout + again.stderr
    assert "2 of 2 images are complete: 2 from earlier runs" in again.stdout
    assert before == {path: path.stat().st_mtime_ns for path in out.glob("batch_*/image_*/*")}
    other = run(command(out, *SEED_COMMAND, "--seed", "7"))
    assert other.returncode == 2
    assert "seed = 42 (not 7)" in other.stderr


def test_hdf5_files_contain_the_same_annotations(
    made: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    out, _ = made
    script = tmp_path / "read.py"
    script.write_text(
        "import sys, h5py, numpy\n"
        "with h5py.File(sys.argv[1]) as file:\n"
        "    numpy.savez(sys.argv[2], **{key: numpy.array(file[key]) for key in file})\n"
    )
    arrays = tmp_path / "arrays.npz"
    reading = run([str(FOLDER / "bin" / "python"), str(script), str(out / "hdf5" / "1.hdf5"), str(arrays)])
    assert reading.returncode == 0, reading.stderr
    held = np.load(arrays)
    sample = out / "batch_00" / "image_0001"
    for key, name in {"colors": "rgb", "instance_segmaps": "instances", "class_segmaps": "semantic"}.items():
        np.testing.assert_array_equal(held[key], np.array(Image.open(sample / f"{name}.png")))
    assert held["depth"].shape == (120, 160)
    assert 10 < np.median(held["depth"]) < 500
    assert len(json.loads(bytes(held["instance_attribute_maps"]))) == len(
        json.loads((sample / "sample.json").read_text())["objects"]
    )


def test_settings_made_through_bproc_renderer_are_respected(tmp_path: Path) -> None:
    script = tmp_path / "own.py"
    script.write_text(
        "import blenderproc as bproc\n"
        "import runpy\n"
        "set_denoiser = bproc.renderer.set_denoiser\n"
        "def no_denoiser_and_three_samples(denoiser):\n"
        "    set_denoiser(None)\n"
        "    bproc.renderer.set_max_amount_of_samples(3)\n"
        "bproc.renderer.set_denoiser = no_denoiser_and_three_samples\n"
        f"runpy.run_path({str(ROOT / SCRIPT)!r}, run_name='__main__')\n"
    )
    result = run(command(tmp_path / "out", "--num_images", "1", "--max_samples", "2", script=script))
    assert result.returncode == 0, result.stdout + result.stderr
    render = json.loads((tmp_path / "out" / "batch_00" / "image_0000" / "sample.json").read_text())["render"]
    assert (render["samples"], render["denoiser"]) == (3, "NONE")


def test_a_blender_without_the_intel_denoiser_warns_and_renders(tmp_path: Path) -> None:
    """Simulate a Blender without the denoiser, as some Linux distributions build it: the wheel has it."""
    script = tmp_path / "without.py"
    script.write_text(
        "import blenderproc as bproc\n"
        "import runpy, sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from solar_site_addon.generator.render import quality\n"
        "quality._accepts_denoiser = lambda *_: False\n"
        f"runpy.run_path({str(ROOT / SCRIPT)!r}, run_name='__main__')\n"
    )
    result = run(command(tmp_path / "out", "--num_images", "1", "--max_samples", "1", script=script))
    assert result.returncode == 0, result.stdout + result.stderr
    assert (
        "Warning    Could not enable Intel denoiser: this build of Blender does not include OpenImageDenoise"
        in result.stdout
    )
    sample = tmp_path / "out" / "batch_00" / "image_0000"
    assert json.loads((sample / "sample.json").read_text())["render"]["denoiser"] == "NONE"
    assert (sample / "rgb.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--max_samples", "many"], "max_samples = many is not allowed"),
        (["--num_image", "1"], "did you mean --num_images?"),
        (["--num_parallel", "2"], "BlenderProc is a single process"),
        (["--set", "array.max_slope_deg=1", "--set", "site.relief=1"], ""),
    ],
)
def test_errors_are_one_sentence_before_anything_is_written(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = run(command(tmp_path / "out", *arguments))
    assert result.returncode == 2, result.stdout + result.stderr
    assert words in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert not (tmp_path / "out").exists()


def test_ctrl_c_during_a_render_leaves_no_incomplete_sample(tmp_path: Path) -> None:
    out = tmp_path / "out"
    slow = ["--num_images", "2", "--max_samples", "4096", "--noise_threshold", "0.001"]
    with subprocess.Popen(
        command(out, *slow),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 600
        while not has_begun_to_render(out / "batch_00.log"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
        text, _ = process.communicate(timeout=600)
    assert process.returncode == 130, text
    assert "Interrupted. Resume with the same command." in text
    assert checksums(out) == {}
