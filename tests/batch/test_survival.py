# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run survives: workers that hang, a full disk, too little memory, crashes, and a folder that goes away."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.memory import available_memory, bytes_of_process
from solar_site_addon.generator.settings.schema import Settings, with_values

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")]

Wait = Callable[[Callable[[], bool]], None]
MOUNT, UNMOUNT = shutil.which("mount"), shutil.which("umount")
HANG = ("--hang_minutes", "0.3")
"""Long enough for workers that do not hang to start and to make an image on a busy machine."""


def images(numbers: Any) -> dict[int, bytes]:
    return {number: f"image of seed {number}".encode() for number in numbers}


def running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


# Hangs


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_a_worker_that_hangs_is_replaced_and_an_image_that_hangs_twice_is_set_aside(launcher: Any) -> None:
    result = launcher.run(
        *("--num_images", "6", "--num_parallel", "3", *HANG), sleep={"1": 9}, stop={"2": 1}, burn={"4": 1}
    )
    assert result.returncode == 1, result.stdout + result.stderr
    assert launcher.samples() == images([0, 2, 3, 4, 5])
    assert re.search(r"image_0001 \(seed 1\) failed: Blender twice made no progress for 0:\d\d:\d\d", result.stdout)
    for index in (2, 4):
        assert re.search(rf"image_000{index}: Blender made no progress for 0:\d\d:\d\d", result.stdout), result.stdout
    assert [index for index, _ in launcher.begun()].count(1) == 2
    assert not any(running(pid) for _, pid in launcher.begun())
    (failure,) = launcher.dataset()["failures"]
    assert failure["index"] == 1
    assert "image_0001: started" in failure["output"][-1]


def test_slow_images_are_not_taken_for_hanging_ones(launcher: Any) -> None:
    result = launcher.run("--num_images", "3", "--num_parallel", "1", "--hang_minutes", "10", seconds=1)
    assert result.returncode == 0
    assert "no progress" not in result.stdout


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a file system of 24 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if MOUNT is None or UNMOUNT is None or os.geteuid() != 0:
        pytest.skip("only the superuser may mount a file system")
    mounted = subprocess.run([MOUNT, "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=False)
    if mounted.returncode != 0:
        pytest.skip("a tmpfs cannot be mounted here")
    yield disk
    subprocess.run([UNMOUNT, "-l", str(disk)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Fill a disk up to ``leave`` bytes and return the file that does."""
    file = disk / "filling"
    file.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - leave)))
    return file


def test_a_run_waits_for_room_on_a_full_disk_and_goes_on_by_itself(
    launcher: Any, small_disk: Path, wait_until: Wait
) -> None:
    launcher.out = small_disk / "out"
    process = launcher.start("--num_images", "8", "--num_parallel", "2", bytes=1_000_000, hold=[1, 5])
    wait_until(lambda: len(launcher.begun()) == 4)
    filling = fill(small_disk, leave=100_000)
    launcher.let_go()
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if "Paused: " in line:
            break
    assert f"{launcher.out} has " in lines[-1]
    assert "and the next images need 3.58 MB while they are made" in lines[-1]
    begun = len(launcher.begun())
    assert process.poll() is None
    filling.unlink()
    stdout, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stdout + stderr
    assert "Space is available again: the run continues" in stdout
    assert "failed" not in stdout
    assert launcher.samples().keys() == set(range(8))
    assert len(launcher.begun()) > begun
    assert sum("Paused: " in line for line in [*lines, *stdout.splitlines()]) == 1


def test_a_disk_that_fills_while_an_image_is_written_does_not_fail_it(
    launcher: Any, small_disk: Path, wait_until: Wait
) -> None:
    launcher.out = small_disk / "out"
    process = launcher.start("--num_images", "2", "--num_parallel", "1", bytes=3_000_000, hold=[0])
    wait_until(lambda: bool(launcher.begun()))
    filling = fill(small_disk, leave=4_000_000)  # more than the launcher asks for, less than the image
    launcher.let_go()
    first = next(line for line in process.stdout if "Paused: " in line)
    assert f"the system refuses to write more into {launcher.out}" in first
    filling.unlink()
    stdout, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stdout + stderr
    assert "failed" not in stdout
    assert launcher.samples().keys() == {0, 1}


def test_a_disk_that_stays_full_ends_the_run_clearly_and_resumable(launcher: Any, small_disk: Path) -> None:
    launcher.out = small_disk / "out"
    assert launcher.run("--num_images", "1", "--num_parallel", "1").returncode == 0
    filling = fill(small_disk, leave=500_000)
    arguments = ("--num_images", "3", "--num_parallel", "2")
    result = launcher.run(*arguments, "--storage_wait_minutes", "0.05")
    assert result.returncode == 1
    assert result.stderr.startswith("The dataset could not be completed (")
    for words in (f"{launcher.out} has 4", "and the next images need 3.58 MB", "no image could be made for 0:00:03"):
        assert words in result.stderr, result.stderr
    assert result.stderr.count("\n") == 1
    filling.unlink()
    assert launcher.run(*arguments).returncode == 0
    assert launcher.samples().keys() == {0, 1, 2}


def test_the_in_process_executor_waits_too(launcher: Any, small_disk: Path, wait_until: Wait) -> None:
    from tests.batch.executors.test_executors import start

    launcher.out = small_disk / "out"
    filling = fill(small_disk, leave=800_000)
    process = start(launcher, "in_process", "--num_images", "2", "--num_parallel", "1", "--resolution", "64x48")
    assert "Paused: " in next(line for line in process.stdout if "Paused" in line)
    filling.unlink()
    stdout, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stdout + stderr
    assert launcher.samples().keys() == {0, 1}


def test_a_read_only_file_system_is_refused_before_anything_starts(launcher: Any, small_disk: Path) -> None:
    launcher.out = small_disk / "out"
    subprocess.run([MOUNT, "-o", "remount,ro", str(small_disk)], check=True)
    result = launcher.run("--num_images", "1")
    assert result.returncode == 2
    assert result.stderr == f"{small_disk} is not writable: choose another folder for the dataset.\n"


def test_a_folder_removed_during_the_run_ends_it_at_once(launcher: Any, wait_until: Wait) -> None:
    process = launcher.start("--num_images", "40", "--num_parallel", "2", hold=[3, 23])
    wait_until(lambda: {3, 23} <= {index for index, _ in launcher.begun()})
    shutil.rmtree(launcher.out)
    _, stderr = process.communicate(timeout=600)
    assert process.returncode == 1
    assert stderr.strip() == (
        f"The dataset could not be completed ({launcher.out} was removed during the run). To continue, run the same "
        "command again."
    )
    assert not any(running(pid) for _, pid in launcher.begun())


# Memory


def test_a_worker_ended_by_the_system_lowers_the_number_of_processes(launcher: Any) -> None:
    result = launcher.run("--num_images", "6", "--num_parallel", "3", crash={"0": 1})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Blender ended with signal SIGKILL, probably because memory ran out: from now on, at most 2" in result.stdout
    assert launcher.samples() == images(range(6))


@pytest.mark.parametrize(
    ("behaviour", "how"),
    [
        ({"exit": {"0": [137]}}, "exit code 137"),
        ({"no_memory": {"0": 1}}, "too little memory"),
        ({"no_gpu_memory": {"0": 1}}, "too little memory"),
    ],
)
def test_every_sign_of_missing_memory_counts(launcher: Any, behaviour: dict[str, Any], how: str) -> None:
    result = launcher.run("--num_images", "4", "--num_parallel", "2", **behaviour)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"Blender ended with {how}, probably because memory ran out: from now on, at most 1" in result.stdout


def test_an_image_that_needs_too_much_memory_even_alone_is_set_aside(launcher: Any) -> None:
    result = launcher.run("--num_images", "4", "--num_parallel", "2", no_memory={"1": 9})
    assert result.returncode == 1
    assert launcher.samples() == images([0, 2, 3])
    expected = "image_0001 (seed 1) failed: Blender ended twice with too little memory while rendering this image"
    assert expected in result.stdout


def limited(megabytes: int) -> Callable[[], None]:
    resource = pytest.importorskip("resource")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, megabytes * 1_000_000))

    return limit


def test_a_probe_without_memory_is_named_as_such(launcher: Any) -> None:
    result = launcher.run("--num_images", "1", limit=limited(1500), allocate_start=2000)
    assert result.returncode == 2
    assert "got too little memory to check whether it can run Solar Site" in result.stderr
    assert result.stderr.count("\n") == 1


def test_images_that_exceed_a_memory_limit_say_so(launcher: Any) -> None:
    result = launcher.run("--num_images", "2", "--num_parallel", "1", limit=limited(1500), allocate=2000)
    assert result.returncode == 1
    failed = "failed: Blender ended twice with too little memory while rendering this image"
    assert [f"image_000{index} (seed {index}) {failed}" in result.stdout for index in (0, 1)] == [True, True]


def square(side: int) -> Settings:
    return with_values(Settings(), {"camera.width_px": side, "camera.height_px": side})


def test_a_process_is_admitted_once_measured_use_leaves_room(launcher: Any) -> None:
    available = available_memory()
    needs = {side: bytes_of_process(square(side), "INTEL") for side in range(512, 16384, 256)}
    if available is None or not needs[512] / 0.7 < available < max(needs.values()) / 0.6:
        pytest.skip("only with this much memory is there a size of which one process fits and two do not")
    side = max(side for side, need in needs.items() if need <= 0.7 * available)
    size = ("--resolution", f"{side}x{side}")
    process = launcher.start("--num_images", "4", "--num_parallel", "2", *size, hold=[0])
    note = next(line for line in process.stdout if "batch_01  Memory" in line)
    assert "Memory does not leave room for another process yet: 1 of 2 run" in note
    assert [index for index, _ in launcher.begun()] in ([], [0])
    launcher.let_go()
    stdout, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stdout + stderr
    assert launcher.samples() == images(range(4))


# Crashes


def test_the_log_and_the_crash_report_are_named_with_the_failure(launcher: Any) -> None:
    result = launcher.run("--num_images", "2", "--num_parallel", "1", segfault={"1": 9})
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("image_0001 (seed 1) failed: ")]
    assert "Blender ended twice with signal SIGSEGV while rendering this image" in lines[place]
    report = launcher.out / "batch_00.crash.txt"
    assert lines[place + 1] == f"    crash report: {report}"
    assert "    log: line of the log before the crash" in lines[place + 2 :]
    assert report.read_text() == "# backtrace\n"
    (failure,) = launcher.dataset()["failures"]
    assert failure["crash_report"] == report.name
    assert "line of the log before the crash" in failure["output"]
    assert launcher.run("--num_images", "2", "--num_parallel", "1").returncode == 0


def test_failed_images_are_tried_again_at_the_end_if_asked_for(launcher: Any) -> None:
    arguments = ("--num_images", "6", "--num_parallel", "2", "--retry_failed")
    result = launcher.run(*arguments, segfault={"1": 2}, fail_once=[3])
    assert result.returncode == 0, result.stdout + result.stderr
    assert launcher.samples() == images(range(6))
    order = [index for index, _ in launcher.begun()]
    assert sorted(order[-2:]) == [1, 3]
    assert launcher.dataset()["failures"] == []


def test_a_retry_that_fails_again_ends(launcher: Any) -> None:
    result = launcher.run("--num_images", "3", "--num_parallel", "1", "--retry_failed", segfault={"1": 9})
    assert result.returncode == 1
    assert [index for index, _ in launcher.begun()].count(1) == 3
    assert launcher.samples() == images([0, 2])


def test_the_in_process_executor_retries_too(launcher: Any) -> None:
    from tests.batch.executors.test_executors import carry_out

    result = carry_out(
        launcher, "in_process", "--num_images", "3", "--num_parallel", "1", "--retry_failed", fail_once=[1]
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert launcher.samples() == images(range(3))


def test_after_ctrl_c_the_last_line_says_how_to_go_on(launcher: Any, wait_until: Wait) -> None:
    process = launcher.start("--num_images", "2", "--num_parallel", "1", hold=[1])
    wait_until(lambda: len(launcher.begun()) == 2)
    process.terminate()
    stdout, _ = process.communicate(timeout=600)
    assert process.returncode == 130
    last = stdout.splitlines()[-1]
    assert "Resume with the same command; --rebuild indexes what is there." in last
