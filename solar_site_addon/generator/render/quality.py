# SPDX-License-Identifier: GPL-3.0-or-later
"""All Cycles settings, for radiance and for the passes at pixel centers."""

from __future__ import annotations

import bpy

from ..domain.messages import Message
from ..domain.pixel_filter import NATIVE, PixelFilter
from ..domain.random_streams import ViewSeed, stream_seed
from ..scene.ground_paint import TRIANGLE
from ..scene.nodes import MARKED_AOV, NORMAL_AOV, OBJECT, SEMANTIC_AOV
from ..settings.schema import RenderSettings
from .device import DeviceChoice

NO_INTEL = (
    "Could not enable Intel denoiser: this build of Blender does not include OpenImageDenoise. Images are not denoised."
)
NO_OPTIX = "Could not enable OptiX denoiser: it needs an OptiX device. The Intel denoiser is used instead."
DENOISERS = {"INTEL": "OPENIMAGEDENOISE", "OPTIX": "OPTIX"}
"""Cycles' identifiers by the names in the settings."""
CENTRE_FILTER_PX = 0.01
"""Cycles' narrowest pixel filter: samples lie within 0.005 px of the pixel center."""


def choose_denoiser(requested: str, backend: str, available: tuple[str, ...]) -> tuple[str, tuple[Message, ...]]:
    """Return INTEL, OPTIX or NONE, whichever can run, and warnings if it is not the requested one.

    ``available`` are the identifiers that ``cycles.denoiser`` accepts in this build.
    """
    messages = []
    if requested == "OPTIX" and (backend != "OPTIX" or "OPTIX" not in available):
        messages.append(Message(NO_OPTIX))
        requested = "INTEL"
    if requested == "INTEL" and "OPENIMAGEDENOISE" not in available:
        messages.append(Message(NO_INTEL))
        requested = "NONE"
    return requested, tuple(messages)


def has_cycles() -> bool:
    """Return whether Blender's Cycles add-on is enabled, which it is by default."""
    return hasattr(bpy.types.Scene, "cycles")


def available_denoisers() -> tuple[str, ...]:
    """Return the identifiers of the denoisers that this build of Blender can run on this machine now.

    Cycles computes the list of choices on demand, so trying them is the only way to find out.
    """
    cycles = bpy.context.scene.cycles
    before = cycles.denoiser
    found = tuple(name for name in DENOISERS.values() if _accepts_denoiser(cycles, name))
    if before:
        cycles.denoiser = before
    return found


def _accepts_denoiser(cycles: bpy.types.PropertyGroup, name: str) -> bool:
    try:
        cycles.denoiser = name
    except TypeError:
        return False
    return True


def configure_common(scene: bpy.types.Scene, device: DeviceChoice, threads: int | None) -> None:
    """Set what radiance and passes have in common: engine, device, threads, and no processing after the render."""
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU" if device.backend == "CPU" else "GPU"
    if threads:
        scene.render.threads_mode = "FIXED"
        scene.render.threads = threads
    scene.render.resolution_percentage = 100
    scene.render.use_compositing = False
    scene.render.use_sequencer = False
    scene.render.use_border = False
    scene.cycles.use_auto_tile = True
    scene.cycles.use_animated_seed = False
    scene.cycles.use_light_tree = False  # a single lamp needs no tree


def configure_radiance(
    scene: bpy.types.Scene,
    render: RenderSettings,
    denoiser: str,
    on_gpu: bool,
    seed: ViewSeed,
    pixel_filter: PixelFilter = NATIVE,
) -> None:
    """Set path tracing for an outdoor scene with glass: few bounces, no caustics, adaptive samples, denoising."""
    cycles = scene.cycles
    cycles.samples, cycles.adaptive_threshold = render.sampling
    cycles.use_adaptive_sampling = True
    cycles.adaptive_min_samples = 0
    cycles.seed = stream_seed(seed, "render/sampling")
    cycles.pixel_filter_type, cycles.filter_width = pixel_filter.kind, pixel_filter.width_px
    # Light reaches the underside of a module in two or three bounces; further bounces are lost in noise.
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 3, 3
    cycles.transmission_bounces, cycles.transparent_max_bounces, cycles.volume_bounces = 2, 8, 0
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 10.0
    cycles.use_denoising = denoiser != "NONE"
    if denoiser != "NONE":
        cycles.denoiser = DENOISERS[denoiser]
        cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
        # Albedo and normals have little noise of their own, because the ground is painted once per image. Any filter on
        # them mistakes the fine structure of ground and cells for noise: FAST needs about three times as many samples
        # to come as close to a converged image (make render-quality), ACCURATE even more, and more memory.
        cycles.denoising_prefilter = "NONE"
        cycles.denoising_use_gpu = on_gpu
    _choose_passes(scene.view_layers[0])


def configure_passes(scene: bpy.types.Scene) -> None:
    """Set one sample at each pixel center, and the passes that annotations are made from."""
    _sample_centers(scene)
    aovs = {OBJECT: "VALUE", SEMANTIC_AOV: "VALUE", MARKED_AOV: "VALUE", NORMAL_AOV: "COLOR"}
    _choose_passes(scene.view_layers[0], aovs, depth=True)


def configure_ground_pass(scene: bpy.types.Scene) -> None:
    """Set one sample at each pixel center, and the pass with the ground's triangles."""
    _sample_centers(scene)
    _choose_passes(scene.view_layers[0], {TRIANGLE: "VALUE"})


def _sample_centers(scene: bpy.types.Scene) -> None:
    """Set one sample at each pixel center, without anything that blends neighboring pixels."""
    cycles = scene.cycles
    cycles.samples = 1
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    cycles.filter_width = CENTRE_FILTER_PX
    cycles.max_bounces = 0


def _choose_passes(layer: bpy.types.ViewLayer, aovs: dict[str, str] | None = None, *, depth: bool = False) -> None:
    """Set the passes of a layer: the image, or else the ``aovs`` (type by name)."""
    layer.use_pass_combined = not aovs
    layer.use_pass_z = depth
    layer.use_pass_normal = False
    layer.use_pass_object_index = False
    layer.use_pass_material_index = False
    while len(layer.aovs):
        layer.aovs.remove(layer.aovs[0])
    for name, kind in (aovs or {}).items():
        aov = layer.aovs.add()
        aov.name, aov.type = name, kind
