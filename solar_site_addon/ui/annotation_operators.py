# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators for annotations: on the image in the image editor, on the results of a batch, and in the 3D viewport."""

from pathlib import Path

import bpy

from ..generator.dataset.files import SAMPLE_JSON
from ..generator.domain.errors import SolarSiteError
from .annotation_colors import MODES, OFF, color_site
from .annotation_drawing import PARTS
from .locale.translations import say
from .messages import attempt, busy, window_of
from .properties import restore_sample
from .session import samples_of, session, show_sample, shown_result
from .standing import site_in
from .viewport import generate, is_ours, look_through_camera, show_color_attribute, view_for

Part = bpy.props.EnumProperty(name="Part", items=[(key, name, "") for key, name in PARTS.items()])
Mode = bpy.props.EnumProperty(name="Color", items=[(key, name, "") for key, name in MODES.items()])
Step = bpy.props.IntProperty(name="Step", default=1)
Sample = bpy.props.StringProperty(name="Sample", subtype="DIR_PATH", options={"HIDDEN"})


class ToggleAnnotation(bpy.types.Operator):
    """Toggle annotation."""

    bl_idname = "solar_site.toggle_annotation"
    bl_label = "Toggle Annotation"
    bl_description = "Show or hide this part of the annotations on the image, without rendering it again"
    bl_options = frozenset({"INTERNAL"})
    part: Part

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("Render a preview or show a result first"))
        return session.shown_sample is not None

    def execute(self, _context: bpy.types.Context) -> set[str]:
        session.shown_parts ^= {self.part}
        return attempt(self, self._show)

    def _show(self) -> None:
        if session.shown_sample is not None:
            show_sample(session.shown_sample, in_front=False)


class ShowResult(bpy.types.Operator):
    """Show result."""

    bl_idname = "solar_site.show_result"
    bl_label = "Show Result"
    bl_description = "Show this image of the batch with its annotations in the image editor"
    bl_options = frozenset({"INTERNAL"})
    sample: Sample

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: show_sample(Path(self.sample)))


class StepResult(bpy.types.Operator):
    """Step result."""

    bl_idname = "solar_site.step_result"
    bl_label = "Next Result"
    bl_description = "Show the next or previous image of the batch"
    bl_options = frozenset({"INTERNAL"})
    step: Step

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("There are no images in this folder yet"))
        return bool(session.results)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self._step)

    def _step(self) -> None:
        samples = samples_of()
        if not samples:
            raise SolarSiteError("There are no images in this folder yet")
        shown = session.shown_sample
        place = samples.index(shown) + self.step if shown in samples else len(samples) - 1
        show_sample(samples[place % len(samples)])


class RebuildSite(bpy.types.Operator):
    """Rebuild site."""

    bl_idname = "solar_site.rebuild_site"
    bl_label = "Rebuild This Site"
    bl_description = "Restore the settings and seed of the image shown, and generate its site in the viewport"
    bl_options = frozenset({"REGISTER", "UNDO"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("Show an image of the batch first"))
        return shown_result() is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        window, sample = window_of(context), shown_result()
        if sample is None:
            return {"CANCELLED"}
        with busy(window):
            result = attempt(self, lambda: self._rebuild(window, sample), say("Site of {image}", image=sample.name))
        if result == {"FINISHED"}:
            look_through_camera(view_for(window, context.area), window.scene)
        return result

    def _rebuild(self, window: bpy.types.Window, sample: Path) -> None:
        restore_sample(sample / SAMPLE_JSON)
        generate(window)


class ColorAnnotations(bpy.types.Operator):
    """Color annotations."""

    bl_idname = "solar_site.color_annotations"
    bl_label = "Color Annotations"
    bl_description = "Color the annotated objects of the site in the solid view"
    bl_options = frozenset({"REGISTER", "UNDO", "INTERNAL"})
    mode: Mode

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("There is no site: use Generate Preview"))
        return is_ours(context.scene)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._color(context))

    def _color(self, context: bpy.types.Context) -> None:
        scene = context.scene
        color_site(scene, site_in(scene, session.standing.get(scene.name)), self.mode)
        session.color_modes[scene.name] = self.mode
        show_color_attribute(view_for(window_of(context), context.area), self.mode != OFF)


CLASSES: tuple[type, ...] = (ToggleAnnotation, ShowResult, StepResult, RebuildSite, ColorAnnotations)
