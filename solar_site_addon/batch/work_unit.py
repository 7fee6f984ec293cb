# SPDX-License-Identifier: GPL-3.0-or-later
"""The work unit: an immutable JSON document that tells one worker which samples to make, and how.

It contains nothing specific to one machine: threads and GPU slot are arguments of the worker, and the output folder is
relative to the dataset. A unit can be carried out repeatedly: complete samples are kept.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..generator.dataset.files import DAMAGE
from ..generator.dataset.layout import BATCH_NAME
from ..generator.domain.atomic_files import replace_json
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.json_file import RECORD_BYTES, load_json
from ..generator.domain.numbering import ImageNumber, image_number
from ..generator.settings.schema import Settings, from_dict, to_dict
from ..generator.settings.types import shortened

SCHEMA = 1


@dataclass(frozen=True)
class WorkUnit:
    """The samples that one worker makes."""

    settings: Settings
    base_seed: int
    """Seed of the site with index 0; site i has base_seed + i."""
    indices: tuple[int, ...]
    """Global image indices, ascending."""
    folder: str
    """Folder of the samples, relative to the dataset folder (``batch_00``)."""
    device: str
    use_gpu: bool
    views_per_site: int = 1
    """Image i shows the site with index i // views_per_site."""

    @property
    def numbers(self) -> tuple[ImageNumber, ...]:
        """Image, site and view numbers of the samples."""
        return tuple(image_number(index, self.base_seed, self.views_per_site) for index in self.indices)


def split_into_blocks(indices: Sequence[int], count: int, views_per_site: int = 1) -> list[tuple[int, ...]]:
    """Split ``indices`` (ascending) into at most ``count`` blocks of similar length, none of them empty.

    The views of a site stay together, because a site is built once for all of them. So there are at most as many blocks
    as sites, and lengths differ by less than ``views_per_site``, or by one.
    """
    # Positions where a site begins.
    starts = [place for place, index in enumerate(indices) if not place or _starts_site(indices, place, views_per_site)]
    count = min(count, len(starts))
    bounds = [0]
    for block in range(1, count):
        nearest = bisect.bisect_right(starts, len(indices) * block // count) - 1
        # Every block before and after a large site needs at least one site of its own.
        bounds.append(min(max(nearest, bounds[-1] + 1), len(starts) - count + block))
    ends = [*(starts[site] for site in bounds), len(indices)] if count else []
    return [tuple(indices[start:end]) for start, end in itertools.pairwise(ends)]


def _starts_site(indices: Sequence[int], place: int, views_per_site: int) -> bool:
    return indices[place] // views_per_site != indices[place - 1] // views_per_site


def write_unit(path: Path, unit: WorkUnit) -> None:
    """Write the unit as JSON; create its folder if it does not exist."""
    replace_json(
        path,
        {
            "schema": SCHEMA,
            "settings": to_dict(unit.settings),
            "base_seed": unit.base_seed,
            "views_per_site": unit.views_per_site,
            "indices": list(unit.indices),
            "folder": unit.folder,
            "device": unit.device,
            "use_gpu": unit.use_gpu,
        },
    )


def read_unit(path: Path) -> WorkUnit:
    """Return the unit in a JSON file; raise SolarSiteError if it contains none that this version can read."""
    try:
        data = load_json(path, RECORD_BYTES)
        if data["schema"] != SCHEMA:
            raise SolarSiteError(
                "The work unit {file} has schema {schema}; this version of Solar Site reads schema {known}.",
                file=path,
                schema=shortened(str(data["schema"])),
                known=SCHEMA,
            )
        return WorkUnit(
            settings=from_dict(data["settings"]),
            base_seed=int(data["base_seed"]),
            views_per_site=int(data["views_per_site"]),
            indices=tuple(int(index) for index in data["indices"]),
            folder=_name_in_dataset(str(data["folder"])),
            device=str(data["device"]),
            use_gpu=bool(data["use_gpu"]),
        )
    except (OSError, *DAMAGE) as error:
        reason = shortened(str(error))
        raise SolarSiteError("{file} is not a work unit of Solar Site ({reason}).", file=path, reason=reason) from error


def _name_in_dataset(folder: str) -> str:
    """Return the name of a folder of samples; raise ValueError if it could be anything outside the dataset."""
    if folder and not BATCH_NAME.fullmatch(folder):
        raise ValueError(f"{folder} is not a folder of samples")
    return folder
