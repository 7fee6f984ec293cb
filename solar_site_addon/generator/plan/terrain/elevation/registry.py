# SPDX-License-Identifier: GPL-3.0-or-later
"""All readers of elevation models, and the one for a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ....domain.discovery import load_modules
from ....domain.errors import UnsupportedElevationError
from . import readers
from .grid import Grid, checked
from .reader import Reader
from .source import Source, open_source

_VIRTUAL = (b"<VRTDataset", b"<GDAL_WMS")


@cache
def all_readers() -> tuple[Reader, ...]:
    """Return the readers in the folder ``readers`` in alphabetical order."""
    return tuple(module.READER for module in load_modules(readers).values())


def titles() -> tuple[str, ...]:
    """Return the names of all kinds of files that are read."""
    return tuple(reader.title for reader in all_readers())


def open_grid(path: Path, cell_m: float) -> Grid:
    """Return the grid in a file, of which no heights have been read yet.

    ``cell_m`` is the cell size of files that store none. Raise OSError if the file cannot be read, ElevationError if it
    is no elevation model that is read here.
    """
    suffixes = tuple(suffix for reader in all_readers() for suffix in reader.suffixes)
    source = open_source(path, suffixes)
    return checked(_reader(source).read(source, cell_m))


def _reader(source: Source) -> Reader:
    head = source.head()
    for reader in all_readers():
        if reader.recognizes(head):
            return reader
    for reader in all_readers():
        if source.name.lower().endswith(reader.suffixes):
            return reader
    if head.lstrip().startswith(_VIRTUAL):
        raise UnsupportedElevationError("it is a virtual raster (VRT) that refers to other files")
    raise UnsupportedElevationError("it is of no supported kind ({titles})", titles=titles())
