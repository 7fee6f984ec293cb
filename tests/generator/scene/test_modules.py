# SPDX-License-Identifier: GPL-3.0-or-later
"""The face of a module shows its cells, busbars and frame."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.geometry.module_face import TEXEL_M, averaged, face_texture  # noqa: E402
from solar_site_addon.generator.geometry.module_looks import FRAMES, LOOKS, aged_backsheet  # noqa: E402
from solar_site_addon.generator.geometry.textures import grain_pixels, nearby_pixels  # noqa: E402
from solar_site_addon.generator.plan.array.module_types import KINDS, ModuleType, module_type  # noqa: E402
from solar_site_addon.generator.plan.site import plan_site  # noqa: E402
from solar_site_addon.generator.scene.modules import build_modules  # noqa: E402
from solar_site_addon.generator.scene.nodes import OBJECT  # noqa: E402
from solar_site_addon.generator.scene.ownership import remove_owned  # noqa: E402
from solar_site_addon.generator.settings.sampling import draw_settings  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

pytestmark = pytest.mark.bpy

MONO = KINDS["mono"]


def module_of(**values) -> ModuleType:
    chosen = with_values(Settings(), {f"module.{name}": value for name, value in values.items()})
    return module_type(draw_settings(chosen, 0).module, 0)


def count_runs(line: np.ndarray) -> int:
    """Return the number of separate runs of ones in an array of zeros and ones."""
    return int((np.diff(line, prepend=0) == 1).sum())


def test_a_common_module_shows_6_by_24_half_cells():
    cell = face_texture(MONO)[..., 0]
    rows, columns = cell.shape
    assert (rows * TEXEL_M, columns * TEXEL_M) == pytest.approx((2.278, 1.134), abs=TEXEL_M)
    # Along the middle of the first column of cells, and along the middle of the third row.
    assert count_runs(cell[:, columns // 12 + 8]) == 24
    assert count_runs(cell[round(rows * 2.5 / 24), :]) == 6


def test_all_cells_have_one_size_and_half_cell_modules_have_a_gap_in_the_middle():
    cell = face_texture(MONO)[..., 0]
    line = cell[:, cell.shape[1] // 12 + 8]
    edges = np.diff(line, prepend=0, append=0)
    heights = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    assert heights.min() >= heights.max() - 1
    assert heights.mean() * TEXEL_M == pytest.approx(0.091, abs=0.001)
    middle = len(cell) // 2
    assert not cell[middle - 2 : middle + 3].any()


def test_cells_cover_a_realistic_share_of_a_module():
    share = face_texture(MONO)[..., 0].mean()
    assert 0.90 < share < 0.96  # 144 half cells of 182 x 91 mm on 2278 x 1134 mm: 0.92


def test_cell_frame_and_border_exclude_each_other():
    texture = face_texture(MONO)
    assert (texture[..., [0, 2, 3]].sum(axis=-1) <= 1).all()
    assert texture[0, :, 2].all()
    assert texture[:, -1, 2].all()
    assert texture[..., 2].mean() == pytest.approx(2 * MONO.lip_m * (1 / 2.278 + 1 / 1.134), rel=0.1)


SMALL = {"cells_along": 60, "cells_across": 24, "length_m": 0.5, "width_m": 0.3}
FULL_CELL = {"cells_along": 10, "cells_across": 6, "length_m": 1.65, "width_m": 0.99}
EXTREMES = [FULL_CELL, {"cells_along": 1, "cells_across": 1}, SMALL, {"cells_along": 25}]


@pytest.mark.parametrize("values", [*EXTREMES, *({"kind": kind} for kind in KINDS)])
def test_every_module_allowed_by_the_schema_has_a_texture(values):
    texture = face_texture(module_of(**values))
    assert np.isfinite(texture).all()
    assert ((texture >= 0) & (texture <= 1)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_its_cells(kind):
    module = KINDS[kind]
    cell = face_texture(module)[..., 0]
    rows, columns = cell.shape
    # Lines through a quarter of a cell, clear of cut corners and of the gap across the middle.
    column = round(columns * (0.25 + module.cells_across // 2) / module.cells_across)
    row = round(rows * (0.3 + module.cells_along // 3) / module.cells_along)
    assert count_runs(cell[:, column]) == module.cells_along
    assert count_runs(cell[row, :]) == module.cells_across


@pytest.mark.parametrize("kind", KINDS)
def test_busbars_cover_the_share_of_a_cell_given_by_their_width(kind):
    module = KINDS[kind]
    texture = face_texture(module)
    row = texture[round(len(texture) * (0.3 + module.cells_along // 3) / module.cells_along)]
    cell_m = row[:, 0].sum() * TEXEL_M / module.cells_across
    metal_m = row[:, 1].sum() * TEXEL_M / module.cells_across
    assert metal_m / cell_m == pytest.approx(module.busbars * module.busbar_width_m / cell_m, rel=0.1)


def test_junction_boxes_show_through_the_middle_gap_of_bifacial_modules_only():
    cell, border = (face_texture(KINDS["bifacial"])[..., channel] for channel in (0, 3))
    middle = len(cell) // 2
    assert count_runs(cell[middle]) == 3
    assert cell[middle].sum() * TEXEL_M == pytest.approx(3 * 0.06, abs=0.01)
    np.testing.assert_array_equal((cell + border)[middle, 10:-10], 1.0)
    assert face_texture(MONO)[middle, :, 0].sum() == 0


def test_a_frameless_laminate_shows_no_frame():
    assert face_texture(KINDS["thin_film"])[..., 2].sum() == 0


def test_every_kind_has_a_look_and_every_frame_a_color():
    assert set(LOOKS) == set(KINDS)
    assert {module_of(kind=kind, frame=frame).frame for kind in KINDS for frame in ("auto", "white")} <= set(FRAMES)


@pytest.mark.parametrize(("pixels", "channel"), [(grain_pixels, 0), (nearby_pixels, 0), (nearby_pixels, 1)])
def test_crystals_stones_and_blades_join_without_a_seam(pixels, channel):
    shade = pixels()[..., channel]
    inside = np.abs(np.diff(shade, axis=0)).mean()
    assert np.abs(shade[0] - shade[-1]).mean() == pytest.approx(inside, rel=0.5)
    assert len(np.unique(shade)) > 1000


def test_white_backsheets_darken_and_turn_yellow_with_age_and_black_ones_do_not():
    new, old = (aged_backsheet(LOOKS["poly_60"], age) for age in (0.0, 1.0))
    assert new == LOOKS["poly_60"].backsheet
    assert all(after < before for after, before in zip(old[:3], new[:3], strict=True))
    assert old[2] / old[0] < 0.8 * new[2] / new[0]
    assert aged_backsheet(LOOKS["full_black"], 1.0) == LOOKS["full_black"].backsheet


def test_the_texture_for_distant_cameras_keeps_every_mean():
    texture = face_texture(MONO)
    coarse = averaged(texture, 8)
    assert coarse.shape == (texture.shape[0] // 8, texture.shape[1] // 8, 4)
    np.testing.assert_allclose(
        coarse.mean(axis=(0, 1)), texture.mean(axis=(0, 1)), atol=0.004
    )  # areas differ by a texel
    assert MONO.cell_gap_m < 8 * TEXEL_M  # gaps are averaged to gray there


def test_modules_of_an_extension_are_a_separate_object_with_their_thickness_and_numbers():
    values = {
        "array.extension_share": 0.4,
        "module.kind": ["mono", "thin_film"],
        "module.missing_share": 0,
        "site.size_m": 110,
        "site.relief": 0,
    }
    plan = plan_site(with_values(Settings(), values), 1)
    types = plan.tables.type[plan.modules.table]
    try:
        numbers, thicknesses = [], []
        for built in build_modules(plan.modules, types, plan.table_types):
            own = np.zeros(len(built.data.polygons), np.float32)
            built.data.attributes[OBJECT].data.foreach_get("value", own)
            numbers.append(np.unique(own).astype(int))
            place = [vertex.co for vertex in built.data.vertices[:8]]
            thicknesses.append(min((one - other).length for one in place[:4] for other in place[4:]))
    finally:
        remove_owned()
    for number, own in enumerate(numbers):
        np.testing.assert_array_equal(own, np.flatnonzero(types == number) + 1)
    assert thicknesses == pytest.approx([table_type.module.thickness_m for table_type in plan.table_types], rel=1e-3)
