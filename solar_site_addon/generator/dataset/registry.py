# SPDX-License-Identifier: GPL-3.0-or-later
"""The annotation formats that a dataset can be had in besides its sample folders: one for each file in ``formats``.

Adding a format means adding one file with two names: INDEX, the file that a reader is given, relative to the dataset's
folder, and ``write``, a context manager that takes the dataset's folder and gives what to call with each sample. Its
file name is its name in the setting ``run.formats``. Formats are made from the samples' sample.json alone, one sample
after the other, at any time. Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..domain.discovery import load_modules
from . import formats
from .splits import AddSample


@dataclass(frozen=True)
class Format:
    """An annotation format by its writer."""

    index: str
    """The file that a reader is given, relative to the dataset's folder."""
    write: Callable[[Path], AbstractContextManager[AddSample]]
    """For a dataset's folder: gives what to call with each sample; all is in its place when the context ends."""


def find_formats() -> dict[str, Format]:
    """Return all formats by name."""
    return {name: Format(module.INDEX, module.write) for name, module in load_modules(formats).items()}
