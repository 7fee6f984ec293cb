# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of the documents sample.json and dataset.json.

``make docs`` derives the JSON Schemas in docs/schemas from these types. Standard library only: the launcher reads
datasets in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired, TypedDict

SCHEMA: Final = 2
"""Version of sample.json and dataset.json; it increases when existing keys change."""

Point = Annotated[list[float], "x, y in pixels; the first pixel's center is 0.5, 0.5"]
Position = Annotated[list[float], "x east, y north, z up in meters"]
Matrix = list[list[float]]
CategoryName = Annotated[str, "name of a category of dataset.json"]


class GeneratorInfo(TypedDict):
    """Software and settings that made a sample."""

    version: Annotated[str, "version of Solar Site"]
    blender: Annotated[str, "version of Blender"]
    settings_sha256: Annotated[str, "checksum of the settings, in which paths of input files do not count"]
    files_sha256: NotRequired[Annotated[dict[str, str], "checksums of the input files, by setting"]]


class CameraRecord(TypedDict):
    """The camera of an image: OpenCV axes (x right, y down, z forward)."""

    name: Annotated[str, "setting camera.model"]
    model: Annotated[Literal["pinhole", "angle_polynomial"], "projection model"]
    angle_polynomial: NotRequired[
        Annotated[list[float], "c: angle = c0 s + c1 s^2 + c2 s^3 + c3 s^4 in radians; s: radius / focal length"]
    ]
    opencv_distortion: NotRequired[
        Annotated[list[float], "k1, k2, p1, p2, k3, k4, k5, k6 of OpenCV's rational model, the nearest to the lens"]
    ]
    opencv_error_px: NotRequired[Annotated[float, "largest error of OpenCV's model in pixels"]]
    K: Annotated[Matrix, "3 x 3 intrinsics in pixels"]
    world_to_camera: Annotated[Matrix, "4 x 4 rigid transform in meters"]
    gsd_m: Annotated[float, "ground sampling distance straight below the drone"]
    altitude_agl_m: Annotated[float, "height above the ground"]
    gimbal_pitch_deg: Annotated[float, "-90 is straight down"]
    heading_deg: Annotated[float, "clockwise from north"]


class ImageRecord(TypedDict):
    """One image of a sample."""

    file: Annotated[str, "name of the file in the sample folder"]
    width: int
    height: int
    camera: CameraRecord


class FileRecord(TypedDict):
    """A file of a sample other than sample.json."""

    bytes: int
    sha256: str


class SunRecord(TypedDict):
    """Position of the sun and turbidity of the air."""

    azimuth_deg: Annotated[float, "clockwise from north"]
    elevation_deg: float
    turbidity: float


class Mask(TypedDict):
    """A mask in COCO's compressed run-length encoding."""

    size: Annotated[list[int], "height, width"]
    counts: str


class AnnotationRecord(TypedDict):
    """How an object, a table or a condition appears in the image; pixels are those of the rgb image."""

    category: CategoryName
    polygon_px: Annotated[
        list[Point] | None,
        "outline, neither occluded nor clipped; null if a corner is behind the camera, and for a condition that covers "
        "part of a module",
    ]
    bbox_px: Annotated[list[int] | None, "x, y, width, height around the visible pixels"]
    oriented_box_px: Annotated[
        list[float] | None,
        "box around the visible pixels, parallel to a side of the outline: x and y of its center, longer side, shorter "
        "side, and angle in degrees, 0 to 180, clockwise from the x axis to the longer side",
    ]
    visible_px: Annotated[int, "number of visible pixels"]
    visible_fraction: Annotated[
        float | None, "visible pixels per area of the silhouette, in and outside the image; null where unknown"
    ]
    truncation: Annotated[float | None, "share of the silhouette outside the image; null where unknown"]
    mask_rle: Annotated[Mask | None, "visible pixels; null where there are none"]


class ObjectRecord(AnnotationRecord):
    """The annotation of one object in the image."""

    id: Annotated[int, "value in instances.png"]
    site_id: Annotated[int, "number of the object in its site: the same in every view"]
    parent: Annotated[int | None, "id of the table that this object is a part of: that of a module, a rack or a pile"]
    cluster: NotRequired[Annotated[int, "modules: number of the cluster"]]
    row: NotRequired[Annotated[int, "modules: row within the table, 0 at the lower edge"]]
    column: NotRequired[Annotated[int, "modules: column within the table, 0 at the left"]]
    kind: NotRequired[Annotated[str, "modules: setting module.kind; piles: setting array.piles"]]
    condition: NotRequired[Annotated[str, "modules: clean, or the visible defect or soiling"]]
    dust: NotRequired[Annotated[float, "modules: 0 (none) to 1 (caked)"]]
    tilt_deg: NotRequired[Annotated[float, "modules: that of the table"]]
    azimuth_deg: NotRequired[Annotated[float, "modules: direction that the table faces, clockwise from north"]]
    state: NotRequired[Annotated[str, "piles: age, rust or damage; the states depend on the kind"]]
    size_m: NotRequired[Annotated[float, "piles: outer diameter, or height of the section"]]
    exposed_m: NotRequired[Annotated[float, "piles: length above the ground"]]
    head_world: NotRequired[Annotated[Position, "piles: center of the top"]]
    head_px: NotRequired[
        Annotated[list[float] | None, "piles: x and y of the center of the top, visible or not; null behind the camera"]
    ]
    head_bbox_px: NotRequired[
        Annotated[list[int] | None, "piles: x, y, width, height around the visible pixels at the head"]
    ]
    corners_world: Annotated[
        list[Position],
        "modules: lower left, lower right, upper right, upper left of the glass, seen from the front; "
        "other objects: four corners of the box at its base, then the four above them",
    ]
    keypoints_px: NotRequired[
        Annotated[
            list[list[float]],
            "modules: x, y and visibility of the corners of the glass: upper left, upper right, lower right, lower "
            "left, seen from the front; visibility 0: outside the image, 1: hidden, 2: visible",
        ]
    ]


class ModuleTypeRecord(TypedDict):
    """The type of a table's modules."""

    kind: str
    frame: Annotated[str, "color of the frame, or none"]
    length_m: float
    width_m: float
    cells: Annotated[list[int], "along the long side, across it"]


class TableRecord(AnnotationRecord):
    """A table with a module, rack or pile in the image. Its mask are the visible modules and the gaps between them."""

    id: Annotated[int, "parent of its modules, its rack and its piles; not a value in instances.png"]
    site_id: Annotated[int, "number of the table in its site: the same in every view"]
    parent: Annotated[int | None, "null: a table is not a part of an object with an id"]
    cluster: int
    row: Annotated[int, "row within the cluster, 0 at the front"]
    column: Annotated[int, "place within the row, from the left"]
    type: Annotated[str, "setting array.table_type"]
    post_rows: int
    module: ModuleTypeRecord
    center_world: Position
    size_m: Annotated[list[float], "along the row, up the table"]
    stage: Annotated[
        Literal["cleared", "piled", "racked", "partly_mounted", "complete"], "construction stage of the table"
    ]
    piles: Annotated[list[int], "number of piles that stand, and of those that are planned"]
    modules: Annotated[list[int], "number of modules that are mounted, and of those that are planned"]
    columns: Annotated[list[int], "first column with modules, and the one after the last"]
    tilt_deg: float
    azimuth_deg: Annotated[float, "direction that the table faces, clockwise from north"]
    roll_deg: Annotated[float, "inclination along the row, positive where the right end is higher"]
    corners_world: Annotated[list[Position], "of the columns with modules, in the order of a module's"]


class ConditionRecord(AnnotationRecord):
    """The visible extent of a module's condition; dust has none, because it lies on the whole module."""

    parent: Annotated[int, "id of the module"]


class TileRecord(TypedDict):
    """The place of a tile in a whole image."""

    source: Annotated[str, "folder of the whole sample, relative to its dataset"]
    source_index: Annotated[int, "global index of the whole sample"]
    x: Annotated[int, "left column of the tile in the whole image"]
    y: Annotated[int, "top row"]
    source_width: int
    source_height: int


class SampleHead(TypedDict):
    """sample.json without its long lists."""

    schema: Annotated[Literal[2], "version of this layout"]
    generator: GeneratorInfo
    index: Annotated[int, "global index of the sample"]
    site: Annotated[int, "index of the site that the sample shows"]
    view: Annotated[int, "index of the view within the site"]
    seed: Annotated[int, "seed of the site"]
    images: Annotated[dict[str, ImageRecord], "by modality; rgb is always there"]
    files: Annotated[dict[str, FileRecord], "by name: all files of the sample except sample.json"]
    drawn: Annotated[dict[str, dict[str, Any]], "drawn values of the settings that differ between images, by group"]
    sun: SunRecord
    render: Annotated[dict[str, Any], "device, samples, noise threshold and denoiser"]
    counts: Annotated[dict[str, int], "number of objects and tables that are visible enough to be counted, by category"]
    tile: NotRequired[Annotated[TileRecord, "of samples that headless/export.py has cut from whole ones"]]


class SampleDocument(SampleHead):
    """The document sample.json: cameras, sun, render settings, and the annotations of all objects in the image."""

    objects: list[ObjectRecord]
    tables: list[TableRecord]
    conditions: list[ConditionRecord]


class CategoryRecord(TypedDict):
    """A category of the registry."""

    id: Annotated[int, "value in semantic.png"]
    name: str
    parent: Annotated[str | None, "name of the category that this one is a kind or a part of"]
    color: Annotated[list[int], "sRGB color in the palette of semantic.png"]


class SampleEntry(TypedDict):
    """A sample in dataset.json."""

    index: int
    site: int
    view: int
    seed: int
    path: Annotated[str, "sample folder, relative to the dataset"]
    sha256: Annotated[dict[str, str], "checksum of each file by name"]


class ContentRecord(TypedDict):
    """What the annotation formats hold."""

    classes: Annotated[dict[str, list[str]], "categories of each class, in the order of the classes"]
    min_visible_px: Annotated[int, "fewest visible pixels of an annotation"]
    pile_box: Annotated[str, "shaft or head: box of a pile"]
    min_visible_fraction: Annotated[float, "least visible fraction of an annotation"]
    split: Annotated[str, "shares of the sites for training, validation and testing"]
    annotations: Annotated[int, "number of annotations in each format"]
    dropped: Annotated[int, "number of visible instances of the classes below these limits"]


class DatasetDocument(TypedDict):
    """The document dataset.json; further keys, which the launcher adds, are optional."""

    schema: Annotated[Literal[2], "version of this layout"]
    formats: Annotated[dict[str, str], "file that readers open, by annotation format"]
    content: ContentRecord
    generators: list[GeneratorInfo]
    categories: list[CategoryRecord]
    samples: list[SampleEntry]
