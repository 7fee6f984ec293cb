# SPDX-License-Identifier: GPL-3.0-or-later
"""Land and tables made by hand, small enough to know every number of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from solar_site_addon.generator.plan.array.layout import table_axes
from solar_site_addon.generator.plan.array.stages import Stage
from solar_site_addon.generator.plan.array.table_types import TableType, table_type
from solar_site_addon.generator.plan.array.tables import Tables
from solar_site_addon.generator.plan.terrain.terrain import Terrain
from solar_site_addon.generator.settings.drawn import DrawnSettings
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, with_values

Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]


def land(shape: Shape, half_m: float = 60.0, spacing_m: float = 1.0, fine_half_m: float | None = None) -> Terrain:
    """Ground of the heights ``shape`` (x, y) on an even grid."""
    axis = np.arange(-half_m, half_m + spacing_m / 2, spacing_m)
    x, y = np.meshgrid(axis, axis)
    return Terrain(
        x=axis,
        y=axis.copy(),
        heights=np.asarray(shape(x, y), dtype=np.float64) + 0 * x,
        fine_half_m=half_m if fine_half_m is None else fine_half_m,
        spacing_m=spacing_m,
        relief=0.5,
        roughness=0.5,
    )


def plane(rise_x: float = 0.0, rise_y: float = 0.0) -> Shape:
    """An even slope."""
    return lambda x, y: rise_x * x + rise_y * y


def drawn(**values: Any) -> DrawnSettings:
    """Default settings but for ``values``, given as ``group__name``, drawn with the seed 1."""
    return draw_settings(with_values(Settings(), {name.replace("__", "."): value for name, value in values.items()}), 1)


def a_type(**values: Any) -> TableType:
    """The type of table that such settings ask for."""
    return table_type(drawn(**values), 1)


def tables_at(
    centres: np.ndarray,
    size: tuple[float, float],
    *,
    azimuth_deg: float | np.ndarray = 180.0,
    tilt_deg: float = 25.0,
    roll_deg: float | np.ndarray = 0.0,
    columns: int = 13,
) -> Tables:
    """Tables of one size with their centres at (T, 3)."""
    count = len(centres)
    azimuth, tilt, roll = (np.broadcast_to(np.asarray(v, float), count) for v in (azimuth_deg, tilt_deg, roll_deg))
    zeros = np.zeros(count, dtype=np.int32)
    return Tables(
        centre=np.asarray(centres, dtype=np.float64),
        axes=table_axes(azimuth, tilt, roll),
        size=np.tile(np.asarray(size, dtype=np.float64), (count, 1)),
        type=zeros,
        columns=np.tile(np.array([0, columns], dtype=np.int32), (count, 1)),
        cluster=zeros,
        row=np.arange(count, dtype=np.int32),
        column=zeros,
        tilt_deg=tilt,
        azimuth_deg=azimuth,
        roll_deg=roll,
        planned=np.full(count, columns, dtype=np.int32),
        stage=np.full(count, Stage.COMPLETE, dtype=np.int32),
        done=np.ones(count),
    )
