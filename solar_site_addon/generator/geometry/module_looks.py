# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of the module types under the glass (linear, not sRGB).

All reflectances are estimates; see docs/sources.md.
"""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[float, float, float, float]

_WHITE_BACKSHEET = (0.60, 0.60, 0.59, 1.0)
"""White backsheets reflect 0.80 to 0.90 (data sheets). Of the light that they scatter, the glass traps the part beyond
its critical angle, most of which returns to the sheet where it is wide, and to the cells where it is narrow: 0.35 to
0.70 leaves the module."""
_YELLOWED_BACKSHEET = (0.42, 0.39, 0.31, 1.0)
"""The same behind encapsulant that has turned yellow with age."""
_ROUND_WIRES = (0.20, 0.205, 0.215, 1.0)
"""Busbar wires of round section: most of the light that they reflect sideways still reaches the cell."""
_FLAT_RIBBONS = (0.50, 0.50, 0.49, 1.0)
"""Tinned copper ribbons, 0.9 to 2 mm wide, which reflect most of the light back through the glass."""
_ROLLED_GLASS, _FLOAT_GLASS = 0.0092, 0.0066
"""Slopes of lightly textured and of smooth glass. They spread the reflection of the sun over some tens of milliradians,
as measured by J. Yellowhair and C. K. Ho, "Assessment of Photovoltaic Surface Texturing on Transmittance Effects and
Glint/Glare Impacts", ASME 2015."""


@dataclass(frozen=True)
class Look:
    """Colors of one module type."""

    silicon: tuple[Colour, Colour]
    """Color of the cells of the two extremes among its modules."""
    backsheet: Colour
    """Color between and around the cells."""
    busbar: Colour = _ROUND_WIRES
    hues: tuple[Colour, Colour] = ((0.85, 1.0, 1.1, 1.0), (1.25, 0.95, 0.9, 1.0))
    """Factors of the color of the cells at the two ends of the range of hues among its batches: the thickness of the
    antireflective coating determines which color it reflects."""
    grain: float = 0.0
    """Contrast of the crystals within a cell, and between the cells of a module, as in multicrystalline silicon."""
    glass_slopes: float = _ROLLED_GLASS
    """Root mean square of the slopes of the glass, rad, which determines the width of the sun's reflection."""


_BLACK_BACKSHEET = (0.010, 0.010, 0.011, 1.0)
_SCRIBED = (0.035, 0.034, 0.034, 1.0)

_MONO = Look(((0.0045, 0.0070, 0.0165, 1.0), (0.0065, 0.0120, 0.034, 1.0)), _WHITE_BACKSHEET)
_MONO_FULL_CELLS = Look(((0.0055, 0.0080, 0.0180, 1.0), (0.0110, 0.0170, 0.050, 1.0)), _WHITE_BACKSHEET, _FLAT_RIBBONS)
_POLY = Look(
    ((0.006, 0.019, 0.066, 1.0), (0.016, 0.048, 0.160, 1.0)),
    _WHITE_BACKSHEET,
    _FLAT_RIBBONS,
    hues=((0.65, 1.1, 1.05, 1.0), (2.2, 0.75, 0.9, 1.0)),
    grain=1.0,
)
_FULL_BLACK = Look(
    ((0.0055, 0.0060, 0.0085, 1.0), (0.0075, 0.0090, 0.0150, 1.0)), _BLACK_BACKSHEET, (0.05, 0.05, 0.055, 1.0)
)
# Between the cells of a glass-glass module, the shaded ground shows through.
_BIFACIAL = Look(((0.0045, 0.0070, 0.0155, 1.0), (0.0065, 0.0110, 0.029, 1.0)), (0.060, 0.057, 0.050, 1.0))
_CADMIUM_TELLURIDE = Look(
    ((0.0065, 0.0065, 0.0080, 1.0), (0.0100, 0.0090, 0.0090, 1.0)),
    _BLACK_BACKSHEET,
    _SCRIBED,
    glass_slopes=_FLOAT_GLASS,
)


def aged_backsheet(look: Look, age: float) -> Colour:
    """Return the color of the backsheet, from new (``age`` 0) to yellowed (1); only white ones change."""
    if look.backsheet != _WHITE_BACKSHEET:
        return look.backsheet
    red, green, blue, alpha = (
        new + (old - new) * age for new, old in zip(look.backsheet, _YELLOWED_BACKSHEET, strict=True)
    )
    return red, green, blue, alpha


LOOKS: dict[str, Look] = {
    "mono": _MONO,
    "mono_60": _MONO_FULL_CELLS,
    "mono_72": _MONO_FULL_CELLS,
    "poly_60": _POLY,
    "poly_72": _POLY,
    "full_black": _FULL_BLACK,
    "bifacial": _BIFACIAL,
    "thin_film": _CADMIUM_TELLURIDE,
    "thin_film_large": _CADMIUM_TELLURIDE,
}
"""Looks by name of the module type."""

FRAMES: dict[str, tuple[Colour, float, float]] = {
    "silver": ((0.62, 0.63, 0.65, 1.0), 0.85, 0.42),
    "black": ((0.035, 0.035, 0.037, 1.0), 0.0, 0.45),
    "white": ((0.70, 0.70, 0.69, 1.0), 0.0, 0.50),
    "none": ((0.05, 0.07, 0.065, 1.0), 0.0, 0.20),
}
"""Color, metallic share and roughness by frame color; "none" is the edge of the glass of a frameless laminate."""

WORN: dict[str, tuple[Colour, float, float]] = {
    "silver": ((0.24, 0.24, 0.235, 1.0), 0.3, 0.65),
    "black": ((0.075, 0.074, 0.072, 1.0), 0.0, 0.70),
    "white": ((0.42, 0.41, 0.38, 1.0), 0.0, 0.70),
    "none": FRAMES["none"],
}
"""The same of frames that are dull with wear and dirt."""
