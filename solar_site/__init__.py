# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the datasets that Solar Site generates: ``from solar_site import Dataset``. Needs no Blender."""

from __future__ import annotations

from solar_site.dataset import Dataset, Sample
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.domain.projection import Camera

__all__ = ["Camera", "Category", "Dataset", "Sample", "SolarSiteError"]
