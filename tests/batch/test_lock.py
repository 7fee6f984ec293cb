# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks: one launcher for a folder, several for its shards, and none where the file system has no locks."""

from __future__ import annotations

import errno
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.dataset_folder import cancel_file, work_folder
from solar_site_addon.batch.lock import is_running, lock_when_free, only_launcher
from solar_site_addon.batch.shard import Shard
from solar_site_addon.generator.domain.errors import SettingsError

pytestmark = pytest.mark.slow

fcntl = pytest.importorskip("fcntl")
FIRST, SECOND = Shard(0, 2), Shard(1, 2)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    work_folder(tmp_path).mkdir()
    return tmp_path


def test_a_whole_run_excludes_everything_else(out: Path) -> None:
    with only_launcher(out):
        assert is_running(out)
        for shard in (Shard(), FIRST):
            with pytest.raises(SettingsError, match="Another launcher is running"), only_launcher(out, shard):
                pass
    assert not is_running(out)


def test_shards_exclude_only_themselves_and_a_whole_run(out: Path) -> None:
    with only_launcher(out, FIRST), only_launcher(out, SECOND):
        assert is_running(out)
        assert is_running(out, FIRST)
        assert not is_running(out, Shard(0, 3))
        for shard in (Shard(), FIRST):
            with pytest.raises(SettingsError, match="Another launcher is running"), only_launcher(out, shard):
                pass


def test_an_old_request_to_stop_is_forgotten(out: Path) -> None:
    cancel_file(out).touch()
    with only_launcher(out):
        assert not cancel_file(out).exists()


def test_a_lock_that_is_waited_for_excludes_all_others_although_its_file_is_removed(out: Path) -> None:
    inside, most = list[int](), list[int]()

    def work() -> None:
        for _ in range(20):
            with lock_when_free(out / "one"):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.001)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 80
    assert set(most) == {1}
    assert not (out / "one").exists()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_is_used_without_one(out: Path, monkeypatch: Any, number: int) -> None:
    def flock(*_: Any) -> None:
        raise OSError(number, "no locks")

    monkeypatch.setattr(fcntl, "flock", flock)
    with only_launcher(out, FIRST), only_launcher(out):
        assert not is_running(out)
