# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes annotation formats of a dataset, tiles of its images with their formats, or rectified crops of its modules.

    python3 headless/export.py OUT --formats coco,voc                formats of the whole images, in OUT
    python3 headless/export.py OUT --tile 1024 --formats coco,voc    tiles and their formats, in OUT/tiles
    python3 headless/export.py OUT --crop 256                        a small image of each module, in OUT/crops
    python3 headless/export.py OUT --pack webdataset                 tar files of the samples, in OUT/webdataset
    python3 headless/export.py OUT --hdf5                            files in BlenderProc's layout, in OUT/hdf5
    python3 headless/export.py OUT --parquet                         tables of images and annotations, in OUT/parquet

Tiles are a dataset of their own: sample folders with rgb.png, instances.png, semantic.png and sample.json, whose key
``tile`` tells where each one lies in which whole image. Needs Pillow and numpy, h5py for ``--hdf5``, and pyarrow
for ``--parquet``: pip install ".[export]".
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

try:
    from headless.pixels import read_ids, read_rgb
except ImportError as error:
    if error.name not in ("numpy", "PIL"):
        raise
    sys.exit(f'export.py needs Pillow and numpy ({error.name} is not installed): python3 -m pip install ".[export]"')

from headless.batch import plotter
from headless.hdf5 import write_hdf5_files
from solar_site_addon.batch import export
from solar_site_addon.batch.dataset_folder import HDF5, PARQUET, hdf5_folder, parquet_folder
from solar_site_addon.batch.export import LibraryFormat
from solar_site_addon.generator.dataset.splits import Split
from solar_site_addon.generator.dataset.tiling import ReadPixels
from solar_site_addon.generator.domain.errors import SettingsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; return the exit code."""
    return export.main(arguments, ReadPixels(read_rgb, read_ids), plotter(), LIBRARY_FORMATS)


def hdf5(out: Path, _: Split) -> str:
    """Write the HDF5 files of a dataset. Raise SettingsError without h5py."""
    _need("h5py", "--hdf5")
    return f"{write_hdf5_files(out)} HDF5 files written to {hdf5_folder(out)}"


def parquet(out: Path, split: Split) -> str:
    """Write the Parquet files of a dataset. Raise SettingsError without pyarrow."""
    _need("pyarrow", "--parquet")
    from headless.parquet import write_parquet  # noqa: PLC0415 - imports pyarrow

    return f"{write_parquet(out, split)} annotations written to {parquet_folder(out)}"


def _need(package: str, flag: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise SettingsError("{flag} needs {package}: python3 -m pip install '.[export]'.", flag=flag, package=package)


LIBRARY_FORMATS = (
    LibraryFormat(HDF5, "only write an HDF5 file in BlenderProc's layout for each sample, in OUT/hdf5", hdf5),
    LibraryFormat(PARQUET, "only write tables of all images and of all annotations, in OUT/parquet", parquet),
)


if __name__ == "__main__":
    sys.exit(main())
