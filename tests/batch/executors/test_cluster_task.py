# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine of a cluster does with a work unit, without a cluster: it stores samples, or says why it cannot."""

from __future__ import annotations

import dataclasses
import errno
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.executors import cluster_task
from solar_site_addon.batch.executors.base import Job, Run
from solar_site_addon.batch.executors.cluster_task import Result, Task, carry_out
from solar_site_addon.batch.private_folder import private_folder
from solar_site_addon.batch.run_record import RunRecord, make_recipe
from solar_site_addon.batch.work_unit import WorkUnit
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings, with_values

from .. import fake_blender

pytest.importorskip("fsspec")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")

NOWHERE = Path("/nonexistent/dataset")
"""Dataset folder of a launcher on another machine."""


def task_of(url: str, blender: Path, **changes: Any) -> Task:
    settings = with_values(Settings(), {"camera.width_px": 64, "camera.height_px": 48})
    unit = WorkUnit(settings, base_seed=0, indices=(0, 1), folder="batch_00", device="cpu", use_gpu=False)
    record = RunRecord(make_recipe(settings, RunSettings(), "4.5.0"), 2, 0, time.time())
    run = Run(NOWHERE, record, (Job("batch_00", unit),), RunSettings(storage_wait_minutes=0.0), url)
    first = dataclasses.replace(unit, indices=(0,), folder="")
    task = Task(run, first, str(blender), version="4.5.0", cpus=1, use_gpu=False, alone=True)
    return dataclasses.replace(task, **changes)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test have a folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))


def test_a_folder_that_somebody_else_has_prepared_is_named_and_nothing_is_written_into_it(tmp_path: Path) -> None:
    folder = private_folder()
    folder.rmdir()
    (tmp_path / "trap").mkdir()
    folder.symlink_to(tmp_path / "trap")
    outcome = carry_out(task_of(f"file://{tmp_path / 'store'}", tmp_path / "blender"), "machine", lambda *_: None)
    assert outcome.result is Result.REFUSED
    assert f"{folder} is not a folder that only you can enter" in str(outcome.reason)
    assert list((tmp_path / "trap").iterdir()) == []


def test_a_machine_whose_disk_is_full_is_left_out_and_no_image_is_to_blame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_unit(path: Path, _: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(cluster_task, "write_unit", write_unit)
    outcome = carry_out(task_of(f"file://{tmp_path / 'store'}", tmp_path / "blender"), "machine", lambda *_: None)
    assert outcome.result is Result.REFUSED
    assert str(outcome.reason).startswith(f"it cannot read or write {private_folder()}/")
    assert str(outcome.reason).endswith("/.work/batch_00.json (No space left on device)")


def test_folders_that_nobody_has_used_for_a_week_are_removed_unless_a_task_is_at_work(tmp_path: Path) -> None:
    week, now = 7 * 86400, time.time()
    works = [private_folder() / name / ".work" for name in ("old", "busy", "new")]
    for work in works:
        (work.parent / "batch_00" / "image_0000").mkdir(parents=True)
        work.mkdir()
    with cluster_task.lock_when_free(works[1] / "batch_00.lock"):
        for work, age in zip(works, (week + 60, week + 60, week - 60), strict=True):
            os.utime(work, (now - age, now - age))
        carry_out(task_of(f"file://{tmp_path / 'store'}", tmp_path / "blender"), "machine", lambda *_: None)
        assert [work.parent.is_dir() for work in works] == [False, True, True]


def test_samples_of_an_earlier_run_that_somebody_else_makes_now_are_not_stored(tmp_path: Path) -> None:
    task = task_of(f"file://{tmp_path / 'store'}", tmp_path / "blender")
    (job,) = task.run.jobs
    for index in (0, 7):
        sample = tmp_path / "out" / job.name / f"image_{index:04d}"
        sample.mkdir(parents=True)
        fake_blender.write_sample(sample, job.unit.settings, image_number(index, 0, 1))
    cluster_task.put_unit(tmp_path / "out", job, {1: "batch_09/image_0001"})
    assert [path.name for path in (tmp_path / "out" / job.name).iterdir()] == ["image_0000"]


@pytest.mark.slow
def test_a_unit_is_carried_out_by_one_task_at_a_time_and_samples_that_are_left_are_stored_by_the_next(
    launcher: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setenv("FAKE_BLENDER", f'{{"memory": "{launcher.memory}"}}')
    store = tmp_path / "store"
    store.mkdir()
    (store / "batch_00").touch()  # in the way of all samples
    task = task_of(f"file://{store}", launcher.blender)
    outcome = carry_out(task, "machine", lambda *_: None)
    assert outcome.result is Result.REFUSED
    assert "samples are not stored under file://" in str(outcome.reason)
    assert len(launcher.begun()) == 2
    (store / "batch_00").unlink()
    outcomes, sent = list[Any](), list[bytes]()
    (work,) = private_folder().glob("*/.work")
    tasks = [
        threading.Thread(target=lambda: outcomes.append(carry_out(task, "machine", lambda _, data: sent.append(data))))
        for _ in range(2)
    ]
    with cluster_task.lock_when_free(work / "batch_00.lock"):  # another task of the unit
        for one in tasks:
            one.start()
        time.sleep(0.3)
        assert not outcomes
        assert not list(store.iterdir())
    for one in tasks:
        one.join()
    assert [outcome.result for outcome in outcomes] == [Result.DONE] * 2
    assert len(launcher.begun()) == 2, "nothing was made again"
    assert len(list(store.glob("batch_00/image_*/sample.json"))) == 2
    assert not list(private_folder().glob("*/batch_00/*"))
    assert not list(work.glob("batch_00*"))
    assert b"".join(sent).count(b"image_skipped") == 4
