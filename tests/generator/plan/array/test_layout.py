# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables stand on the ground, within their limits, and neither overlap nor shade each other."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.domain.errors import SiteError
from solar_site_addon.generator.plan.array.layout import (
    LIFT_ERROR_M,
    ROLL_ERROR_DEG,
    TILT_ERROR_DEG,
    YAW_ERROR_DEG,
    table_axes,
)
from solar_site_addon.generator.plan.array.rows import MAINTENANCE_GAP_M, SLOPE_TILTS_DEG, row_pitch
from solar_site_addon.generator.plan.array.tables import Tables
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.settings.schema import Settings, with_values

from ...planned import array_site, tables_of

Planned = tuple[Settings, Site]


EXACT = {"array.contour_following": 0.0, "array.misalignment": 0.0}
"""Straight rows of tables without installation errors."""


def rectangles(tables: Tables) -> np.ndarray:
    """Return the corners (T, 4, 3), independent of the code under test."""
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    spans = tables.axes[:, :2] * tables.size[..., None]
    return tables.centre[:, None] + np.einsum("cs,tsx->tcx", signs, spans)


def on_table(tables: Tables, across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Return points (T, N, 3) of the glass at fractions (-0.5 to 0.5) of its width and height."""
    spans = tables.axes[:, :2] * tables.size[..., None]
    return tables.centre[:, None] + np.einsum("sn,tsx->tnx", np.stack([across, up]), spans)


def even_grid(columns: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    across, up = np.meshgrid(np.linspace(-0.5, 0.5, columns), np.linspace(-0.5, 0.5, rows))
    return across.ravel(), up.ravel()


def clearances(plan: Site) -> np.ndarray:
    points = on_table(plan.tables, *even_grid(83, 21))
    return (points[..., 2] - plan.terrain.height(points[..., 0], points[..., 1])).min(axis=1)


def test_no_table_floats_or_sinks(site: Planned) -> None:
    _, plan = site
    drawn = plan.settings.array
    lowest = clearances(plan)
    # The plan samples the ground every 0.75 m; in between, it may rise by a few centimeters.
    assert lowest.min() > drawn.ground_clearance_m.value - 0.12
    assert lowest.max() < drawn.ground_clearance_m.value + drawn.misalignment.value * LIFT_ERROR_M + 0.02


def test_no_pile_carries_its_table_higher_than_allowed(site: Planned) -> None:
    settings, plan = site
    piles = plan.piles
    assert (np.bincount(piles.table) >= 2 * plan.table_types[0].post_rows).all()
    glass = plan.tables.centre[piles.table] - piles.head
    normal = plan.tables.axes[piles.table, 2]
    above_m = piles.exposed_m + (glass * normal).sum(axis=1) / normal[:, 2]
    assert piles.exposed_m.min() > 0
    assert above_m.max() <= settings.array.max_post_m + 0.05


def test_beams_are_straight_square_and_below_the_glass(site: Planned) -> None:
    _, plan = site
    beams = plan.beams
    axis = beams.end - beams.start
    assert np.linalg.norm(axis, axis=1).min() > 0.09
    assert np.abs(np.einsum("bi,bi->b", axis, beams.up)).max() < 1e-9
    assert np.linalg.norm(beams.up, axis=1) == pytest.approx(1.0)
    assert (beams.section > 0).all()
    ends = np.concatenate([beams.start, beams.end])
    for table in range(0, len(plan.tables), 25):
        offset = ends - plan.tables.centre[table]
        local = offset @ plan.tables.axes[table].T
        own = (np.abs(local[:, :2]) <= plan.tables.size[table] / 2 + 1e-6).all(axis=1) & (np.abs(local[:, 2]) < 4)
        assert own.any()
        assert local[own, 2].max() < 0


def test_tables_respect_the_limits_of_slope_and_roll(site: Planned) -> None:
    settings, plan = site
    tables, array = plan.tables, settings.array
    assert np.abs(tables.roll_deg).max() <= array.max_roll_deg
    points = on_table(tables, *even_grid(25, 9))
    for own in points:
        ground = plan.terrain.height(own[:, 0], own[:, 1])
        slope_x, slope_y, _ = np.linalg.lstsq(np.column_stack([own[:, :2], np.ones(len(own))]), ground, rcond=None)[0]
        assert math.degrees(math.atan(math.hypot(slope_x, slope_y))) <= array.max_slope_deg + 1.5


def test_tables_follow_the_ground_along_their_row(site: Planned) -> None:
    _, plan = site
    error = plan.settings.array.misalignment.value * ROLL_ERROR_DEG
    across = np.linspace(-0.5, 0.5, 33)
    points = on_table(plan.tables, across, np.zeros(33))
    ground = plan.terrain.height(points[..., 0], points[..., 1])
    along = across * plan.tables.size[:, :1] * np.cos(np.radians(plan.tables.roll_deg))[:, None]
    slope = (along * ground).sum(axis=1) / (along * along).sum(axis=1)
    assert np.abs(np.degrees(np.arctan(slope)) - plan.tables.roll_deg).max() < 4.0 + error
    assert np.abs(np.degrees(np.arctan(slope)) - plan.tables.roll_deg).mean() < 0.8 + error / 2


def test_drawn_values_are_within_their_ranges(site: Planned) -> None:
    settings, plan = site
    array, tables, drawn = settings.array, plan.tables, plan.settings.array
    least, most = array.tilt_deg if drawn.tilt_mode.value == "fixed" else SLOPE_TILTS_DEG
    error = drawn.misalignment.value * TILT_ERROR_DEG
    assert least - error <= tables.tilt_deg.min() <= tables.tilt_deg.max() <= most + error
    columns = np.rint((tables.size[:, 0] + 0.02) / (plan.table_types[0].module_size[0] + 0.02))
    # Landscape modules are twice as long, and tables keep their length.
    share = 1134 / 2278 if plan.table_types[0].landscape else 1.0
    assert array.table_columns.low * share - 0.5 <= columns.min()
    assert columns.max() <= array.table_columns.high * share + 0.5
    equator = 180.0 if settings.light.latitude_deg >= 0 else 0.0
    turn = np.abs((tables.azimuth_deg - equator + 180) % 360 - 180)
    may_turn = array.use_clusters or drawn.contour_following.value > 0
    assert turn.max() <= may_turn * array.azimuth_spread_deg + drawn.misalignment.value * YAW_ERROR_DEG


def test_axes_and_angles_agree(site: Planned) -> None:
    _, plan = site
    tables = plan.tables
    along, upward, normal = tables.axes[:, 0], tables.axes[:, 1], tables.axes[:, 2]
    assert np.degrees(np.arcsin(along[:, 2])) == pytest.approx(tables.roll_deg)
    assert np.degrees(np.arcsin(upward[:, 2])) == pytest.approx(tables.tilt_deg)
    facing = np.degrees(np.arctan2(along[:, 1], -along[:, 0])) % 360
    assert np.abs((facing - tables.azimuth_deg + 180) % 360 - 180).max() < 1e-9
    towards = np.stack([np.sin(np.radians(tables.azimuth_deg)), np.cos(np.radians(tables.azimuth_deg))], axis=1)
    assert (np.einsum("ti,ti->t", normal[:, :2], towards) > 0).all()
    assert (normal[:, 2] > 0).all()


@given(azimuth=st.floats(0, 360), tilt=st.floats(0, 60), roll=st.floats(-30, 30))
def test_axes_of_any_table_are_a_right_handed_frame(azimuth: float, tilt: float, roll: float) -> None:
    axes = table_axes(np.array([azimuth]), np.array([tilt]), np.array([roll]))[0]
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_no_two_tables_overlap_from_above(site: Planned) -> None:
    cv2 = pytest.importorskip("cv2")
    _, plan = site
    outlines = rectangles(plan.tables)[..., :2]
    middles = outlines.mean(axis=1)
    outlines32 = outlines.astype(np.float32)
    for one in range(len(outlines)):
        near = np.flatnonzero(np.linalg.norm(middles - middles[one], axis=1) < 2 * plan.tables.size.max())
        for other in near[near > one]:
            assert cv2.intersectConvexConvex(outlines32[one], outlines32[other])[0] < 1e-3


def test_no_table_shades_another_at_the_design_sun(site: Planned) -> None:
    """Rays from many points of each table toward a sun straight ahead, to the degree, against every other table."""
    settings, plan = site
    tables = plan.tables
    points = on_table(tables, *even_grid(15, 4))
    elevation = math.radians(settings.array.design_sun_elevation_deg)
    facing_deg = np.rint(tables.azimuth_deg)
    for azimuth in np.unique(facing_deg):
        facing = math.radians(azimuth)
        sun = np.array(
            [math.cos(elevation) * math.sin(facing), math.cos(elevation) * math.cos(facing), math.sin(elevation)]
        )
        own = np.flatnonzero(facing_deg == azimuth)
        for index in range(len(tables)):
            seen = points[own[own != index]].reshape(-1, 3)
            normal = tables.axes[index, 2]
            distance = ((tables.centre[index] - seen) @ normal) / (sun @ normal)
            hit = (seen + distance[:, None] * sun - tables.centre[index]) @ tables.axes[index, :2].T
            assert not ((distance > 0) & (np.abs(hit) < tables.size[index] / 2 - 1e-6).all(axis=1)).any()


@given(tilt=st.floats(0, 60), sun=st.floats(5, 80), rise_deg=st.floats(-3, 40), slant=st.floats(1, 9))
def test_the_row_pitch_puts_the_shadow_on_the_next_lower_edge(
    tilt: float, sun: float, rise_deg: float, slant: float
) -> None:
    rise = math.tan(math.radians(rise_deg))
    pitch = float(row_pitch(slant, tilt, sun, np.array(rise)))
    top = np.array([slant * math.cos(math.radians(tilt)), slant * math.sin(math.radians(tilt))])
    assert pitch >= top[0] + MAINTENANCE_GAP_M - 1e-9
    shadow = top[1] - (pitch - top[0]) * math.tan(math.radians(sun))
    assert shadow <= pitch * rise + 1e-9 or pitch * rise < 0


@pytest.mark.slow
def test_clusters_are_apart_and_have_azimuths_of_their_own() -> None:
    cv2 = pytest.importorskip("cv2")
    plan = array_site(with_values(Settings(), {"array.use_clusters": True, "site.size_m": 300.0} | EXACT), 4)
    assert len(np.unique(plan.tables.azimuth_deg)) > 1
    number = int(plan.tables.cluster.max()) + 1
    assert 2 <= number <= 6
    hulls = []
    for cluster in range(number):
        own = plan.tables.cluster == cluster
        assert own.any()
        assert len(np.unique(plan.tables.azimuth_deg[own])) == 1
        hulls.append(cv2.convexHull(rectangles(plan.tables)[own][..., :2].reshape(-1, 2).astype(np.float32)))
    for one, other in itertools.combinations(hulls, 2):
        # The smallest distance between convex hulls is at a corner of one of them.
        apart = min(
            -max(cv2.pointPolygonTest(a, (float(x), float(y)), measureDist=True) for x, y in b[:, 0])
            for a, b in ((one, other), (other, one))
        )
        assert apart >= 10.0 - 1e-3


def test_one_field_is_one_cluster_inside_the_site() -> None:
    _, _, tables = tables_of(with_values(Settings(), {"site.size_m": 150}), 6)
    assert set(tables.cluster) == {0}
    assert np.abs(rectangles(tables)[..., :2]).max() <= 75.0


@pytest.mark.slow
def test_rows_and_columns_count_from_the_front_and_from_the_left() -> None:
    plan = array_site(with_values(Settings(), {"array.use_clusters": True, "site.size_m": 300.0} | EXACT), 4)
    tables = plan.tables
    for cluster in np.unique(tables.cluster):
        own = tables.cluster == cluster
        row, column, middle = tables.row[own], tables.column[own], tables.centre[own, :2]
        assert row.min() == column.min() == 0
        facing = math.radians(tables.azimuth_deg[own][0])
        u = middle @ np.array([-math.cos(facing), math.sin(facing)])
        v = middle @ -np.array([math.sin(facing), math.cos(facing)])
        for one in np.unique(column):
            in_strip = np.flatnonzero(column == one)
            assert np.ptp(u[in_strip]) < 1e-6
            assert (np.diff(v[in_strip][np.argsort(row[in_strip])]) > 0).all()
        assert (np.diff([u[column == one].mean() for one in np.unique(column)]) > 0).all()


def test_no_two_tables_of_a_cluster_have_the_same_row_and_column(site: Planned) -> None:
    _, plan = site
    places = np.stack([plan.tables.cluster, plan.tables.row, plan.tables.column])
    assert len(np.unique(places, axis=1).T) == len(plan.tables)


def hillside_rows(following: float, seed: int) -> tuple[Tables, np.ndarray, np.ndarray]:
    """Return the tables of one hilly site, the directions of their rows, and the gradients below them, both (T, 2)."""
    settings = with_values(
        Settings(), EXACT | {"array.contour_following": following, "site.roughness": 0.0, "site.size_m": 300.0}
    )
    terrain, _, tables = tables_of(settings, seed)
    along = tables.axes[:, 0, :2]
    x, y = tables.centre[:, 0], tables.centre[:, 1]
    gradient = [
        terrain.height(x + 8 * dx, y + 8 * dy) - terrain.height(x - 8 * dx, y - 8 * dy) for dx, dy in ((1, 0), (0, 1))
    ]
    return tables, along / np.linalg.norm(along, axis=1, keepdims=True), np.stack(gradient, axis=1) / 16


@pytest.mark.slow
def test_rows_that_follow_the_contours_climb_less_than_straight_ones() -> None:
    climbs = []
    for following in (0.0, 1.0):
        tables, along, gradient = hillside_rows(following, seed=5)
        assert len(tables) > 100
        climbs.append(np.abs((along * gradient).sum(axis=1)).mean())
    assert climbs[1] < 0.8 * climbs[0]


@pytest.mark.slow
def test_adjacent_tables_of_a_bent_row_turn_gradually_and_line_up() -> None:
    tables, along, _ = hillside_rows(1.0, seed=2)
    assert np.ptp(tables.azimuth_deg) > 8
    at = {(row, column): index for index, (row, column) in enumerate(zip(tables.row, tables.column, strict=True))}
    pairs = [(index, at[row, column + 1]) for (row, column), index in at.items() if (row, column + 1) in at]
    left, right = np.array(pairs).T
    assert np.abs(tables.azimuth_deg[left] - tables.azimuth_deg[right]).max() < 7
    between = tables.centre[right, :2] - tables.centre[left, :2]
    between /= np.linalg.norm(between, axis=1, keepdims=True)
    mean = along[left] + along[right]
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    assert np.degrees(np.arccos(np.clip((between * mean).sum(axis=1), -1, 1))).mean() < 3


@pytest.mark.slow
def test_tables_can_be_parallel_to_the_ground() -> None:
    settings = with_values(
        Settings(), EXACT | {"array.tilt_mode": "slope", "site.roughness": 0.1, "site.size_m": 250.0}
    )
    terrain, _, tables = tables_of(settings, 2)
    assert np.ptp(tables.tilt_deg) > 5
    back = tables.axes[:, 1, :2] / np.linalg.norm(tables.axes[:, 1, :2], axis=1, keepdims=True)
    reach = 8.0
    ends = [tables.centre[:, :2] + side * reach * back for side in (1, -1)]
    rise = (terrain.height(*ends[0].T) - terrain.height(*ends[1].T)) / (2 * reach)
    slope = np.clip(np.degrees(np.arctan(rise)), *SLOPE_TILTS_DEG)
    assert np.abs(tables.tilt_deg - slope).mean() < 2.5


@pytest.mark.slow
def test_the_share_of_incomplete_tables_follows_the_setting() -> None:
    _, _, tables = tables_of(with_values(Settings(), {"array.incomplete_share": 0.3, "site.size_m": 250.0}), 1)
    columns = tables.columns
    count = columns[:, 1] - columns[:, 0]
    lacking = count < count.max()
    assert lacking.mean() == pytest.approx(0.3, abs=0.06)
    assert count.min() > 0
    assert columns.min() >= 0
    np.testing.assert_array_equal(tables.planned, count)


def test_on_level_ground_rows_are_full() -> None:
    level = {"site.relief": 0.0, "site.roads": False, "site.size_m": 200.0}
    _, _, tables = tables_of(with_values(Settings(), level), 3)
    rows = [np.sort(tables.column[tables.row == row]) for row in np.unique(tables.row)]
    places = sum(int(columns[-1] - columns[0]) + 1 for columns in rows)
    assert len(rows) > 10
    assert len(tables) > 0.97 * places


@pytest.mark.slow
def test_a_site_without_room_is_rejected_in_one_sentence() -> None:
    settings = with_values(Settings(), {"site.size_m": 100, "site.relief": 1, "array.max_slope_deg": 1})
    with pytest.raises(
        SiteError, match=r"^No table fits on this site \(seed 7\).*site\.relief.*max_slope_deg"
    ) as error:
        tables_of(settings, 7)
    assert "\n" not in str(error.value)
