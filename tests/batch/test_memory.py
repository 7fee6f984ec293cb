# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory detection, and the warning if the processes may need more."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch.memory import (
    available_memory,
    bytes_of_process,
    control_groups,
    is_memory_error,
    leaves_room,
    memory_of_process,
    memory_warnings,
    processes_that_fit,
    tells_of_memory,
    usable_memory,
)
from solar_site_addon.generator.settings.schema import Settings, with_values

DENOISERS = st.sampled_from(["INTEL", "OPTIX", "NONE"])
FULL = Settings()
SMALL = with_values(FULL, {"camera.width_px": 1320, "camera.height_px": 989})


def test_a_containers_limit_is_the_usable_memory(tmp_path: Path) -> None:
    unlimited = usable_memory(())
    if unlimited is None:
        pytest.skip("this system does not tell its memory")
    limit = tmp_path / "memory.max"
    limit.write_text("1000000\n")
    assert usable_memory((tmp_path,)) == 1e6
    limit.write_text("max\n")
    assert usable_memory((tmp_path, tmp_path / "missing")) == unlimited


def test_the_limits_of_all_control_groups_count(tmp_path: Path) -> None:
    own, mounted = tmp_path / "cgroup", tmp_path / "mounted"
    own.write_text("12:cpu:/other\n4:memory:/slurm/job_7\n0::/system.slice/job:7\n")
    assert control_groups(mounted, own) == [
        *(mounted / "memory" / path for path in ("slurm/job_7", "slurm", "")),
        *(mounted / path for path in ("system.slice/job:7", "system.slice", "")),
    ]
    assert control_groups(mounted, tmp_path / "missing") == []


@pytest.mark.parametrize(
    ("limit", "used", "cached"),
    [
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ],
    ids=["version 2", "version 1"],
)
def test_what_a_control_group_leaves_is_available(tmp_path: Path, limit: str, used: str, cached: str) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 5000 kB\n")
    assert available_memory((), tmp_path) == 5_120_000
    (tmp_path / limit).write_text("3000000\n")
    (tmp_path / used).write_text("2500000\n")
    (tmp_path / "memory.stat").write_text(f"cache 1\n{cached} 400000\n")
    assert available_memory((tmp_path,), tmp_path) == 900_000
    assert available_memory((), tmp_path / "missing") is None


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux only")
def test_the_memory_of_a_process_is_that_of_the_resource_module() -> None:
    resource = pytest.importorskip("resource")
    held, peak = memory_of_process(os.getpid())
    assert 0 < held <= peak
    assert peak == pytest.approx(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, rel=0.05)
    assert memory_of_process(2**30) == (0.0, 0.0)


def test_another_process_needs_room_for_itself_and_for_the_growth_of_the_others() -> None:
    assert leaves_room(None, [1e9], 5e9)
    assert leaves_room(10e9, [5e9], 5e9)
    assert leaves_room(10e9, [0.0], 5e9)
    assert not leaves_room(9e9, [0.0], 5e9)
    assert not leaves_room(4e9, [], 5e9)


@pytest.mark.parametrize(
    "text",
    [
        "System is out of GPU memory",
        "CUDA_ERROR_OUT_OF_MEMORY: out of memory",
        "MemoryError",
        "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 1.2 GiB for an array",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "Calloc returns null: len=4294967296 in imbuf, total 12345",
    ],
)
def test_messages_about_memory_are_recognized(text: str) -> None:
    assert tells_of_memory(text)
    assert is_memory_error(RuntimeError(text))
    assert not tells_of_memory("Fra:1 Mem:144.14M (Peak 164.24M) | Time:00:00.86 | Rendering")


def test_an_error_that_follows_from_missing_memory_is_recognized() -> None:
    error = ValueError("no array")
    error.__cause__ = MemoryError()
    assert is_memory_error(error)
    assert not is_memory_error(ValueError("no array"))


@pytest.mark.parametrize(
    ("width", "height", "denoised", "plain"),
    [
        (320, 240, 1.22e9, 1.14e9),
        (1320, 989, 2.30e9, 1.36e9),
        (2640, 1978, 3.09e9, 2.06e9),
        (5280, 3956, 4.86e9, 3.19e9),
    ],
)
def test_the_estimate_is_a_little_more_than_measured(width: int, height: int, denoised: float, plain: float) -> None:
    settings = with_values(FULL, {"camera.width_px": width, "camera.height_px": height})
    assert denoised <= bytes_of_process(settings, "INTEL") <= 1.25 * denoised
    assert plain <= bytes_of_process(settings, "NONE") <= 1.25 * plain


def test_larger_images_and_the_denoiser_need_more() -> None:
    assert bytes_of_process(SMALL, "INTEL") < bytes_of_process(FULL, "INTEL")
    assert bytes_of_process(FULL, "NONE") < bytes_of_process(FULL, "INTEL")


def test_images_of_the_ground_need_memory_of_their_own() -> None:
    plain = bytes_of_process(Settings(), "NONE")
    for name, extra in (("site.ground_images", 0.3e9), ("site.orthophoto", 0.7e9)):
        need = bytes_of_process(with_values(Settings(), {name: "x"}), "NONE")
        assert need == pytest.approx(plain + extra)


@given(memory=st.floats(1e8, 1e12), processes=st.integers(1, 256), denoiser=DENOISERS)
def test_too_many_processes_give_a_warning_with_a_number_that_fits(
    memory: float, processes: int, denoiser: str
) -> None:
    fitting = processes_that_fit(FULL, denoiser, memory, processes)
    warnings = memory_warnings(FULL, denoiser, processes, memory)
    alone = bytes_of_process(FULL, denoiser)
    assert bool(warnings) == (fitting < processes or alone > 0.8 * memory)
    for number in re.findall(r"num_parallel to (\d+)", " ".join(map(str, warnings))):
        assert int(number) == fitting
        assert fitting * alone <= 0.8 * memory


def test_the_warning_is_one_sentence_with_the_numbers_and_the_remedy() -> None:
    (warning,) = memory_warnings(SMALL, "INTEL", 4, 7e9)
    need = r"Memory may be insufficient: at this image size, about [\d.]+ GB is needed \(processes: 4\), "
    assert re.match(need + "and 5.6 GB of this machine's 7 GB can be used", str(warning))
    assert str(warning).endswith("set num_parallel to 2, or reduce camera.width_px and camera.height_px.")
    (alone,) = memory_warnings(FULL, "INTEL", 1, 2e9)
    assert "(processes: 1)" in str(alone)
    assert "num_parallel" not in str(alone)


def test_unknown_memory_gives_no_warning() -> None:
    assert memory_warnings(FULL, "INTEL", 256, None) == ()
    assert processes_that_fit(FULL, "INTEL", None, 7) == 7


@pytest.mark.slow
def test_the_launcher_warns_but_starts(launcher: Any) -> None:
    large = launcher.run("--num_images", "256", "--num_parallel", "256", "--resolution", "16384x16384", "--dry_run")
    assert large.returncode == 0
    (warning,) = [line for line in large.stdout.splitlines() if "Memory may be insufficient" in line]
    assert warning.startswith("Warning    ")
    small = launcher.run("--num_images", "1", "--num_parallel", "256", "--resolution", "160x120")
    assert "Memory may" not in small.stdout, "one image is one process"
    assert small.returncode == 0
