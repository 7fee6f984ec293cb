# SPDX-License-Identifier: GPL-3.0-or-later
"""batch.py --doctor: findings, recommendation, and advice if nothing works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch import blender_command, doctor, launcher
from solar_site_addon.batch.command_line import Request, parse
from solar_site_addon.batch.doctor import Machine, recommended_command
from solar_site_addon.batch.memory import bytes_of_process
from solar_site_addon.batch.probe_report import ProbeReport
from solar_site_addon.batch.recommendation import recommended_processes
from solar_site_addon.generator.settings.schema import RunSettings, Settings, with_values

BATCH = Path(__file__).parents[2] / "headless" / "batch.py"
MAC = {"devices": {"METAL": ["Apple M3 Pro"], "CPU": ["Apple M3 Pro"]}, "denoisers": ["INTEL"]}


def machine(cores: int = 8, memory: float | None = 64e9) -> Machine:
    return Machine(system="", python="", cores=cores, memory=memory, disk=1e12)


def report(backend: str, devices: int = 1, denoiser: str = "INTEL") -> ProbeReport:
    return ProbeReport({}, backend, "", (), denoiser, gpus=0 if backend == "CPU" else devices)


def images(width: int, height: int) -> Settings:
    return with_values(Settings(), {"camera.width_px": width, "camera.height_px": height})


def recommend(cores: int, memory: float | None, found: ProbeReport, settings: Settings, num_images: int = 100) -> int:
    return recommended_processes(
        cores=cores,
        gpus=found.gpus,
        num_images=num_images,
        settings=settings,
        denoiser=found.denoiser,
        memory=memory,
    )


def lines_of(text: str, name: str) -> list[str]:
    """Return the text after ``name``, including the continuation lines below it."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith(name):
            found.append(line[len(name) :].strip())
        elif found and line.startswith(" "):
            found.append(line.strip())
        elif found:
            break
    return found


@pytest.mark.slow
def test_it_names_each_device_with_its_backend(launcher: Any) -> None:
    hardware = {"devices": {"OPTIX": ["RTX A4000", "RTX A4000"], "HIP": [], "CPU": ["Xeon"]}, "denoisers": ["INTEL"]}
    output = launcher.run("--doctor", hardware=hardware).stdout
    two = "OPTIX: RTX A4000 (GPU)"
    assert lines_of(output, "Devices") == [two, two, "CPU: Xeon (CPU)", "none of HIP"]
    mac = launcher.run("--doctor", hardware=MAC).stdout
    assert lines_of(mac, "Devices") == ["METAL: Apple M3 Pro (GPU)", "CPU: Apple M3 Pro (CPU)"]
    assert lines_of(mac, "Denoisers") == ["INTEL"]


def test_it_renders_an_image_and_leaves_nothing_behind(launcher: Any, tmp_path: Path, monkeypatch: Any) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    result = launcher.run("--doctor", hardware=MAC)
    assert result.returncode == 0, result.stderr
    assert [index for index, _ in launcher.begun()] == [0]
    assert lines_of(result.stdout, "Test")[1].startswith("done in ")
    assert not launcher.out.exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_warnings_are_passed_on(launcher: Any) -> None:
    output = launcher.run("--doctor", no_gpu=True).stdout
    assert lines_of(output, "Warning") == ["Using only the CPU for rendering: no GPU was found."]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ({"fail": {"0": "Blender gave no image."}}, "Blender gave no image."),
        ({"break": [0]}, "unexpected ZeroDivisionError"),
        ({"crash": {"0": 9}}, "was not rendered (signal SIGKILL"),
        ({"too_old": True}, "Solar Site needs Blender 4.2 or later"),
    ],
)
def test_a_fault_is_reported_with_a_remedy(launcher: Any, behaviour: dict[str, Any], words: str) -> None:
    result = launcher.run("--doctor", **behaviour)
    assert result.returncode == 1
    assert words in lines_of(result.stdout, "Problem")[0]
    assert lines_of(result.stdout, "To do")
    assert "Traceback" not in result.stdout + result.stderr
    assert "Command" not in result.stdout


def test_without_any_blender_it_says_how_to_get_one(monkeypatch: Any, capsys: Any, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "bpy", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BLENDER", raising=False)
    monkeypatch.setattr(blender_command, "MAC_APPLICATION", tmp_path / "Blender")
    assert launcher.main(["--doctor"]) == 1
    output = capsys.readouterr().out
    assert lines_of(output, "Cores")
    assert lines_of(output, "Problem")[0].startswith("No Blender was found")
    assert "blender.org" in lines_of(output, "To do")[0]


def test_pip_is_not_recommended_for_a_python_without_wheels() -> None:
    assert "pip install '.[bpy]'" in " ".join(doctor.how_to_get_blender((3, 11)))
    advice = " ".join(doctor.how_to_get_blender((3, 12)))
    assert "pip" not in advice
    assert "Python 3.11 or 3.13" in advice


def test_a_driver_is_blamed_only_if_a_gpu_renders() -> None:
    assert "--no_use_gpu" in " ".join(doctor.how_to_render(report("CUDA")))
    assert "--no_use_gpu" not in " ".join(doctor.how_to_render(report("CPU")))


@pytest.mark.parametrize(
    ("cores", "memory", "rendering", "size", "processes"),
    [
        (2, 24e9, report("CPU"), (1320, 989), 2),
        (1, 24e9, report("CPU"), (1320, 989), 1),
        (16, 64e9, report("CPU"), (1320, 989), 4),
        (11, 36e9, report("METAL"), (5280, 3956), 2),
        (11, 12e9, report("METAL"), (5280, 3956), 1),
        (32, 256e9, report("OPTIX", devices=3), (5280, 3956), 6),
        (64, 1e12, report("CPU"), (1320, 989), 8),
        (4, None, report("CPU"), (5280, 3956), 2),
        (4, 1e9, report("CPU"), (5280, 3956), 1),
        (8, 12e9, report("CPU", denoiser="NONE"), (5280, 3956), 2),
    ],
)
def test_processes_follow_cores_gpus_and_memory(
    cores: int, memory: float | None, rendering: ProbeReport, size: tuple[int, int], processes: int
) -> None:
    assert recommend(cores, memory, rendering, images(*size)) == processes


def test_there_are_no_more_processes_than_images() -> None:
    assert recommend(64, 1e12, report("OPTIX", devices=3), images(1320, 989), num_images=1) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("gpus", "num_images"), [(0, 3), (1, 100), (3, 2)])
def test_doctor_and_launcher_recommend_what_auto_takes(launcher: Any, gpus: int, num_images: int) -> None:
    arguments = ("--num_images", str(num_images), "--resolution", "1320x989")
    plan = launcher.run(*arguments, "--dry_run", gpus=gpus).stdout
    (recommended,) = re.findall(r"recommended for this machine: (\d+)", plan)
    (command,) = lines_of(launcher.run(*arguments, "--doctor", gpus=gpus).stdout, "Command")
    assert f"--num_parallel {recommended} " in f"{command} "
    (taken,) = lines_of(launcher.run(*arguments, "--num_parallel", "auto", "--dry_run", gpus=gpus).stdout, "Processes")
    assert taken.startswith(f"{recommended} (")


@given(
    cores=st.integers(1, 512),
    memory=st.one_of(st.none(), st.floats(1e8, 1e13)),
    devices=st.integers(0, 16),
    width=st.integers(16, 16384),
)
def test_the_recommended_processes_are_allowed_and_fit_into_memory(
    cores: int, memory: float | None, devices: int, width: int
) -> None:
    settings = images(width, width)
    found = report("CUDA", devices) if devices else report("CPU")
    processes = recommend(cores, memory, found, settings)
    with_values(RunSettings(), {"num_parallel": processes})
    if memory is not None and processes > 1:
        assert processes * bytes_of_process(settings, found.denoiser) <= memory
    assert processes <= cores


def test_an_image_too_large_for_the_memory_gives_a_warning() -> None:
    request = Request(Path("out"))
    assert not lines_of("\n".join(doctor.advice(machine(8, 64e9), report("CPU"), request, 1)), "Warning")
    (warning,) = lines_of("\n".join(doctor.advice(machine(8, 4e9), report("CPU"), request, 1)), "Warning")
    assert "reduce camera.width_px" in warning


@pytest.mark.parametrize(
    "line",
    ["--doctor", "--doctor out", "--doctor --seed 7 --num_images 3 --use_clusters --max_samples 50 --blender /b"],
)
def test_the_recommended_command_makes_the_same_request_with_those_processes(line: str) -> None:
    request = parse(line.split())
    assert request is not None
    command = recommended_command(request, None, 4)
    assert command[:2] == [sys.executable, "headless/batch.py"]
    again = parse(command[2:])
    assert again is not None
    assert (again.doctor, again.run.num_parallel, again.run.seed) == (False, 4, request.run.seed)
    assert (again.settings, again.blender) == (request.settings, request.blender)
    assert "--num_parallel 4" in shlex.join(command)
    inside = recommended_command(request, "/opt/blender", 1)
    assert inside[:5] == ["/opt/blender", "-b", "-P", "headless/batch.py", "--"]


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=600, check=False)


@pytest.mark.bpy
def test_with_the_wheel_it_works_without_a_folder_and_writes_nothing(tmp_path: Path) -> None:
    result = run(sys.executable, str(BATCH), "--doctor", folder=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert any(line.startswith("CPU: ") for line in lines_of(result.stdout, "Devices"))
    assert lines_of(result.stdout, "Test")[1].startswith("done in ")
    assert lines_of(result.stdout, "Command")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.blender
def test_inside_a_blender_it_examines_that_blender(blender: str, tmp_path: Path) -> None:
    result = run(blender, "-b", "-P", str(BATCH), "--", "--doctor", folder=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    (command,) = lines_of(result.stdout, "Command")
    assert " -b -P headless/batch.py -- " in command
    assert list(tmp_path.iterdir()) == []
