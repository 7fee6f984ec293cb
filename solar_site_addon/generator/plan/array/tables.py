# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, modules and beams as plain numpy arrays.

World axes: meters, x east, y north, z up. Angles: degrees; azimuths clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...domain.array_types import Floats, Ints


@dataclass(frozen=True)
class Tables:
    """T tables (racks of modules), as arrays that share their first axis."""

    centre: Floats
    """(T, 3) centre of the plane of the modules' glass, m."""
    axes: Floats
    """(T, 3, 3) unit vectors: [0] along the row (to the right for one who looks at the glass from in front
    of the lower edge), [1] up the table, [2] normal of the glass."""
    size: Floats
    """(T, 2) extent along the row and up the table, m."""
    type: Ints
    """(T,) index into the plan's ``table_types``."""
    columns: Ints
    """(T, 2) first column with modules and the one after the last; both are the same on a table without any."""
    cluster: Ints
    """(T,) number of the cluster; where the site is one field 0, and 1 in its later extension."""
    row: Ints
    """(T,) row within the cluster, 0 at the front (the equator's side)."""
    column: Ints
    """(T,) place within the row, from the left."""
    tilt_deg: Floats
    """(T,) angle between the table's [1] axis and the horizontal."""
    azimuth_deg: Floats
    """(T,) direction that the table faces (its row axis turned by 90 degrees, in the horizontal)."""
    roll_deg: Floats
    """(T,) inclination along the row, positive where the right end is higher."""

    def __len__(self) -> int:
        return len(self.centre)


@dataclass(frozen=True)
class Modules:
    """M modules, table after table. Module m has the site-wide number m + 1 in the label render."""

    corners: Floats
    """(M, 4, 3) corners of the glass, m: lower left, lower right, upper right, upper left, seen from in front."""
    table: Ints
    """(M,) index into Tables."""
    row: Ints
    """(M,) row within the table, 0 at the lower edge."""
    column: Ints
    """(M,) column within the table, 0 at the left."""
    tint: Floats
    """(M,) how the module's colour differs from the others', a standard normal number."""
    lean: Floats
    """(M, 2) how its glass leans against its table's plane: towards x and y, rad. Only reflections show it."""
    condition: Ints
    """(M,) ``conditions.Condition``. A missing module keeps its place and number, but is not built."""
    dust: Floats
    """(M,) dust on the glass, from 0 (none) to 1 (caked)."""
    variant: Ints
    """(M,) which picture of its condition it shows."""

    def __len__(self) -> int:
        return len(self.corners)


@dataclass(frozen=True)
class Beams:
    """B straight beams of rectangular section: posts, rails and rafters."""

    start: Floats
    """(B, 3) one end of the axis, m."""
    end: Floats
    """(B, 3) the other end, m."""
    up: Floats
    """(B, 3) unit vector across the beam that its height is measured along."""
    section: Floats
    """(B, 2) width and height of the section, m."""
