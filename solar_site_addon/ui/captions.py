# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel calls each setting: labels and tooltips derived from the schema."""

from __future__ import annotations

from ..generator.settings.types import Options, Range, Setting

UNITS = ("_deg", "_m", "_mm", "_px", "_h", "_ev", "_km")
"""Endings of field names that say the unit."""
SHOWN_UNITS = {"deg": "°"}
SPECIAL = {
    "altitude_agl_m": "Height",
    "azimuth_spread_deg": "Azimuth Spread",
    "chromatic_aberration_px": "Fringes",
    "design_sun_elevation_deg": "Shade-Free",
    "exposure_error_ev": "Exposure",
    "gap_m": "Gap",
    "ground_clearance_m": "Clearance",
    "height_px": "Image Height",
    "jpeg_quality": "JPEG Quality",
    "kind": "Module Kind",
    "length_m": "Length",
    "max_post_m": "Longest Post",
    "max_samples": "Samples",
    "model": "Camera Model",
    "motion_direction_deg": "Motion Angle",
    "normals": "Also Write Normals",
    "num_clusters": "Clusters",
    "num_images": "Pictures",
    "num_parallel": "Processes",
    "road_max_grade_percent": "Max Grade",
    "presets": "One for Each Picture",
    "size_m": "Land Side",
    "sensor_width_mm": "Sensor",
    "source": "Sun From",
    "thickness_m": "Frame Height",
    "time_h": "Clock Time",
    "use_gpu": "Use GPU",
    "utc_offset_h": "UTC Offset",
    "width_m": "Width",
    "width_px": "Image Width",
}
"""Labels of fields whose names do not say it well."""
CONTEXT = "Solar Site"
"""Context of our texts in the translations: Blender has other words for Site, Batch and Resume elsewhere."""
CHOICES = {
    "place_time": "Place and Time",
    "angles": "Angles",
    "INTEL": "Intel (OIDN)",
    "OPTIX": "OptiX",
    "NONE": "None",
    "auto": "Automatic",
    "metal": "Metal",
    "optix": "OptiX",
    "cuda": "CUDA",
    "hip": "HIP",
    "oneapi": "oneAPI",
    "cpu": "CPU",
    "mountain_summer": "Mountain Summer",
    "mountain_winter": "Mountain Winter",
    "dry_hills": "Dry Hills",
    "terraced_farmland": "Terraced Farmland",
    "flat_grassland": "Flat Grassland",
    "desert": "Desert",
    "mixed": "Mixed",
    "coco": "COCO",
    "yolo_detect": "YOLO Detect",
    "yolo_segment": "YOLO Segment",
    "yolo_obb": "YOLO OBB",
    "semantic": "Class Masks",
    "1P": "1P",
    "2P": "2P",
    "3L": "3L",
    "4L": "4L",
    "fixed": "Fixed",
    "slope": "As the Ground",
    "single": "Single",
    "double": "Double",
    "mono": "Mono",
    "poly_60": "Poly 60",
    "poly_72": "Poly 72",
    "full_black": "Full Black",
    "bifacial": "Bifacial",
    "thin_film": "Thin Film",
    "thin_film_large": "Large Thin Film",
    "silver": "Silver",
    "black": "Black",
    "white": "White",
    "mavic_3e": "Mavic 3E",
    "mavic_3t": "Mavic 3T",
    "phantom_4_rtk": "Phantom 4 RTK",
    "zenmuse_xt2": "Zenmuse XT2",
    "zenmuse_h20": "Zenmuse H20",
    "zenmuse_p1_35mm": "Zenmuse P1",
    "custom": "Custom",
    "clear": "Clear",
    "hazy": "Hazy",
    "thin_cloud": "Thin Cloud",
    "overcast": "Overcast",
    "cloud_shadows": "Cloud Shadows",
    "free": "Free",
    "along_rows": "Along",
    "across_rows": "Across",
    "spring": "Spring",
    "summer": "Summer",
    "autumn": "Autumn",
    "winter": "Winter",
    "brown": "Brown",
    "yellow": "Yellow",
    "red": "Red",
    "grey": "Grey",
    "sand": "Sand",
    "natural": "Natural",
    "mown": "Mown",
    "gravel": "Gravel",
    "gravel_strips": "Gravel Strips",
    "bare_soil": "Bare Soil",
    "beige": "Beige",
    "dark": "Dark",
    "earth": "Earth",
    "concrete": "Concrete",
    "broadleaf": "Broadleaf",
    "conifer": "Conifers",
    "bare": "Without Leaves",
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
    return name.replace("_", " ").title()


def tooltip(setting: Setting) -> str:
    """Help, allowed values and what is recommended. Blender adds the full stop."""
    parts = [setting.spec.help]
    if setting.type is Range:
        parts.append(f"drawn between the two values {'within' if setting.spec.within else 'for'} each picture")
    if setting.type is Options:
        drawn = "one of the chosen is drawn for each picture; " if "." in setting.name else ""
        parts.append(f"{drawn}hold Shift to choose several")
    if setting.type in (int, float, Range):
        parts.append(f"allowed: {setting.allowed}")
    if setting.spec.recommended:
        parts.append(f"recommended: {setting.spec.recommended}")
    return ". ".join(part[0].upper() + part[1:] for part in parts)
