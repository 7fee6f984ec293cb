# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings schema: default, limits, unit, help and source of every setting, defined once.

Command-line flags, panel properties, the JSON settings file and the reference in docs/ are all derived from these
dataclasses: adding a setting means adding one field.

Standard library only: the launcher imports this module where neither bpy nor numpy is installed.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

from ..domain.cameras import CAMERA_MODELS, CUSTOM, CameraModel
from ..domain.discovery import module_names
from ..domain.errors import SettingsError
from ..domain.licenses import LICENSES, NO_LICENSE
from ..domain.messages import ByFace, Message
from .types import Options, Range, Setting, Spec, check, shortened

PRESET_FOLDER = Path(__file__).with_name("presets")
MIXED = "mixed"
"""Name of the preset that draws one of the others for each site."""
PRESETS = tuple(sorted(path.stem for path in PRESET_FOLDER.glob("*.json") if path.stem != MIXED))
"""Landscape presets: one JSON file each in PRESET_FOLDER."""
LOOK_FOLDER = Path(__file__).with_name("looks")
LOOKS = tuple(sorted(path.stem for path in LOOK_FOLDER.glob("*.json")))
"""Looks of cameras: one JSON file each in LOOK_FOLDER."""
LANDSCAPES = tuple(name for name in PRESETS if "construction" not in name)
"""Presets of complete plants, among which MIXED draws."""
_FORMATS = Path(__file__).parents[1] / "dataset" / "formats"
"""Folder of the annotation formats; the data set is not imported here, which would be a cycle."""
_PILE_KINDS = Path(__file__).parents[1] / "plan" / "array" / "pile_kinds"
"""Folder of the kinds of piles; the plan, which needs numpy, is not imported here."""
NO_MAIN_PILES = "none"
"""Value of array.main_piles with which no kind of pile is the main one."""
OF_MODULE_TYPE = "the value of the module type"
RECOMMENDED = "the number recommended for this machine"
OF_CAMERA = "the native resolution of the camera"
OF_QUALITY = "the value of the render quality"


def _setting(default: Any, help: str, unit: str = "", **spec: Any) -> Any:
    return dataclasses.field(default=default, metadata={"spec": Spec(help=help, unit=unit, **spec)})


@dataclass(frozen=True)
class SiteSettings:
    """Terrain, roads, ground cover and season of the site."""

    size_m: float = _setting(
        400.0, "Side length of the square site area in which tables can be placed", "m", minimum=100, maximum=2000
    )
    relief: Range = _setting(
        Range(0.45, 0.85),
        "Terrain relief: 0 is flat, 0.5 hilly, 1 steep mountains",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    roughness: Range = _setting(
        Range(0.3, 0.6),
        "Small-scale terrain roughness and density of erosion rills: 0 is smooth, 1 rugged",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    greenness: Range = _setting(
        Range(0.3, 0.9), "Share of the ground covered by grass", minimum=0, maximum=1, source="estimate"
    )
    elevation_model: str = _setting(
        "",
        "Digital elevation model file to use instead of procedural terrain (GeoTIFF, .asc, .hgt, .xyz, .npy; others "
        "with GDAL: docs/terrain.md)",
        file=True,
    )
    elevation_cell_m: float = _setting(
        1.0,
        "Cell size of the elevation model; used only for .npy files, which store none",
        "m",
        minimum=0.05,
        maximum=1000,
    )
    elevation_unit: str = _setting(
        "auto",
        "Unit of the heights in the elevation model; auto takes the unit that the file states, or meters",
        choices=("auto", "m", "ft", "us_ft"),
    )
    place: str = _setting(
        "drawn",
        "Place of the site on the elevation model: center, longitude and latitude in degrees (13.05,47.32), or drawn "
        "for each site where slope and aspect suit tables",
    )
    orthophoto: str = _setting(
        "",
        "Georeferenced image (GeoTIFF, or PNG or JPEG with a world file) that colors the land of the elevation model "
        "around the array and the roads",
        file=True,
    )
    terraces: Range = _setting(
        Range(0, 0),
        "Share of the slopes shaped into agricultural terraces along the contours",
        minimum=0,
        maximum=1,
    )
    terrace_riser_m: Range = _setting(
        Range(1.0, 2.0),
        "Height difference between one terrace and the next",
        "m",
        minimum=0.3,
        maximum=4,
        source="estimate",
    )
    roads: bool = _setting(True, "Build graded service roads to the array, or to every cluster")
    road_width_m: Range = _setting(
        Range(3.5, 4.5), "Carriageway width", "m", minimum=2.5, maximum=8, source="JTG B01-2014, single lane"
    )
    road_max_grade_percent: float = _setting(
        11.0, "Maximum longitudinal road grade", "%", minimum=3, maximum=25, source="estimate; JTG B01-2014 allows 9 %"
    )
    road_surface: Options = _setting(
        Options(("gravel", "earth")), "Road surface material", choices=("gravel", "earth", "concrete")
    )
    road_growth: Range = _setting(
        Range(0.0, 0.6),
        "Grass growing on the road, between the wheel tracks and along the edges: 0 is none",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    presets: Options = _setting(
        Options(()),
        "Landscape presets; one is drawn per site and fills in every setting left at its default",
        choices=PRESETS,
        empty=True,
    )
    season: Options = _setting(
        Options(("summer",)),
        "Season; determines leaf and grass color and the state of the crops",
        choices=("spring", "summer", "autumn", "winter"),
    )
    soil: Options = _setting(
        Options(("brown", "yellow", "red")),
        "Color of the bare ground between grass and stones",
        choices=("brown", "yellow", "red", "grey", "sand"),
    )
    fields: Range = _setting(
        Range(0.0, 0.3),
        "Share of the gently sloping land around the array that is cropland",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    orchards: Range = _setting(
        Range(0.1, 0.3), "Share of the cropland planted as orchards", minimum=0, maximum=1, source="estimate"
    )
    array_ground: Options = _setting(
        Options(("natural", "mown", "gravel_strips")),
        "Ground cover within the array; gravel_strips lays gravel under the tables only",
        choices=("natural", "mown", "gravel", "gravel_strips", "bare_soil"),
    )
    gravel: Options = _setting(
        Options(("grey", "beige")), "Color of the gravel within the array", choices=("grey", "beige", "dark")
    )
    ground_images: str = _setting(
        "",
        "Folder of tileable textures (color, normal, roughness, height) that replace the invented ground by kind: "
        "grass, soil, gravel, rock, path, tracks",
        folder=True,
    )
    ground_image_share: Range = _setting(
        Range(1, 1),
        "Share of ground_images in the look of the ground: 0 is the invented ground only",
        minimum=0,
        maximum=1,
    )
    ground_image_size_m: Range = _setting(
        Range(2.0, 3.0),
        "Side length on the ground of textures in ground_images whose names do not state it (4m)",
        "m",
        minimum=0.2,
        maximum=100,
        source="estimate",
    )
    snow: Range = _setting(Range(0, 0), "Snow cover of open ground: 0 is none, 1 nearly complete", minimum=0, maximum=1)


@dataclass(frozen=True)
class ArraySettings:
    """Layout, geometry and construction state of the tables."""

    use_clusters: bool = _setting(
        False,
        "Place the tables in clusters on separate hillsides, each with its own azimuth, not as one array",
        flag=True,
    )
    num_clusters: Range = _setting(
        Range(3, 6), "Number of clusters if use_clusters is on", minimum=1, maximum=30, integer=True
    )
    cluster_radius_m: Range = _setting(
        Range(40, 75),
        "Distance from the center of a cluster within which its tables stand",
        "m",
        minimum=15,
        maximum=300,
        within=True,
        source="estimate",
    )
    table_type: Options = _setting(
        Options(("2P",)),
        "Module rows per table and their orientation: P is portrait, L landscape",
        choices=("1P", "2P", "3L", "4L"),
        source="industry designations",
    )
    posts: Options = _setting(
        Options(("single", "double")),
        "Rows of posts per table; 1P tables always stand on a single row",
        choices=("single", "double"),
    )
    table_columns: Range = _setting(
        Range(13, 14),
        "Module columns of a portrait table; landscape tables get about the same length",
        minimum=2,
        maximum=40,
        integer=True,
        within=True,
        source="estimate; one string of 26 to 28 modules on a 2P table",
    )
    one_string_share: float = _setting(
        0.0,
        "Share of the fields or clusters whose tables have 13 or 14 columns, one string of a 2P table, whatever "
        "table_columns says",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    tilt_deg: Range = _setting(
        Range(18, 30), "Table tilt from horizontal", "deg", minimum=0, maximum=60, within=True, source="estimate"
    )
    tilt_mode: Options = _setting(
        Options(("fixed",)),
        "Tilt control: fixed uses tilt_deg; slope follows the ground, limited to 5 to 40 deg",
        choices=("fixed", "slope"),
    )
    azimuth_spread_deg: float = _setting(
        25.0,
        "Maximum deviation of the table azimuth from the equator direction toward the slope aspect",
        "deg",
        minimum=0,
        maximum=90,
        source="estimate",
    )
    contour_following: Range = _setting(
        Range(0.0, 0.8), "How closely the rows follow the contour lines: 0 keeps them straight", minimum=0, maximum=1
    )
    tables_in_line: Range = _setting(
        Range(1, 1),
        "Adjacent tables of a row that stand in one straight line; 1 lets each of them follow the ground",
        minimum=1,
        maximum=50,
        integer=True,
    )
    misalignment: Range = _setting(
        Range(0.4, 1.4),
        "Installation tolerance in position, azimuth, tilt, roll and height: 0 is perfect, 1 typical",
        minimum=0,
        maximum=3,
        source="estimate",
    )
    incomplete_share: Range = _setting(
        Range(0.0, 0.04), "Share of tables with missing columns at one end", minimum=0, maximum=1, source="estimate"
    )
    extension_share: Range = _setting(
        Range(0.0, 0.0),
        "Share of the array, or of the clusters, added in a later phase with a different module type and possibly "
        "different frames, tables or posts, drawn from module.kind, module.frame, array.table_type and array.posts",
        minimum=0,
        maximum=0.9,
    )
    progress: Range = _setting(
        Range(1.0, 1.0),
        "Construction progress: 0 is cleared ground, 0.2 mostly piles, 0.5 all stages, 0.8 mostly modules, 1 complete",
        minimum=0,
        maximum=1,
    )
    progress_spread: Range = _setting(
        Range(0.3, 0.7),
        "Share of the tables that are under construction at the same time, from the first pile to the last module",
        minimum=0.02,
        maximum=2,
        source="estimate",
    )
    piles: Options = _setting(
        Options(("driven_steel", "helical", "micropile", "phc")),
        "Foundation of the tables: driven steel sections, helical steel piles with a flange, cast micropiles, or "
        "concrete pipe piles (PHC)",
        choices=module_names(_PILE_KINDS),
    )
    main_piles: str = _setting(
        NO_MAIN_PILES,
        "The kind of array.piles that main_piles_share of the sites have; none makes all kinds equally frequent",
        choices=(NO_MAIN_PILES, *module_names(_PILE_KINDS)),
    )
    main_piles_share: float = _setting(
        0.8,
        "Share of the sites that have the kind main_piles; the others have the other kinds of array.piles",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    design_sun_elevation_deg: float = _setting(
        22.0,
        "Sun elevation down to which no table shades the row behind it; sets the row pitch",
        "deg",
        minimum=5,
        maximum=80,
        source="GB 50797-2012: 9:00 at the winter solstice, here at 29 deg N",
    )
    table_gap_m: Range = _setting(
        Range(0.4, 0.9), "Gap between adjacent tables of a row", "m", minimum=0.1, maximum=10, source="estimate"
    )
    ground_clearance_m: Range = _setting(
        Range(0.5, 0.9),
        "Minimum clearance between the lower module edge and the ground",
        "m",
        minimum=0.2,
        maximum=3,
        source="estimate; GB 50797-2012 asks for 0.3 m",
    )
    max_slope_deg: float = _setting(
        30.0, "Maximum ground slope under a table", "deg", minimum=1, maximum=45, source="estimate"
    )
    max_roll_deg: float = _setting(
        14.0, "Maximum inclination of a table along its row", "deg", minimum=0, maximum=30, source="estimate"
    )
    max_post_m: float = _setting(3.5, "Maximum post length above ground", "m", minimum=1, maximum=8, source="estimate")


@dataclass(frozen=True)
class ModuleSettings:
    """Module type and dimensions, soiling and defects."""

    kind: Options = _setting(
        Options(("mono",)),
        "Module type: mono and bifacial have 144 half-cut cells, full_black 108; mono_60, mono_72, poly_60 and poly_72 "
        "have full cells; thin_film is frameless CdTe, thin_film_large framed CdTe",
        choices=(
            "mono",
            "mono_60",
            "mono_72",
            "poly_60",
            "poly_72",
            "full_black",
            "bifacial",
            "thin_film",
            "thin_film_large",
        ),
        source="data sheets",
    )
    frame: Options = _setting(
        Options(("auto",)),
        "Frame color; auto uses the usual one of the module type",
        choices=("auto", "silver", "black", "white"),
    )
    length_m: float = _setting(
        0.0, "Longer side of a module, with its frame", "m", minimum=0.5, maximum=3, zero=OF_MODULE_TYPE
    )
    width_m: float = _setting(
        0.0, "Shorter side of a module, with its frame", "m", minimum=0.3, maximum=2, zero=OF_MODULE_TYPE
    )
    thickness_m: float = _setting(
        0.0, "Distance from the back of the frame to the glass", "m", minimum=0.005, maximum=0.06, zero=OF_MODULE_TYPE
    )
    gap_m: Range = _setting(
        Range(0.012, 0.024),
        "Gap between adjacent modules of a row, which are clamped there",
        "m",
        minimum=0.005,
        maximum=0.1,
        source="estimate; clamp width",
    )
    row_gap_m: Range = _setting(
        Range(0.005, 0.02),
        "Gap between the rows of modules of a table",
        "m",
        minimum=0.002,
        maximum=0.1,
        source="estimate",
    )
    frame_wear: Range = _setting(
        Range(0.0, 0.9), "Wear of the frames: 0 is new and bright, 1 dull", minimum=0, maximum=1, source="estimate"
    )
    cells_along: int = _setting(0, "Cells along the long side", minimum=1, maximum=60, zero=OF_MODULE_TYPE)
    cells_across: int = _setting(0, "Cells along the short side", minimum=1, maximum=24, zero=OF_MODULE_TYPE)
    soiling: Range = _setting(
        Range(0.0, 0.35), "Dust on the modules: 0 is clean, 1 caked", minimum=0, maximum=1, source="estimate"
    )
    stain_share: Range = _setting(
        Range(0.0, 0.01), "Share of modules with stains", minimum=0, maximum=1, source="estimate"
    )
    droppings_share: Range = _setting(
        Range(0.0, 0.02), "Share of modules with bird droppings", minimum=0, maximum=1, source="estimate"
    )
    leaves_share: Range = _setting(
        Range(0.0, 0.003), "Share of modules with fallen leaves", minimum=0, maximum=1, source="estimate"
    )
    snow_share: Range = _setting(
        Range(0.0, 0.0), "Share of modules partly covered by snow", minimum=0, maximum=1, source="estimate"
    )
    cracked_share: Range = _setting(
        Range(0.0, 0.002), "Share of modules with shattered glass", minimum=0, maximum=1, source="estimate"
    )
    hot_spot_share: Range = _setting(
        Range(0.0, 0.002), "Share of modules with burn marks from hot spots", minimum=0, maximum=1, source="estimate"
    )
    missing_share: Range = _setting(
        Range(0.0, 0.003), "Share of module positions left empty", minimum=0, maximum=1, source="estimate"
    )


@dataclass(frozen=True)
class EquipmentSettings:
    """Electrical equipment, fences and masts of the plant."""

    fences: bool = _setting(True, "Fence the array, with gates where roads pass")
    transformers: Range = _setting(
        Range(0.8, 2),
        "Box-type transformers per 100 tables, at least one per cluster; 0 places none",
        minimum=0,
        maximum=20,
        source="estimate; one per 0.75 to 1.9 MW",
    )
    substation: Range = _setting(
        Range(0.4, 0.4),
        "Probability of a substation on level ground beside a road",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    inverters: Range = _setting(
        Range(12, 25),
        "String inverters or combiner boxes per 100 tables, mounted behind the tables; 0 places none",
        minimum=0,
        maximum=100,
        source="estimate; one per 60 to 125 kW",
    )
    cable_trays: bool = _setting(True, "Run cable trays behind some of the rows")
    masts: Range = _setting(
        Range(0, 4),
        "Number of lightning rods and weather masts",
        minimum=0,
        maximum=50,
        integer=True,
        source="estimate",
    )


@dataclass(frozen=True)
class SurroundingsSettings:
    """Buildings, vehicles and other distractors in and around the array."""

    buildings: Range = _setting(
        Range(3, 9),
        "Number of houses and metal sheds around the array",
        minimum=0,
        maximum=60,
        integer=True,
        source="estimate",
    )
    greenhouses: Range = _setting(
        Range(1, 6),
        "Number of polytunnels and glasshouses around the array",
        minimum=0,
        maximum=60,
        integer=True,
        source="estimate",
    )
    ponds: Range = _setting(
        Range(0, 3),
        "Number of lined ponds and water tanks around the array",
        minimum=0,
        maximum=20,
        integer=True,
        source="estimate",
    )
    vehicles: Range = _setting(
        Range(2, 8),
        "Number of pickups, vans and excavators within the array",
        minimum=0,
        maximum=60,
        integer=True,
        source="estimate",
    )
    materials: Range = _setting(
        Range(5, 16),
        "Number of tarpaulins, shipping containers and stacks of packaged modules within the array",
        minimum=0,
        maximum=100,
        integer=True,
        source="estimate",
    )
    machines: Range = _setting(
        Range(2, 6),
        "Number of pile drivers, drilling rigs, mixers and trucks on a site under construction",
        minimum=0,
        maximum=60,
        integer=True,
        source="estimate",
    )
    supplies: Range = _setting(
        Range(10, 30),
        "Number of stacks of piles and steel, reinforcing bars, pipes, cable drums, bags and tents on a site under "
        "construction",
        minimum=0,
        maximum=200,
        integer=True,
        source="estimate",
    )
    workers: Range = _setting(
        Range(0, 3),
        "Number of people on a site under construction",
        minimum=0,
        maximum=100,
        integer=True,
        source="estimate; most stand in machines or shade when a survey is flown",
    )
    lookalikes: Range = _setting(
        Range(10, 30),
        "Number of things that resemble piles on a site under construction: cut concrete ends, formwork tubes, "
        "stumps, barrels, manholes and marker cones",
        minimum=0,
        maximum=200,
        integer=True,
        source="estimate",
    )


@dataclass(frozen=True)
class VegetationSettings:
    """Individual vegetation and stones."""

    grass: Range = _setting(
        Range(0.4, 0.9), "Density of grass tufts on grassy ground: 0 is none, 1 a meadow", minimum=0, maximum=1
    )
    grass_height_m: Range = _setting(
        Range(0.12, 0.4), "Mean height of the grass tufts", "m", minimum=0.03, maximum=1, source="estimate"
    )
    weeds: Range = _setting(
        Range(0.1, 0.5),
        "Density of weeds, including those along the lower module edges: 0 is none, 1 overgrown",
        minimum=0,
        maximum=1,
    )
    shrubs: Range = _setting(Range(0.05, 0.4), "Density of shrubs: 0 is none, 1 scrubland", minimum=0, maximum=1)
    trees: Range = _setting(Range(0.1, 0.5), "Share of the land outside the array that is wooded", minimum=0, maximum=1)
    tree_kind: Options = _setting(
        Options(("mixed", "broadleaf")),
        "Kind of trees in woods and between fields",
        choices=("mixed", "broadleaf", "conifer", "bare"),
    )
    stones: Range = _setting(
        Range(0.05, 0.35), "Density of stones and boulders: 0 is none, 1 strewn with them", minimum=0, maximum=1
    )


@dataclass(frozen=True)
class LightSettings:
    """Sun position, sky and weather."""

    source: str = _setting(
        "place_time",
        "Sun position from place, date and time, or from explicit angles",
        choices=("place_time", "angles"),
    )
    latitude_deg: float = _setting(26.0, "Latitude, positive north", "deg", minimum=-66, maximum=66)
    longitude_deg: float = _setting(102.7, "Longitude, positive east", "deg", minimum=-180, maximum=180)
    date: str = _setting(
        "2025-09-15", "Day on which the images are taken (YYYY-MM-DD); sets the height of the sun at noon", date=True
    )
    time_h: Range = _setting(
        Range(10.5, 16.5),
        "Hour at which the images are taken, on the clocks of the place: 13.5 is half past one",
        "h",
        minimum=0,
        maximum=24,
    )
    utc_offset_h: float = _setting(
        8.0, "Hours by which the clocks of the place are ahead of UTC", "h", minimum=-12, maximum=14
    )
    sun_azimuth_deg: Range = _setting(
        Range(110, 250),
        "Sun azimuth, clockwise from north, if the sun position is given by angles",
        "deg",
        minimum=0,
        maximum=360,
    )
    sun_elevation_deg: Range = _setting(
        Range(30, 65),
        "Sun elevation above the horizon, if the sun position is given by angles",
        "deg",
        minimum=3,
        maximum=90,
    )
    turbidity: Range = _setting(
        Range(2.2, 4.5),
        "Atmospheric turbidity of the sky model: 2 is very clear, 8 hazy; doubled in hazy weather",
        minimum=1.8,
        maximum=10,
        source="Preetham et al. 1999",
    )
    weather: Options = _setting(
        Options(("clear",)),
        "State of the sky: sets sunlight, haze and the shadows of clouds",
        choices=("clear", "hazy", "thin_cloud", "overcast", "cloud_shadows"),
    )
    visibility_km: Range = _setting(
        Range(25, 60),
        "Meteorological visibility; reduced to one eighth in hazy weather",
        "km",
        minimum=1,
        maximum=300,
        source="estimate; defined by WMO",
    )
    cloud_cover: Range = _setting(
        Range(0.25, 0.6), "Cloud cover in cloud_shadows weather", minimum=0.05, maximum=0.95, source="estimate"
    )


@dataclass(frozen=True)
class CameraSettings:
    """Camera model, image size, altitude and viewing direction of the drone."""

    model: Options = _setting(
        Options(("mavic_3e",)),
        "Camera model; custom uses sensor_width_mm and focal_length_mm",
        choices=(*CAMERA_MODELS, CUSTOM),
        source="manufacturers' specifications",
    )
    width_px: int = _setting(0, "Number of pixel columns of an image", "px", minimum=16, maximum=16384, zero=OF_CAMERA)
    height_px: int = _setting(0, "Number of pixel rows of an image", "px", minimum=16, maximum=16384, zero=OF_CAMERA)
    sensor_width_mm: float = _setting(
        17.3,
        "Sensor width of the custom camera; pixels are square",
        "mm",
        minimum=1,
        maximum=100,
        source="as mavic_3e",
    )
    focal_length_mm: float = _setting(
        12.29, "Focal length of the custom camera", "mm", minimum=1, maximum=300, source="as mavic_3e"
    )
    altitude_agl_m: Range = _setting(
        Range(35, 100),
        "Flight altitude above the ground below the drone; sets the ground sampling distance",
        "m",
        minimum=5,
        maximum=500,
        source="estimate",
    )
    gimbal_pitch_deg: Range = _setting(
        Range(-90, -45), "Gimbal pitch: -90 is nadir", "deg", minimum=-90, maximum=-20, source="estimate"
    )
    aim: str = _setting(
        "built",
        "What the drone flies to: what is built, or all that is planned; then a site has the same views at any "
        "array.progress",
        choices=("built", "planned"),
    )
    heading_mode: Options = _setting(
        Options(("free",)),
        "Camera heading: free uses heading_deg, the others align it with the rows in view",
        choices=("free", "along_rows", "across_rows"),
    )
    heading_deg: Range = _setting(
        Range(0, 360),
        "Camera heading, clockwise from north, if heading_mode is free",
        "deg",
        minimum=0,
        maximum=360,
        within=True,
    )

    @property
    def cameras(self) -> dict[str, CameraModel]:
        """The selected cameras by name, each with the image size that it takes."""
        own = CAMERA_MODELS[next(iter(CAMERA_MODELS))]._replace(
            title="Custom", sensor_width_mm=self.sensor_width_mm, focal_length_mm=self.focal_length_mm
        )
        known = {**CAMERA_MODELS, CUSTOM: own}
        return {name: known[name].sized(self.width_px, self.height_px) for name in self.model}

    @property
    def image_size(self) -> tuple[int, int]:
        """Width and height in pixels of the largest image that the selected cameras take."""
        sizes = [(camera.width_px, camera.height_px) for camera in self.cameras.values()]
        return max(sizes, key=math.prod)


@dataclass(frozen=True)
class EffectsSettings:
    """Lens, sensor and image-processing effects. Annotations stay exact; 0 turns an effect off."""

    looks: Options = _setting(
        Options(()),
        "Looks of cameras; one is drawn per image and fills in every effect left at its default",
        choices=LOOKS,
        empty=True,
    )
    distortion: Range = _setting(
        Range(0, 0),
        "Radial lens distortion (Brown-Conrady k1): negative is barrel, positive pincushion; annotations follow it",
        minimum=-0.2,
        maximum=0.2,
    )
    exposure_error_ev: Range = _setting(
        Range(-0.3, 0.3),
        "Auto-exposure error: positive is overexposed",
        "EV",
        minimum=-3,
        maximum=3,
        source="estimate",
    )
    warmth: Range = _setting(
        Range(-0.06, 0.06),
        "White-balance error on the blue-red axis: positive is too warm",
        minimum=-0.5,
        maximum=0.5,
        source="estimate",
    )
    tint: Range = _setting(
        Range(-0.02, 0.02),
        "White-balance error on the green-magenta axis: positive is too magenta",
        minimum=-0.5,
        maximum=0.5,
        source="estimate",
    )
    vignetting: Range = _setting(
        Range(0, 0.15), "Relative light falloff in the image corners", minimum=0, maximum=0.9, source="estimate"
    )
    chromatic_aberration_px: Range = _setting(
        Range(0, 0.4),
        "Lateral chromatic aberration: shift of red and blue relative to green in the corners",
        "px",
        minimum=0,
        maximum=5,
        source="estimate",
    )
    blur_px: Range = _setting(
        Range(0.1, 0.45),
        "Lens blur, as the standard deviation of a Gaussian",
        "px",
        minimum=0,
        maximum=5,
        source="estimate",
    )
    motion_px: Range = _setting(
        Range(0, 0.6), "Motion blur: image motion during the exposure", "px", minimum=0, maximum=20, source="estimate"
    )
    motion_direction_deg: Range = _setting(
        Range(0, 180),
        "Direction of the image motion, counterclockwise from the right image edge",
        "deg",
        minimum=0,
        maximum=180,
    )
    noise: Range = _setting(
        Range(0.005, 0.02),
        "Sensor noise at mid-gray, relative to the signal; shot and read noise scale from it",
        minimum=0,
        maximum=0.5,
        source="estimate",
    )
    levels: Range = _setting(
        Range(0.5, 0.9),
        "Automatic levels: share of the way by which the camera moves the darkest tones to black and the brightest to "
        "white; the moves are limited, so that haze stays flat",
        minimum=0,
        maximum=1,
        source="estimate",
    )
    local_contrast: Range = _setting(
        Range(0, 0.3),
        "In-camera local contrast: brightness of each part of the image relative to what surrounds it",
        minimum=0,
        maximum=2,
        source="estimate",
    )
    contrast: Range = _setting(
        Range(0.1, 0.7),
        "In-camera contrast: negative is flat, positive punchy",
        minimum=-1,
        maximum=1,
        source="estimate",
    )
    saturation: Range = _setting(
        Range(-0.1, 0.25),
        "In-camera saturation: -1 is grayscale, positive vivid",
        minimum=-1,
        maximum=1,
        source="estimate",
    )
    sharpening: Range = _setting(
        Range(0.2, 1.2),
        "In-camera sharpening strength: 0 is none; halos along edges are visible from about 1",
        minimum=0,
        maximum=5,
        source="estimate",
    )
    sharpening_radius_px: Range = _setting(
        Range(0.6, 1.2),
        "In-camera sharpening radius, as the standard deviation of a Gaussian",
        "px",
        minimum=0.3,
        maximum=5,
        source="estimate",
    )
    demosaicing: Options = _setting(
        Options(("none",)),
        "How the camera interpolates the two colors that a pixel of its sensor does not measure, unless the image has "
        "been reduced; with none, each pixel measures all three. Fine lines get false colors, with bilinear more than "
        "with malvar",
        choices=("none", "bilinear", "malvar"),
    )
    resampling: Options = _setting(
        Options(("none",)),
        "How camera or software has reduced the size of the image: none keeps the pixels of the sensor; nearest keeps "
        "some of them; area and lanczos average them",
        choices=("none", "nearest", "area", "lanczos"),
    )
    reduction: Range = _setting(
        Range(3, 7),
        "Pixels of the sensor per pixel of the image, along each side, unless resampling is none; lens blur, motion "
        "and noise are those of the sensor's pixels",
        minimum=1,
        maximum=20,
        source="estimate; 4000 to 640 px is 6.25",
    )
    jpeg_quality: Range = _setting(
        Range(0, 0),
        "JPEG quality (rgb.jpg), typically 85 to 95; 0 writes lossless rgb.png",
        minimum=0,
        maximum=100,
        integer=True,
    )


class Quality(NamedTuple):
    """Sampling of a render quality."""

    max_samples: int
    noise_threshold: float


QUALITIES = {"draft": Quality(8, 0.1), "training": Quality(32, 0.02), "final": Quality(100, 0.01)}
"""Sampling by quality; ``make render-quality`` compares each of them with a converged image."""


@dataclass(frozen=True)
class RenderSettings:
    """Render quality and additional passes."""

    quality: str = _setting(
        "training",
        "Render quality: draft is fast and grainy, training suits datasets, final is for publication",
        choices=tuple(QUALITIES),
        flag=True,
    )
    max_samples: int = _setting(
        0,
        "Samples after which a pixel stops even if it is still noisy",
        minimum=1,
        maximum=4096,
        recommended="50 to 500 without a denoiser",
        zero=OF_QUALITY,
        flag=True,
    )
    noise_threshold: float = _setting(
        0.0,
        "Noise below which a pixel stops before it has taken all samples",
        minimum=0.001,
        maximum=0.1,
        zero=OF_QUALITY,
        flag=True,
    )
    denoiser: str = _setting(
        "INTEL",
        "Denoiser: INTEL is OpenImageDenoise, OPTIX requires an NVIDIA GPU",
        choices=("INTEL", "OPTIX", "NONE"),
        flag=True,
    )
    normals: bool = _setting(False, "Also write surface normals (normals.exr)")

    @property
    def sampling(self) -> Quality:
        """Samples and noise threshold: those set by the user, otherwise those of the quality."""
        quality = QUALITIES[self.quality]
        return Quality(self.max_samples or quality.max_samples, self.noise_threshold or quality.noise_threshold)


@dataclass(frozen=True)
class Settings:
    """Everything besides the seed that determines the content of a sample."""

    site: SiteSettings = SiteSettings()
    array: ArraySettings = ArraySettings()
    module: ModuleSettings = ModuleSettings()
    equipment: EquipmentSettings = EquipmentSettings()
    surroundings: SurroundingsSettings = SurroundingsSettings()
    vegetation: VegetationSettings = VegetationSettings()
    light: LightSettings = LightSettings()
    camera: CameraSettings = CameraSettings()
    effects: EffectsSettings = EffectsSettings()
    render: RenderSettings = RenderSettings()


VIEW_GROUPS = ("light", "camera", "effects")
"""Groups of settings that are drawn for each view; all others are drawn once for its site."""


@dataclass(frozen=True)
class RunSettings:
    """Size, seed, hardware, limits and formats of a run. Only seed and views_per_site change what an image shows."""

    num_images: int = _setting(10, "Number of images in the dataset", minimum=1, maximum=1_000_000, flag=True)
    views_per_site: int = _setting(
        1,
        "Number of images of each site, like a flight over it; camera, light and effects are drawn for each image",
        minimum=1,
        maximum=10_000,
        flag=True,
    )
    num_parallel: int = _setting(
        4,
        "Blender processes that render images at the same time",
        minimum=1,
        maximum=256,
        zero=RECOMMENDED,
        flag=True,
    )
    seed: int = _setting(0, "Seed of the first site; site i uses seed + i", minimum=0, maximum=2**53 - 1, flag=True)
    use_gpu: bool = _setting(True, "Render on the GPU if one is available", flag=True)
    device: str = _setting(
        "auto",
        "Render device; auto selects the fastest backend available",
        choices=("auto", "metal", "optix", "cuda", "hip", "oneapi", "cpu"),
        flag=True,
    )
    formats: Options = _setting(
        Options(("coco",)),
        "Annotation formats to write in addition to the sample folders",
        choices=module_names(_FORMATS),
        empty=True,
        flag=True,
    )
    hang_minutes: float = _setting(
        30.0,
        "A process without any sign of progress for this time is ended, and its image is tried again; see hang_factor",
        "min",
        minimum=0.01,
        maximum=10_080,
        flag=True,
    )
    hang_factor: float = _setting(
        5.0,
        "Instead of hang_minutes, wait for this multiple of the time of the slowest image so far if that is longer",
        minimum=1,
        maximum=1000,
        flag=True,
    )
    storage_wait_minutes: float = _setting(
        720.0,
        "While the disk is full or unreachable, the run waits; it ends if no image can be made for this time",
        "min",
        minimum=0,
        maximum=100_000,
        flag=True,
    )
    retry_failed: bool = _setting(
        False, "Try failed images again at the end of the run, one process at a time", flag=True
    )
    classes: str = _setting(
        "module",
        "Classes of the annotation formats in their order: names of categories, or a mapping file",
        recommended="module,table, or a file with lines like: damaged = cracked, missing",
        flag=True,
    )
    min_visible_px: int = _setting(
        9,
        "Fewest visible pixels of an annotation; slivers would teach a detector to find objects everywhere",
        minimum=1,
        maximum=1_000_000,
        flag=True,
    )
    min_visible_fraction: float = _setting(
        0.05, "Least visible fraction of an annotation", minimum=0.0, maximum=1.0, flag=True
    )
    pile_box: str = _setting(
        "shaft",
        "Box of a pile in the annotation formats: shaft is all that is visible of it, head only its top",
        choices=("shaft", "head"),
        flag=True,
    )
    split: str = _setting(
        "0.8/0.2",
        "Shares of the sites for training, validation and, if there is a third one, testing",
        flag=True,
    )
    license: str = _setting(
        NO_LICENSE,
        "License of the images, which the dataset card README.md states",
        choices=(NO_LICENSE, *LICENSES),
        flag=True,
    )


@dataclass(frozen=True)
class ExportSettings:
    """How finished images are cut into tiles, or modules out of them."""

    tile: int = _setting(1024, "Side of square tiles", "px", minimum=64, maximum=16_384, flag=True)
    overlap: float = _setting(
        0.2, "Share of its side that a tile has in common with the next one", minimum=0.0, maximum=0.9, flag=True
    )
    empty: float = _setting(
        0.1, "Share of the tiles without annotations that are kept", minimum=0, maximum=1, flag=True
    )
    crop: int = _setting(256, "Longer side of rectified crops of modules", "px", minimum=16, maximum=4096, flag=True)
    processes: int = _setting(
        0, "Processes that cut images at the same time", minimum=1, maximum=256, zero="one for each core", flag=True
    )


def iter_settings(schema: type = Settings) -> tuple[Setting, ...]:
    """Return every setting of ``schema`` (``Settings``, ``RunSettings`` ...) in order of definition."""
    if schema not in _FOUND:
        _FOUND[schema] = tuple(_settings_of(schema))
    return _FOUND[schema]


_FOUND: dict[type, tuple[Setting, ...]] = {}
"""Results of ``iter_settings``: resolving annotations takes longer than drawing all settings."""


def _settings_of(schema: type) -> Iterator[Setting]:
    hints = get_type_hints(schema)
    for field in dataclasses.fields(schema):
        kind = hints[field.name]
        if dataclasses.is_dataclass(kind):
            for inner in iter_settings(kind):  # type: ignore[arg-type]
                yield inner._replace(name=f"{field.name}.{inner.name}")
        else:
            yield Setting(field.name, kind, field.default, field.metadata["spec"])


def from_dict(data: Mapping[str, Any], settings: Settings | None = None) -> Settings:
    """Return ``settings`` (the defaults if omitted) updated with the nested dictionary of a JSON file.

    Raise SettingsError for an unknown name, a wrong type or a value out of range.
    """
    return with_values(settings or Settings(), _flatten(data))


def of_site(settings: Settings) -> Settings:
    """Return ``settings`` with defaults for all that a site does not depend on.

    These are the groups that are drawn for each view, except for the latitude, which tables face, and the groups that
    only views are made with.
    """
    return dataclasses.replace(
        settings,
        vegetation=VegetationSettings(),
        light=LightSettings(latitude_deg=settings.light.latitude_deg),
        camera=CameraSettings(),
        effects=EffectsSettings(),
        render=RenderSettings(),
    )


def differs_between_images(setting: Setting) -> bool:
    """Return whether the value is drawn anew for each site or, in VIEW_GROUPS, for each view."""
    return setting.type in (Range, Options) and not setting.spec.within


def value_of(settings: Settings | RunSettings, name: str) -> Any:
    """Return the value of the setting with the given dotted name."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def to_dict(settings: Settings | RunSettings | ExportSettings) -> dict[str, Any]:
    """Return the settings as a nested dictionary of JSON types; a fixed range becomes a single number."""

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


SettingsT = TypeVar("SettingsT", Settings, RunSettings, ExportSettings)


def with_values(settings: SettingsT, values: Mapping[str, Any]) -> SettingsT:
    """Return a copy of ``settings`` with the given values, by dotted name, validated and applied.

    Raise SettingsError for an unknown name, a wrong type or a value out of range.
    """
    known = {setting.name: setting for setting in iter_settings(type(settings))}
    checked: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if name not in known:
            raise _unknown(name, known)
        group, _, field = name.rpartition(".")
        checked.setdefault(group, {})[field] = check(known[name], value)
    changes = checked.pop("", {})
    for group, own in checked.items():
        changes[group] = dataclasses.replace(getattr(settings, group), **own)
    return dataclasses.replace(settings, **changes)


def _unknown(name: str, known: Mapping[str, Setting]) -> SettingsError:
    name = shortened(name)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return SettingsError("{name} is not a setting; did you mean {close}?", name=name, close=close[0])
    names = ByFace("--help", Message("a file that Save Settings has written"))
    return SettingsError("{name} is not a setting; for the names of all settings, see {where}.", name=name, where=names)


def _flatten(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise SettingsError("The settings must be a JSON object of setting groups.")
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def named_files(settings: Settings) -> dict[str, str]:
    """Return the paths of the input files and folders that the settings name, by setting."""
    files = (setting.name for setting in iter_settings(Settings) if setting.spec.file or setting.spec.folder)
    return {name: value_of(settings, name) for name in files if value_of(settings, name)}


def settings_sha256(settings: Settings, *, paths: bool = False) -> str:
    """Return a checksum of the settings that does not depend on notation: 18 and 18.0 are equal.

    Samples depend on the content of input files (``files_sha256``), not on their paths: without ``paths``, it only
    counts whether a file is named.
    """
    checked = from_dict(to_dict(settings))
    if not paths:
        checked = with_values(checked, dict.fromkeys(named_files(checked), "file"))
    canonical = json.dumps(to_dict(checked), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
