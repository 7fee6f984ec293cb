# SPDX-License-Identifier: GPL-3.0-or-later
"""How each entry point reports an unexpected error raised in the launcher."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from solar_site_addon.batch.exit_codes import BROKEN_PIPE
from solar_site_addon.batch.last_resort import run_safely

ROOT = Path(__file__).parents[2]
HEADLESS = ROOT / "headless"
LAUNCHER_MAIN = ROOT / "solar_site_addon" / "batch" / "launcher_main.py"
FAKE_BLENDER = ROOT / "tests" / "batch" / "fake_blender.py"
WHEEL_AS_BLENDER = ROOT / "tests" / "docs" / "wheel_as_blender.py"
FAULT = "ZeroDivisionError: raised in the middle of the launcher"

BREAK = """
import importlib.abc, importlib.machinery, os, sys

class Break(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != "solar_site_addon.batch.launcher":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        load = spec.loader.exec_module

        def load_and_break(module):
            load(module)
            setattr(module, os.environ["SOLAR_SITE_TEST_BREAKS"], broken)

        spec.loader.exec_module = load_and_break
        return spec

def broken(*arguments, **named):
    raise ZeroDivisionError("raised in the middle of the launcher")
"""
INSTALL = "sys.meta_path.insert(0, Break())\n"

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")


def executable(path: Path, line: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs an entry point with a broken launcher and a fake Blender."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BREAK + INSTALL)
    (tmp_path / "temporary").mkdir()
    worker = executable(
        tmp_path / "worker", f'exec {shlex.quote(sys.executable)} {shlex.quote(str(FAKE_BLENDER))} "$@"'
    )

    def start(
        line: list[str], breaks: str = "assemble_dataset", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if name != "BLENDER"}
        ours = {
            "PYTHONPATH": str(tmp_path / "site"),
            "SOLAR_SITE_TEST_BREAKS": breaks,
            "FAKE_BLENDER": "{}",
            "TMPDIR": str(tmp_path / "temporary"),
        }
        return subprocess.run(
            [*line, "--blender", str(worker)],
            env={**inherited, **ours, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return start


def assert_reported(result: subprocess.CompletedProcess[str], log: Path, stderr: str | None = None) -> None:
    """Assert that one line names the fault and the log, and that the log has the traceback."""
    lines = [line for line in (stderr or result.stderr).splitlines() if line]
    assert result.returncode == 3, (result.stdout, result.stderr)
    assert "Traceback" not in result.stdout + result.stderr
    assert len(lines) == 1, lines
    assert FAULT in lines[0]
    assert lines[0].endswith(f"see the log {log}"), lines
    text = log.read_text()
    assert "Traceback" in text
    assert FAULT in text


def work_log(out: Path) -> Path:
    return out / ".work" / "launcher_error.log"


def as_blender(tmp_path: Path) -> Path:
    """Write a fake Blender that exits with 0 when a script raises, as real ones do."""
    program = f"exec {shlex.quote(sys.executable)} {shlex.quote(str(WHEEL_AS_BLENDER))}"
    return executable(tmp_path / "blender", f'{program} "$0" "$@"')


def test_a_plain_python(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert_reported(run([sys.executable, str(HEADLESS / "batch.py"), str(out), "--num_images", "1"]), work_log(out))


@pytest.mark.bpy
def test_a_blender_without_an_exit_code_for_errors(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = [str(as_blender(tmp_path)), "-b", "-P", str(HEADLESS / "batch.py"), "--", str(out), "--num_images", "1"]
    assert_reported(run(line), work_log(out))


@pytest.mark.bpy
def test_the_fake_blender_hides_an_error_as_real_ones_do(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    for options, code in (([], 0), (["--python-exit-code", "7"], 7)):
        line = [str(as_blender(tmp_path)), "-b", *options, "-P", str(tmp_path / "broken.py")]
        assert subprocess.run(line, capture_output=True, check=False, timeout=600).returncode == code


@pytest.mark.slow
@pytest.mark.parametrize("in_a_blender", [False, pytest.param(True, marks=pytest.mark.bpy)])
def test_run_parallel(run: Run, tmp_path: Path, in_a_blender: bool) -> None:
    out = tmp_path / "out"
    # Make this Python look like one with the wheel, whether it has it or not.
    executable(tmp_path / "bin" / "python3", f'case $1 in -c) exit 0 ;; esac\nexec {shlex.quote(sys.executable)} "$@"')
    environment = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    if in_a_blender:
        environment["BLENDER"] = str(as_blender(tmp_path))
    assert_reported(run([str(HEADLESS / "run_parallel.sh"), "1", "1", str(out)], **environment), work_log(out))


@pytest.mark.slow
@pytest.mark.parametrize("in_a_blender", [False, pytest.param(True, marks=pytest.mark.bpy)])
def test_the_panels_launcher(run: Run, tmp_path: Path, in_a_blender: bool) -> None:
    out = tmp_path / "out"
    before = [str(as_blender(tmp_path)), "-b", "-P"] if in_a_blender else [sys.executable]
    assert_reported(run([*before, str(LAUNCHER_MAIN), "--", str(out), "--num_images", "1"]), work_log(out))


@pytest.mark.bpy
def test_the_script_for_blenderproc(tmp_path: Path) -> None:
    """Replace BlenderProc by a module of that name: it is not what is tested here."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "blenderproc.py").write_text(
        "def init():\n    raise ZeroDivisionError('raised in the middle of the launcher')\n"
    )
    result = subprocess.run(
        [sys.executable, str(HEADLESS / "generate_mountainous_solar_site.py"), str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path / "temporary")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    (log,) = (tmp_path / "temporary").glob("solar_site_*.log")
    assert_reported(result, log)


def test_the_log_is_elsewhere_if_the_folder_is_not_ours(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / ".work").mkdir(parents=True)
    (out / "notes.txt").touch()
    line = [sys.executable, str(HEADLESS / "batch.py"), str(out), "--num_images", "1"]
    result = run(line, breaks="check_output")
    (log,) = (tmp_path / "temporary").glob("solar_site_*.log")
    assert_reported(result, log)
    assert sorted(path.name for path in out.rglob("*")) == [".work", "notes.txt"]


def test_a_launcher_that_cannot_be_imported_is_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "site" / "sitecustomize.py").write_text(
        BREAK.replace("            load(module)\n", "            broken()\n") + INSTALL
    )
    result = run([sys.executable, str(HEADLESS / "batch.py"), str(tmp_path / "out")])
    (log,) = (tmp_path / "temporary").glob("solar_site_*.log")
    assert_reported(result, log)


def test_a_batch_py_without_the_package_is_reported_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "headless").mkdir()
    shutil.copy(HEADLESS / "batch.py", tmp_path / "headless")
    # Without site packages (-S), an installed Solar Site does not help out.
    line = [sys.executable, "-S", str(tmp_path / "headless" / "batch.py"), str(tmp_path / "out")]
    result = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=600)
    assert result.returncode == 2
    assert result.stderr.startswith("batch.py needs the folder solar_site_addon next to its own folder")
    assert result.stderr.count("\n") == 1


@pytest.mark.blender
def test_a_real_blender_without_an_exit_code_for_errors(blender: str, tmp_path: Path) -> None:
    """Break the launcher in a script that runs before ours: a real Blender ignores PYTHONPATH."""
    (tmp_path / "break.py").write_text(BREAK + INSTALL)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    line = [blender, "-b", "-P", str(tmp_path / "break.py"), "-P", str(HEADLESS / "batch.py"), "--"]
    result = subprocess.run(
        [*line, str(tmp_path / "out"), "--num_images", "1"],
        env={**os.environ, "SOLAR_SITE_TEST_BREAKS": "probe_blender", "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    (log,) = temporary.glob("solar_site_*.log")
    ours = [line for line in result.stderr.splitlines() if "Solar Site" in line]
    assert_reported(result, log, "\n".join(ours))


@pytest.mark.skipif(os.name == "nt", reason="needs a shell with pipes")
def test_what_is_printed_to_a_closed_pipe_at_last_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:  # leaving it flushes what is left

        def run() -> int:
            print("so little that it waits for the end")
            return 0

        monkeypatch.setattr(sys, "stdout", stream)
        assert run_safely(run, []) == BROKEN_PIPE


@pytest.mark.skipif(os.name == "nt", reason="needs a shell with pipes")
def test_a_reader_that_stops_reading_is_no_error() -> None:
    script = f"{shlex.quote(sys.executable)} {shlex.quote(str(HEADLESS / 'batch.py'))} --help | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("usage: ")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
