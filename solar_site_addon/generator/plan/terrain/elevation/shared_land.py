# SPDX-License-Identifier: GPL-3.0-or-later
"""Land that was read once and is used again: by this process, and by all processes that share a folder.

Only the time to read depends on this, never the result: what is missing is read again. So a work unit does not mention
it, and a worker on a machine without the folder needs nothing but the elevation model itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ....domain.array_types import Floats

_VERSION = 3
"""Increased with every change of the readers that changes heights."""
_folders: list[Path] = []


def share_land_in(folder: Path | None) -> None:
    """Keep land in ``folder`` from now on, for all processes that do the same; None ends that."""
    _folders[:] = [] if folder is None else [folder]


def shared_land(what: dict[str, Any], read: Callable[[], Floats]) -> Floats:
    """Return the array that ``what`` (JSON types) stands for, from the shared folder or else from ``read``."""
    if not _folders:
        return read()
    key = hashlib.sha256(json.dumps({"version": _VERSION, **what}, sort_keys=True).encode()).hexdigest()
    file = _folders[0] / f"{key}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        found: Floats = np.load(file, allow_pickle=False)
        return found
    land = read()
    with contextlib.suppress(OSError):  # a full disk or a read-only folder costs time, not the image
        _write(file, land)
    return land


def _write(file: Path, land: Floats) -> None:
    """Write the array under a name of its own, then rename it: other processes see it whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".partial", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            np.save(stream, land, allow_pickle=False)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
