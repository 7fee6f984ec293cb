# SPDX-License-Identifier: GPL-3.0-or-later
"""The launcher's command line: flags derived from the settings schema, and back again."""

from __future__ import annotations

import argparse
import difflib
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from ..generator.domain.errors import SettingsError
from ..generator.domain.json_file import read_json
from ..generator.domain.messages import Message
from ..generator.settings.files import with_absolute_paths
from ..generator.settings.preset import base_values, with_preset
from ..generator.settings.schema import (
    MIXED,
    PRESETS,
    CameraSettings,
    RunSettings,
    Settings,
    from_dict,
    iter_settings,
    value_of,
    with_values,
)
from ..generator.settings.types import Options, Range, Setting, parse_text
from .executor_choice import SETTINGS as EXECUTOR_SETTINGS
from .executor_choice import ExecutorChoice, chosen
from .shard import MAX_COUNT, WHOLE, Shard

USAGE = """\
blender -b -P headless/batch.py -- OUT [options]
       python3 headless/batch.py OUT [options]"""
DESCRIPTION = (
    "Generate an annotated dataset of drone images of photovoltaic plants in mountains, using parallel Blenders."
)
RESOLUTION = ("camera.width_px", "camera.height_px")
GROUPS = {"camera": "camera", "render": "render"}
"""Option groups of the help by settings group; all others belong to SITE."""
SITE = "site"


@dataclass(frozen=True)
class Request:
    """What a command line requests."""

    out: Path
    settings: Settings = Settings()
    run: RunSettings = RunSettings()
    blender: str | None = None
    dry_run: bool = False
    doctor: bool = False
    """Check the machine instead of making anything; ``out`` is optional."""
    rebuild: bool = False
    """Only rewrite dataset.json and the formats from the existing samples."""
    verify: bool = False
    """Only compare the samples with their checksums."""
    remake: bool = False
    """With ``verify``: make damaged samples again."""
    sources: tuple[Path, ...] = ()
    """With ``rebuild``: dataset folders whose samples are merged into ``out``."""
    shard: Shard = WHOLE
    """Part of the images to make."""
    executor: ExecutorChoice = ExecutorChoice()
    """What carries out the run."""
    storage: str | None = None
    """URL under which the dataset is stored as well."""


def parse(arguments: Sequence[str]) -> Request | None:
    """Return the request on a command line, or None if it asks for help.

    Hyphens and underscores in the names of options are equivalent. Options override the settings file, which overrides
    the preset, which overrides the defaults. Raise SettingsError for anything invalid.
    """
    parser = build_parser()
    given, rest = parser.parse_known_args([_with_underscores(argument) for argument in arguments])
    if given.help:
        return None
    _refuse_unknown_options(rest, parser)
    sources = tuple(map(Path, rest)) if given.into is not None else ()
    out = Path(given.into) if sources else Path() if given.doctor and not rest else _only_output_folder(rest)
    values = _values_of_flags(given)
    run_names = {setting.name for setting in iter_settings(RunSettings)}
    no_setting = run_names | {setting.name for setting in EXECUTOR_SETTINGS}
    settings = with_preset(Settings(), given.preset) if given.preset is not None else Settings()
    if given.settings is not None:
        settings = read_settings(Path(given.settings), settings)
    return Request(
        out=out,
        settings=with_absolute_paths(
            with_values(settings, {name: value for name, value in values.items() if name not in no_setting})
        ),
        run=with_values(RunSettings(), {name: value for name, value in values.items() if name in run_names}),
        blender=given.blender,
        dry_run=given.dry_run,
        doctor=given.doctor,
        rebuild=given.rebuild,
        verify=given.verify or given.remake,
        remake=given.remake,
        sources=_only_for_rebuild(sources, given),
        shard=WHOLE if given.shard is None else parse_shard(given.shard),
        executor=chosen(values),
        storage=given.storage,
    )


def to_arguments(request: Request) -> list[str]:
    """Return the shortest command line for ``request``: defaults are omitted."""
    arguments = [str(request.out)]
    defaults = {**_values(Settings()), **_values(RunSettings()), **asdict(ExecutorChoice())}
    values = {**_values(request.settings), **_values(request.run), **asdict(request.executor)}
    changed = {name: value for name, value in values.items() if value != defaults[name]}
    if any(name in changed for name in RESOLUTION):
        arguments += ["--resolution", "x".join(str(values[name]) for name in RESOLUTION)]
    for setting in _all_settings():
        if setting.name in changed and setting.name not in RESOLUTION:
            arguments += flag_of(setting, changed[setting.name])
    if request.blender is not None:
        arguments += ["--blender", request.blender]
    if request.shard != WHOLE:
        arguments += ["--shard", str(request.shard)]
    if request.storage is not None:
        arguments += ["--storage", request.storage]
    switches = ("dry_run", "doctor", "rebuild", "verify", "remake")
    return arguments + [f"--{name}" for name in switches if getattr(request, name)]


def build_parser() -> _Parser:
    """Return the parser with its grouped help; it raises SettingsError for every error."""
    parser = _Parser(
        usage=USAGE,
        description=DESCRIPTION,
        epilog=_table_of_settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    _add_output_options(parser)
    _add_run_options(parser)
    _add_settings(parser)
    return parser


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument("--dry_run", action="store_true", help="print the plan without writing anything")
    output.add_argument(
        "--doctor",
        action="store_true",
        help="check this machine and recommend a command line; needs no OUT",
    )
    output.add_argument(
        "--rebuild",
        action="store_true",
        help="rewrite dataset.json and --formats from the existing samples; needs no Blender",
    )
    output.add_argument(
        "--into",
        metavar="OUT",
        help="with --rebuild: merge the samples of several dataset folders (--rebuild OUT1 OUT2 ...) into this one",
    )
    output.add_argument(
        "--verify",
        action="store_true",
        help="compare all files of the samples with their checksums; needs no Blender",
    )
    output.add_argument(
        "--remake",
        action="store_true",
        help="verify, remove damaged samples, and make them again with the settings of the dataset",
    )
    output.add_argument("--help", "-h", action="store_true", help="show this help")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    run = parser.add_argument_group("run")
    for setting in iter_settings(RunSettings):
        _add_flag(run, setting)
    for setting in EXECUTOR_SETTINGS:
        _add_flag(run, setting)
    run.add_argument(
        "--shard",
        metavar="I/N",
        help="make only part I of N (I counts from 0) of the images; all parts may run at the same time, on any number "
        "of machines, in one folder or in several; --rebuild then writes the index",
    )
    run.add_argument(
        "--storage",
        metavar="URL",
        help="also store every sample as soon as it is complete, and the index at the end, under a URL such as "
        "s3://bucket/dataset; what is there already is not made again",
    )
    run.add_argument(
        "--blender",
        metavar="PATH",
        help="Blender executable (default: the one running this script, else "
        "the environment variable BLENDER, the bpy wheel of this Python, or blender on the PATH)",
    )


def _add_settings(parser: argparse.ArgumentParser) -> None:
    groups = {name: parser.add_argument_group(name) for name in (SITE, *GROUPS.values())}
    for setting in iter_settings(Settings):
        if setting.spec.flag:
            _add_flag(groups[GROUPS.get(setting.name.split(".")[0], SITE)], setting)
    width, height = CameraSettings().image_size
    groups["camera"].add_argument(
        "--resolution",
        metavar="WxH",
        help=f"image width and height in px (default: native, {width}x{height}); 0 keeps the aspect ratio",
    )
    anything = parser.add_argument_group("all settings")
    anything.add_argument(
        "--preset",
        metavar="NAME",
        help=f"landscape preset: {', '.join(PRESETS)}, or {MIXED}, which draws one for a complete plant per site",
    )
    anything.add_argument(
        "--settings",
        metavar="FILE.json",
        help="settings as JSON, or the dataset.json of an earlier run; other options override it",
    )
    anything.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="set any setting of the table below, for example site.relief=0.4; can be repeated",
    )


class _Parser(argparse.ArgumentParser):
    @property
    def options(self) -> list[str]:
        """Names of all options."""
        return [option for action in self._actions for option in action.option_strings]

    def error(self, message: str) -> NoReturn:
        option, _, reason = message.removeprefix("argument ").partition(": ")
        if reason == "expected one argument":
            raise SettingsError("{option} needs a value.", option=option)
        if reason.startswith("ignored explicit argument"):
            raise SettingsError("{option} takes no value.", option=option)
        raise SettingsError("{message}.", message=message)


def _add_flag(group: Any, setting: Setting) -> None:
    flag = setting.name.split(".")[-1]
    if setting.type is bool:
        text = f"{setting.spec.help} (default {_text(setting.default)})"
        group.add_argument(f"--{flag}", dest=setting.name, action="store_const", const="true", help=_escaped(text))
        group.add_argument(
            f"--no_{flag}", dest=setting.name, action="store_const", const="false", help=f"opposite of --{flag}"
        )
        return
    recommended = f"; recommended {setting.spec.recommended}" if setting.spec.recommended else ""
    text = f"{setting.spec.help} ({setting.allowed}; default {_text(setting.default)}{recommended})"
    group.add_argument(f"--{flag}", dest=setting.name, metavar=_metavar(setting), help=_escaped(text))


def _metavar(setting: Setting) -> str:
    return {str: "NAME", Options: "NAMES", int: "N"}.get(setting.type, "X")


def _escaped(help: str) -> str:
    return help.replace("%", "%%")


def _table_of_settings() -> str:
    """Return a line for each setting with its default and allowed values, and its description."""
    lines = [
        "every setting, for --set and the settings file (default; allowed values); a value is drawn from low..high and",
        "from several names separated by commas, for each site, and in light, camera and effects for each image:",
    ]
    for setting in iter_settings(Settings):
        lines.append(f"  {setting.name:<34}{_text(setting.default):<12} {setting.allowed}")
        lines += textwrap.wrap(setting.spec.help, 104, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return "\n".join(lines)


def _with_underscores(argument: str) -> str:
    if not argument.startswith("--") or argument == "--":
        return argument
    name, equals, value = argument[2:].partition("=")
    return f"--{name.replace('-', '_')}{equals}{value}"


def _only_for_rebuild(sources: tuple[Path, ...], given: argparse.Namespace) -> tuple[Path, ...]:
    """Return the ``sources``; raise SettingsError unless --into comes with --rebuild and dataset folders."""
    if given.into is not None and not (given.rebuild and sources):
        raise SettingsError("--into is only for merging datasets: batch.py --rebuild OUT1 OUT2 ... --into OUT.")
    return sources


def _refuse_unknown_options(rest: Sequence[str], parser: _Parser) -> None:
    for argument in rest:
        if argument.startswith("-"):
            name = argument.partition("=")[0]
            close = difflib.get_close_matches(name, parser.options, n=1)
            hint = f"did you mean {close[0]}?" if close else "see --help."
            raise SettingsError("{name} is not an option; {hint}", name=name, hint=hint)


def _only_output_folder(rest: Sequence[str]) -> Path:
    """Return the only positional argument; raise SettingsError if there is none, or more than one."""
    if not rest or not rest[0]:
        raise SettingsError("The dataset folder is missing: batch.py OUT [options]; see --help.")
    if len(rest) > 1:
        raise SettingsError(
            "{name} is one argument too many: the dataset folder is {folder}.", name=rest[1], folder=rest[0]
        )
    return Path(rest[0])


def _values_of_flags(given: argparse.Namespace) -> dict[str, Any]:
    """Return validated values by dotted name: those of --set, then those of the flags."""
    known = {setting.name: setting for setting in _all_settings()}
    texts: dict[str, str] = {}
    for assignment in given.set:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise SettingsError(
                "--set {assignment} is not allowed: write NAME=VALUE, for example site.relief=0.4.",
                assignment=assignment,
            )
        texts[name.strip()] = text
    texts.update({name: text for name in known if (text := getattr(given, name, None)) is not None})
    if given.resolution is not None:
        texts.update(zip(RESOLUTION, _width_and_height(given.resolution), strict=True))
    # with_values reports unknown names, and suggests what was meant.
    return {name: parse_text(known[name], text) if name in known else text for name, text in texts.items()}


def _width_and_height(text: str) -> tuple[str, str]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        limits = _setting(RESOLUTION[0]).allowed
        raise SettingsError(
            "--resolution {text} is not allowed: it must be WxH, two integers from {limits}.", text=text, limits=limits
        )
    return width, height


def parse_shard(text: str) -> Shard:
    """Return the shard in ``I/N``; raise SettingsError unless 0 <= I < N."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    shard = Shard(int(found[1]), int(found[2])) if found else None
    if shard is None or not 0 <= shard.number < shard.count <= MAX_COUNT:
        raise SettingsError(
            "--shard {text} is not allowed: it must be I/N, where N is the number of shards and I counts from 0 to "
            "N - 1, for example 0/4.",
            text=text,
        )
    return shard


def read_settings(path: Path, settings: Settings) -> Settings:
    """Return ``settings`` updated from a JSON file, which holds settings directly or under the key ``settings``.

    Beside ``settings``, it may name a preset that it extends.
    """
    name = Message("The settings file {file}", {"file": path})
    data = read_json(path, name)
    try:
        if isinstance(data, dict) and isinstance(data.get("settings"), dict):
            settings, data = with_values(settings, base_values(data)), data["settings"]
        return from_dict(data, settings)
    except SettingsError as error:
        raise SettingsError("{file}: {reason}", file=name, reason=error) from error


def _all_settings() -> list[Setting]:
    return [*iter_settings(RunSettings), *EXECUTOR_SETTINGS, *iter_settings(Settings)]


def _setting(name: str) -> Setting:
    return next(setting for setting in _all_settings() if setting.name == name)


def _values(settings: Settings | RunSettings) -> Mapping[str, Any]:
    return {setting.name: value_of(settings, setting.name) for setting in iter_settings(type(settings))}


def flag_of(setting: Setting, value: Any) -> list[str]:
    """Return the arguments that give a setting a value."""
    flag = setting.name.split(".")[-1]
    if not setting.spec.flag:
        return ["--set", f"{setting.name}={_text(value)}"]
    if setting.type is bool:
        return [f"--{flag}" if value else f"--no_{flag}"]
    return [f"--{flag}", _text(value)]


def _text(value: Any) -> str:
    """Return a value as ``parse_text`` reads it."""
    if isinstance(value, Range):
        return _text(value.low) if value.low == value.high else f"{_text(value.low)}..{_text(value.high)}"
    if isinstance(value, Options):
        return ",".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)
