# SPDX-License-Identifier: GPL-3.0-or-later
"""EXR files read with the OpenEXR project's own library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR


def official_channels(path: Path) -> dict[str, np.ndarray]:
    """Return the channels (H, W) by name."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: channel.pixels for name, channel in file.channels().items()}
