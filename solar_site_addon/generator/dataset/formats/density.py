# SPDX-License-Identifier: GPL-3.0-or-later
"""Points and density maps, for networks that count.

OUT/density/index.txt                   the cell size, the classes, and a line for each map: subset, count, image
OUT/density/maps/image_0000_CLASS.npy   density (rows, columns) of a class: float32, the sum is the number of instances
OUT/density/points/image_0000.csv       class, x and y in pixels of each instance

An instance is a Gaussian around its point: the center of a pile's top, or of the box around the visible pixels. A cell
of a map is CELL_PX x CELL_PX pixels. The files are in numpy's .npy format, version 1.0, which numpy.load reads.
Standard library only.
"""

from __future__ import annotations

import contextlib
import math
import re
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from ..annotation_format import FormatFolder, format_in_folder
from ..content import AddImage, AnnotatedImage, Content, Instance
from ..files import is_signed, signed, write_text
from ..schema import ObjectRecord

INDEX = "index.txt"
CELL_PX = 8
"""Side of a cell: networks that count predict maps of an eighth of the resolution (Li et al. 2018, CSRNet)."""
SIGMA_PX = 16.0
"""Standard deviation of the Gaussian. Estimate, about half the size of a pile in survey images."""
_REACH = 3.0
"""Radius at which the Gaussian ends, in standard deviations."""
OUR_FILES = re.compile(r"index\.txt|maps/image_\d+_[^/]+\.npy|points/image_\d+\.csv")
FOLDER = FormatFolder("density", INDEX, is_signed, lambda path: OUR_FILES.fullmatch(path) is not None)

Point = tuple[float, float]


@contextlib.contextmanager
def write(out: Path, content: Content) -> Iterator[AddImage]:
    """Replace OUT/density with the added images; after an error, it is kept unchanged."""
    names = content.classes.names
    with FOLDER.replacing(out) as folder:
        maps, lists = folder / "maps", folder / "points"
        for path in (maps, lists):
            path.mkdir(parents=True)
        lines = [f"cell_px {CELL_PX}", f"classes {','.join(names)}"]

        def add(image: AnnotatedImage) -> None:
            points = [(instance.class_index, point_of(instance)) for instance in image.instances]
            write_text(lists / f"{image.name}.csv", [f"{names[number]},{x:.2f},{y:.2f}" for number, (x, y) in points])
            for number, name in enumerate(names):
                own = [point for owner, point in points if owner == number]
                file = f"{image.name}_{_file_name(name)}.npy"
                (maps / file).write_bytes(npy(*density(own, *image.size)))
                lines.append(f"{image.subset} {len(own)} maps/{file} {image.path}")

        yield add
        write_text(folder / INDEX, signed(lines))


def point_of(instance: Instance) -> Point:
    """Return the point of an instance in pixels."""
    head = cast("ObjectRecord", instance.record).get("head_px")
    if head is not None:
        return head[0], head[1]
    x, y, width, height = instance.record["bbox_px"] or (0, 0, 0, 0)
    return x + width / 2, y + height / 2


def density(points: list[Point], width_px: int, height_px: int) -> tuple[array[float], int, int]:
    """Return a density map in row-major order, and its numbers of rows and columns.

    Each point adds 1 to the sum, also at the border of the image.
    """
    rows, columns = math.ceil(height_px / CELL_PX), math.ceil(width_px / CELL_PX)
    values = array("f", bytes(4 * rows * columns))
    for x, y in points:
        across, down = _weights(x, columns), _weights(y, rows)
        for row, share in down:
            for column, other in across:
                values[row * columns + column] += share * other
    return values, rows, columns


def npy(values: array[float], rows: int, columns: int) -> bytes:
    """Return the .npy file of an array (rows, columns) of float32 in row-major order."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    head = head.ljust(-(-(len(head) + 11) // 64) * 64 - 11) + "\n"
    ordered = values if struct.pack("=h", 1) == struct.pack("<h", 1) else _swapped(values)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode("ascii") + ordered.tobytes()


def _weights(place_px: float, count: int) -> list[tuple[int, float]]:
    """Return the cells along one axis that a point reaches, and the share of each; the shares add up to 1."""
    middle, sigma = place_px / CELL_PX - 0.5, SIGMA_PX / CELL_PX
    nearest = min(max(round(middle), 0), count - 1)
    first = max(math.ceil(middle - _REACH * sigma), 0)
    cells = range(min(first, nearest), max(min(math.floor(middle + _REACH * sigma), count - 1), nearest) + 1)
    raw = [math.exp(-0.5 * ((cell - middle) / sigma) ** 2) for cell in cells]
    total = sum(raw)
    return [(cell, weight / total) for cell, weight in zip(cells, raw, strict=True)]


def _swapped(values: array[float]) -> array[float]:
    result = array("f", values)
    result.byteswap()
    return result


def _file_name(name: str) -> str:
    """Return the name of a class with _ for everything that does not belong in a file name."""
    return re.sub(r"[^\w-]", "_", name)


FORMAT = format_in_folder(
    FOLDER,
    INDEX,
    write,
    """import numpy
rows = [line.split(maxsplit=3) for line in open("density/index.txt") if " maps/" in line]
density = numpy.load("density/" + rows[0][2])""",
)
