# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators for site, preview, settings and presets, each calling one function.

Those for batches are in ``ui/batch_operators.py``, those for annotations and results in ``ui/annotation_operators.py``.
"""

import secrets
from collections.abc import Callable
from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from .generator.domain.errors import SolarSiteError
from .generator.domain.random_streams import ViewSeed
from .generator.render.quality import configure_common, configure_radiance, has_cycles
from .generator.render.renderer import prepare_renderer
from .generator.settings.schema import Settings, to_dict, value_of, with_values
from .ui import annotation_operators, batch_operators
from .ui.escape import Escapable
from .ui.locale.translations import say, say_message
from .ui.messages import attempt, busy, window_of, without_cycles
from .ui.panel_parts import draw_copied_settings
from .ui.planning import Planning, planned
from .ui.preferences import background_blender, user_folder
from .ui.presets import (
    apply_file,
    apply_preset,
    baseline,
    export_preset,
    import_preset,
    is_built_in,
    preset_files,
    preset_label,
    remove_preset,
    rename_preset,
    save_preset,
    write_settings,
)
from .ui.preview import PreviewRender, Wanted
from .ui.properties import restore_sample, root, settings_of, show_settings, shown_values
from .ui.session import cancel_preview, preview_progress, session, update_marks
from .ui.viewport import (
    begin_build,
    discard_build,
    look_through_camera,
    our_scene,
    remove,
    requested,
    show,
    view_for,
)

Name = bpy.props.StringProperty(name="Name", description="Name of the preset")
Names = bpy.props.StringProperty(name="Settings", options={"HIDDEN"})
File = bpy.props.StringProperty(name="File", subtype="FILE_PATH", options={"HIDDEN"})
JsonFilter = bpy.props.StringProperty(default="*.json", options={"HIDDEN"})
SEED_LIMIT = 10**9
HELP = Path(__file__).parent / "ui" / "help.html"
PATIENCE_S = 0.15
"""Time that the window gives to planning at a time, in seconds: it feels a delay from about twice that."""


def random_seed() -> int:
    """Return a new random seed of at most nine digits."""
    return secrets.randbelow(SEED_LIMIT)


def can_use_cycles(operator: type[bpy.types.Operator]) -> bool:
    """Return whether Cycles is enabled; set the poll message of ``operator`` for when it is not."""
    operator.poll_message_set(without_cycles())
    return has_cycles()


class GeneratePreview(Escapable, bpy.types.Operator):
    """Generate preview. A click plans in the background, instead of what is being planned; a script waits."""

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

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self._window = window_of(context)
        self._area = context.area.as_pointer() if context.area is not None else 0
        result = attempt(self, self._begin)
        return self.wait(context) if result == {"FINISHED"} else result

    def _begin(self) -> None:
        request = requested(asked_seed())
        discard_build()  # of a preview that this one replaces
        self._planning = session.planning = Planning(request)

    def is_over(self) -> bool:
        if session.planning is not self._planning:
            return True
        return self._planning.is_done(PATIENCE_S) and not self._builds_on()

    def _builds_on(self) -> bool:
        """Build the next part of the site; return whether there is more to build."""
        try:
            if session.building is None:
                session.building = begin_build(self._window, self._planning.request, self._planning.view())
                return session.building is not None
            return session.building.build_next()
        except SolarSiteError:  # met again and reported when the site is shown
            return False

    def blocks(self) -> bool:
        return session.building is not None

    def progress(self) -> str:
        return preview_progress()[1]

    def give_up(self) -> None:
        if session.planning is self._planning:
            session.planning = None
            discard_build()

    def cancel(self, context: bpy.types.Context) -> None:
        self.give_up()
        self.leave(context, set())

    def finish(self, context: bpy.types.Context) -> set[str]:
        if session.planning is None:  # canceled by the button, or undone
            discard_build()
        if session.planning is not self._planning:
            return {"CANCELLED"}
        window, build = window_of(context), session.building
        session.planning = session.building = None
        area = next((area for area in window.screen.areas if area.as_pointer() == self._area), None)
        return self._show(window, area, lambda: show(window, self._planning.request, self._planning.view(), build))

    def execute(self, context: bpy.types.Context) -> set[str]:
        window = window_of(context)
        return self._show(window, context.area, lambda: self._generate(window))

    def _generate(self, window: bpy.types.Window) -> None:
        request = requested(asked_seed())
        session.planning = None
        discard_build()
        show(window, request, planned(request))

    def _show(self, window: bpy.types.Window, area: bpy.types.Area | None, action: Callable[[], None]) -> set[str]:
        with busy(window):
            result = attempt(self, action)
        if result == {"FINISHED"}:
            shown = window.scene.solar_site.read_out
            look_through_camera(view_for(window, area), window.scene)
            text = say(
                "Seed {seed}: {tables} tables, {modules} modules", seed=shown.seed, tables=shown.tables,
                modules=shown.modules,
            )  # fmt: skip
            self.report({"INFO"}, text)
        return result


def asked_seed() -> int | None:
    """Return a new seed for the next preview, None to keep the one in the panel."""
    return None if root().lock_seed else random_seed()


class OpenHelp(bpy.types.Operator):
    """Open help."""

    bl_idname = "solar_site.open_help"
    bl_label = "Help"
    bl_description = "Open the documentation of the panel in the browser"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return set(bpy.ops.wm.url_open(url=HELP.as_uri()))


class RemoveSite(bpy.types.Operator):
    """Remove the site."""

    bl_idname = "solar_site.remove_site"
    bl_label = "Remove Site"
    bl_description = "Remove everything that Generate Preview has created, and return to your scene"
    bl_options = frozenset({"REGISTER", "UNDO"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if session.building is not None:
            cls.poll_message_set(say("The site is being built"))
            return False
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

    def execute(self, _context: bpy.types.Context) -> set[str]:
        root().run.seed = str(random_seed())
        return {"FINISHED"}


class CopyToScene(bpy.types.Operator):
    """Copy to scene."""

    bl_idname = "solar_site.copy_to_scene"
    bl_label = "Copy to This Scene"
    bl_description = (
        "Give the current scene the render settings of a batch: engine, device, samples, noise threshold, denoiser and "
        "resolution. The device is also set in Blender's preferences"
    )
    bl_options = frozenset({"REGISTER", "UNDO"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can_use_cycles(cls)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return set(context.window_manager.invoke_props_dialog(self, width=360))

    def draw(self, context: bpy.types.Context) -> None:
        draw_copied_settings(self.layout.column(), context.scene)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._copy(context.scene))

    def _copy(self, scene: bpy.types.Scene) -> None:
        settings, run = settings_of()
        renderer = prepare_renderer(run.device, run.use_gpu, denoiser=settings.render.denoiser)
        configure_common(scene, renderer.device, None)
        configure_radiance(scene, settings.render, renderer.denoiser, renderer.backend != "CPU", ViewSeed(run.seed))
        scene.render.resolution_x, scene.render.resolution_y = settings.camera.image_size
        self.report({"INFO"}, say("This scene has the render settings of a batch"))
        for message in renderer.messages:  # the status bar shows the last one longest
            self.report({"WARNING"}, say_message(message))


class RenderPreview(Escapable, bpy.types.Operator):
    """Render preview."""

    bl_idname = "solar_site.render_preview"
    bl_label = "Render Preview"
    bl_description = (
        "Render a small image of this site in the background and show it with its annotations in the image editor. "
        "Blender remains usable meanwhile"
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        result = self.execute(context)
        return self.wait(context) if result == {"FINISHED"} else result

    def execute(self, _context: bpy.types.Context) -> set[str]:
        if session.preview_render is not None:  # poll would leave the button grey below a pointer that rests on it
            self.report({"INFO"}, say("An image is being rendered and will be shown when finished"))
            return {"CANCELLED"}
        return attempt(self, self._begin, say("Rendering in the background"))

    def _begin(self) -> None:
        shown = root()
        settings, run = settings_of()
        wanted = Wanted(settings, run, shown.view, shown.preview_size_px, shown.preview_samples)
        session.preview_message = None
        self._job = session.preview_render = PreviewRender(background_blender(), wanted, user_folder("previews"))

    def is_over(self) -> bool:
        return session.preview_render is not self._job  # the timer of the session shows the image

    def progress(self) -> str:
        return preview_progress()[1]

    def finish(self, _context: bpy.types.Context) -> set[str]:
        return {"FINISHED"}

    def give_up(self) -> None:
        if session.preview_render is self._job:
            cancel_preview()


class CancelPreview(bpy.types.Operator):
    """Cancel preview."""

    bl_idname = "solar_site.cancel_preview"
    bl_label = "Cancel Preview"
    bl_description = "Stop the preview that is being planned or rendered, as Esc does"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("No preview is being planned or rendered"))
        return session.preview_render is not None or session.planning is not None

    def execute(self, _context: bpy.types.Context) -> set[str]:
        if cancel_preview():
            self.report({"INFO"}, say("Preview canceled"))
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

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        done = say("Settings loaded from {file}", file=path.name)
        return attempt(self, lambda: self._load(path), done)

    def _load(self, path: Path) -> None:
        show_settings(apply_file(Settings(), path))
        root().preset = ""


class SaveSettings(bpy.types.Operator, ExportHelper):
    """Save settings."""

    bl_idname = "solar_site.save_settings"
    bl_label = "Save Settings"
    bl_description = "Save all settings to a JSON file, for other files or for the command line"
    filename_ext = ".json"
    filter_glob: JsonFilter

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        done = say("Settings saved to {file}", file=path.name)
        return attempt(self, lambda: write_settings(path, to_dict(settings_of()[0])), done)


class ImportSample(bpy.types.Operator, ImportHelper):
    """Import from sample.json."""

    bl_idname = "solar_site.import_sample"
    bl_label = "Import from sample.json"
    bl_description = (
        "Restore the settings and seed of a dataset image, so that its site can be generated again. "
        "Without its dataset, the values drawn for the image are restored"
    )
    bl_options = frozenset({"REGISTER", "UNDO"})
    filename_ext = ".json"
    filter_glob: JsonFilter

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._import(Path(self.filepath)))

    def _import(self, path: Path) -> None:
        found = restore_sample(path)
        if found.complete:
            self.report({"INFO"}, say("Seed {seed} and its settings restored: use Generate Preview", seed=found.seed))
        else:
            text = say(
                "Seed {seed} and the values drawn for this image restored; settings that are not drawn, such as the "
                "site size, keep the values of the panel",
                seed=found.seed,
            )
            self.report({"WARNING"}, text)


class LoadPreset(bpy.types.Operator):
    """Load preset."""

    bl_idname = "solar_site.load_preset"
    bl_label = "Load Preset"
    bl_description = "Apply the settings of the preset and keep all others"
    bl_options = frozenset({"REGISTER", "UNDO", "INTERNAL"})
    filepath: File

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        return attempt(self, lambda: self._load(path), say("Preset {name} loaded", name=say(preset_label(path))))

    def _load(self, path: Path) -> None:
        show_settings(apply_preset(settings_of()[0], path))
        root().preset = str(path)
        update_marks()


class AddPreset(bpy.types.Operator):
    """Save preset."""

    bl_idname = "solar_site.add_preset"
    bl_label = "Save as Preset"
    bl_description = "Save the current settings as a preset"
    name: Name

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return set(context.window_manager.invoke_props_dialog(self))

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self._save, say("Preset {name} saved", name=str(self.name).strip()))

    def _save(self) -> None:
        root().preset = str(save_preset(settings_of()[0], self.name, user_folder("presets")))
        update_marks()


def has_user_preset(operator: type[bpy.types.Operator]) -> bool:
    """Return whether a preset of the user's is active; set the poll message of ``operator`` for when none is."""
    operator.poll_message_set(say("Load or save a preset of your own first"))
    preset = Path(root().preset)
    return bool(root().preset) and not is_built_in(preset) and preset.is_file()


class RenamePreset(bpy.types.Operator):
    """Rename preset."""

    bl_idname = "solar_site.rename_preset"
    bl_label = "Rename Preset"
    bl_description = "Give the active preset of your own another name"
    name: Name

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return has_user_preset(cls)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.name = preset_label(Path(root().preset))
        return set(context.window_manager.invoke_props_dialog(self))

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self._rename, say("Preset renamed to {name}", name=str(self.name).strip()))

    def _rename(self) -> None:
        root().preset = str(rename_preset(Path(root().preset), self.name, user_folder("presets")))


class ExportPreset(bpy.types.Operator, ExportHelper):
    """Export preset."""

    bl_idname = "solar_site.export_preset"
    bl_label = "Export Preset"
    bl_description = "Save the groups of settings that a preset holds to a JSON file, to share it"
    filename_ext = ".json"
    filter_glob: JsonFilter

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        done = say("Preset saved to {file}", file=path.name)
        return attempt(self, lambda: export_preset(settings_of()[0], path), done)


class ImportPreset(bpy.types.Operator, ImportHelper):
    """Import preset."""

    bl_idname = "solar_site.import_preset"
    bl_label = "Import Preset"
    bl_description = "Add a preset from a JSON file to your own, and load it"
    bl_options = frozenset({"REGISTER", "UNDO"})
    filename_ext = ".json"
    filter_glob: JsonFilter

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        return attempt(self, lambda: self._import(path), say("Preset {name} imported", name=path.stem))

    def _import(self, path: Path) -> None:
        preset = import_preset(path, user_folder("presets"))
        show_settings(apply_preset(settings_of()[0], preset))
        root().preset = str(preset)
        update_marks()


class ResetSettings(bpy.types.Operator):
    """Reset settings."""

    bl_idname = "solar_site.reset_settings"
    bl_label = "Reset"
    bl_description = "Reset these settings to the active preset, or to the defaults where the preset sets none"
    bl_options = frozenset({"REGISTER", "UNDO", "INTERNAL"})
    names: Names

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self._reset)

    def _reset(self) -> None:
        before = baseline(root().preset)
        values = {name: value_of(before, name) for name in str(self.names).split(",")}
        show_settings(with_values(baseline(""), shown_values() | values))
        update_marks()


class RemovePreset(bpy.types.Operator):
    """Remove preset."""

    bl_idname = "solar_site.remove_preset"
    bl_label = "Remove Preset"
    bl_description = "Delete this user preset"
    bl_options = frozenset({"INTERNAL"})
    filepath: File

    def execute(self, _context: bpy.types.Context) -> set[str]:
        path = Path(self.filepath)
        if root().preset == str(path):
            root().preset = ""
        if path not in preset_files(user_folder("presets")) or is_built_in(path):
            self.report({"ERROR"}, say("This is not a user preset"))
            return {"CANCELLED"}
        return attempt(self, lambda: remove_preset(path), say("Preset {name} removed", name=path.stem))


CLASSES: tuple[type, ...] = (
    GeneratePreview,
    OpenHelp,
    RemoveSite,
    NewSeed,
    CopyToScene,
    RenderPreview,
    CancelPreview,
    LoadSettings,
    SaveSettings,
    ImportSample,
    LoadPreset,
    AddPreset,
    RenamePreset,
    ExportPreset,
    ImportPreset,
    RemovePreset,
    ResetSettings,
    *batch_operators.CLASSES,
    *annotation_operators.CLASSES,
)
