# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain field of modules as users of BlenderProc write it, with "import blenderproc" first, as it requires.

One object per module, a lawn, a sun, depth, normals, instance masks, HDF5 files and COCO annotations. The last line of
the output of a run is a JSON object with the CPU seconds of each part. For benchmarks/against_blenderproc.py.
"""

import blenderproc as bproc

# isort: split
import argparse
import itertools
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

COLUMNS, ROWS = 63, 32
SIZE_M = 1.13, 1.72, 0.035
PITCH_M = 1.15, 1.75
TILT_RAD = np.radians(20)
FOCAL_M, SENSOR_M = 0.024, 0.0175


def main() -> None:
    """Make the field, render it, write its files, and print the times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--noise_threshold", type=float, default=0.01)
    parser.add_argument("--denoiser", default="INTEL")
    parser.add_argument("--width", type=int, default=1320)
    parser.add_argument("--height", type=int, default=989)
    parser.add_argument("--share", type=float, default=1.0, help="share of the image's sides that the camera shows")
    options = parser.parse_args()
    bproc.init()
    marks = {"start": time.process_time()}
    build()
    aim(options)
    marks["built"] = time.process_time()
    data = render(options)
    marks["rendered"] = time.process_time()
    bproc.writer.write_hdf5(str(options.out / "hdf5"), data)
    bproc.writer.write_coco_annotations(
        str(options.out / "coco"),
        instance_segmaps=data["instance_segmaps"],
        instance_attribute_maps=data["instance_attribute_maps"],
        colors=data["colors"],
        color_file_format="JPEG",
    )
    marks["written"] = time.process_time()
    print(json.dumps({name: marks[name] - marks[before] for before, name in itertools.pairwise(marks)}))


def build() -> None:
    """Build the scene: one object per module."""
    lawn = bproc.object.create_primitive("PLANE", scale=[200, 200, 1])
    lawn.replace_materials(material("lawn", [0.05, 0.09, 0.02, 1], 0.9))
    lawn.set_cp("category_id", 0)
    glass = material("module", [0.01, 0.015, 0.05, 1], 0.1)
    first = bproc.object.create_primitive("CUBE", scale=[side / 2 for side in SIZE_M])
    first.replace_materials(glass)
    for number in range(COLUMNS * ROWS):
        module = first if number == 0 else first.duplicate()
        column, row = number % COLUMNS - (COLUMNS - 1) / 2, number // COLUMNS - (ROWS - 1) / 2
        module.set_location([column * PITCH_M[0], row * PITCH_M[1], 1.2])
        module.set_rotation_euler([TILT_RAD, 0, 0])
        module.set_cp("category_id", 1)
    sun = bproc.types.Light("SUN")
    sun.set_rotation_euler([0.7, 0.3, 0])
    sun.set_energy(4)
    bproc.renderer.set_world_background([0.3, 0.4, 0.6], 0.6)


def material(name: str, color: list[float], roughness: float) -> Any:
    """Return a plain material."""
    made = bproc.material.create(name)
    made.set_principled_shader_value("Base Color", color)
    made.set_principled_shader_value("Roughness", roughness)
    return made


def aim(options: argparse.Namespace) -> None:
    """Let the camera look straight down, so that the field fills the width of the image."""
    height = COLUMNS * PITCH_M[0] * FOCAL_M / SENSOR_M
    focal = options.width / options.share * FOCAL_M / SENSOR_M
    matrix = [[focal, 0, options.width / 2], [0, focal, options.height / 2], [0, 0, 1]]
    bproc.camera.set_intrinsics_from_K_matrix(np.array(matrix), options.width, options.height)
    bproc.camera.add_camera_pose(bproc.math.build_transformation_mat([0, 0, height + 1.2], [0, 0, 0]))


def render(options: argparse.Namespace) -> dict[str, Any]:
    """Return images, depth, normals and masks."""
    bproc.renderer.enable_depth_output(activate_antialiasing=False)
    bproc.renderer.enable_normals_output()
    bproc.renderer.enable_segmentation_output(
        map_by=["category_id", "instance", "name"], default_values={"category_id": 0}
    )
    bproc.renderer.set_max_amount_of_samples(options.samples)
    bproc.renderer.set_noise_threshold(options.noise_threshold)
    bproc.renderer.set_denoiser(options.denoiser if options.denoiser != "NONE" else None)
    return bproc.renderer.render()


main()
