# SPDX-License-Identifier: GPL-3.0-or-later
"""A dataset in a folder, read sample by sample: images, masks, depth, cameras, objects.

What a sample folder holds, and where, is known to ``solar_site_addon.generator.dataset`` alone; this package gives it a
short form for people who use datasets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, cast, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from solar_site_addon.generator.annotations.rle import decode_mask
from solar_site_addon.generator.dataset.camera_json import camera_of
from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, read_sample
from solar_site_addon.generator.dataset.index import find_samples, read_split
from solar_site_addon.generator.dataset.schema import (
    AnnotationRecord,
    ConditionRecord,
    ObjectRecord,
    SampleDocument,
    TableRecord,
)
from solar_site_addon.generator.dataset.splits import Split
from solar_site_addon.generator.domain.array_types import Bytes, Mask, Shorts, Singles
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.projection import Camera
from solar_site_addon.generator.imaging.exr import read_exr

Image.MAX_IMAGE_PIXELS = None  # Pillow takes images of more than 90 megapixels for an attack


class Sample:
    """A sample folder. Files are read when asked for; sample.json is kept, images are not."""

    def __init__(self, folder: Path, split: Split) -> None:
        self.folder = folder
        self._split = split

    def __repr__(self) -> str:
        return f"Sample({str(self.folder)!r})"

    @cached_property
    def document(self) -> SampleDocument:
        """All of sample.json; its keys are described in docs/formats.md. Raise SolarSiteError if it is damaged."""
        return read_sample(self.folder)

    @property
    def index(self) -> int:
        """Global index of the sample."""
        return self.document["index"]

    @property
    def subset(self) -> str:
        """The side of the split: train, val or test."""
        return self._split.subset_of(self.document["site"])

    @property
    def objects(self) -> list[ObjectRecord]:
        """The records of all objects in the image: modules, racks, piles, equipment, buildings, vehicles ..."""
        return self.document["objects"]

    @property
    def tables(self) -> list[TableRecord]:
        """The records of the tables."""
        return self.document["tables"]

    @property
    def conditions(self) -> list[ConditionRecord]:
        """The records of the visible conditions of modules: stains, snow, cracks ..."""
        return self.document["conditions"]

    def annotations(self, category: str) -> list[AnnotationRecord]:
        """Return the records of a category and of all its kinds: ``vehicle`` includes pickups.

        Raise SettingsError for the name of no category.
        """
        wanted = _category(category)
        records: list[AnnotationRecord] = [*self.objects, *self.tables, *self.conditions]
        return [record for record in records if wanted in _category(record["category"]).kind_of]

    @cached_property
    def camera(self) -> Camera:
        """The camera: ``camera.project(points)`` gives pixels and depths, ``camera.rays(pixels)`` directions."""
        return camera_of(self.document)

    def image(self) -> Bytes:
        """Return the image (H, W, 3), uint8 sRGB."""
        return cast("Bytes", self._pixels(self.document["images"]["rgb"]["file"], "RGB"))

    def instances(self) -> Shorts:
        """Return the id (H, W) of the object at each pixel, 0 for none."""
        return self._pixels(ANNOTATION_FILES["instances"]).astype(np.uint16)

    def semantic(self) -> Bytes:
        """Return the category id (H, W) of each pixel: ``Category(4).key`` is its name."""
        return cast("Bytes", self._pixels(ANNOTATION_FILES["semantic"]))

    def depth(self) -> Singles:
        """Return the depth (H, W) along the optical axis in m, infinite for the sky."""
        return read_exr(self._file(ANNOTATION_FILES["depth"]))["Y"]

    def normals(self) -> Singles:
        """Return the unit normals (H, W, 3) in the axes of the world, if render.normals was on."""
        channels = read_exr(self._file(ANNOTATION_FILES["normals"]))
        return np.stack([channels[name] for name in "RGB"], axis=-1)

    def mask(self, record: AnnotationRecord) -> Mask:
        """Return the visible pixels (H, W) of an object, a table or a condition."""
        if record["mask_rle"] is None:
            image = self.document["images"]["rgb"]
            return np.zeros((image["height"], image["width"]), dtype=np.bool_)
        return decode_mask(record["mask_rle"])

    def _pixels(self, name: str, mode: str | None = None) -> NDArray[Any]:
        path = self._file(name)
        try:
            with Image.open(path) as image:
                return np.asarray(image.convert(mode) if mode else image)
        except (OSError, SyntaxError) as error:  # Pillow raises SyntaxError for a broken PNG
            raise SolarSiteError("{file} cannot be read ({reason}).", file=path, reason=error) from error

    def _file(self, name: str) -> Path:
        """Return the path of a file; raise SolarSiteError if the sample does not have it."""
        path = self.folder / name
        if not path.is_file():
            raise SolarSiteError("{folder} has no {name}.", folder=self.folder, name=name)
        return path


class Dataset(Sequence[Sample]):
    """The complete samples of a dataset folder, in the order of their index.

    ``Dataset("OUT")[0].image()`` is the first image. Iteration holds one sample in memory at a time.
    """

    def __init__(self, folder: str | Path) -> None:
        """Find the samples; raise SettingsError if there are none, SolarSiteError for those of another version."""
        self.folder = Path(folder)
        self._folders = list(find_samples(self.folder).values())
        self._split = read_split(self.folder)
        if not self._folders:
            raise SettingsError("{folder} contains no samples.", folder=self.folder)

    def __repr__(self) -> str:
        return f"Dataset({str(self.folder)!r})"

    def __len__(self) -> int:
        return len(self._folders)

    def __iter__(self) -> Iterator[Sample]:
        return (Sample(folder, self._split) for folder in self._folders)

    @overload
    def __getitem__(self, place: int) -> Sample: ...

    @overload
    def __getitem__(self, place: slice) -> list[Sample]: ...

    def __getitem__(self, place: int | slice) -> Sample | list[Sample]:
        """Return the sample at a place of the order, which is its index if none is missing; or several."""
        if isinstance(place, slice):
            return [Sample(folder, self._split) for folder in self._folders[place]]
        return Sample(self._folders[place], self._split)


def _category(name: str) -> Category:
    try:
        return Category[name.upper()]
    except KeyError as error:
        names = tuple(category.key for category in Category)
        raise SettingsError("{name} is not a category; these are {names}.", name=name, names=names) from error
