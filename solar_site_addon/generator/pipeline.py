# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole walk, from settings to a sample folder: read this first."""

from __future__ import annotations

from pathlib import Path

from .annotations.passes import LabelPasses
from .dataset.sample_folder import write_sample
from .domain.random_streams import ViewSeed, image_seed
from .domain.versions import blender_version
from .plan.site import plan_site
from .render.jpeg import encode_jpeg
from .render.passes import render_passes, render_radiance
from .render.renderer import Renderer, describe_hardware, prepare_renderer
from .scene.build import build_scene
from .scene.ownership import remove_owned
from .sensor.haze import add_haze
from .sensor.rgb import take_photo
from .settings.schema import Settings

__all__ = ["Renderer", "describe_hardware", "generate_sample", "plan_site", "prepare_renderer"]


def generate_sample(settings: Settings, base_seed: int, index: int, folder: Path, renderer: Renderer) -> None:
    """Make the sample with the global index ``index``; ``folder`` appears when it is whole, and not before.

    Raises SiteError where no site can be made of settings and seed, RenderError where Blender gives no picture.
    """
    seed = image_seed(base_seed, index)
    plan = plan_site(settings, seed)
    try:
        scene = build_scene(plan)
        radiance = render_radiance(scene, settings.render, ViewSeed(seed), renderer)
        passes = LabelPasses.from_channels(render_passes(scene, renderer))
        if plan.camera.lens is not None:
            passes = passes.along_axis(plan.camera.axis_cosines())
    finally:
        remove_owned()
    add_haze(radiance, passes.depth / plan.camera.axis_cosines(), plan.weather.extinction_per_m, plan.weather.airlight)
    photo = take_photo(radiance, plan.settings.effects, ViewSeed(seed))
    quality = int(plan.settings.effects.jpeg_quality.value)
    write_sample(
        folder,
        plan=plan,
        settings=settings,
        index=index,
        photo=encode_jpeg(photo, quality) if quality else photo,
        passes=passes,
        render_info=renderer.describe(settings.render),
        blender=blender_version(),
    )
