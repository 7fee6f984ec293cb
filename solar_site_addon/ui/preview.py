# SPDX-License-Identifier: GPL-3.0-or-later
"""Images with annotations in the image editor: a preview, rendered in the background, or an image of a dataset."""

from __future__ import annotations

import dataclasses
import math
import shutil
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..batch.blender_command import BlenderCommand, unit_arguments
from ..batch.dataset_folder import events_file, log_file, sample_folder, temporary_folder, unit_file
from ..batch.estimate import Measured, estimated_seconds
from ..batch.events import IMAGE_DONE, IMAGE_FAILED, EventTail
from ..batch.processes import WorkerProcess, exit_in_words
from ..batch.work_unit import WorkUnit, write_unit
from ..generator.dataset.files import ANNOTATION_FILES, read_sample, rgb_file
from ..generator.dataset.layout import batch_name
from ..generator.domain.array_types import Singles
from ..generator.domain.errors import RenderError
from ..generator.domain.messages import Message, system_reason
from ..generator.scene.ownership import MARK, own
from ..generator.settings.schema import CameraSettings, RunSettings, Settings
from .annotation_drawing import draw_annotations

IMAGE = "Solar Site image"
PREVIEW_IMAGE = "preview"
"""Mark of the image, which is kept when the site is replaced."""
UNIT = batch_name(0)
"""Name of the only work unit in the temporary dataset folder."""
LONG_SIDE_PX = 960
MAX_SAMPLES = 16
NOISE = 0.05
STARTUP_SECONDS = 3.0
"""Time that Blender takes to start, roughly."""
LARGEST_PX = 1920
"""Longest side of an image with annotations; larger images are shown reduced."""


@dataclass(frozen=True)
class Wanted:
    """The image that a preview is to show."""

    settings: Settings
    run: RunSettings
    view: int = 0
    long_side_px: int = LONG_SIDE_PX
    samples: int = MAX_SAMPLES


def small_settings(settings: Settings, long_side_px: int, samples: int) -> Settings:
    """Return the settings of the same image with a lower resolution and more noise."""
    faster = dataclasses.replace(
        settings.render,
        max_samples=min(settings.render.sampling.max_samples, samples),
        noise_threshold=max(settings.render.sampling.noise_threshold, NOISE),
        normals=False,
    )
    share = min(1.0, long_side_px / max(settings.camera.image_size))
    return dataclasses.replace(settings, camera=scaled_camera(settings.camera, share), render=faster)


def scaled_camera(camera: CameraSettings, share: float) -> CameraSettings:
    """Return the camera with ``share`` of the width and height of its images."""
    width, height = camera.image_size
    # Without a height, each camera keeps its aspect ratio.
    height_px = max(16, round(height * share)) if camera.height_px else 0
    return dataclasses.replace(camera, width_px=max(16, round(width * share)), height_px=height_px)


class PreviewRender:
    """A preview that is being rendered. Its worker ends with this Blender, whose end of a pipe it watches."""

    def __init__(self, command: BlenderCommand, wanted: Wanted, folder: Path) -> None:
        self.settings = small_settings(wanted.settings, wanted.long_side_px, wanted.samples)
        self.started = time.monotonic()
        self._folder = Path(tempfile.mkdtemp(prefix="preview_", dir=folder))
        view, run = wanted.view, wanted.run  # the image with this index shows this view of the first site
        unit = WorkUnit(self.settings, run.seed, (view,), UNIT, run.device, run.use_gpu, views_per_site=view + 1)
        self.sample = sample_folder(self._folder, UNIT, view)
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

    def measured_if_done(self, device: str) -> Measured | None:
        """Return what the image took on ``device``, None while it is not complete; raise RenderError if it failed."""
        code = self._worker.exit_code()
        for event in self._events.read_new():
            if event["event"] == IMAGE_DONE:
                pixels, samples = math.prod(self.settings.camera.image_size), self.settings.render.sampling.max_samples
                return Measured(event["stages"], pixels, samples, device)
            if event["event"] == IMAGE_FAILED:
                raise RenderError.of(Message.from_json(event))
        if code is not None:
            raise RenderError("Blender ended with {how} before the image was complete.", how=exit_in_words(code))
        return None

    def expected_seconds(self, measured: Measured | None) -> float | None:
        """Return how long the image takes if it is like one that was ``measured``, None if none was."""
        if measured is None:
            return None
        pixels, samples = math.prod(self.settings.camera.image_size), self.settings.render.sampling.max_samples
        return STARTUP_SECONDS + estimated_seconds(measured, pixels, samples, 1)

    def close(self) -> None:
        """End the worker and remove its files."""
        self._worker.end()
        shutil.rmtree(self._folder, ignore_errors=True)


def annotated_image(sample: Path, shown: Collection[str]) -> Singles:
    """Return a sample's image as (H, W, 4), bottom row first, with annotations; large images are reduced."""
    image = _pixels(rgb_file(sample), "sRGB")[::-1]
    step = max(1, math.ceil(max(image.shape[:2]) / LARGEST_PX))
    image = image[::step, ::step]
    if not shown:
        return image[::-1]
    encoded = _pixels(sample / ANNOTATION_FILES["instances"], "Non-Color")[::-1][::step, ::step, 0]
    ids = np.rint(encoded * 65535).astype(np.int64)
    objects = [{**record, "bbox_px": [part / step for part in record["bbox_px"]]} for record in _objects(sample)]
    return draw_annotations(image, ids, objects, shown)[::-1]


def _objects(sample: Path) -> Sequence[Mapping[str, Any]]:
    """Return the objects of a sample that have a box in the image."""
    return [record for record in read_sample(sample)["objects"] if record["bbox_px"]]


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
