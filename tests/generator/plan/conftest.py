# SPDX-License-Identifier: GPL-3.0-or-later
"""Planned sites shared by several tests."""

from __future__ import annotations

from typing import Any

import pytest

from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.settings.schema import Settings, with_values

from ..planned import array_site, planned_site

SITES: dict[str, tuple[int, dict[str, Any]]] = {
    "one field": (1, {"site.size_m": 220.0}),
    "clusters": (4, {"site.size_m": 280.0, "array.use_clusters": True, "array.contour_following": 1.0}),
    "steep mountain": (2, {"site.size_m": 200.0, "site.relief": 1.0, "site.roughness": 0.8}),
    "tables close together": (
        1,
        {
            "site.size_m": 200.0,
            "site.relief": 1.0,
            "site.roughness": 1.0,
            "array.table_gap_m": 0.1,
            "array.table_columns": 6,
            "array.tilt_deg": 40.0,
            "array.max_roll_deg": 30.0,
            "array.max_post_m": 8.0,
            "array.misalignment": 3.0,
        },
    ),
    "southern half of the Earth": (
        3,
        {"light.latitude_deg": -30.0, "light.longitude_deg": 20.0, "light.utc_offset_h": 2.0, "site.size_m": 160.0},
    ),
    "single rows on flat land": (5, {"site.relief": 0.0, "array.table_type": "1P", "site.size_m": 150.0}),
    "landscape modules on single posts": (
        6,
        {"array.tilt_mode": "slope", "array.incomplete_share": 0.3, "array.progress": 0.8}
        | {"array.table_type": "3L", "array.posts": "single", "module.kind": "poly_72", "site.size_m": 160.0},
    ),
}


def settings_of(name: str) -> Settings:
    """Return the settings of one of the sites."""
    return with_values(Settings(), SITES[name][1])


ALWAYS = {"one field", "landscape modules on single posts"}
"""The sites that make check tests on, too; the others take too long for it."""


def each(always: set[str]) -> list[Any]:
    """Return the names of all sites, those not in ``always`` marked as slow."""
    return [name if name in always else pytest.param(name, marks=pytest.mark.slow) for name in SITES]


@pytest.fixture(scope="session", params=each(ALWAYS))
def site(request: pytest.FixtureRequest) -> tuple[Settings, Site]:
    """Return settings and plan of each site in turn: its land and its array."""
    settings = settings_of(request.param)
    return settings, array_site(settings, SITES[request.param][0])


@pytest.fixture(scope="session", params=each({"one field"}))
def whole_site(request: pytest.FixtureRequest) -> Site:
    """Return the plan of each site in turn, with equipment and surroundings."""
    return planned_site(settings_of(request.param), SITES[request.param][0])
