# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader of elevation models is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .grid import Grid
from .source import Source


@dataclass(frozen=True)
class Reader:
    """A reader of one kind of files. A new reader is one new module in ``readers/`` that defines ``READER``."""

    title: str
    """Name of the kind, as messages and docs show it."""
    suffixes: tuple[str, ...]
    """Endings of the names of such files, in lower case. They count only for files that no reader recognizes."""
    recognizes: Callable[[bytes], bool]
    """Return whether a file that begins with these bytes is of this kind."""
    read: Callable[[Source, float], Grid]
    """Return the grid in a file; the number is ``site.elevation_cell_m``. Raise ElevationError if there is none."""


def never(_head: bytes) -> bool:
    """Return False, for files that only their name tells apart."""
    return False
