# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the files of modalities can have: that of the modality with one of some endings.

Standard library only: the launcher has to know which files are ours without importing what makes them.
"""

from __future__ import annotations

from pathlib import Path

from ..domain.discovery import module_names

SUFFIXES = (".png", ".jpg", ".tiff", ".exr")


def image_file_names() -> tuple[str, ...]:
    """Return all names that files of modalities can have."""
    modalities = module_names(Path(__file__).with_name("modalities"))
    return tuple(f"{modality}{suffix}" for modality in modalities for suffix in SUFFIXES)
