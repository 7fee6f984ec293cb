# SPDX-License-Identifier: GPL-3.0-or-later
"""The executors by name: every module of this package with a function ``create`` is one, named like its file.

``create`` takes the request and the Blender to use, and returns the executor. A module is imported only when its
executor is requested, so that an executor may need packages that the launcher does not.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from ...generator.domain.discovery import module_names
from ...generator.domain.errors import SettingsError
from ..blender_command import BlenderCommand
from ..command_line import Request
from .base import Executor

NOT_EXECUTORS = ("base", "cluster_task", "job_watch", "registry", "storage_pause")


def executor_names() -> list[str]:
    """Return the names of all executors."""
    return [name for name in module_names(Path(__file__).parent) if name not in NOT_EXECUTORS]


def load_executor(name: str, request: Request, command: BlenderCommand) -> Executor:
    """Return the executor ``name``; raise SettingsError if there is none of that name."""
    if name not in executor_names():
        raise SettingsError(
            "executor = {name} is not allowed: it must be {allowed}.", name=name, allowed=executor_names()
        )
    executor: Executor = importlib.import_module(f"{__package__}.{name}").create(request, command)
    return executor
