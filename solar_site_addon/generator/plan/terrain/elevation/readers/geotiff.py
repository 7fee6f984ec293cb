# SPDX-License-Identifier: GPL-3.0-or-later
"""GeoTIFF and BigTIFF, with strips or tiles, overviews and masks."""

from __future__ import annotations

import math
import re

import numpy as np

from .....domain.array_types import Floats, Indices
from .....domain.errors import ElevationError
from .. import tiff_file as tag
from ..geokeys import WORLD_FILES, Placement, read_placement
from ..grid import Frame, Grid, without_marks
from ..pam import Notes, number, read_notes
from ..reader import Reader
from ..source import Source
from ..tiff_image import TiffImage, read_layout

_REDUCED, _MASK = 1, 4


def _read(source: Source, _cell_m: float) -> Grid:
    directories = tag.read_directories(source)
    full = next((each for each in directories if not _subfile(each) & (_REDUCED | _MASK)), directories[0])
    image = TiffImage(source, read_layout(full))
    size = image.layout.width, image.layout.height
    notes = read_notes(source)
    placement = read_placement(full, *size, source.text_beside(*WORLD_FILES), source.text_beside(".prj"), notes)
    mask = _mask(source, directories, size)
    reduced = [each for each in directories if _subfile(each) & (_REDUCED | _MASK) == _REDUCED]
    overviews = [] if mask else [TiffImage(source, read_layout(each)) for each in reduced]
    values = _Values(full, notes)
    return _grid(
        image,
        placement,
        values,
        mask,
        tuple(
            _overview(each, image, placement, values)
            for each in overviews
            if min(each.layout.width, each.layout.height) > 2
        ),
    )


def _subfile(directory: tag.Directory) -> int:
    return directory.integer(tag.SUBFILE_TYPE, 0)


def _mask(source: Source, directories: list[tag.Directory], size: tuple[int, int]) -> TiffImage | None:
    """Return the mask of the image: within the file, or in a .msk file beside it."""
    found = [(source, each) for each in directories if _subfile(each) == _MASK]
    beside = source.beside(source.path.name + ".msk") if source.unpacked is None else None
    if not found and beside is not None:
        found = [(beside, each) for each in tag.read_directories(beside) if _subfile(each) in (0, _MASK)]
    masks = (TiffImage(where, read_layout(each)) for where, each in found)
    return next((mask for mask in masks if (mask.layout.width, mask.layout.height) == size), None)


class _Values:
    """How the numbers of an image become heights."""

    def __init__(self, directory: tag.Directory, notes: Notes) -> None:
        metadata = directory.text(tag.GDAL_METADATA)
        self.nodata = number(directory.text(tag.GDAL_NODATA)) if notes.nodata is None else notes.nodata
        self.scale = _stated(notes.scale, _role(metadata, "scale"), usual=1.0)
        self.offset = _stated(notes.offset, _role(metadata, "offset"), usual=0.0)
        if not math.isfinite(self.scale * self.offset) or self.scale == 0:
            raise ElevationError("the scale of its heights is not a number above zero")


def _stated(*numbers: float | None, usual: float) -> float:
    """Return the first number that is stated, or the usual one."""
    return next((each for each in numbers if each is not None), usual)


def _role(metadata: str, role: str) -> float | None:
    """Return the number in GDAL's metadata of an image with this role."""
    match = re.search(rf'role="{role}"[^>]*>([^<]*)<', metadata)
    return None if match is None else number(match[1])


def _grid(
    image: TiffImage, placement: Placement, values: _Values, mask: TiffImage | None, overviews: tuple[Grid, ...] = ()
) -> Grid:
    height, width = image.layout.height, image.layout.width
    flip_rows, flip_columns = placement.rows_from_south, placement.columns_from_east

    def read(rows: Indices, columns: slice) -> Floats:
        own = height - 1 - rows[::-1] if flip_rows else rows
        part = slice(width - columns.stop, width - columns.start) if flip_columns else columns
        pixels, present = image.read(own, part)
        heights = without_marks(pixels, values.nodata) * values.scale + values.offset
        heights[~present] = np.nan
        if mask is not None:
            masked, known = mask.read(own, part)
            heights[(masked == 0) | ~known] = np.nan
        return heights[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]

    return Grid(
        rows=height,
        columns=width,
        frame=placement.frame,
        read=read,
        unit_m=placement.frame.crs.height_unit_m,
        block_rows=image.layout.down,
        block_start=(height - 1) % image.layout.down if flip_rows else 0,
        declares_unknown=values.nodata is not None or mask is not None,
        overviews=overviews,
    )


def _overview(image: TiffImage, full: TiffImage, placement: Placement, values: _Values) -> Grid:
    frame = placement.frame
    larger = full.layout.width / image.layout.width, full.layout.height / image.layout.height
    own = Frame(frame.crs, frame.west, frame.north, frame.step_x * larger[0], frame.step_y * larger[1])
    turned = Placement(own, placement.rows_from_south, placement.columns_from_east)
    return _grid(image, turned, values, None)


READER = Reader("GeoTIFF (.tif)", (".tif", ".tiff", ".gtiff", ".btf"), tag.is_tiff, _read)
