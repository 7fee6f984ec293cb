# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the array types that functions take and return; docstrings state the shapes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Shorts = NDArray[np.uint16]
Bytes = NDArray[np.uint8]
