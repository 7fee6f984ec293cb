# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewrites dataset.json and the annotation formats of a dataset from its sample folders, without a Blender."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..generator.dataset.content import content_of
from ..generator.dataset.dataset_json import read_dataset_head
from ..generator.dataset.files import DAMAGE
from ..generator.dataset.index import DatasetSummary, assemble_dataset, find_samples, is_whole
from ..generator.dataset.layout import SAMPLE_FOLDERS
from ..generator.domain.errors import SettingsError
from ..generator.settings.schema import RunSettings
from .dataset_folder import check_output, dataset_json, record_file, result_file, shards_with_record, work_folder
from .exit_codes import ALL_WHOLE
from .lock import only_launcher
from .ownership import refuse_foreign
from .run_record import note_end, read_record

OF_THE_RUN = ("settings", "seed", "views_per_site", "num_images", "failures", "timings", "versions")
"""Keys of dataset.json that samples do not tell."""


def rebuild_dataset(out: Path, run: RunSettings, before_each: Callable[[], None] = lambda: None) -> DatasetSummary:
    """Write the formats of ``run`` for the complete samples in ``out``.

    Keep what is known about the run that made them, or about its shards. ``before_each`` is called before each sample.

    Raise SettingsError if there is no dataset, a launcher is running in it, or anything that is not ours is in the way.
    """
    content = content_of(run)
    if not any(map(is_whole, out.glob(SAMPLE_FOLDERS))):
        raise SettingsError("{folder} contains no samples.", folder=out)
    check_output(out)
    refuse_foreign(out, run.formats)
    work_folder(out).mkdir(exist_ok=True)
    with only_launcher(out):
        samples = find_samples(out)
        known = information_about_run([out], samples)
        summary = assemble_dataset(out, known, run.formats, content, before_each, samples)
        for shard in shards_with_record(out):
            record = read_record(out, shard)
            if record is not None and has_all(samples, record.num_images):
                note_end(out, ALL_WHOLE, shard)
    return summary


def has_all(samples: Collection[int], num_images: int) -> bool:
    """Return whether ``samples`` (their indices, each once) are all images from 0 on, whatever number a file claims."""
    return sum(0 <= index < num_images for index in samples) == num_images


def information_about_run(folders: Iterable[Path], samples: Collection[int]) -> dict[str, Any]:
    """Return what is known of the run, or of all its shards, in one folder or several.

    ``samples`` are the images that exist now, whatever has failed before.
    """
    documents = [document for out in folders for document in _documents(out)]
    if not documents:
        return {}
    merged = {name: documents[0][name] for name in OF_THE_RUN if name in documents[0]}
    if "num_images" in merged:
        merged["num_images"] = max(document.get("num_images", 0) for document in documents)
    failures = {one["index"]: one for document in documents for one in document.get("failures", ())}
    if "failures" in merged:
        merged["failures"] = [one for index, one in sorted(failures.items()) if index not in samples]
    if len(documents) > 1 and all("timings" in document for document in documents):
        merged["timings"] = _merged_timings([document["timings"] for document in documents])
    return merged


def _documents(out: Path) -> list[dict[str, Any]]:
    """Return what the launchers of all shards left in ``out``, or else dataset.json, or the record of a run."""
    shards = shards_with_record(out)
    results = [document for shard in shards if (document := _read(result_file(out, shard)))]
    if results:
        return results
    files = [dataset_json(out), *(record_file(out, shard) for shard in shards)]
    return [document for file in files if (document := _read(file))][:1]


def _read(file: Path) -> dict[str, Any]:
    try:
        document = read_dataset_head(file)
    except (OSError, *DAMAGE):
        return {}
    if not isinstance(document, dict):
        return {}
    known = {name: document[name] for name in OF_THE_RUN if name in document}
    return {name: value for name, value in known.items() if name not in _SOUND or _SOUND[name](value)}


def _are_failures(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and isinstance(one.get("index"), int) for one in value)


def _are_timings(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("seconds_by_image"), dict):
        return False
    numbers = [value.get("seconds"), value.get("images_made")]
    return all(isinstance(one, int | float) for one in numbers) and all(map(str.isdecimal, value["seconds_by_image"]))


_SOUND: Mapping[str, Callable[[Any], bool]] = {
    "num_images": lambda value: isinstance(value, int),
    "failures": _are_failures,
    "timings": _are_timings,
}
"""What is merged has to be what launchers write; the rest is only passed on."""


def _merged_timings(timings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the timings of launchers that have run at the same time, or of one after the other as if they had."""
    seconds, made = max(one["seconds"] for one in timings), sum(one["images_made"] for one in timings)
    by_image = {index: time for one in timings for index, time in one["seconds_by_image"].items()}
    return {
        "seconds": seconds,
        "images_made": made,
        "images_per_hour": 3600 * made / seconds if made and seconds else None,
        "seconds_by_image": dict(sorted(by_image.items(), key=lambda item: int(item[0]))),
    }
