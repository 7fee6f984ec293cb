# SPDX-License-Identifier: GPL-3.0-or-later
"""What carries out a run, and what it may ask a cluster for. Only the command line offers this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..generator.settings.types import Setting, Spec

LOCAL = "local"


@dataclass(frozen=True)
class ExecutorChoice:
    """The executor by name, and its options; those of other executors are ignored."""

    executor: str = LOCAL
    ray_address: str = "auto"
    ray_cpus: int = 4
    ray_gpus: float = 1.0


_DEFAULT = ExecutorChoice()
SETTINGS = (
    Setting(
        "executor",
        str,
        _DEFAULT.executor,
        Spec("What carries out the run: local for processes on this machine, ray for a Ray cluster"),
    ),
    Setting(
        "ray_address",
        str,
        _DEFAULT.ray_address,
        Spec("Address of the Ray cluster; auto finds the one that this machine belongs to"),
    ),
    Setting("ray_cpus", int, _DEFAULT.ray_cpus, Spec("CPUs of each process in a Ray cluster", minimum=1, maximum=1024)),
    Setting(
        "ray_gpus",
        float,
        _DEFAULT.ray_gpus,
        Spec("GPUs of each process in a Ray cluster; 0.5 lets two processes share a GPU", minimum=0.05, maximum=1.0),
    ),
)
"""The fields as settings, each with a flag."""


def chosen(values: Mapping[str, Any]) -> ExecutorChoice:
    """Return the choice with these values, by name."""
    names = {setting.name for setting in SETTINGS}
    return ExecutorChoice(**{name: value for name, value in values.items() if name in names})
