# SPDX-License-Identifier: GPL-3.0-or-later
"""Possible names of the files of modalities: the name of the modality with one of the SUFFIXES.

Standard library only: the launcher has to recognize these files without importing the modalities.
"""

from __future__ import annotations

from pathlib import Path

from ..domain.discovery import module_names

SUFFIXES = (".png", ".jpg", ".tiff", ".exr")


def image_file_names() -> tuple[str, ...]:
    """Return all possible names of the files of modalities."""
    modalities = module_names(Path(__file__).with_name("modalities"))
    return tuple(f"{modality}{suffix}" for modality in modalities for suffix in SUFFIXES)
