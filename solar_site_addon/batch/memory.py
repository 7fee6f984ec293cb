# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory: how much this machine has, what a process needs at its peak, how many processes fit, and which errors mean
that it ran out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from ..generator.domain.messages import Message, SettingName
from ..generator.imaging.bands import bands
from ..generator.settings.schema import Settings
from .quantities import size

BYTES_OF_PROCESS = 1.2e9
BYTES_OF_PIXEL = 60.0
"""Arrays of the whole image."""
BYTES_OF_RENDERED_PIXEL = 130.0
BYTES_OF_DENOISED_PIXEL = 850.0
"""For each pixel of the band that is rendered: the renderer, and the denoiser. Peaks of a worker on the CPU, measured
with Blender 4.5 at 320 x 240, 1320 x 989, 2640 x 1978 and 5280 x 3956 px: with the denoiser 1.2, 2.3, 3.1 and 4.9 GB,
without it 1.1, 1.4, 2.1 and 3.2 GB."""
BYTES_OF_GROUND_IMAGES = 0.3e9
"""Textures of six kinds of ground, 1024 px wide, measured: 0.2 GB, and 0.1 GB more while they are read."""
BYTES_OF_ORTHOPHOTO = 0.7e9
"""An image of 8000 x 8000 px in colors, measured: decoded, and reduced to 4096 x 4096 px. Its largest size, 200 million
pixels, takes 0.5 GB more."""
WIDTH, HEIGHT = SettingName("camera.width_px"), SettingName("camera.height_px")
INSUFFICIENT = (
    "Memory may be insufficient: at this image size, about {needed} is needed (processes: {count}), and {spare} of "
    "this machine's {memory} can be used. To avoid this, {remedy}."
)
SHARE_OF_MEMORY = 0.8
"""The rest is left to the operating system."""


CONTROL_GROUPS = Path("/sys/fs/cgroup")
PROCESSES = Path("/proc")
_SYMPTOMS = re.compile(
    r"out of( GPU)? memory|MemoryError|std::bad_alloc|Unable to allocate|Cannot allocate memory|[mc]alloc returns null",
    re.IGNORECASE,
)
"""What Cycles, its GPU backends, Blender, numpy and Python say when they get no memory."""


def usable_memory(groups: Iterable[Path] | None = None) -> float | None:
    """Return the bytes of memory that this process may use: the machine's, or the limit of its container or job.

    Return None if the operating system does not report it (Windows). ``groups`` are the folders of control groups, by
    default those of this process.
    """
    try:
        sizes = [float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")]
    except (AttributeError, ValueError, OSError):
        return None
    for group in control_groups() if groups is None else groups:
        limit = _limit(group)
        sizes += [] if limit is None else [limit]
    return min(sizes)


def available_memory(groups: Iterable[Path] | None = None, system: Path = PROCESSES) -> float | None:
    """Return the bytes of memory that can be used now without swapping, None if the system does not report it.

    ``groups`` are the folders of the control groups of this process, ``system`` is the process file system.
    """
    try:
        lines = (system / "meminfo").read_text(encoding="ascii").splitlines()
        free = [1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
    except (OSError, ValueError, IndexError):
        return None
    for group in control_groups() if groups is None else groups:
        limit, used = _limit(group), _used(group)
        if limit is not None and used is not None:
            free.append(limit - used)
    return max(0.0, min(free)) if free else None


def control_groups(mounted: Path = CONTROL_GROUPS, own: Path = PROCESSES / "self" / "cgroup") -> list[Path]:
    """Return the folders of the control groups that limit the memory of this process, from the innermost outward."""
    try:
        lines = [line.split(":", 2) for line in own.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return []
    folders: list[Path] = []
    for _, controllers, path in (line for line in lines if len(line) == 3):
        if controllers in ("", "memory"):  # version 2, version 1
            root = mounted / controllers
            parts = [part for part in Path(path).parts if part not in ("/", "..")]
            folders += [root.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]
    return folders


def _limit(group: Path) -> float | None:
    """Return the bytes that a control group may use, None without a limit."""
    return _first_number(group, "memory.max", "memory.limit_in_bytes")


def _used(group: Path) -> float | None:
    """Return the bytes that a control group uses, without those of files that the system gives back on demand."""
    used = _first_number(group, "memory.current", "memory.usage_in_bytes")
    if used is None:
        return None
    try:
        words = [line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines()]
        cached = {name: float(number) for name, number in words}
    except (OSError, ValueError):
        return used
    return used - cached.get("total_inactive_file", cached.get("inactive_file", 0.0))


def _first_number(group: Path, *names: str) -> float | None:
    """Return the number in the first of these files that holds one; None for ``max`` and without a file."""
    for name in names:
        try:
            return float((group / name).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
    return None


def memory_of_process(pid: int, system: Path = PROCESSES) -> tuple[float, float]:
    """Return the bytes that a process holds now and at its peak so far; zeros if the system does not report them."""
    try:
        words = [line.split() for line in (system / str(pid) / "status").read_text(encoding="utf-8").splitlines()]
        found = {line[0]: 1024.0 * int(line[1]) for line in words if line and line[0] in ("VmRSS:", "VmHWM:")}
    except (OSError, ValueError, IndexError):
        return 0.0, 0.0
    return found.get("VmRSS:", 0.0), found.get("VmHWM:", 0.0)


def leaves_room(available: float | None, running: Iterable[float], peak: float) -> bool:
    """Return whether another process that needs ``peak`` bytes fits into the ``available`` ones.

    ``running`` are the bytes that the other processes hold now: each may still grow to its own peak.
    """
    if available is None:
        return True
    return available - sum(max(0.0, peak - held) for held in running) >= peak


def is_memory_error(error: BaseException) -> bool:
    """Return whether ``error``, or one that led to it, says that memory ran out, that of the GPU included."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, MemoryError) or tells_of_memory(str(chain)):
            return True
        chain = chain.__cause__ or chain.__context__
    return False


def tells_of_memory(text: str) -> bool:
    """Return whether a message or the output of a program says that memory ran out."""
    return _SYMPTOMS.search(text) is not None


def bytes_of_process(settings: Settings, denoiser: str) -> float:
    """Return the estimated peak memory of a worker for such images; ``denoiser`` is the one that actually runs."""
    width, height = settings.camera.image_size
    denoised = denoiser != "NONE"
    rows = max(band.rendered.stop - band.rendered.start for band in bands(width, height, denoised=denoised))
    of_rendered = BYTES_OF_RENDERED_PIXEL + (BYTES_OF_DENOISED_PIXEL if denoised else 0.0)
    of_textures = BYTES_OF_GROUND_IMAGES if settings.site.ground_images else 0.0
    of_orthophoto = BYTES_OF_ORTHOPHOTO if settings.site.orthophoto else 0.0
    of_image = BYTES_OF_PIXEL * width * height + of_rendered * width * rows
    return BYTES_OF_PROCESS + of_image + of_textures + of_orthophoto


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
