# SPDX-License-Identifier: GPL-3.0-or-later
"""Executors: all of them make the same dataset, and a new one is one new file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.blender_command import BlenderCommand
from solar_site_addon.batch.command_line import Request
from solar_site_addon.batch.executor_choice import LOCAL
from solar_site_addon.batch.executors.local import LocalExecutor
from solar_site_addon.batch.executors.registry import executor_names, load_executor
from solar_site_addon.generator.domain.errors import SettingsError

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
COMMAND = BlenderCommand("/opt/blender", is_wheel=False)

RUN = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/batch"]
from solar_site_addon.batch import launcher
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.generator.domain.errors import SolarSiteError
if sys.argv[2] == "in_process":
    import fake_blender
    fake_blender.install_fakes(SolarSiteError)
request = launcher.parse([*sys.argv[3:], "--executor", sys.argv[2]])
with Interruption() as interruption:
    plan = launcher.plan_run(request, None, interruption)
    print("\\n".join(launcher.describe(plan)))
    sys.exit(launcher.carry_out(plan, interruption))
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")


def carry_out(
    launcher: Any, executor: str, *arguments: str, root: Path = ROOT, **behaviour: Any
) -> subprocess.CompletedProcess[str]:
    """Run a batch with the executor of that name."""
    process = start(launcher, executor, *arguments, root=root, **behaviour)
    stdout, stderr = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def start(launcher: Any, executor: str, *arguments: str, root: Path = ROOT, **behaviour: Any) -> subprocess.Popen[str]:
    """Start a batch with the executor of that name."""
    behaviour = {"memory": str(launcher.memory), **behaviour}
    line = [str(launcher.out), "--blender", str(launcher.blender), *arguments]
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(root), executor, *line],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "FAKE_BLENDER": json.dumps(behaviour)},
    )


def without_times(dataset: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in dataset.items() if name != "timings"}


def test_the_registry_lists_the_files_of_its_folder() -> None:
    assert executor_names() == ["in_process", "local", "ray"]
    assert isinstance(load_executor(LOCAL, Request(Path()), COMMAND), LocalExecutor)
    with pytest.raises(SettingsError, match="executor = slurm is not allowed: it must be in_process, local, ray"):
        load_executor("slurm", Request(Path()), COMMAND)


def test_both_make_the_same_dataset_and_write_logs_to_the_documented_place(launcher: Any) -> None:
    found = []
    for executor in ("local", "in_process"):
        result = carry_out(launcher, executor, "--num_images", "3", "--num_parallel", "2", "--seed", "7")
        assert result.returncode == 0, result.stderr
        assert "image_0002: done" in (launcher.out / "batch_01.log").read_text()
        found.append((launcher.samples(), without_times(launcher.dataset())))
        assert not list((launcher.out / ".work").glob("*.tmp"))
        shutil.rmtree(launcher.out)
    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["local", "in_process"])
def test_a_failed_image_does_not_stop_others_and_the_same_command_resumes(launcher: Any, executor: str) -> None:
    arguments = ("--num_images", "3", "--num_parallel", "1")
    result = carry_out(launcher, executor, *arguments, fail={"1": "No table fits."})
    assert result.returncode == 1, result.stderr
    assert set(launcher.samples()) == {0, 2}
    assert "image_0001 (seed 1) failed: No table fits." in result.stdout
    assert carry_out(launcher, executor, *arguments).returncode == 0
    assert [index for index, _ in launcher.begun()] == [0, 1, 2, 1]


@pytest.mark.slow
def test_another_executor_finishes_what_a_killed_one_left(launcher: Any) -> None:
    arguments = ("--num_images", "4", "--num_parallel", "1")
    killed = carry_out(launcher, "in_process", *arguments, crash={"2": 1})
    assert killed.returncode == -9
    assert set(launcher.samples()) == {0, 1}
    result = carry_out(launcher, "local", *arguments)
    assert result.returncode == 0, result.stderr
    assert set(launcher.samples()) == {0, 1, 2, 3}
    assert [index for index, _ in launcher.begun()] == [0, 1, 2, 2, 3]


@pytest.mark.slow
def test_a_new_executor_is_one_new_file(launcher: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "solar_site_addon", copy / "solar_site_addon", ignore=shutil.ignore_patterns("*.pyc.*"))
    (copy / "tests" / "batch").mkdir(parents=True)
    fake = shutil.copy(HERE.parent / "fake_blender.py", copy / "tests" / "batch")
    launcher.blender.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake}" "$@"\n')
    shutil.copy(HERE / "thread_executor.py", copy / "solar_site_addon" / "batch" / "executors" / "threads.py")
    arguments = ("--num_images", "4", "--num_parallel", "2")
    result = carry_out(launcher, "threads", *arguments, root=copy, crash={"1": 9}, fail={"2": "No table fits."})
    assert result.returncode == 1, result.stdout + result.stderr
    assert "2 work units on a pool of threads" in result.stdout
    assert "image_0000 to image_0001: 2 images, a thread" in result.stdout
    assert set(launcher.samples()) == {0, 3}
    assert "image_0001 (seed 1) failed: Blender ended twice with signal SIGKILL" in result.stdout
    again = carry_out(launcher, "threads", *arguments, root=copy)
    assert again.returncode == 0, again.stdout + again.stderr
    assert set(launcher.samples()) == {0, 1, 2, 3}
