# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``--storage URL`` means for a run: samples that are there count, and those that are made are stored there."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ..generator.dataset.index import find_samples
from ..generator.domain.messages import Message
from .command_line import Request
from .dataset_folder import check_output, events_file
from .events import NOTE, append_event
from .ownership import refuse_foreign
from .remote_storage import RemoteDataset, Uploads, fetch_absent
from .run_record import Recipe, recipe_of, refuse_other_samples


def open_storage(request: Request) -> tuple[RemoteDataset | None, Mapping[int, str]]:
    """Return the storage that is requested, and the paths of the samples there; raise SettingsError if it fails."""
    if request.storage is None:
        return None, {}
    remote = RemoteDataset(request.storage)
    if not request.dry_run:
        remote.check_writable()
    return remote, remote.samples()


def refuse_other_stored(remote: RemoteDataset | None, stored: Mapping[int, str], recipe: Recipe) -> None:
    """Raise SettingsError if the samples that are stored have another recipe, as far as one of them tells."""
    if remote is not None and stored:
        last = max(stored)
        with TemporaryDirectory() as folder:
            sample = remote.fetch_sample(stored[last], Path(folder))
            refuse_other_samples(Path(folder), {last: sample}, recipe, remote.url)


def fetch_for_index(request: Request, remote: RemoteDataset, stored: Mapping[int, str]) -> None:
    """Copy the stored samples that the dataset folder lacks into it."""
    out = request.out.absolute()
    check_output(out)
    refuse_foreign(out, request.run.formats)
    samples = find_samples(out)
    if samples:
        refuse_other_stored(remote, stored, recipe_of(out, samples))
    fetch_absent(remote, out, None, samples)


def uploads_of_run(remote: RemoteDataset, out: Path, stored: Mapping[int, str], units: Sequence[str]) -> Uploads:
    """Return what stores the samples of a run while they are made; notes go to the events of the first of ``units``."""

    def note(message: Message) -> None:
        if units:
            with contextlib.suppress(OSError):  # the disk is full
                append_event(events_file(out, units[0]), NOTE, **message.to_json())

    return Uploads(remote, out, stored.values(), note)
