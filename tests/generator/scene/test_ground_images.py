# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender decodes the maps of texture sets to the values that they state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.errors import SettingsError  # noqa: E402
from solar_site_addon.generator.geometry.ground_textures import GroundPixels  # noqa: E402
from solar_site_addon.generator.imaging.exr import half_exr  # noqa: E402
from solar_site_addon.generator.imaging.png import grey16_png  # noqa: E402
from solar_site_addon.generator.plan.ground.ground_images import NO_IMAGES, plan_ground_images  # noqa: E402
from solar_site_addon.generator.scene.ground_images import load_textures  # noqa: E402
from solar_site_addon.generator.scene.ownership import owned_blocks  # noqa: E402
from solar_site_addon.generator.scene.projected_ground import _image  # noqa: E402
from solar_site_addon.generator.settings.sampling import draw_settings  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

from ..made_textures import make_texture_set  # noqa: E402

pytestmark = pytest.mark.bpy


def loaded(folder: Path, size_m: float = 0.32) -> dict[str, GroundPixels]:
    settings = with_values(Settings(), {"site.ground_images": str(folder), "site.ground_image_size_m": size_m})
    images = plan_ground_images(draw_settings(settings, 1).site, 1)
    return {kind: texture.pixels for kind, texture in load_textures(images).by_kind.items()}


def test_colors_become_linear_and_relief_has_the_slopes_of_the_normals(tmp_path: Path) -> None:
    soil = loaded(make_texture_set(tmp_path, "Soil1", (120, 90, 60)))["soil"]
    assert len(soil.colour[0]) == 128
    np.testing.assert_allclose(soil.mean, [0.188, 0.102, 0.045], rtol=0.15)  # IEC 61966-2-1, and the contrast
    assert soil.roughness == pytest.approx(180 / 255, abs=0.01)
    assert soil.has_relief
    assert not [block for block in owned_blocks() if isinstance(block, bpy.types.Image)]


def test_both_dialects_of_normals_mean_the_same(tmp_path: Path) -> None:
    reliefs = [
        loaded(make_texture_set(tmp_path / dialect, "Soil1", maps=("Color", dialect)))["soil"].relief[0]
        for dialect in ("NormalGL", "NormalDX")
    ]
    assert np.abs(reliefs[0][..., 0].astype(int) - reliefs[1][..., 0]).max() <= 2


def test_large_textures_are_reduced_and_grey_ones_of_16_bits_read(tmp_path: Path) -> None:
    make_texture_set(tmp_path, "Soil1", maps=("Color",), pixels=256)
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)
    (tmp_path / "Soil1_1K_Displacement.png").write_bytes(grey16_png(np.tile(ramp, (256, 1))))
    soil = loaded(tmp_path)["soil"]
    assert len(soil.colour[0]) == len(soil.relief[0]) == 128
    high = soil.relief[0][..., 0].astype(int)
    assert np.all(np.diff(high[0]) > 0)


def test_the_same_set_is_drawn_for_a_seed_and_every_set_for_some(tmp_path: Path) -> None:
    for number in range(3):
        make_texture_set(tmp_path, f"Soil{number}", maps=("Color",))
    settings = with_values(Settings(), {"site.ground_images": str(tmp_path)})
    drawn = [
        plan_ground_images(draw_settings(settings, seed).site, seed).by_kind["soil"].textures.name
        for seed in (*range(20), *range(20))
    ]
    assert drawn[:20] == drawn[20:]
    assert set(drawn) == {"Soil0", "Soil1", "Soil2"}


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    make_texture_set(tmp_path, "Soil1", maps=("Color",))
    (tmp_path / "Soil1_1K_NormalGL.png").write_bytes(b"no image")
    with pytest.raises(SettingsError, match=r"Soil1_1K_NormalGL\.png is not an image that Blender reads"):
        loaded(tmp_path)
    assert not [block for block in owned_blocks() if isinstance(block, bpy.types.Image)]


def test_a_share_of_0_reads_nothing(tmp_path: Path) -> None:
    settings = with_values(Settings(), {"site.ground_images": str(tmp_path), "site.ground_image_share": 0})
    assert plan_ground_images(draw_settings(settings, 1).site, 1) == NO_IMAGES


def test_blender_reads_the_roughness_beside_the_normal(tmp_path: Path) -> None:
    channels = half_exr(tmp_path / "a.exr", "YA", 2, 1)
    channels["Y"][:], channels["A"][:] = [[-0.5, 0.25]], [[0.5, 0.75]]
    del channels
    image = _image(tmp_path / "a.exr")
    pixels = np.empty(8, dtype=np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    np.testing.assert_array_equal(pixels.reshape(2, 4)[:, [0, 3]], [[-0.5, 0.5], [0.25, 0.75]])
