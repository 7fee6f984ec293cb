# SPDX-License-Identifier: GPL-3.0-or-later
"""A site together with one view of it, for tests that look at both."""

from __future__ import annotations

from functools import lru_cache

from solar_site_addon.generator.plan.model import Site
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.settings.schema import Settings

from .small_site import Planned

__all__ = ["Planned", "planned", "planned_site"]


@lru_cache(maxsize=12)
def planned_site(settings: Settings, seed: int) -> Site:
    """Return the site of a seed, planned once in a process: it belongs to all tests, and none may change it."""
    return plan_site(settings, seed)


def planned(settings: Settings, seed: int, view: int = 0) -> Planned:
    """Return the site of a seed with one of its views, planned anew: tests of planning replace parts of the code."""
    site = plan_site(settings, seed)
    return Planned(site, plan_view(site, settings, view))
