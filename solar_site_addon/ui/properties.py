# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender properties derived from the settings schema, and conversion in both directions.

A file has one set of settings, ``root()``, whichever scene its windows show. Blender offers no place for it but a
scene, so one scene holds it (see ``settings_scene``): ``scene.solar_site`` has a group for each group of the schema
(site, array, module, ...), one for the run, and properties that only the panel uses. No property has an update
callback: it would crash the bpy wheel of 4.2 at exit, even after unregistration.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..generator.domain.errors import SettingsError
from ..generator.scene.ownership import MARK
from ..generator.settings.schema import (
    CameraSettings,
    ExportSettings,
    Quality,
    RenderSettings,
    RunSettings,
    Settings,
    iter_settings,
    to_dict,
    with_values,
)
from ..generator.settings.types import Options, Range, Setting, parse_text
from .captions import CONTEXT, choice_label, field_name, label, tooltip
from .presets import SampleSettings, settings_of_sample

GROUPS = ("site", "array", "module", "equipment", "surroundings", "vegetation", "light", "camera", "effects", "render")
RUN = "run"
EXPORT = "export"
CPU = "cpu"
"""The choice of ``device`` that also stands for ``use_gpu`` being off: the panel has one control for both."""
RUN_SHOWN = tuple(setting for setting in iter_settings(RunSettings) if setting.name != "use_gpu")
EXPORT_SHOWN = tuple(setting for setting in iter_settings(ExportSettings) if setting.name != "processes")
"""A background Blender is one process."""
NOT_SETTINGS = {"rna_type", "name", "read_out", "holds_settings"}
"""Properties of ``scene.solar_site`` that do not belong to the settings of the file."""
LARGEST_INT = 2**31 - 1
"""Blender's integers have 32 bits: a setting that may be larger is a text field."""


def settings_scene() -> bpy.types.Scene:
    """Return the scene that holds the settings of the file: the marked one, or one of the user's until one is marked.

    A copy of that scene has its mark, too: the original is the older one.
    """
    local = [scene for scene in bpy.data.scenes if scene.library is None]
    marked = [scene for scene in local if scene.solar_site.holds_settings]
    if marked:
        return min(marked, key=lambda scene: scene.session_uid)
    return next((scene for scene in local if MARK not in scene), local[0])


def root() -> Any:
    """Return the properties with the settings of the file."""
    return settings_scene().solar_site


@dataclass
class Keeper:
    """Keeps the settings of the file in one scene, and takes them to another one if the user deletes that scene."""

    _scene: int = 0
    _values: dict[str, Any] = field(default_factory=dict)

    def keep(self) -> None:
        """Mark the scene with the settings; bring them back if their scene was deleted since the last call."""
        uids = {scene.session_uid for scene in bpy.data.scenes}
        holder = settings_scene()
        if not holder.solar_site.holds_settings and self._scene and self._scene not in uids:
            _put(holder.solar_site, self._values)
        for scene in bpy.data.scenes:
            if scene.library is None and scene.solar_site.holds_settings != (scene == holder):
                scene.solar_site.holds_settings = scene == holder
        self._scene, self._values = holder.session_uid, _all_of(holder.solar_site)

    def forget(self) -> None:
        """Forget the scene: another file was opened."""
        self._scene, self._values = 0, {}


def _all_of(group: Any) -> dict[str, Any]:
    """Return the values of a property group and of those in it, by name."""
    values: dict[str, Any] = {}
    for name, prop in group.bl_rna.properties.items():
        value = getattr(group, name)
        if prop.type == "POINTER":
            values |= {name: _all_of(value)} if name not in NOT_SETTINGS else {}
        elif name not in NOT_SETTINGS:
            values[name] = tuple(value) if getattr(prop, "is_array", False) else value
    return values


def _put(group: Any, values: Mapping[str, Any]) -> None:
    """Set the values that ``_all_of`` has returned."""
    for name, value in values.items():
        if isinstance(value, dict):
            _put(getattr(group, name), value)
        else:
            setattr(group, name, value)


def settings_of() -> tuple[Settings, RunSettings]:
    """Return the settings in the panel; raise SettingsError if one is invalid."""
    return with_values(Settings(), shown_values()), run_of()


def shown_values() -> dict[str, Any]:
    """Return the values in the panel by dotted name; they may be invalid."""
    shown = root()
    return {setting.name: _value(shown, setting) for setting in iter_settings(Settings)}


def restore_sample(path: Path) -> SampleSettings:
    """Show the settings, seed and view of a sample.json in the panel, and return them; raise SettingsError."""
    shown, found = root(), settings_of_sample(path, settings_of()[0] if _is_valid() else Settings())
    show_settings(found.settings)
    shown.run.seed, shown.view = str(found.seed), found.view
    shown.lock_seed, shown.preset = True, ""
    return found


def _is_valid() -> bool:
    """Return whether all settings in the panel are valid."""
    try:
        settings_of()
    except SettingsError:
        return False
    return True


def run_of() -> RunSettings:
    """Return the run settings in the panel; raise SettingsError if one is invalid."""
    run = root().run
    values = {setting.name: _value(run, setting) for setting in RUN_SHOWN}
    return with_values(RunSettings(), {**values, "use_gpu": run.device != CPU})


def export_of() -> ExportSettings:
    """Return how the panel cuts finished images; raise SettingsError if a value is invalid."""
    values = {setting.name: _value(root().export, setting) for setting in EXPORT_SHOWN}
    return with_values(ExportSettings(), {**values, "processes": 1})


def image_size_of() -> tuple[int, int]:
    """Return width and height in pixels of the largest image of the selected cameras."""
    return _cameras().image_size


def sampling_of() -> Quality:
    """Return the samples and the noise threshold of a batch."""
    shown = root().render
    names = ("quality", "max_samples", "noise_threshold")
    return dataclasses.replace(RenderSettings(), **{name: getattr(shown, name) for name in names}).sampling


def ground_sampling_of() -> tuple[float, float]:
    """Return the smallest and largest ground sampling distance in cm at nadir that the panel allows."""
    low, high = sorted(root().camera.altitude_agl_m)
    focal_px = [camera.focal_px for camera in _cameras().cameras.values()]
    return 100 * low / max(focal_px), 100 * high / min(focal_px)


def footprint_of() -> tuple[float, float]:
    """Return the smallest and largest footprint width in m at nadir that the panel allows."""
    low, high = sorted(root().camera.altitude_agl_m)
    per_height = [camera.width_px / camera.focal_px for camera in _cameras().cameras.values()]
    return low * min(per_height), high * max(per_height)


def _cameras() -> CameraSettings:
    """Return the cameras and image size in the panel."""
    default, shown = CameraSettings(), root().camera
    names = ("width_px", "height_px", "sensor_width_mm", "focal_length_mm")
    models = Options(name for name in shown.model if name) or default.model
    return dataclasses.replace(default, model=models, **{name: getattr(shown, name) for name in names})


def show_settings(settings: Settings | None = None, run: RunSettings | None = None) -> None:
    """Show ``settings`` and ``run`` in the panel."""
    changes: list[tuple[Any, str, Any]] = []
    if settings is not None:
        changes += _changes(root(), to_dict(settings), iter_settings(Settings))
    if run is not None:
        values = to_dict(run) if run.use_gpu else {**to_dict(run), "device": CPU}
        changes += _changes(root().run, values, RUN_SHOWN)
    for group, name, value in changes:
        setattr(group, name, value)


def _changes(shown: Any, values: Mapping[str, Any], schema: Iterable[Setting]) -> list[tuple[Any, str, Any]]:
    changes = []
    for setting in schema:
        *path, name = setting.name.split(".")
        group, value = shown, values
        for part in path:
            group, value = getattr(group, part), value[part]
        changes.append((group, name, _shown(setting, value[name])))
    return changes


def _shown(setting: Setting, value: Any) -> Any:
    if _is_large(setting):
        return str(value)
    if setting.type is Range and not isinstance(value, list):
        return (value, value)
    if setting.type is Options:
        return {value} if isinstance(value, str) else set(value)
    return value


def _value(group: Any, setting: Setting) -> Any:
    for part in setting.name.split("."):
        group = getattr(group, part)
    if setting.type is Range:  # either field may hold the lower bound
        return sorted(_decimal(number) for number in group)
    if setting.type is Options:
        return [choice for choice in setting.spec.choices if choice in group]
    if _is_large(setting):
        return parse_text(setting, group)
    if setting.spec.file or setting.spec.folder:
        return str(resolved(group)) if group else ""
    return _decimal(group)


def resolved(path: str) -> Path:
    """Return a path that a person has typed: ``//`` is the folder of the .blend file, ``~`` the user's own folder."""
    return Path(bpy.path.abspath(path)).expanduser().absolute()


def _decimal(value: Any) -> Any:
    """Return the shortest decimal for a 32-bit float of Blender: 0.3, not 0.30000001192092896."""
    return float(str(np.float32(value))) if isinstance(value, float) else value


def _is_large(setting: Setting) -> bool:
    """Return whether an integer setting may exceed Blender's 32 bits."""
    return setting.type is int and (setting.spec.maximum or 0) > LARGEST_INT


def _property(setting: Setting) -> Any:
    spec = setting.spec
    common: dict[str, Any] = {"name": label(setting), "description": tooltip(setting), "translation_context": CONTEXT}
    if setting.type is bool:
        return bpy.props.BoolProperty(default=setting.default, **common)
    if setting.type is Options:
        items = [(choice, choice_label(choice), "", 1 << place) for place, choice in enumerate(setting.spec.choices)]
        return bpy.props.EnumProperty(items=items, default=set(setting.default), options={"ENUM_FLAG"}, **common)
    if setting.type is str:
        return _text_property(setting, common)
    if _is_large(setting):
        return bpy.props.StringProperty(default=str(setting.default), **common)
    limits = {"min": 0 if spec.zero else spec.minimum, "max": spec.maximum}
    if setting.type is int or spec.integer:
        limits = {name: int(value or 0) for name, value in limits.items()}
    else:
        # Enough digits for the range; a step (in hundredths) is about a hundredth of the range.
        span = float(spec.maximum or 0) - float(spec.minimum or 0)
        common |= {"precision": 3 if span <= 3 else 2 if span <= 30 else 1, "step": max(1, round(span))}
    if setting.type is Range:
        make = bpy.props.IntVectorProperty if spec.integer else bpy.props.FloatVectorProperty
        return make(size=2, default=tuple(setting.default), **limits, **common)
    make = bpy.props.IntProperty if setting.type is int else bpy.props.FloatProperty
    return make(default=setting.default, **limits, **common)


def _text_property(setting: Setting, common: dict[str, Any]) -> Any:
    if not setting.spec.choices:
        subtype = "FILE_PATH" if setting.spec.file else "DIR_PATH" if setting.spec.folder else "NONE"
        return bpy.props.StringProperty(default=setting.default, subtype=subtype, **common)
    items = [(choice, choice_label(choice), "") for choice in setting.spec.choices]
    return bpy.props.EnumProperty(items=items, default=setting.default, **common)


def _group(name: str, settings: list[Setting]) -> type:
    """Return a property group with a property for each setting, named by its field."""
    annotations = {field_name(setting): _property(setting) for setting in settings}
    group: type = type(name, (bpy.types.PropertyGroup,), {"__annotations__": annotations})
    return group


def _schema_groups() -> dict[str, type]:
    by_group: dict[str, list[Setting]] = {name: [] for name in GROUPS}
    for setting in iter_settings(Settings):
        by_group[setting.name.partition(".")[0]].append(setting)
    by_group[RUN], by_group[EXPORT] = list(RUN_SHOWN), list(EXPORT_SHOWN)
    return {name: _group(f"SolarSite{name.capitalize()}", settings) for name, settings in by_group.items()}


READ_OUT = {
    "settings": bpy.props.StringProperty(),
    "seed": bpy.props.StringProperty(),
    "view": bpy.props.IntProperty(),
    "tables": bpy.props.IntProperty(),
    "modules": bpy.props.IntProperty(),
    "modules_in_view": bpy.props.IntProperty(),
    "gsd_cm": bpy.props.FloatProperty(),
    "footprint_m": bpy.props.FloatVectorProperty(size=2),
    "altitude_m": bpy.props.FloatProperty(),
    "pitch_deg": bpy.props.FloatProperty(),
    "heading_deg": bpy.props.FloatProperty(),
}
"""Results of the preview in the scene; written by Generate Preview, saved in the .blend file."""

SchemaGroups = _schema_groups()
ReadOut: type = type("SolarSiteReadOut", (bpy.types.PropertyGroup,), {"__annotations__": READ_OUT})
Root: type = type(
    "SolarSiteProperties",
    (bpy.types.PropertyGroup,),
    {
        "__annotations__": {
            **{name: bpy.props.PointerProperty(type=group) for name, group in SchemaGroups.items()},
            "read_out": bpy.props.PointerProperty(type=ReadOut),
            "holds_settings": bpy.props.BoolProperty(name="Settings", options={"HIDDEN"}),
            "view": bpy.props.IntProperty(
                name="View",
                description="Which view of the site the previews show, from 0",
                min=0,
                translation_context=CONTEXT,
            ),
            "lock_seed": bpy.props.BoolProperty(
                name="Lock Seed",
                description="Locked: every preview shows the same site. Unlocked: every preview generates a new one",
                default=True,
            ),
            "automatic_processes": bpy.props.BoolProperty(
                name="Automatic Processes",
                description="Choose the number of Blender processes from this computer's GPU and CPU",
                default=True,
            ),
            "preset": bpy.props.StringProperty(name="Preset", options={"HIDDEN"}),
            "search": bpy.props.StringProperty(
                name="Search",
                description="Show only the settings whose name or description contains this text",
                options={"TEXTEDIT_UPDATE"},
                translation_context=CONTEXT,
            ),
            "preview_size_px": bpy.props.IntProperty(
                name="Preview Size (px)",
                description="Longer side of the image of Render Preview",
                default=960,
                min=160,
                soft_max=2640,
                max=16384,
            ),
            "preview_samples": bpy.props.IntProperty(
                name="Preview Samples",
                description="Most samples per pixel in the image of Render Preview",
                default=16,
                min=1,
                soft_max=128,
                max=4096,
            ),
            "folder": bpy.props.StringProperty(
                name="Folder",
                description="Dataset folder. An unfinished dataset in this folder can be resumed",
                subtype="DIR_PATH",
            ),
        }
    },
)

CLASSES: tuple[type, ...] = (*SchemaGroups.values(), ReadOut, Root)


def register() -> None:
    """Register the groups and ``scene.solar_site``."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.solar_site = bpy.props.PointerProperty(type=Root)


def unregister() -> None:
    """Unregister ``scene.solar_site`` and the groups."""
    del bpy.types.Scene.solar_site
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
