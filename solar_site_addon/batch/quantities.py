# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and sizes as a person reads them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return hours, minutes and seconds as ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def size(number_of_bytes: float) -> str:
    """Return a number of bytes with a suitable unit: ``12.3 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if number_of_bytes < 1000:
            return f"{number_of_bytes:.3g} {unit}"
        number_of_bytes /= 1000
    return f"{number_of_bytes:.1f} TB"
