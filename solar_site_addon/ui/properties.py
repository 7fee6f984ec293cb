# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender properties derived from the settings schema, and conversion in both directions.

``scene.solar_site`` has a group for each group of the schema (site, array, module, ...), one for the run, and
properties that only the panel uses. No property has an update callback: it would crash the bpy wheel of 4.2 at exit,
even after unregistration.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import bpy
import numpy as np

from ..generator.settings.schema import (
    CameraSettings,
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

GROUPS = ("site", "array", "module", "equipment", "surroundings", "vegetation", "light", "camera", "effects", "render")
RUN = "run"
LARGEST_INT = 2**31 - 1
"""Blender's integers have 32 bits: a setting that may be larger is a text field."""


def settings_of(scene: bpy.types.Scene) -> tuple[Settings, RunSettings]:
    """Return the settings in the panel of ``scene``; raise SettingsError if one is invalid."""
    root = scene.solar_site
    values = {setting.name: _value(root, setting) for setting in iter_settings(Settings)}
    return with_values(Settings(), values), run_of(scene)


def run_of(scene: bpy.types.Scene) -> RunSettings:
    """Return the run settings in the panel of ``scene``; raise SettingsError if one is invalid."""
    run = scene.solar_site.run
    return with_values(RunSettings(), {setting.name: _value(run, setting) for setting in iter_settings(RunSettings)})


def image_size_of(scene: bpy.types.Scene) -> tuple[int, int]:
    """Return width and height in pixels of the largest image of the selected cameras."""
    return _cameras_of(scene).image_size


def sampling_of(scene: bpy.types.Scene) -> Quality:
    """Return the samples and the noise threshold of a batch."""
    shown = scene.solar_site.render
    names = ("quality", "max_samples", "noise_threshold")
    return dataclasses.replace(RenderSettings(), **{name: getattr(shown, name) for name in names}).sampling


def ground_sampling_of(scene: bpy.types.Scene) -> tuple[float, float]:
    """Return the smallest and largest ground sampling distance in cm at nadir that the panel allows."""
    low, high = sorted(scene.solar_site.camera.altitude_agl_m)
    focal_px = [camera.focal_px for camera in _cameras_of(scene).cameras.values()]
    return 100 * low / max(focal_px), 100 * high / min(focal_px)


def footprint_of(scene: bpy.types.Scene) -> tuple[float, float]:
    """Return the smallest and largest footprint width in m at nadir that the panel allows."""
    low, high = sorted(scene.solar_site.camera.altitude_agl_m)
    per_height = [camera.width_px / camera.focal_px for camera in _cameras_of(scene).cameras.values()]
    return low * min(per_height), high * max(per_height)


def _cameras_of(scene: bpy.types.Scene) -> CameraSettings:
    """Return the cameras and image size in the panel of ``scene``."""
    default, shown = CameraSettings(), scene.solar_site.camera
    names = ("width_px", "height_px", "sensor_width_mm", "focal_length_mm")
    models = Options(name for name in shown.model if name) or default.model
    return dataclasses.replace(default, model=models, **{name: getattr(shown, name) for name in names})


def show_settings(scene: bpy.types.Scene, settings: Settings | None = None, run: RunSettings | None = None) -> None:
    """Show ``settings`` and ``run`` in the panel of ``scene``."""
    changes: list[tuple[Any, str, Any]] = []
    if settings is not None:
        changes += _changes(scene.solar_site, to_dict(settings), iter_settings(Settings))
    if run is not None:
        changes += _changes(scene.solar_site.run, to_dict(run), iter_settings(RunSettings))
    for group, name, value in changes:
        setattr(group, name, value)


def _changes(root: Any, values: Mapping[str, Any], schema: Iterable[Setting]) -> list[tuple[Any, str, Any]]:
    changes = []
    for setting in schema:
        *path, name = setting.name.split(".")
        group, value = root, values
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


def _value(root: Any, setting: Setting) -> Any:
    for part in setting.name.split("."):
        root = getattr(root, part)
    if setting.type is Range:  # either field may hold the lower bound
        return sorted(_decimal(number) for number in root)
    if setting.type is Options:
        return [choice for choice in setting.spec.choices if choice in root]
    if _is_large(setting):
        return parse_text(setting, root)
    if setting.spec.file or setting.spec.folder:
        return bpy.path.abspath(root)  # resolves the // of paths relative to the .blend file
    return _decimal(root)


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
    by_group[RUN] = list(iter_settings(RunSettings))
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
    "seconds": bpy.props.FloatProperty(),
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
