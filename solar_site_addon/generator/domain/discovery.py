# SPDX-License-Identifier: GPL-3.0-or-later
"""Registries made of the Python files in a folder. Standard library only."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType


def module_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the modules in ``folder`` in alphabetical order, without those that begin with _."""
    return tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")))


def load_modules(package: ModuleType) -> dict[str, ModuleType]:
    """Return all modules in the folder of ``package`` by name."""
    (folder,) = package.__path__
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in module_names(Path(folder))}
