# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels of the sidebar tab. They only draw the settings of the file and cached session state."""

from pathlib import Path
from typing import Any

import bpy

from .batch.quantities import rough_duration
from .generator.dataset.layout import image_index
from .generator.domain.cameras import CUSTOM
from .generator.render.quality import has_cycles
from .ui.annotation_colors import MODES, OFF
from .ui.annotation_drawing import PARTS
from .ui.batches import FolderView
from .ui.captions import CONTEXT, choice_label
from .ui.device_choice import DEVICES, device_name, missing_devices
from .ui.locale.translations import say, say_message
from .ui.messages import without_cycles
from .ui.panel_parts import (
    BY_NAME,
    RANGE_WIDTH,
    draw_fact,
    draw_flight_range,
    draw_image_size,
    draw_message,
    draw_options,
    draw_other_batches,
    draw_outlook,
    draw_resolved,
    draw_run,
    draw_run_details,
    draw_settings,
    labels_above,
    pair,
)
from .ui.preferences import preference, user_folder
from .ui.presets import is_built_in, preset_files, preset_label
from .ui.properties import root, sampling_of
from .ui.search import found_settings
from .ui.session import current_folder, device_view, folder_view, preview_progress, session, shown_result, thumbnail
from .ui.viewport import is_ours, read_out

CATEGORY = "Solar Site"

PRESETS_IN_ROW = 3
CAMERA = ("camera.model", "camera.altitude_agl_m", "camera.gimbal_pitch_deg", "camera.heading_mode")
LENS = ("camera.sensor_width_mm", "camera.focal_length_mm")
SUN_ANGLES = ("light.sun_azimuth_deg", "light.sun_elevation_deg")
PLACE_AND_TIME = ("light.date", "light.time_h", "light.latitude_deg", "light.longitude_deg", "light.utc_offset_h")


def others(group: str, *placed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the remaining settings of a group, so that new settings appear without a change here."""
    known = {name for names in placed for name in names}
    return tuple(name for name in BY_NAME if name.startswith(group) and name not in known)


class Tab:
    """Attributes that all panels of the tab share."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = CATEGORY
    bl_description = ""  # otherwise Blender shows the docstring
    bl_translation_context = CONTEXT


class SubPanel(Tab):
    """A panel inside the main panel."""

    bl_parent_id = "SOLAR_SITE_PT_main"


class MainPanel(Tab, bpy.types.Panel):
    """The main controls: preset, preview, seed and rendered image."""

    bl_idname = "SOLAR_SITE_PT_main"
    bl_label = "Solar Site"

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        self.layout.operator("solar_site.open_help", text="", icon="HELP", emboss=False)

    def draw(self, context: bpy.types.Context) -> None:
        shown, column = root(), self.layout.column()
        row = column.row(align=True)
        row.popover(PresetPanel.bl_idname, text=active_preset(shown.preset), icon="PRESET", translate=False)
        row.menu("SOLAR_SITE_MT_files", text="", icon="FILE_FOLDER")
        buttons = column.column(align=True)
        buttons.scale_y = 1.3
        buttons.operator("solar_site.generate_preview", icon="OUTLINER_OB_LIGHTPROBE")
        row = buttons.row(align=True)
        row.operator("solar_site.render_preview", icon="RENDER_STILL")
        row.operator("solar_site.cancel_preview", text="", icon="X")
        self._draw_state(column, context.scene)
        row = column.row(align=True)
        row.prop(shown.run, "seed")
        row.operator("solar_site.new_seed", text="", icon="FILE_REFRESH")
        row.prop(shown, "lock_seed", text="", icon="LOCKED" if shown.lock_seed else "UNLOCKED")
        row = column.row(align=True)
        field = row.row(align=True)
        field.active = shown.run.views_per_site > 1 or shown.view > 0
        field.prop(shown, "view")
        row.operator("solar_site.remove_site", text="", icon="TRASH")
        if session.preview_message:
            draw_message(column, say_message(session.preview_message), "ERROR")

    def _draw_state(self, column: Any, scene: bpy.types.Scene) -> None:
        """Draw one row, whatever it says, so that the buttons below do not move."""
        share, text = preview_progress()
        if text:
            column.progress(factor=share, text=text, translate=False)
        elif not is_ours(scene) or read_out(scene) is None:
            column.label(text=say("No site yet"), icon="BLANK1", translate=False)
        elif scene.name in session.changed:
            column.label(text=say("Settings changed since this preview"), icon="ERROR", translate=False)
        else:
            column.label(text=say("The preview matches the settings"), icon="CHECKMARK", translate=False)


def active_preset(path: str) -> str:
    """Return the name of the active preset, with a mark if settings were changed since it was loaded."""
    if not path:
        return say("Presets")
    name = say(preset_label(Path(path)))
    return say("{preset} (changed)", preset=name) if session.marks.preset_changed else name


class BatchPanel(SubPanel, bpy.types.Panel):
    """Dataset folder, batch controls and progress."""

    bl_idname = "SOLAR_SITE_PT_batch"
    bl_label = "Batch"

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown, folder, view = self.layout.column(), root(), current_folder(), folder_view()
        column.prop(shown, "folder", text="", placeholder=say("Dataset folder"))
        if folder is not None:
            draw_resolved(column, shown.folder or preference("default_folder"))
        column.prop(shown.run, "num_images")
        column.prop(shown.run, "views_per_site")
        row = pair(column)
        row.prop(shown, "automatic_processes", text=self._automatic(), toggle=True, translate=False)
        number = row.row(align=True)
        number.active = not shown.automatic_processes
        number.prop(shown.run, "num_parallel")
        draw_outlook(column, session.outlook)
        buttons = column.column(align=True)
        buttons.scale_y = 1.2
        row = pair(buttons)
        row.operator("solar_site.start_batch", text=say("Start"), icon="PLAY", translate=False)
        row.operator("solar_site.quick_test", icon="FF")
        row = pair(buttons)
        row.operator("solar_site.cancel_batch", text=say("Cancel"), icon="CANCEL", translate=False)
        row.operator("solar_site.resume_batch", text=say("Resume"), icon="FILE_REFRESH", translate=False)
        draw_run(column, view)
        row = column.row(align=True)
        row.operator("solar_site.open_folder", icon="FILE_FOLDER")
        row.operator("solar_site.open_log", text="", icon="TEXT").process = ""
        row.operator("solar_site.copy_command_line", text="", icon="COPYDOWN")
        self._draw_what_comes_and_goes(column, view)

    def _automatic(self) -> str:
        """Return the text of the button, with the number of processes that it stands for."""
        if session.outlook is None or not root().automatic_processes:
            return say("Automatic")
        return say("Automatic ({count})", count=session.outlook.processes)

    def _draw_what_comes_and_goes(self, column: Any, view: FolderView) -> None:
        draw_run_details(column, view)
        draw_other_batches(column, current_folder())
        if session.notice is not None and session.notice[1] != current_folder():
            notice, folder = session.notice
            draw_message(column, say(notice.template, folder=folder.name), "INFO")


class ResultsPanel(SubPanel, bpy.types.Panel):
    """Images of the batch and of the rendered preview, with their annotations."""

    bl_idname = "SOLAR_SITE_PT_results"
    bl_label = "Results and Annotations"
    bl_options = frozenset({"DEFAULT_CLOSED"})

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.label(text=say("Annotations on the image"), translate=False)
        grid = column.grid_flow(row_major=True, columns=3, even_columns=True, align=True)
        for key, name in PARTS.items():
            grid.operator(
                "solar_site.toggle_annotation", text=say(name), depress=key in session.shown_parts, translate=False
            ).part = key
        column.label(text=say("Colors in the viewport"), translate=False)
        grid = column.grid_flow(row_major=True, columns=3, even_columns=True, align=True)
        active = session.color_modes.get(context.scene.name, OFF)
        for key, name in MODES.items():
            grid.operator(
                "solar_site.color_annotations", text=say(name), depress=key == active, translate=False
            ).mode = key
        column.label(text=say("Images of the batch"), translate=False)
        result = shown_result()
        row = column.row(align=True)
        row.operator("solar_site.step_result", text="", icon="TRIA_LEFT").step = -1
        row.operator("solar_site.step_result", text="", icon="TRIA_RIGHT").step = 1
        row.label(text=result.name if result is not None else say("none shown"), translate=False)
        column.operator("solar_site.rebuild_site", icon="OUTLINER_OB_LIGHTPROBE")
        grid = column.grid_flow(row_major=True, columns=3, even_columns=True, align=True)
        for sample in session.results:
            self._draw_thumbnail(grid.column(align=True), sample)

    def _draw_thumbnail(self, column: Any, sample: Path) -> None:
        column.template_icon(icon_value=thumbnail(sample), scale=4.0)
        number = f"{image_index(sample.name) or 0:04d}"
        column.operator("solar_site.show_result", text=number, translate=False).sample = str(sample)


class SearchPanel(SubPanel, bpy.types.Panel):
    """Search over all settings."""

    bl_idname = "SOLAR_SITE_PT_search"
    bl_label = "Find a Setting"
    bl_options = frozenset({"DEFAULT_CLOSED"})

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        column.prop(shown, "search", text="", icon="VIEWZOOM")
        names = found_settings(shown.search, bpy.app.translations.locale)
        draw_settings(column, shown, names)
        if shown.search.strip() and not names:
            column.label(text=say("No setting contains this text"), icon="INFO", translate=False)


def draw_changes(row: Any, names: tuple[str, ...]) -> None:
    """Draw how many of the settings ``names`` were changed, with a button that resets them."""
    changed = sum(name in session.marks.changed for name in names)
    if changed:
        if not labels_above(RANGE_WIDTH):  # otherwise it would cover the title
            row.label(text=say("{count} changed", count=changed), translate=False)
        row.operator("solar_site.reset_settings", text="", icon="LOOP_BACK", emboss=False).names = ",".join(names)


class SitePanel(SubPanel, bpy.types.Panel):
    """Terrain and clusters."""

    bl_idname = "SOLAR_SITE_PT_site"
    bl_label = "Site"
    names = ("site.relief", "site.roughness", "site.greenness", "array.use_clusters")

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        draw_changes(self.layout.row(align=True), (*self.names, "array.num_clusters", "array.cluster_radius_m"))

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        clusters = ("array.num_clusters", "array.cluster_radius_m") if shown.array.use_clusters else ()
        draw_settings(column, shown, (*self.names, *clusters))


class DetailPanel(Tab):
    """A nested panel of further settings, closed by default."""

    bl_options = frozenset({"DEFAULT_CLOSED"})
    names: tuple[str, ...]
    layout: Any

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        draw_changes(self.layout.row(align=True), self.names)

    def draw(self, _context: bpy.types.Context) -> None:
        draw_settings(self.layout.column(), root(), self.names)


class MixPanel(DetailPanel, bpy.types.Panel):
    """Presets to mix in one dataset."""

    bl_idname = "SOLAR_SITE_PT_mix"
    bl_parent_id = "SOLAR_SITE_PT_site"
    bl_label = "Mix of Presets"
    names = ("site.presets",)


class LandPanel(DetailPanel, bpy.types.Panel):
    """Terrain and roads."""

    bl_idname = "SOLAR_SITE_PT_land"
    bl_parent_id = "SOLAR_SITE_PT_site"
    bl_label = "Land"
    names = tuple(
        name
        for name in BY_NAME
        if name.startswith("site.") and name not in ("site.presets", "site.relief", "site.roughness", "site.greenness")
    )


class TablesPanel(DetailPanel, bpy.types.Panel):
    """Tables and their placement."""

    bl_idname = "SOLAR_SITE_PT_tables"
    bl_parent_id = "SOLAR_SITE_PT_site"
    bl_label = "Tables"
    names = tuple(
        name
        for name in BY_NAME
        if name.startswith("array.")
        and name not in ("array.use_clusters", "array.num_clusters", "array.cluster_radius_m")
    )


class ModulesPanel(DetailPanel, bpy.types.Panel):
    """Module type and dimensions."""

    bl_idname = "SOLAR_SITE_PT_modules"
    bl_parent_id = "SOLAR_SITE_PT_site"
    bl_label = "Modules"
    names = tuple(name for name in BY_NAME if name.startswith("module."))
    defaults_by_kind = tuple(name for name in names if BY_NAME[name].spec.zero)

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        split = self.names.index(self.defaults_by_kind[0])
        draw_settings(column, shown, self.names[:split])
        draw_settings(column, shown, self.defaults_by_kind)
        column.label(text=say("0: value of the module type"), icon="INFO", translate=False)
        draw_settings(column, shown, tuple(name for name in self.names[split:] if name not in self.defaults_by_kind))


class EquipmentPanel(DetailPanel, bpy.types.Panel):
    """Electrical equipment, fences and masts."""

    bl_idname = "SOLAR_SITE_PT_equipment"
    bl_parent_id = "SOLAR_SITE_PT_site"
    bl_label = "Equipment"
    names = tuple(name for name in BY_NAME if name.startswith("equipment."))


class SurroundingsPanel(DetailPanel, bpy.types.Panel):
    """Buildings, vehicles and other distractors."""

    bl_idname = "SOLAR_SITE_PT_surroundings"
    bl_parent_id = "SOLAR_SITE_PT_site"
    bl_label = "Surroundings"
    names = tuple(name for name in BY_NAME if name.startswith("surroundings."))


class VegetationPanel(DetailPanel, bpy.types.Panel):
    """Individual vegetation and stones."""

    bl_idname = "SOLAR_SITE_PT_vegetation"
    bl_parent_id = "SOLAR_SITE_PT_site"
    bl_label = "Vegetation"
    names = tuple(name for name in BY_NAME if name.startswith("vegetation."))


class CameraPanel(SubPanel, bpy.types.Panel):
    """The drone's camera and its field of view."""

    bl_idname = "SOLAR_SITE_PT_camera"
    bl_label = "Camera"
    others = others("camera.", CAMERA, ("camera.heading_deg", "camera.width_px", "camera.height_px"), LENS)

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        draw_changes(self.layout.row(align=True), (*CAMERA, "camera.heading_deg", *self.others))

    def draw(self, context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        draw_camera_models(column, shown)
        heading = ("camera.heading_deg",) if "free" in shown.camera.heading_mode else ()
        draw_settings(column, shown, (*CAMERA[1:], *heading, *self.others))
        seen = read_out(context.scene)
        box = column.box().column(align=True)
        if seen is None or context.scene.name in session.changed:
            draw_flight_range(box, shown)
        else:
            self._draw_read_out(box, seen)
            if seen.modules_in_view == 0:
                draw_message(
                    column, say("No complete module is in view: fly higher or pitch the gimbal further down."), "ERROR"
                )

    def _draw_read_out(self, box: Any, shown: Any) -> None:
        wide, high = shown.footprint_m
        lines = {
            say("Flight"): say(
                "{height:.0f} m, {pitch:.0f}°, {heading:.0f}°",
                height=shown.altitude_m, pitch=shown.pitch_deg, heading=shown.heading_deg,
            ),
            say("GSD"): say("{gsd:.2f} cm/px", gsd=shown.gsd_cm),
            say("Footprint"): say("{width:.0f} x {height:.0f} m", width=wide, height=high),
            say("Modules in View"): say("{seen} of {all}", seen=shown.modules_in_view, all=shown.modules),
        }  # fmt: skip
        for name, text in lines.items():
            draw_fact(box, name, text)


class LensPanel(DetailPanel, bpy.types.Panel):
    """Image size, sensor and lens."""

    bl_idname = "SOLAR_SITE_PT_lens"
    bl_parent_id = "SOLAR_SITE_PT_camera"
    bl_label = "Resolution and Lens"
    names = LENS

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        draw_changes(self.layout.row(align=True), (*self.names, "camera.width_px", "camera.height_px"))

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        draw_image_size(column, shown)
        part = column.column()
        part.active = CUSTOM in shown.camera.model
        draw_settings(part, shown, self.names)


class EffectsPanel(DetailPanel, bpy.types.Panel):
    """Lens, exposure and sensor effects."""

    bl_idname = "SOLAR_SITE_PT_effects"
    bl_parent_id = "SOLAR_SITE_PT_camera"
    bl_label = "Camera Effects"
    names = tuple(name for name in BY_NAME if name.startswith("effects."))


class LightPanel(SubPanel, bpy.types.Panel):
    """Sun and sky."""

    bl_idname = "SOLAR_SITE_PT_light"
    bl_label = "Light"
    bl_options = frozenset({"DEFAULT_CLOSED"})
    others = others("light.", ("light.source",), SUN_ANGLES, PLACE_AND_TIME, ("light.cloud_cover",))

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        draw_changes(self.layout.row(align=True), others("light."))

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        draw_settings(column, shown, ("light.source",))
        if shown.light.source == "angles":
            draw_settings(column, shown, SUN_ANGLES)
        else:
            draw_settings(column, shown, PLACE_AND_TIME)
        draw_settings(column, shown, self.others)
        if "cloud_shadows" in shown.light.weather:
            draw_settings(column, shown, ("light.cloud_cover",))


class RenderPanel(SubPanel, bpy.types.Panel):
    """Device, quality and time per image."""

    bl_idname = "SOLAR_SITE_PT_render"
    bl_label = "Render"
    bl_options = frozenset({"DEFAULT_CLOSED"})
    names = others("render.", ("render.normals",))

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        draw_changes(self.layout.row(align=True), self.names)

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        view = device_view()
        column.menu("SOLAR_SITE_MT_device", text=device_name(shown.run.device), icon="DESKTOP", translate=False)
        if not has_cycles():
            draw_message(column, without_cycles(), "ERROR")
        elif view is None:
            column.label(text=say("Detecting devices"), icon="TIME", translate=False)
        else:
            column.label(text=view.line, icon="CHECKMARK" if view.on_gpu else "INFO", translate=False)
            for message in view.messages:
                draw_message(column, say_message(message), "ERROR")
        draw_settings(column, shown, self.names)
        samples, threshold = sampling_of()
        text = say("{samples} samples, noise {threshold}", samples=samples, threshold=f"{threshold:.3g}")
        column.label(text=text, icon="INFO", translate=False)
        draw_image_size(column, shown)
        seconds = session.outlook.seconds_per_image if session.outlook is not None else None
        text = say("Time per image: use Render Preview")
        if seconds is not None:
            text = say("About {time} per image", time=rough_duration(seconds))
        column.label(text=text, icon="TIME", translate=False)
        column.label(text=say("Render Preview"), translate=False)
        row = column.row(align=True)
        row.prop(shown, "preview_size_px", text=say("Size"), translate=False)
        row.prop(shown, "preview_samples", text=say("Samples"), translate=False)


class FormatsPanel(DetailPanel, bpy.types.Panel):
    """Annotation formats and optional files."""

    bl_idname = "SOLAR_SITE_PT_formats"
    bl_parent_id = "SOLAR_SITE_PT_batch"
    bl_label = "Formats and Files"

    names = ("render.normals",)

    def draw(self, _context: bpy.types.Context) -> None:
        column, shown = self.layout.column(), root()
        draw_options(column, shown.run, "formats")
        for name in ("classes", "min_visible_px", "min_visible_fraction", "pile_box", "split", "license"):
            column.prop(shown.run, name)
        column.operator("solar_site.write_formats", icon="FILE_REFRESH")
        for names, operator in ((("tile", "overlap", "empty"), "cut_tiles"), (("crop",), "cut_crops")):
            part = column.column(align=True)
            for name in names:
                part.prop(shown.export, name)
            part.operator(f"solar_site.{operator}", icon="IMAGE_DATA")
        row = column.row(align=True)
        row.operator("solar_site.open_gallery", icon="URL")
        if session.tool_run is not None:
            row.operator("solar_site.cancel_tool", text="", icon="X")
        if session.tool_message is not None:
            draw_message(column, say_message(session.tool_message), "INFO")
        column.prop(shown.render, "normals")


class RecoveryPanel(DetailPanel, bpy.types.Panel):
    """What a batch does when a process hangs, an image fails or the disk is full."""

    bl_idname = "SOLAR_SITE_PT_recovery"
    bl_parent_id = "SOLAR_SITE_PT_batch"
    bl_label = "Recovery"

    names = ()

    def draw(self, _context: bpy.types.Context) -> None:
        column, run = self.layout.column(), root().run
        for name in ("hang_minutes", "hang_factor", "storage_wait_minutes", "retry_failed"):
            column.prop(run, name)


class PresetPanel(bpy.types.Panel):
    """What opens under the name of the active preset: built-in presets with images, and the user's own."""

    bl_idname = "SOLAR_SITE_PT_presets"
    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"  # a popover: no sidebar lists it
    bl_options = frozenset({"INSTANCED"})
    bl_description = "Load, save or remove presets"
    bl_translation_context = CONTEXT
    bl_label = "Site Presets"
    bl_ui_units_x = 19

    def draw(self, _context: bpy.types.Context) -> None:
        active, column = root().preset, self.layout.column()
        grid = column.grid_flow(row_major=True, columns=PRESETS_IN_ROW, even_columns=True)
        for path in preset_files(user_folder("presets")):
            if is_built_in(path):
                cell = grid.column(align=True)
                cell.template_icon(icon_value=thumbnail(path), scale=5.0)
                self._draw_button(cell, path, active)
                continue
            row = column.row(align=True)
            self._draw_button(row, path, active)
            row.operator("solar_site.remove_preset", text="", icon="REMOVE").filepath = str(path)
        row = pair(column.column())
        row.operator("solar_site.add_preset", icon="ADD")
        row.operator("solar_site.rename_preset", icon="GREASEPENCIL")
        row = pair(column.column())
        row.operator("solar_site.export_preset", icon="EXPORT")
        row.operator("solar_site.import_preset", icon="IMPORT")

    def _draw_button(self, layout: Any, path: Path, active: str) -> None:
        shown = active == str(path)
        layout.operator("solar_site.load_preset", text=preset_label(path), depress=shown).filepath = str(path)


class DeviceMenu(bpy.types.Menu):
    """Devices to render on; those that this machine lacks are greyed."""

    bl_idname = "SOLAR_SITE_MT_device"
    bl_description = "Device that renders previews and batches"
    bl_translation_context = CONTEXT
    bl_label = "Device"

    def draw(self, _context: bpy.types.Context) -> None:
        run, missing = root().run, missing_devices()
        for choice in DEVICES:
            row = self.layout.row()
            row.enabled = choice not in missing
            name = device_name(choice)
            missing_name = say("{device}: not found on this machine", device=name)
            row.prop_enum(run, "device", choice, text=name if row.enabled else missing_name, translate=False)


class CameraMenu(bpy.types.Menu):
    """Camera models; one of the selected ones is drawn for each image."""

    bl_idname = "SOLAR_SITE_MT_camera"
    bl_description = "Select the camera models of the dataset; Shift-click to select several"
    bl_translation_context = CONTEXT
    bl_label = "Camera Model"

    def draw(self, _context: bpy.types.Context) -> None:
        self.layout.column().props_enum(root().camera, "model")


def draw_camera_models(column: Any, shown: Any) -> None:
    """Draw a menu of the camera models, named after those that are selected."""
    selected = [choice_label(name) for name in BY_NAME["camera.model"].spec.choices if name in shown.camera.model]
    text = selected[0] if len(selected) == 1 else say("{count} cameras", count=len(selected))
    column.menu(CameraMenu.bl_idname, text=text, icon="CAMERA_DATA", translate=False)


class FilesMenu(bpy.types.Menu):
    """Load and save settings files."""

    bl_idname = "SOLAR_SITE_MT_files"
    bl_description = "Load or save settings files"
    bl_translation_context = CONTEXT
    bl_label = "Settings Files"

    def draw(self, _context: bpy.types.Context) -> None:
        self.layout.operator("solar_site.load_settings", icon="IMPORT")
        self.layout.operator("solar_site.save_settings", icon="EXPORT")
        self.layout.operator("solar_site.import_sample", icon="IMAGE_DATA")
        self.layout.separator()
        self.layout.operator("solar_site.copy_to_scene", icon="SCENE_DATA")


class MainMenu(bpy.types.Menu):
    """All operators: Blender's menu search (F3) finds operators in menus, but not in the sidebar."""

    bl_idname = "SOLAR_SITE_MT_main"
    bl_description = "Commands of Solar Site"
    bl_translation_context = CONTEXT
    bl_label = "Solar Site"

    def draw(self, _context: bpy.types.Context) -> None:
        for part in MENU_OPERATORS:
            for name in part:
                self.layout.operator(f"solar_site.{name}")
            self.layout.separator()


MENU_OPERATORS = (
    ("generate_preview", "remove_site", "new_seed"),
    ("render_preview", "cancel_preview", "copy_to_scene"),
    ("start_batch", "quick_test", "cancel_batch", "resume_batch", "write_formats"),
    ("cut_tiles", "cut_crops", "open_gallery", "cancel_tool"),
    ("open_folder", "open_log", "copy_command_line", "rebuild_site"),
    ("load_settings", "save_settings", "import_sample"),
    ("add_preset", "rename_preset", "export_preset", "import_preset"),
    ("open_help",),
)
"""Operators of the menu; separators divide the groups."""


def draw_main_menu(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """Draw our menu at the end of the Render menu, which exists in every window and is searched from every editor."""
    menu.layout.separator()
    menu.layout.menu(MainMenu.bl_idname)


CLASSES: tuple[type, ...] = (
    PresetPanel,
    FilesMenu,
    DeviceMenu,
    CameraMenu,
    MainMenu,
    MainPanel,
    BatchPanel,
    FormatsPanel,
    RecoveryPanel,
    ResultsPanel,
    SearchPanel,
    SitePanel,
    MixPanel,
    LandPanel,
    TablesPanel,
    ModulesPanel,
    EquipmentPanel,
    SurroundingsPanel,
    VegetationPanel,
    CameraPanel,
    LensPanel,
    EffectsPanel,
    LightPanel,
    RenderPanel,
)
