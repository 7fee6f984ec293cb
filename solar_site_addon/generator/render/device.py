# SPDX-License-Identifier: GPL-3.0-or-later
"""Which device renders: the best backend that has a real device, or the one asked for; else the CPU, and why."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy

from ..domain.messages import Message

BACKENDS = {"darwin": ("METAL",)}
"""Backends worth a try, best first, by platform; every other platform has OTHER_BACKENDS."""
OTHER_BACKENDS = ("OPTIX", "CUDA", "HIP", "ONEAPI")
NO_DEVICE = "Using only the CPU for rendering: no {backends} device was found."


@dataclass(frozen=True)
class DeviceChoice:
    """The device that renders."""

    backend: str
    """METAL, OPTIX, CUDA, HIP, ONEAPI or CPU."""
    name: str
    """Name of the one device taken, empty for the CPU."""
    number: int = 0
    """Place of that device among the backend's devices."""
    messages: tuple[Message, ...] = ()
    """Warnings for the user, each one sentence."""


def choose_device(
    requested: str, use_gpu: bool, slot: int, platform: str, devices_of: Callable[[str], list[str]]
) -> DeviceChoice:
    """The device for worker number ``slot``, where several GPUs are dealt out round robin.

    ``requested`` is auto, cpu or a backend in lower case; ``platform`` as sys.platform says it; ``devices_of``
    gives the names of the real devices of a backend, none where the backend is not there.
    """
    if not use_gpu or requested == "cpu":
        return DeviceChoice("CPU", "")
    backends = BACKENDS.get(platform, OTHER_BACKENDS)
    wanted = backends if requested == "auto" else (requested.upper(),)
    for backend in wanted:
        names = devices_of(backend)
        if names:
            number = slot % len(names)
            return DeviceChoice(backend, names[number], number)
    return DeviceChoice("CPU", "", messages=(Message(NO_DEVICE, {"backends": tuple(wanted)}),))


def cycles_preferences() -> bpy.types.AddonPreferences | None:
    """Preferences of Cycles, or None where the Cycles add-on is switched off."""
    addon = bpy.context.preferences.addons.get("cycles")
    return addon.preferences if addon else None


def found_devices(backend: str) -> list[str]:
    """Names of this machine's real devices of ``backend``, in Cycles' order."""
    preferences = cycles_preferences()
    if preferences is None:
        return []
    try:
        return [device.name for device in _devices(preferences, backend)]
    except (TypeError, ValueError):  # this build does not know the backend
        return []


def hardware(platform: str, devices_of: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Names of the real devices of every backend that is worth a try on ``platform``, and of the CPU."""
    return {backend: devices_of(backend) for backend in (*BACKENDS.get(platform, OTHER_BACKENDS), "CPU")}


def select_device(requested: str, use_gpu: bool, slot: int = 0) -> DeviceChoice:
    """Choose the device and tell Cycles' preferences, which --factory-startup has wiped."""
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
    """Devices of exactly that type: Cycles lists its CPU with every backend, and backends that have no hardware."""
    return [device for device in preferences.get_devices_for_type(backend) or () if device.type == backend]
