# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples for clusters: their scripts make every image once, as the schedulers would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SLURM = ROOT / "examples" / "slurm"
KUBERNETES = ROOT / "examples" / "kubernetes"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the scripts are those of a POSIX shell")]


def environment(tmp_path: Path, **variables: str) -> dict[str, str]:
    """Return the environment of a job with the fake Blender of tests/batch."""
    blender, memory = tmp_path / "blender", tmp_path / "memory"
    memory.mkdir(exist_ok=True)
    blender.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "tests/batch/fake_blender.py"}" "$@"\n')
    blender.chmod(0o755)
    python = tmp_path / "bin"
    python.mkdir(exist_ok=True)
    if not (python / "python3").exists():
        (python / "python3").symlink_to(sys.executable)
    behaviour = {"memory": str(memory)}
    return {
        **os.environ,
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
        "FAKE_BLENDER": json.dumps(behaviour),
        **variables,
    }


def run(command: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False
    )


def directives(script: Path) -> dict[str, str]:
    return dict(re.findall(r"^#SBATCH --([\w-]+)=(\S+)$", script.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_tasks_of_the_slurm_array_make_one_dataset(tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    first, last = map(int, directives(SLURM / "dataset.sbatch")["array"].split("-"))
    flags = ["--blender", str(tmp_path / "blender"), "--resolution", "64x48"]
    for task in range(first, last + 1):
        variables = {
            "SLURM_SUBMIT_DIR": str(ROOT),
            "SLURM_ARRAY_TASK_ID": str(task),
            "IMAGES": "6",
            "PROCESSES": "1",
            "OUT": str(out),
        }
        job = run([str(SLURM / "dataset.sbatch"), *flags], tmp_path, environment(tmp_path, **variables))
        assert job.returncode == 0, job.stderr
        assert f"Shard {task}/4 has ended" in job.stdout
    made = (tmp_path / "memory" / "made").read_text().splitlines()
    assert sorted(int(line.split()[0]) for line in made) == list(range(6))
    variables = {"SLURM_SUBMIT_DIR": str(ROOT), "OUT": str(out), "PYTHON": sys.executable}
    index = run([str(SLURM / "index.sbatch")], tmp_path, environment(tmp_path, **variables))
    assert index.returncode == 0, index.stderr
    assert [sample["index"] for sample in json.loads((out / "dataset.json").read_text())["samples"]] == list(range(6))


def test_the_slurm_scripts_say_what_slurm_understands() -> None:
    known = {"job-name", "array", "cpus-per-task", "mem", "time", "output", "signal", "gres"}
    for script in SLURM.glob("*.sbatch"):
        assert directives(script).keys() <= known
        lines = script.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "#!/bin/sh"
        commands = [place for place, line in enumerate(lines) if line and not line.startswith("#")]
        assert all(place < commands[0] for place, line in enumerate(lines) if line.startswith("#SBATCH"))
        if shutil.which("shellcheck"):
            assert run(["shellcheck", str(script)], ROOT, dict(os.environ)).returncode == 0
    script = (SLURM / "dataset.sbatch").read_text(encoding="utf-8")
    shards = re.search(r"SHARDS:-(\d+)", script)
    assert shards is not None
    assert directives(SLURM / "dataset.sbatch")["array"] == f"0-{int(shards[1]) - 1}"


def command_of(job: dict[str, Any]) -> list[str]:
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return [*container["command"], *container["args"]]


def test_the_pods_of_the_kubernetes_job_make_one_dataset(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    job, index = (
        yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8")) for name in ("dataset.yaml", "index.yaml")
    )
    spec = job["spec"]
    assert (job["apiVersion"], job["kind"], spec["completionMode"]) == ("batch/v1", "Job", "Indexed")
    assert spec["completions"] == spec["parallelism"] == 4
    mounted = spec["template"]["spec"]["containers"][0]["volumeMounts"][0]["mountPath"]
    small = f"{tmp_path} --resolution 64x48 --blender {tmp_path / 'blender'}"

    def in_pod(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
        here = [part.replace(f"{mounted}/dataset", f"{tmp_path}/dataset").replace(" 1000 ", " 6 ") for part in command]
        here[-1] += small.removeprefix(str(tmp_path)) if "--shard" in here[-1] else ""
        return run(here, ROOT, environment(tmp_path, **variables))

    for pod in range(spec["completions"]):
        result = in_pod(command_of(job), JOB_COMPLETION_INDEX=str(pod))
        assert result.returncode == 0, result.stderr
    assert in_pod(command_of(index)).returncode == 0
    samples = json.loads((tmp_path / "dataset" / "dataset.json").read_text())["samples"]
    assert [sample["index"] for sample in samples] == list(range(6))
