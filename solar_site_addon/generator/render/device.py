# SPDX-License-Identifier: GPL-3.0-or-later
"""Choice of the render device: the best backend with a real device, or the requested one, or else the CPU."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy

from ..domain.messages import Message

BACKENDS = {"darwin": ("METAL",)}
"""Backends to try by platform, best first; all other platforms use OTHER_BACKENDS."""
OTHER_BACKENDS = ("OPTIX", "CUDA", "HIP", "ONEAPI")
NO_DEVICE = "Using only the CPU for rendering: no {backends} device was found."


@dataclass(frozen=True)
class DeviceChoice:
    """The device that renders."""

    backend: str
    """METAL, OPTIX, CUDA, HIP, ONEAPI or CPU."""
    name: str
    """Name of the selected device, empty for the CPU."""
    number: int = 0
    """Index of that device among the backend's devices."""
    count: int = 0
    """Number of the backend's devices, 0 for the CPU."""
    messages: tuple[Message, ...] = ()
    """Warnings for the user, one sentence each."""


def choose_device(
    requested: str, use_gpu: bool, slot: int, platform: str, devices_of: Callable[[str], list[str]]
) -> DeviceChoice:
    """Return the device for worker ``slot``; several GPUs are assigned round robin.

    ``requested`` is auto, cpu or a backend in lower case; ``platform`` is a value of sys.platform; ``devices_of``
    returns the names of a backend's real devices, none if the backend is unavailable.
    """
    if not use_gpu or requested == "cpu":
        return DeviceChoice("CPU", "")
    backends = BACKENDS.get(platform, OTHER_BACKENDS)
    wanted = backends if requested == "auto" else (requested.upper(),)
    for backend in wanted:
        names = devices_of(backend)
        if names:
            number = slot % len(names)
            return DeviceChoice(backend, names[number], number, len(names))
    return DeviceChoice("CPU", "", messages=(Message(NO_DEVICE, {"backends": tuple(wanted)}),))


def cycles_preferences() -> bpy.types.AddonPreferences | None:
    """Return the preferences of Cycles, or None if the Cycles add-on is disabled."""
    addon = bpy.context.preferences.addons.get("cycles")
    return addon.preferences if addon else None


def found_devices(backend: str) -> list[str]:
    """Return the names of this machine's real devices of ``backend``, in Cycles' order."""
    preferences = cycles_preferences()
    if preferences is None:
        return []
    try:
        return [device.name for device in _devices(preferences, backend)]
    except (TypeError, ValueError):  # this build lacks the backend
        return []


def hardware(platform: str, devices_of: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Return the names of the real devices of every backend to try on ``platform``, and of the CPU."""
    return {backend: devices_of(backend) for backend in (*BACKENDS.get(platform, OTHER_BACKENDS), "CPU")}


def select_device(requested: str, use_gpu: bool, slot: int = 0) -> DeviceChoice:
    """Choose the device and set it in Cycles' preferences, which --factory-startup has cleared."""
    choice = choose_device(requested, use_gpu, slot, sys.platform, found_devices)
    preferences = cycles_preferences()
    if preferences is None or choice.backend == "CPU":
        return choice
    preferences.compute_device_type = choice.backend
    found = _devices(preferences, choice.backend)
    for device in preferences.devices:
        device.use = device.id == found[choice.number].id and device.type == choice.backend
    return choice


def _devices(preferences: Any, backend: str) -> list[Any]:
    """Return the devices of exactly that type: Cycles adds its CPU to every backend, even to those without hardware."""
    return [device for device in preferences.get_devices_for_type(backend) or () if device.type == backend]
