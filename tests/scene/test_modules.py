# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn on the glass of a module."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.scene.modules import (  # noqa: E402
    CELL_GAP_M,
    FRAME_LIP_M,
    TEXEL_M,
    averaged,
    face_texture,
)
from solar_site_addon.generator.settings import ModuleSettings, Settings, with_values  # noqa: E402

pytestmark = pytest.mark.bpy


def count_runs(line: np.ndarray) -> int:
    """How many separate stretches of ones a line of zeros and ones has."""
    return int((np.diff(line, prepend=0) == 1).sum())


def test_a_common_module_shows_6_times_24_half_cells():
    cell = face_texture(ModuleSettings())[..., 0]
    rows, columns = cell.shape
    assert (rows * TEXEL_M, columns * TEXEL_M) == pytest.approx((2.278, 1.134), abs=TEXEL_M)
    # Along the middle of the first column of cells, and along the middle of the third row.
    assert count_runs(cell[:, columns // 12 + 8]) == 24
    assert count_runs(cell[round(rows * 2.5 / 24), :]) == 6


def test_all_cells_have_one_size_and_the_middle_of_a_half_cell_module_is_free():
    cell = face_texture(ModuleSettings())[..., 0]
    line = cell[:, cell.shape[1] // 12 + 8]
    edges = np.diff(line, prepend=0, append=0)
    heights = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    assert heights.min() >= heights.max() - 1
    assert heights.mean() * TEXEL_M == pytest.approx(0.091, abs=0.001)
    middle = len(cell) // 2
    assert not cell[middle - 2 : middle + 3].any()


def test_cells_cover_about_as_much_of_a_module_as_real_ones_do():
    share = face_texture(ModuleSettings())[..., 0].mean()
    assert 0.90 < share < 0.96  # 144 half cells of 182 x 91 mm on 2278 x 1134 mm: 0.92


def test_cell_frame_and_border_exclude_each_other():
    texture = face_texture(ModuleSettings())
    assert (texture[..., [0, 2, 3]].sum(axis=-1) <= 1).all()
    assert texture[0, :, 2].all()
    assert texture[:, -1, 2].all()
    assert texture[..., 2].mean() == pytest.approx(2 * FRAME_LIP_M * (1 / 2.278 + 1 / 1.134), rel=0.1)


SMALL = {"cells_along": 60, "cells_across": 24, "length_m": 0.5, "width_m": 0.3}
FULL_CELL = {"cells_along": 10, "cells_across": 6, "length_m": 1.65, "width_m": 0.99}


@pytest.mark.parametrize("values", [FULL_CELL, {"cells_along": 1, "cells_across": 1}, SMALL, {"cells_along": 25}])
def test_any_module_of_the_schema_can_be_drawn(values):
    module = with_values(Settings(), {f"module.{name}": value for name, value in values.items()}).module
    texture = face_texture(module)
    assert np.isfinite(texture).all()
    assert ((texture >= 0) & (texture <= 1)).all()


def test_the_texture_for_far_cameras_keeps_every_mean():
    texture = face_texture(ModuleSettings())
    coarse = averaged(texture, 8)
    assert coarse.shape == (texture.shape[0] // 8, texture.shape[1] // 8, 4)
    np.testing.assert_allclose(
        coarse.mean(axis=(0, 1)), texture.mean(axis=(0, 1)), atol=0.004
    )  # its areas differ by a texel
    assert CELL_GAP_M < 8 * TEXEL_M  # so that gaps are grey there, not black and white
