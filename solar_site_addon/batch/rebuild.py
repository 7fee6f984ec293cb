# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewrites dataset.json and the annotation formats of a dataset from its sample folders, without a Blender."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..generator.dataset.content import content_of
from ..generator.dataset.index import DatasetSummary, assemble_dataset, find_samples
from ..generator.domain.errors import SettingsError
from ..generator.settings.schema import RunSettings
from .dataset_folder import dataset_json, record_file, work_folder
from .exit_codes import ALL_WHOLE
from .lock import only_launcher
from .ownership import refuse_foreign
from .run_record import note_end, read_record

OF_THE_RUN = ("settings", "seed", "views_per_site", "num_images", "failures", "timings", "versions")
"""Keys of dataset.json that samples do not tell."""


def rebuild_dataset(out: Path, run: RunSettings) -> DatasetSummary:
    """Write the formats of ``run`` for the complete samples in ``out``; keep what dataset.json says about its own run.

    Raise SettingsError if there is no dataset, a launcher is running in it, or anything that is not ours is in the way.
    """
    content = content_of(run)
    if not find_samples(out):
        raise SettingsError("{folder} contains no samples.", folder=out)
    refuse_foreign(out, run.formats)
    work_folder(out).mkdir(exist_ok=True)
    with only_launcher(out):
        summary = assemble_dataset(out, _of_the_run(out), run.formats, content)
        record = read_record(out)
        if record is not None and set(range(record.num_images)) <= set(find_samples(out)):
            note_end(out, ALL_WHOLE)
    return summary


def _of_the_run(out: Path) -> dict[str, Any]:
    """Return what is known of the run: from its end, or from its beginning if it never ended."""
    for file in (dataset_json(out), record_file(out)):
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            return {name: document[name] for name in OF_THE_RUN if name in document}
        except (OSError, ValueError):
            continue
    return {}
