# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of processes that suits a machine: for the doctor, the launcher's plan and the panel's Automatic."""

from __future__ import annotations

from ..generator.settings.schema import Settings
from .memory import processes_that_fit

CORES_OF_PROCESS = 4
"""A render keeps all cores busy; planning, building and writing do not, so several processes overlap them."""
PROCESSES_OF_GPU = 2
"""One renders while the other plans, builds and writes."""
MAX_PROCESSES = 8
"""More have not been measured to help on one machine."""


def recommended_processes(
    *, cores: int, gpus: int, num_images: int, settings: Settings, denoiser: str, memory: float | None
) -> int:
    """Return the number of processes that keeps a machine busy without filling its memory, at least one.

    On the CPU (``gpus`` is 0) one for every four cores, but two on two or three cores; on GPUs two for each.
    ``denoiser`` is the one that actually runs. ``memory`` is in bytes, None if unknown.
    """
    wanted = PROCESSES_OF_GPU * gpus if gpus else max(cores // CORES_OF_PROCESS, 2)
    wanted = max(1, min(wanted, cores, num_images, MAX_PROCESSES))
    return processes_that_fit(settings, denoiser, memory, wanted)
