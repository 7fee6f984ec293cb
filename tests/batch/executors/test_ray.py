# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ray executor in a cluster of three machines, which are processes here: everything is real except the images."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.control import BatchReader

cluster_utils = pytest.importorskip("ray.cluster_utils")

Wait = Callable[[Callable[[], bool]], None]
OBJECTS = 80_000_000
"""Smallest object store that Ray allows: tasks return nothing but their outcome."""
ARGUMENTS = ("--num_images", "24", "--seed", "7")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")]


class RayLauncher:
    """A launcher with a fake Blender, and a Ray cluster whose machines behave as the test wants."""

    def __init__(self, launcher: Any) -> None:
        self.local = launcher
        self.out: Path = launcher.out
        self._cluster: Any = None

    def add(
        self, name: str, temporary: Path | None = None, environment: Mapping[str, str] | None = None, **behaviour: Any
    ) -> Any:
        """Add a machine with one CPU, on which the fake Blender behaves like that; return it.

        ``temporary`` is its folder for temporary files.
        """
        behaviour.setdefault("memory", str(self.local.memory))
        environment = {"FAKE_BLENDER": json.dumps(behaviour), "MACHINE": name, **(environment or {})}
        environment |= {} if temporary is None else {"TMPDIR": str(temporary)}
        options = {"num_cpus": 1, "object_store_memory": OBJECTS, "node_name": name, "env_vars": environment}
        if self._cluster is None:
            options["include_dashboard"] = False
            self._cluster = cluster_utils.Cluster(initialize_head=True, head_node_args=options)
            return self._cluster.head_node
        return self._cluster.add_node(**options)

    def remove(self, machine: Any) -> None:
        """Kill a machine."""
        self._cluster.remove_node(machine, allow_graceful=False)

    def end(self) -> None:
        """Kill the head and all other machines; the next one that is added is the head of a new cluster."""
        self._cluster.shutdown()
        self._cluster = None

    def start(self, *arguments: str, **behaviour: Any) -> subprocess.Popen[str]:
        ray = ("--executor", "ray", "--ray_address", self._cluster.address, "--ray_cpus", "1")
        process: subprocess.Popen[str] = self.local.start(*ARGUMENTS, *ray, *arguments, **behaviour)
        return process

    def run(self, *arguments: str, **behaviour: Any) -> tuple[int, str]:
        process = self.start(*arguments, **behaviour)
        stdout, stderr = process.communicate(timeout=600)
        return process.returncode, stdout + stderr

    def close(self) -> None:
        if self._cluster is not None:
            self._cluster.shutdown()


@pytest.fixture
def ray_launcher(launcher: Any) -> Iterator[RayLauncher]:
    found = RayLauncher(launcher)
    yield found
    found.close()


def contents(out: Path) -> dict[str, bytes]:
    """Return the files of all samples by image and name, wherever their folders are."""
    return {f"{file.parent.name}/{file.name}": file.read_bytes() for file in out.glob("batch_*/image_*/*")}


def contents_by_path(out: Path) -> dict[str, bytes]:
    """Return all files of a dataset by path, but no logs and no records of runs."""
    files = (file for file in out.rglob("*") if file.is_file() and file.suffix != ".log" and ".work" not in file.parts)
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}


def dataset_files(out: Path) -> dict[str, Any]:
    """Return all files of a dataset by path, but no logs and no times."""
    found: dict[str, Any] = {**contents_by_path(out)}
    document = json.loads(found.pop("dataset.json"))
    del found["metadata.json"]  # the checksum of dataset.json, and with it the times
    return {**found, "dataset.json": {name: value for name, value in document.items() if name != "timings"}}


def test_machines_that_die_or_do_not_fit_cost_nothing(
    ray_launcher: RayLauncher, launcher: Any, wait_until: Wait, tmp_path: Path
) -> None:
    launcher.blender.write_text(
        launcher.blender.read_text().replace("exec", '[ "$MACHINE" = bare ] && exit 127\nexec', 1)
    )
    ray_launcher.add("head", hold=[23])
    dying = ray_launcher.add("dying", hold=list(range(24)), memory=str(tmp_path))
    ray_launcher.add("old", version="4.2.0")
    ray_launcher.add("bare")
    process = ray_launcher.start()
    wait_until(lambda: (tmp_path / "made").exists() or process.poll() is not None)
    ray_launcher.remove(dying)
    events = ray_launcher.out / ".work"
    wait_until(
        lambda: (
            any("left the cluster" in file.read_text() for file in events.glob("*.jsonl")) or process.poll() is not None
        )
    )
    launcher.let_go()
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, output + errors
    assert "Machine old is not used: it has Blender 4.2.0" in output
    assert "and this run needs 4.5.0" in output
    assert "Machine bare is not used:" in output
    assert "exit code 127" in output
    assert "Machine dying has left the cluster" in output
    view = BatchReader(ray_launcher.out).look()
    assert view is not None
    assert view.finished
    assert view.ended == 0
    local = launcher.start(*ARGUMENTS, "--num_parallel", "2", out=tmp_path / "local" / "dataset")
    local.communicate(timeout=600)
    assert local.returncode == 0
    assert contents(ray_launcher.out) == contents(tmp_path / "local" / "dataset")
    merged = launcher.run("--rebuild", "--into", str(tmp_path / "merged" / "dataset"), "--num_parallel", "2")
    assert merged.returncode == 0, merged.stderr
    assert dataset_files(tmp_path / "merged" / "dataset") == dataset_files(tmp_path / "local" / "dataset")


def output_while_a_machine_dies(ray_launcher: RayLauncher, url: str, own: Path, memory: Path, wait_until: Wait) -> str:
    """Return the output of a run that stores its samples under ``url`` and fails, while a machine dies.

    The machine has its temporary files in ``own`` and dies when it has made an image; ``memory`` notes that.
    """
    memory.mkdir()
    dying = ray_launcher.add("dying", own, hold=list(range(24)), memory=str(memory))
    process = ray_launcher.start("--storage", url)
    wait_until(lambda: (memory / "made").exists() or process.poll() is not None)
    ray_launcher.remove(dying)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 1, output + errors
    return output


def test_machines_without_a_shared_folder_store_their_samples_under_a_url(
    ray_launcher: RayLauncher, launcher: Any, wait_until: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"file://{tmp_path / 'store'}"
    with contextlib.ExitStack() as stack:
        own = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        for place, name in zip(own, ("head", "other"), strict=False):
            ray_launcher.add(name, place, fail={"5": "This image fails."}, segfault={"9": 1})
        output = output_while_a_machine_dies(ray_launcher, url, own[2], tmp_path / "dying", wait_until)
        assert "This image fails." in output
        assert "image_0009: Blender ended with signal SIGSEGV" in output
        assert (ray_launcher.out / "batch_02.crash.txt").read_text() == "# backtrace\n"
        log = next(ray_launcher.out.glob("batch_*/image_0009")).parent.with_suffix(".log")
        assert "image_0009: done in" in log.read_text()
        assert not [path for place in own[:2] for path in place.glob("solar_site_*/*/batch_*/image_*")]
        code, text = ray_launcher.run("--storage", url)  # fails again, and nothing else is made again
        assert code == 1, text
        monkeypatch.setattr(launcher, "out", tmp_path / "elsewhere" / "dataset")
        finished = launcher.run(*ARGUMENTS, "--storage", url, "--num_parallel", "2")
        assert finished.returncode == 0, finished.stdout + finished.stderr
    local = launcher.start(*ARGUMENTS, "--num_parallel", "2", out=tmp_path / "local" / "dataset")
    local.communicate(timeout=600)
    assert contents(launcher.out) == contents(tmp_path / "local" / "dataset")
    assert contents(tmp_path / "store") == contents(tmp_path / "local" / "dataset")
    assert (tmp_path / "store" / "dataset.json").read_bytes() == (launcher.out / "dataset.json").read_bytes()


def test_an_s3_bucket_receives_samples_from_all_machines_and_a_run_in_an_empty_folder_resumes(
    ray_launcher: RayLauncher, launcher: Any, bucket: Any, wait_until: Wait, tmp_path: Path
) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"}
    nobody["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent"
    with contextlib.ExitStack() as stack:
        own = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        ray_launcher.add("head", own[0], fail_once=[5])
        ray_launcher.add("stranger", own[1], environment=nobody)
        output = output_while_a_machine_dies(ray_launcher, bucket.url, own[2], tmp_path / "dying", wait_until)
        assert "This time it fails." in output
        assert "Machine stranger is not used: " in output
        assert "Credentials" in output
        assert bucket.stored() == contents_by_path(ray_launcher.out)
        shutil.rmtree(ray_launcher.out)
        made = len(launcher.begun())
        code, text = ray_launcher.run("--storage", bucket.url)
        assert code == 0, text
        assert [index for index, _ in launcher.begun()[made:]] == [5]
        assert not [path for place in own[:2] for path in place.glob("solar_site_*/*/batch_*/image_*")]
    local = launcher.start(*ARGUMENTS, "--num_parallel", "2", out=tmp_path / "local" / "dataset")
    local.communicate(timeout=600)
    assert contents(ray_launcher.out) == contents(tmp_path / "local" / "dataset")
    stored = bucket.stored()
    assert stored == contents_by_path(ray_launcher.out)
    assert len(json.loads(stored["dataset.json"])["samples"]) == 24


def test_an_interrupted_run_leaves_nothing_running_and_resumes_and_a_hung_process_is_replaced(
    ray_launcher: RayLauncher, launcher: Any, wait_until: Wait
) -> None:
    ray_launcher.add("head", hold=[6], sleep={"7": 1})
    process = ray_launcher.start()
    wait_until(lambda: 6 in [index for index, _ in launcher.begun()] or process.poll() is not None)
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 130, output + errors
    # A worker dies with its task, which Ray may end after the launcher.
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for _, pid in launcher.begun()))
    launcher.let_go()
    code, text = ray_launcher.run("--hang_minutes", "0.05")
    assert code == 0, text
    assert "image_0007: Blender made no progress for" in text
    assert len(launcher.samples()) == 24


def test_a_cluster_that_ends_costs_no_image_and_the_same_command_continues_on_another(
    ray_launcher: RayLauncher, launcher: Any, wait_until: Wait
) -> None:
    ray_launcher.add("head", hold=[20])
    process = ray_launcher.start()
    wait_until(lambda: 20 in [index for index, _ in launcher.begun()] or process.poll() is not None)
    made = len(launcher.samples())
    ray_launcher.end()
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 1, output + errors
    assert "The dataset could not be completed (the Ray cluster has ended" in errors
    assert " failed: " not in output
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for _, pid in launcher.begun()))
    assert len(launcher.samples()) == made
    ray_launcher.add("head")
    code, text = ray_launcher.run()
    assert code == 0, text
    assert f"{made} complete already" in text
    assert len(launcher.samples()) == 24


def test_a_cluster_that_cannot_do_the_work_is_refused(ray_launcher: RayLauncher, launcher: Any) -> None:
    ray_launcher.add("head", version="4.2.0")
    code, text = ray_launcher.run("--ray_cpus", "2")
    assert code == 2
    assert "No machine of the Ray cluster has 2 CPUs" in text
    assert not ray_launcher.out.exists()
    code, text = ray_launcher.run()
    assert code == 1
    assert "no machine of the cluster can make images of this run: it has Blender 4.2.0" in text
    assert not launcher.samples()
