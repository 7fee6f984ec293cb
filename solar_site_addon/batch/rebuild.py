# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes dataset.json and the formats of a dataset again from its sample folders, without a Blender."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..generator.dataset.index import DatasetSummary, assemble_dataset, find_samples
from ..generator.domain.errors import SettingsError
from .dataset_folder import RUN_FILE, note_end, only_launcher, read_record, work_folder
from .exit_codes import ALL_WHOLE
from .ownership import refuse_foreign

OF_THE_RUN = ("settings", "seed", "views_per_site", "num_images", "failures", "timings", "versions")
"""Keys of dataset.json that no sample tells."""


def rebuild_dataset(out: Path, formats: tuple[str, ...]) -> DatasetSummary:
    """Make ``formats`` of the whole samples in ``out``; what dataset.json said of the run, it says again.

    Raises SettingsError where there is no dataset, a launcher is at work in it, or something that is not ours is in the
    way.
    """
    if not find_samples(out):
        raise SettingsError("{folder} contains no samples.", folder=out)
    refuse_foreign(out, formats)
    work_folder(out).mkdir(exist_ok=True)
    with only_launcher(out):
        summary = assemble_dataset(out, _of_the_run(out), formats)
        record = read_record(out) or {}
        if set(range(record.get("num_images", 0))) <= set(find_samples(out)):
            note_end(out, ALL_WHOLE)
    return summary


def _of_the_run(out: Path) -> dict[str, Any]:
    """What is known of the run: from its end, or from its beginning where it has not come to its end."""
    for file in (out / "dataset.json", work_folder(out) / RUN_FILE):
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            return {name: document[name] for name in OF_THE_RUN if name in document}
        except (OSError, ValueError):
            continue
    return {}
