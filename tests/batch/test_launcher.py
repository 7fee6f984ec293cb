# SPDX-License-Identifier: GPL-3.0-or-later
"""The launcher from outside: a command line in, a dataset or one sentence out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.run_reader import RunReader
from solar_site_addon.generator.domain.messages import Message

pytestmark = pytest.mark.slow

Wait = Callable[[Callable[[], bool]], None]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def images(numbers: range, seed: int = 0) -> dict[int, bytes]:
    return {number: f"image of seed {seed + number}".encode() for number in numbers}


def refused(result: subprocess.CompletedProcess[str], *words: str) -> bool:
    """Return whether the launcher exited with 2 and printed only one sentence, which contains ``words``."""
    assert result.returncode == 2, (result.stdout, result.stderr)
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr
    return True


def test_every_image_is_made_once_in_blocks_of_neighbours(launcher: Any) -> None:
    result = launcher.run("--num_images", "7", "--num_parallel", "3", "--seed", "100")
    assert result.returncode == 0, result.stderr
    assert launcher.samples() == images(range(7), seed=100)
    assert sorted(index for index, _ in launcher.begun()) == list(range(7))
    blocks = [sorted(int(p.name[6:]) for p in launcher.out.glob(f"batch_0{k}/image_*")) for k in range(3)]
    assert blocks == sorted(blocks)
    assert {len(block) for block in blocks} == {2, 3}
    assert all((launcher.out / f"batch_0{k}.log").stat().st_size for k in range(3))


def test_dataset_json_contains_settings_seed_samples_and_timings(launcher: Any) -> None:
    launcher.run("--num_images", "2", "--num_parallel", "1", "--seed", "5", "--set", "site.relief=0.5")
    dataset = launcher.dataset()
    assert dataset["settings"]["site"]["relief"] == 0.5
    assert (dataset["seed"], dataset["num_images"], dataset["failures"]) == (5, 2, [])
    assert [sample["seed"] for sample in dataset["samples"]] == [5, 6]
    assert dataset["timings"]["images_made"] == 2
    assert set(dataset["timings"]["seconds_by_image"]) == {"0", "1"}
    assert dataset["versions"]["blender"] == "4.5.0"
    coco = json.loads((launcher.out / "annotations" / "instances.json").read_text())
    assert [image["id"] for image in coco["images"]] == [0, 1]


def test_without_a_terminal_each_image_has_a_plain_line(launcher: Any) -> None:
    result = launcher.run("--num_images", "3", "--num_parallel", "1")
    done = [line for line in result.stdout.splitlines() if " done in " in line]
    assert [line.split()[2] for line in done] == ["image_0000", "image_0001", "image_0002"]
    assert "\r" not in result.stdout
    assert "3 of 3" in done[-1]


def test_on_a_terminal_a_bar_is_drawn(launcher: Any) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, str(Path(__file__).parents[2] / "headless" / "batch.py"), str(launcher.out)]
    command += ["--blender", str(launcher.blender), "--num_images", "2", "--num_parallel", "1"]
    environment = {**os.environ, "FAKE_BLENDER": json.dumps({"seconds": 0.2}), "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        text = b""
        try:
            while data := os.read(ours, 4096):
                text += data
        except OSError:  # Linux says so when the other side is closed
            pass
        assert process.wait() == 0
    os.close(ours)
    assert b"\r[" in text
    assert b"[########################] 2 of 2" in text


def test_the_result_of_a_run_can_be_read_later(launcher: Any) -> None:
    assert RunReader(launcher.out).look() is None
    launcher.run("--num_images", "2", "--num_parallel", "1")
    launcher.run("--num_images", "5", "--num_parallel", "2", fail={"3": "No table fits."})
    found = RunReader(launcher.out).look()
    assert found is not None
    _, state = found
    assert (state.total, state.earlier, state.made, state.done) == (5, 2, 2, 4)
    assert state.failures == {3: ("batch_01", Message("No table fits."))}


def test_a_closed_terminal_does_not_end_a_run_under_nohup(launcher: Any, wait_until: Wait) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = launcher.start("--num_images", "2", "--num_parallel", "1", hold=[0])
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_until(lambda: bool(launcher.begun()))
    process.send_signal(signal.SIGHUP)
    launcher.let_go()
    process.communicate(timeout=600)
    assert process.returncode == 0


def test_a_second_run_makes_nothing_again(launcher: Any) -> None:
    launcher.run("--num_images", "3")
    begun = launcher.begun()
    again = launcher.run("--num_images", "3")
    assert again.returncode == 0
    assert launcher.begun() == begun
    assert "3 complete already" in again.stdout


def test_another_number_of_processes_keeps_complete_samples(launcher: Any) -> None:
    launcher.run("--num_images", "4", "--num_parallel", "2")
    grown = launcher.run("--num_images", "9", "--num_parallel", "3")
    assert grown.returncode == 0, grown.stderr
    assert launcher.samples() == images(range(9))
    assert sorted(index for index, _ in launcher.begun()) == list(range(9))
    assert len(launcher.dataset()["samples"]) == 9


def flight(images: range, views_per_site: int, seed: int = 0) -> dict[int, bytes]:
    """Return the content of images with several views per site."""
    places = {index: divmod(index, views_per_site) for index in images}
    return {
        index: f"image of seed {seed + site}{f', view {view}' if view else ''}".encode()
        for index, (site, view) in places.items()
    }


def test_a_site_is_built_once_for_all_its_views_whatever_their_number(launcher: Any) -> None:
    result = launcher.run("--num_images", "10", "--views_per_site", "4", "--num_parallel", "2", "--seed", "5")
    assert result.returncode == 0, result.stderr
    assert "Seeds      5 to 7: 3 sites, 4 views of each" in result.stdout
    assert launcher.samples() == flight(range(10), 4, seed=5)
    assert sorted(launcher.sites()) == [5, 6, 7]
    dataset = launcher.dataset()
    assert (dataset["num_images"], dataset["views_per_site"]) == (10, 4)
    places = [(sample["index"], sample["site"], sample["view"], sample["seed"]) for sample in dataset["samples"]]
    assert places == [(index, index // 4, index % 4, 5 + index // 4) for index in range(10)]
    of_batch = [{int(p.name[6:]) // 4 for p in launcher.out.glob(f"batch_0{k}/image_*")} for k in range(2)]
    assert of_batch[0].isdisjoint(of_batch[1])


def test_a_run_that_ended_in_the_middle_of_a_site_resumes_there(launcher: Any) -> None:
    launcher.run("--num_images", "6", "--views_per_site", "3", "--num_parallel", "1")
    for index in (1, 5):
        shutil.rmtree(launcher.out / "batch_00" / f"image_000{index}")
    again = launcher.run("--num_images", "8", "--views_per_site", "3", "--num_parallel", "2")
    assert again.returncode == 0, again.stderr
    assert launcher.samples() == flight(range(8), 3)
    assert launcher.sites() == [0, 1, *launcher.sites()[2:]]
    assert sorted(launcher.sites()[2:]) == [0, 1, 2], "each site is built once more, for its missing views"
    assert len(launcher.begun()) == 6 + 4


@pytest.mark.parametrize("record", [True, False], ids=["with its record", "without"])
def test_another_number_of_views_is_refused(launcher: Any, record: bool) -> None:
    launcher.run("--num_images", "4", "--views_per_site", "2", "--num_parallel", "1")
    if not record:
        (launcher.out / ".work" / "run.json").unlink()
    assert refused(launcher.run("--num_images", "4", "--views_per_site", "3"), "views_per_site = 2 (not 3)")
    assert refused(launcher.run("--num_images", "4"), "views_per_site = 2 (not 1)")
    assert launcher.run("--num_images", "5", "--views_per_site", "2").returncode == 0


def test_an_impossible_site_costs_only_its_own_views_and_is_tried_once(launcher: Any) -> None:
    result = launcher.run("--num_images", "6", "--views_per_site", "2", "--num_parallel", "1", no_sites=[1])
    assert result.returncode == 1
    assert launcher.samples().keys() == {0, 1, 4, 5}
    assert launcher.sites() == [0, 1, 2]
    failures = launcher.dataset()["failures"]
    assert [(one["index"], one["site"], one["view"], one["seed"]) for one in failures] == [(2, 1, 0, 1), (3, 1, 1, 1)]
    assert "image_0003 (seed 1) failed: No table fits on the site 1." in result.stdout


def test_the_site_is_rebuilt_after_a_failed_view(launcher: Any) -> None:
    result = launcher.run("--num_images", "3", "--views_per_site", "3", "--num_parallel", "1", fail={"1": "No drone."})
    assert result.returncode == 1
    assert launcher.samples().keys() == {0, 2}
    assert launcher.sites() == [0, 0]


def test_a_damaged_sample_is_made_again(launcher: Any) -> None:
    launcher.run("--num_images", "3", "--num_parallel", "3")
    (launcher.out / "batch_02" / "image_0002" / "rgb.png").write_bytes(b"cut")
    assert launcher.run("--num_images", "3", "--num_parallel", "3").returncode == 0
    assert launcher.samples() == images(range(3))
    assert len(list(launcher.out.glob("batch_*/image_0002"))) == 1


def test_a_failed_image_does_not_stop_the_others(launcher: Any) -> None:
    result = launcher.run("--num_images", "5", "--num_parallel", "2", fail={"1": "No table fits."}, **{"break": [3]})
    assert result.returncode == 1
    assert set(launcher.samples()) == {0, 2, 4}
    assert "image_0001 (seed 1) failed: No table fits." in result.stdout
    assert "image_0003 (seed 3) failed: unexpected ZeroDivisionError" in result.stdout
    assert str(launcher.out / "batch_01.log") in result.stdout
    assert "Traceback" in (launcher.out / "batch_01.log").read_text()
    failures = launcher.dataset()["failures"]
    assert [(failure["index"], failure["log"]) for failure in failures] == [(1, "batch_00.log"), (3, "batch_01.log")]
    assert launcher.run("--num_images", "5", "--num_parallel", "2").returncode == 0
    assert launcher.samples() == images(range(5))


def test_a_worker_that_dies_once_is_restarted(launcher: Any) -> None:
    result = launcher.run("--num_images", "4", "--num_parallel", "1", crash={"1": 1})
    assert result.returncode == 0, result.stdout
    assert launcher.samples() == images(range(4))
    assert [index for index, _ in launcher.begun()] == [0, 1, 1, 2, 3]
    assert not list(launcher.out.glob("batch_*/.*"))


def test_an_image_that_kills_its_worker_twice_is_given_up(launcher: Any) -> None:
    result = launcher.run("--num_images", "4", "--num_parallel", "1", crash={"1": 9})
    assert result.returncode == 1
    assert [index for index, _ in launcher.begun()] == [0, 1, 1, 2, 3]
    assert set(launcher.samples()) == {0, 2, 3}
    assert not list(launcher.out.glob("batch_*/.*"))
    assert not list((launcher.out / ".work").glob("*.tmp"))
    assert "image_0001 (seed 1) failed: Blender ended twice with signal SIGKILL" in result.stdout


def test_workers_that_die_immediately_are_not_restarted_forever(launcher: Any) -> None:
    result = launcher.run("--num_images", "3", "--num_parallel", "2", crash_start=True)
    assert result.returncode == 1
    assert result.stdout.count("failed: Blender ended twice with signal SIGKILL") >= 3
    assert launcher.samples() == {}


def test_a_worker_killed_from_outside_loses_only_its_current_image(launcher: Any, wait_until: Wait) -> None:
    process = launcher.start("--num_images", "4", "--num_parallel", "1", hold=[1])
    wait_until(lambda: len(launcher.begun()) == 2)
    os.kill(launcher.begun()[-1][1], signal.SIGKILL)
    launcher.let_go()
    process.communicate(timeout=600)
    assert process.returncode == 0
    assert launcher.samples() == images(range(4))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_resumed_by_the_same_command(
    launcher: Any, wait_until: Wait, number: signal.Signals
) -> None:
    arguments = ["--num_images", "8", "--num_parallel", "2"]
    process = launcher.start(*arguments, hold=[1, 5])
    wait_until(lambda: len(launcher.begun()) == 4)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=600)
    assert process.returncode == 130, stderr
    assert "Resume with the same command" in stdout
    assert not any(alive(pid) for _, pid in launcher.begun())
    assert set(launcher.samples()) == {0, 4}
    assert launcher.run(*arguments).returncode == 0
    assert launcher.samples() == images(range(8))
    assert sorted(index for index, _ in launcher.begun()[4:]) == [1, 2, 3, 5, 6, 7]
    assert not list(launcher.out.glob("batch_*/.*"))


def test_no_worker_outlives_a_launcher_that_is_killed(launcher: Any, wait_until: Wait) -> None:
    process = launcher.start("--num_images", "40", "--num_parallel", "2", hold=[1, 21])
    wait_until(lambda: len(launcher.begun()) == 4)
    process.kill()
    process.communicate(timeout=600)
    wait_until(lambda: not any(alive(pid) for _, pid in launcher.begun()))
    assert set(launcher.samples()) == {0, 20}


def test_only_one_launcher_works_in_a_folder(launcher: Any, wait_until: Wait) -> None:
    first = launcher.start("--num_images", "3", "--num_parallel", "1", hold=[0])
    wait_until(lambda: bool(launcher.begun()))
    assert refused(launcher.run("--num_images", "3"), "Another launcher is running")
    launcher.let_go()
    first.communicate(timeout=600)
    assert first.returncode == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (["--seed", "1"], "seed = 0 (not 1)"),
        (["--set", "site.relief=0.1"], "site.relief = 0.45..0.85 (not 0.1)"),
        (["--resolution", "80x60"], "camera.width_px = 64 (not 80)"),
        (["--set", "site.season=autumn,winter"], "(not autumn,winter)"),
        (["--preset", "mixed"], "site.presets = none (not "),
    ],
)
@pytest.mark.parametrize("has_record", [True, False])
def test_samples_of_another_kind_are_not_mixed_in(
    launcher: Any, changed: list[str], words: str, has_record: bool
) -> None:
    launcher.run("--num_images", "2", "--num_parallel", "1")
    if not has_record:
        shutil.rmtree(launcher.out / ".work")
        words = words if "seed" in words else "other settings"
    before = files_in(launcher.out)
    assert refused(launcher.run("--num_images", "4", *changed), words, "contains samples made with")
    assert files_in(launcher.out) == before


def test_samples_of_another_blender_are_not_mixed_in(launcher: Any) -> None:
    launcher.run("--num_images", "1")
    assert refused(launcher.run("--num_images", "2", version="5.2.0"), "Blender 4.5.0 (not 5.2.0)")


def test_samples_made_with_a_file_that_has_changed_are_not_mixed_in(launcher: Any, tmp_path: Path) -> None:
    model = tmp_path / "land.asc"
    model.write_text("as it was")
    setting = ("--set", f"site.elevation_model={model}")
    assert launcher.run("--num_images", "1", *setting).returncode == 0
    assert launcher.run("--num_images", "2", *setting).returncode == 0
    model.write_text("other land")
    assert refused(launcher.run("--num_images", "3", *setting), "another file of site.elevation_model")


def test_a_texture_set_without_color_is_refused_before_anything_is_written(launcher: Any, tmp_path: Path) -> None:
    folder = tmp_path / "textures"
    folder.mkdir()
    (folder / "Grass1_NormalGL.png").write_bytes(b"")
    result = launcher.run("--num_images", "1", "--set", f"site.ground_images={folder}")
    assert refused(result, "the texture set Grass1 has no color map (Grass1_Color.jpg)")
    assert not launcher.out.exists()


def test_the_same_file_by_another_path_resumes(launcher: Any, tmp_path: Path) -> None:
    first, second = tmp_path / "land.asc", tmp_path / "elsewhere" / "hills.asc"
    first.write_text("as it was")
    second.parent.mkdir()
    second.write_text("as it was")
    assert launcher.run("--num_images", "1", "--set", f"site.elevation_model={first}").returncode == 0
    result = launcher.run("--num_images", "2", "--set", f"site.elevation_model={second}")
    assert result.returncode == 0
    assert "1 complete already" in result.stdout
    index = json.loads((launcher.out / "dataset.json").read_text())
    assert index["settings"]["site"]["elevation_model"] == str(second)
    (launcher.out / ".work" / "run.json").unlink()
    assert launcher.run("--num_images", "3", "--set", f"site.elevation_model={first}").returncode == 0
    assert refused(
        launcher.run("--num_images", "3", "--set", f"site.elevation_model={first}", "--set", "site.roads=false"),
        "site.roads = true (not false)",
    )


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(launcher: Any, tmp_path: Path) -> None:
    before = files_in(tmp_path)
    result = launcher.run("--dry-run", "--num_images", "5", "--num_parallel", "2", "--seed", "9", no_gpu=True)
    assert result.returncode == 0
    assert files_in(tmp_path) == before
    for words in ("5 of 64 x 48 px", "9 to 13", "image_0000 to image_0001: 2 images", "bytes per pixel", "4.5.0"):
        assert words in result.stdout
    assert "Using only the CPU for rendering" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--num_image", "3"], "--num_image is not an option; did you mean --num_images?"),
        (["--set", "site.relif=1"], "site.relif is not a setting; did you mean site.relief?"),
        (["--num_images", "many"], "num_images = many is not allowed"),
        (["--num_images", "0"], "num_images = 0 is not allowed"),
        (["--noise_threshold", "0.5"], "0.001 to 0.1"),
        (["--device", "vulkan"], "device = vulkan is not allowed"),
        (["--settings", "missing.json"], "missing.json cannot be read"),
        (["--blender", "/nowhere/blender"], "/nowhere/blender does not exist"),
        (["--blender", "/bin/true"], "/bin/true cannot run Solar Site"),
        (["--blender", "/"], "is not an executable program"),
    ],
)
def test_bad_arguments_are_refused(launcher: Any, arguments: list[str], words: str) -> None:
    assert refused(launcher.run(*arguments), words)
    assert not launcher.out.exists()


@pytest.mark.parametrize(
    ("behaviour", "words"), [("too_old", "Blender 4.2 or later"), ("no_site", "No table fits on the site.")]
)
def test_blenders_refusal_is_reported_before_anything_is_written(launcher: Any, behaviour: str, words: str) -> None:
    assert refused(launcher.run(**{behaviour: True}), words)
    assert not launcher.out.exists()


def test_an_output_folder_that_is_a_file_is_refused(launcher: Any, tmp_path: Path) -> None:
    launcher.out = tmp_path / "file"
    launcher.out.write_text("mine")
    assert refused(launcher.run(), "is a file")
    launcher.out = tmp_path / "file" / "below"
    assert refused(launcher.run(), "is a file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_output_folder_without_write_permission_is_refused(launcher: Any, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    launcher.out = tmp_path / "shut" / "out"
    assert refused(launcher.run(), "is not writable")


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
