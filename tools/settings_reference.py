# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/settings.md, the settings reference, from the schema. Run: python -m tools.settings_reference."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_type_hints

from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings
from solar_site_addon.generator.settings.types import Options, Range, Setting

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

INTRODUCTION = """\
# Settings

Generated from `solar_site_addon/generator/settings/schema.py` by `make docs`. Do not edit.

The settings of the first ten groups determine the content of the images. Set them on the command line with
`--set NAME=VALUE`, or in a JSON file (`--settings FILE`) with one object per group:
`{"camera": {"altitude_agl_m": [60, 80]}}`. Settings with an entry in the Flag column also have their own flag.

A *range* is drawn uniformly once per site, in the groups light, camera and effects once per image. Write it as
`60..80` on the command line and as `[60, 80]` in JSON; a single number is a fixed value. A range *drawn per object*
differs from table to table or from cluster to cluster within a site. Where *one or more* names are allowed, one of them
is drawn: `clear,hazy` on the command line, `["clear", "hazy"]` in JSON.

The last column gives the source of the default; [sources.md](sources.md) has the full references. An *estimate* is a
value chosen by the authors without a published source.
"""


def main() -> None:
    """Write the reference."""
    REFERENCE.parent.mkdir(exist_ok=True)
    REFERENCE.write_text(reference(), encoding="utf-8")
    print(f"wrote {REFERENCE}")


def reference() -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    groups = get_type_hints(Settings)
    for field in dataclasses.fields(Settings):
        group = groups[field.name]
        yield f"## {field.name}\n"
        yield f"{group.__doc__}\n"
        yield from _table(setting._replace(name=f"{field.name}.{setting.name}") for setting in iter_settings(group))
    yield "## Run\n"
    yield f"{RunSettings.__doc__}\n"
    yield from _table(iter_settings(RunSettings))


def _table(settings: Iterable[Setting]) -> Iterator[str]:
    yield "| Setting | Default | Allowed | Description | Flag | Source |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for setting in settings:
        yield "| " + " | ".join(_cells(setting)) + " |"
    yield ""


def _cells(setting: Setting) -> tuple[str, str, str, str, str, str]:
    spec = setting.spec
    help_text = f"{spec.help} (recommended: {spec.recommended})" if spec.recommended else spec.help
    return f"`{setting.name}`", default_text(setting), allowed_text(setting), help_text, flag_text(setting), spec.source


def default_text(setting: Setting) -> str:
    """Return the default as typed on the command line, with its unit."""
    value, unit = setting.default, setting.spec.unit
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Options):
        return ",".join(value) or "none"
    if isinstance(value, Range):
        shown = f"{value.low:g}" if value.low == value.high else f"{value.low:g}..{value.high:g}"
    else:
        shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{shown} {unit}".strip()


def allowed_text(setting: Setting) -> str:
    """Return the allowed values in words."""
    if setting.type is Range:
        details = (", integer" if setting.spec.integer else "") + (", drawn per object" if setting.spec.within else "")
        return f"range, {setting.allowed}{details}"
    if setting.type is int:
        return f"integer, {setting.allowed}"
    return setting.allowed


def flag_text(setting: Setting) -> str:
    """Return the flags of the setting as Markdown; empty if it has none of its own."""
    name = setting.name.rpartition(".")[2]
    if setting.name in {"camera.width_px", "camera.height_px"}:
        return "`--resolution`"
    if not setting.spec.flag:
        return ""
    return f"`--{name}`, `--no-{name}`" if setting.type is bool else f"`--{name}`"


if __name__ == "__main__":
    main()
