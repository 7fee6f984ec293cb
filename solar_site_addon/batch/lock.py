# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks on files: one launcher for each dataset folder, and a sign of life for whoever started a launcher.

The operating system releases a lock when its process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..generator.domain.errors import SettingsError
from .dataset_folder import cancel_file, lock_file, shards_with_record
from .shard import WHOLE, Shard

LOCK_ATTEMPTS = 5
"""A panel that checks for a running launcher holds the lock for an instant."""
LOCK_PAUSE_SECONDS = 0.1

ANOTHER_RUN = "Another launcher is running in {folder}; wait until it finishes."


@contextlib.contextmanager
def only_launcher(out: Path, shard: Shard = WHOLE) -> Iterator[None]:
    """Keep other launchers out of ``out``, except those of other shards; raise SettingsError if one is running there.

    A shard shares the lock of the folder and has another one of its own.
    """
    with lock_file(out).open("a") as file, lock_file(out, shard).open("a") as own:
        shares = shard != WHOLE
        if not _lock_patiently(file, shared=shares) or (shares and not _lock_patiently(own)):
            raise SettingsError(ANOTHER_RUN, folder=out)
        if not (shares and any(is_running(out, other) for other in shards_with_record(out) if other != shard)):
            cancel_file(out).unlink(missing_ok=True)  # left over from an earlier run
        yield


def is_running(out: Path, shard: Shard = WHOLE) -> bool:
    """Return whether a launcher is running in ``out``: any at all, or that of a shard."""
    return is_locked(lock_file(out, shard))


def is_locked(path: Path) -> bool:
    """Return whether any process holds a lock on ``path``. The check itself takes the lock for an instant."""
    try:
        with path.open("r+") as file:
            return not _lock(file)
    except OSError:
        return False


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep ``path`` locked, so that other processes see that this one is alive."""
    with path.open("a") as file:
        _lock_patiently(file)
        yield


@contextlib.contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Lock ``path`` if no other process has; yield whether it is locked now."""
    with path.open("a") as file:
        yield _lock(file)


@contextlib.contextmanager
def lock_when_free(path: Path) -> Iterator[None]:
    """Lock ``path`` as soon as no other process has, and remove it at the end."""
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(path.open("a"))
        while not (_lock(file) and _is_at(path, file)):
            time.sleep(LOCK_PAUSE_SECONDS)
            if not _is_at(path, file):  # whoever had the lock has removed the file
                file = stack.enter_context(path.open("a"))
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows removes no file that is open
                path.unlink()


def _is_at(path: Path, file: IO[str]) -> bool:
    """Return whether an open file is still the one at ``path``."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _lock_patiently(file: IO[str], *, shared: bool = False) -> bool:
    """Lock ``file`` like ``_lock``, but retry: another process may hold it just to check it."""
    for _ in range(LOCK_ATTEMPTS):
        if _lock(file, shared=shared):
            return True
        time.sleep(LOCK_PAUSE_SECONDS)
    return False


def _lock(file: IO[str], *, shared: bool = False) -> bool:
    """Lock ``file`` until it is closed; return False if another process holds the lock.

    Several processes may hold a ``shared`` lock, except on Windows, which has none: there, it is not taken.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            if not shared:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - POSIX only

            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        # Some network file systems have no locks: there, the run continues without one.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
