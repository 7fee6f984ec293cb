# SPDX-License-Identifier: GPL-3.0-or-later
"""Elevation models as GDAL writes and reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine, from_origin

from solar_site_addon.generator.plan.terrain.elevation.grid import Grid

NORTH_UP = from_origin(600_000, 5_200_000, 2, 3)


def hills(rows: int = 60, columns: int = 80, seed: int = 3) -> np.ndarray:
    """Smooth ground with a little noise, heights from 0 to 120 m."""
    y, x = np.mgrid[:rows, :columns]
    smooth = 60 + 30 * np.sin(x / 17) + 20 * np.cos(y / 11)
    return (smooth + np.random.default_rng(seed).normal(0, 2, (rows, columns))).clip(0, 120)


def write(
    path: Path, heights: np.ndarray, transform: Affine | None = NORTH_UP, crs: str | None = "EPSG:32632", **options: Any
) -> Path:
    """Write a GeoTIFF (or what ``driver`` says) and return its path."""
    profile = {"driver": "GTiff", "height": heights.shape[0], "width": heights.shape[1], "count": 1, **options}
    with rasterio.open(path, "w", dtype=heights.dtype, crs=crs, transform=transform, **profile) as file:
        file.write(heights, 1)
    return path


def read(path: Path) -> np.ndarray:
    """Return the heights as GDAL reads them, north up, NaN where they are masked, scaled as the file says."""
    with rasterio.open(path) as file:
        heights = file.read(1, masked=True).astype(float).filled(np.nan) * file.scales[0] + file.offsets[0]
        return heights[:: -1 if file.transform.e > 0 else 1, :: -1 if file.transform.a < 0 else 1]


def all_of(grid: Grid) -> np.ndarray:
    """Return all heights of a grid."""
    return grid.read(np.arange(grid.rows), slice(0, grid.columns))
