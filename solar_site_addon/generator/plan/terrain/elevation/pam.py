# SPDX-License-Identifier: GPL-3.0-or-later
"""What GDAL and ArcGIS note about a raster in a file beside it (.aux.xml): where it lies and what its numbers mean.

It counts before what the raster itself says, as in GDAL. The file is searched, not parsed: nothing in it is expanded.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from .source import Source


@dataclass(frozen=True)
class Notes:
    """The notes on the first band; empty or None for what is not noted."""

    transform: tuple[float, ...] = ()
    """(a, b, c, d, e, f) for x = a column + b row + c and y = d column + e row + f at the corners of pixels."""
    wkt: str = ""
    unit: str = ""
    nodata: float | None = None
    scale: float | None = None
    offset: float | None = None


def read_notes(source: Source) -> Notes:
    """Return the notes in the file beside a raster, if there is one."""
    text = source.text_of(source.name + ".aux.xml").partition('<PAMRasterBand band="2"')[0]
    numbers = [number(word) for word in _element(text, "GeoTransform").split(",")]
    known = [each for each in numbers if each is not None]
    c, a, b, f, d, e = known if len(known) == len(numbers) == 6 else (0.0,) * 6
    return Notes(
        transform=(a, b, c, d, e, f) if a or b else (),
        wkt=_element(text, "SRS"),
        unit=_element(text, "UnitType"),
        nodata=number(_element(text, "NoDataValue")),
        scale=number(_element(text, "Scale")),
        offset=number(_element(text, "Offset")),
    )


def number(text: str) -> float | None:
    """Return the number that a text spells, with a decimal point or comma; None if it spells none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _element(text: str, name: str) -> str:
    """Return the text of an element, or nothing if there is no such element."""
    match = re.search(rf"<{name}(?:\s[^>]*)?>([^<]*)</{name}>", text)
    return html.unescape(match[1]).strip() if match else ""
