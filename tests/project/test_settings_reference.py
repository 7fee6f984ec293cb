# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/settings.md matches the schema."""

from __future__ import annotations

import re

from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings
from tools import settings_reference


def test_the_settings_reference_is_up_to_date() -> None:
    written = settings_reference.REFERENCE.read_text(encoding="utf-8")
    assert written == settings_reference.reference(), "docs/settings.md is out of date: run make docs"


def test_every_setting_has_one_row_with_its_help() -> None:
    page = settings_reference.reference()
    for setting in [*iter_settings(Settings), *iter_settings(RunSettings)]:
        rows = [line for line in page.splitlines() if line.startswith(f"| `{setting.name}` |")]
        assert len(rows) == 1, setting.name
        assert setting.spec.help in rows[0]


def test_every_row_has_as_many_cells_as_the_header() -> None:
    rows = [line for line in settings_reference.reference().splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_ranges_defaults_and_flags_are_written_as_a_user_types_them() -> None:
    page = settings_reference.reference()
    assert "| `camera.altitude_agl_m` | 35..100 m | range, 5 to 500 m |" in page
    assert "| `array.use_clusters` | false | true or false |" in page
    assert "| `--use_clusters`, `--no-use_clusters` |" in page
    assert "| `seed` | 0 | integer, 0 to 9007199254740991 |" in page
