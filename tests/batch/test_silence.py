# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs of progress: whatever reaches the disk counts, and only time during which somebody was looking."""

from __future__ import annotations

from pathlib import Path

import pytest

from solar_site_addon.batch.executors.local import silent_step
from solar_site_addon.batch.silence import LONGEST_STEP_SECONDS, SHORTEST_STEP_SECONDS, SilenceWatch
from solar_site_addon.generator.settings.schema import RunSettings, Settings, with_values


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def looks(watch: SilenceWatch, clock: Clock, times: int, step: float = 1.0) -> float:
    """Look several times, one step apart; return the silence at the end."""
    silent = 0.0
    for _ in range(times):
        clock.now += step
        silent = watch.look()
    return silent


def test_silence_lasts_until_a_file_grows(tmp_path: Path, clock: Clock) -> None:
    log = tmp_path / "batch_00.log"
    log.write_text("started\n")
    watch = SilenceWatch([log, tmp_path / "missing"], clock)
    assert looks(watch, clock, 5) == pytest.approx(5)
    with log.open("a") as file:
        file.write("Sample 1/16\n")
    assert looks(watch, clock, 1) == 0
    assert looks(watch, clock, 2) == pytest.approx(2)


def test_a_temporary_file_that_grows_is_a_sign_of_progress(tmp_path: Path, clock: Clock) -> None:
    temporary = tmp_path / "batch_00.tmp"
    (temporary / "solar_site_x").mkdir(parents=True)
    watch = SilenceWatch([temporary], clock)
    assert looks(watch, clock, 3) == pytest.approx(3)
    (temporary / "solar_site_x" / "render.exr").write_bytes(b"lines of pixels")
    assert looks(watch, clock, 1) == 0
    (temporary / "solar_site_x" / "render.exr").unlink()
    assert looks(watch, clock, 1) == 0


def test_a_launcher_that_was_stopped_itself_does_not_blame_the_worker(tmp_path: Path, clock: Clock) -> None:
    watch = SilenceWatch([tmp_path / "batch_00.log"], clock)
    assert looks(watch, clock, 1, step=3600.0) == LONGEST_STEP_SECONDS


def test_before_the_first_image_a_very_slow_machine_is_allowed_for() -> None:
    full = Settings()
    small = with_values(full, {"camera.width_px": 640, "camera.height_px": 480})
    assert silent_step(full) / 3600 == pytest.approx(1.9, abs=0.05), "as the guides say"
    assert silent_step(small) < 60 * RunSettings().hang_minutes


def test_the_disk_is_not_asked_more_often_than_necessary(tmp_path: Path, clock: Clock) -> None:
    watch = SilenceWatch([tmp_path], clock)
    assert looks(watch, clock, 1, step=SHORTEST_STEP_SECONDS / 2) == 0
    assert looks(watch, clock, 1, step=SHORTEST_STEP_SECONDS / 2) == SHORTEST_STEP_SECONDS
