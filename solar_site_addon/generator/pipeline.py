# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole walk, from settings to a sample folder: read this first."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from .dataset.sample_folder import write_sample
from .domain.projection import Camera
from .domain.random_streams import ViewSeed, image_seed
from .domain.versions import blender_version
from .imaging.passes import PixelPasses
from .plan.model import SitePlan
from .plan.site import plan_site
from .render.jpeg import encode_jpeg
from .render.passes import render_passes, render_radiance
from .render.renderer import Renderer, describe_hardware, prepare_renderer
from .scene.build import build_scene
from .scene.camera import aim_camera
from .scene.ownership import remove_owned
from .sensor.modality import Exposure, Modality
from .sensor.registry import enabled_modalities
from .settings.schema import RenderSettings, Settings

__all__ = ["Renderer", "describe_hardware", "generate_sample", "plan_site", "prepare_renderer"]


def generate_sample(settings: Settings, base_seed: int, index: int, folder: Path, renderer: Renderer) -> None:
    """Make the sample with the global index ``index``; ``folder`` appears when it is whole, and not before.

    Raises SiteError where no site can be made of settings and seed, RenderError where Blender gives no image.
    """
    plan = plan_site(settings, image_seed(base_seed, index))
    modalities = enabled_modalities(plan.settings)
    try:
        scene = build_scene(plan)
        passes = _render_passes(scene, plan.camera, renderer)
        exposures = [_expose(one, scene, plan, passes, settings.render, renderer) for one in modalities]
    finally:
        remove_owned()
    write_sample(
        folder,
        plan=plan,
        settings=settings,
        index=index,
        images=[one.take(exposure) for one, exposure in zip(modalities, exposures, strict=True)],
        passes=passes,
        render_info=renderer.describe(settings.render),
        blender=blender_version(),
    )


def _expose(
    modality: Modality,
    scene: bpy.types.Scene,
    plan: SitePlan,
    passes: PixelPasses,
    render: RenderSettings,
    renderer: Renderer,
) -> Exposure:
    """Render what a modality needs; ``passes`` are those of the view's own camera."""
    camera, seed = modality.camera(plan.camera, plan.settings), ViewSeed(plan.seed)
    if camera is not plan.camera:
        passes = _render_passes(scene, camera, renderer)
    aim_camera(scene, camera)
    if modality.radiance:
        radiance = render_radiance(scene, modality.quality(render), seed, renderer)
    else:
        radiance = np.zeros((0, 0, 3), dtype=np.float32)
    return Exposure(camera, radiance, passes, plan.weather, plan.settings, seed, encode_jpeg)


def _render_passes(scene: bpy.types.Scene, camera: Camera, renderer: Renderer) -> PixelPasses:
    """Render what ``camera`` sees at its pixel centers."""
    aim_camera(scene, camera)
    passes = PixelPasses.from_channels(render_passes(scene, renderer))
    return passes if camera.lens is None else passes.along_axis(camera.axis_cosines())
