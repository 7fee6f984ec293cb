# SPDX-License-Identifier: GPL-3.0-or-later
"""The standard 1 m tile of the USGS is read with little memory, and only where a site needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak of memory from /proc"),
]

SIDE, TILE = 10_012, 256
MAX_MEGABYTES = 500
MAX_SHARE = 0.25
"""Largest share of the pixels that may be decoded for a site of 400 m."""
PROBE = """
import pathlib, re, sys
from solar_site_addon.generator.plan.terrain.elevation import tiff_image
from solar_site_addon.generator.plan.terrain.terrain import plan_terrain
from solar_site_addon.generator.settings.schema import SiteSettings
from solar_site_addon.generator.settings.types import Range

decoded = 0
original = tiff_image.without_predictor

def counted(*arguments):
    global decoded
    values = original(*arguments)
    decoded += values.size
    return values

tiff_image.without_predictor = counted
fixed = {name: Range(0.5, 0.5) for name in ("relief", "roughness")}
site = SiteSettings(elevation_model=sys.argv[1], size_m=float(sys.argv[2]), place=sys.argv[3], **fixed)
heights = plan_terrain(site, 1).heights
# Not ru_maxrss, which begins with the memory of the process that started this one.
peak = int(re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
print(decoded, peak // 1024, float(heights.max() - heights.min()))
"""


@pytest.fixture(scope="module")
def tile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tile of 10,012 x 10,012 cells: tiled, LZW, predictor 3."""
    path = tmp_path_factory.mktemp("large") / "usgs_1m.tif"
    profile = {"driver": "GTiff", "height": SIDE, "width": SIDE, "count": 1, "dtype": "float32", "crs": "EPSG:26912"}
    tiles = {"tiled": True, "blockxsize": TILE, "blockysize": TILE, "compress": "lzw", "predictor": 3}
    x = np.arange(SIDE)
    with rasterio.open(
        path, "w", transform=from_origin(760_000, 4_270_006, 1, 1), nodata=-999999, **profile, **tiles
    ) as file:
        for row in range(0, SIDE, TILE):
            y = np.arange(row, min(SIDE, row + TILE))
            heights = 1700 + 60 * np.sin(x[None] / 400) * np.cos(y[:, None] / 300) + 0.02 * x[None]
            file.write(heights.astype("float32"), 1, window=Window(0, row, SIDE, len(y)))
    return path


@pytest.mark.parametrize(
    ("size_m", "place", "share"), [(400, "drawn", MAX_SHARE), (400, "-107.95,38.5", MAX_SHARE), (2000, "center", 0.6)]
)
def test_a_site_takes_little_memory_and_a_part_of_the_tile(tile: Path, size_m: int, place: str, share: float) -> None:
    command = [sys.executable, "-c", PROBE, str(tile), str(size_m), place]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[5])
    decoded, megabytes, range_m = (float(word) for word in result.stdout.split())
    assert decoded < share * SIDE * SIDE
    assert megabytes < MAX_MEGABYTES
    assert 100 < range_m < 350
