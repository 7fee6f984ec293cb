# SPDX-License-Identifier: GPL-3.0-or-later
"""A render leaves signs of progress in the log, in every Blender version."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.bpy
bpy = pytest.importorskip("bpy")


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_render_prints_its_samples(by_itself: bool, capfd: Any, monkeypatch: Any, tmp_path: Any) -> None:
    from solar_site_addon.generator.domain.versions import prints_render_progress
    from solar_site_addon.generator.render import progress

    if by_itself and not prints_render_progress():
        pytest.skip("this version does not print by itself")
    monkeypatch.setattr(progress, "prints_render_progress", lambda: by_itself)
    scene = bpy.data.scenes.new("Render Progress")
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 2
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.render.filepath = str(tmp_path / "render.png")
    try:
        with progress.printed_progress():
            bpy.ops.render.render(write_still=True, scene=scene.name)
    finally:
        bpy.data.scenes.remove(scene)
    assert "Sample 2/2" in capfd.readouterr().out
    assert not bpy.app.handlers.render_stats
