# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory: how much this machine has, what a process needs at its peak, and how many processes fit."""

from __future__ import annotations

import math
import os
from pathlib import Path

from ..generator.domain.messages import Message, SettingName
from ..generator.settings.schema import Settings
from .display import size

BYTES_OF_PROCESS = 0.8e9
BYTES_OF_PIXEL = 170.0
BYTES_OF_DENOISED_PIXEL = 520.0
MAX_BYTES_OF_DENOISER = 1.5e9
"""Peak of a worker on the CPU with Blender 4.5, measured at 320 x 240, 1320 x 989, 2640 x 1978 and 5280 x 3956 px: with
the denoiser 0.7, 1.6, 2.9 and 5.4 GB, without it 0.7, 0.9, 1.4 and 4.1 GB. The denoiser's share stops growing once the
image is larger than Cycles' tiles."""
WIDTH, HEIGHT = SettingName("camera.width_px"), SettingName("camera.height_px")
INSUFFICIENT = (
    "Memory may be insufficient: at this image size, about {needed} is needed (processes: {count}), and {spare} of "
    "this machine's {memory} can be used. To avoid this, {remedy}."
)
SHARE_OF_MEMORY = 0.8
"""The rest is left to the operating system."""


def usable_memory(limits: tuple[Path, ...] = (Path("/sys/fs/cgroup/memory.max"),)) -> float | None:
    """Return the bytes of memory that this process may use: the machine's, or the limit of its container.

    Return None if the operating system does not report it (Windows). ``limits`` are files with a number of bytes, or
    ``max``.
    """
    try:
        sizes = [float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")]
    except (AttributeError, ValueError, OSError):
        return None
    for file in limits:
        try:
            sizes.append(float(file.read_text(encoding="ascii")))
        except (OSError, ValueError):  # no container, or one without a limit
            continue
    return min(sizes)


def bytes_of_process(settings: Settings, denoiser: str) -> float:
    """Return the estimated peak memory of a worker for such images; ``denoiser`` is the one that actually runs."""
    pixels = math.prod(settings.camera.image_size)
    of_denoiser = 0.0 if denoiser == "NONE" else min(BYTES_OF_DENOISED_PIXEL * pixels, MAX_BYTES_OF_DENOISER)
    return BYTES_OF_PROCESS + BYTES_OF_PIXEL * pixels + of_denoiser


def processes_that_fit(settings: Settings, denoiser: str, memory: float | None, wanted: int) -> int:
    """Return how many of the ``wanted`` processes fit into ``memory`` bytes, at least one; None means any amount."""
    if memory is None:
        return wanted
    return max(1, min(wanted, int(SHARE_OF_MEMORY * memory / bytes_of_process(settings, denoiser))))


def memory_warnings(settings: Settings, denoiser: str, processes: int, memory: float | None) -> tuple[Message, ...]:
    """Return one warning if ``processes`` at a time may need more than ``memory`` bytes, or nothing."""
    need = bytes_of_process(settings, denoiser)
    if memory is None or processes * need <= SHARE_OF_MEMORY * memory:
        return ()
    fewer = processes_that_fit(settings, denoiser, memory, processes)
    remedy = Message("reduce {width} and {height}", {"width": WIDTH, "height": HEIGHT})
    if fewer < processes and need <= SHARE_OF_MEMORY * memory:
        values = {"processes": SettingName("num_parallel"), "number": fewer, "smaller": remedy}
        remedy = Message("set {processes} to {number}, or {smaller}", values)
    usable = {"needed": size(processes * need), "spare": size(SHARE_OF_MEMORY * memory), "memory": size(memory)}
    return (Message(INSUFFICIENT, {"count": processes, **usable, "remedy": remedy}),)
