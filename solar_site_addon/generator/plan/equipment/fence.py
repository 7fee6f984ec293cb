# SPDX-License-Identifier: GPL-3.0-or-later
"""The plant's fence: closed lines around tables and equipment, with posts on the ground and gates at the roads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...domain.array_types import Floats, Indices, Mask
from ...domain.random_streams import pick, stream
from ..placement.clearance import FreeGround
from ..placement.fences import Fence, FenceStyle
from ..terrain.terrain import Terrain

_CELL_M = 3.0
"""Cell size of the grid on which the lines are found."""
_OFFSET_CELLS = 3
"""Distance from the tables to the line."""
_ROAD_CELLS = 2
"""Roads up to this far beyond that distance are enclosed: plants drive along the inside of their fence."""
_BRIDGED_CELLS = 4
"""Gaps between tables up to twice this width are enclosed with them."""
_STRAIGHTENED_M = 2.5
"""Greatest distance of the line from the border of the cells, so that it has long straight stretches."""
_LEAST_AREA_M2 = 400.0
"""Smaller areas are not fenced."""
_GATE_SIDE_M = 1.0
"""Free ground between a carriageway and a gate post."""
_LEAST_RUN_M = 25.0
"""Shorter runs between openings are not built: where a road runs along the line, its bends are not fenced."""
_GATE_M = (2.5, 9.0)
"""Least and greatest width of a gate; wider openings have none."""
_GATE_PROBE_M = 0.1
"""Steps in which the edges of a road are sought across an opening."""
_SHORTEST_SPAN_M = 0.4
"""A gate leaf hangs on the fence's own post if that is nearer than this."""
_STANDS_OPEN = 0.5
"""Share of the gates that stand open."""
_STYLES = {"welded_mesh": 0.55, "chain_link": 0.25, "barbed_wire": 0.2}
"""Share of the sites that have each style."""
_POST_SPACING_M = (2.5, 3.0)
_HEIGHT_M = (1.7, 2.2)


def plan_fence(outlines: Floats, terrain: Terrain, free: FreeGround, seed: int) -> Fence:
    """Return a fence around the outlines (T, V, 2) of tables and equipment, with drawn height, style and spacing."""
    spacing = float(stream(seed, "fence/post_spacing").uniform(*_POST_SPACING_M))
    height = float(stream(seed, "fence/height").uniform(*_HEIGHT_M))
    style = FenceStyle[pick(seed, "fence/style", _STYLES).upper()]
    shade = float(stream(seed, "fence/shade").random())
    posts, spans = [np.zeros((0, 2))], [np.zeros((0, 2), dtype=np.intp)]
    count = 0
    for line in fence_lines(outlines, free):
        of_line = posts_along(line, spacing)
        number = np.arange(len(of_line))
        posts.append(of_line)
        spans.append(np.stack([number, np.roll(number, -1)], axis=1) + count)
        count += len(of_line)
    places, closed = np.concatenate(posts), np.concatenate(spans)
    joined = closed[_outside_roads(places[closed], free)]
    joined = _without_stubs(places, joined)
    places, joined, gates = _with_gate_posts(places, joined, openings(closed, joined), free)
    leaves = _leaves(places[gates], free, seed)
    places, joined = _without_lonely(places, joined)
    return Fence(
        posts=_on_ground(places, terrain),
        spans=joined.astype(np.int32),
        leaves=_on_ground(leaves, terrain),
        height_m=height,
        style=style,
        shade=shade,
    )


def fence_lines(outlines: Floats, free: FreeGround) -> list[Floats]:
    """Return closed lines (L, 2), counter-clockwise, around the outlines (T, V, 2) at a distance of some meters.

    The outlines and the roads along them are rasterized on a grid, dilated and joined over narrow gaps; the resulting
    border is straightened.
    """
    if len(outlines) == 0:
        return []
    border = 2 * _OFFSET_CELLS + _ROAD_CELLS + _BRIDGED_CELLS + 3
    low = outlines.min(axis=(0, 1)) - border * _CELL_M
    size = np.ceil((outlines.max(axis=(0, 1)) - low) / _CELL_M).astype(int) + border
    marked = np.zeros((size[1], size[0]), dtype=np.bool_)
    points = _filled(outlines)
    column, row = ((points - low) / _CELL_M).astype(int).T
    marked[row, column] = True
    marked |= _roads_along(marked, low, free)
    grown = dilated(marked, _OFFSET_CELLS + _BRIDGED_CELLS)
    inside = ~dilated(~grown, _BRIDGED_CELLS)
    lines = [low + _CELL_M * loop for loop in border_loops(inside)]
    return [straightened(line, _STRAIGHTENED_M) for line in lines if _signed_area(line) >= _LEAST_AREA_M2]


def _roads_along(marked: Mask, low: Floats, free: FreeGround) -> Mask:
    """Return the cells of roads so near to the ``marked`` ones that the fence would run on them or beside them."""
    near = np.argwhere(dilated(marked, _OFFSET_CELLS + _ROAD_CELLS))
    centers = low + _CELL_M * (near[:, ::-1] + 0.5)
    of_roads = near[free.to_road(centers) <= _CELL_M / 2]
    roads = np.zeros_like(marked)
    roads[tuple(of_roads.T)] = True
    return roads


def dilated(mask: Mask, cells: int) -> Mask:
    """Return ``mask`` dilated by ``cells``, by squares and diamonds in turn, which makes an octagon."""
    for step in range(cells):
        padded = np.pad(mask, 1)
        grown = mask | padded[2:, 1:-1] | padded[:-2, 1:-1] | padded[1:-1, 2:] | padded[1:-1, :-2]
        if step % 2:
            grown |= padded[2:, 2:] | padded[2:, :-2] | padded[:-2, 2:] | padded[:-2, :-2]
        mask = grown
    return mask


def border_loops(inside: Mask) -> list[Floats]:
    """Return the outer borders (L, 2) of the areas of a mask, counter-clockwise, as x, y in cells, without holes."""
    padded = np.pad(inside, 1)
    # Each side of a cell that borders on the outside is an arrow with the inside on its left.
    arrows: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for rows, columns, start, end in (
        (0, 1, (0, 0), (1, 0)), (2, 1, (1, 1), (0, 1)), (1, 0, (0, 1), (0, 0)), (1, 2, (1, 0), (1, 1)),
    ):  # fmt: skip
        outside = ~padded[rows : rows + inside.shape[0], columns : columns + inside.shape[1]]
        for row, column in np.argwhere(inside & outside).tolist():
            arrows.setdefault((column + start[0], row + start[1]), []).append((column + end[0], row + end[1]))
    loops = []
    while arrows:
        first = next(iter(arrows))
        loop, here = [], first
        while here in arrows:
            loop.append(here)
            ends = arrows[here]
            here = ends.pop()
            if not ends:
                del arrows[loop[-1]]
        loops.append(np.array(loop, dtype=np.float64))
    return [loop for loop in loops if _signed_area(loop) > 0]


def straightened(line: Floats, tolerance_m: float) -> Floats:
    """Return the closed line with only those points that keep it within the tolerance.

    Douglas and Peucker: "Algorithms for the reduction of the number of points", Cartographica 10 (1973).
    """
    farthest = int(np.argmax(((line - line[0]) ** 2).sum(axis=1)))
    closed = np.concatenate([line, line[:1]])
    keep = np.zeros(len(closed), dtype=np.bool_)
    keep[[0, farthest, len(line)]] = True
    stretches = [(0, farthest), (farthest, len(line))]
    while stretches:
        start, end = stretches.pop()
        if end - start < 2:
            continue
        chord = closed[end] - closed[start]
        offset = closed[start + 1 : end] - closed[start]
        distance = np.abs(chord[0] * offset[:, 1] - chord[1] * offset[:, 0]) / max(float(np.hypot(*chord)), 1e-9)
        middle = start + 1 + int(np.argmax(distance))
        if distance[middle - start - 1] > tolerance_m:
            keep[middle] = True
            stretches += [(start, middle), (middle, end)]
    return closed[:-1][keep[:-1]]


def _filled(outlines: Floats) -> Floats:
    """Return points (N, 2) over convex quadrilaterals (T, 4, 2), no farther apart than a cell."""
    sides = np.linalg.norm(np.diff(outlines, axis=1), axis=-1).max()
    share = np.linspace(0.0, 1.0, int(np.ceil(sides / _CELL_M)) + 1)
    u, v = (grid.ravel()[:, None] for grid in np.meshgrid(share, share))
    a, b, c, d = (outlines[:, None, corner] for corner in range(4))
    points: Floats = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)
    return points.reshape(-1, 2)


def posts_along(line: Floats, spacing_m: float) -> Floats:
    """Return posts (P, 2) at every corner of the closed line and evenly between them, about ``spacing_m`` apart."""
    ends = np.roll(line, -1, axis=0)
    parts = []
    for start, end in zip(line, ends, strict=True):
        count = max(round(float(np.hypot(*(end - start))) / spacing_m), 1)
        parts.append(start + np.arange(count)[:, None] / count * (end - start))
    return np.concatenate(parts)


def _outside_roads(ends: Floats, free: FreeGround) -> Mask:
    """Return (K,) whether the spans (K, 2, 2) keep clear of the carriageways."""
    share = np.linspace(0.0, 1.0, 5)[:, None]
    points = ends[:, None, 0] + share * (ends[:, None, 1] - ends[:, None, 0])
    distance = free.to_road(points.reshape(-1, 2)).reshape(len(ends), len(share))
    return np.asarray((distance > _GATE_SIDE_M).all(axis=1))


def _without_stubs(places: Floats, spans: Indices) -> Indices:
    """Return the spans (K, 2) that belong to runs of at least _LEAST_RUN_M."""
    run = np.arange(len(places))
    while True:
        # The lowest index of the posts that each is connected to, propagated along the spans.
        least = run.copy()
        np.minimum.at(least, spans[:, 0], run[spans[:, 1]])
        np.minimum.at(least, spans[:, 1], run[spans[:, 0]])
        least = least[least]
        if (least == run).all():
            break
        run = least
    offset = places[spans[:, 1]] - places[spans[:, 0]]
    length = np.bincount(run[spans[:, 0]], np.sqrt((offset * offset).sum(axis=1)), len(places))
    result: Indices = spans[length[run[spans[:, 0]]] >= _LEAST_RUN_M]
    return result


def openings(closed: Indices, built: Indices) -> list[list[int]]:
    """Return the posts of each opening of closed lines: those at its ends, and between them those that are not built.

    ``closed`` (N, 2) are all spans of the lines, from each post to the next, ``built`` (K, 2) those that are built.
    """
    following = dict(closed.tolist())
    starts, ends = set(built[:, 0].tolist()), set(built[:, 1].tolist())
    found = []
    for first in sorted(ends - starts):
        line = [first, following[first]]
        while line[-1] not in starts:
            line.append(following[line[-1]])
        found.append(line)
    return found


def _with_gate_posts(
    places: Floats, spans: Indices, gaps: Sequence[Sequence[int]], free: FreeGround
) -> tuple[Floats, Indices, Indices]:
    """Return posts and spans with those that narrow openings to gates, and the gate posts (H, 2).

    ``gaps`` are the posts of each opening: the fence keeps to their line.
    """
    gates = []
    for gap in gaps:
        edges = _road_edges(places[gap], free)
        if edges is None or not _GATE_M[0] <= float(np.hypot(*(edges[1] - edges[0]))) <= _GATE_M[1]:
            continue
        gate = [gap[0], gap[-1]]
        for side, end in enumerate(tuple(gate)):
            if float(np.hypot(*(edges[side] - places[end]))) >= _SHORTEST_SPAN_M:
                gate[side] = len(places)
                spans = np.concatenate([spans, [[end, len(places)] if side == 0 else [len(places), end]]])
                places = np.concatenate([places, edges[side][None]])
        gates.append(gate)
    return places, spans, np.array(gates, dtype=np.intp).reshape(-1, 2)


def _road_edges(line: Floats, free: FreeGround) -> Floats | None:
    """Return (2, 2) the last points beside the road on the first and on the last stretch of a line (N, 2)."""
    ends = []
    for start, end in (line[:2], line[:-3:-1]):
        count = max(int(float(np.hypot(*(end - start))) / _GATE_PROBE_M), 2)
        points = start + np.linspace(0.0, 1.0, count)[:, None] * (end - start)
        on_road = np.flatnonzero(free.to_road(points) <= _GATE_SIDE_M)
        if len(on_road) == 0 or on_road[0] == 0:
            return None
        ends.append(points[on_road[0] - 1])
    return np.stack(ends)


def _leaves(gates: Floats, free: FreeGround, seed: int) -> Floats:
    """Return (2 G, 2, 2) hinges and far ends of the leaves of gates between posts (G, 2, 2), closed or open inward.

    Lines run counter-clockwise, so inward is to the left.
    """
    leaves = []
    stands_open = stream(seed, "fence/gates/open").random(len(gates)) < _STANDS_OPEN
    turns = np.radians(stream(seed, "fence/gates/turn").uniform(75.0, 100.0, (len(gates), 2)))
    for (first, last), is_open, turn in zip(gates, stands_open, turns, strict=True):
        half = (last - first) / 2
        tips = np.stack([first + half, last - half])
        if is_open:
            closed, inward = np.stack([half, -half]), np.array([-half[1], half[0]])
            opened = np.stack([first, last]) + np.cos(turn)[:, None] * closed + np.sin(turn)[:, None] * inward
            tips = opened if bool((free.to_road(opened) > 0).all()) else tips
        leaves.append(np.stack([np.stack([first, last]), tips], axis=1))
    return np.array(leaves).reshape(-1, 2, 2)


def _on_ground(points: Floats, terrain: Terrain) -> Floats:
    """Return (..., 3) the points (..., 2) at the height of the ground."""
    return np.concatenate([points, terrain.height(points[..., 0], points[..., 1])[..., None]], axis=-1)


def _without_lonely(places: Floats, spans: Indices) -> tuple[Floats, Indices]:
    """Return the posts that hold a span, and the spans with the new indices of their posts."""
    used = np.unique(spans)
    number = np.zeros(len(places), dtype=np.intp)
    number[used] = np.arange(len(used))
    return places[used], number[spans]


def _signed_area(line: Floats) -> float:
    """Return the area by the shoelace formula, positive for a counter-clockwise line."""
    following = np.roll(line, -1, axis=0)
    return float((line[:, 0] * following[:, 1] - following[:, 0] * line[:, 1]).sum()) / 2
