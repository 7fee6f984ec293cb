# SPDX-License-Identifier: GPL-3.0-or-later
"""The terrain is as steep as its relief demands, its mesh has no gaps, and heights lie on the mesh."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solar_site_addon.generator.domain.random_streams import stream_seed
from solar_site_addon.generator.plan.numerics.noise import gradient_noise
from solar_site_addon.generator.plan.terrain.erosion import eroded
from solar_site_addon.generator.plan.terrain.terrain import (
    HORIZON_M,
    MARGIN_M,
    Terrain,
    _Noises,
    _Waves,
    grid_axis,
    plan_terrain,
    resampled,
)
from solar_site_addon.generator.settings.schema import SiteSettings
from solar_site_addon.generator.settings.types import Range


def land(relief: float, seed: int, size_m: float = 400.0, roughness: float = 0.5, terraces: float = 0.0) -> Terrain:
    site = SiteSettings(
        size_m=size_m,
        relief=Range(relief, relief),
        roughness=Range(roughness, roughness),
        terraces=Range(terraces, terraces),
        terrace_riser_m=Range(1.5, 1.5),
    )
    return plan_terrain(site, seed)


def slopes_deg(terrain: Terrain, half_m: float) -> np.ndarray:
    """Return slopes by central differences of heights 1 m apart, independent of the terrain's own normals."""
    ticks = np.arange(-half_m, half_m + 0.5)
    heights = terrain.height(*np.meshgrid(ticks, ticks))
    along_y, along_x = np.gradient(heights)
    return np.degrees(np.arctan(np.hypot(along_x, along_y)))


SMALL = land(0.8, 11, size_m=120.0)
MESH = SMALL.mesh()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("relief", "figures", "tolerance"),
    [
        # Grassland: hardly any slope.
        (0.0, (0.4, 1.5, 3.0), (0.3, 1.2, 2.5)),
        # Hills, at 1 m: lidar of Green River and of Slovenia. Sites of 400 m differ considerably.
        (0.5, (5.0, 15.0, 32.0), (1.5, 5.0, 10.0)),
        # A steep mountain, at 1 m: lidar of the San Gabriel Mountains.
        (1.0, (20.0, 34.0, 42.0), (2.0, 4.0, 7.0)),
    ],
)
def test_slopes_match_real_terrain(relief: float, figures: tuple[float, ...], tolerance: tuple[float, ...]) -> None:
    slopes = [np.percentile(slopes_deg(land(relief, seed), 200), [50, 90, 99]) for seed in range(6)]
    assert (np.abs(np.mean(slopes, axis=0) - figures) <= tolerance).all()
    assert np.array(slopes)[:, 0] == pytest.approx(figures[0], rel=0.25, abs=0.4)


def test_slopes_grow_with_the_relief() -> None:
    flat, hilly, steep = (np.median(slopes_deg(land(relief, 1, size_m=100.0), 100)) for relief in (0.0, 0.5, 1.0))
    assert flat < 1.0
    assert 3.0 < hilly < 15.0
    assert 15.0 < steep < 30.0


def test_water_drains_off_the_mountain() -> None:
    """Few hollows hold water: unlike noise, a real slope drains."""
    ticks = np.arange(-140.0, 141.0, 5.0)
    heights = land(0.9, 4).height(*np.meshgrid(ticks, ticks))
    around = [heights[1 + r : -1 + r or None, 1 + c : -1 + c or None] for r in (-1, 0, 1) for c in (-1, 0, 1) if r or c]
    hollow = heights[1:-1, 1:-1] < np.min(around, axis=0)
    assert hollow.mean() < 0.01


@pytest.mark.parametrize("wavelength", [6.5, 140.0, 9000.0])
def test_waves_fade_only_where_the_cells_cannot_resolve_them(wavelength: float) -> None:
    waves = _Waves(SMALL.x, SMALL.fine_half_m, _Noises(5, "terrain/0"))
    seed = stream_seed(5, f"terrain/0/hills/{wavelength:g} m")
    noise = gradient_noise(waves._x / wavelength, waves._y / wavelength, seed)
    assert np.array_equal(waves.hills(wavelength), waves.fade(wavelength) * noise)


@pytest.mark.slow
def test_terraces_are_level_fields_between_risers() -> None:
    plain, stepped = (land(0.6, 3, terraces=share) for share in (0.0, 1.0))
    slopes, natural = slopes_deg(stepped, 200), slopes_deg(plain, 200)
    sloping = natural > 6
    # Half of the slopes are nearly level now, and the risers are steeper than any slope was.
    assert np.mean(slopes[sloping] < 4) > 0.4
    assert np.mean(slopes[sloping] > 30) > 0.05 + np.mean(natural[sloping] > 30)
    assert np.abs(stepped.heights - plain.heights).max() < 6


def test_erosion_keeps_the_border_and_never_raises_a_channel() -> None:
    rng = np.random.default_rng(2)
    before = 0.5 * np.arange(40.0) + rng.normal(0, 0.5, (40, 40))
    after = eroded(before, 8.0, 2.0, np.random.default_rng(0))
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert (after[edge] == before[edge]).all()
    assert after[1:-1, 1:-1].mean() < before[1:-1, 1:-1].mean()
    assert after.min() >= before.min() - 1e-9


def test_resampling_a_plane_gives_the_plane() -> None:
    axis = np.linspace(-50, 50, 21)
    plane = 2.0 * axis[None, :] - 0.5 * axis[:, None]
    at = np.linspace(-40, 40, 77)
    assert resampled(plane, axis, at) == pytest.approx(2.0 * at[None, :] - 0.5 * at[:, None])


def test_rough_terrain_curves_more_than_smooth_terrain_of_the_same_relief() -> None:
    def bending(terrain: Terrain) -> float:
        ticks = np.arange(-100.0, 100.0)
        heights = terrain.height(*np.meshgrid(ticks, ticks))
        return float(np.abs(np.diff(heights, 2, axis=0)).mean())

    assert bending(land(0.5, 1, 200.0, 0.9)) > 1.5 * bending(land(0.5, 1, 200.0, 0.1))


@given(x=st.floats(-6000, 6000), y=st.floats(-6000, 6000))
@settings(max_examples=10)
def test_heights_lie_on_the_mesh(x: float, y: float) -> None:
    vertices, triangles = MESH
    inside_x, inside_y = np.clip([x, y], SMALL.x[0], SMALL.x[-1])
    a, b, c = vertices[triangles[:, 0]], vertices[triangles[:, 1]], vertices[triangles[:, 2]]
    det = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    s = ((inside_x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (inside_y - a[:, 1])) / det
    t = ((b[:, 0] - a[:, 0]) * (inside_y - a[:, 1]) - (inside_x - a[:, 0]) * (b[:, 1] - a[:, 1])) / det
    under = np.flatnonzero((s >= -1e-9) & (t >= -1e-9) & (s + t <= 1 + 1e-9))
    assert len(under) >= 1
    on_mesh = (a[:, 2] + s * (b[:, 2] - a[:, 2]) + t * (c[:, 2] - a[:, 2]))[under]
    assert on_mesh == pytest.approx(float(SMALL.height(x, y)), abs=1e-6)


def test_the_mesh_is_one_sheet_without_holes_or_folds() -> None:
    vertices, triangles = MESH
    assert triangles.dtype == np.int32
    corners = vertices[triangles][..., :2]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(np.ptp(SMALL.x) * np.ptp(SMALL.y))
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    uses = np.unique(edges[:, 0].astype(np.int64) * len(vertices) + edges[:, 1], return_counts=True)[1]
    assert (uses <= 2).all()
    assert (uses == 1).sum() == 2 * (len(SMALL.x) - 1) + 2 * (len(SMALL.y) - 1)


def test_fine_ground_covers_the_site_and_its_margin_and_the_backdrop_reaches_the_horizon() -> None:
    fine = np.abs(SMALL.x) <= 60 + MARGIN_M
    assert np.diff(SMALL.x[fine]) == pytest.approx(1.0)
    assert SMALL.x[-1] >= HORIZON_M
    assert SMALL.x[0] <= -HORIZON_M


def test_the_largest_site_has_a_bounded_grid() -> None:
    axis, fine_half, spacing = grid_axis(2000.0)
    assert len(axis) < 1600
    assert fine_half >= 1000 + MARGIN_M
    fine = np.abs(axis) <= fine_half
    assert np.diff(axis[fine]) == pytest.approx(spacing)


@given(x=st.floats(-135, 135), y=st.floats(-135, 135))
@settings(max_examples=50)
def test_normals_are_those_of_the_heights(x: float, y: float) -> None:
    # On a crease between triangles the surface has no unique slope.
    assume(min(x % 1, 1 - x % 1, y % 1, 1 - y % 1, abs(x % 1 - y % 1)) > 1e-3)
    step = 1e-4
    normal = SMALL.normal(x, y)
    assert np.linalg.norm(normal) == pytest.approx(1.0)
    base = float(SMALL.height(x, y))
    slope_x, slope_y = (float(SMALL.height(x + dx, y + dy)) - base for dx, dy in ((step, 0.0), (0.0, step)))
    assert -normal[:2] / normal[2] == pytest.approx([slope_x / step, slope_y / step], abs=1e-6)


def test_the_center_of_the_site_is_at_height_zero() -> None:
    assert float(SMALL.height(0.0, 0.0)) == 0.0


def test_different_seeds_give_different_mountains() -> None:
    assert not np.allclose(land(0.5, 1, 100.0).heights, land(0.5, 2, 100.0).heights)


@given(seed=st.integers(0, 2**31), x=st.floats(-1000, 1000), y=st.floats(-1000, 1000))
def test_noise_is_bounded_continuous_and_zero_on_the_lattice(seed: int, x: float, y: float) -> None:
    at = np.array([x, x + 1e-6, np.floor(x)]), np.array([y, y, np.floor(y)])
    here, beside, lattice = gradient_noise(*at, seed)
    assert abs(here) <= 1.0
    assert abs(here - beside) < 1e-4
    assert lattice == 0.0
