# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory detection, and the warning if the processes may need more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch.memory import bytes_of_process, memory_warnings, processes_that_fit, usable_memory
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
    assert usable_memory((limit,)) == 1e6
    limit.write_text("max\n")
    assert usable_memory((limit, tmp_path / "missing")) == unlimited


@pytest.mark.parametrize(
    ("width", "height", "denoised", "plain"),
    [
        (320, 240, 0.74e9, 0.70e9),
        (1320, 989, 1.58e9, 0.90e9),
        (2640, 1978, 2.92e9, 1.42e9),
        (5280, 3956, 5.36e9, 4.14e9),
    ],
)
def test_the_estimate_is_a_little_more_than_measured(width: int, height: int, denoised: float, plain: float) -> None:
    settings = with_values(FULL, {"camera.width_px": width, "camera.height_px": height})
    assert denoised <= bytes_of_process(settings, "INTEL") <= 1.25 * denoised
    assert plain <= bytes_of_process(settings, "NONE") <= 1.25 * plain


def test_larger_images_and_the_denoiser_need_more() -> None:
    assert bytes_of_process(SMALL, "INTEL") < bytes_of_process(FULL, "INTEL")
    assert bytes_of_process(FULL, "NONE") < bytes_of_process(FULL, "INTEL")


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
    (warning,) = memory_warnings(SMALL, "INTEL", 4, 5e9)
    need = r"Memory may be insufficient: at this image size, about [\d.]+ GB is needed \(processes: 4\), "
    assert re.match(need + "and 4 GB of this machine's 5 GB can be used", str(warning))
    assert str(warning).endswith("set num_parallel to 2, or reduce camera.width_px and camera.height_px.")
    (alone,) = memory_warnings(FULL, "INTEL", 1, 2e9)
    assert "(processes: 1)" in str(alone)
    assert "num_parallel" not in str(alone)


def test_unknown_memory_gives_no_warning() -> None:
    assert memory_warnings(FULL, "INTEL", 256, None) == ()
    assert processes_that_fit(FULL, "INTEL", None, 7) == 7


def test_the_launcher_warns_but_starts(launcher: Any) -> None:
    large = launcher.run("--num_images", "256", "--num_parallel", "256", "--resolution", "16384x16384", "--dry_run")
    assert large.returncode == 0
    (warning,) = [line for line in large.stdout.splitlines() if "Memory may be insufficient" in line]
    assert warning.startswith("Warning    ")
    small = launcher.run("--num_images", "1", "--num_parallel", "256", "--resolution", "160x120")
    assert "Memory may" not in small.stdout, "one image is one process"
    assert small.returncode == 0
