# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthophotos show their colors at their places, and nothing where they are black."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.errors import SettingsError  # noqa: E402
from solar_site_addon.generator.imaging.png import rgb_png  # noqa: E402
from solar_site_addon.generator.plan.terrain.orthophoto import Orthophoto  # noqa: E402
from solar_site_addon.generator.scene.array_shading import ArrayShading  # noqa: E402
from solar_site_addon.generator.scene.orthophoto import DRAPED, load_orthophoto, over_ground  # noqa: E402

pytestmark = pytest.mark.bpy

MATRIX = np.array([[0.01, 0, 0.5], [0, 0.01, 0.5]])
"""That of an image 100 m wide around the center of the site."""
GROUND = (0.3, 0.3, 0.3, 1.0)


def test_colors_lie_at_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solar_site_addon.generator.scene.orthophoto._MOST_PIXELS", 64)
    image = np.zeros((64, 64, 3), dtype=np.uint8)
    image[:32, :32], image[:32, 32:], image[32:, :32] = (200, 0, 0), (0, 200, 0), (0, 0, 200)  # black in the southeast
    file = tmp_path / "ortho.png"
    file.write_bytes(rgb_png(image))
    look = load_orthophoto(Orthophoto(file, str(file), MATRIX))
    places = np.array([[-25, 25, -25, 25, -25], [25, 25, -25, -25, 25], [0, 0, 0, 0, 0]], dtype=np.float32)
    graph = ArrayShading({DRAPED: np.array([1, 1, 1, 1, 0], dtype=np.float32)}, places, np.full(1, 0.1, np.float32))
    found = over_ground(graph, look, GROUND, 1.0)
    bright = ((200 / 255 + 0.055) / 1.055) ** 2.4  # IEC 61966-2-1
    wanted = [(bright, 0, 0), (0, bright, 0), (0, 0, bright), (0.3, 0.3, 0.3), (0.3, 0.3, 0.3)]
    np.testing.assert_allclose(found.T, wanted, atol=0.01)


def test_what_blender_does_not_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ortho.tif"
    file.write_bytes(b"II*\0damaged")
    with pytest.raises(SettingsError, match=r"Blender does not read it. Convert it with rio warp"):
        load_orthophoto(Orthophoto(file, "ortho.tif", MATRIX))


def test_what_blender_decodes_to_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ortho.tif"
    with rasterio.open(file, "w", "GTiff", 64, 64, 3, dtype="uint8", compress="zstd") as raster:
        raster.write(np.full((3, 64, 64), 120, np.uint8))
    with pytest.raises(SettingsError, match=r"may not know its compression. Convert it with rio warp"):
        load_orthophoto(Orthophoto(file, "ortho.tif", MATRIX))
