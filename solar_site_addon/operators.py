# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators for site, preview, settings and presets, each calling one function. Batches: ``ui/batch_operators.py``."""

import secrets
from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from .generator.domain.errors import SolarSiteError
from .generator.domain.random_streams import ViewSeed
from .generator.render.quality import configure_common, configure_radiance, has_cycles
from .generator.render.renderer import prepare_renderer
from .generator.settings.schema import Settings, settings_sha256, to_dict
from .ui import batch_operators
from .ui.locale.translations import say, say_message
from .ui.messages import attempt, busy, window_of, without_cycles
from .ui.preferences import background_blender, user_folder
from .ui.presets import (
    apply_file,
    apply_preset,
    is_built_in,
    preset_files,
    preset_label,
    remove_preset,
    sample_origin,
    save_preset,
    write_settings,
)
from .ui.preview import PreviewRender
from .ui.properties import settings_of, show_settings
from .ui.session import session
from .ui.viewport import generate, look_through_camera, our_scene, remove, view_for

Name = bpy.props.StringProperty(name="Name", description="Name of the preset")
File = bpy.props.StringProperty(name="File", subtype="FILE_PATH", options={"HIDDEN"})
JsonFilter = bpy.props.StringProperty(default="*.json", options={"HIDDEN"})
SEED_LIMIT = 10**9


def random_seed() -> int:
    """Return a new random seed of at most nine digits."""
    return secrets.randbelow(SEED_LIMIT)


def can_use_cycles(operator: type[bpy.types.Operator]) -> bool:
    """Return whether Cycles is enabled; set the poll message of ``operator`` for when it is not."""
    operator.poll_message_set(without_cycles())
    return has_cycles()


class GeneratePreview(bpy.types.Operator):
    """Generate preview."""

    bl_idname = "solar_site.generate_preview"
    bl_label = "Generate Preview"
    bl_description = (
        "Generate a site and show it through the drone's camera, in a scene of its own. "
        "The previous site is replaced; your own data is left unchanged"
    )
    bl_options = frozenset({"REGISTER", "UNDO"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can_use_cycles(cls)

    def execute(self, context: bpy.types.Context) -> set[str]:
        window = window_of(context)
        seed = None if window.scene.solar_site.lock_seed else random_seed()
        with busy(window):  # large sites take seconds
            result = attempt(self, lambda: generate(window, seed))
        if result == {"FINISHED"}:
            shown = window.scene.solar_site.read_out
            look_through_camera(view_for(window, context.area), window.scene)
            text = say(
                "Seed {seed}: {tables} tables, {modules} modules", seed=shown.seed, tables=shown.tables,
                modules=shown.modules,
            )  # fmt: skip
            self.report({"INFO"}, text)
        return result


class RemoveSite(bpy.types.Operator):
    """Remove the site."""

    bl_idname = "solar_site.remove_site"
    bl_label = "Remove Site"
    bl_description = "Remove everything that Generate Preview has created, and return to your scene"
    bl_options = frozenset({"REGISTER", "UNDO"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("There is no site: use Generate Preview"))
        return our_scene(context.scene) is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        window = window_of(context)
        return attempt(self, lambda: remove(window, view_for(window, context.area)), say("Site removed"))


class NewSeed(bpy.types.Operator):
    """New seed."""

    bl_idname = "solar_site.new_seed"
    bl_label = "New Seed"
    bl_description = "Pick a random seed"
    bl_options = frozenset({"REGISTER", "UNDO"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return context.scene is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.scene.solar_site.run.seed = str(random_seed())
        return {"FINISHED"}


class ApplyRenderSettings(bpy.types.Operator):
    """Apply render settings."""

    bl_idname = "solar_site.apply_render_settings"
    bl_label = "Apply Render Settings"
    bl_description = (
        "Apply the device, samples, noise threshold, denoiser and resolution of a batch to the current scene. "
        "This also changes the device in Blender's preferences"
    )
    bl_options = frozenset({"REGISTER", "UNDO"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can_use_cycles(cls)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._apply(context.scene))

    def _apply(self, scene: bpy.types.Scene) -> None:
        settings, run = settings_of(scene)
        renderer = prepare_renderer(run.device, run.use_gpu, denoiser=settings.render.denoiser)
        configure_common(scene, renderer.device, None)
        configure_radiance(scene, settings.render, renderer.denoiser, renderer.backend != "CPU", ViewSeed(run.seed))
        scene.render.resolution_x, scene.render.resolution_y = settings.camera.image_size
        self.report({"INFO"}, say("The batch render settings have been applied to this scene"))
        for message in renderer.messages:  # the status bar shows the last one longest
            self.report({"WARNING"}, say_message(message))


class RenderPreview(bpy.types.Operator):
    """Render preview."""

    bl_idname = "solar_site.render_preview"
    bl_label = "Render Preview"
    bl_description = (
        "Render a small image of this site in the background, draw the outline of every module, "
        "and show the result in the image editor"
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("An image is being rendered and will be shown when finished"))
        return session.preview_render is None

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._begin(context.scene))

    def _begin(self, scene: bpy.types.Scene) -> None:
        settings, run = settings_of(scene)
        session.preview_message = None
        session.preview_render = PreviewRender(
            background_blender(), settings, run, user_folder("previews"), scene.solar_site.view
        )
        self.report({"INFO"}, say("Rendering in the background"))


class CancelPreview(bpy.types.Operator):
    """Cancel preview."""

    bl_idname = "solar_site.cancel_preview"
    bl_label = "Stop Rendering the Preview"
    bl_description = "Cancel the background render of the preview"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("No image is being rendered"))
        return session.preview_render is not None

    def execute(self, _context: bpy.types.Context) -> set[str]:
        if session.preview_render is not None:
            session.preview_render.close()
            session.preview_render = None
            self.report({"INFO"}, say("Rendering stopped"))
        return {"FINISHED"}


class LoadSettings(bpy.types.Operator, ImportHelper):
    """Load settings."""

    bl_idname = "solar_site.load_settings"
    bl_label = "Load Settings"
    bl_description = (
        "Load settings from a JSON file or from the dataset.json of a batch. "
        "Settings that are not in the file are reset"
    )
    bl_options = frozenset({"REGISTER", "UNDO"})
    filename_ext = ".json"
    filter_glob: JsonFilter

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        done = say("Settings loaded from {file}", file=path.name)
        return attempt(self, lambda: show_settings(context.scene, apply_file(Settings(), path)), done)


class SaveSettings(bpy.types.Operator, ExportHelper):
    """Save settings."""

    bl_idname = "solar_site.save_settings"
    bl_label = "Save Settings"
    bl_description = "Save all settings to a JSON file, for other scenes or for the command line"
    filename_ext = ".json"
    filter_glob: JsonFilter

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        done = say("Settings saved to {file}", file=path.name)
        return attempt(self, lambda: write_settings(path, to_dict(settings_of(context.scene)[0])), done)


class ImportSample(bpy.types.Operator, ImportHelper):
    """Import from sample.json."""

    bl_idname = "solar_site.import_sample"
    bl_label = "Import from sample.json"
    bl_description = "Restore the settings and seed of a dataset image, so that its site can be generated again"
    bl_options = frozenset({"REGISTER", "UNDO"})
    filename_ext = ".json"
    filter_glob: JsonFilter

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._import(context.scene, Path(self.filepath)))

    def _import(self, scene: bpy.types.Scene, path: Path) -> None:
        origin, seed, view, checksum = sample_origin(path)
        settings = apply_file(Settings(), origin)
        if settings_sha256(settings) != checksum:
            raise SolarSiteError(
                "{file} was rendered with settings other than those in {origin}.", file=path, origin=origin
            )
        show_settings(scene, settings)
        scene.solar_site.run.seed, scene.solar_site.view = str(seed), view
        scene.solar_site.lock_seed = True
        self.report({"INFO"}, say("Seed {seed} and its settings restored: use Generate Preview", seed=seed))


class LoadPreset(bpy.types.Operator):
    """Load preset."""

    bl_idname = "solar_site.load_preset"
    bl_label = "Load Preset"
    bl_description = "Apply the settings of the preset and keep all others"
    bl_options = frozenset({"REGISTER", "UNDO", "INTERNAL"})
    filepath: File

    def execute(self, context: bpy.types.Context) -> set[str]:
        scene, path = context.scene, Path(self.filepath)
        done = say("Preset {name} loaded", name=say(preset_label(path)))
        return attempt(self, lambda: show_settings(scene, apply_preset(settings_of(scene)[0], path)), done)


class AddPreset(bpy.types.Operator):
    """Save preset."""

    bl_idname = "solar_site.add_preset"
    bl_label = "Save as Preset"
    bl_description = "Save the current settings as a preset"
    name: Name

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return set(context.window_manager.invoke_props_dialog(self))

    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = user_folder("presets")
        done = say("Preset {name} saved", name=str(self.name).strip())
        return attempt(self, lambda: save_preset(settings_of(context.scene)[0], self.name, folder), done)


class RemovePreset(bpy.types.Operator):
    """Remove preset."""

    bl_idname = "solar_site.remove_preset"
    bl_label = "Remove Preset"
    bl_description = "Delete this user preset"
    bl_options = frozenset({"INTERNAL"})
    filepath: File

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        if path not in preset_files(user_folder("presets")) or is_built_in(path):
            self.report({"ERROR"}, say("This is not a user preset"))
            return {"CANCELLED"}
        return attempt(self, lambda: remove_preset(path), say("Preset {name} removed", name=path.stem))


CLASSES: tuple[type, ...] = (
    GeneratePreview,
    RemoveSite,
    NewSeed,
    ApplyRenderSettings,
    RenderPreview,
    CancelPreview,
    LoadSettings,
    SaveSettings,
    ImportSample,
    LoadPreset,
    AddPreset,
    RemovePreset,
    *batch_operators.CLASSES,
)
