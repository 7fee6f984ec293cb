# SPDX-License-Identifier: GPL-3.0-or-later
"""A damaged file ends in heights or in one clear error, never in another exception."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import rasterio.shutil
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.domain.errors import ElevationError
from solar_site_addon.generator.plan.terrain.elevation.registry import open_grid

from .gdal_files import hills, write


@cache
def real_files() -> dict[str, bytes]:
    """Small files of every kind, by name."""
    heights = hills(16, 20)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tiles = {"tiled": True, "blockxsize": 16, "blockysize": 16}
        for order, big in (("LITTLE", "NO"), ("BIG", "YES")):
            for compress, predictor in (("none", 1), ("lzw", 3), ("deflate", 2), ("packbits", 1)):
                write(
                    folder / f"{compress}_{big}.tif",
                    heights.astype("f4" if predictor == 3 else "i2"),
                    crs="EPSG:26913+6360",
                    nodata=-9999,
                    compress=compress,
                    predictor=predictor,
                    ENDIANNESS=order,
                    BIGTIFF=big,
                    **(tiles if big == "YES" else {}),
                )
        source = write(folder / "source.tif", heights.astype("f4"))
        rasterio.shutil.copy(source, folder / "a.asc", driver="AAIGrid")
        rasterio.shutil.copy(source, folder / "b.grd", driver="GSAG")
        rasterio.shutil.copy(source, folder / "c.xyz", driver="XYZ")
        np.save(folder / "d.npy", heights)
        files = [path for path in folder.iterdir() if path.suffix not in (".xml", ".prj")]
        return {path.name: path.read_bytes() for path in sorted(files)}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return name and bytes of a file in which a few bytes are others, or missing, or of which the end is missing."""
    name = draw(st.sampled_from(sorted(real_files())))
    data = bytearray(real_files()[name])
    # Headers matter most.
    place = st.one_of(st.integers(0, min(len(data), 400) - 1), st.integers(0, len(data) - 1))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(place) % len(data)
        kind = draw(st.sampled_from(["byte", "byte", "word", "cut", "drop"]))
        if kind == "byte":
            data[at] = draw(st.integers(0, 255))
        elif kind == "word":
            data[at : at + 4] = draw(st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"9999"]))
        elif kind == "drop":
            del data[at : at + draw(st.integers(1, 8))]
        else:
            del data[max(at, 1) :]
        if not data:
            break
    return name, bytes(data)


@given(damaged())
def test_a_damaged_file_gives_heights_or_one_clear_error(file: tuple[str, bytes]) -> None:
    name, data = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            grid = open_grid(path, 1.0)
            rows = np.arange(min(grid.rows, 50))
            assert grid.read(rows, slice(0, min(grid.columns, 50))).shape == (len(rows), min(grid.columns, 50))
        except ElevationError as error:
            assert str(error)  # noqa: PT017 - either way is right
            assert "\n" not in str(error)  # noqa: PT017
