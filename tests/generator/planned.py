# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites that several tests look at, each planned once in a process: to plan one takes half a second or more.

What a test gets belongs to all: it must not be changed. Tests of planning itself call ``plan_site``.
"""

from __future__ import annotations

from functools import lru_cache

from solar_site_addon.generator.plan.model import SitePlan
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.settings.schema import Settings


@lru_cache(maxsize=12)
def planned(settings: Settings, seed: int) -> SitePlan:
    """The plan of a site."""
    return plan_site(settings, seed)
