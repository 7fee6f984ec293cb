# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets and settings files in the panel: the built-in JSON files and those saved by the user."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..batch.dataset_folder import dataset_json, dataset_of_sample, record_file
from ..generator.domain.atomic_files import replacing_file
from ..generator.domain.errors import SettingsError
from ..generator.domain.json_file import read_json
from ..generator.domain.messages import system_reason
from ..generator.settings.preset import base_values, look_values, preset_values
from ..generator.settings.schema import (
    LOOKS,
    MIXED,
    PRESET_FOLDER,
    PRESETS,
    Settings,
    iter_settings,
    settings_sha256,
    to_dict,
    value_of,
    with_values,
)
from .captions import choice_label

NOT_IN_PRESETS = ("camera", "render")
GROUPS = tuple(field.name for field in dataclasses.fields(Settings) if field.name not in NOT_IN_PRESETS)
"""Groups of settings in a user preset."""
THUMBNAIL_FOLDER = Path(__file__).parent / "thumbnails"
"""Images of the built-in presets, made by tools/preset_thumbnails.py."""
SUBFOLDER = "site"
"""Subfolder of the user's presets."""
FORBIDDEN = set('<>:"/\\|?*')
"""Characters that are not allowed in file names on some operating systems."""


def built_in_presets() -> list[Path]:
    """Return the built-in presets."""
    return [PRESET_FOLDER / f"{name}.json" for name in (*PRESETS, MIXED)]


def preset_files(user_folder: Path) -> list[Path]:
    """Return all presets: the built-in ones, then the user's by name."""
    return built_in_presets() + sorted((user_folder / SUBFOLDER).glob("*.json"))


def preset_thumbnails() -> dict[Path, Path]:
    """Return the image of each built-in preset that has one."""
    files = {preset: THUMBNAIL_FOLDER / f"{preset.stem}.png" for preset in built_in_presets()}
    return {preset: file for preset, file in files.items() if file.is_file()}


def preset_label(path: Path) -> str:
    """Return the panel's name of a preset: ``Mountain Summer``, or the name given by the user."""
    return choice_label(path.stem) if is_built_in(path) else path.stem


def apply_preset(settings: Settings, path: Path) -> Settings:
    """Return ``settings`` with a preset applied; settings that only other presets change are reset to their defaults.

    Raises:
        SettingsError: the file is unreadable or has an invalid setting.
    """
    set_by_presets = (preset_values(preset.stem) for preset in built_in_presets())
    names = set(_flat(_part_of(to_dict(Settings())))).union(*set_by_presets)
    settings = with_values(settings, {name: value_of(Settings(), name) for name in names})
    return with_values(settings, preset_values(path.stem)) if is_built_in(path) else apply_file(settings, path)


@dataclass(frozen=True)
class Marks:
    """How the settings in the panel differ from what they started from."""

    preset_changed: bool = False
    """Whether any setting differs from the active preset."""
    changed: frozenset[str] = frozenset()
    """Names of the settings that differ from the active preset, or from the defaults where it says nothing."""


def marks_of(settings: Settings, preset: str) -> Marks:
    """Return how ``settings`` differ from the preset with the file ``preset``, or from the defaults without one."""
    now, before = _flat(to_dict(settings)), _flat(to_dict(baseline(preset)))
    changed = frozenset(name for name, value in now.items() if value != before[name])
    return Marks(bool(preset and any(name.partition(".")[0] in GROUPS for name in changed)), changed)


@lru_cache(maxsize=4)
def baseline(preset: str) -> Settings:
    """Return the settings that groups are reset to: those of the active preset, or the defaults."""
    try:
        return apply_preset(Settings(), Path(preset)) if preset else Settings()
    except SettingsError:  # the file was removed or changed since
        return Settings()


def _part_of(everything: dict[str, Any]) -> dict[str, Any]:
    return {group: everything[group] for group in GROUPS}


def apply_file(settings: Settings, path: Path) -> Settings:
    """Return ``settings`` updated from a file: a preset, a settings file, or the dataset.json of a run.

    Raises:
        SettingsError: the file is unreadable or has an invalid setting.
    """
    data = read_object(path)
    try:
        return with_values(settings, _values_in(data))
    except SettingsError as error:
        raise SettingsError("{file}: {reason}", file=path.name, reason=error) from error


def read_object(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; raise SettingsError if it contains none."""
    data = read_json(path, str(path))
    if not isinstance(data, dict):
        raise SettingsError("{file} does not contain settings.", file=path)
    return data


def save_preset(settings: Settings, name: str, user_folder: Path) -> Path:
    """Save a user preset and return its path; raise SettingsError if the name is invalid or taken."""
    path = _free_path(name, user_folder)
    write_settings(path, _part_of(to_dict(settings)))
    return path


def _free_path(name: str, user_folder: Path) -> Path:
    """Return the file of a new preset; raise SettingsError if the name is invalid or taken."""
    name = name.strip()
    if not name or name.startswith(".") or FORBIDDEN & set(name):
        raise SettingsError(
            '"{name}" is not a valid preset name: '
            "it must not be empty, start with a period or contain any of {characters}.",
            name=name,
            characters=" ".join(sorted(FORBIDDEN)),
        )
    if any(name in (path.stem, preset_label(path)) for path in built_in_presets()):
        raise SettingsError('"{name}" is the name of a built-in preset: choose another name.', name=name)
    path = user_folder / SUBFOLDER / f"{name}.json"
    if path.exists():
        raise SettingsError('A preset named "{name}" already exists: remove it, or choose another name.', name=name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def rename_preset(path: Path, name: str, user_folder: Path) -> Path:
    """Rename a user preset and return its new path; raise SettingsError if the name is invalid or taken."""
    new = _free_path(name, user_folder)
    try:
        return path.rename(new)
    except OSError as error:
        raise SettingsError("{file} cannot be renamed ({reason}).", file=path, reason=system_reason(error)) from error


def import_preset(path: Path, user_folder: Path) -> Path:
    """Add the settings file ``path`` to the user's presets and return the new preset; raise SettingsError if unusable.

    Only the groups of presets are taken, and only what the file sets, itself or by the preset that it extends.
    """
    apply_file(Settings(), path)  # refuse what is invalid before anything is written
    groups: dict[str, dict[str, Any]] = {}
    for name, value in _values_in(read_object(path)).items():
        group, _, field = name.partition(".")
        groups.setdefault(group, {})[field] = value
    new = _free_path(path.stem, user_folder)
    write_settings(new, {group: values for group, values in groups.items() if group in GROUPS})
    return new


def export_preset(settings: Settings, path: Path) -> None:
    """Write what a preset of ``settings`` holds to any file; raise SettingsError if it cannot be written."""
    write_settings(path, _part_of(to_dict(settings)))


def remove_preset(path: Path) -> None:
    """Delete a user preset; raise SettingsError if the operating system refuses."""
    try:
        path.unlink()
    except OSError as error:
        raise SettingsError("{file} cannot be removed ({reason}).", file=path, reason=system_reason(error)) from error


def write_settings(path: Path, content: dict[str, Any]) -> None:
    """Write settings, by group, as the launcher's ``--settings`` reads them; raise SettingsError on failure.

    After a failure, such as a full disk, an existing file is unchanged.
    """
    try:
        with replacing_file(path) as file:
            file.write(json.dumps({"settings": content}, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise SettingsError("{file} cannot be written ({reason}).", file=path, reason=system_reason(error)) from error


def is_built_in(path: Path) -> bool:
    """Return whether a preset is built in."""
    return path.parent == PRESET_FOLDER


@dataclass(frozen=True)
class SampleSettings:
    """What a sample.json tells about how its image was made."""

    settings: Settings
    seed: int
    """Seed of the site."""
    view: int
    complete: bool
    """Whether the settings are those of the dataset; otherwise, only the drawn values are those of the image."""


def settings_of_sample(path: Path, others: Settings) -> SampleSettings:
    """Return the settings of a sample.json: those of its dataset, or those drawn for the image and ``others``.

    Raises:
        SettingsError: the file is not a sample.json, or its dataset has other settings than it was rendered with.
    """
    sample = read_object(path)
    try:
        seed, view, checksum = int(sample["seed"]), int(sample["view"]), str(sample["generator"]["settings_sha256"])
    except (KeyError, TypeError, ValueError):
        raise SettingsError("{file} is not the sample.json of an image.", file=path) from None
    dataset = dataset_of_sample(path.parent)
    for origin in (record_file(dataset), dataset_json(dataset)):
        if origin.is_file():
            settings = apply_file(Settings(), origin)
            if settings_sha256(settings) != checksum:
                raise SettingsError(
                    "{file} was rendered with settings other than those in {origin}.", file=path, origin=origin
                )
            return SampleSettings(settings, seed, view, complete=True)
    drawn = with_drawn(others, sample.get("drawn"))
    return SampleSettings(drawn, seed, view, complete=settings_sha256(drawn) == checksum)


def with_drawn(settings: Settings, drawn: Any) -> Settings:
    """Return ``settings`` with the values that were drawn for an image, as its sample.json lists them.

    The drawn preset and look come first, because they also set what is not drawn; then every drawn value is fixed.
    Raise SettingsError if a value is not allowed.
    """
    values = _flat(drawn)
    for name, read in (("site.presets", preset_values), ("effects.looks", look_values)):
        chosen = values.get(name)
        if isinstance(chosen, str) and chosen in (*PRESETS, *LOOKS):
            settings = with_values(settings, read(chosen))
    return with_values(settings, {**values, "site.presets": [], "effects.looks": []})


def _values_in(data: dict[str, Any]) -> dict[str, Any]:
    """Return the values in the content of a settings file, by dotted name, with those of the preset it extends."""
    if "settings" not in data:
        return _flat(data)
    return {**base_values(data), **_flat(data["settings"])}


def _flat(content: Any) -> dict[str, Any]:
    """Return values by dotted name. Unknown names and groups are kept, so that the error can name them."""
    if not isinstance(content, dict):
        raise SettingsError("The settings must be a JSON object of setting groups.")
    groups = {setting.name.partition(".")[0] for setting in iter_settings(Settings)}
    flat: dict[str, Any] = {}
    for group, values in content.items():
        if group in groups and isinstance(values, dict):
            flat.update({f"{group}.{name}": value for name, value in values.items()})
        else:
            flat[group] = values
    return flat
