# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema: every setting with its default, bounds, unit and help, said once.

Command-line flags, the panel's properties, the JSON settings file and the reference table in
docs/ are all derived from these dataclasses. A new setting is one new field.

Standard library only: the launcher reads this file in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from ..domain.cameras import CAMERA_MODELS, CUSTOM, CameraModel
from ..domain.errors import SettingsError
from .types import Options, Range, Setting, Spec, check

PRESETS = ("mountain_summer", "mountain_winter", "dry_hills", "terraced_farmland", "flat_grassland", "desert")
"""Kinds of country; preset.py knows what each of them sets."""


def _setting(default: Any, help: str, unit: str = "", **spec: Any) -> Any:
    return dataclasses.field(default=default, metadata={"spec": Spec(help=help, unit=unit, **spec)})


@dataclass(frozen=True)
class SiteSettings:
    """The mountain."""

    size_m: float = _setting(
        400.0, "Side of the square of land on which tables may stand", "m", minimum=100, maximum=2000
    )
    relief: Range = _setting(
        Range(0.45, 0.85), "How mountainous the land is: 0 flat, 0.5 hilly, 1 steep mountain", minimum=0, maximum=1
    )
    roughness: Range = _setting(
        Range(0.3, 0.6),
        "How much small relief lies on the large one, and how often rain has cut rills: 0 smooth, 1 rugged",
        minimum=0,
        maximum=1,
    )
    greenness: Range = _setting(
        Range(0.3, 0.9), "Share of the ground that is grown over with grass", minimum=0, maximum=1
    )
    elevation_model: str = _setting(
        "",
        "File with a real elevation model (GeoTIFF, ESRI .asc, SRTM .hgt, .npy) in place of an invented mountain",
        file=True,
    )
    elevation_cell_m: float = _setting(
        1.0,
        "Size of the elevation model's cells, for a .npy file, which does not tell it",
        "m",
        minimum=0.05,
        maximum=1000,
    )
    terraces: Range = _setting(
        Range(0, 0),
        "Share of the slopes that is terraced farmland: level fields along the contours",
        minimum=0,
        maximum=1,
    )
    terrace_riser_m: Range = _setting(
        Range(1.0, 2.0), "Height of the risers between terraces", "m", minimum=0.3, maximum=4
    )
    roads: bool = _setting(True, "Graded service roads to the field, or to every cluster")
    road_width_m: Range = _setting(Range(3.5, 4.5), "Width of the carriageway", "m", minimum=2.5, maximum=8)
    road_max_grade_percent: float = _setting(11.0, "Steepest grade of a road", "%", minimum=3, maximum=25)
    road_surface: Options = _setting(
        Options(("gravel", "earth")), "What the roads are made of", choices=("gravel", "earth", "concrete")
    )
    road_growth: Range = _setting(
        Range(0.0, 0.6),
        "How far grass has come back between the wheel tracks and from the edges of the roads: 0 not at all",
        minimum=0,
        maximum=1,
    )
    presets: Options = _setting(
        Options(()),
        "Kinds of country, of which each picture takes one: it sets everything that has its default value here",
        choices=PRESETS,
        empty=True,
    )
    season: Options = _setting(
        Options(("summer",)),
        "Season: it decides the colours of leaves and grass, and what grows on the fields",
        choices=("spring", "summer", "autumn", "winter"),
    )
    soil: Options = _setting(
        Options(("brown", "yellow", "red")), "Colour of the soil", choices=("brown", "yellow", "red", "grey", "sand")
    )
    fields: Range = _setting(
        Range(0.0, 0.3), "Share of the gentle land around the tables that is tilled", minimum=0, maximum=1
    )
    orchards: Range = _setting(
        Range(0.1, 0.3), "Share of the fields that are planted with rows of trees", minimum=0, maximum=1
    )
    array_ground: Options = _setting(
        Options(("natural", "mown", "gravel_strips")),
        "Ground among the tables: natural growth, mown lawn, gravel, gravel_strips (below tables only) or bare_soil",
        choices=("natural", "mown", "gravel", "gravel_strips", "bare_soil"),
    )
    gravel: Options = _setting(
        Options(("grey", "beige")), "Colour of gravel among the tables", choices=("grey", "beige", "dark")
    )
    snow: Range = _setting(
        Range(0, 0), "How much of the open ground is under snow: 0 none, 1 nearly all", minimum=0, maximum=1
    )


@dataclass(frozen=True)
class LayoutSettings:
    """Where tables stand, and how."""

    use_clusters: bool = _setting(
        False, "Groups of tables on separate hillsides, each with its own azimuth, instead of one field", flag=True
    )
    num_clusters: Range = _setting(
        Range(3, 6), "Number of clusters, where use_clusters is on", minimum=1, maximum=30, integer=True
    )
    cluster_radius_m: Range = _setting(Range(40, 75), "Radius of a cluster", "m", minimum=15, maximum=300, within=True)
    table_type: Options = _setting(
        Options(("2P",)),
        "Modules one above the other in a table: P portrait (upright), L landscape (lying)",
        choices=("1P", "2P", "3L", "4L"),
    )
    posts: Options = _setting(
        Options(("single", "double")),
        "Rows of posts under a table; a table of type 1P always has a single one",
        choices=("single", "double"),
    )
    table_columns: Range = _setting(
        Range(13, 14),
        "Modules side by side in a portrait table; a landscape table is about as long",
        minimum=2,
        maximum=40,
        integer=True,
        within=True,
    )
    tilt_deg: Range = _setting(
        Range(18, 30), "Tilt of the tables against the horizontal", "deg", minimum=0, maximum=60, within=True
    )
    tilt_mode: Options = _setting(
        Options(("fixed",)),
        "fixed: tables tilt as tilt_deg says; slope: as the ground below them does, by 5 to 40 deg",
        choices=("fixed", "slope"),
    )
    azimuth_spread_deg: float = _setting(
        25.0, "How far tables may turn from the equator towards their slope's aspect", "deg", minimum=0, maximum=90
    )
    contour_following: Range = _setting(
        Range(0.0, 0.8), "How far rows bend with the contours of the ground: 0 straight", minimum=0, maximum=1
    )
    misalignment: Range = _setting(
        Range(0.4, 1.4), "How far tables are off their line, tilt and height: 0 none, 1 usual", minimum=0, maximum=3
    )
    incomplete_share: Range = _setting(
        Range(0.0, 0.04), "Share of tables that lack columns at an end", minimum=0, maximum=1
    )
    extension_share: Range = _setting(
        Range(0.0, 0.0),
        "Share of the clusters, or of the one field, that was built later: with another kind of module, and perhaps "
        "other frames, tables or posts, of those that module.kind, module.frame, table_type and posts name",
        minimum=0,
        maximum=0.9,
    )
    unfinished_share: Range = _setting(
        Range(0.0, 0.0), "Share of tables under construction: posts and rails only", minimum=0, maximum=1
    )
    design_sun_elevation_deg: float = _setting(
        22.0, "Sun height at which no table may shade the one behind it", "deg", minimum=5, maximum=80
    )
    table_gap_m: Range = _setting(
        Range(0.4, 0.9), "Gap between neighbouring tables of a row", "m", minimum=0.1, maximum=10
    )
    ground_clearance_m: Range = _setting(
        Range(0.5, 0.9), "Least height of the lower module edge above the ground", "m", minimum=0.2, maximum=3
    )
    max_slope_deg: float = _setting(30.0, "Steepest ground on which a table may stand", "deg", minimum=1, maximum=45)
    max_roll_deg: float = _setting(14.0, "Steepest inclination of a table along its row", "deg", minimum=0, maximum=30)
    max_post_m: float = _setting(3.5, "Longest post above the ground", "m", minimum=1, maximum=8)


@dataclass(frozen=True)
class ModuleSettings:
    """The photovoltaic module."""

    kind: Options = _setting(
        Options(("mono",)),
        "Kind of module: mono has 144 half cells, full_black 108, poly_60 and poly_72 so many whole cells",
        choices=("mono", "poly_60", "poly_72", "full_black", "bifacial", "thin_film", "thin_film_large"),
    )
    frame: Options = _setting(
        Options(("auto",)),
        "Colour of the frame; auto is what the kind usually has",
        choices=("auto", "silver", "black", "white"),
    )
    length_m: float = _setting(0.0, "Long side of a module", "m", minimum=0.5, maximum=3, zero="what the kind has")
    width_m: float = _setting(0.0, "Short side of a module", "m", minimum=0.3, maximum=2, zero="what the kind has")
    thickness_m: float = _setting(
        0.0, "Height of the module's frame", "m", minimum=0.005, maximum=0.06, zero="what the kind has"
    )
    gap_m: float = _setting(0.02, "Gap between the modules of a table", "m", minimum=0.005, maximum=0.1)
    cells_along: int = _setting(0, "Cells along the long side", minimum=1, maximum=60, zero="what the kind has")
    cells_across: int = _setting(0, "Cells along the short side", minimum=1, maximum=24, zero="what the kind has")
    soiling: Range = _setting(Range(0.0, 0.35), "Dust on the modules: 0 none, 1 caked", minimum=0, maximum=1)
    stain_share: Range = _setting(Range(0.0, 0.01), "Share of modules with stains", minimum=0, maximum=1)
    droppings_share: Range = _setting(Range(0.0, 0.02), "Share of modules with bird droppings", minimum=0, maximum=1)
    leaves_share: Range = _setting(Range(0.0, 0.003), "Share of modules with leaves on them", minimum=0, maximum=1)
    snow_share: Range = _setting(Range(0.0, 0.0), "Share of modules with a remnant of snow", minimum=0, maximum=1)
    cracked_share: Range = _setting(Range(0.0, 0.002), "Share of modules with shattered glass", minimum=0, maximum=1)
    hot_spot_share: Range = _setting(Range(0.0, 0.002), "Share of modules with burnt cells", minimum=0, maximum=1)
    missing_share: Range = _setting(Range(0.0, 0.003), "Share of modules that are missing", minimum=0, maximum=1)


@dataclass(frozen=True)
class WorksSettings:
    """What stands on the site besides tables, and things around it that look like modules but are none."""

    fences: bool = _setting(True, "A fence around the tables, with gates for the roads")
    transformers: Range = _setting(
        Range(0.8, 2), "Box transformers for each 100 tables, at least one a cluster; 0: none", minimum=0, maximum=20
    )
    substation: Range = _setting(
        Range(0.4, 0.4),
        "Chance that a substation stands by a road beside the tables, on level ground: 0 never, 1 always",
        minimum=0,
        maximum=1,
    )
    inverters: Range = _setting(
        Range(12, 25),
        "String inverters or combiner boxes behind the tables, for each 100 tables; 0: none",
        minimum=0,
        maximum=100,
    )
    cable_trays: bool = _setting(True, "Cable trays behind some of the rows")
    masts: Range = _setting(
        Range(0, 4), "Number of lightning rods and weather masts", minimum=0, maximum=50, integer=True
    )
    buildings: Range = _setting(
        Range(3, 9), "Number of houses and metal sheds around the tables", minimum=0, maximum=60, integer=True
    )
    greenhouses: Range = _setting(
        Range(1, 6), "Number of polytunnels and glasshouses around the tables", minimum=0, maximum=60, integer=True
    )
    ponds: Range = _setting(
        Range(0, 3), "Number of lined ponds and water tanks around the tables", minimum=0, maximum=20, integer=True
    )
    vehicles: Range = _setting(
        Range(2, 8), "Number of pickups, vans and excavators among the tables", minimum=0, maximum=60, integer=True
    )
    materials: Range = _setting(
        Range(5, 16),
        "Number of tarpaulins, containers and piles of packed modules among the tables",
        minimum=0,
        maximum=100,
        integer=True,
    )


@dataclass(frozen=True)
class PlantSettings:
    """What grows and lies on the ground one by one."""

    grass: Range = _setting(
        Range(0.4, 0.9), "How thick tufts stand where grass grows: 0 none, 1 a meadow", minimum=0, maximum=1
    )
    grass_height_m: Range = _setting(Range(0.12, 0.4), "Mean height of the tufts", "m", minimum=0.03, maximum=1)
    weeds: Range = _setting(
        Range(0.1, 0.5),
        "How many weeds stand, also along the lower edges of the modules: 0 none, 1 overgrown",
        minimum=0,
        maximum=1,
    )
    shrubs: Range = _setting(Range(0.05, 0.4), "How many shrubs stand: 0 none, 1 scrubland", minimum=0, maximum=1)
    trees: Range = _setting(
        Range(0.1, 0.5), "How much of the land beside the tables is wooded: 0 none, 1 all", minimum=0, maximum=1
    )
    tree_kind: Options = _setting(
        Options(("mixed", "broadleaf")), "Kind of the trees", choices=("mixed", "broadleaf", "conifer", "bare")
    )
    stones: Range = _setting(
        Range(0.05, 0.35), "How many stones and boulders lie: 0 none, 1 strewn with them", minimum=0, maximum=1
    )


@dataclass(frozen=True)
class LightSettings:
    """Sun and sky."""

    source: str = _setting(
        "place_time", "Where the sun stands by: place, date and time, or angles", choices=("place_time", "angles")
    )
    latitude_deg: float = _setting(26.0, "Latitude, north positive", "deg", minimum=-66, maximum=66)
    longitude_deg: float = _setting(102.7, "Longitude, east positive", "deg", minimum=-180, maximum=180)
    date: str = _setting("2025-09-15", "Date as YYYY-MM-DD", date=True)
    time_h: Range = _setting(Range(10.5, 16.5), "Local clock time", "h", minimum=0, maximum=24)
    utc_offset_h: float = _setting(8.0, "Offset of the local clock from UTC", "h", minimum=-12, maximum=14)
    sun_azimuth_deg: Range = _setting(
        Range(110, 250), "Sun azimuth, clockwise from north, where source is angles", "deg", minimum=0, maximum=360
    )
    sun_elevation_deg: Range = _setting(
        Range(30, 65), "Sun height above the horizon, where source is angles", "deg", minimum=3, maximum=90
    )
    turbidity: Range = _setting(
        Range(2.2, 4.5), "Haze of the air: 2 very clear, 8 hazy; hazy weather doubles it", minimum=1.8, maximum=10
    )
    weather: Options = _setting(
        Options(("clear",)),
        "Weather, of which each picture has one",
        choices=("clear", "hazy", "thin_cloud", "overcast", "cloud_shadows"),
    )
    visibility_km: Range = _setting(
        Range(25, 60), "How far one sees in the air; hazy weather has an eighth of it", "km", minimum=1, maximum=300
    )
    cloud_cover: Range = _setting(
        Range(0.25, 0.6),
        "Share of the sky that clouds cover where weather is cloud_shadows",
        minimum=0.05,
        maximum=0.95,
    )


@dataclass(frozen=True)
class CameraSettings:
    """The drone's camera: one of those known by name, or one of one's own, and how it flies."""

    model: Options = _setting(
        Options(("mavic_3e",)),
        "Camera, of which each picture takes one; custom has the sensor and lens given here",
        choices=(*CAMERA_MODELS, CUSTOM),
    )
    width_px: int = _setting(0, "Picture width", "px", minimum=16, maximum=16384, zero="the camera's own")
    height_px: int = _setting(0, "Picture height", "px", minimum=16, maximum=16384, zero="the camera's own")
    sensor_width_mm: float = _setting(
        17.3, "Width of the custom camera's sensor; pixels are square", "mm", minimum=1, maximum=100
    )
    focal_length_mm: float = _setting(12.29, "Focal length of the custom camera", "mm", minimum=1, maximum=300)
    altitude_agl_m: Range = _setting(
        Range(35, 100), "Height of the drone above the ground below it", "m", minimum=5, maximum=500
    )
    gimbal_pitch_deg: Range = _setting(
        Range(-90, -45), "Pitch of the gimbal: -90 looks straight down (nadir)", "deg", minimum=-90, maximum=-20
    )
    heading_mode: Options = _setting(
        Options(("free",)),
        "What the drone's heading goes by: free by heading_deg, or by the rows of the tables it looks at",
        choices=("free", "along_rows", "across_rows"),
    )
    heading_deg: Range = _setting(
        Range(0, 360),
        "Direction the drone looks in, clockwise from north, where heading_mode is free",
        "deg",
        minimum=0,
        maximum=360,
        within=True,
    )

    @property
    def cameras(self) -> dict[str, CameraModel]:
        """The cameras of which each picture takes one, by name, with the size that their pictures have."""
        own = CAMERA_MODELS[next(iter(CAMERA_MODELS))]._replace(
            title="Custom", sensor_width_mm=self.sensor_width_mm, focal_length_mm=self.focal_length_mm
        )
        known = {**CAMERA_MODELS, CUSTOM: own}
        return {name: known[name].sized(self.width_px, self.height_px) for name in self.model}

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height in pixels of the largest picture that these cameras take."""
        sizes = [(camera.width_px, camera.height_px) for camera in self.cameras.values()]
        return max(sizes, key=math.prod)


@dataclass(frozen=True)
class EffectsSettings:
    """What a real camera does to a picture; 0 leaves the effect out. None of it blurs or shifts a label."""

    distortion: Range = _setting(
        Range(0, 0), "Radial distortion of the lens (Brown's k1): below 0 barrel, above 0 pincushion; labels follow it",
        minimum=-0.2, maximum=0.2,
    )  # fmt: skip
    exposure_error_ev: Range = _setting(
        Range(-0.3, 0.3), "Error of the automatic exposure, above 0 too bright", "EV", minimum=-3, maximum=3
    )
    warmth: Range = _setting(
        Range(-0.06, 0.06), "Error of the white balance, above 0 too red, below 0 too blue", minimum=-0.5, maximum=0.5
    )
    tint: Range = _setting(
        Range(-0.02, 0.02), "Error of the white balance, above 0 too purple, below 0 too green",
        minimum=-0.5, maximum=0.5,
    )  # fmt: skip
    vignetting: Range = _setting(
        Range(0, 0.15), "Share of the light that is lost in the picture's corners", minimum=0, maximum=0.9
    )
    chromatic_aberration_px: Range = _setting(
        Range(0, 0.4), "Colour fringes: shift of red and blue against green in the corners", "px", minimum=0, maximum=5
    )
    blur_px: Range = _setting(
        Range(0, 0.5), "Blur of the lens, as the standard deviation of a Gaussian", "px", minimum=0, maximum=5
    )
    motion_px: Range = _setting(
        Range(0, 0.8), "How far the picture moves during the exposure", "px", minimum=0, maximum=20
    )
    motion_direction_deg: Range = _setting(
        Range(0, 180), "Direction of that motion, counter-clockwise from the picture's right", "deg",
        minimum=0, maximum=180,
    )  # fmt: skip
    noise: Range = _setting(
        Range(0.005, 0.02), "Noise of a mid grey as a share of it; bright and dark noise follow", minimum=0, maximum=0.5
    )
    contrast: Range = _setting(
        Range(0, 0.5), "Contrast of the camera's picture style: below 0 flat, above 0 punchy", minimum=-1, maximum=1
    )
    saturation: Range = _setting(
        Range(-0.1, 0.25), "Saturation of the camera's picture style: -1 grey, above 0 vivid", minimum=-1, maximum=1
    )
    sharpening: Range = _setting(Range(0, 0.6), "Strength of the camera's sharpening", minimum=0, maximum=3)
    jpeg_quality: Range = _setting(
        Range(0, 0), "Quality of JPEG pictures (rgb.jpg), usual 85 to 95; 0 writes rgb.png without loss",
        minimum=0, maximum=100, integer=True,
    )  # fmt: skip


@dataclass(frozen=True)
class RenderSettings:
    """Quality and time of a picture."""

    max_samples: int = _setting(
        100, "Most samples a pixel", minimum=1, maximum=4096, recommended="50 to 500; fewer for previews", flag=True
    )
    noise_threshold: float = _setting(
        0.01, "Noise at which a pixel is done before its last sample", minimum=0.001, maximum=0.1, flag=True
    )
    denoiser: str = _setting(
        "INTEL",
        "Denoiser: INTEL is OpenImageDenoise, OPTIX needs an NVIDIA GPU",
        choices=("INTEL", "OPTIX", "NONE"),
        flag=True,
    )
    normals: bool = _setting(False, "Also write normals.exr")


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a sample shows, besides its seed."""

    site: SiteSettings = SiteSettings()
    layout: LayoutSettings = LayoutSettings()
    module: ModuleSettings = ModuleSettings()
    works: WorksSettings = WorksSettings()
    plants: PlantSettings = PlantSettings()
    light: LightSettings = LightSettings()
    camera: CameraSettings = CameraSettings()
    effects: EffectsSettings = EffectsSettings()
    render: RenderSettings = RenderSettings()


@dataclass(frozen=True)
class RunSettings:
    """How many samples, from which seed, on what: nothing here changes what one sample shows."""

    num_images: int = _setting(10, "Number of pictures in the dataset", minimum=1, maximum=1_000_000, flag=True)
    num_parallel: int = _setting(4, "Number of Blender processes", minimum=1, maximum=256, flag=True)
    seed: int = _setting(
        0, "Seed of the first picture; picture i has seed + i", minimum=0, maximum=2**53 - 1, flag=True
    )
    use_gpu: bool = _setting(True, "Render on a GPU where there is one", flag=True)
    device: str = _setting(
        "auto",
        "Render device; auto takes the best that is really there",
        choices=("auto", "metal", "optix", "cuda", "hip", "oneapi", "cpu"),
        flag=True,
    )
    formats: Options = _setting(
        Options(("coco",)),
        "Formats of the labels besides the sample folders, for the readers of detectors",
        choices=("coco", "yolo_detect", "yolo_segment", "yolo_obb", "semantic"),
        empty=True,
        flag=True,
    )


def iter_settings(schema: type = Settings) -> Iterator[Setting]:
    """Every setting of ``schema`` (``Settings`` or ``RunSettings``) in the order of the file."""
    hints = get_type_hints(schema)
    for field in dataclasses.fields(schema):
        kind = hints[field.name]
        if dataclasses.is_dataclass(kind):
            for inner in iter_settings(kind):  # type: ignore[arg-type]
                yield inner._replace(name=f"{field.name}.{inner.name}")
        else:
            yield Setting(field.name, kind, field.default, field.metadata["spec"])


def from_dict(data: Mapping[str, Any], settings: Settings | None = None) -> Settings:
    """``settings`` (else the defaults) with the values of the nested dictionary of a JSON file.

    Raises SettingsError for an unknown name, a wrong type, or a value out of range.
    """
    return with_values(settings or Settings(), _flatten(data))


def differs_between_images(setting: Setting) -> bool:
    """Whether each image draws a value of its own."""
    return setting.type in (Range, Options) and not setting.spec.within


def value_of(settings: Settings | RunSettings, name: str) -> Any:
    """The value of the setting with a dotted name."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def to_dict(settings: Settings | RunSettings) -> dict[str, Any]:
    """The settings as a nested dictionary of JSON types; a fixed range becomes one number."""

    def plain(value: Any) -> Any:
        if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if isinstance(value, Range):
            return value.low if value.low == value.high else list(value)
        if isinstance(value, Options):
            return value[0] if len(value) == 1 else list(value)
        return value

    result: dict[str, Any] = plain(settings)
    return result


SettingsT = TypeVar("SettingsT", Settings, RunSettings)


def with_values(settings: SettingsT, values: Mapping[str, Any]) -> SettingsT:
    """A copy of ``settings`` with some fields, given by dotted name, set to checked values.

    Raises SettingsError for an unknown name, a wrong type, or a value out of range.
    """
    known = {setting.name: setting for setting in iter_settings(type(settings))}
    for name, value in values.items():
        if name not in known:
            raise SettingsError(_unknown(name, known))
        settings = _replace(settings, name.split("."), check(known[name], value))
    return settings


def _unknown(name: str, known: Mapping[str, Setting]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else "; --help lists them all."
    return f"{name} is not a setting{hint}"


def _replace(node: Any, path: list[str], value: Any) -> Any:
    head, *rest = path
    if rest:
        value = _replace(getattr(node, head), rest, value)
    return dataclasses.replace(node, **{head: value})


def _flatten(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise SettingsError(f"settings must be a JSON object of groups, not {type(data).__name__}.")
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def settings_sha256(settings: Settings) -> str:
    """Checksum of the settings, independent of how they were written down: 18 and 18.0 are the same."""
    checked = from_dict(to_dict(settings))
    canonical = json.dumps(to_dict(checked), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
