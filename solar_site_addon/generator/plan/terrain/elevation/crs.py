# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinate systems as far as an elevation model needs them: how long a step is on the ground, and where a place is.

Steps of national grids and UTM zones are taken as they are: these projections change lengths by a few parts in a
thousand. World maps change them by half or more: Mercator and equidistant cylindrical maps are converted, all others
are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ....domain.errors import UnsupportedElevationError
from .epsg_units import FOOT_M, US_SURVEY_FOOT_M

_EARTH_RADIUS_M = 6378137.0
"""Semi-major axis of WGS 84."""
_FLATTENING = 1 / 298.257223563
"""Flattening of WGS 84; that of GRS 80 gives the same coordinates to less than a millimeter."""
MERCATOR, CYLINDRICAL, OTHER_MAP = "mercator", "equidistant cylindrical", "other"
"""Projections whose meters are not meters on the ground; an empty text stands for all others."""
_WEB_MERCATOR = (3857, 3785, 3587, 900913, 102100, 102113)
_MAPS = {
    MERCATOR: (*_WEB_MERCATOR, 3395, 54004),
    CYLINDRICAL: (4087, 32662, 32663, 54001),
    OTHER_MAP: (
        *(3410, 3408, 3409, 6931, 6932, 6933, 3973, 3974, 3975),  # EASE-Grid
        *(3031, 3413, 3976, 3995, 3996, 32661, 32761, 5041, 5042, 5936, 5937, 5938, 5939, 5940),  # polar stereographic
        *(3571, 3572, 3573, 3574, 3575, 3576, *range(5921, 5936)),  # Arctic
        *(3034, 3347, 3348, 3978, 3979, 5632, 5634, 5637, 5639, 9040),  # conic maps of Europe and Canada
        *(2163, 9311, *range(10592, 10604), *range(27701, 27708)),  # azimuthal maps of continents
        *(54002, 54008, 54009, 54012, 54030, 54034, 8857, 6974),  # Mollweide, sinusoidal, Robinson, equal area
    ),
}
"""EPSG and Esri codes of maps of the world, of continents and of the poles: those by which lengths are off by more than
3 % or north by more than 25 degrees within their area of use, according to PROJ."""
_MAP_NAMES = (
    (re.compile(r"transverse|gauss|oblique|universal", re.IGNORECASE), ""),
    (re.compile(r"mercator", re.IGNORECASE), MERCATOR),
    (re.compile(r"plate.?carr|equidistant.?cylindrical|equirectangular", re.IGNORECASE), CYLINDRICAL),
    (
        re.compile(
            r"sinusoidal|mollweide|robinson|winkel|eckert|goode|cylindrical.?equal|behrmann|equal.?earth|miller"
            r"|polar.?stereographic|stereographic.?(north|south).?pole|gnomonic|orthographic",
            re.IGNORECASE,
        ),
        OTHER_MAP,
    ),
)
"""The same by the names of projections in WKT; the first that occurs decides."""
_AZIMUTHAL = re.compile(r"azimuthal|stereographic", re.IGNORECASE)
_POLAR_DEG = 70.0
"""Latitude of the center from which an azimuthal map is one of a pole. Estimate."""
STANDARD_PARALLEL, SCALE, FALSE_NORTHING, LATITUDE = "standard parallel", "scale", "northing", "latitude"
"""Parameters of projections, as parts of their names in WKT."""
_USUAL = {STANDARD_PARALLEL: 0.0, SCALE: 1.0, FALSE_NORTHING: 0.0, LATITUDE: 0.0}
_UTM = ((32600, 1, 60, True), (32700, 1, 60, False), (25800, 28, 38, True), (26900, 1, 23, True), (6329, 1, 19, True))
"""EPSG codes of UTM zones: base (code minus zone), first and last zone, and whether they are northern (WGS 84 north and
south, ETRS89, NAD83, NAD83(2011)). These datums agree to about a meter."""
_WORDS_OF_UNITS = (
    (re.compile(r"us.?survey|foot.?us|ftus|us.?f(oo|ee)?t", re.IGNORECASE), US_SURVEY_FOOT_M),
    (re.compile(r"^(international.?)?(foot|feet|ft)\b", re.IGNORECASE), FOOT_M),
    (re.compile(r"^(met(re|er)s?|m)\b", re.IGNORECASE), 1.0),
    (re.compile(r"^(decimet(re|er)s?|dm)\b", re.IGNORECASE), 0.1),
    (re.compile(r"^(centimet(re|er)s?|cm)\b", re.IGNORECASE), 0.01),
    (re.compile(r"^(millimet(re|er)s?|mm)\b", re.IGNORECASE), 0.001),
)
_NO_UNIT = re.compile(r"[-\s.]*|unknown|unspecified|undefined|none|n/?a|height|elevation", re.IGNORECASE)
"""What files write instead of a unit."""

_MAX_STEPS, _CLOSE_M = 50, 1e-4
"""Most steps of the inverse projection, and the distance at which it ends."""


@dataclass(frozen=True)
class Crs:
    """A coordinate system."""

    geographic: bool = False
    unit: float = 1.0
    """Length of the horizontal unit in degrees or m."""
    projection: str = ""
    """One of the maps above, if its meters are not meters on the ground."""
    code: int = 0
    """EPSG code, or 0."""
    known: bool = True
    """Whether the file states the system at all."""
    height_unit_m: float | None = None
    """Length of the unit of heights, m; None if it is not stated."""
    from_greenwich: bool = True
    """Whether longitudes of a geographic system are counted from Greenwich."""

    def ground_m(self, north: float) -> tuple[float, float]:
        """Return the lengths of a unit to the east and to the north on the ground, m, at the coordinate ``north``."""
        if self.geographic:
            east_m, north_m = meters_per_degree(north * self.unit)
            return self.unit * east_m, self.unit * north_m
        if not self.projection:
            return self.unit, self.unit
        per_degree = math.radians(_EARTH_RADIUS_M)
        latitude = self._latitude(north * self.unit)
        east_m, north_m = meters_per_degree(latitude)
        stretch = 1 / math.cos(math.radians(latitude)) if self.projection == MERCATOR else 1.0
        return self.unit * east_m / per_degree, self.unit * north_m / (per_degree * stretch)

    def located(self, longitude_deg: float, latitude_deg: float) -> tuple[float, float]:
        """Return the coordinates of a place; raise UnsupportedElevationError if the projection is not known here."""
        if self.geographic:
            self._refuse_other_meridian()
            return longitude_deg / self.unit, latitude_deg / self.unit
        if self.code in _WEB_MERCATOR:
            x, y = math.radians(longitude_deg), math.asinh(math.tan(math.radians(latitude_deg)))
            return _EARTH_RADIUS_M * x / self.unit, _EARTH_RADIUS_M * y / self.unit
        zone, northern = self._utm_zone()
        if zone:
            x, y = utm(longitude_deg, latitude_deg, zone, northern=northern)
            return x / self.unit, y / self.unit
        raise UnsupportedElevationError(
            "places can be found only in models in degrees, UTM (WGS 84, ETRS89, NAD83) or Web Mercator, not in {name}",
            name=f"EPSG:{self.code}" if self.code else "its coordinate system",
        )

    def longitude_latitude(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of coordinates in degrees; raise UnsupportedElevationError as ``located`` does."""
        if self.geographic:
            self._refuse_other_meridian()
            return x * self.unit, y * self.unit
        zone, _ = self._utm_zone()
        longitude, latitude = 6.0 * zone - 183.0 if zone else 0.0, 0.0
        for _ in range(_MAX_STEPS):  # north and the scale of a map change slowly, so each step gains digits
            found = self.located(longitude, latitude)
            east, north = (x - found[0]) * self.unit, (y - found[1]) * self.unit
            per_degree = meters_per_degree(latitude) if not self.projection else (math.radians(_EARTH_RADIUS_M),) * 2
            stretch = 1 / math.cos(math.radians(latitude)) if self.projection == MERCATOR else 1.0
            longitude += east / per_degree[0]
            latitude = min(max(latitude + north / (per_degree[1] * stretch), -89.0), 89.0)
            if abs(east) + abs(north) < _CLOSE_M:
                break
        return longitude, latitude

    def _refuse_other_meridian(self) -> None:
        if not self.from_greenwich:
            raise UnsupportedElevationError("its longitudes are not counted from Greenwich")

    def _utm_zone(self) -> tuple[int, bool]:
        """Return the UTM zone and whether it is a northern one; 0 for all other systems."""
        zones = ((self.code - base, first, last, northern) for base, first, last, northern in _UTM)
        return next(((zone, northern) for zone, first, last, northern in zones if first <= zone <= last), (0, False))

    def _latitude(self, north_m: float) -> float:
        """Return the latitude in degrees at a northing of a map."""
        if self.projection == MERCATOR:
            return math.degrees(math.atan(math.sinh(north_m / _EARTH_RADIUS_M)))
        return math.degrees(north_m / _EARTH_RADIUS_M)


UNKNOWN = Crs(known=False)
DEGREES_ASSUMED = Crs(geographic=True, known=False)


def meters_per_degree(latitude_deg: float) -> tuple[float, float]:
    """Return the length of a degree of longitude and of latitude on the WGS 84 ellipsoid, m.

    The series is accurate to a few centimeters.
    """
    latitude = math.radians(latitude_deg)
    east = 111412.84 * math.cos(latitude) - 93.5 * math.cos(3 * latitude) + 0.118 * math.cos(5 * latitude)
    north = 111132.92 - 559.82 * math.cos(2 * latitude) + 1.175 * math.cos(4 * latitude)
    return east, north


def utm(longitude_deg: float, latitude_deg: float, zone: int, *, northern: bool) -> tuple[float, float]:
    """Return easting and northing of a place in a UTM zone, m: Krueger's series to the third order, good to 1 mm."""
    n = _FLATTENING / (2 - _FLATTENING)
    radius = _EARTH_RADIUS_M / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    series = (n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16, 13 * n**2 / 48 - 3 * n**3 / 5, 61 * n**3 / 240)
    latitude = math.radians(latitude_deg)
    offset = math.radians((longitude_deg - (6 * zone - 183) + 180) % 360 - 180)
    e = 2 * math.sqrt(n) / (1 + n)
    t = math.sinh(math.atanh(math.sin(latitude)) - e * math.atanh(e * math.sin(latitude)))
    xi, eta = math.atan2(t, math.cos(offset)), math.atanh(math.sin(offset) / math.hypot(1, t))
    x = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(series, 1))
    y = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(series, 1))
    return 500_000 + 0.9996 * radius * x, (0 if northern else 10_000_000) + 0.9996 * radius * y


def unit_m(words: str) -> float | None:
    """Return the length of the unit that a file names, m; None if the words name none that is known."""
    for pattern, length in _WORDS_OF_UNITS:
        if pattern.search(words.strip()):
            return length
    return None


def height_unit_m(words: str) -> float | None:
    """Return the length of the unit of heights that a file names, m; None if it names none.

    NaN stands for a unit that is not known here.
    """
    return None if _NO_UNIT.fullmatch(words.strip()) else unit_m(words) or math.nan


def map_of(code: int, name: str) -> str:
    """Return the kind of map by EPSG code or else by the name of the projection; empty for true lengths."""
    for kind, codes in _MAPS.items():
        if code in codes:
            return kind
    return next((kind for pattern, kind in _MAP_NAMES if pattern.search(name)), "")


def refuse_other_maps(crs: Crs, name: str, parameters: Mapping[str, float]) -> Crs:
    """Return the system; raise UnsupportedElevationError if lengths on the ground cannot be told from it.

    ``name`` is that of the projection, ``parameters`` are those of the names above.
    """
    polar = _AZIMUTHAL.search(name) and abs(parameters.get(LATITUDE, 0.0)) > _POLAR_DEG
    if crs.projection == OTHER_MAP or polar:
        shown = f"EPSG:{crs.code}" if crs.code else name
        raise UnsupportedElevationError(
            "its projection ({name}) keeps neither lengths nor the direction of north", name=shown
        )
    own = any(parameters.get(each, usual) != usual for each, usual in _USUAL.items())
    if crs.projection and own and crs.code not in _MAPS[crs.projection]:
        raise UnsupportedElevationError(
            "its projection ({name}) has a standard parallel, scale or origin of its own, which is not supported",
            name=name,
        )
    return crs


def crs_of_wkt(text: str) -> Crs:
    """Return the system that well-known text describes, as .prj files have it (WKT 1 of Esri and OGC, and WKT 2)."""
    horizontal, vertical = _split_vertical(text)
    height_unit = None
    if vertical:
        found = re.findall(r'(?:LENGTH)?UNIT\s*\[\s*"([^"]*)"', vertical, re.IGNORECASE)
        height_unit = height_unit_m(found[-1]) if found else None
    projected = re.search(r'PROJ(?:CS|CRS|ECTEDCRS)\s*\[\s*"([^"]*)"', horizontal, re.IGNORECASE)
    if projected is None:
        geographic = re.search(r"GEOG(CS|CRS|RAPHICCRS)|GEODCRS", horizontal, re.IGNORECASE)
        if geographic is None:
            return UNKNOWN
        meridian = re.search(r'PRIM(?:EM|EMERIDIAN)\s*\[\s*"[^"]*"\s*,\s*([0-9.eE+-]+)', horizontal, re.IGNORECASE)
        return Crs(
            geographic=True,
            unit=_angle(horizontal),
            height_unit_m=height_unit,
            from_greenwich=meridian is None or _number(meridian[1]) == 0,
        )
    codes = re.findall(r'(?:AUTHORITY|ID)\s*\[\s*"(?:EPSG|ESRI)"\s*,\s*"?(\d+)', horizontal, re.IGNORECASE)
    method = re.search(r'(?:PROJECTION|METHOD)\s*\[\s*"([^"]*)"', horizontal, re.IGNORECASE)
    # The unit of the projected system is the last one; units of angles are far smaller than 0.1.
    unit = next((size for size in reversed(sizes_of_units(horizontal[projected.start() :])) if size > 0.1), 1.0)
    zone = re.search(r"UTM.?zone.?(\d+)\s*([NS])?", projected[1], re.IGNORECASE)
    code = int(codes[-1]) if codes and horizontal.rstrip(" ]\n\r\t").endswith(codes[-1] + '"') else 0
    if not code and zone is not None:
        code = (32700 if (zone[2] or "N").upper() == "S" else 32600) + int(zone[1])
    name = method[1] if method else projected[1]
    crs = Crs(unit=unit, projection=map_of(code, name), code=code, height_unit_m=height_unit)
    return refuse_other_maps(crs, name, _parameters(horizontal))


def _parameters(text: str) -> dict[str, float]:
    """Return the parameters of the projection in well-known text that matter here."""
    found = re.findall(r'PARAMETER\s*\[\s*"([^"]*)"\s*,\s*([0-9.eE+-]+)', text, re.IGNORECASE)
    words = [(name.lower().replace("_", " "), _number(value)) for name, value in found]
    return {each: value for each in _USUAL for name, value in words if each in name}


def sizes_of_units(text: str) -> list[float]:
    """Return the sizes of all units in well-known text, m or rad; 0 for what is no number."""
    return [_number(size) for size in re.findall(r'UNIT\s*\[\s*"[^"]*"\s*,\s*([0-9.eE+-]+)', text, re.IGNORECASE)]


def _angle(text: str) -> float:
    """Return the unit of a geographic system, degrees: the last unit in its well-known text."""
    sizes = sizes_of_units(text)
    size = math.degrees(sizes[-1]) if sizes else 1.0
    return size if 1e-4 < size < 60 else 1.0


def _split_vertical(text: str) -> tuple[str, str]:
    """Return the horizontal and the vertical part of well-known text."""
    at = re.search(r"VERT(_?CS|CRS|ICALCRS)\s*\[", text, re.IGNORECASE)
    return (text, "") if at is None else (text[: at.start()], text[at.start() :])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
