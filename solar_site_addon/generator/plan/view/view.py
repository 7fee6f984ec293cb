# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning of a view: sun, camera, visible vegetation and weather."""

from __future__ import annotations

import numpy as np

from ...domain.array_types import Floats
from ...domain.random_streams import ViewSeed
from ...settings.sampling import draw_settings
from ...settings.schema import Settings
from ..model import Site, View
from ..placement.clearance import distance_to_circles
from ..vegetation.natural import plan_vegetation
from ..vegetation.planting import Distance
from .camera import plan_camera
from .sun import plan_sun
from .targets import targets_of
from .weather import plan_weather

_FARTHEST_M = 10.0
"""Distances to equipment and surroundings are computed up to this value, m."""
_OVERGROWN_EDGE_M = 0.5
"""Width of the overgrown edge of a carriageway where most grass has grown back, m. Estimate."""


def plan_view(site: Site, settings: Settings, view: int) -> View:
    """Return the view with the index ``view`` of a site that was planned with the same ``settings``.

    It does not depend on the other views. Raise SiteError if no camera position is found, SettingsError if the sun is
    too low.
    """
    drawn, seed = draw_settings(settings, site.seed, view), ViewSeed(site.seed, view)
    sun = plan_sun(drawn.light)
    camera = plan_camera(drawn, site.terrain, site.tables, targets_of(site, drawn.camera.aim), seed)
    vegetation = plan_vegetation(drawn, site.terrain, site.tables, site.ground, camera, _taken(site), site.seed)
    weather = plan_weather(drawn.light, sun, camera, seed)
    return View(site, view, drawn, camera, sun, vegetation, weather)


def _taken(site: Site) -> tuple[Distance, ...]:
    """Return the distances to ground without vegetation: carriageways, equipment and surroundings."""
    circles = np.concatenate([site.equipment.circles, site.surroundings.circles])

    def to_road(x: Floats, y: Floats) -> Floats:
        edge = site.roads.width_m / 2 - _OVERGROWN_EDGE_M * site.roads.growth
        return site.roads.distance(x, y) - edge

    def to_items(x: Floats, y: Floats) -> Floats:
        return distance_to_circles(x, y, circles, _FARTHEST_M)

    return to_road, to_items
