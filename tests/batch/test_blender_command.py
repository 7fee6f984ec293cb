# SPDX-License-Identifier: GPL-3.0-or-later
"""Selection of the Blender, worker commands and thread counts."""

from __future__ import annotations

import errno
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch import blender_command, dataset_folder
from solar_site_addon.batch.blender_command import BlenderCommand, find_blender
from solar_site_addon.batch.dataset_folder import check_output
from solar_site_addon.batch.processes import WorkerProcess, available_cores, exit_in_words, split_cores
from solar_site_addon.generator.domain.errors import SolarSiteError


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "blender"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def without_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blender_command.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(blender_command, "MAC_APPLICATION", Path("/nowhere"))


def test_the_requested_blender_wins(program: Path) -> None:
    found = find_blender(str(program), running_in="/other", environment={"BLENDER": "/third"})
    assert found == BlenderCommand(str(program), is_wheel=False)


def test_inside_a_blender_workers_use_that_blender() -> None:
    found = find_blender(None, running_in="/usr/bin/blender", environment={"BLENDER": "/x"})
    assert found == BlenderCommand("/usr/bin/blender", is_wheel=False)


def test_the_environment_variable_comes_before_the_wheel(program: Path) -> None:
    assert find_blender(None, environment={"BLENDER": str(program)}).program == str(program)
    with pytest.raises(SolarSiteError, match="environment variable BLENDER = /nowhere does not exist"):
        find_blender(None, environment={"BLENDER": "/nowhere"})


def test_the_wheel_of_this_python_comes_before_the_path(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    monkeypatch.setattr(blender_command.importlib.util, "find_spec", lambda name: object() if name == "bpy" else None)
    found = find_blender(None, environment={"PATH": str(program.parent)})
    assert found == BlenderCommand(sys.executable, is_wheel=True)


def test_blender_is_found_on_the_path(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    without_wheel(monkeypatch)
    assert find_blender(None, environment={"PATH": str(program.parent)}).program == str(program)


def test_without_any_blender_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_wheel(monkeypatch)
    with pytest.raises(SolarSiteError, match=r"--blender PATH .* BLENDER, or install the bpy wheel"):
        find_blender(None, environment={"PATH": str(tmp_path)})


def test_a_mac_application_stands_for_the_program_in_it(tmp_path: Path) -> None:
    program = tmp_path / "Blender.app" / "Contents" / "MacOS" / "Blender"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_blender(str(tmp_path / "Blender.app")).program == str(program)


def test_only_the_beginning_of_the_command_differs_between_blender_and_wheel() -> None:
    arguments = ["--unit", "unit.json"]
    blender = BlenderCommand("/b", is_wheel=False).worker(arguments, threads=3)
    wheel = BlenderCommand("/python", is_wheel=True).worker(arguments, threads=3)
    assert blender.index("--python-exit-code") < blender.index("-P")
    assert blender[blender.index("-t") + 1] == "3"
    assert wheel[0] == "/python"
    assert blender[blender.index("-P") + 1 :] == wheel[1:]


@given(st.integers(1, 256), st.integers(1, 256))
def test_processes_share_the_cores(cores: int, processes: int) -> None:
    numbers = range(10, 10 + cores)
    shares = split_cores(numbers, processes)
    sizes = [len(share) for share in shares]
    assert len(shares) == processes
    assert sum(sizes) == max(cores, processes)
    assert max(sizes) - min(sizes) <= 1
    assert {core for share in shares for core in share} == set(numbers[: sum(sizes)])


def test_a_restricted_affinity_is_respected() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no affinity")
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert available_cores() == 1
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity")
def test_a_worker_keeps_to_its_cores_and_so_do_its_threads(tmp_path: Path) -> None:
    core = max(os.sched_getaffinity(0))
    # The worker waits for the end of its input, then prints its affinity from a thread.
    look = "threading.Thread(target=lambda: print(os.sched_getaffinity(0))).start()"
    script = f"import os, sys, threading; sys.stdin.read(); {look}"
    worker = WorkerProcess.start([sys.executable, "-c", script], tmp_path / "log", tmp_path / "temporary", [core])
    worker.end()
    assert (tmp_path / "log").read_text() == f"{{{core}}}\n"


def test_exit_codes_in_words() -> None:
    assert (str(exit_in_words(1)), str(exit_in_words(-9))) == ("exit code 1", "signal SIGKILL")


def test_a_folder_that_cannot_be_written_to_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    check_output(tmp_path / "new" / "below")
    monkeypatch.setattr(dataset_folder.os, "access", lambda *_: False)
    with pytest.raises(SolarSiteError, match=f"{tmp_path} is not writable"):
        check_output(tmp_path / "new" / "below")


def test_a_folder_whose_parent_cannot_be_examined_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def look(_: Path) -> bool:
        raise OSError(errno.ENAMETOOLONG, "File name too long")

    monkeypatch.setattr(dataset_folder.Path, "exists", look)
    with pytest.raises(SolarSiteError, match=r"cannot be created \(File name too long\)"):
        check_output(tmp_path / ("x" * 300))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about the C library of Linux")
def test_a_worker_gives_freed_memory_back_to_the_system(tmp_path: Path) -> None:
    script = (
        "import pathlib, re\n"
        "del_first = bytearray(30 << 20); del del_first  # from here on, the C library would keep up to 30 MB\n"
        "arrays = [bytearray(4 << 20) for _ in range(50)]\n"
        "small = [bytes(200) for _ in range(1000)]  # above the arrays\n"
        "del arrays\n"
        "print(re.search(r'VmRSS:\\s*(\\d+)', pathlib.Path('/proc/self/status').read_text())[1], flush=True)\n"
    )
    worker = WorkerProcess.start([sys.executable, "-c", script], tmp_path / "log", tmp_path / "temporary")
    while worker.exit_code() is None:
        time.sleep(0.02)
    worker.end()
    assert int((tmp_path / "log").read_text()) < 100_000


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such signal")
@pytest.mark.parametrize("own_group", [True, False])
def test_a_worker_that_cannot_react_dies_with_its_starter(
    tmp_path: Path, own_group: bool, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    stopped = (
        "import os, signal; from solar_site_addon.batch.processes import die_with_parent; die_with_parent(); "
        "print(os.getpid(), os.getpgid(0), flush=True); os.kill(os.getpid(), signal.SIGSTOP)"
    )
    starter = (
        "import sys, time; from pathlib import Path; from solar_site_addon.batch.processes import WorkerProcess; "
        f"WorkerProcess.start([sys.executable, '-c', {stopped!r}], Path('log'), Path('tmp'), own_group={own_group}); "
        "time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    parent = subprocess.Popen([sys.executable, "-c", starter], cwd=tmp_path, env=environment)
    wait_until(lambda: (tmp_path / "log").exists() and (tmp_path / "log").read_text().endswith("\n"))
    pid, group = map(int, (tmp_path / "log").read_text().split())
    assert (group == pid) == own_group
    parent.kill()
    parent.wait()
    wait_until(lambda: not Path(f"/proc/{pid}").exists() or "(zombie)" in Path(f"/proc/{pid}/status").read_text())
