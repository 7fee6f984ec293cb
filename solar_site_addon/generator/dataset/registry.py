# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of annotation formats: one for each file in ``formats``.

To add a format, add one file with a ``Format`` named FORMAT; the name of the file is the name of the format in the
setting ``run.formats``. Formats are made from the sample.json files only, one sample at a time, and can be rebuilt at
any time. Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

from ..domain.discovery import load_modules
from . import formats
from .annotation_format import Format


def find_formats() -> dict[str, Format]:
    """Return all formats by name."""
    return {name: module.FORMAT for name, module in load_modules(formats).items()}
