# SPDX-License-Identifier: GPL-3.0-or-later
"""Print how the images of a dataset compare with those of real drones: contrast, tones, modules and their seams.

Run: python -m benchmarks.image_statistics DATASET, or make image-statistics, which generates the images too and records
the result for docs/fidelity.md. That page defines the figures and states those of real images. Needs Pillow and scipy,
which the extras study and test install.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, read_sample, rgb_file
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.dataset.schema import ObjectRecord
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.plan.array.module_types import KINDS

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

RESULT = Path(__file__).resolve().parent / "results" / "image_statistics" / "result.json"

LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of R, G and B in the gray value (ITU-R BT.601)."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Weights of linear R, G and B in the luminance (IEC 61966-2-1)."""
FINE_PX = 1.5
"""Standard deviation of the Gaussian that is subtracted to measure fine contrast, px."""
BLOCK_PX = 64
ENOUGH_PX = 200
"""Pixels of a region below which an image says nothing about it, and of a module to be measured on its own."""
WHOLE = 0.9
"""Visible fraction above which a module is measured on its own."""
STEP_PX = 0.5
"""Spacing of the points at which modules and seams are read, px."""
SEAM_M = 0.035
"""Half width of the zone of a seam: half a gap and a frame's lip, m. The blur of a camera is added to it."""
SEAM_BLUR_PX = 1.0
LEAST_INSIDE_PX = 4.0
"""Pixels between the seam's zone and the middle of a module that are needed to compare the two."""
ALONG = 0.8
"""Share of the length of a seam that is averaged."""
BRIGHTEST = 0.98
"""Quantile of the points in a module that stands for its brightest lines."""
FAINTEST = 1 / 255
"""Strength of a line in a module that has none."""
TRANSPOSED = [0, 3, 2, 1]
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class ModuleView:
    """A module as the image shows it."""

    number: int
    """Value in instances.png."""
    polygon: Floats
    """Corners (4, 2) in pixels: lower left, lower right, upper right, upper left; the first pixel's center is 0.5."""
    place: tuple[int, int, int]
    """Table, row within the table, and column."""


@dataclass(frozen=True)
class AnnotatedImage:
    """An image and its annotations."""

    rgb: NDArray[np.uint8]
    """(H, W, 3)"""
    semantic: NDArray[np.uint8]
    """(H, W) categories."""
    instances: NDArray[np.int64]
    """(H, W) values of instances.png."""
    modules: tuple[ModuleView, ...]
    """Modules of the chosen kinds that are not truncated, and almost entirely visible."""
    chosen: Mask
    """(H, W): pixels of all modules of the chosen kinds."""
    gsd_m: float
    """Ground sampling distance, m."""

    @property
    def grey(self) -> Floats:
        """Return the gray values (H, W), 0 to 1."""
        result: Floats = self.rgb @ LUMA / 255
        return result


def fine(grey: Floats) -> Floats:
    """Return what a Gaussian of FINE_PX removes from gray values (H, W)."""
    return grey - gaussian_filter(grey, FINE_PX, mode="nearest")


def fine_contrast(detail: Floats, region: Mask) -> float:
    """Return the standard deviation of ``detail`` (H, W) in ``region``; NaN if it is too small."""
    return float(detail[region].std()) if region.sum() >= ENOUGH_PX else np.nan


def block_contrast(detail: Floats) -> float:
    """Return the median of the standard deviations of ``detail`` (H, W) in whole blocks of BLOCK_PX; NaN if none."""
    rows, columns = (side // BLOCK_PX for side in detail.shape)
    whole = detail[: rows * BLOCK_PX, : columns * BLOCK_PX]
    blocks = whole.reshape(rows, BLOCK_PX, columns, BLOCK_PX).std(axis=(1, 3))
    return float(np.median(blocks)) if blocks.size else np.nan


def module_contrast(image: AnnotatedImage) -> float:
    """Return the median standard deviation of the gray values within a module; NaN without modules."""
    grey = image.grey
    spreads = [grey[mask].std() for mask in _module_masks(image)]
    return float(np.median(spreads)) if spreads else np.nan


def lightness_spread(image: AnnotatedImage) -> float:
    """Return the standard deviation of the mean lightness of modules; NaN with fewer than two."""
    lightness = lab_lightness(image.rgb)
    means = [lightness[mask].mean() for mask in _module_masks(image)]
    return float(np.std(means)) if len(means) > 1 else np.nan


def _module_masks(image: AnnotatedImage) -> Iterator[Mask]:
    """Yield the pixels (H, W) of each module that shows enough of them."""
    for module in image.modules:
        mask = image.instances == module.number
        if mask.sum() >= ENOUGH_PX:
            yield mask


def lab_lightness(rgb: NDArray[np.uint8]) -> Floats:
    """Return the lightness L* (H, W), 0 to 100, of an sRGB image (H, W, 3), after CIE 15."""
    encoded = rgb / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4) @ LUMINANCE
    result: Floats = np.where(linear > (6 / 29) ** 3, 116 * np.cbrt(linear) - 16, linear * (29 / 3) ** 3)
    return result


def seam_ratio(image: AnnotatedImage) -> float:
    """Return the median strength of the seams between adjacent modules relative to the lines inside them; NaN if none.

    See ``seam_and_line``.
    """
    grey = image.grey
    pairs = (seam_and_line(grey, *pair, image.gsd_m) for pair in adjacent(image.modules))
    ratios = [seam / max(line, FAINTEST) for seam, line in (pair for pair in pairs if pair is not None)]
    return float(np.median(ratios)) if ratios else np.nan


def adjacent(modules: Iterable[ModuleView]) -> Iterator[tuple[Floats, Floats]]:
    """Yield the corners of neighboring modules of a table, each (4, 2): side 1-2 of the first faces 0-3 of the second.

    Modules above each other are mirrored for this, by exchanging the corners 1 and 3.
    """
    by_place = {module.place: module.polygon for module in modules}
    for (table, row, column), polygon in by_place.items():
        right, above = by_place.get((table, row, column + 1)), by_place.get((table, row + 1, column))
        if right is not None:
            yield polygon, right
        if above is not None:
            yield polygon[TRANSPOSED], above[TRANSPOSED]


def seam_and_line(grey: Floats, first: Floats, second: Floats, gsd_m: float) -> tuple[float, float] | None:
    """Return how much brighter than two modules their seam is, and the brightest lines inside them.

    The gray values (H, W) are read from the middle of the ``first`` module (corners (4, 2), see ``adjacent``) to the
    middle of the ``second``. The seam is as bright as its brightest line parallel to it, averaged along the seam; the
    lines inside are as bright as the BRIGHTEST of all points outside the seam. Both are excesses over the median of
    these points. None if the modules are too small in the image.
    """
    seam = (first[[1, 2]] + second[[0, 3]]) / 2
    sides = [(corners[[0, 3]] + corners[[1, 2]]) / 2 for corners in (first, second)]
    zone = SEAM_M / gsd_m + SEAM_BLUR_PX
    halves = [_lines(grey, seam, middle) for middle in sides]
    in_seam = round(zone / STEP_PX) + 1
    if min(len(half) for half in halves) < in_seam + LEAST_INSIDE_PX / STEP_PX:
        return None
    inside = np.concatenate([half[in_seam:].ravel() for half in halves])
    brightness = max(half[:in_seam].mean(axis=1).max() for half in halves)
    level, line = np.quantile(inside, (0.5, BRIGHTEST))
    return float(brightness - level), float(line - level)


def _lines(grey: Floats, start: Floats, end: Floats) -> Floats:
    """Return the gray values (N, P) at P points along N parallel lines from ``start`` (2, 2) to ``end``."""
    across = float(np.linalg.norm(end.mean(axis=0) - start.mean(axis=0)))
    along = float(np.linalg.norm(start[1] - start[0]))
    away = np.linspace(0, 1, max(round(across / STEP_PX), 1) + 1)[:, None, None]
    place = np.linspace(0.5 - ALONG / 2, 0.5 + ALONG / 2, max(round(along / STEP_PX), 2))[None, :, None]
    lines = start + away[..., None] * (end - start)
    points = lines[..., 0, :] * (1 - place) + lines[..., 1, :] * place - 0.5
    result: Floats = map_coordinates(grey, np.moveaxis(points[..., ::-1], -1, 0), order=1, mode="nearest")
    return result


@dataclass(frozen=True)
class Figure:
    """One figure of an image, and its values in real images."""

    name: str
    measure: Callable[[AnnotatedImage], float]
    definition: str
    stills: str
    """10 to 90 % of 62 stills of one flight over polycrystalline modules, 3.7 cm per pixel, reduced in the camera."""
    video: str
    """The same of 11 frames of a video of another drone."""


def _level(share: float) -> Callable[[AnnotatedImage], float]:
    return lambda image: float(np.quantile(image.grey, share))


FIGURES = (
    Figure(
        "fine contrast on modules",
        lambda image: fine_contrast(fine(image.grey), image.chosen),
        "Standard deviation, over the pixels of all modules, of the image minus its blur by a Gaussian of 1.5 px",
        "0.167 to 0.183",
        "",
    ),
    Figure(
        "fine contrast on ground",
        lambda image: fine_contrast(fine(image.grey), image.semantic == Category.TERRAIN),
        "The same over the pixels of terrain",
        "0.132 to 0.161",
        "",
    ),
    Figure(
        "fine contrast in blocks",
        lambda image: block_contrast(fine(image.grey)),
        "Median of the same over blocks of 64 x 64 px",
        "0.144 to 0.171",
        "0.033 to 0.053",
    ),
    Figure(
        "contrast within a module",
        module_contrast,
        "Standard deviation of the gray values of a module; median of the modules",
        "0.156",
        "",
    ),
    Figure(
        "seam ratio",
        seam_ratio,
        "Excess of the mean of the seam between two modules over their median, divided by that of the brightest 2 % of "
        "the pixels inside them; median of the pairs",
        "1.5 to 1.8",
        "",
    ),
    Figure("darkest 1 %", _level(0.01), "Gray value that 1 % of the pixels do not exceed", "0.07", "0.06"),
    Figure("median", _level(0.5), "Median of the gray values", "0.49", "0.55"),
    Figure("brightest 1 %", _level(0.99), "Gray value that 1 % of the pixels exceed", "0.98", "0.83"),
    Figure(
        "lightness of modules",
        lightness_spread,
        "Standard deviation, over the modules of an image, of their mean lightness L* (0 to 100)",
        "2.7 to 5.1",
        "",
    ),
)
"""All figures, in the order of the table. Gray values are the luma of ITU-R BT.601, from 0 to 1."""


def read_image(folder: Path, kinds: Sequence[str] = ()) -> AnnotatedImage:
    """Return the image of a sample folder with its annotations; without ``kinds``, modules of all kinds count."""
    sample = read_sample(folder)
    records = [
        record
        for record in sample["objects"]
        if record["category"] == Category.MODULE.key and (not kinds or record["kind"] in kinds)
    ]
    instances = np.asarray(Image.open(folder / ANNOTATION_FILES["instances"])).astype(np.int64)
    return AnnotatedImage(
        rgb=np.asarray(Image.open(rgb_file(folder)).convert("RGB")),
        semantic=np.asarray(Image.open(folder / ANNOTATION_FILES["semantic"])),
        instances=instances,
        modules=tuple(_module_view(record) for record in records if _is_whole(record)),
        chosen=np.isin(instances, [record["id"] for record in records]),
        gsd_m=sample["images"]["rgb"]["camera"]["gsd_m"],
    )


def _is_whole(record: ObjectRecord) -> bool:
    """Return whether the module shows itself almost entirely."""
    return not record["truncation"] and (record["visible_fraction"] or 0.0) >= WHOLE


def _module_view(record: ObjectRecord) -> ModuleView:
    place = record["parent"] or 0, record["row"], record["column"]
    return ModuleView(record["id"], np.array(record["polygon_px"]), place)


def found_samples(dataset: Path) -> list[Path]:
    """Return the sample folders of a dataset; raise SolarSiteError if there is none."""
    folders = list(find_samples(dataset).values())
    if not folders:
        raise SolarSiteError("{folder} contains no samples.", folder=dataset)
    return folders


def measured(images: Iterable[AnnotatedImage]) -> dict[str, list[float]]:
    """Return the values of each figure, one for each image, NaN where it has none."""
    values: dict[str, list[float]] = {figure.name: [] for figure in FIGURES}
    for image in images:
        for figure in FIGURES:
            values[figure.name].append(figure.measure(image))
    return values


def summarized(values: Sequence[float]) -> dict[str, float]:
    """Return how many images have a value, and the QUANTILES of these values."""
    known = np.array(values)[~np.isnan(values)]
    quantiles = np.quantile(known, QUANTILES).tolist() if len(known) else [float("nan")] * len(QUANTILES)
    return {"images": len(known), **{f"{share:.0%}": value for share, value in zip(QUANTILES, quantiles, strict=True)}}


def report(values: dict[str, list[float]]) -> Iterator[str]:
    """Yield the lines of the table."""
    heads = [f"{share:.0%}" for share in QUANTILES]
    yield f"{'':<26}{'images':>6}" + "".join(f"{head:>8}" for head in heads) + "   real stills      real video"
    for figure in FIGURES:
        summary = summarized(values[figure.name])
        cells = "".join(f"{summary[head]:>8.3f}" for head in heads)
        yield f"{figure.name:<26}{summary['images']:>6}{cells}   {figure.stills:<16} {figure.video}".rstrip()


def record(values: dict[str, list[float]], number: int) -> None:
    """Write the quantiles of each figure over ``number`` images to RESULT."""
    result = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "images": number,
        "figures": {name: summarized(of_images) for name, of_images in values.items()},
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code: 0, or 2 if the folder holds no samples."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.image_statistics", description=__doc__)
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="dataset folder")
    parser.add_argument("--kinds", nargs="+", default=(), choices=KINDS, metavar="KIND", help="only these module kinds")
    parser.add_argument("--json", action="store_true", help="print the values of all images as JSON instead")
    parser.add_argument("--record", action="store_true", help="write the result for docs/fidelity.md as well")
    options = parser.parse_args(arguments)
    try:
        folders = found_samples(options.dataset)
        values = measured(read_image(folder, options.kinds) for folder in folders)
    except SolarSiteError as error:
        print(error, file=sys.stderr)
        return 2
    if options.record:
        record(values, len(folders))
    print(json.dumps(values) if options.json else "\n".join(report(values)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
