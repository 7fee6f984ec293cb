# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, piles, modules and beams as plain numpy arrays.

World axes: meters, x east, y north, z up. Angles: degrees; azimuths clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...domain.array_types import Floats, Ints, Mask


@dataclass(frozen=True)
class Tables:
    """T tables (racks of modules), as arrays that share their first axis."""

    centre: Floats
    """Center (T, 3) of the plane of the modules' glass, m."""
    axes: Floats
    """Unit vectors (T, 3, 3): [0] along the row (to the right when facing the glass from the lower edge), [1] up the
    table, [2] normal of the glass."""
    size: Floats
    """Extent (T, 2) along the row and up the table, m."""
    type: Ints
    """Index (T,) into the plan's ``table_types``."""
    columns: Ints
    """First column (T, 2) with modules and the one after the last; they are equal on a table without modules."""
    planned: Ints
    """Columns (T,) with modules of the complete table."""
    cluster: Ints
    """Number of the cluster (T,); on a single field 0, and 1 in its later extension."""
    row: Ints
    """Row (T,) within the cluster, 0 at the front (toward the equator)."""
    column: Ints
    """Position (T,) within the row, from the left."""
    tilt_deg: Floats
    """Angle (T,) between the table's [1] axis and the horizontal."""
    azimuth_deg: Floats
    """Azimuth (T,) that the table faces: its row axis rotated by 90 degrees, in the horizontal."""
    roll_deg: Floats
    """Inclination (T,) along the row, positive if the right end is higher."""
    stage: Ints
    """Construction stage (T,), a ``stages.Stage``."""
    done: Floats
    """Share (T,) of the work of this stage that is done: at CLEARED from 0, where the ground is still untouched."""

    def __len__(self) -> int:
        return len(self.centre)


@dataclass(frozen=True)
class Modules:
    """M modules, table by table. Module m has the number m + 1 in the annotation pass."""

    corners: Floats
    """Corners (M, 4, 3) of the glass, m: lower left, lower right, upper right, upper left, seen from the front."""
    table: Ints
    """Index (M,) into Tables."""
    row: Ints
    """Row (M,) within the table, 0 at the lower edge."""
    column: Ints
    """Column (M,) within the table, 0 at the left."""
    tint: Floats
    """Color deviation (M,) from other modules, a standard normal number."""
    hue: Floats
    """Hue (M,) of the cells, from blue to violet, a standard normal number."""
    lean: Floats
    """Inclination (M, 2) of the glass against the plane of its table, toward x and y, rad. It affects only
    reflections."""
    condition: Ints
    """Condition (M,), a ``conditions.Condition``. A missing module keeps its place and number but is not built."""
    dust: Floats
    """Dust (M,) on the glass, from 0 (none) to 1 (caked)."""
    variant: Ints
    """Variant (M,) of the mark of its condition."""

    def __len__(self) -> int:
        return len(self.corners)


@dataclass(frozen=True)
class Piles:
    """P piles, table by table; those of a table row by row from the lower edge, each row from the left.

    They include piles that are planned and do not stand yet.
    """

    head: Floats
    """Center (P, 3) of the top, m."""
    axis: Floats
    """Unit vector (P, 3) up along the pile."""
    exposed_m: Floats
    """Length (P,) above the ground, m."""
    turn_deg: Floats
    """Rotation (P,) around the axis."""
    table: Ints
    """Index (P,) of the table that the pile carries."""
    state: Ints
    """Index (P,) into ``all_states`` of the piles' kind."""
    variant: Ints
    """Variant (P,) of the shape of a damaged pile."""
    standing: Mask
    """Whether (P,) the pile has been set."""
    fitted: Mask
    """Whether (P,) it has its clamp or adjustable head."""

    def __len__(self) -> int:
        return len(self.head)


@dataclass(frozen=True)
class Beams:
    """B straight beams of rectangular section: posts, rails, rafters and clamps."""

    start: Floats
    """One end (B, 3) of the axis, m."""
    end: Floats
    """The other end (B, 3), m."""
    up: Floats
    """Unit vector (B, 3) perpendicular to the beam, along which its height is measured."""
    section: Floats
    """Width and height (B, 2) of the section, m."""
    table: Ints
    """Index (B,) into Tables of the table that the beam carries."""

    def faces(self) -> tuple[Floats, Floats]:
        """Return the corners (B, 4, 3) of the two long faces, along +up and -up, of each beam."""
        along = self.end - self.start
        side = np.cross(self.up, along)
        side /= np.linalg.norm(side, axis=-1, keepdims=True)
        half_width = side * self.section[:, :1] / 2
        half_height = self.up * self.section[:, 1:] / 2
        outline = np.stack(
            [self.start + half_width, self.start - half_width, self.end - half_width, self.end + half_width], axis=1
        )
        return outline + half_height[:, None], outline - half_height[:, None]
