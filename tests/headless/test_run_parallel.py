# SPDX-License-Identifier: GPL-3.0-or-later
"""headless/run_parallel.sh: the program it selects, the arguments it passes, and its output."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "headless" / "run_parallel.sh"
FAKE_BLENDER = ROOT / "tests" / "batch" / "fake_blender.py"
QUICK = ["--resolution", "160x120", "--max_samples", "1", "--no_use_gpu", "--set", "site.size_m=120"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script")


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def recorder(path: Path) -> Path:
    """Write a program that prints its path and arguments, one per line, and always succeeds."""
    return executable(path, 'printf "%s\\n" "$0" "$@"')


def run(
    *arguments: str, script: Path = SCRIPT, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "BLENDER"}
    return subprocess.run(
        [str(script), *arguments],
        cwd=cwd,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture
def printing_blender(tmp_path: Path) -> str:
    """Return a fake Blender that prints how it was started."""
    return str(recorder(tmp_path / "a Blender"))


@pytest.fixture
def bare(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the script without .venv, with only the programs that a test provides."""
    headless = tmp_path / "project" / "headless"
    headless.mkdir(parents=True)
    shutil.copy(SCRIPT, headless)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("cat", "dirname", "sh"):
        (tools / tool).symlink_to(str(shutil.which(tool)))

    def start(*arguments: str, path: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        search = f"{path}:{tools}" if path else str(tools)
        home = {"HOME": str(tmp_path / "home"), "PATH": search}
        return run(*arguments, script=headless / SCRIPT.name, **{**home, **environment})

    return start


def after_double_dash(result: subprocess.CompletedProcess[str]) -> list[str]:
    lines = result.stdout.splitlines()
    return lines[lines.index("--") + 1 :]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["output/parallel_dataset", "--num_parallel", "4", "--num_images", "100"]),
        (["2"], ["output/parallel_dataset", "--num_parallel", "2", "--num_images", "100"]),
        (["2", "100", "output/dataset"], ["output/dataset", "--num_parallel", "2", "--num_images", "100"]),
        (["--seed", "7"], ["output/parallel_dataset", "--num_parallel", "4", "--num_images", "100", "--seed", "7"]),
        (
            ["2", "8", "my data", "--use_clusters", "--set", "site.relief=0.4"],
            ["my data", "--num_parallel", "2", "--num_images", "8", "--use_clusters", "--set", "site.relief=0.4"],
        ),
    ],
)
def test_three_optional_arguments_are_followed_by_options(
    arguments: list[str], expected: list[str], printing_blender: str
) -> None:
    assert after_double_dash(run(*arguments, BLENDER=printing_blender)) == expected


@pytest.mark.parametrize("shell", ["sh", "dash", "bash", "bash --posix", "ksh", "zsh"])
def test_it_runs_in_every_shell(shell: str, printing_blender: str) -> None:
    """On a Mac, sh is bash 3.2 in POSIX mode, which understands everything that dash does."""
    program, *options = shell.split()
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    result = subprocess.run(
        [program, *options, str(SCRIPT), "2", "8", "my data", "--use_clusters"],
        env={**os.environ, "BLENDER": printing_blender},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.stderr == ""
    assert after_double_dash(result) == ["my data", "--num_parallel", "2", "--num_images", "8", "--use_clusters"]


def test_a_blender_is_started_so_that_a_broken_script_gives_an_error(printing_blender: str) -> None:
    started = run(BLENDER=printing_blender).stdout.splitlines()
    assert started[:7] == [
        printing_blender,
        *("-b", "--factory-startup", "--python-exit-code", "1", "-P"),
        str(SCRIPT.with_name("batch.py")),
    ]


def test_the_exit_code_is_that_of_the_run(tmp_path: Path) -> None:
    blender = executable(tmp_path / "blender", "exit 130")
    assert run(BLENDER=str(blender)).returncode == 130


def test_the_environment_variable_may_name_a_mac_application(tmp_path: Path) -> None:
    inside = recorder(tmp_path / "Blender.app" / "Contents" / "MacOS" / "Blender")
    assert run(BLENDER=str(tmp_path / "Blender.app")).stdout.splitlines()[0] == str(inside)


def test_programs_are_found_in_the_documented_order(
    bare: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    def first_line(**environment: str) -> str:
        return bare(path=str(tmp_path / "bin"), **environment).stdout.splitlines()[0]

    nothing = bare()
    assert nothing.returncode == 2
    assert nothing.stderr.startswith("No Blender was found: ")
    assert nothing.stderr.count("\n") == 1
    application = recorder(tmp_path / "home" / "Applications" / "Blender.app" / "Contents" / "MacOS" / "Blender")
    assert first_line() == str(application)
    on_path = recorder(tmp_path / "bin" / "blender")
    assert first_line() == str(on_path)
    # A program that always succeeds looks like a Python with the wheel.
    in_project = recorder(tmp_path / "project" / ".venv" / "bin" / "python")
    assert Path(first_line()).resolve() == in_project
    python = recorder(tmp_path / "bin" / "python3")
    assert first_line() == str(python)
    named = recorder(tmp_path / "named")
    assert first_line(BLENDER=str(named)) == str(named)


def test_a_python_without_the_wheel_is_skipped(
    bare: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    executable(tmp_path / "bin" / "python3", "exit 1")
    blender = recorder(tmp_path / "bin" / "blender")
    assert bare(path=str(tmp_path / "bin")).stdout.splitlines()[0] == str(blender)


def test_a_missing_blender_gives_one_sentence(tmp_path: Path) -> None:
    result = run(BLENDER=str(tmp_path / "gone"))
    assert result.returncode == 2
    assert result.stderr == (f"The environment variable BLENDER = {tmp_path / 'gone'} is not an executable program.\n")


def test_help_names_the_defaults_and_the_four_commands(root: Path) -> None:
    result = run("--help")
    assert result.returncode == 0
    for words in ("(4)", "(100)", "(output/parallel_dataset)", "4 1000 output/thousand --shard 3/4"):
        assert words in result.stdout


@pytest.fixture
def with_fake_blender(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the script with this Python as the launcher and a Blender that makes samples without images."""
    tools = tmp_path / "tools"
    # It looks like a Python with the wheel, but its launcher uses the Blender of --blender.
    executable(tools / "python3", f'case $1 in -c) exit 0 ;; esac\nexec "{sys.executable}" "$@"')
    fake = executable(tmp_path / "fake", f'exec "{sys.executable}" "{FAKE_BLENDER}" "$@"')

    def start(*arguments: str, cwd: Path | None = None, **behaviour: object) -> subprocess.CompletedProcess[str]:
        behaviour = {"memory": str(tmp_path), **behaviour}
        path = f"{tools}:{os.environ['PATH']}"
        return run(*arguments, "--blender", str(fake), cwd=cwd, PATH=path, FAKE_BLENDER=json.dumps(behaviour))

    return start


def test_it_makes_a_folder_and_a_log_for_each_process_wherever_it_is_started(
    with_fake_blender: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    here = tmp_path / "some folder"
    here.mkdir()
    result = with_fake_blender("3", "7", "output/my dataset", cwd=here)
    assert result.returncode == 0, result.stdout + result.stderr
    out = here / "output" / "my dataset"
    assert {path.name for path in out.iterdir() if not path.name.startswith(".")} == {
        *("batch_00", "batch_01", "batch_02", "batch_00.log", "batch_01.log", "batch_02.log"),
        *("dataset.json", "annotations", "README.md", "metadata.json"),
    }
    assert sorted(path.name for path in out.glob("batch_*/*")) == [f"image_{index:04d}" for index in range(7)]
    assert "7 of 7 images are complete" in result.stdout


@pytest.mark.slow
def test_a_failed_image_gives_exit_code_1_and_its_name(
    with_fake_blender: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    result = with_fake_blender("2", "4", str(tmp_path / "out"), fail={"2": "No table fits."})
    assert result.returncode == 1
    assert "image_0002 (seed 2) failed: No table fits." in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["output/dataset", "2", "100"], "num_parallel = output/dataset is not allowed"),
        (
            ["257"],
            "num_parallel = 257 is not allowed: it must be an integer from 1 to 256, or 0 or auto for the number",
        ),
        (["2", "-5"], "-5 is not an option"),
        (["2", "8", "out", "more"], "more is one argument too many"),
        (["2", "8", "out", "--max_sample", "3"], "did you mean --max_samples?"),
    ],
)
def test_errors_are_one_sentence_before_anything_is_written(
    with_fake_blender: Callable[..., subprocess.CompletedProcess[str]],
    arguments: list[str],
    words: str,
    tmp_path: Path,
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    result = with_fake_blender(*arguments, cwd=here)
    assert result.returncode == 2, result.stdout
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(here.iterdir()) == []


@pytest.mark.slow
def test_the_commands_of_the_help_make_a_thousand_images_together(
    with_fake_blender: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    commands = re.findall(r"^ *run_parallel\.sh (4 1000 .*)$", run("--help").stdout, re.MULTILINE)
    planned = []
    for command in commands:
        result = with_fake_blender(*command.split(), "--dry_run", cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        planned += re.findall(r"^Images +1000 of .* px, (\d+) of them in shard (\d/\d);", result.stdout, re.MULTILINE)
    assert planned == [("250", f"{number}/4") for number in range(4)]


@pytest.mark.bpy
def test_the_second_command_continues_where_the_first_ends(tmp_path: Path) -> None:
    """Check that the first image of --seed 1 is the second image of --seed 0."""
    python = tmp_path / "bin"
    executable(python / "python3", f'exec "{sys.executable}" "$@"')
    path = f"{python}:{os.environ['PATH']}"
    for arguments in (["2", "2", "all"], ["1", "1", "part_1", "--seed", "1"]):
        result = run(*arguments, *QUICK, cwd=tmp_path, PATH=path)
        assert result.returncode == 0, result.stdout + result.stderr
    first, second = (tmp_path / f"all/batch_{k:02d}/image_{k:04d}/instances.png" for k in (0, 1))
    part = tmp_path / "part_1/batch_00/image_0000/instances.png"
    assert part.read_bytes() == second.read_bytes()
    assert part.read_bytes() != first.read_bytes()
