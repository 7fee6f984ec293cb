# SPDX-License-Identifier: GPL-3.0-or-later
"""Register the extension in the bpy wheel with a factory scene, and clean up after each test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def bpy(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return Blender with the extension enabled, and with a user folder that is new and empty."""
    module = pytest.importorskip("bpy")
    import solar_site_addon

    user = tmp_path_factory.mktemp("user")

    def user_resource(_kind: str, path: str = "", create: bool = False) -> str:
        (user / path).mkdir(parents=True, exist_ok=True)
        return str(user / path)

    monkeypatch.setattr(module.utils, "user_resource", user_resource)
    module.ops.wm.read_factory_settings()
    solar_site_addon.register()
    yield module
    solar_site_addon.unregister()
    module.ops.wm.read_factory_settings()


@pytest.fixture
def scene(bpy: Any) -> Any:
    """Return the factory scene with settings for a small site that builds quickly."""
    scene = bpy.context.scene
    root = scene.solar_site
    root.site.size_m = 150
    root.camera.width_px, root.camera.height_px = 160, 120
    root.render.max_samples = 1
    root.run.device = "cpu"
    root.run.num_images = 2
    root.automatic_processes = False
    root.run.num_parallel = 1
    return scene


@pytest.fixture
def wait_until(bpy: Any) -> Callable[[Callable[[], bool]], None]:
    """Return a function that runs the panel's timer until a condition holds."""
    from solar_site_addon.ui.session import tick

    def wait(condition: Callable[[], bool], seconds: float = 600) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "the condition did not hold in time"
            time.sleep(0.1)
            tick()

    return wait
