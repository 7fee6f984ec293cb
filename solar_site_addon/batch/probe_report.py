# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Blender reports about itself: written as JSON by a worker, read by the launcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

from ..generator.domain.messages import Message


class ProbeDocument(TypedDict):
    """The report as JSON."""

    versions: dict[str, str]
    backend: str
    device: str
    gpus: int
    messages: list[dict[str, Any]]
    denoiser: str
    devices: NotRequired[dict[str, list[str]]]
    denoisers: NotRequired[list[str]]


@dataclass(frozen=True)
class ProbeReport:
    """The report as the launcher uses it."""

    versions: Mapping[str, str]
    """Versions of ``blender`` and ``python``."""
    backend: str
    """METAL, OPTIX, CUDA, HIP, ONEAPI or CPU."""
    device: str
    """Name of the GPU that the first process renders on, empty for the CPU."""
    messages: tuple[Message, ...]
    """Warnings about anything that was requested but is not available."""
    denoiser: str
    """Denoiser that will run: INTEL, OPTIX or NONE."""
    gpus: int = 0
    """Number of GPUs that processes can share, 0 for the CPU."""
    devices: Mapping[str, list[str]] = field(default_factory=dict)
    """Names of the actual devices by backend, including the CPU, if requested."""
    denoisers: tuple[str, ...] = ()
    """Denoisers that this Blender can run, if requested."""

    @classmethod
    def of(cls, document: ProbeDocument) -> ProbeReport:
        """Return the report in a JSON document."""
        return cls(
            versions=document["versions"],
            backend=document["backend"],
            device=document["device"],
            messages=tuple(map(Message.from_json, document["messages"])),
            denoiser=document["denoiser"],
            gpus=document["gpus"],
            devices=document.get("devices", {}),
            denoisers=tuple(document.get("denoisers", ())),
        )
