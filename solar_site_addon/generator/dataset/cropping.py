# SPDX-License-Identifier: GPL-3.0-or-later
"""Rectified crops of modules: one small image each, warped to the module's true shape, in folders by condition.

TARGET/train/clean/image_0000_17.png    module 17 of image 0; likewise val and test, and all other conditions

This is the layout of torchvision's ImageFolder and of the task classify of Ultralytics YOLO. Both number the classes by
the folders of a subset, so that all subsets have the same folders, of which some may be empty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ..domain.array_types import Bytes, Floats
from ..imaging.png import rgb_png
from .content import Content, keypoints
from .files import DAMAGE, SAMPLE_JSON, damaged, read_sample, rgb_file
from .new_folder import in_processes, new_folder
from .schema import SampleDocument
from .tiling import ReadPixels

MIN_VISIBLE = 0.5
"""Least visible fraction of a module that is cropped, beside the limit that the user sets."""
_MISSING = "missing"


@dataclass(frozen=True)
class Cropping:
    """How modules are cropped."""

    longer_side: int
    """Longer side of a crop, px."""
    content: Content
    """Limits of visibility and split."""
    read: ReadPixels


def crop_all(cropping: Cropping, samples: list[Path], target: Path, processes: int) -> int:
    """Write the crops of all ``samples`` into the new folder ``target``; return their number."""
    with new_folder(target) as folder:
        number = in_processes(_crop_sample, [(cropping, folder, sample) for sample in samples], processes)
        _complete(folder)
    return number


def _complete(folder: Path) -> None:
    """Give each subset a folder for each condition that occurs in any."""
    subsets, conditions = list(folder.iterdir()), {path.name for path in folder.glob("*/*")}
    for subset in subsets:
        for condition in conditions:
            (subset / condition).mkdir(exist_ok=True)


def _crop_sample(job: tuple[Cropping, Path, Path]) -> int:
    """Write the crops of one sample; return their number. Raise SolarSiteError if it is damaged."""
    cropping, folder, sample = job
    document = read_sample(sample)
    try:
        return _crop(cropping, folder, sample, document)
    except DAMAGE as error:
        raise damaged(sample / SAMPLE_JSON, error) from error


def _crop(cropping: Cropping, folder: Path, sample: Path, document: SampleDocument) -> int:
    modules = list(_chosen(document, cropping.content))
    subset = cropping.content.image(document, PurePosixPath(sample.name)).subset
    image = cropping.read.rgb(rgb_file(sample))
    for module in modules:
        path = folder / subset / module["condition"] / f"{sample.name}_{module['id']}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rgb_png(rectified(image, module, cropping.longer_side)))
    return len(modules)


def _chosen(document: SampleDocument, content: Content) -> list[Any]:
    """Return the records of the modules whose front lies within the image and of which enough is visible.

    A missing module is seen if its empty position is.
    """
    places = {shown["parent"]: shown for shown in document["conditions"] if shown["category"] == _MISSING}
    least = max(MIN_VISIBLE, content.min_visible_fraction)
    chosen = []
    for module in document["objects"]:
        shown = places.get(module["id"]) if module.get("condition") == _MISSING else module
        if module["category"] != "module" or shown is None or not _shows_front(module):
            continue
        if (shown["visible_fraction"] or 0.0) >= least and shown["visible_px"] >= content.min_visible_px:
            chosen.append(module)
    return chosen


def _shows_front(module: Any) -> bool:
    """Return whether all corners of a module are in the image, clockwise: from behind, they are the other way round."""
    points = keypoints(module)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ((x, y) for x, y, _ in points)
    clockwise = (x2 - x0) * (y3 - y1) > (x3 - x1) * (y2 - y0)
    return clockwise and all(seen for _, _, seen in points)


def rectified(image: Bytes, module: dict[str, Any], longer_side: int) -> Bytes:
    """Return the module as seen from its front in an image (H, W, 3), with its upper edge on top, in true proportions.

    Where the image has more pixels than the crop, these are averaged.
    """
    corners = np.array([[x, y] for x, y, _ in module["keypoints_px"]])
    lower_left, lower_right, _, upper_left = np.array(module["corners_world"])
    sides = np.linalg.norm([lower_right - lower_left, upper_left - lower_left], axis=1)
    width, height = (max(round(longer_side * side / sides.max()), 1) for side in sides)
    seen = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).max()
    finer = max(math.ceil(seen / longer_side), 1)
    fine = _sampled(image, _places(corners, width * finer, height * finer))
    mean: Bytes = np.rint(fine.reshape(height, finer, width, finer, 3).mean(axis=(1, 3))).astype(np.uint8)
    return mean


def _places(corners: Floats, width: int, height: int) -> Floats:
    """Return where (height, width, 2) the centers of a crop's pixels lie in the image, by its ``corners`` (4, 2)."""
    a, b, c, d, e, f, g, h = _coefficients(corners, (width, height))
    u, v = np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5
    scale = g * u + h * v + 1
    return np.stack([(a * u + b * v + c) / scale, (d * u + e * v + f) / scale], axis=-1)


def _sampled(image: Bytes, places: Floats) -> Floats:
    """Return the colors (..., 3) of an image at ``places`` (..., 2), interpolated between the centers of its pixels."""
    size = np.array(image.shape[1::-1])
    places = np.clip(places - 0.5, 0, size - 1)
    first = np.minimum(places.astype(np.int64), np.maximum(size - 2, 0))
    x, y = np.moveaxis(first, -1, 0)
    right, down = np.moveaxis((places - first)[..., None], -2, 0)
    beyond_x, beyond_y = np.minimum(x + 1, size[0] - 1), np.minimum(y + 1, size[1] - 1)
    upper = image[y, x] * (1 - right) + image[y, beyond_x] * right
    lower = image[beyond_y, x] * (1 - right) + image[beyond_y, beyond_x] * right
    colors: Floats = upper * (1 - down) + lower * down
    return colors


def _coefficients(corners: Floats, size: tuple[int, int]) -> list[float]:
    """Return a to h of x = (a u + b v + c) / (g u + h v + 1), y = (d u + e v + f) / (g u + h v + 1).

    (u, v) are the corners of the crop, and (x, y) ``corners`` (4, 2), both clockwise from the upper left.
    """
    width, height = size
    rows: list[list[float]] = []
    for (u, v), (x, y) in zip(((0, 0), (width, 0), (width, height), (0, height)), corners.tolist(), strict=True):
        rows += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
    solution: list[float] = np.linalg.solve(np.array(rows, dtype=np.float64), corners.ravel()).tolist()
    return solution
