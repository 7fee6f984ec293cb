# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels of the sidebar tab. They only draw scene properties and cached session state."""

import time
from typing import Any

import bpy

from .batch.quantities import duration, size
from .generator.domain.cameras import CUSTOM
from .generator.render.quality import has_cycles
from .generator.settings.schema import RunSettings, iter_settings
from .ui.captions import CONTEXT, label
from .ui.locale.translations import say, say_message
from .ui.messages import without_cycles
from .ui.panel_parts import (
    BY_NAME,
    draw_fact,
    draw_flight_range,
    draw_image_size,
    draw_message,
    draw_options,
    draw_run,
    draw_settings,
    draw_value,
)
from .ui.preferences import user_folder
from .ui.presets import is_built_in, preset_files, preset_label
from .ui.properties import sampling_of
from .ui.session import (
    FINISHED,
    RUNNING,
    FolderView,
    device_view,
    folder_of,
    folder_view,
    seconds_per_image,
    session,
    thumbnail,
)
from .ui.viewport import is_ours, our_scene, read_out

CATEGORY = "Solar Site"
DEVICE = next(setting for setting in iter_settings(RunSettings) if setting.name == "device")

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
    """The main controls: preview, seed and rendered image."""

    bl_idname = "SOLAR_SITE_PT_main"
    bl_label = "Solar Site"

    def draw(self, context: bpy.types.Context) -> None:
        root, column = context.scene.solar_site, self.layout.column()
        buttons = column.column(align=True)
        buttons.scale_y = 1.3
        buttons.operator("solar_site.generate_preview", icon="OUTLINER_OB_LIGHTPROBE")
        row = buttons.row(align=True)
        row.operator("solar_site.render_preview", icon="RENDER_STILL")
        if session.preview_render is not None:
            row.operator("solar_site.cancel_preview", text="", icon="X")
        self._draw_preview_state(column)
        if is_ours(context.scene) and read_out(context.scene) is not None:
            # Always one line, so that the buttons below do not move.
            if context.scene.name in session.changed:
                column.label(text=say("Settings changed since this preview"), icon="INFO")
            else:
                column.label(text=say("The preview matches the settings"), icon="CHECKMARK")
        row = column.row(align=True)
        row.prop(root.run, "seed")
        row.operator("solar_site.new_seed", text="", icon="FILE_REFRESH")
        row.prop(root, "lock_seed", text="", icon="LOCKED" if root.lock_seed else "UNLOCKED")
        if root.run.views_per_site > 1 or root.view > 0:
            column.prop(root, "view")
        if our_scene(context.scene) is not None:
            column.operator("solar_site.remove_site", icon="TRASH")

    def _draw_preview_state(self, column: Any) -> None:
        if session.preview_render is not None:
            seconds = time.monotonic() - session.preview_render.started
            column.label(text=say("Rendering for {seconds:.0f} s", seconds=seconds), icon="TIME")
        elif session.preview_message:
            draw_message(column, say_message(session.preview_message), "ERROR")


class SitePanel(SubPanel, bpy.types.Panel):
    """Terrain, clusters and presets."""

    bl_idname = "SOLAR_SITE_PT_site"
    bl_label = "Site"

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        row = column.row(align=True)
        row.menu("SOLAR_SITE_MT_site_presets", text=say("Presets"), icon="PRESET")
        row.menu("SOLAR_SITE_MT_files", text="", icon="FILE_FOLDER")
        root = context.scene.solar_site
        draw_settings(column, root, ("site.relief", "site.roughness", "site.greenness", "array.use_clusters"))
        if root.array.use_clusters:
            draw_settings(column, root, ("array.num_clusters", "array.cluster_radius_m"))


class DetailPanel(Tab):
    """A nested panel of further settings, closed by default."""

    bl_options = frozenset({"DEFAULT_CLOSED"})
    names: tuple[str, ...]
    layout: Any

    def draw(self, context: bpy.types.Context) -> None:
        draw_settings(self.layout.column(), context.scene.solar_site, self.names)


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

    def draw(self, context: bpy.types.Context) -> None:
        column, root = self.layout.column(), context.scene.solar_site
        split = self.names.index(self.defaults_by_kind[0])
        draw_settings(column, root, self.names[:split])
        draw_settings(column, root, self.defaults_by_kind)
        column.label(text=say("0: value of the module type"), icon="INFO", translate=False)
        draw_settings(column, root, tuple(name for name in self.names[split:] if name not in self.defaults_by_kind))


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
    bl_label = "Vegetation and Stones"
    names = tuple(name for name in BY_NAME if name.startswith("vegetation."))


class CameraPanel(SubPanel, bpy.types.Panel):
    """The drone's camera and its field of view."""

    bl_idname = "SOLAR_SITE_PT_camera"
    bl_label = "Camera"
    others = others("camera.", CAMERA, ("camera.heading_deg", "camera.width_px", "camera.height_px"), LENS)

    def draw(self, context: bpy.types.Context) -> None:
        column, root = self.layout.column(), context.scene.solar_site
        draw_settings(column, root, CAMERA)
        if "free" in root.camera.heading_mode:
            draw_settings(column, root, ("camera.heading_deg",))
        draw_settings(column, root, self.others)
        shown = read_out(context.scene)
        box = column.box().column(align=True)
        if shown is None or context.scene.name in session.changed:
            draw_flight_range(box, context.scene)
        else:
            self._draw_read_out(box, shown)
            if shown.modules_in_view == 0:
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

    def draw(self, context: bpy.types.Context) -> None:
        column, root = self.layout.column(), context.scene.solar_site
        draw_image_size(column, context.scene)
        part = column.column()
        part.active = CUSTOM in root.camera.model
        draw_settings(part, root, self.names)


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

    def draw(self, context: bpy.types.Context) -> None:
        column, root = self.layout.column(), context.scene.solar_site
        draw_settings(column, root, ("light.source",))
        if root.light.source == "angles":
            draw_settings(column, root, SUN_ANGLES)
        else:
            draw_settings(column, root, PLACE_AND_TIME)
        draw_settings(column, root, self.others)
        if "cloud_shadows" in root.light.weather:
            draw_settings(column, root, ("light.cloud_cover",))


class RenderPanel(SubPanel, bpy.types.Panel):
    """Device, quality and time per image."""

    bl_idname = "SOLAR_SITE_PT_render"
    bl_label = "Render"
    bl_options = frozenset({"DEFAULT_CLOSED"})
    names = others("render.", ("render.normals",))

    def draw(self, context: bpy.types.Context) -> None:
        column, scene = self.layout.column(), context.scene
        root = scene.solar_site
        view = device_view(scene)
        if not has_cycles():
            draw_message(column, without_cycles(), "ERROR")
        elif view is None:
            column.label(text=say("Detecting devices"), icon="TIME")
        else:
            column.label(text=view.line, icon="CHECKMARK" if view.on_gpu else "INFO", translate=False)
            for message in view.messages:
                draw_message(column, say_message(message), "ERROR")
        column.prop(root.run, "use_gpu")
        row = column.row()
        row.active = root.run.use_gpu
        draw_value(row, root.run, "device", label(DEVICE), ranged=False)
        draw_settings(column, root, self.names)
        samples, threshold = sampling_of(scene)
        text = say("{samples} samples, noise {threshold}", samples=samples, threshold=f"{threshold:.3g}")
        column.label(text=text, icon="INFO", translate=False)
        draw_image_size(column, scene)
        seconds = seconds_per_image(scene)
        if seconds is not None:
            text = say("About {time} per image", time=duration(seconds))
            column.label(text=text, icon="TIME", translate=False)
        column.operator("solar_site.apply_render_settings", icon="CHECKMARK")


class BatchPanel(SubPanel, bpy.types.Panel):
    """Dataset folder, batch controls and progress."""

    bl_idname = "SOLAR_SITE_PT_batch"
    bl_label = "Batch"

    def draw(self, context: bpy.types.Context) -> None:
        column, scene = self.layout.column(), context.scene
        root, view = scene.solar_site, folder_view(scene)
        column.prop(root, "folder", text="", placeholder=say("Dataset folder"))
        if not root.folder and folder_of(scene) is not None:
            column.label(text=str(folder_of(scene)), icon="FILE_FOLDER", translate=False)
        column.prop(root.run, "num_images")
        column.prop(root.run, "views_per_site")
        row = column.row(align=True)
        row.prop(root, "automatic_processes", text=say("Automatic"), toggle=True)
        number = row.row(align=True)
        number.active = not root.automatic_processes
        number.prop(root.run, "num_parallel")
        self._draw_disk(column, view)
        buttons = column.row(align=True)
        buttons.scale_y = 1.3
        buttons.operator("solar_site.start_batch", text=say("Start"), icon="PLAY")
        buttons.operator("solar_site.cancel_batch", text=say("Cancel"), icon="CANCEL")
        buttons.operator("solar_site.resume_batch", text=say("Resume"), icon="FILE_REFRESH")
        draw_run(column, view)
        if view.batch is not None:
            icon = thumbnail(folder_of(scene))
            if icon:
                column.template_icon(icon_value=icon, scale=7.0)
        row = column.row(align=True)
        row.operator("solar_site.open_folder", icon="FILE_FOLDER")
        row.operator("solar_site.open_log", text="", icon="TEXT").process = ""
        row.operator("solar_site.copy_command_line", text="", icon="COPYDOWN")

    def _draw_disk(self, column: Any, view: FolderView) -> None:
        if view.bytes_needed > view.bytes_free > 0 and view.status not in (RUNNING, FINISHED):
            text = say(
                "About {needed} needed, {free} free on this disk.",
                needed=size(view.bytes_needed), free=size(view.bytes_free),
            )  # fmt: skip
            draw_message(column, text, "ERROR")


class FormatsPanel(DetailPanel, bpy.types.Panel):
    """Annotation formats and optional files."""

    bl_idname = "SOLAR_SITE_PT_formats"
    bl_parent_id = "SOLAR_SITE_PT_batch"
    bl_label = "Formats and Files"

    def draw(self, context: bpy.types.Context) -> None:
        column, root = self.layout.column(), context.scene.solar_site
        draw_options(column, root.run, "formats")
        for name in ("classes", "min_visible_px", "min_visible_fraction", "pile_box", "split"):
            column.prop(root.run, name)
        column.operator("solar_site.write_formats", icon="FILE_REFRESH")
        column.prop(root.render, "normals")


class RecoveryPanel(DetailPanel, bpy.types.Panel):
    """What a batch does when a process hangs, an image fails or the disk is full."""

    bl_idname = "SOLAR_SITE_PT_recovery"
    bl_parent_id = "SOLAR_SITE_PT_batch"
    bl_label = "Recovery"

    def draw(self, context: bpy.types.Context) -> None:
        column, run = self.layout.column(), context.scene.solar_site.run
        for name in ("hang_minutes", "hang_factor", "storage_wait_minutes", "retry_failed"):
            column.prop(run, name)


class PresetMenu(bpy.types.Menu):
    """Built-in presets, and user presets with a button to remove each."""

    bl_idname = "SOLAR_SITE_MT_site_presets"
    bl_description = "Load, save or remove presets"
    bl_translation_context = CONTEXT
    bl_label = "Site Presets"

    def draw(self, _context: bpy.types.Context) -> None:
        for path in preset_files(user_folder("presets")):
            row = self.layout.row(align=True)
            row.operator("solar_site.load_preset", text=preset_label(path)).filepath = str(path)
            if not is_built_in(path):
                row.operator("solar_site.remove_preset", text="", icon="REMOVE").filepath = str(path)
        self.layout.separator()
        self.layout.operator("solar_site.add_preset", icon="ADD")


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
    ("render_preview", "cancel_preview", "apply_render_settings"),
    ("start_batch", "cancel_batch", "resume_batch", "write_formats"),
    ("open_folder", "open_log", "copy_command_line"),
    ("load_settings", "save_settings", "import_sample", "add_preset"),
)
"""Operators of the menu; separators divide the groups."""


def draw_main_menu(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """Draw our menu at the end of the Render menu, which exists in every window and is searched from every editor."""
    menu.layout.separator()
    menu.layout.menu(MainMenu.bl_idname)


CLASSES: tuple[type, ...] = (
    PresetMenu,
    FilesMenu,
    MainMenu,
    MainPanel,
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
    BatchPanel,
    FormatsPanel,
    RecoveryPanel,
)
