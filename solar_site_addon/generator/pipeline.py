# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole walk, from settings to sample folders: read this first.

A site is planned and built once. Each view of it then becomes one image with its annotations:

    with built_site(settings, site_seed) as site:
        for number in numbers:
            make_view(site, settings, number, folder, renderer)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .annotations.passes import LabelPasses
from .dataset.sample_folder import write_sample
from .domain.array_types import Bytes
from .domain.numbering import ImageNumber
from .domain.random_streams import ViewSeed
from .domain.versions import blender_version
from .plan.model import View
from .plan.site import plan_site
from .plan.view.view import plan_view
from .render.jpeg import encode_jpeg
from .render.passes import render_labels, render_photo
from .render.renderer import Renderer, describe_hardware, prepare_renderer
from .scene.build import BuiltSite, build_site, new_scene, show_view
from .scene.ownership import remove_owned
from .sensor.haze import add_haze
from .sensor.rgb import take_photo
from .settings.schema import Settings

__all__ = ["Renderer", "built_site", "check_site", "describe_hardware", "make_view", "prepare_renderer"]


@contextlib.contextmanager
def built_site(settings: Settings, seed: int) -> Iterator[BuiltSite]:
    """Plan and build the site of a seed, and remove it from Blender at the end.

    Raise SiteError where no table fits.
    """
    site = plan_site(settings, seed)
    try:
        yield build_site(site, new_scene())
    finally:
        remove_owned()


def make_view(built: BuiltSite, settings: Settings, number: ImageNumber, folder: Path, renderer: Renderer) -> None:
    """Make the sample of one view of a site; ``folder`` appears when it is whole, and not before.

    The sample depends on settings, seed of the site and index of the view alone, not on the views made before it.
    Raise SiteError where no drone can fly, RenderError where Blender gives no image.
    """
    view, seed = plan_view(built.site, settings, number.view), ViewSeed(number.seed, number.view)
    show_view(built, view)
    radiance = render_photo(built.scene, settings.render, seed, renderer)
    passes = LabelPasses.from_channels(render_labels(built.scene, renderer))
    if view.camera.lens is not None:
        passes = passes.along_axis(view.camera.axis_cosines())
    add_haze(radiance, passes.depth / view.camera.axis_cosines(), view.weather.extinction_per_m, view.weather.airlight)
    photo = take_photo(radiance, view.settings.effects, seed)
    write_sample(
        folder,
        view=view,
        settings=settings,
        number=number,
        photo=_encoded(photo, view),
        passes=passes,
        render_info=renderer.describe(settings.render),
        blender=blender_version(),
    )


def check_site(settings: Settings, seed: int) -> None:
    """Plan a site and its first view, and raise SolarSiteError where that cannot be done."""
    plan_view(plan_site(settings, seed), settings, 0)


def _encoded(photo: Bytes, view: View) -> Bytes | bytes:
    """Return the bytes of a JPEG file where the settings ask for one, else ``photo`` (H, W, 3) as it is."""
    quality = int(view.settings.effects.jpeg_quality.value)
    return encode_jpeg(photo, quality) if quality else photo
