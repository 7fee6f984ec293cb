# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn settings have types of their own, which mypy distinguishes from the user's settings."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from solar_site_addon.generator.settings.drawn import DrawnSettings, as_drawn
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import Settings, settings_sha256, value_of, with_values

ROOT = Path(__file__).resolve().parents[3]

CODE = """
from solar_site_addon.generator.settings.drawn import DrawnLight, DrawnSettings, as_drawn
from solar_site_addon.generator.settings.schema import Settings

def sun_height(light: DrawnLight) -> float:
    return light.sun_elevation_deg.value

def relief(settings: DrawnSettings) -> float:
    return settings.site.relief.value

drawn = as_drawn(Settings())
sun_height(drawn.light)
relief(drawn)
settings: Settings = drawn
sun_height(Settings().light)  # refused
relief(Settings())  # refused
sun_height(settings.light)  # refused
"""


@pytest.mark.slow
def test_mypy_rejects_undrawn_settings(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    snippet = tmp_path / "snippet.py"
    snippet.write_text(CODE)
    output, _, _ = api.run(
        ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path / "cache"), str(snippet)]
    )
    refused = {number for number, line in enumerate(CODE.splitlines(), start=1) if line.endswith("# refused")}
    errors = [line for line in output.splitlines() if ": error:" in line]
    assert {int(line.split(":")[1]) for line in errors} == refused, output
    assert all("[arg-type]" in line for line in errors), output


def test_drawing_settings_returns_drawn_settings() -> None:
    assert typing.get_type_hints(draw_settings)["return"] is DrawnSettings
    assert isinstance(draw_settings(Settings(), 1), DrawnSettings)


def test_undrawn_settings_are_not_accepted_as_drawn() -> None:
    with pytest.raises(ValueError, match="no value has been drawn"):
        as_drawn(Settings())
    drawn = draw_settings(Settings(), 1)
    with pytest.raises(ValueError, match="no choice has been drawn"):
        as_drawn(with_values(drawn, {"site.soil": ["brown", "red"]}))


def test_drawn_settings_keep_the_values_and_the_checksum_of_their_settings() -> None:
    drawn = draw_settings(Settings(), 1)
    plain = with_values(Settings(), {"site.relief": value_of(drawn, "site.relief")})
    assert plain.site.relief == drawn.site.relief
    assert settings_sha256(as_drawn(drawn)) == settings_sha256(drawn)
