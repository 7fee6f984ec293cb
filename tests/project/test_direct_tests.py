# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module of the generator is imported by a test, so that a failure shows where the fault is."""

from __future__ import annotations

import ast
from pathlib import Path

GENERATOR = "solar_site_addon/generator"
REGISTRIES = (
    "solar_site_addon.generator.dataset.formats.",
    "solar_site_addon.generator.plan.array.pile_kinds.",
    "solar_site_addon.generator.plan.equipment.kinds.",
    "solar_site_addon.generator.plan.terrain.elevation.readers.",
    "solar_site_addon.generator.plan.surroundings.kinds.",
    "solar_site_addon.generator.sensor.modalities.",
)
"""Folders that are registries: each file is an entry, and tests iterate over all entries."""


def modules(root: Path) -> set[str]:
    """Return the dotted names of the generator's modules, without entries of registries and modules of types only."""
    files = [path for path in (root / GENERATOR).rglob("*.py") if has_functions(path)]
    names = {".".join(path.relative_to(root).with_suffix("").parts) for path in files}
    return {name for name in names if not name.startswith(REGISTRIES)}


def has_functions(path: Path) -> bool:
    """Return whether there is anything to call in a file."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) for node in nodes)


def imported(root: Path) -> set[str]:
    """Return the dotted names that tests import; ``from a import b`` counts as a and as a.b."""
    names = set()
    for path in (root / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module)
                names.update(f"{node.module}.{name.name}" for name in node.names)
            elif isinstance(node, ast.Import):
                names.update(name.name for name in node.names)
    return names


def test_every_module_of_the_generator_is_imported_by_a_test(root: Path) -> None:
    assert len(modules(root)) > 80
    assert not sorted(modules(root) - imported(root))
