# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the pixels of ``site.orthophoto`` lie on a site: from its own georeference and that of the elevation model."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...domain.array_types import Floats
from ...domain.errors import ElevationError, SettingsError, UnsupportedElevationError
from ...domain.messages import Message, SettingName, system_reason
from ...imaging.image_size import image_size
from ...settings.drawn import DrawnSite
from .elevation import tiff_file as tag
from .elevation.crs import Crs
from .elevation.geokeys import WORLD_FILES, Placement, read_placement
from .elevation.pam import read_notes
from .elevation.source import Source
from .elevation_model import MODEL, Anchor

ORTHOPHOTO = SettingName("site.orthophoto")
_HEAD_BYTES = 1 << 20
_WORLD_FILES = {".png": (".pgw", ".pngw"), ".jpg": (".jgw", ".jpgw"), ".jpeg": (".jgw", ".jpegw")}
_MAX_PIXELS = 200_000_000
_MOST_BANDS = 4
_ALPHA = (1, 2)
"""Values of ExtraSamples for transparency."""
_PROBE_M = 500.0
"""Distance at which the two coordinate systems are compared."""
_COVERED = 0.5
"""Least share of the site that the image must cover."""


class Orthophoto(NamedTuple):
    """An image on the ground of a site."""

    file: Path
    setting: str
    """The path as the settings name it."""
    matrix: Floats
    """(2, 3): place in the image, 0 to 1 from its left and lower edge, of (x, y, 1) in m."""

    def place(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return the place in the image of points on the site."""
        u, v = (a * x + b * y + c for a, b, c in self.matrix)
        return u, v


def plan_orthophoto(site: DrawnSite, anchor: Anchor | None) -> Orthophoto | None:
    """Return the image and its place, None without one; raise SettingsError if it cannot be used.

    ``anchor`` is the place of the site on the elevation model.
    """
    if not site.orthophoto:
        return None
    if anchor is None:
        raise SettingsError(
            "{setting} = {file} needs {model}, on which it lies.",
            setting=ORTHOPHOTO,
            file=site.orthophoto,
            model=MODEL,
        )
    path = Path(site.orthophoto).expanduser()
    try:
        placement, width, height = _placement(path)
        matrix = _matrix(anchor, placement, width, height)
    except OSError as error:
        raise SettingsError(
            "{setting} = {file} cannot be read ({reason}).",
            setting=ORTHOPHOTO,
            file=site.orthophoto,
            reason=system_reason(error),
        ) from None
    except UnsupportedElevationError as error:
        code = 4326 if anchor.crs.geographic else anchor.crs.code
        raise unreadable(site.orthophoto, error.message, code) from None
    except ElevationError as error:
        raise _refusal(site.orthophoto, error.message) from None
    image = Orthophoto(path, site.orthophoto, matrix)
    along = np.linspace(-site.size_m / 2, site.size_m / 2, 21)
    u, v = image.place(*np.meshgrid(along, along))
    if np.mean((u > 0) & (u < 1) & (v > 0) & (v < 1)) < _COVERED:
        raise SettingsError(
            "{setting} = {file} does not cover the site: choose another {place}.",
            setting=ORTHOPHOTO,
            file=site.orthophoto,
            place=SettingName("site.place"),
        )
    return image


def unreadable(file: str, reason: Message, code: int = 0) -> SettingsError:
    """Return the refusal of an image that GDAL can convert, to the system EPSG:``code`` if it is known."""
    return SettingsError(
        "{setting} = {file} cannot be used: {reason}. Convert it with {command} (docs/ground.md).",
        setting=ORTHOPHOTO,
        file=file,
        reason=reason,
        command=f"rio warp FILE ortho.tif --dst-crs EPSG:{code or 'CODE'}",
    )


def _refusal(file: str, reason: Message) -> SettingsError:
    return SettingsError("{setting} = {file} cannot be used: {reason}.", setting=ORTHOPHOTO, file=file, reason=reason)


def _placement(path: Path) -> tuple[Placement, int, int]:
    """Return where the image lies, its width and its height."""
    source = Source(path, path.name, path.stat().st_size)
    head = source.read(0, min(_HEAD_BYTES, source.size))
    if tag.is_tiff(head):
        directory = tag.read_directories(source)[0]
        _refuse_other_bands(directory)
        size = directory.integer(tag.IMAGE_WIDTH), directory.integer(tag.IMAGE_LENGTH)
        world_file = source.text_beside(*WORLD_FILES)
    else:
        found = image_size(head)
        if found is None:
            raise UnsupportedElevationError("it is neither a GeoTIFF nor a PNG or JPEG image")
        size, directory = found, tag.Directory("<", {})
        world_file = source.text_beside(*_WORLD_FILES.get(path.suffix.lower(), ()), ".wld")
        if not world_file:
            raise ElevationError("its world file is missing (.pgw, .jgw or .wld)")
    if not 0 < size[0] * size[1] <= _MAX_PIXELS:
        raise UnsupportedElevationError(
            "its size of {columns} x {rows} pixels is not supported", columns=size[0], rows=size[1]
        )
    return read_placement(directory, *size, world_file, source.text_beside(".prj"), read_notes(source)), *size


def _refuse_other_bands(directory: tag.Directory) -> None:
    """Raise ElevationError for bands beside colors and transparency: Blender takes near infrared for transparency."""
    bands = directory.integer(tag.SAMPLES, 1)
    if bands > _MOST_BANDS or (bands == _MOST_BANDS and directory.integer(tag.EXTRA_SAMPLES, 0) not in _ALPHA):
        raise ElevationError(
            "it has {count} bands: keep those of red, green and blue, for example with {command}",
            count=bands,
            command="rio stack FILE --bidx 1..3 --rgb -o ortho.tif",
        )


def _matrix(anchor: Anchor, placement: Placement, width: int, height: int) -> Floats:
    """Return the matrix of an orthophoto from three points of the site: over a site, the systems differ linearly."""
    frame = placement.frame
    points = np.array([[0.0, 0.0], [_PROBE_M, 0.0], [0.0, _PROBE_M]])
    places = []
    for x, y in points:
        own = _transferred(anchor.crs, frame.crs, anchor.x + x / anchor.east_m, anchor.y + y / anchor.north_m)
        u = (own[0] - frame.west) / (frame.step_x * width)
        v = 1 - (frame.north - own[1]) / (frame.step_y * height)
        places.append((1 - u if placement.columns_from_east else u, 1 - v if placement.rows_from_south else v))
    origin, east, north = np.array(places)
    return np.stack([(east - origin) / _PROBE_M, (north - origin) / _PROBE_M, origin], axis=1)


def _transferred(model: Crs, image: Crs, x: float, y: float) -> tuple[float, float]:
    """Return coordinates of the model's system in that of the image; systems that are not stated count as the same."""
    same = (model.geographic, model.code, model.unit) == (image.geographic, image.code, image.unit)
    if same or not (model.known and image.known):
        return x, y
    return image.located(*model.longitude_latitude(x, y))
