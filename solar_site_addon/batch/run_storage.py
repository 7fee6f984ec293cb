# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``--storage URL`` means for a run: samples that are there count, and those that are made are stored there."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from ..generator.dataset.files import SAMPLE_JSON
from ..generator.dataset.index import find_samples
from ..generator.dataset.schema import SampleHead
from ..generator.domain.errors import SettingsError, StoppedRunError
from ..generator.domain.messages import Message
from .command_line import Request
from .dataset_folder import check_output, events_file
from .events import NOTE, append_event
from .ownership import refuse_foreign
from .remote_storage import OPTION, Check, RemoteDataset, Uploads, fetch_absent
from .retries import Retries
from .run_record import OTHER_SAMPLES, Recipe, differences_from, recipe_of, recipe_of_sample

WITHIN = "{option} {url} is not allowed: it lies within the dataset folder."
OTHER_SAMPLE = "{sample} was made with {differences}: remove it"
MOST_CHECKED = 8
"""Samples that are checked before a run goes on from a storage, at the same time."""


def open_storage(request: Request) -> tuple[RemoteDataset | None, Mapping[int, str]]:
    """Return the storage that is requested, and the paths of the samples there; raise SettingsError if it fails."""
    if request.storage is None:
        return None, {}
    remote = RemoteDataset(request.storage)
    if remote.lies_within(request.out):
        raise SettingsError(WITHIN, option=OPTION, url=request.storage)
    if not request.dry_run:
        remote.check_writable()
    return remote, remote.samples()


def refuse_other_stored(remote: RemoteDataset | None, stored: Mapping[int, str], recipe: Recipe) -> None:
    """Raise SettingsError if samples that are stored have another recipe, as far as a few of them tell.

    Each of the others is checked when it is copied, before it counts (``check_of``).
    """
    if remote is not None and stored:
        with TemporaryDirectory() as folder, ThreadPoolExecutor(MOST_CHECKED) as pool:
            chosen = spread(sorted(stored), MOST_CHECKED)
            files = [Path(folder) / f"{index}.json" for index in chosen]
            for head in pool.map(remote.fetch_head, [stored[index] for index in chosen], files):
                if differences := differences_from(recipe, recipe_of_sample(head, recipe.views_per_site)):
                    raise SettingsError(OTHER_SAMPLES, folder=remote.url, differences=differences)


def spread(ascending: Sequence[int], most: int) -> list[int]:
    """Return the first, the last and others between them, evenly spread, at most ``most``."""
    last = len(ascending) - 1
    places = {round(place * last / (most - 1)) for place in range(most)}
    return [ascending[place] for place in sorted(places)]


def check_of(recipe: Recipe) -> Check:
    """Return what raises StoppedRunError if a sample that is copied from the storage has another recipe."""

    def check(head: SampleHead, url: str) -> None:
        if differences := differences_from(recipe, recipe_of_sample(head, recipe.views_per_site)):
            raise StoppedRunError(OTHER_SAMPLE, sample=url, differences=differences)

    return check


def fetch_for_index(request: Request, remote: RemoteDataset, stored: Mapping[int, str], retries: Retries) -> None:
    """Copy the stored samples that the dataset folder lacks into it."""
    out = request.out.absolute()
    check_output(out)
    refuse_foreign(out, request.run.formats)
    samples = find_samples(out)
    if samples or stored:
        recipe = recipe_of(out, samples) if samples else stored_recipe(remote, stored)
        refuse_other_stored(remote, stored, recipe)
        fetch_absent(remote, out, None, samples, check_of(recipe), retries)


def stored_recipe(remote: RemoteDataset, stored: Mapping[int, str]) -> Recipe:
    """Return the recipe of the last sample that is stored, as far as it tells."""
    with TemporaryDirectory() as folder:
        return recipe_of_sample(remote.fetch_head(stored[max(stored)], Path(folder) / SAMPLE_JSON))


def uploads_of_run(remote: RemoteDataset, out: Path, stored: Mapping[int, str], units: Sequence[str]) -> Uploads:
    """Return what stores the samples of a run while they are made; notes go to the events of the first of ``units``."""

    def note(message: Message) -> None:
        if units:
            with contextlib.suppress(OSError):  # the disk is full
                append_event(events_file(out, units[0]), NOTE, **message.to_json())

    return Uploads(remote, out, stored.values(), note)
