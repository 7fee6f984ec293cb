# SPDX-License-Identifier: GPL-3.0-or-later
"""All readers of elevation models, and the one for a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ....domain.discovery import load_modules
from ....domain.errors import ElevationError, UnrecognizedElevationError, UnsupportedElevationError
from . import readers
from .grid import Grid, checked
from .reader import Reader
from .source import Source, open_source

_VIRTUAL = (b"<VRTDataset", b"<GDAL_WMS")
_WEB_PAGE = (b"<!doctype html", b"<html")
_LFS = b"version https://git-lfs"
_POINT_CLOUD = b"LASF"


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
    source = open_source(path, _rank)
    return checked(_reader(source).read(source, cell_m))


def _rank(name: str, head: bytes) -> int:
    """Return 2 for a file that a reader recognizes, 1 for one that only its name tells, 0 for all others."""
    return 2 if _knows(head) else int(_named(name) is not None)


def _knows(head: bytes) -> Reader | None:
    return next((reader for reader in all_readers() if reader.recognizes(head)), None)


def _named(name: str) -> Reader | None:
    return next((reader for reader in all_readers() if name.lower().endswith(reader.suffixes)), None)


def _reader(source: Source) -> Reader:
    head = source.head()
    _refuse_mistaken(head)
    found = _knows(head) or _named(source.name)
    if found is not None:
        return found
    if head.lstrip().startswith(_VIRTUAL):
        raise UnsupportedElevationError("it is a virtual raster (VRT) that refers to other files")
    raise UnrecognizedElevationError("it is none of these: {titles}", titles=titles())


def _refuse_mistaken(head: bytes) -> None:
    """Raise ElevationError for point clouds and what failed downloads leave: GDAL reads no elevation model from it."""
    if not head:
        raise ElevationError("it is empty")
    if head.lstrip().lower().startswith(_WEB_PAGE):
        raise ElevationError("it is a web page: download the elevation model again")
    if head.startswith(_POINT_CLOUD):
        raise ElevationError("it is a point cloud: make a grid of its ground points first, for example with PDAL")
    if head.startswith(_LFS):
        raise ElevationError("it is a pointer to a file in Git LFS: fetch the file itself")
