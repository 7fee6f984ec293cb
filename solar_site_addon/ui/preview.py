# SPDX-License-Identifier: GPL-3.0-or-later
"""Render Preview: a small annotated image, rendered in the background and shown in the image editor."""

from __future__ import annotations

import colorsys
import dataclasses
import math
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..batch.blender_command import BlenderCommand, unit_arguments
from ..batch.dataset_folder import events_file, log_file, sample_folder, temporary_folder, unit_file
from ..batch.events import IMAGE_DONE, IMAGE_FAILED, EventTail
from ..batch.processes import WorkerProcess, exit_in_words
from ..batch.work_unit import WorkUnit, write_unit
from ..generator.dataset.files import ANNOTATION_FILES, read_sample, rgb_file
from ..generator.dataset.layout import batch_name
from ..generator.domain.array_types import Longs, Singles
from ..generator.domain.errors import RenderError
from ..generator.domain.messages import Message, system_reason
from ..generator.scene.ownership import MARK, own
from ..generator.settings.schema import CameraSettings, RunSettings, Settings

IMAGE = "Solar Site image"
PREVIEW_IMAGE = "preview"
"""Mark of the image, which is kept when the site is replaced."""
UNIT = batch_name(0)
"""Name of the only work unit in the temporary dataset folder."""
LONG_SIDE_PX = 960
MAX_SAMPLES = 16
NOISE = 0.05
TINT = 0.35
OUTLINE = 0.4
HUE_STEP = 0.618
"""Change of hue from one table to the next: the golden ratio makes neighbors differ."""


def small_settings(settings: Settings) -> Settings:
    """Return the settings of the same image with a lower resolution and more noise."""
    camera, render = settings.camera, settings.render
    width, height = camera.image_size
    share = min(1.0, LONG_SIDE_PX / max(width, height))
    # Without a height, each camera keeps its aspect ratio.
    height_px = max(16, round(height * share)) if camera.height_px else 0
    smaller: CameraSettings = dataclasses.replace(camera, width_px=max(16, round(width * share)), height_px=height_px)
    faster = dataclasses.replace(
        render,
        max_samples=min(render.sampling.max_samples, MAX_SAMPLES),
        noise_threshold=max(render.sampling.noise_threshold, NOISE),
        normals=False,
    )
    return dataclasses.replace(settings, camera=smaller, render=faster)


class PreviewRender:
    """A preview that is being rendered. Its worker ends with this Blender, whose end of a pipe it watches."""

    def __init__(
        self, command: BlenderCommand, settings: Settings, run: RunSettings, parent: Path, view: int = 0
    ) -> None:
        self.settings = small_settings(settings)
        self.started = time.monotonic()
        self._folder = Path(tempfile.mkdtemp(prefix="preview_", dir=parent))
        self._view = view  # the image with this index shows this view of the first site
        unit = WorkUnit(self.settings, run.seed, (view,), UNIT, run.device, run.use_gpu, views_per_site=view + 1)
        write_unit(unit_file(self._folder, UNIT), unit)
        self._events = EventTail(events_file(self._folder, UNIT))
        try:
            self._worker = WorkerProcess.start(
                command.worker(unit_arguments(self._folder, UNIT)),
                log_file(self._folder, UNIT),
                temporary_folder(self._folder, UNIT),
            )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise RenderError(
                "{program} cannot be started ({reason}).", program=command.program, reason=system_reason(error)
            ) from error

    @property
    def pixel_samples(self) -> float:
        """Number of pixels times samples; render time is roughly proportional to it."""
        return float(math.prod(self.settings.camera.image_size) * self.settings.render.sampling.max_samples)

    def seconds_if_done(self) -> float | None:
        """Return the seconds that the image took, or None while it is not complete; raise RenderError if it failed."""
        code = self._worker.exit_code()
        for event in self._events.read_new():
            if event["event"] == IMAGE_DONE:
                return float(event["seconds"])
            if event["event"] == IMAGE_FAILED:
                raise RenderError.of(Message.from_json(event))
        if code is not None:
            raise RenderError("Blender ended with {how} before the image was complete.", how=exit_in_words(code))
        return None

    def annotated(self) -> Singles:
        """Return the annotated image as (H, W, 4), bottom row first."""
        return annotated_image(sample_folder(self._folder, UNIT, self._view))

    def close(self) -> None:
        """End the worker and remove its files."""
        self._worker.end()
        shutil.rmtree(self._folder, ignore_errors=True)


def annotated_image(sample: Path) -> Singles:
    """Return a sample's image as (H, W, 4), bottom row first, with objects tinted (modules by table) and outlined."""
    image = _pixels(rgb_file(sample), "sRGB")
    ids = np.rint(_pixels(sample / ANNOTATION_FILES["instances"], "Non-Color")[..., 0] * 65535).astype(np.int64)
    objects = read_sample(sample)["objects"]
    return draw_annotations(image, ids, {record["id"]: record["parent"] or record["id"] for record in objects})


def draw_annotations(image: Singles, ids: Longs, groups: dict[int, int]) -> Singles:
    """Return a copy of ``image`` (H, W, 4) with the objects of ``ids`` (H, W) tinted and their borders lightened.

    ``groups`` maps ids to groups; objects of a group (modules of a table) share a color.
    """
    colours = np.zeros((max(groups, default=0) + 1, 3), dtype=np.float32)
    for number, group in groups.items():
        colours[number] = colorsys.hsv_to_rgb(group * HUE_STEP % 1.0, 0.75, 1.0)
    result = image.copy()
    inside = ids > 0
    result[inside, :3] = (1 - TINT) * result[inside, :3] + TINT * colours[ids[inside]]
    edge = np.zeros(ids.shape, dtype=bool)
    edge[:, 1:] |= ids[:, 1:] != ids[:, :-1]
    edge[1:] |= ids[1:] != ids[:-1]
    result[edge, :3] = (1 - OUTLINE) * result[edge, :3] + OUTLINE
    return result


def store_preview(pixels: Singles) -> bpy.types.Image:
    """Store ``pixels`` (H, W, 4) in our image, creating it if necessary, and pack it into the file."""
    height, width, _ = pixels.shape
    image = next((image for image in bpy.data.images if image.get(MARK) == PREVIEW_IMAGE), None)
    if image is None:
        image = own(bpy.data.images.new(IMAGE, width, height))
        image[MARK] = PREVIEW_IMAGE
    elif tuple(image.size) != (width, height):
        image.scale(width, height)
    image.pixels.foreach_set(np.ascontiguousarray(pixels).ravel())
    image.update()
    image.pack()
    return image


def show_preview(image: bpy.types.Image) -> None:
    """Show ``image`` in an open image editor, or in a new window if there is none."""
    windows = bpy.context.window_manager.windows
    found = [(window, area) for window in windows for area in window.screen.areas if area.type == "IMAGE_EDITOR"]
    if not found:
        with bpy.context.temp_override(window=windows[0]):
            bpy.ops.wm.window_new()
        found = [(windows[-1], windows[-1].screen.areas[0])]
        found[0][1].type = "IMAGE_EDITOR"
    window, area = found[0]
    area.spaces.active.image = image
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        if bpy.ops.image.view_all.poll():
            bpy.ops.image.view_all(fit_view=True)
    area.tag_redraw()


def _pixels(path: Path, colour_space: str) -> Singles:
    """Return the values of an image file as (H, W, 4), 0 to 1, bottom row first."""
    image: Any = bpy.data.images.load(str(path), check_existing=False)
    try:
        image.colorspace_settings.name = colour_space
        width, height = image.size
        values = np.empty(width * height * 4, dtype=np.float32)
        image.pixels.foreach_get(values)
        return values.reshape(height, width, 4)
    finally:
        bpy.data.images.remove(image)
