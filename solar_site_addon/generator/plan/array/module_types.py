# SPDX-License-Identifier: GPL-3.0-or-later
"""Commercial module types, and the type that a site's settings select."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ...settings.drawn import DrawnModule

MIN_LIP_M = 0.008
"""Smallest lip of a frame that the settings name explicitly. Estimate."""


@dataclass(frozen=True)
class ModuleType:
    """A module product: the properties that all modules of one type share."""

    kind: str
    length_m: float
    """Long side."""
    width_m: float
    """Short side."""
    thickness_m: float
    cells_along: int
    """Cells along the long side; half cells count as cells."""
    cells_across: int
    frame: str
    """Color of the frame: silver, black or white; none for a frameless laminate."""
    lip_m: float
    """Width of the frame on the glass."""
    chamfer_m: float
    """Cut corners of a monocrystalline wafer, of which a half cell has two."""
    busbars: int
    """Busbars per cell; scribe lines on thin film."""
    busbar_width_m: float
    cell_gap_m: float = 0.002
    middle_gap_m: float = 0.0
    """Gap across the middle of half-cell modules, in front of the junction boxes."""
    margin_m: float = 0.006
    """Distance from the frame's lip to the first cell."""

    @property
    def half_cell(self) -> bool:
        """Whether two cells are one wafer cut in half, as is usual with many cells along the module."""
        return self.cells_along > 12 and self.cells_along % 2 == 0


_MONO = ModuleType(
    "mono", 2.278, 1.134, 0.030, 24, 6, "silver", lip_m=0.011, chamfer_m=0.007, busbars=10, busbar_width_m=0.0004,
    middle_gap_m=0.012,
)  # fmt: skip
_POLY_60 = ModuleType(
    "poly_60", 1.650, 0.992, 0.035, 10, 6, "silver", lip_m=0.011, chamfer_m=0.0, busbars=4, busbar_width_m=0.0012,
    cell_gap_m=0.003, margin_m=0.010,
)  # fmt: skip

KINDS: dict[str, ModuleType] = {
    kind.kind: kind
    for kind in (
        _MONO,
        _POLY_60,
        dataclasses.replace(_POLY_60, kind="poly_72", length_m=1.956, thickness_m=0.040, cells_along=12),
        dataclasses.replace(_MONO, kind="full_black", length_m=1.722, cells_along=18, frame="black"),
        dataclasses.replace(_MONO, kind="bifacial", busbars=16, busbar_width_m=0.0003, lip_m=0.009),
        ModuleType(
            "thin_film", 1.200, 0.600, 0.007, 1, 1, "none", lip_m=0.0, chamfer_m=0.0, busbars=60, busbar_width_m=0.0006,
            cell_gap_m=0.0, margin_m=0.012,
        ),
        ModuleType(
            "thin_film_large", 2.009, 1.232, 0.035, 1, 1, "black", lip_m=0.008, chamfer_m=0.0, busbars=100,
            busbar_width_m=0.0006, cell_gap_m=0.0, margin_m=0.010,
        ),
    )
}  # fmt: skip
"""Module types by name. Sizes are those of common products (docs/sources.md): 144 and 108 half cells of 182 mm, 60 and
72 cells of 156 mm, and cadmium telluride in a small frameless and a large framed format."""


def module_type(settings: DrawnModule) -> ModuleType:
    """Return the type that drawn ``settings`` name, with explicit measures (not 0) in place of its own."""
    kind = KINDS[settings.kind.value]
    frame = settings.frame.value
    return dataclasses.replace(
        kind,
        length_m=settings.length_m or kind.length_m,
        width_m=settings.width_m or kind.width_m,
        thickness_m=settings.thickness_m or kind.thickness_m,
        cells_along=settings.cells_along or kind.cells_along,
        cells_across=settings.cells_across or kind.cells_across,
        frame=kind.frame if frame == "auto" else frame,
        lip_m=kind.lip_m if frame == "auto" else max(kind.lip_m, MIN_LIP_M),
    )
