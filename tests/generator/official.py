# SPDX-License-Identifier: GPL-3.0-or-later
"""Read EXR files with the official OpenEXR library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR


def official_channels(path: Path) -> dict[str, np.ndarray]:
    """The channels (H, W) by name."""
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: channel.pixels for name, channel in file.channels().items()}
