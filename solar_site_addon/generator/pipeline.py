# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline from settings to sample folders.

A site is planned and built once. Each of its views then becomes one sample: the images of all modalities, with
annotations.

    with built_site(settings, site_seed) as site:
        for number in numbers:
            make_view(site, settings, number, folder, renderer)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import numpy as np

from .dataset.sample_folder import write_sample
from .domain.numbering import ImageNumber
from .domain.projection import Camera
from .domain.random_streams import ViewSeed
from .domain.stages import FILES, PASSES, RADIANCE, VIEW
from .domain.versions import blender_version
from .imaging.passes import PixelPasses
from .plan.model import View
from .plan.site import plan_site
from .plan.view.view import plan_view
from .render.ground_pass import painted_ground
from .render.jpeg import encode_jpeg
from .render.passes import render_passes, render_radiance
from .render.renderer import Renderer, describe_hardware, prepare_renderer
from .scene.build import BuiltSite, build_site, new_scene, show_view
from .scene.camera import aim_camera
from .scene.ground_images import load_textures
from .scene.modules import show_detail
from .scene.orthophoto import load_orthophoto
from .scene.ownership import remove_owned
from .sensor.modality import Exposure, Modality
from .sensor.registry import enabled_modalities
from .settings.schema import RenderSettings, Settings

__all__ = ["Renderer", "built_site", "check_site", "describe_hardware", "make_view", "prepare_renderer"]


@contextlib.contextmanager
def built_site(settings: Settings, seed: int) -> Iterator[BuiltSite]:
    """Plan and build the site of a seed, and remove it from Blender at the end; raise SiteError if no table fits."""
    site = plan_site(settings, seed)
    try:
        yield build_site(site, new_scene())
    finally:
        remove_owned()


def make_view(
    built: BuiltSite,
    settings: Settings,
    number: ImageNumber,
    folder: Path,
    renderer: Renderer,
    finished: Callable[[str], None] = lambda _: None,
) -> None:
    """Make the sample of one view of a site; ``folder`` appears once the sample is complete.

    The sample only depends on the settings, the seed of the site and the index of the view, not on views made before.
    ``finished`` is called after each stage with its name. Raise SiteError if no camera position is found, RenderError
    if Blender returns no image.
    """
    view = plan_view(built.site, settings, number.view)
    show_view(built, view)
    finished(VIEW)
    modalities = enabled_modalities(view.settings)
    passes = _render_passes(built.scene, view.camera, renderer)
    finished(PASSES)
    exposures = [_expose(one, built, view, passes, settings.render, renderer) for one in modalities]
    finished(RADIANCE)
    write_sample(
        folder,
        view=view,
        settings=settings,
        number=number,
        images=[one.take(exposure) for one, exposure in zip(modalities, exposures, strict=True)],
        passes=passes,
        render_info=renderer.describe(settings.render),
        blender=blender_version(),
    )
    finished(FILES)


def check_site(settings: Settings, seed: int) -> None:
    """Plan a site and its first view, and read its images; raise SolarSiteError if that is impossible."""
    site = plan_site(settings, seed)
    load_textures(site.ground_images)
    load_orthophoto(site.orthophoto)
    plan_view(site, settings, 0)


def _expose(
    modality: Modality,
    built: BuiltSite,
    view: View,
    passes: PixelPasses,
    render: RenderSettings,
    renderer: Renderer,
) -> Exposure:
    """Return the input of a modality, rendered if necessary; ``passes`` are those of the view's own camera."""
    camera, seed = modality.camera(view.camera, view.settings), ViewSeed(view.site.seed, view.index)
    if camera is not view.camera:
        passes = _render_passes(built.scene, camera, renderer)
    aim_camera(built.scene, camera)
    if modality.radiance:
        pixel_filter = modality.pixel_filter(view.settings)
        show_detail(built.scene.objects, camera.focal_px / pixel_filter.detail_px)
        with painted_ground(built, camera, renderer, pixel_filter):
            radiance = render_radiance(built.scene, modality.quality(render), seed, renderer, pixel_filter)
    else:
        radiance = np.zeros((0, 0, 3), dtype=np.float32)
    return Exposure(camera, radiance, passes, view.weather, view.settings, seed, encode_jpeg)


def _render_passes(scene: bpy.types.Scene, camera: Camera, renderer: Renderer) -> PixelPasses:
    """Return the rendered passes of ``camera`` at its pixel centers."""
    aim_camera(scene, camera)
    passes = PixelPasses.from_channels(render_passes(scene, renderer))
    return passes if camera.lens is None else passes.along_axis(camera.axis_cosines())
