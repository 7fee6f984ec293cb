# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the annotations of varied scenes with rays that are cast independently of the renderer.

Run: make ray-casts. Each scene is one view, made by the pipeline as a sample folder. Its files are then read with
other libraries (json, Pillow, OpenEXR, pycocotools), and Blender's own ray casts tell what stands at the centers of
random pixels: which object, whether its solid in sample.json contains the place, and how deep it lies. Boundaries are
left out: pixels that differ, and at which a ray 0.1 px aside meets another thing. Corners are projected by OpenCV, and
visible fractions are measured by rays through the silhouettes of single objects. The result is written to
benchmarks/results/ray_casts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as official

from solar_site_addon.batch.command_line import parse
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.pipeline import built_site, make_view, prepare_renderer
from solar_site_addon.generator.plan.array.conditions import Condition
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.scene.build import show_view
from solar_site_addon.generator.settings.schema import Settings

from .ray_scene import (
    MARKED_FROM,
    Floats,
    Hit,
    Scene,
    crossed_by,
    is_at_border,
    is_below_ground,
    mark_at,
    own_surface,
    road_edge_m,
)

RESULT = Path(__file__).parent / "results" / "ray_casts" / "result.json"
ALL_CONDITIONS = tuple(
    f"module.{name}_share={share}"
    for name, share in {
        "missing": 0.05, "cracked": 0.05, "droppings": 0.12, "stain": 0.12, "leaves": 0.12, "hot_spot": 0.06,
        "snow": 0.12,
    }.items()
)  # fmt: skip
SCENES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("mountain_summer", 3, ("camera.altitude_agl_m=25", "camera.gimbal_pitch_deg=-60", "vegetation.weeds=1")),
    ("mountain_summer", 8, ("camera.altitude_agl_m=14", "camera.gimbal_pitch_deg=-30", "vegetation.grass=1")),
    ("mountain_winter", 4, ("camera.altitude_agl_m=22", "camera.gimbal_pitch_deg=-70", "module.snow_share=0.5")),
    ("mountain_winter", 9, ("camera.altitude_agl_m=12", "camera.gimbal_pitch_deg=-40", "module.snow_share=0.8")),
    ("dry_hills", 5, ("camera.altitude_agl_m=30", "camera.gimbal_pitch_deg=-90", "effects.distortion=-0.1")),
    ("dry_hills", 12, ("camera.altitude_agl_m=60", "camera.gimbal_pitch_deg=-45")),
    ("terraced_farmland", 6, ("camera.altitude_agl_m=20", "camera.gimbal_pitch_deg=-50", "vegetation.shrubs=1")),
    ("terraced_farmland", 34, ("camera.altitude_agl_m=70", "camera.gimbal_pitch_deg=-35", "effects.distortion=0.08")),
    ("flat_grassland", 7, ("camera.altitude_agl_m=15", "camera.gimbal_pitch_deg=-35", "vegetation.grass=1")),
    ("flat_grassland", 14, ("camera.altitude_agl_m=40", "camera.gimbal_pitch_deg=-75", "module.kind=thin_film_large")),
    ("desert", 8, ("camera.altitude_agl_m=18", "camera.gimbal_pitch_deg=-55", "effects.distortion=-0.08")),
    ("desert", 15, ("camera.altitude_agl_m=120", "camera.gimbal_pitch_deg=-90")),
    ("loess_construction", 2, ("camera.altitude_agl_m=20", "camera.gimbal_pitch_deg=-70", "array.progress=0.4")),
    ("loess_construction", 35, ("camera.altitude_agl_m=70", "camera.gimbal_pitch_deg=-35")),
    ("red_hills_construction", 3, ("camera.altitude_agl_m=18", "camera.gimbal_pitch_deg=-60", "array.progress=0.6")),
    ("red_hills_construction", 10, ("camera.altitude_agl_m=45", "camera.gimbal_pitch_deg=-85", "array.progress=0.5")),
    ("construction_survey", 4, ("camera.altitude_agl_m=30", "camera.gimbal_pitch_deg=-90")),
    ("mixed", 21, ("camera.altitude_agl_m=16", "camera.gimbal_pitch_deg=-25", "array.extension_share=0.5")),
    ("terraced_farmland", 35, ("camera.altitude_agl_m=70", "camera.gimbal_pitch_deg=-35", "array.use_clusters=true")),
    ("mixed", 23, ("camera.altitude_agl_m=50", "camera.gimbal_pitch_deg=-20", "effects.distortion=-0.1")),
)
"""Preset, seed and settings of each scene: all presets, near, far, steep, oblique, with and without distortion."""
SIZE = (320, 240)
ASIDE_PX = 0.1
ASIDE = ((-1, 0), (1, 0), (0, -1), (0, 1))
EXTRA_PER_KIND = 60
"""Pixels of each category, condition and gap that are checked in addition to the random ones."""
FRACTIONS, RAYS_OF_A_FRACTION = 5, 1000
"""Objects of each scene whose visible fraction is measured, and rays for each."""
SOLID_ERROR_M = {"pile": 0.15}
"""How far a place may be outside the solid of its object, by category: clamps and bent strands leave that of a pile."""
SMALL_M = 0.03
DEPTH_ERROR = 1e-3
SURFACES = {
    "Solar Site ground": 1, "Solar Site banks": 1, "Solar Site stones": 1, "Solar Site earthwork": 1,
    "Solar Site vegetation": 2, "Solar Site module": 4, "Solar Site steel": 5, "Solar Site aluminum": 5,
    "Solar Site piles": 40, "Solar Site equipment": 6, "Solar Site fence": 7, "Solar Site surroundings": 8,
    "Solar Site pegs": 8,
}  # fmt: skip
"""Ids in semantic.png by the material that a ray meets."""
RAGGED_M = 0.5
"""Edges of carriageways are ragged by this much, in the image and in the masks; the plan knows only straight ones."""
TERRAIN, ROAD, SKY = 1, 3, 0


@dataclass
class Tally:
    """How many of the checked pixels agree, by what was checked."""

    checked: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, agrees: bool, example: str = "") -> None:
        """Count one check."""
        self.checked[what] += 1
        if not agrees:
            self.wrong[what] += 1
            self.examples.setdefault(what, []).append(example)

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.checked += other.checked
        self.wrong += other.wrong
        for what, examples in other.examples.items():
            self.examples.setdefault(what, []).extend(examples)

    def share(self, what: str) -> float:
        """Return the share of the checks that agree."""
        return 1 - self.wrong[what] / max(self.checked[what], 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the scenes, print a table and write the result; return 0 if everything agrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pixels", type=int, default=1000, help="random pixels of each scene")
    parser.add_argument("--scenes", type=int, nargs="*", help="numbers of the scenes, from 0; by default all")
    parser.add_argument("--images", type=Path, help="folder to keep the images in, to look at them")
    given = parser.parse_args(arguments)
    chosen = range(len(SCENES)) if given.scenes is None else given.scenes
    tally, largest, fractions = Tally(), {"corners_px": 0.0, "lens_px": 0.0}, []
    for number in chosen:
        before = Counter(tally.wrong), Counter(tally.checked)
        checked = check_scene(number, given.pixels, tally, largest, given.images)
        fractions += checked
        wrong, all_checked = tally.wrong - before[0], tally.checked - before[1]
        print(number, *SCENES[number][:2], f"{all_checked['pixels']} pixels", f"wrong: {dict(wrong)}", flush=True)
        for what in wrong:
            print(f"    {what}: {tally.examples[what][-1]}", flush=True)
    report = {
        "scenes": len(list(chosen)),
        "checked": dict(sorted(tally.checked.items())),
        "wrong": dict(sorted(tally.wrong.items())),
        "largest_error_of_corners_px": largest["corners_px"],
        "error_of_the_opencv_model_px": largest["lens_px"],
        "visible_fraction": _summary(fractions),
    }
    for what in sorted(tally.checked):
        print(f"{what:40} {tally.checked[what]:7} {100 * tally.share(what):8.3f} %", *tally.examples.get(what, [])[:6])
    print(json.dumps({key: value for key, value in report.items() if key not in ("checked", "wrong")}, indent=1))
    if given.scenes is None:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(report, indent=1) + "\n")
    return 0 if all(tally.share(what) >= 0.999 for what in ("id", "category", "table", "condition")) else 1


def check_scene(
    number: int, pixels: int, tally: Tally, largest: dict[str, float], images: Path | None
) -> list[tuple[float, float]]:
    """Make a scene and check it; return the visible fractions of some objects: those told, and those measured."""
    preset, seed, values = SCENES[number]
    words = [word for value in (*ALL_CONDITIONS, *values) for word in ("--set", value)]
    flags = ["--preset", preset, "--resolution", "x".join(map(str, SIZE)), "--max_samples", "4", *words]
    request = parse(["out", *flags, "--set", "site.size_m=130"])
    settings = request.settings if request is not None else Settings()  # only --help gives no request
    with tempfile.TemporaryDirectory() as kept, built_site(settings, seed) as built:
        folder = (images or Path(kept)) / f"scene_{number:02d}"
        make_view(built, settings, image_number(0, seed, 1), folder, prepare_renderer("cpu", use_gpu=False, threads=2))
        show_view(built, plan_view(built.site, settings, 0))
        scene = Scene(folder, built.site, built.scene)
        check_pixels(scene, np.random.default_rng(number), pixels, tally, f"scene {number}")
        check_files(scene, tally)
        check_corners(scene, largest)
        return list(visible_fractions(scene, np.random.default_rng(number)))


def check_pixels(scene: Scene, rng: np.random.Generator, pixels: int, tally: Tally, name: str) -> None:
    """Compare all masks with the rays through random pixels, and through some of each category."""
    tables = {one["id"]: scene.mask(one) for one in scene.document["tables"]}
    conditions = [(one, scene.mask(one)) for one in scene.document["conditions"]]
    for x, y, is_random in chosen_pixels(scene, rng, pixels, tables, conditions):
        hit, where, own = scene.hit(x + 0.5, y + 0.5), f"{name} at {x},{y}", Tally()
        check_object(scene, hit, x, y, own, where)
        check_tables(scene, hit, (x, y), tables, own, where)
        check_conditions(scene, hit, (x, y), conditions, own, where)
        tally.checked["pixels"] += is_random
        if own.wrong and is_boundary(scene, hit, x, y):
            tally.checked["pixels left out at boundaries"] += 1
        else:
            tally.add(own)


def is_boundary(scene: Scene, hit: Hit, x: int, y: int) -> bool:
    """Return whether a ray a little aside of a pixel's center meets another thing."""
    around = [(x + dx * ASIDE_PX, y + dy * ASIDE_PX) for dx, dy in ASIDE]
    own = seen(scene, hit, (x, y))
    return any(seen(scene, scene.hit(i + 0.5, j + 0.5), (i, j)) != own for i, j in around)


def seen(scene: Scene, hit: Hit, pixel: tuple[float, float]) -> tuple[str, int, bool, bool]:
    """Return the material and the number that a ray has met, whether that is on a road, and whether on a mark."""
    on_road = hit.material == "Solar Site ground" and road_edge_m(scene.site, hit.place) < 0
    return hit.material, hit.number, on_road, (mark_at(scene, hit, pixel)[0] or 0.0) >= MARKED_FROM


def check_object(scene: Scene, hit: Hit, x: int, y: int, tally: Tally, where: str) -> None:
    """Compare id, category and depth of a pixel with what a ray has met."""
    found = int(scene.instances[y, x])
    record = scene.records.get(found)
    site_id = record["site_id"] if record is not None else 0
    category = record["category"] if record is not None else "nothing"
    told = f"{where}: {site_id} ({category}), ray {hit.number} ({hit.material})"
    tally.note("id", site_id == hit.number, told)
    tally.note(f"id of {category}", site_id == hit.number, told)
    if record is not None:
        outside = scene.outside_m(record, hit.place)
        told = f"{told}, {outside:.3f} m outside"
        tally.note("place within the solid in sample.json", outside < SOLID_ERROR_M.get(category, SMALL_M), told)
        tally.note(f"place within {category}", outside < SOLID_ERROR_M.get(category, SMALL_M), told)
    semantic = int(scene.semantic[y, x])
    expected = SURFACES[hit.material] if hit.material else SKY
    edge_m = road_edge_m(scene.site, hit.place) if hit.material == "Solar Site ground" else np.inf
    if hit.material == "Solar Site ground":
        if abs(edge_m) < RAGGED_M:
            return
        expected = ROAD if edge_m < 0 else TERRAIN
    told = f"{where}: category {semantic}, ray {expected} ({hit.material}, {edge_m:.2f} m from a carriageway)"
    tally.note("category", semantic == expected, told)
    tally.note(f"category {expected}", semantic == expected, told)
    depth = float(scene.depth[y, x])
    same = np.isinf(depth) if np.isinf(hit.depth) else abs(depth - hit.depth) < DEPTH_ERROR * hit.depth
    tally.note("depth", bool(same), f"{where}: {depth:.3f} m, ray {hit.depth:.3f} m")


def check_tables(
    scene: Scene,
    hit: Hit,
    pixel: tuple[int, int],
    tables: dict[int, NDArray[np.bool_]],
    tally: Tally,
    where: str,
) -> None:
    """Compare the tables at a pixel with the module that a ray has met, or with the planes that it has crossed."""
    x, y = pixel
    found = {number for number, mask in tables.items() if mask[y, x]}
    record = scene.by_site_id.get(hit.number)
    if record is not None and record["category"] == "module":
        expected, kind = [{record["parent"]}], "table, on a module"
    else:
        crossed = crossed_by(scene, scene.tables, hit, pixel)
        aside = [(x + dx * ASIDE_PX, y + dy * ASIDE_PX) for dx, dy in ASIDE]
        if any(crossed_by(scene, scene.tables, hit, one) != crossed for one in aside):
            return  # at the border of a table
        expected, kind = [{number} for number in crossed] or [set()], "table, in a gap" if crossed else "no table"
    tally.note("table", found in expected, f"{where}: tables {found}, rays {expected}")
    tally.note(kind, found in expected, f"{where}: tables {found}, rays {expected}")


def check_conditions(
    scene: Scene,
    hit: Hit,
    pixel: tuple[int, int],
    conditions: list[tuple[dict[str, Any], NDArray[np.bool_]]],
    tally: Tally,
    where: str,
) -> None:
    """Compare the conditions at a pixel with the mark on the glass that a ray has met, or an empty place crossed."""
    x, y = pixel
    found = {(one["parent"], one["category"]) for one, mask in conditions if mask[y, x]}
    modules = scene.site.modules
    ray = scene.ray(x + 0.5, y + 0.5)
    unsure = bool(np.any([is_at_border(place) for place in scene.empty.places(scene.position, ray)]))
    expected = {(number, "missing") for number in crossed_by(scene, scene.empty, hit, pixel)}
    opacity, is_near = mark_at(scene, hit, pixel)
    if opacity is not None and opacity >= MARKED_FROM:
        expected.add((scene.by_site_id[hit.number]["id"], Condition(int(modules.condition[hit.number - 1])).key))
    unsure |= is_near
    if unsure:
        return
    agrees = found == expected
    told = f"{where}: {sorted(found)}, rays {sorted(expected)}"
    tally.note("condition", agrees, told)
    for _, kind in expected | found:
        tally.note(f"condition {kind}", agrees, told)


def chosen_pixels(
    scene: Scene,
    rng: np.random.Generator,
    number: int,
    tables: dict[int, NDArray[np.bool_]],
    conditions: list[tuple[dict[str, Any], NDArray[np.bool_]]],
) -> Iterator[tuple[int, int, bool]]:
    """Yield random pixels, and more of each category, of gaps of tables, and of each condition."""
    height, width = scene.size
    for pixel in rng.integers(0, width * height, number).tolist():
        yield pixel % width, pixel // width, True
    lookup = np.zeros(scene.instances.max() + 1, dtype=object)
    lookup[:] = ""
    for number_of_object, category in scene.category.items():
        if number_of_object < len(lookup):
            lookup[number_of_object] = category
    kinds = lookup[scene.instances]
    regions = [kinds == kind for kind in sorted(set(scene.category.values()))]
    regions += [scene.semantic == category for category in range(9)]
    on_table = np.any(list(tables.values()), axis=0) if tables else np.zeros(scene.size, dtype=np.bool_)
    regions.append(on_table & (scene.semantic != 4))
    for kind in sorted({one["category"] for one, _ in conditions}):
        regions.append(np.any([mask for one, mask in conditions if one["category"] == kind], axis=0))
    for region in regions:
        y, x = np.nonzero(region)
        if len(x):
            for pick in rng.integers(0, len(x), EXTRA_PER_KIND).tolist():
                yield int(x[pick]), int(y[pick]), False


def check_files(scene: Scene, tally: Tally) -> None:
    """Compare masks, boxes and pixel counts of sample.json with instances.png and pycocotools."""
    for one in scene.document["objects"]:
        mask = scene.mask(one)
        agrees = bool(np.array_equal(mask, scene.instances == one["id"])) and int(mask.sum()) == one["visible_px"]
        if one["visible_px"]:
            rle = {**one["mask_rle"], "counts": one["mask_rle"]["counts"].encode()}
            agrees &= official.toBbox(rle).tolist() == one["bbox_px"]
        tally.note("mask, box and count of an object", agrees, str(one["id"]))


def check_corners(scene: Scene, largest: dict[str, float]) -> None:
    """Compare the corners of modules with OpenCV's projection."""
    largest["lens_px"] = max(largest["lens_px"], scene.camera.get("opencv_error_px", 0.0))
    rotation, _ = cv2.Rodrigues(scene.pose[:3, :3])
    distortion = np.array(scene.camera.get("opencv_distortion", [0.0] * 8))
    for one in scene.document["objects"]:
        for world, (x, y, seen) in zip(_from_upper_left(one), one.get("keypoints_px", ()), strict=False):
            if seen:
                pixel, _ = cv2.projectPoints(world[None], rotation, scene.pose[:3, 3], scene.matrix, distortion)
                largest["corners_px"] = max(largest["corners_px"], float(np.hypot(*(pixel.ravel() - [x, y]))))
        if one["polygon_px"] is not None and "angle_polynomial" not in scene.camera and len(one["corners_world"]) == 4:
            pixels, _ = cv2.projectPoints(
                np.array(one["corners_world"]), rotation, scene.pose[:3, 3], scene.matrix, distortion
            )
            error = np.abs(pixels.reshape(-1, 2) - np.array(one["polygon_px"])).max()
            largest["corners_px"] = max(largest["corners_px"], float(error))


def _from_upper_left(record: dict[str, Any]) -> Floats:
    return np.array(record["corners_world"])[[3, 2, 1, 0]] if record["category"] == "module" else np.zeros((0, 3))


def visible_fractions(scene: Scene, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    """Yield the visible fractions of some objects, as told and as measured by rays through their silhouettes."""
    candidates = [
        one
        for one in scene.document["objects"]
        if one["visible_px"] >= 150 and one["visible_fraction"] is not None and one["category"] != "pile"
    ]
    order = rng.permutation(len(candidates))[:FRACTIONS]
    for one in (candidates[place] for place in order):
        tree = own_surface(scene, one)
        outline = np.array(one["polygon_px"])
        low, high = outline.min(axis=0), outline.max(axis=0)
        step = max(float(np.sqrt(np.prod(high - low) / RAYS_OF_A_FRACTION)), 0.2)
        silhouette = seen = 0
        for x in np.arange(low[0] + step / 2, high[0], step):
            for y in np.arange(low[1] + step / 2, high[1], step):
                place, _, _, _ = tree.ray_cast(scene.position, scene.ray(x, y))
                if place is None or is_below_ground(scene, np.array(place)):
                    continue
                silhouette += 1
                inside = 0 < x < scene.size[1] and 0 < y < scene.size[0]
                seen += inside and scene.hit(x, y).number == one["site_id"]
        if silhouette:
            yield one["visible_fraction"], seen / silhouette


def _summary(fractions: list[tuple[float, float]]) -> dict[str, float]:
    if not fractions:
        return {}
    difference = np.abs(np.diff(np.array(fractions), axis=1))
    return {
        "objects": len(fractions),
        "median_difference": float(np.median(difference)),
        "largest_difference": float(difference.max()),
        "share_within_0.03": float((difference < 0.03).mean()),
    }


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    os._exit(exit_code)  # some versions of the bpy wheel do not exit regularly
