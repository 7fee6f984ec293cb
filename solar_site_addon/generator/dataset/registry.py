# SPDX-License-Identifier: GPL-3.0-or-later
"""The annotation formats that a dataset can be had in besides its sample folders: one for each file in ``formats``.

Adding a format means adding one file with a ``Format`` named FORMAT; its file name is its name in the setting
``run.formats``. Formats are made from the samples' sample.json alone, one sample after the other, at any time.
Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

from ..domain.discovery import load_modules
from . import formats
from .annotation_format import Format


def find_formats() -> dict[str, Format]:
    """Return all formats by name."""
    return {name: module.FORMAT for name, module in load_modules(formats).items()}
