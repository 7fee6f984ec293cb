# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage: how much an image needs while it is made, whether a folder has it, and which errors mean that it does not.

Launcher and workers ask the same questions, wherever the workers run.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..generator.domain.messages import Message, system_reason
from ..generator.settings.schema import Settings
from .quantities import size

BYTES_PER_PIXEL = 6.0
"""Assumed size of a sample's files per pixel: most of it is rgb.png and depth.exr."""
BYTES_PER_PIXEL_OF_NORMALS = 9.0
BYTES_OF_ANNOTATIONS = 1.5e6
"""Assumed size of a sample's part of sample.json and instances.json: that of a few thousand modules."""
BYTES_PER_RENDERED_PIXEL = 48.0
"""Size of Blender's own file while an image is made: uncompressed, 44 bytes per pixel with Blender 4.5."""
BYTES_PER_PAINTED_PIXEL = 40.0
"""Size of the painted ground while an image is made: 2 x 2 texels of five half floats."""

NO_ROOM = (
    "{folder} has {free} free, and the next images need {needed} while they are made (processes: {count}): free some "
    "space"
)
NOT_WRITABLE = "{folder} is not writable"
UNUSABLE = "{folder} cannot be used ({reason})"
REFUSED = "the system refuses to write more into {folder}, although it reports {free} free: check your quota"
SYMPTOMS = ("No space left on device", "Disk quota exceeded")
"""What Blender's own messages contain."""
_ERRORS = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EROFS", "ESTALE", "ENODEV", "ENOTCONN", "ETIMEDOUT", "EHOSTDOWN", "EREMOTEIO")
    if hasattr(errno, name)
)
"""The disk or quota is full, or the file system is read-only or unreachable: no image can be made meanwhile."""


def bytes_of_sample(settings: Settings) -> float:
    """Return the estimated size of a sample's files."""
    return math.prod(settings.camera.image_size) * bytes_per_pixel(settings) + BYTES_OF_ANNOTATIONS


def bytes_per_pixel(settings: Settings) -> float:
    """Return the assumed size of a sample's files per pixel."""
    return BYTES_PER_PIXEL + BYTES_PER_PIXEL_OF_NORMALS * settings.render.normals


def bytes_to_make(settings: Settings) -> float:
    """Return the estimated bytes that an image needs on the disk while it is made, temporary files included."""
    temporary = BYTES_PER_RENDERED_PIXEL + BYTES_PER_PAINTED_PIXEL
    return bytes_of_sample(settings) + math.prod(settings.camera.image_size) * temporary


@dataclass(frozen=True)
class Storage:
    """The folder that images are written to, with their temporary files."""

    folder: Path
    image: float
    """Bytes that one image needs while it is made."""
    processes: int = 1
    """Number of images that are made at the same time."""

    @property
    def needed(self) -> float:
        """Bytes that must be free before an image is started."""
        return self.image * self.processes

    def trouble(self) -> Message | None:
        """Return why no image can be made now, or None."""
        try:
            free = shutil.disk_usage(self.folder).free
            if not os.access(self.folder, os.W_OK | os.X_OK):
                return Message(NOT_WRITABLE, {"folder": self.folder})
        except OSError as error:
            return Message(UNUSABLE, {"folder": self.folder, "reason": system_reason(error)})
        if free >= self.needed:
            return None
        room = {"free": size(free), "needed": size(self.needed)}
        return Message(NO_ROOM, {"folder": self.folder, **room, "count": self.processes})

    def refused(self) -> Message:
        """Return what to say if a file could not be written although nothing seems to be wrong."""
        try:
            free = size(shutil.disk_usage(self.folder).free)
        except OSError as error:
            return Message(UNUSABLE, {"folder": self.folder, "reason": system_reason(error)})
        return Message(REFUSED, {"folder": self.folder, "free": free})


def is_storage_error(error: BaseException) -> bool:
    """Return whether ``error``, or one that led to it, says that nothing can be written."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, OSError) and chain.errno in _ERRORS:
            return True
        if any(symptom in str(chain) for symptom in SYMPTOMS):
            return True
        chain = chain.__cause__ or chain.__context__
    return False
