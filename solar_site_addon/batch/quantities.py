# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and sizes as a person reads them."""

from __future__ import annotations

from ..generator.domain.messages import Message


def duration(seconds: float) -> str:
    """Return hours, minutes and seconds as ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def rough_duration(seconds: float) -> Message:
    """Return an estimated duration with no more digits than an estimate has: ``9 h``."""
    if seconds < 100:
        return Message("{number} s", {"number": max(5, 5 * round(seconds / 5))})
    if seconds < 100 * 60:
        return Message("{number} min", {"number": round(seconds / 60)})
    if seconds < 100 * 3600:
        return Message("{number} h", {"number": round(seconds / 3600)})
    return Message("{number} days", {"number": round(seconds / 86400)})


def size(number_of_bytes: float) -> str:
    """Return a number of bytes with a suitable unit: ``12.3 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if number_of_bytes < 1000:
            return f"{number_of_bytes:.3g} {unit}"
        number_of_bytes /= 1000
    return f"{number_of_bytes:.1f} TB"
