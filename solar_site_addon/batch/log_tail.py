# SPDX-License-Identifier: GPL-3.0-or-later
"""The last lines of a log, which tell why a program ended."""

from __future__ import annotations

from pathlib import Path

LINES = 5
BYTES = 8192


def last_lines(log: Path, number: int = LINES) -> list[str]:
    """Return the last ``number`` lines of a log that are not empty; nothing if it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()][-number:]
