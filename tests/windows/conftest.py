# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the extension from its zip in each real Blender and open a window."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import build_addon

from .desktop import Desk, has_tools, keep_tour


@pytest.fixture(scope="module", params=os.environ.get("SOLAR_SITE_BLENDERS", "").split() or [""])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a screen with a Blender window, in which only the extension's zip is installed."""
    blender = Path(request.param)
    if not request.param or not has_tools(blender):
        pytest.skip("windows need with-xvfb, xdotool and import beside Blender")
    folder = tmp_path_factory.mktemp("desk")
    with Desk(blender, folder) as desk:
        desk.install(build_addon.build(folder / "dist"))
        desk.open_window()
        yield desk
        keep_tour(folder)
