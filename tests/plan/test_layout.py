# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables stand on the ground, within their limits, out of each other's way and light."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.errors import SiteError
from solar_site_addon.generator.plan.layout import table_axes
from solar_site_addon.generator.plan.plan import plan_site
from solar_site_addon.generator.plan.rows import MAINTENANCE_GAP_M, row_pitch
from solar_site_addon.generator.plan.site_plan import SitePlan, Tables
from solar_site_addon.generator.plan.structure import EMBEDDED_M
from solar_site_addon.generator.settings import Settings, with_values

Site = tuple[Settings, SitePlan]


def rectangles(tables: Tables) -> np.ndarray:
    """(T, 4, 3) corners, written down here on their own."""
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    spans = tables.axes[:, :2] * tables.size[..., None]
    return tables.centre[:, None] + np.einsum("cs,tsx->tcx", signs, spans)


def on_table(tables: Tables, across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """(T, N, 3) points of the glass at shares (-0.5 to 0.5) of its width and height."""
    spans = tables.axes[:, :2] * tables.size[..., None]
    return tables.centre[:, None] + np.einsum("sn,tsx->tnx", np.stack([across, up]), spans)


def even_grid(columns: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    across, up = np.meshgrid(np.linspace(-0.5, 0.5, columns), np.linspace(-0.5, 0.5, rows))
    return across.ravel(), up.ravel()


def clearances(plan: SitePlan) -> np.ndarray:
    points = on_table(plan.tables, *even_grid(83, 21))
    return (points[..., 2] - plan.terrain.height(points[..., 0], points[..., 1])).min(axis=1)


def test_no_table_floats_or_sinks(site: Site) -> None:
    settings, plan = site
    wanted = settings.layout.ground_clearance_m
    lowest = clearances(plan)
    # The plan looks at the ground every 0.75 m; between, it may rise by a few centimetres.
    assert lowest.min() > wanted.low - 0.12
    assert lowest.max() < wanted.high + 0.02
    assert np.ptp(lowest) < 0.15


def test_posts_stand_in_the_ground_under_their_table_and_keep_their_limit(site: Site) -> None:
    settings, plan = site
    beams = plan.beams
    posts = np.flatnonzero((beams.start[:, :2] == beams.end[:, :2]).all(axis=1))
    assert len(posts) >= len(plan.tables) * 2 * plan.table_type.post_rows
    ground = plan.terrain.height(beams.end[posts, 0], beams.end[posts, 1])
    assert beams.start[posts, 2] == pytest.approx(ground - EMBEDDED_M)
    above = beams.end[posts, 2] - ground
    assert above.min() > 0
    assert above.max() <= settings.layout.max_post_m


def test_beams_are_straight_square_and_below_the_glass(site: Site) -> None:
    _, plan = site
    beams = plan.beams
    axis = beams.end - beams.start
    assert np.linalg.norm(axis, axis=1).min() > 0.2
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


def test_tables_keep_the_limits_of_slope_and_roll(site: Site) -> None:
    settings, plan = site
    tables, layout = plan.tables, settings.layout
    assert np.abs(tables.roll_deg).max() <= layout.max_roll_deg
    points = on_table(tables, *even_grid(25, 9))
    for own in points:
        ground = plan.terrain.height(own[:, 0], own[:, 1])
        slope_x, slope_y, _ = np.linalg.lstsq(np.column_stack([own[:, :2], np.ones(len(own))]), ground, rcond=None)[0]
        assert math.degrees(math.atan(math.hypot(slope_x, slope_y))) <= layout.max_slope_deg + 1.5


def test_tables_follow_the_ground_along_their_row(site: Site) -> None:
    _, plan = site
    across = np.linspace(-0.5, 0.5, 33)
    points = on_table(plan.tables, across, np.zeros(33))
    ground = plan.terrain.height(points[..., 0], points[..., 1])
    along = across * plan.tables.size[:, :1] * np.cos(np.radians(plan.tables.roll_deg))[:, None]
    slope = (along * ground).sum(axis=1) / (along * along).sum(axis=1)
    assert np.abs(np.degrees(np.arctan(slope)) - plan.tables.roll_deg).max() < 4.0
    assert np.abs(np.degrees(np.arctan(slope)) - plan.tables.roll_deg).mean() < 0.8


def test_drawn_values_lie_in_their_ranges(site: Site) -> None:
    settings, plan = site
    layout, tables = settings.layout, plan.tables
    assert layout.tilt_deg.low <= tables.tilt_deg.min() <= tables.tilt_deg.max() <= layout.tilt_deg.high
    columns = np.bincount(plan.modules.table) / plan.table_type.rows
    # Lying modules are twice as long: tables keep their length.
    share = 1134 / 2278 if plan.table_type.landscape else 1.0
    assert layout.table_columns.low * share - 0.5 <= columns.min()
    assert columns.max() <= layout.table_columns.high * share + 0.5
    equator = 180.0 if settings.light.latitude_deg >= 0 else 0.0
    turn = np.abs((tables.azimuth_deg - equator + 180) % 360 - 180)
    assert turn.max() <= (layout.azimuth_spread_deg if layout.use_clusters else 0.0)


def test_the_axes_say_what_the_angles_say(site: Site) -> None:
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
    axes = table_axes(azimuth, tilt, np.array([roll]))[0]
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_no_two_tables_overlap_from_above(site: Site) -> None:
    cv2 = pytest.importorskip("cv2")
    _, plan = site
    outlines = rectangles(plan.tables)[..., :2]
    middles = outlines.mean(axis=1)
    outlines32 = outlines.astype(np.float32)
    for one in range(len(outlines)):
        near = np.flatnonzero(np.linalg.norm(middles - middles[one], axis=1) < 2 * plan.tables.size.max())
        for other in near[near > one]:
            assert cv2.intersectConvexConvex(outlines32[one], outlines32[other])[0] < 1e-3


def test_no_table_shades_another_at_the_design_sun(site: Site) -> None:
    """Rays from many points of each table towards the sun, straight before it, against every other table."""
    settings, plan = site
    tables = plan.tables
    points = on_table(tables, *even_grid(15, 4))
    elevation = math.radians(settings.layout.design_sun_elevation_deg)
    for azimuth in np.unique(tables.azimuth_deg):
        facing = math.radians(azimuth)
        sun = np.array(
            [math.cos(elevation) * math.sin(facing), math.cos(elevation) * math.cos(facing), math.sin(elevation)]
        )
        own = np.flatnonzero(tables.azimuth_deg == azimuth)
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


def test_clusters_keep_their_distance_and_have_their_own_azimuth() -> None:
    cv2 = pytest.importorskip("cv2")
    plan = plan_site(with_values(Settings(), {"layout.use_clusters": True}), 4)
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
        # Between convex hulls the least distance is at a corner of one of them.
        apart = min(
            -max(cv2.pointPolygonTest(a, (float(x), float(y)), measureDist=True) for x, y in b[:, 0])
            for a, b in ((one, other), (other, one))
        )
        assert apart >= 10.0 - 1e-3


def test_one_field_is_one_cluster_inside_the_site() -> None:
    settings = with_values(Settings(), {"site.size_m": 150})
    plan = plan_site(settings, 6)
    assert set(plan.tables.cluster) == {0}
    assert np.abs(rectangles(plan.tables)[..., :2]).max() <= 75.0


def test_rows_and_columns_count_from_the_front_and_from_the_left(site: Site) -> None:
    _, plan = site
    tables = plan.tables
    for cluster in np.unique(tables.cluster):
        own = tables.cluster == cluster
        row, column, middle = tables.row[own], tables.column[own], tables.centre[own, :2]
        assert row.min() == column.min() == 0
        assert len(np.unique(np.stack([row, column]), axis=1).T) == own.sum()
        facing = math.radians(tables.azimuth_deg[own][0])
        u = middle @ np.array([-math.cos(facing), math.sin(facing)])
        v = middle @ -np.array([math.sin(facing), math.cos(facing)])
        for one in np.unique(column):
            in_strip = np.flatnonzero(column == one)
            assert np.ptp(u[in_strip]) < 1e-6
            assert (np.diff(v[in_strip][np.argsort(row[in_strip])]) > 0).all()
        assert (np.diff([u[column == one].mean() for one in np.unique(column)]) > 0).all()


def test_a_site_without_room_is_refused_in_one_sentence() -> None:
    settings = with_values(Settings(), {"site.size_m": 100, "site.relief": 1, "layout.max_slope_deg": 1})
    with pytest.raises(
        SiteError, match=r"^No table fits on this site \(seed 7\).*site\.relief.*max_slope_deg"
    ) as error:
        plan_site(settings, 7)
    assert "\n" not in str(error.value)
