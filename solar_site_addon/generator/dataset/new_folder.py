# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that appears when everything in it has been written."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ..domain.atomic_files import hidden_path
from ..domain.errors import SettingsError
from ..domain.messages import ByFace, Message


def refuse_existing(target: Path) -> None:
    """Raise SettingsError if ``target``, or the hidden folder in which it is written, exists and is not empty."""
    for folder in (target, hidden_path(target)):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise exists_already(folder)


def exists_already(folder: Path) -> SettingsError:
    """Return the error that says that ``folder`` would be overwritten."""
    remedy = ByFace("remove it, or choose another folder with --to", Message("remove it first"))
    return SettingsError("{folder} exists already: {remedy}.", folder=folder, remedy=remedy)


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield a hidden folder that becomes ``target`` at the end; after an error, nothing of it is left."""
    refuse_existing(target)
    hidden = hidden_path(target)
    hidden.mkdir(parents=True, exist_ok=True)
    try:
        yield hidden
        if target.is_dir():
            target.rmdir()
        hidden.rename(target)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise


def in_processes(function: Callable[[Any], int], jobs: Sequence[Any], processes: int) -> int:
    """Return the sum of what ``function`` returns for all jobs, each done in one of some processes."""
    if processes == 1:
        return sum(map(function, jobs))
    with ProcessPoolExecutor(min(processes, len(jobs)), get_context("spawn")) as pool:
        return sum(pool.map(function, jobs))
