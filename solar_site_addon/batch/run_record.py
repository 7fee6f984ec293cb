# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run (OUT/.work/run.json): what all samples of a dataset have in common, and how far the run came."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..generator.dataset.files import DAMAGE, extension_version, read_head
from ..generator.dataset.schema import SampleHead
from ..generator.domain.atomic_files import replace_json
from ..generator.domain.errors import SettingsError
from ..generator.domain.json_file import RECORD_BYTES, load_json
from ..generator.domain.messages import RESUME, Message, SettingName, listed
from ..generator.settings.files import files_sha256
from ..generator.settings.schema import RunSettings, Settings, iter_settings, settings_sha256, to_dict
from .dataset_folder import record_file, result_file, shards_with_record
from .lock import is_running
from .shard import WHOLE, Shard

MAX_NAMED = 3
OTHER_VALUE = "{setting} = {earlier} (not {now})"
OTHER_SAMPLES = "{folder} contains samples made with {differences}: use the same settings, or choose another folder."


@dataclass(frozen=True)
class Recipe:
    """Everything that determines the samples of a dataset. Runs with different recipes must not share a folder."""

    settings: Mapping[str, Any] | None
    """Settings as JSON; None if only the checksum is known."""
    settings_sha256: str
    files_sha256: Mapping[str, str]
    """Checksums of the files that the settings name, by setting."""
    seed: int
    views_per_site: int
    solar_site: str
    """Version of Solar Site."""
    blender: str
    """Version of Blender."""


@dataclass(frozen=True)
class RunRecord:
    """A recipe and the run that follows it."""

    recipe: Recipe
    num_images: int
    earlier: int
    """Images that were complete before the run began."""
    started: float
    """Start of the run, Unix seconds."""
    ended: int | None = None
    """Exit code of the run; None while it is running, and for ever if its launcher was killed."""
    shard: Shard = WHOLE
    """Part of the images that the run makes."""

    @property
    def total(self) -> int:
        """Number of images that the run is about."""
        return self.shard.number_of_images(self.num_images, self.recipe.views_per_site)


def make_recipe(settings: Settings, run: RunSettings, blender: str) -> Recipe:
    """Return the recipe of a run in the Blender version ``blender``."""
    return Recipe(
        settings=to_dict(settings),
        settings_sha256=settings_sha256(settings),
        files_sha256=files_sha256(settings),
        seed=run.seed,
        views_per_site=run.views_per_site,
        solar_site=extension_version(),
        blender=blender,
    )


def write_record(out: Path, record: RunRecord) -> None:
    """Write the record of the run in ``out``."""
    document = {**dataclasses.asdict(record.recipe), **dataclasses.asdict(record)}
    del document["recipe"], document["shard"]
    replace_json(record_file(out, record.shard), document)


def read_record(out: Path, shard: Shard | None = None) -> RunRecord | None:
    """Return the record of the latest run in ``out``, or that of a shard; None if there is none of ours.

    If shards have made the dataset, the record of the first one is returned unless one is asked for.
    """
    for one in shards_with_record(out) if shard is None else [shard]:
        with contextlib.suppress(OSError, *DAMAGE):
            document = load_json(record_file(out, one), RECORD_BYTES)
            return dataclasses.replace(_record(document), shard=one)
    return None


def note_end(out: Path, code: int, shard: Shard = WHOLE) -> None:
    """Record the exit code of the latest run in ``out``: its files alone do not tell how it ended."""
    record = read_record(out, shard)
    if record is not None:
        write_record(out, dataclasses.replace(record, ended=code))


def forget_records(out: Path) -> None:
    """Remove the records of shards that are not running, from a folder without samples."""
    for shard in shards_with_record(out):
        if shard != WHOLE and not is_running(out, shard):
            record_file(out, shard).unlink(missing_ok=True)
            result_file(out, shard).unlink(missing_ok=True)


def recipe_of(out: Path, samples: Mapping[int, Path], views_per_site: int | None = None) -> Recipe:
    """Return the recipe of the ``samples`` in ``out``, from its record or else from a sample."""
    record = read_record(out)
    if record is not None:
        return record.recipe
    folder = samples[max(samples)]
    head = read_head(folder)
    if head is None:
        raise SettingsError("{folder} changed while it was being checked: {remedy}.", folder=folder, remedy=RESUME)
    return recipe_of_sample(head, views_per_site)


def recipe_of_sample(sample: SampleHead, wanted_views: int | None = None) -> Recipe:
    """Return what a sample alone tells of its recipe.

    A sample of the first site does not tell how many views a site has: ``wanted_views`` is assumed if it fits.
    """
    generator, site, view = sample["generator"], sample["site"], sample["view"]
    return Recipe(
        settings=None,
        settings_sha256=generator["settings_sha256"],
        files_sha256=generator.get("files_sha256", {}),
        seed=sample["seed"] - site,
        views_per_site=(sample["index"] - view) // site if site else max(view + 1, wanted_views or 1),
        solar_site=generator["version"],
        blender=generator["blender"],
    )


def refuse_other_shards(out: Path, recipe: Recipe, shard: Shard) -> None:
    """Raise SettingsError if a launcher of another shard is running in ``out`` that does not fit to ``shard``."""
    for other in shards_with_record(out):
        record = read_record(out, other)
        if other in (shard, WHOLE) or record is None or not is_running(out, other):
            continue
        if other.count != shard.count:
            raise SettingsError(
                "Shard {other} is running in {folder}: a dataset can be divided in one way at a time, not into {count} "
                "shards as well.",
                other=str(other),
                folder=out,
                count=shard.count,
            )
        differences = list(_differences(record.recipe, recipe))
        if differences:
            raise SettingsError(
                "Shard {other} is running in {folder} with {differences}: use the same settings, or choose another "
                "folder.",
                other=str(other),
                folder=out,
                differences=listed(differences, MAX_NAMED),
            )


def refuse_other_samples(out: Path, samples: Mapping[int, Path], recipe: Recipe) -> None:
    """Raise SettingsError if ``out`` holds samples (folders by index) of any other recipe."""
    if samples and (differences := differences_from(recipe, recipe_of(out, samples, recipe.views_per_site))):
        raise SettingsError(OTHER_SAMPLES, folder=out, differences=differences)


def differences_from(recipe: Recipe, earlier: Recipe) -> Message | tuple[Any, ...]:
    """Return in what an ``earlier`` recipe differs, as a value of a message; empty if in nothing."""
    return listed(_differences(earlier, recipe), MAX_NAMED)


def _record(document: Mapping[str, Any]) -> RunRecord:
    ended = document.get("ended")
    recipe = Recipe(
        settings=dict(document["settings"]),
        settings_sha256=str(document["settings_sha256"]),
        files_sha256=dict(document.get("files_sha256", {})),
        seed=int(document["seed"]),
        views_per_site=int(document["views_per_site"]),
        solar_site=str(document["solar_site"]),
        blender=str(document["blender"]),
    )
    return RunRecord(
        recipe=recipe,
        num_images=int(document["num_images"]),
        earlier=int(document["earlier"]),
        started=float(document["started"]),
        ended=None if ended is None else int(ended),
    )


def _differences(earlier: Recipe, now: Recipe) -> Iterator[Message]:
    programs = ((earlier.solar_site, now.solar_site, Message("Solar Site")), (earlier.blender, now.blender, "Blender"))
    for before, wanted, name in programs:
        if before != wanted:
            yield Message("{name} {earlier} (not {now})", {"name": name, "earlier": before, "now": wanted})
    views = (earlier.views_per_site, now.views_per_site, "views_per_site")
    for number, wanted_number, name in ((earlier.seed, now.seed, "seed"), views):
        if number != wanted_number:
            yield Message(OTHER_VALUE, {"setting": SettingName(name), "earlier": number, "now": wanted_number})
    if earlier.settings_sha256 == now.settings_sha256:
        for name, checksum in earlier.files_sha256.items():
            if checksum != now.files_sha256.get(name):
                yield Message("another file of {setting}", {"setting": SettingName(name)})
    elif earlier.settings is None:
        yield Message("other settings")
    else:
        same_files = {name for name, checksum in earlier.files_sha256.items() if checksum == now.files_sha256.get(name)}
        yield from _setting_differences(earlier.settings, now.settings, same_files)


def _setting_differences(earlier: Any, now: Any, same_files: Container[str]) -> Iterator[Message]:
    for setting in iter_settings(Settings):
        before, wanted = (_value(settings, setting.name) for settings in (earlier, now))
        if before != wanted and setting.name not in same_files:
            values = {"setting": SettingName(setting.name), "earlier": _shown(before), "now": _shown(wanted)}
            yield Message(OTHER_VALUE, values)


def _value(settings: Any, name: str) -> Any:
    for part in name.split("."):
        settings = settings.get(part) if isinstance(settings, Mapping) else None
    return settings


def _shown(value: Any) -> str:
    """Return a value of a record as it is written on a command line."""
    if isinstance(value, list) and any(isinstance(part, str) for part in value):
        return ",".join(map(str, value))
    if isinstance(value, list):
        return "..".join(f"{part:g}" for part in value) or "none"
    return value if isinstance(value, str) and value else json.dumps(value)
