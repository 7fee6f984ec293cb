# SPDX-License-Identifier: GPL-3.0-or-later
"""Commercial module types, and the product of that type that a site has."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ...domain.random_streams import stream
from ...settings.drawn import DrawnModule
from ...settings.sampling import draw
from ...settings.types import Range

MIN_LIP_M = 0.008
"""Smallest lip of a frame that the settings name explicitly. Estimate."""
_LEAST_MARGIN_M = 0.004
"""Smallest distance from the frame's lip to the first cell. Estimate."""


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
    junction_boxes: int = 0
    """Junction boxes that show through the glass in the middle gap."""
    frame_wear: float = 0.0
    """0: new and bright frame; 1: dull."""
    backsheet_age: float = 0.0
    """0: white backsheet; 1: yellowed."""

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
_MONO_60 = dataclasses.replace(_POLY_60, kind="mono_60", chamfer_m=0.0145)


def _of_72_cells(kind: ModuleType, name: str) -> ModuleType:
    """Return the larger sibling of a type of 60 cells."""
    return dataclasses.replace(kind, kind=name, length_m=1.956, thickness_m=0.040, cells_along=12)


KINDS: dict[str, ModuleType] = {
    kind.kind: kind
    for kind in (
        _MONO,
        _POLY_60,
        _of_72_cells(_POLY_60, "poly_72"),
        _MONO_60,
        _of_72_cells(_MONO_60, "mono_72"),
        dataclasses.replace(_MONO, kind="full_black", length_m=1.722, cells_along=18, frame="black"),
        dataclasses.replace(
            _MONO, kind="bifacial", busbars=16, busbar_width_m=0.0003, lip_m=0.009, junction_boxes=3
        ),
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


@dataclass(frozen=True)
class Variety:
    """In what the products of one kind differ."""

    lip_m: Range
    cell_gap_m: Range
    busbars: tuple[tuple[int, float], ...]
    """Numbers of busbars per cell, and their width, m."""
    backsheet_age: Range
    """Modules of full cells are older than those of half cells."""


_FULL_CELLS = Variety(
    Range(0.008, 0.012), Range(0.002, 0.005), ((2, 0.0020), (3, 0.0015), (4, 0.0012), (5, 0.0009)), Range(0.0, 0.4)
)
_HALF_CELLS = Variety(
    Range(0.008, 0.011), Range(0.0015, 0.003), ((9, 0.0005), (10, 0.0004), (12, 0.0004)), Range(0.0, 0.15)
)
VARIETIES: dict[str, Variety] = {
    **dict.fromkeys(("poly_60", "poly_72", "mono_60", "mono_72"), _FULL_CELLS),
    **dict.fromkeys(("mono", "full_black"), _HALF_CELLS),
    "bifacial": dataclasses.replace(_HALF_CELLS, busbars=((12, 0.0004), (16, 0.0003))),
}
"""Varieties by kind; the others have one product."""


def module_type(settings: DrawnModule, seed: int) -> ModuleType:
    """Return the product of a site of the kind that drawn ``settings`` name.

    Explicit measures (not 0) replace those of the kind.
    """
    kind = _product(KINDS[settings.kind.value], seed)
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
        frame_wear=settings.frame_wear.value,
    )


def _product(kind: ModuleType, seed: int) -> ModuleType:
    """Return one product of a kind; the cells keep their size, so wider gaps between them take from the margin."""
    variety = VARIETIES.get(kind.kind)
    if variety is None:
        return kind
    name = f"module/product/{kind.kind}"
    cell_gap = draw(stream(seed, f"{name}/cell_gap"), variety.cell_gap_m)
    margin = kind.margin_m - (kind.cells_across - 1) / 2 * (cell_gap - kind.cell_gap_m)
    busbars, busbar_width = variety.busbars[int(stream(seed, f"{name}/busbars").integers(len(variety.busbars)))]
    return dataclasses.replace(
        kind,
        lip_m=draw(stream(seed, f"{name}/lip"), variety.lip_m),
        cell_gap_m=cell_gap,
        margin_m=max(margin, _LEAST_MARGIN_M),
        busbars=busbars,
        busbar_width_m=busbar_width,
        backsheet_age=draw(stream(seed, f"{name}/backsheet_age"), variety.backsheet_age),
    )
