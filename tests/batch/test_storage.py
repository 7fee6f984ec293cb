# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage: what keeps images from being written, how long a run waits for it, and which errors mean it."""

from __future__ import annotations

import errno
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch import patience, storage
from solar_site_addon.batch.dataset_folder import work_folder
from solar_site_addon.batch.executors.storage_pause import FIRST_PAUSE_SECONDS, SECONDS_BETWEEN_LOOKS, StoragePause
from solar_site_addon.batch.interruption import InterruptedRun, Interruption
from solar_site_addon.batch.patience import until_written
from solar_site_addon.batch.run_reader import UnitReader
from solar_site_addon.batch.storage import Storage, bytes_of_sample, bytes_to_make, is_storage_error
from solar_site_addon.generator.domain.errors import RenderError, StoppedRunError
from solar_site_addon.generator.settings.schema import Settings, with_values

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - that of shutil


class Disk:
    """A disk whose free space a test sets, and a clock."""

    free = 100.0
    now = 0.0

    def disk_usage(self, folder: Path) -> Usage:
        if not folder.exists():
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return Usage(1e9, 0, self.free)

    def clock(self) -> float:
        return self.now


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(storage.shutil, "disk_usage", disk.disk_usage)
    return disk


@pytest.fixture
def reader(tmp_path: Path) -> UnitReader:
    work_folder(tmp_path / "out").mkdir(parents=True)
    return UnitReader(tmp_path / "out", "batch_00", (0, 1))


def pause_of(out: Path, disk: Disk, longest: float = 100.0) -> StoragePause:
    return StoragePause(Storage(out, 10.0, processes=3), longest, disk.clock)


def look(
    pause: StoragePause, disk: Disk, reader: UnitReader, made: int = 0, after: float = SECONDS_BETWEEN_LOOKS
) -> bool:
    disk.now += after
    return pause.lasts(made, reader)


def notes(reader: UnitReader) -> list[str]:
    return [str(note.message) for note in reader.look().notes]


def test_every_process_needs_room_for_an_image(tmp_path: Path, disk: Disk) -> None:
    disk.free = 30
    assert Storage(tmp_path, 10.0, processes=3).trouble() is None
    trouble = Storage(tmp_path, 10.0, processes=4).trouble()
    assert str(trouble) == (
        f"{tmp_path} has 30 B free, and the next images need 40 B while they are made (processes: 4): free some space"
    )
    assert "cannot be used (No such file or directory)" in str(Storage(tmp_path / "gone", 1.0).trouble())


def test_an_image_needs_more_while_it_is_made() -> None:
    small = with_values(Settings(), {"camera.width_px": 160, "camera.height_px": 120})
    assert bytes_to_make(small) - bytes_of_sample(small) >= 847_865, "measured with Blender 4.5.15"


def test_a_run_waits_for_room_and_says_so_once(tmp_path: Path, disk: Disk, reader: UnitReader) -> None:
    pause = pause_of(tmp_path / "out", disk)
    assert not look(pause, disk, reader)
    disk.free = 29
    assert [look(pause, disk, reader) for _ in range(3)] == [True, True, True]
    disk.free = 30
    assert [look(pause, disk, reader) for _ in range(2)] == [False, False]
    first, second = notes(reader)
    assert first.startswith(f"Paused: {tmp_path / 'out'} has 29 B free, and the next images need 30 B")
    assert first.endswith("The run continues automatically, or ends after 0:01:40 without an image")
    assert second == "Space is available again: the run continues"


def test_a_disk_that_stays_full_ends_the_run(tmp_path: Path, disk: Disk, reader: UnitReader) -> None:
    pause = pause_of(tmp_path / "out", disk)
    disk.free = 0
    assert look(pause, disk, reader)
    assert look(pause, disk, reader, after=99)
    with pytest.raises(StoppedRunError, match=r"free some space; no image could be made for 0:01:40"):
        look(pause, disk, reader, after=2)


def test_images_made_in_between_start_the_time_anew(tmp_path: Path, disk: Disk, reader: UnitReader) -> None:
    pause = pause_of(tmp_path / "out", disk)
    for made in range(1, 5):
        disk.free = 0
        assert look(pause, disk, reader, made, after=60)
        disk.free = 100
        assert not look(pause, disk, reader, made)


def test_a_quota_that_free_space_does_not_show_is_tried_again_and_again(
    tmp_path: Path, disk: Disk, reader: UnitReader
) -> None:
    pause = pause_of(tmp_path / "out", disk, longest=60.0)
    waits: list[float] = []

    def attempt() -> None:
        pause.begin(reader)  # a worker has tried and failed
        began = disk.now
        while look(pause, disk, reader, after=1.0):
            pass
        waits.append(disk.now - began)

    attempt()
    with pytest.raises(StoppedRunError, match=r"the system refuses to write more into .* check your quota"):
        [attempt() for _ in range(99)]
    assert waits[0] >= FIRST_PAUSE_SECONDS
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_a_folder_that_is_removed_ends_the_run(tmp_path: Path, disk: Disk, reader: UnitReader) -> None:
    pause = pause_of(tmp_path / "out", disk)
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(StoppedRunError, match="was removed during the run"):
        look(pause, disk, reader)


def test_a_share_that_is_not_mounted_for_a_while_is_waited_for(
    tmp_path: Path, disk: Disk, reader: UnitReader, monkeypatch: Any
) -> None:
    pause = pause_of(tmp_path / "out", disk)
    monkeypatch.setattr(pause, "_device", pause._device + 1)  # the parent is on another file system
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    assert look(pause, disk, reader)
    (tmp_path / "elsewhere").rename(tmp_path / "out")
    assert not look(pause, disk, reader)


@pytest.mark.parametrize("number", ["ENOSPC", "EDQUOT", "EROFS", "ESTALE"])
def test_errors_of_the_system_that_concern_all_images(number: str) -> None:
    if not hasattr(errno, number):
        pytest.skip("this system does not know the error")
    error = OSError(getattr(errno, number), "text")
    assert is_storage_error(error)
    later = RenderError("Blender finished rendering without an image.")
    later.__context__ = error
    assert is_storage_error(later)


def test_other_errors_are_those_of_an_image() -> None:
    assert is_storage_error(RuntimeError("Error: cannot save: No space left on device"))
    assert not is_storage_error(OSError(errno.EACCES, "Permission denied"))
    assert not is_storage_error(RenderError("{file} is truncated.", file="render.exr"))


def test_the_launcher_itself_waits_for_room(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(patience, "SECONDS_BETWEEN_ATTEMPTS", 0.0)
    attempts = iter([errno.ENOSPC, errno.ENOSPC, 0])

    def write() -> str:
        number = next(attempts)
        if number:
            raise OSError(number, "No space left on device")
        return "written"

    assert until_written(write, tmp_path, 60.0, Interruption()) == "written"
    expected = f"Paused: {tmp_path} cannot be written (No space left on device): free some space; the run continues"
    assert capsys.readouterr().out.splitlines() == [f"{expected} automatically."]


def test_the_launcher_does_not_wait_for_ever_nor_for_anything_else(tmp_path: Path) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def denied() -> None:
        raise OSError(errno.EACCES, "Permission denied")

    with pytest.raises(StoppedRunError, match="cannot be written"):
        until_written(full, tmp_path, 0.0, Interruption())
    with pytest.raises(OSError, match="Permission denied"):
        until_written(denied, tmp_path, 60.0, Interruption())
    interruption = Interruption()
    interruption.watch(tmp_path)
    with pytest.raises(InterruptedRun):
        until_written(full, tmp_path, 60.0, interruption)
