# SPDX-License-Identifier: GPL-3.0-or-later
"""An elevation model, whatever its bytes and those of the files beside it, gives land or one clear sentence."""

from __future__ import annotations

import gzip
import io
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio.shutil
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import from_origin

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.plan.terrain.elevation_model import model_heights
from solar_site_addon.generator.settings.drawn import DrawnSite
from solar_site_addon.generator.settings.files import files_sha256
from solar_site_addon.generator.settings.schema import Settings, SiteSettings, with_values

from ....hostile import EDITS, mutated, share_of_cases
from .elevation.gdal_files import hills, write

pytestmark = pytest.mark.slow

AXIS = np.linspace(-75.0, 75.0, 7)
TRANSFORM = from_origin(600_000, 5_200_000, 5, 5)
WORLD = b"5.0\n0.0\n0.0\n-5.0\n600002.5\n5199997.5\n"
NOTES = (
    b"<PAMDataset><GeoTransform>600000, 5, 0, 5200000, 0, -5</GeoTransform><SRS>EPSG:32632</SRS>"
    b'<PAMRasterBand band="1"><NoDataValue>-9999</NoDataValue><UnitType>m</UnitType><Offset>1</Offset><Scale>1</Scale>'
    b"</PAMRasterBand></PAMDataset>"
)


@cache
def real_files() -> dict[str, bytes]:
    """Elevation models of every kind, and files beside them, by name."""
    heights = hills(60, 64)
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(name)
        tiles = {"tiled": True, "blockxsize": 16, "blockysize": 16}
        for compress, predictor, more in (
            ("none", 1, {}),
            ("lzw", 3, tiles),
            ("deflate", 2, {}),
            ("packbits", 1, tiles),
        ):
            kind = "f4" if predictor == 3 else "i2"
            options: dict[str, Any] = {"compress": compress, "predictor": predictor, "nodata": -9999, **more}
            write(folder / f"{compress}.tif", heights.astype(kind), TRANSFORM, crs="EPSG:32632", **options)
        source = write(folder / "source.tif", heights.astype("f4"), TRANSFORM)
        for suffix, driver in (("asc", "AAIGrid"), ("grd", "GSAG"), ("xyz", "XYZ"), ("flt", "EHdr")):
            rasterio.shutil.copy(source, folder / f"{suffix}.{suffix}", driver=driver)
        np.save(folder / "npy.npy", heights)
        (folder / "npy.prj").write_text('PROJCS["x",UNIT["metre",1]]')
        (folder / "none.tfw").write_bytes(WORLD)
        (folder / "lzw.tif.aux.xml").write_bytes(NOTES)
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/asc.asc", files["asc.asc"])
        archive.writestr("folder/asc.prj", files.get("asc.prj", b""))
    return {**files, "packed.zip": packed.getvalue(), "asc.asc.gz": gzip.compress(files["asc.asc"], mtime=0)}


MODELS = [
    *("none.tif", "lzw.tif", "deflate.tif", "packbits.tif", "asc.asc", "grd.grd", "xyz.xyz", "flt.flt", "npy.npy"),
    *("packed.zip", "asc.asc.gz"),
]
WORDS = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"9999", b"1e999", b"nan", b"-", b" ", b"\n"]


def written(folder: Path) -> None:
    for name, data in real_files().items():
        (folder / name).write_bytes(data)


def land(model: Path, place: str) -> np.ndarray:
    """Return the heights that a launcher and a worker read, at a few places."""
    values = {"elevation_model": str(model), "size_m": 150.0, "place": place, "elevation_cell_m": 5.0}
    files_sha256(with_values(Settings(), {f"site.{name}": value for name, value in values.items()}))
    site = DrawnSite(**{**vars(SiteSettings()), **values})
    return model_heights(site, AXIS, np.random.default_rng(1)).heights


@pytest.mark.parametrize("model", MODELS)
def test_each_real_model_is_read(tmp_path: Path, model: str) -> None:
    written(tmp_path)
    assert np.isfinite(land(tmp_path / model, "center")).all()


@share_of_cases(0.1)
@given(
    model=st.sampled_from(MODELS),
    place=st.sampled_from(["center", "drawn"]),
    words=st.lists(st.tuples(st.integers(0, 600), st.sampled_from(WORDS) | st.binary(max_size=4)), max_size=3),
    edits=st.just([]) | EDITS,
    which=st.integers(0, 3),
)
def test_a_damaged_model_gives_land_or_one_sentence(
    tmp_path: Path, model: str, place: str, words: list[tuple[int, bytes]], edits: list[Any], which: int
) -> None:
    written(tmp_path)
    beside = sorted({name for name in real_files() if name not in MODELS and Path(name).stem.split(".")[0] in model})
    damaged = tmp_path / (beside[which % len(beside)] if beside and which else model)
    data = bytearray(damaged.read_bytes())
    for at, word in words:
        start = at % max(len(data), 1)
        data[start : start + len(word)] = word
    damaged.write_bytes(mutated(bytes(data), edits))
    try:
        heights = land(tmp_path / model, place)
    except SettingsError as error:
        sentence = str(error)
        assert "\n" not in sentence
        assert 0 < len(sentence) < 1000
        return
    assert heights.shape == (len(AXIS), len(AXIS))
    assert np.isfinite(heights).all()
