# SPDX-License-Identifier: GPL-3.0-or-later
"""Render preview: a small image with its labels drawn, made in the background, shown in the image editor."""

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
PICTURE = "picture"
"""Value of the mark of the image, which stays when a site is replaced."""
UNIT = batch_name(0)
"""Name of the only work unit in the temporary dataset folder of an image."""
LONG_SIDE_PX = 960
MOST_SAMPLES = 16
NOISE = 0.05
TINT = 0.35
OUTLINE = 0.4
TURN = 0.618
"""The golden ratio's part of the colour circle from one table to the next: neighbours differ."""


def small_settings(settings: Settings) -> Settings:
    """The settings of the same image, smaller and with more noise."""
    camera, render = settings.camera, settings.render
    width, height = camera.image_size
    share = min(1.0, LONG_SIDE_PX / max(width, height))
    # Where no height is given, each camera keeps its own proportions.
    height_px = max(16, round(height * share)) if camera.height_px else 0
    smaller: CameraSettings = dataclasses.replace(camera, width_px=max(16, round(width * share)), height_px=height_px)
    faster = dataclasses.replace(
        render,
        max_samples=min(render.max_samples, MOST_SAMPLES),
        noise_threshold=max(render.noise_threshold, NOISE),
        normals=False,
    )
    return dataclasses.replace(settings, camera=smaller, render=faster)


class PictureJob:
    """One image on its way. It ends with Blender: its worker watches the pipe that this process holds."""

    def __init__(
        self, command: BlenderCommand, settings: Settings, run: RunSettings, parent: Path, view: int = 0
    ) -> None:
        self.settings = small_settings(settings)
        self.began = time.monotonic()
        self._folder = Path(tempfile.mkdtemp(prefix="picture_", dir=parent))
        self._view = view  # the image of the first site that shows this view has the same number
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
        """Pixels times samples: what the time of a render is about proportional to."""
        return float(math.prod(self.settings.camera.image_size) * self.settings.render.max_samples)

    def seconds_if_done(self) -> float | None:
        """Seconds that the image took once it is there, None before; raises RenderError where there will be none."""
        code = self._worker.exit_code()
        for event in self._events.read_new():
            if event["event"] == IMAGE_DONE:
                return float(event["seconds"])
            if event["event"] == IMAGE_FAILED:
                raise RenderError.of(Message.from_json(event))
        if code is not None:
            raise RenderError("Blender ended with {how} before the image was complete.", how=exit_in_words(code))
        return None

    def labelled(self) -> Singles:
        """(H, W, 4) the image with its labels, first row at the bottom."""
        return labelled_picture(sample_folder(self._folder, UNIT, self._view))

    def close(self) -> None:
        """End the worker and remove its files."""
        self._worker.end()
        shutil.rmtree(self._folder, ignore_errors=True)


def labelled_picture(sample: Path) -> Singles:
    """(H, W, 4) a sample's image, its objects tinted (modules by table) and outlined; first row at the bottom."""
    picture = _pixels(rgb_file(sample), "sRGB")
    ids = np.rint(_pixels(sample / ANNOTATION_FILES["instances"], "Non-Color")[..., 0] * 65535).astype(np.int64)
    objects = read_sample(sample)["objects"]
    return draw_annotations(picture, ids, {record["id"]: record["parent"] or record["id"] for record in objects})


def draw_annotations(picture: Singles, ids: Longs, groups: dict[int, int]) -> Singles:
    """A copy of ``picture`` (H, W, 4), tinted where ``ids`` (H, W) names an object, lighter where two meet.

    Objects of one group (modules of one table) have one color.
    """
    colours = np.zeros((max(groups, default=0) + 1, 3), dtype=np.float32)
    for number, group in groups.items():
        colours[number] = colorsys.hsv_to_rgb(group * TURN % 1.0, 0.75, 1.0)
    result = picture.copy()
    inside = ids > 0
    result[inside, :3] = (1 - TINT) * result[inside, :3] + TINT * colours[ids[inside]]
    edge = np.zeros(ids.shape, dtype=bool)
    edge[:, 1:] |= ids[:, 1:] != ids[:, :-1]
    edge[1:] |= ids[1:] != ids[:-1]
    result[edge, :3] = (1 - OUTLINE) * result[edge, :3] + OUTLINE
    return result


def store_picture(pixels: Singles) -> bpy.types.Image:
    """Put ``pixels`` (H, W, 4) into our image, which is made where it is missing, and pack it into the file."""
    height, width, _ = pixels.shape
    image = next((image for image in bpy.data.images if image.get(MARK) == PICTURE), None)
    if image is None:
        image = own(bpy.data.images.new(IMAGE, width, height))
        image[MARK] = PICTURE
    elif tuple(image.size) != (width, height):
        image.scale(width, height)
    image.pixels.foreach_set(np.ascontiguousarray(pixels).ravel())
    image.update()
    image.pack()
    return image


def show_picture(image: bpy.types.Image) -> None:
    """Show ``image`` in an image editor that is open, or else in a window of its own."""
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
    """(H, W, 4) the numbers in an image file, 0 to 1, first row at the bottom."""
    image: Any = bpy.data.images.load(str(path), check_existing=False)
    try:
        image.colorspace_settings.name = colour_space
        width, height = image.size
        values = np.empty(width * height * 4, dtype=np.float32)
        image.pixels.foreach_get(values)
        return values.reshape(height, width, 4)
    finally:
        bpy.data.images.remove(image)
