# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and tooltips of the settings in the panel, derived from the schema.

Every text has a fallback, so that a new setting, choice, preset or camera needs no entry here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ..generator.domain.cameras import CAMERA_MODELS
from ..generator.domain.messages import Face, Message
from ..generator.settings.schema import VIEW_GROUPS, ExportSettings, RunSettings, Settings, iter_settings
from ..generator.settings.types import Options, Range, Setting

UNITS = ("_deg", "_m", "_mm", "_px", "_h", "_ev", "_km")
"""Suffixes of field names that state the unit."""
SHOWN_UNITS = {"deg": "°"}
SPECIAL = {
    "site.size_m": "Site Size",
    "site.presets": "Presets",
    "site.elevation_cell_m": "Cell Size",
    "site.road_max_grade_percent": "Max Grade",
    "site.road_growth": "Road Vegetation",
    "site.fields": "Cropland",
    "site.greenness": "Grass Cover",
    "site.snow": "Snow Cover",
    "site.ground_image_share": "Texture Share",
    "site.ground_image_size_m": "Texture Size",
    "array.num_clusters": "Clusters",
    "array.progress": "Work Progress",
    "array.tilt_mode": "Tilt Control",
    "array.design_sun_elevation_deg": "No-Shade Sun",
    "array.ground_clearance_m": "Clearance",
    "array.max_post_m": "Max Post",
    "module.kind": "Module Type",
    "module.length_m": "Module Length",
    "module.width_m": "Module Width",
    "module.thickness_m": "Frame Height",
    "module.gap_m": "Module Gap",
    "module.row_gap_m": "Row Gap",
    "vegetation.tree_kind": "Tree Type",
    "light.source": "Sun Position",
    "light.time_h": "Local Time",
    "light.utc_offset_h": "UTC Offset",
    "camera.model": "Camera Model",
    "camera.width_px": "Image Width",
    "camera.height_px": "Image Height",
    "camera.sensor_width_mm": "Sensor",
    "camera.altitude_agl_m": "Altitude AGL",
    "effects.exposure_error_ev": "Exposure",
    "effects.chromatic_aberration_px": "Color Fringing",
    "effects.motion_px": "Motion Blur",
    "effects.motion_direction_deg": "Motion Angle",
    "effects.sharpening_radius_px": "Halo Radius",
    "effects.jpeg_quality": "JPEG Quality",
    "render.max_samples": "Max Samples",
    "render.normals": "Write Normals",
    "num_images": "Images",
    "views_per_site": "Views per Site",
    "num_parallel": "Processes",
    "hang_minutes": "Hang Timeout",
    "storage_wait_minutes": "Disk Wait",
    "min_visible_px": "Min Visible Area",
    "use_gpu": "Use GPU",
    "tile": "Tile Size",
    "overlap": "Tile Overlap",
    "empty": "Empty Tiles",
    "crop": "Crop Size",
}
"""Labels of settings whose field name would not make a good one, by dotted name."""
CONTEXT = "Solar Site"
"""Translation context of the extension, since Blender translates Site, Batch and Resume differently elsewhere."""
CHOICES = {
    "INTEL": "Intel (OIDN)",
    "OPTIX": "OptiX",
    "NONE": "None",
    "place_time": "Place and Time",
    "auto": "Automatic",
    "optix": "OptiX",
    "cuda": "CUDA",
    "hip": "HIP",
    "oneapi": "oneAPI",
    "cpu": "CPU",
    "coco": "COCO",
    "yolo_detect": "YOLO Detect",
    "yolo_segment": "YOLO Segment",
    "yolo_obb": "YOLO OBB",
    "semantic": "Class Masks",
    "coco_polygons": "COCO Polygons",
    "coco_keypoints": "COCO Keypoints",
    "panoptic": "COCO Panoptic",
    "yolo_pose": "YOLO Pose",
    "voc": "Pascal VOC",
    "density": "Density Maps",
    "slope": "Follow Slope",
    "phc": "PHC Pipe",
    "construction_survey": "Pile Survey",
    "early_construction": "Early Works",
    "middle_construction": "Midway Works",
    "late_construction": "Late Works",
    "loess_construction": "Loess Works",
    "red_hills_construction": "Red Hill Works",
    "thin_film_large": "Large Thin Film",
    "free": "Free",
    "along_rows": "Along",
    "across_rows": "Across",
    "grey": "Gray",
    "reduced_in_camera": "Reduced (Camera)",
    "reduced_by_software": "Reduced (PC)",
    "reduced_to_thermal": "Thermal Size",
    "zenmuse_p1": "Zenmuse P1",
    "zenmuse_xt2_visual": "XT2 Visual",
    "bare": "Leafless",
    "cc0-1.0": "CC0 1.0",
    "cc-by-4.0": "CC BY 4.0",
    "cc-by-sa-4.0": "CC BY-SA 4.0",
    "cc-by-nc-4.0": "CC BY-NC 4.0",
    "cc-by-nc-sa-4.0": "CC BY-NC-SA 4.0",
    "odbl": "ODbL",
    "mit": "MIT",
    "apache-2.0": "Apache 2.0",
    **{name: camera.short_name for name, camera in CAMERA_MODELS.items() if camera.short_name},
}
"""Labels of choices whose name would not make a good one."""

SCHEMAS = (Settings, RunSettings, ExportSettings)
IDENTIFIER = re.compile(r"\b[a-z0-9]+(?:[._][a-z0-9]+)+\b", re.ASCII)
"""Names of settings and choices as the command line knows them: ``use_clusters``, ``module.kind``."""

DRAWN_PER_SITE = "Drawn once per site"
DRAWN_PER_IMAGE = "Drawn once per image"
DRAWN_PER_OBJECT = "Drawn per object within each site"
ONE_PER_SITE = "One of the selected values is drawn per site"
ONE_PER_IMAGE = "One of the selected values is drawn per image"
SELECT_SEVERAL = "Shift-click to select several"
ALLOWED = "Allowed: {allowed}"
RECOMMENDED = "Recommended: {recommended}"
"""Parts of tooltips."""


def field_name(setting: Setting) -> str:
    """Return the last part of the dotted name."""
    return setting.name.rpartition(".")[2]


def label(setting: Setting, text: Callable[[str], str] = str) -> str:
    """Return the label of the setting with its unit, ``Gimbal Pitch (°)``; ``text`` translates."""
    unit = SHOWN_UNITS.get(setting.spec.unit, setting.spec.unit)
    return text(plain_label(setting)) + (f" ({unit})" if unit else "")


def plain_label(setting: Setting) -> str:
    """Return the label without its unit."""
    if setting.name in SPECIAL:
        return SPECIAL[setting.name]
    name = field_name(setting)
    for ending in UNITS:
        name = name.removesuffix(ending)
    return _title(name)


def choice_label(choice: str) -> str:
    """Return the label of a choice, a preset or a camera: ``Mountain Summer``."""
    return CHOICES.get(choice) or _title(choice)


def _title(name: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_"))


def in_words_of_panel(sentence: str, setting: Setting, text: Callable[[str], str] = str) -> str:
    """Return the help of ``setting`` with the labels of the settings and choices that it names for the command line."""
    group = setting.name.rpartition(".")[0]

    def shown(found: re.Match[str]) -> str:
        name = found[0]
        if name in setting.spec.choices:
            return text(choice_label(name))
        other = _by_name().get(name) or _by_name().get(f"{group}.{name}" if group else name)
        if other is not None:
            return text(plain_label(other))
        return text(choice_label(name)) if name in _choices() else name

    return IDENTIFIER.sub(shown, sentence)


@cache
def _by_name() -> dict[str, Setting]:
    return {setting.name: setting for schema in SCHEMAS for setting in iter_settings(schema)}


@cache
def _choices() -> frozenset[str]:
    return frozenset(choice for setting in _by_name().values() for choice in setting.spec.choices)


def tooltip(setting: Setting, text: Callable[[str], str] = str) -> str:
    """Return help, sampling, allowed values and recommendation; ``text`` translates. Blender adds the final period."""
    parts = [in_words_of_panel(text(setting.spec.help), setting, text)]
    of_view = setting.name.partition(".")[0] in VIEW_GROUPS
    if setting.type is Range:
        once = DRAWN_PER_IMAGE if of_view else DRAWN_PER_SITE
        parts.append(text(DRAWN_PER_OBJECT if setting.spec.within else once))
    if setting.type is Options:
        parts += [text(ONE_PER_IMAGE if of_view else ONE_PER_SITE)] if "." in setting.name else []
        parts.append(text(SELECT_SEVERAL))
    face = Face(text=text, setting=str, panel=True)
    if setting.type in (int, float, Range):
        parts.append(Message(ALLOWED, {"allowed": setting.allowed_values}).say(face))
    if setting.spec.recommended:
        parts.append(Message(RECOMMENDED, {"recommended": Message(setting.spec.recommended)}).say(face))
    return text(". ").join(parts)
