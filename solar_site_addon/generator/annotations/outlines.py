# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines of objects in an image, for formats that store polygons, boxes or rectangles instead of masks.

Pixel (x, y) covers the square from (x, y) to (x + 1, y + 1), so a mask is a polygon with integer corners. Standard
library only: the launcher writes datasets in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .run_lengths import Run, pixel_runs

Point = tuple[float, float]

HIDDEN_SHARE = 0.02
"""Largest difference between outline and visible pixels, as a share of the latter, at which an object counts as not
hidden. Estimate."""
HIDDEN_PX = 2.0
"""Added to that difference, px: for small objects, rounding to pixels exceeds the share. Estimate."""
_TOLERANCE_PX = 0.5
"""Largest distance of a point that is left out from the polygon: enough to straighten the steps of slanted edges."""
POLYGON_ERROR_PX = 0.9
"""Largest distance between the border of a mask and its polygon: the tolerance, and the distance from a corner to the
line that cuts it off, at most 0.36 px."""
_EXACT_CORNERS = 8
"""Borders with at most so many corners are not simplified."""
MIN_PIECE_PX = 9
"""Pieces of a mask with fewer pixels, for example between blades of grass, may be left out of its outline. Estimate."""
MAIN_SHARE = 0.9
"""Share of a mask that its outline holds at least: bird droppings often consist of small pieces only. Estimate."""
_CELL_PX = 8
"""Side of the cells by which near points are found."""


def visible_outline(record: Mapping[str, Any], width: int, height: int) -> list[Point]:
    """Return the polygon (pixels) around the visible part of an object, from its record in sample.json.

    If nothing hides the object, the polygon is its outline, clipped to the image, and is accurate to a fraction of a
    pixel. Otherwise it is that of the mask, at most ``POLYGON_ERROR_PX`` away: pieces are connected by lines that run
    back and forth, and holes are filled. The smallest pieces are left out, see ``MIN_PIECE_PX`` and ``MAIN_SHARE``.
    """
    unhidden = _unhidden_outline(record, width, height)
    return unhidden or _joined([simplified(piece) for piece in _main_pieces(mask_outlines(record["mask_rle"]))])


def visible_rectangle(record: Mapping[str, Any], width: int, height: int) -> list[Point]:
    """Return the corners of the smallest rectangle around the visible part of an object.

    If nothing hides the object, the rectangle encloses its outline, clipped to the image, otherwise all its pixels.
    """
    return smallest_rectangle(_unhidden_outline(record, width, height) or _mask_corners(record["mask_rle"]))


def _unhidden_outline(record: Mapping[str, Any], width: int, height: int) -> list[Point]:
    """Return the outline of an object, clipped to the image; empty if something hides the object, or if unknown."""
    visible = record["visible_px"]
    corners = clip_to_image([(x, y) for x, y in record["polygon_px"] or ()], width, height)
    return corners if abs(polygon_area(corners) - visible) <= HIDDEN_SHARE * visible + HIDDEN_PX else []


def _main_pieces(outlines: Iterable[list[Point]]) -> list[list[Point]]:
    """Return the pieces of a mask, the largest first, without the small ones that are only a minor part of it."""
    areas = sorted(((polygon_area(outline), outline) for outline in outlines), key=lambda one: (-one[0], one[1]))
    total, kept = sum(area for area, _ in areas), 0.0
    pieces = []
    for area, outline in areas:
        if area < MIN_PIECE_PX and kept >= MAIN_SHARE * total:
            break
        pieces.append(outline)
        kept += area
    return pieces


def _mask_corners(mask: Mapping[str, Any]) -> list[Point]:
    """Return the corners of the columns of a COCO mask, from their uppermost to their lowermost pixel."""
    ends = ((x, runs[0][0], runs[-1][1]) for x, runs in _columns(mask).items())
    return [(x + side, y) for x, top, bottom in ends for side in (0, 1) for y in (top, bottom)]


def mask_polygons(mask: Mapping[str, Any]) -> list[list[Point]]:
    """Return a polygon for each piece of a COCO mask, at most ``POLYGON_ERROR_PX`` from its border.

    Holes are cut out: a line leads from the outer border to the hole and back.
    """
    loops = _loops(mask)
    outer = sorted((loop for loop in loops if _signed_area(loop) > 0), key=polygon_area)
    boxes = [_box(loop) for loop in outer]
    holes: list[list[list[Point]]] = [[] for _ in outer]
    for hole in (loop for loop in loops if _signed_area(loop) < 0):
        x, y = inside = _beside(hole)
        near = (place for place, (x0, y0, x1, y1) in enumerate(boxes) if x0 < x < x1 and y0 < y < y1)
        holes[next(place for place in near if _contains(outer[place], inside))].append(hole)
    return [_joined([simplified(part) for part in (loop, *own)]) for loop, own in zip(outer, holes, strict=True)]


def simplified(loop: Sequence[Point]) -> list[Point]:
    """Return the border of a mask without the steps of slanted edges, at most ``POLYGON_ERROR_PX`` away from it.

    Each corner is cut off half a pixel away, so that the middles of steps remain; then points are left out. A border
    with few corners is returned as it is.
    """
    if len(loop) <= _EXACT_CORNERS:
        return list(loop)
    cut: list[Point] = []
    for (x0, y0), (x1, y1) in zip(loop, [*loop[1:], loop[0]], strict=True):
        length = abs(x1 - x0) + abs(y1 - y0)
        u, v = (x1 - x0) / length / 2, (y1 - y0) / length / 2
        cut.append((x0 + u, y0 + v))
        if length > 1:
            cut.append((x1 - u, y1 - v))
    return _thinned(cut)


def _thinned(loop: Sequence[Point]) -> list[Point]:
    """Return a closed loop with fewer points, from which none of the others is farther than ``_TOLERANCE_PX``.

    By the algorithm of Douglas and Peucker (Algorithms for the reduction of the number of points required to represent
    a digitized line, 1973), from two points that are far apart.
    """
    far = max(range(len(loop)), key=lambda place: math.dist(loop[0], loop[place]))
    closed = [*loop, loop[0]]
    kept = {0, far}
    pending = [(0, far), (far, len(loop))]
    while pending:
        start, end = pending.pop()
        away, place = _farthest(closed, start, end)
        if away > _TOLERANCE_PX:
            kept.add(place)
            pending += [(start, place), (place, end)]
    return [loop[place] for place in sorted(kept)] if len(kept) > 2 else list(loop)


def _farthest(points: Sequence[Point], start: int, end: int) -> tuple[float, int]:
    """Return how far the points between ``start`` and ``end`` are from the line between these at most, and where."""
    (x0, y0), (x1, y1) = points[start], points[end]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    u, v = (x1 - x0) / length, (y1 - y0) / length
    away, place = 0.0, start
    for here in range(start + 1, end):
        x, y = points[here][0] - x0, points[here][1] - y0
        along = u * x + v * y
        distance = math.hypot(along - min(max(along, 0.0), length), u * y - v * x)
        if distance > away:
            away, place = distance, here
    return away, place


def polygon_area(points: Sequence[Point]) -> float:
    """Return the area of a simple polygon by the shoelace formula."""
    return abs(_signed_area(points))


def clip_to_image(points: Sequence[Point], width: int, height: int) -> list[Point]:
    """Return the part of a convex polygon in the image (Sutherland, Hodgman: Reentrant Polygon Clipping, 1974)."""
    clipped = list(points)
    for axis, limit, sign in ((0, 0, 1), (0, width, -1), (1, 0, 1), (1, height, -1)):
        clipped = list(_clipped(clipped, axis, limit, sign))
    return clipped


def _clipped(points: Sequence[Point], axis: int, limit: float, sign: int) -> Iterator[Point]:
    for one, other in zip(points, [*points[1:], *points[:1]], strict=True):
        depth, next_depth = sign * (one[axis] - limit), sign * (other[axis] - limit)
        if depth >= 0:
            yield one
        if depth * next_depth < 0:
            share = depth / (depth - next_depth)
            crossing = [first + share * (second - first) for first, second in zip(one, other, strict=True)]
            crossing[axis] = limit
            yield crossing[0], crossing[1]


def mask_outlines(mask: Mapping[str, Any]) -> list[list[Point]]:
    """Return the outer outline of each piece of a COCO mask; pixels that only share a corner are separate pieces.

    The sum of the areas is the number of pixels of the mask, including its holes.
    """
    return [loop for loop in _loops(mask) if _signed_area(loop) > 0]


def _loops(mask: Mapping[str, Any]) -> list[list[Point]]:
    """Return the borders of all pieces of a COCO mask, and those of their holes, which run in opposite direction."""
    edges: dict[Point, list[Point]] = {}
    for start, end in _edges(_columns(mask)):
        edges.setdefault(start, []).append(end)
    loops = []
    while edges:
        loops.append(_without_straight_corners(_follow(edges)))
    return loops


def _beside(loop: Sequence[Point]) -> Point:
    """Return the center of a pixel of the mask that touches the first edge of its border."""
    (x0, y0), (x1, y1) = loop[:2]
    length = math.dist(loop[0], loop[1])
    u, v = (x1 - x0) / length, (y1 - y0) / length
    return x0 + (u - v) / 2, y0 + (u + v) / 2  # the mask is on the right, where (-v, u) points, because y points down


def _box(loop: Sequence[Point]) -> tuple[float, float, float, float]:
    """Return the least x and y, and the greatest x and y."""
    across, along = zip(*loop, strict=True)
    return min(across), min(along), max(across), max(along)


def _contains(loop: Sequence[Point], point: Point) -> bool:
    """Return whether a point lies in an axis-parallel loop, by the number of its sides on the right of the point."""
    x, y = point
    crossed = 0
    for (x0, y0), (x1, y1) in zip(loop, [*loop[1:], loop[0]], strict=True):
        crossed += x0 == x1 and x0 > x and min(y0, y1) < y < max(y0, y1)
    return crossed % 2 == 1


def _columns(mask: Mapping[str, Any]) -> dict[int, list[Run]]:
    """Return the runs of pixels in each column of the mask: first, and last + 1."""
    height = mask["size"][0]
    columns: dict[int, list[Run]] = {}
    for start, end in pixel_runs(mask):
        while start < end:  # a run may continue from the bottom of a column at the top of the next
            x, y = divmod(start, height)
            stop = min(y + end - start, height)
            columns.setdefault(x, []).append((y, stop))
            start += stop - y  # noqa: PLW2901 - the rest of the run
    return columns


def _edges(columns: Mapping[int, Sequence[Run]]) -> Iterator[tuple[Point, Point]]:
    """Yield the border of the mask as edges of pixels, with the mask on their right (y points down)."""
    for x, runs in columns.items():
        for top, bottom in runs:
            yield (x, top), (x + 1, top)
            yield (x + 1, bottom), (x, bottom)
        for top, bottom in _uncovered(runs, columns.get(x - 1, ())):
            yield (x, bottom), (x, top)
        for top, bottom in _uncovered(runs, columns.get(x + 1, ())):
            yield (x + 1, top), (x + 1, bottom)


def _uncovered(runs: Iterable[Run], others: Sequence[Run]) -> Iterator[Run]:
    """Yield the parts of ``runs`` that none of the ``others`` covers; both are ascending."""
    for start, end in runs:
        at = start
        for other_start, other_end in others:
            if at < other_start < end:
                yield at, other_start
            if other_start < end:
                at = max(at, other_end)
        if at < end:
            yield at, end


def _follow(edges: dict[Point, list[Point]]) -> list[Point]:
    """Remove a closed loop from ``edges`` and return it; where two pixels only share a corner, it turns right."""
    start = next(iter(edges))
    loop, point = [start], edges[start].pop()
    while True:
        if not edges[loop[-1]]:
            del edges[loop[-1]]
        if point == start:
            return loop
        ends = edges[point]
        right = loop[-1][1] - point[1], point[0] - loop[-1][0]
        following = max(ends, key=lambda end: (end[0] - point[0]) * right[0] + (end[1] - point[1]) * right[1])
        ends.remove(following)
        loop.append(point)
        point = following


def _without_straight_corners(points: Sequence[Point]) -> list[Point]:
    """Return an axis-parallel polygon without the points at which it does not turn."""
    around = zip([points[-1], *points[:-1]], points, [*points[1:], points[0]], strict=True)
    return [point for before, point, after in around if before[0] != after[0] and before[1] != after[1]]


def _signed_area(points: Sequence[Point]) -> float:
    """Return the area of a polygon: positive if it runs clockwise on the screen (y points down)."""
    if not points:
        return 0.0
    x0, y0 = points[0]  # moved to the origin for precision
    moved = [(x - x0, y - y0) for x, y in points]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(moved, [*moved[1:], moved[0]], strict=True)) / 2


def _joined(pieces: Sequence[list[Point]]) -> list[Point]:
    """Return one polygon: each further piece is connected by a line, back and forth, to a near point of the others."""
    points: list[Point] = []
    following: list[int] = []
    cells: dict[tuple[int, int], list[int]] = {}
    for piece in pieces:
        first = len(points)
        here = _near(points, cells, piece[0]) if points else None
        if here is None:
            added, after = piece, 0
        else:
            there = min(range(len(piece)), key=lambda place: math.dist(piece[place], points[here]))
            added, after = [*piece[there:], *piece[: there + 1], points[here]], following[here]
            following[here] = first
        points += added
        following += [*range(first + 1, len(points)), after]
        for number in range(first, first + len(piece)):
            cells.setdefault(_cell(points[number]), []).append(number)
    order = [0]
    while following[order[-1]] != 0:
        order.append(following[order[-1]])
    return [points[number] for number in order]


def _near(points: Sequence[Point], cells: Mapping[tuple[int, int], list[int]], point: Point) -> int:
    """Return the number of one of the nearest ``points``, searching the ``cells`` around a point outward."""
    x, y = _cell(point)
    for reach in itertools.count():
        across, along = range(y - reach, y + reach + 1), (y - reach, y + reach)
        ring = ((i, j) for i in range(x - reach, x + reach + 1) for j in (across if abs(i - x) == reach else along))
        found = [number for cell in ring for number in cells.get(cell, ())]
        if found:
            return min(found, key=lambda number: math.dist(points[number], point))
    raise AssertionError("unreachable")


def _cell(point: Point) -> tuple[int, int]:
    return int(point[0] // _CELL_PX), int(point[1] // _CELL_PX)


def smallest_rectangle(points: Sequence[Point]) -> list[Point]:
    """Return the four corners of the rectangle of minimum area around ``points``.

    One of its sides lies on a side of the convex hull (Freeman, Shapira: Determining the minimum-area encasing
    rectangle for an arbitrary closed curve, 1975).
    """
    hull = convex_hull(points)
    smallest, corners = math.inf, list(points[:1]) * 4
    for (x0, y0), (x1, y1) in zip(hull, [*hull[1:], *hull[:1]], strict=True):
        length = math.hypot(x1 - x0, y1 - y0)
        if length == 0:
            continue
        u, v = (x1 - x0) / length, (y1 - y0) / length
        along, across = [x * u + y * v for x, y in hull], [y * u - x * v for x, y in hull]
        low, high, near, far = min(along), max(along), min(across), max(across)
        if (high - low) * (far - near) < smallest:
            smallest = (high - low) * (far - near)
            places = ((low, near), (high, near), (high, far), (low, far))
            corners = [(a * u - b * v, a * v + b * u) for a, b in places]
    return corners


def convex_hull(points: Iterable[Point]) -> list[Point]:
    """Return the corners of the convex hull in order (Andrew: Another efficient algorithm for convex hulls, 1979)."""
    ordered = sorted(set(points))
    return [*_half_hull(ordered)[:-1], *_half_hull(ordered[::-1])[:-1]] or ordered


def _half_hull(ordered: Sequence[Point]) -> list[Point]:
    half: list[Point] = []
    for point in ordered:
        while len(half) > 1 and _turn(half[-2], half[-1], point) <= 0:
            half.pop()
        half.append(point)
    return half


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
