# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5 files in the layout of BlenderProc 2.8, one for each sample: OUT/hdf5/0.hdf5 is the sample with index 0.

The keys are those of BlenderProc's own renderers, and table_segmaps, table_attribute_maps, condition_segmaps and
condition_attribute_maps in the same manner, for what instance_segmaps cannot hold: things that overlap modules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headless.pixels import read_categories, read_ids, read_rgb
from solar_site_addon.batch.dataset_folder import hdf5_file
from solar_site_addon.generator.annotations.rle import decode_mask
from solar_site_addon.generator.dataset.files import (
    ANNOTATION_FILES,
    DAMAGE,
    SAMPLE_JSON,
    damaged,
    read_sample,
    rgb_file,
)
from solar_site_addon.generator.dataset.index import find_samples
from solar_site_addon.generator.domain.atomic_files import replacing_path
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.imaging.exr import read_exr

DEPTH_OF_SKY_M = 1e10
"""BlenderProc's depth of the sky."""
Layers = dict[str, NDArray[Any] | np.bytes_]
"""Contents of a file by key: arrays, and lists of attributes as JSON."""


def write_hdf5_files(out: Path) -> int:
    """Write the file of every complete sample that has none; return their number. Needs h5py.

    Raise SettingsError if there are no samples, SolarSiteError for a damaged sample.
    """
    samples = find_samples(out)
    if not samples:
        raise SettingsError("{folder} contains no samples.", folder=out)
    missing = {index: folder for index, folder in samples.items() if not hdf5_file(out, index).exists()}
    for index, folder in missing.items():
        contents = layers(folder)
        with replacing_path(hdf5_file(out, index)) as hidden:
            _write(hidden, contents)
    return len(missing)


def _write(path: Path, contents: Layers) -> None:
    """Write a file as BlenderProc does, with compressed arrays."""
    import h5py  # noqa: PLC0415 - only needed here, and not installed with the other libraries

    with h5py.File(path, "w") as file:
        for key, value in contents.items():
            file.create_dataset(key, data=value, compression=None if isinstance(value, np.bytes_) else "gzip")


def layers(sample: Path) -> Layers:
    """Return the contents of the file of a sample; raise SolarSiteError if the sample is damaged."""
    document = read_sample(sample)
    try:
        return _layers(sample, document)
    except DAMAGE as error:
        raise damaged(sample / SAMPLE_JSON, error) from error


def _layers(sample: Path, document: Any) -> Layers:
    instances = read_ids(sample / ANNOTATION_FILES["instances"])
    classes = read_categories(sample / ANNOTATION_FILES["semantic"])
    contents: Layers = {
        "colors": read_rgb(rgb_file(sample)),
        "instance_segmaps": instances.astype(np.int32),
        "class_segmaps": classes.astype(np.int32),
        "instance_attribute_maps": _attribute_maps(document["objects"]),
        "table_segmaps": _painted(document["tables"], instances.shape),
        "table_attribute_maps": _attribute_maps(document["tables"]),
        "condition_segmaps": _painted(document["conditions"], instances.shape),
        "condition_attribute_maps": _attribute_maps(document["conditions"]),
    }
    exr = sample / ANNOTATION_FILES["depth"]
    if exr.is_file():  # tiles have none
        depth = read_exr(exr)["Y"]
        contents["depth"] = np.where(np.isfinite(depth), depth, np.float32(DEPTH_OF_SKY_M))
    return contents


def _painted(records: Iterable[Mapping[str, Any]], shape: tuple[int, ...]) -> NDArray[np.int32]:
    """Return an image (H, W) with the id of the table, or the category of the condition, at each pixel; 0 for none."""
    image = np.zeros(shape, dtype=np.int32)
    for record in records:
        if record["mask_rle"] is not None:
            image[decode_mask(record["mask_rle"])] = record.get("id", Category[record["category"].upper()])
    return image


def _attribute_maps(records: Iterable[Mapping[str, Any]]) -> np.bytes_:
    return np.bytes_(json.dumps([_attributes(record) for record in records]).encode())


def _attributes(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what sample.json knows of an object under BlenderProc's names, without its mask."""
    rest = {name: value for name, value in record.items() if name not in ("id", "mask_rle")}
    return {"idx": record.get("id", record["parent"]), "category_id": int(Category[record["category"].upper()]), **rest}
