# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/settings.md, the reference of every setting, from the schema. Run: python -m tools.settings_reference."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings
from solar_site_addon.generator.settings.types import Options, Range, Setting

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

INTRODUCTION = """\
# Settings

Made from `solar_site_addon/generator/settings/schema.py` by `make docs`; do not edit it by hand.

A setting of the first part belongs to what a picture shows. Give it on the command line as `--set NAME=VALUE`, or in a
JSON file (`--settings FILE`) that holds the groups as objects: `{"camera": {"altitude_agl_m": [60, 80]}}`. Where the
last column names a flag, that works too.

A *range* is drawn anew for each picture, uniformly. On the command line it is written `60..80`, in JSON `[60, 80]`;
one number alone is a fixed value. A range that *differs within a picture* is drawn anew for each table or cluster. Of
*one or more* names, one is drawn for each picture: `clear,hazy` on the command line, `["clear", "hazy"]` in JSON.
"""


def main() -> None:
    """Writes the reference."""
    REFERENCE.parent.mkdir(exist_ok=True)
    REFERENCE.write_text(reference(), encoding="utf-8")
    print(f"wrote {REFERENCE}")


def reference() -> str:
    """The whole page, as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    groups = get_type_hints(Settings)
    for field in dataclasses.fields(Settings):
        group = groups[field.name]
        yield f"## {field.name}: {_in_running_text(group.__doc__)}\n"
        yield from _table(setting._replace(name=f"{field.name}.{setting.name}") for setting in iter_settings(group))
    yield "## The run\n"
    yield "How many pictures, from which seed, on what. Nothing here changes what one picture shows.\n"
    yield from _table(iter_settings(RunSettings))


def _in_running_text(docstring: str) -> str:
    sentence = docstring.partition(". ")[0].strip().rstrip(".")
    return sentence[0].lower() + sentence[1:]


def _table(settings: Iterator[Setting]) -> Iterator[str]:
    yield "| Setting | Default | Allowed | What it is | Flag |"
    yield "| --- | --- | --- | --- | --- |"
    for setting in settings:
        yield "| " + " | ".join(_cells(setting)) + " |"
    yield ""


def _cells(setting: Setting) -> tuple[str, str, str, str, str]:
    spec = setting.spec
    help_text = f"{spec.help} (recommended: {spec.recommended})" if spec.recommended else spec.help
    return f"`{setting.name}`", default_text(setting), allowed_text(setting), help_text, flag_text(setting)


def default_text(setting: Setting) -> str:
    """The default, written as a user types it, with its unit."""
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
    """The allowed values in words."""
    if setting.type is Range:
        details = (", whole" if setting.spec.integer else "") + (
            ", differs within a picture" if setting.spec.within else ""
        )
        return f"range within {setting.allowed}{details}"
    if setting.type is int:
        return f"{setting.allowed}, whole"
    return setting.allowed


def flag_text(setting: Setting) -> str:
    """The flags that set it, as Markdown; empty where --set does."""
    name = setting.name.rpartition(".")[2]
    if setting.name in {"camera.width_px", "camera.height_px"}:
        return "`--resolution`"
    if not setting.spec.flag:
        return ""
    return f"`--{name}`, `--no-{name}`" if setting.type is bool else f"`--{name}`"


if __name__ == "__main__":
    main()
