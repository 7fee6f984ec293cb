# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands say about incomplete samples, which they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def remarks_on_incomplete(out: Path, incomplete: Sequence[Path]) -> list[str]:
    """Return a line about the ``incomplete`` samples of ``out``, or none if there are none."""
    if not incomplete:
        return []
    number = f"{len(incomplete)} incomplete sample{'' if len(incomplete) == 1 else 's'}"
    first = incomplete[0].relative_to(out).as_posix()
    return [f"{number} left out, the first is {first}: --verify of batch.py lists them, --remake makes them again"]
