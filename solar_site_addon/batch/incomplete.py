# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands say about incomplete samples, which they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def remarks_on_incomplete(out: Path, incomplete: Sequence[Path]) -> list[str]:
    """Return a line about the ``incomplete`` samples of ``out`` or of what it was merged from; none without any."""
    if not incomplete:
        return []
    number = f"{len(incomplete)} incomplete sample{'' if len(incomplete) == 1 else 's'}"
    path = incomplete[0].relative_to(out) if incomplete[0].is_relative_to(out) else incomplete[0]
    first = path.as_posix()
    return [f"{number} left out, the first is {first}: --verify of batch.py lists them, --remake makes them again"]


def remarks_on_missing(num_samples: int, num_images: int) -> list[str]:
    """Return a line about the images that a dataset of ``num_images`` lacks, or none if there are none."""
    missing = num_images - num_samples
    if missing <= 0:
        return []
    return [f"{missing} of {num_images} images missing: once made, the same command adds them"]
