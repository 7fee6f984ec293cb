# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinate systems as .prj files state them: well-known text, or lines such as "Units METERS" (ArcInfo)."""

from __future__ import annotations

import math
import re

from ....domain.errors import UnsupportedElevationError
from .crs import UNKNOWN, Crs, crs_of_wkt, height_unit_m, map_of, refuse_other_maps, sizes_of_units, unit_m

_LOCAL = re.compile(r"\s*(LOCAL_CS|ENGCRS|ENGINEERINGCRS)\s*\[", re.IGNORECASE)
_ENTRY = re.compile(r"^\s*(projection|units|zunits)\s+(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_ANGLES_DEG = {"dd": 1.0, "degrees": 1.0, "dm": 1 / 60, "ds": 1 / 3600}
_NAMES = {"polar": "polar stereographic"}
"""Names of projections that say less than the usual ones."""


def crs_of_prj(text: str) -> Crs:
    """Return the system that the text of a .prj file describes; an empty text describes none.

    Raise UnsupportedElevationError if the text is not understood: its unit of length could be any.
    """
    if not text.strip():
        return UNKNOWN
    crs = crs_of_wkt(text)
    if crs.known:
        return crs
    sizes = sizes_of_units(text)
    if _LOCAL.match(text) and sizes and 0 < sizes[-1] < math.inf:
        return Crs(unit=sizes[-1])
    entries = {name.lower(): value for name, value in _ENTRY.findall(text)}
    if "projection" in entries and "units" in entries:
        return _of_arcinfo(entries["projection"], entries["units"], entries.get("zunits", ""))
    raise UnsupportedElevationError("the .prj file beside it is not understood")


def _of_arcinfo(projection: str, units: str, height_units: str) -> Crs:
    height_unit = None if height_units.lower() == "no" else height_unit_m(height_units)
    if projection.lower() == "geographic":
        degrees = _ANGLES_DEG.get(units.lower())
        if degrees is None:
            raise UnsupportedElevationError("its unit of angles is not supported")
        return Crs(geographic=True, unit=degrees, height_unit_m=height_unit)
    unit = unit_m(units)
    if unit is None:
        raise UnsupportedElevationError("its unit of length ({name}) is not supported", name=units)
    name = _NAMES.get(projection.lower(), projection)
    crs = Crs(unit=unit, projection=map_of(0, name), height_unit_m=height_unit)
    return refuse_other_maps(crs, name, {})
