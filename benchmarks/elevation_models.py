# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure CPU time and memory to plan the terrain of a site on a large elevation model, for docs/terrain.md.

The model is one of the standard 1 m tiles of the USGS in size and layout: 10,012 x 10,012 cells in tiles of 256 x 256,
LZW, predictor 3. Each case runs in a process of its own. Run: python -m benchmarks.elevation_models.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

from solar_site_addon.generator.plan.terrain.terrain import plan_terrain
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, with_values

CELLS, TILE = 10_012, 256
NOISE_M = 0.02
"""Noise of the heights: that of lidar, which compresses badly."""
SITES_M = (400, 2000)
PLACES = ("drawn", "center")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each size of site and kind of place; return 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cells", type=int, default=CELLS, help=f"cells along a side of the model (default: {CELLS})")
    parser.add_argument("--file", type=Path, help="measure this model instead of one that is made")
    parser.add_argument("--measure", nargs=2, metavar=("SIZE_M", "PLACE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        measure(options.file, float(options.measure[0]), options.measure[1])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = options.file or write_model(Path(folder) / "model.tif", options.cells)
        for size_m in (size for size in SITES_M if options.file or size <= options.cells):
            for place in PLACES:
                command = [sys.executable, "-m", __spec__.name, "--file", str(file), "--measure", str(size_m), place]
                subprocess.run(command, check=True)
    return 0


def measure(file: Path, size_m: float, place: str) -> None:
    """Plan one terrain in this process, and print its CPU time and the peak memory of the process."""
    values = {"site.elevation_model": str(file), "site.size_m": size_m, "site.place": place}
    site = draw_settings(with_values(Settings(), values), 1).site
    began = time.process_time()
    plan_terrain(site, 1)
    seconds = time.process_time() - began
    # Linux counts in kilobytes, macOS in bytes.
    bytes_of_unit = 1 if sys.platform == "darwin" else 1024
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_of_unit / 1e6
    print(f"site of {size_m:g} m, {place}: {seconds:.1f} s of CPU time, {megabytes:.0f} MB", flush=True)


def write_model(path: Path, cells: int) -> Path:
    """Write a model of hills with noise and return its path."""
    profile = {"driver": "GTiff", "height": cells, "width": cells, "count": 1, "dtype": "float32", "crs": "EPSG:26912"}
    layout = {"tiled": True, "blockxsize": TILE, "blockysize": TILE, "compress": "lzw", "predictor": 3}
    x, rng = np.arange(cells), np.random.default_rng(0)
    with rasterio.open(path, "w", transform=from_origin(760_000, 4_270_006, 1, 1), **profile, **layout) as file:
        for row in range(0, cells, TILE):
            y = np.arange(row, min(cells, row + TILE))
            hills = 1700 + 60 * np.sin(x[None] / 400) * np.cos(y[:, None] / 300) + 0.02 * x[None]
            noisy = hills + rng.normal(0, NOISE_M, hills.shape)
            file.write(noisy.astype("float32"), 1, window=Window(0, row, cells, len(y)))
    return path


if __name__ == "__main__":
    sys.exit(main())
