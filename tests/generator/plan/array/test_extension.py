# SPDX-License-Identifier: GPL-3.0-or-later
"""A plant and its later extension: two module types and table types on one site, each exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.plan.array.table_types import plan_table_types
from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.settings.preset import with_preset
from solar_site_addon.generator.settings.sampling import EXTENSION_SETTINGS, draw_extension, draw_settings
from solar_site_addon.generator.settings.schema import Settings, iter_settings, value_of, with_values

from ...planned import array_site

TWO_TYPES = {
    "array.extension_share": 0.4,
    "array.table_type": ["2P", "3L"],
    "array.misalignment": 0.0,
    "module.kind": ["mono", "poly_60"],
    "module.missing_share": 0.0,
    "site.size_m": 220.0,
    "site.relief": 0.3,
}


def two_types(seed: int, **values: Any) -> Site:
    return array_site(with_values(Settings(), TWO_TYPES | values), seed)


@pytest.fixture(
    scope="module", params=[False, pytest.param(True, marks=pytest.mark.slow)], ids=["one field", "clusters"]
)
def plan(request: pytest.FixtureRequest) -> Site:
    return two_types(1, **{"array.use_clusters": request.param, "array.cluster_radius_m": 45.0})


def test_each_type_has_an_area_of_its_own(plan: Site) -> None:
    tables = plan.tables
    assert len(plan.table_types) == 2
    assert plan.table_types[0].module.kind != plan.table_types[1].module.kind
    assert set(tables.type) == {0, 1}
    for cluster in np.unique(tables.cluster):
        assert len(set(tables.type[tables.cluster == cluster])) == 1
    assert 0.15 < (tables.type == 1).mean() < 0.65


def test_each_table_has_the_modules_of_its_type(plan: Site) -> None:
    sides = np.array([table_type.module_size for table_type in plan.table_types])
    type_of = plan.tables.type[plan.modules.table]
    corners = plan.modules.corners
    across = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    up = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    assert np.stack([across, up], axis=1) == pytest.approx(sides[type_of])
    assert (plan.modules.row < np.array([table_type.rows for table_type in plan.table_types])[type_of]).all()
    local = np.einsum(
        "mci,mki->mck", corners - plan.tables.centre[plan.modules.table][:, None], plan.tables.axes[plan.modules.table]
    )
    half = plan.tables.size[plan.modules.table][:, None] / 2
    assert (np.abs(local[..., :2]) <= half + 1e-6).all()


def test_the_mounting_structure_supports_both_types(plan: Site) -> None:
    middle = (plan.beams.start + plan.beams.end) / 2
    for number in (0, 1):
        table = int(np.flatnonzero(plan.tables.type == number)[0])
        local = (middle - plan.tables.centre[table]) @ plan.tables.axes[table].T
        assert ((np.abs(local[:, :2]) <= plan.tables.size[table] / 2).all(axis=1) & (local[:, 2] > -4)).sum() >= 6


def test_without_a_share_or_a_choice_there_is_no_extension() -> None:
    one_kind = {"array.table_type": "2P", "array.posts": "double", "module.kind": "mono"}
    for values in ({"array.extension_share": 0.0}, one_kind):
        assert len(plan_table_types(with_values(Settings(), TWO_TYPES | values), 1)) == 1


@pytest.mark.parametrize("settings", [with_preset(Settings(), "mixed"), with_preset(Settings(), "mountain_summer")])
def test_an_extension_always_differs_in_module_type_and_only_in_extension_settings(settings: Settings) -> None:
    for seed in range(30):
        first, later = draw_settings(settings, seed), draw_extension(settings, seed)
        differing = {one.name for one in iter_settings() if value_of(first, one.name) != value_of(later, one.name)}
        assert "module.kind" in differing
        assert differing <= set(EXTENSION_SETTINGS)
        assert draw_extension(settings, seed) == later
