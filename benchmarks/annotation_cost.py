# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what annotations cost: those of one large image, and --rebuild of datasets of several sizes.

Run: make annotation-cost. The passes of the large image are painted from the plan of a site, without a render: what is
measured is everything from the passes to sample.json, on one core. The datasets consist of copies of the annotations
of a smaller image under new indices, without its images, which only the format panoptic opens. CPU time and the largest
memory are those of a process of its own. The result is written to benchmarks/results/annotation_cost.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from solar_site_addon.generator.annotations.objects import annotate_image
from solar_site_addon.generator.dataset.files import json_bytes
from solar_site_addon.generator.dataset.layout import batch_name, image_name
from solar_site_addon.generator.dataset.sample_json import sample_document
from solar_site_addon.generator.domain.array_types import Floats
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.domain.projection import Camera
from solar_site_addon.generator.imaging.passes import PixelPasses
from solar_site_addon.generator.plan.model import Site, View
from solar_site_addon.generator.plan.objects import objects_of
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.sensor.modality import Image
from solar_site_addon.generator.settings.schema import Settings, with_values

RESULTS = Path(__file__).resolve().parent / "results" / "annotation_cost"
SEED = 7
LARGE = {"site.size_m": 600, "camera.altitude_agl_m": 300, "camera.gimbal_pitch_deg": -90}
SMALL = {**LARGE, "site.size_m": 250, "camera.altitude_agl_m": 85, "camera.width_px": 1320, "camera.height_px": 989}
MEASURE = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
times = {"user": round(used.ru_utime, 1), "system": round(used.ru_stime, 1)}
print(json.dumps({**times, "megabytes": round(used.ru_maxrss / 1024)}))
"""
"""Program that measures a command. It is small: Linux counts the memory that a process had before it became another."""
CONDITIONS = {f"module.{name}_share": 0.08 for name in ("missing", "cracked", "droppings", "stain", "leaves", "snow")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the result; return the exit code."""
    parser = argparse.ArgumentParser(prog="make annotation-cost", description=__doc__)
    parser.add_argument("--samples", nargs="*", type=int, default=[100, 1000, 10_000], help="sizes of the datasets")
    parser.add_argument("--formats", default="coco", help="formats that --rebuild writes")
    parser.add_argument("--keep", type=Path, help="folder to keep the datasets in")
    options = parser.parse_args(arguments)
    result: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "formats": options.formats,
    }
    result["image"] = large_image()
    print(json.dumps(result["image"]), flush=True)
    result["rebuild"] = []
    with tempfile.TemporaryDirectory() as kept:
        for samples in options.samples:
            out = (options.keep or Path(kept)) / f"samples_{samples}"
            make_samples(out, samples)
            result["rebuild"].append(rebuild(out, samples, options.formats))
            print(json.dumps(result["rebuild"][-1]), flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def large_image() -> dict[str, Any]:
    """Return what the annotations of a full image cost: CPU seconds by part."""
    site, view = planned(LARGE)
    passes = painted(site, view.camera)
    start = time.process_time()
    _, annotations = annotate_image(site, view.camera, passes)
    annotated = time.process_time()
    document = document_of(site, view, annotations)
    data = json_bytes(document)
    written = time.process_time()
    return {
        "width": view.camera.width_px,
        "height": view.camera.height_px,
        "modules": sum(one["category"] == "module" for one in document["objects"]),
        "objects": len(document["objects"]),
        "tables": len(document["tables"]),
        "conditions": len(document["conditions"]),
        "annotate": round(annotated - start, 2),
        "sample_json": round(written - annotated, 2),
        "bytes": len(data),
    }


def planned(values: dict[str, Any]) -> tuple[Site, View]:
    """Return a site with many conditions, and a view of it."""
    settings = with_values(Settings(), {**values, **CONDITIONS})
    site = plan_site(settings, SEED)
    return site, plan_view(site, settings, 0)


def document_of(site: Site, view: View, annotations: Any) -> Any:
    """Return sample.json of an image without files."""
    return sample_document(
        view=view,
        settings=with_values(Settings(), {}),
        number=image_number(0, site.seed, 1),
        annotations=annotations,
        images=[Image("rgb", view.camera, {"rgb.png": b""})],
        files={},
        render_info={},
        blender="4.5.15",
    )


def painted(site: Site, camera: Camera) -> PixelPasses:
    """Return the passes of an image, painted: modules and other objects before the ground, and marks as stripes."""
    objects = objects_of(site)
    shape = camera.height_px, camera.width_px
    numbers = np.zeros(shape, dtype=np.int32)
    depth = np.full(shape, camera.altitude_agl_m, dtype=np.float32)
    for number in range(len(objects), 0, -1):  # modules come last, over their racks
        if objects.category[number - 1] != Category.TABLE and not _is_missing(site, number):
            _paint(numbers, depth, camera, objects.corners(number), number)
    categories = np.where(numbers > len(site.modules), Category.OTHER, Category.MODULE)
    categories[numbers == 0] = Category.TERRAIN
    marked = np.zeros(shape, dtype=bool)
    marked[:, ::3] = (numbers[:, ::3] > 0) & (numbers[:, ::3] <= len(site.modules))
    normals = np.zeros((*shape, 3), dtype=np.float32)
    return PixelPasses(numbers, categories.astype(np.uint8), marked, depth, normals)


def _is_missing(site: Site, number: int) -> bool:
    return number <= len(site.modules) and site.modules.condition[number - 1] == Category.MISSING - Category.DUST + 1


def _paint(numbers: Any, depth: Any, camera: Camera, corners: Floats, number: int) -> None:
    """Paint the box around the projected corners, a little smaller, so that masks of neighbors have gaps."""
    pixels, depths = camera.project(corners)
    if not np.isfinite(pixels).all():
        return
    left, top = np.maximum(np.ceil(pixels.min(axis=0) + 1), 0).astype(int)
    right, bottom = np.maximum(np.floor(pixels.max(axis=0) - 1), 0).astype(int)
    numbers[top:bottom, left:right] = number
    depth[top:bottom, left:right] = depths.mean()


def make_samples(out: Path, number: int) -> None:
    """Write a dataset with copies of one sample.json under new indices, without its images."""
    site, view = planned(SMALL)
    passes = painted(site, view.camera)
    document = cast("dict[str, Any]", document_of(site, view, annotate_image(site, view.camera, passes)[1]))
    text = json_bytes(document).decode()
    for index in range(number):
        folder = out / batch_name(index % 4) / image_name(index)
        folder.mkdir(parents=True, exist_ok=True)
        changed = re.sub(r'"index": 0,\n"site": 0,', f'"index": {index},\n"site": {index},', text, count=1)
        (folder / "sample.json").write_text(changed, encoding="utf-8")
        (folder / "rgb.png").touch()


def rebuild(out: Path, samples: int, formats: str) -> dict[str, Any]:
    """Return the CPU seconds and the largest memory of --rebuild."""
    command = [sys.executable, "headless/batch.py", str(out), "--rebuild", "--formats", formats]
    result = subprocess.run([sys.executable, "-c", MEASURE, *command], stdout=subprocess.PIPE, text=True, check=True)
    return {"samples": samples, **json.loads(result.stdout)}


if __name__ == "__main__":
    sys.exit(main())
