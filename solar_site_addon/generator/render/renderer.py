# SPDX-License-Identifier: GPL-3.0-or-later
"""Device, denoiser and threads of a process, determined once and used for every image."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from ..domain.messages import Message
from ..settings.schema import RenderSettings
from .device import DeviceChoice, found_devices, hardware, select_device
from .quality import DENOISERS, available_denoisers, choose_denoiser


@dataclass(frozen=True)
class Renderer:
    """Device, denoiser and threads of this process."""

    device: DeviceChoice
    denoiser: str
    """INTEL, OPTIX or NONE: the one in use."""
    threads: int | None
    """CPU threads, None for all."""
    messages: tuple[Message, ...]
    """Warnings for the user about requests that could not be met."""

    @property
    def backend(self) -> str:
        """METAL, OPTIX, CUDA, HIP, ONEAPI or CPU."""
        return self.device.backend

    def describe(self, render: RenderSettings) -> dict[str, Any]:
        """Return the ``render`` section of sample.json."""
        return {
            "device": self.backend,
            "samples": render.sampling.max_samples,
            "noise_threshold": render.sampling.noise_threshold,
            "denoiser": self.denoiser,
        }


def prepare_renderer(
    device: str, use_gpu: bool, gpu_slot: int = 0, threads: int | None = None, denoiser: str = "INTEL"
) -> Renderer:
    """Choose device and denoiser, and set Cycles' preferences accordingly."""
    choice = select_device(device, use_gpu, gpu_slot)
    actual, warnings = choose_denoiser(denoiser, choice.backend, available_denoisers())
    return Renderer(choice, actual, threads, choice.messages + warnings)


def describe_hardware() -> dict[str, Any]:
    """Return what could render on this machine: device names by backend, and denoisers as in the settings."""
    known = {identifier: name for name, identifier in DENOISERS.items()}
    return {
        "devices": hardware(sys.platform, found_devices),
        "denoisers": [known[identifier] for identifier in available_denoisers()],
    }
