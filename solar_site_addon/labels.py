# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel calls each setting: labels and tooltips derived from the schema."""

from __future__ import annotations

from .generator.settings import Range, Setting

UNITS = ("_deg", "_m", "_mm", "_px", "_h")
"""Endings of field names that say the unit."""
SHOWN_UNITS = {"deg": "°"}
SPECIAL = {
    "altitude_agl_m": "Height above ground",
    "design_sun_elevation_deg": "Shade-free from sun height",
    "num_images": "Pictures",
    "num_parallel": "Processes",
    "use_gpu": "Use GPU",
    "utc_offset_h": "UTC offset",
    "source": "Sun from",
    "normals": "Also write normals",
    "max_samples": "Most samples",
    "time_h": "Clock time",
    "width_px": "Picture width",
    "height_px": "Picture height",
    "length_m": "Module length",
    "width_m": "Module width",
    "thickness_m": "Frame height",
    "gap_m": "Gap between modules",
    "size_m": "Side of the land",
}
CHOICES = {
    "place_time": "Place and time",
    "angles": "Angles",
    "INTEL": "Intel (OpenImageDenoise)",
    "OPTIX": "OptiX",
    "NONE": "None",
    "auto": "Automatic",
    "metal": "Metal",
    "optix": "OptiX",
    "cuda": "CUDA",
    "hip": "HIP",
    "oneapi": "oneAPI",
    "cpu": "CPU",
}


def field_name(setting: Setting) -> str:
    """The last part of the dotted name."""
    return setting.name.rpartition(".")[2]


def label(setting: Setting) -> str:
    """What the panel calls the setting, with its unit: ``Gimbal pitch (°)``."""
    unit = SHOWN_UNITS.get(setting.spec.unit, setting.spec.unit)
    return plain_label(setting) + (f" ({unit})" if unit else "")


def plain_label(setting: Setting) -> str:
    """The label without its unit."""
    name = field_name(setting)
    if name in SPECIAL:
        return SPECIAL[name]
    for ending in UNITS:
        name = name.removesuffix(ending)
    return name.replace("_", " ").capitalize()


def tooltip(setting: Setting) -> str:
    """Help, allowed values and what is recommended. Blender adds the full stop."""
    parts = [setting.spec.help]
    if setting.type is Range:
        parts.append("drawn between the two values for each picture")
    if setting.type in (int, float, Range):
        parts.append(f"allowed: {setting.allowed}")
    if setting.spec.recommended:
        parts.append(f"recommended: {setting.spec.recommended}")
    return ". ".join(part[0].upper() + part[1:] for part in parts)
