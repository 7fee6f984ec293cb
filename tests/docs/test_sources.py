# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/sources.md names existing modules and constants, and every camera."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from solar_site_addon.generator.domain.cameras import CAMERA_MODELS
from solar_site_addon.generator.domain.discovery import module_names

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "solar_site_addon" / "generator"
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def named_places() -> Iterator[tuple[Path, str]]:
    """Yield each module that the second column of a table names, with each constant named after it."""
    for row in PAGE.splitlines():
        cells = row.split("|")
        module = None
        for name in re.findall(r"`([^`]+)`", cells[2]) if len(cells) > 3 else ():
            if name.endswith(".py"):
                module = GENERATOR / name
                yield module, ""
            elif module is not None:
                yield module, name


def test_the_places_of_the_values_exist() -> None:
    places = list(named_places())
    assert len(places) > 50
    missing = [
        f"{path.name}: {name}"
        for path, name in places
        if not path.is_file() or name not in path.read_text(encoding="utf-8")
    ]
    assert missing == []


def test_every_kind_of_equipment_and_surroundings_has_a_row_that_says_where_its_size_is_from() -> None:
    named = {path.relative_to(GENERATOR).as_posix() for path, _ in named_places()}
    folders = [GENERATOR / "plan" / subject / "kinds" for subject in ("equipment", "surroundings")]
    kinds = {
        f"{folder.relative_to(GENERATOR).as_posix()}/{name}.py" for folder in folders for name in module_names(folder)
    }
    assert len(kinds) > 15
    assert kinds <= named


def test_every_camera_has_its_source_and_the_values_of_the_registry() -> None:
    for name, camera in CAMERA_MODELS.items():
        (row,) = (row for row in PAGE.splitlines() if row.startswith(f"| `{name}` |"))
        assert f"{camera.width_px} x {camera.height_px} | {camera.sensor_width_mm:g} mm" in row
        assert f"| {camera.focal_length_mm:g} mm |" in row
