# SPDX-License-Identifier: GPL-3.0-or-later
"""Elevation models that only GDAL reads: converted before the run, by a program that the starter of the launcher names.

The converted file is kept in the dataset folder and takes the place of the original: samples depend on it alone. Its
name follows from the content of the original and from what was requested, so nothing is converted twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..generator.dataset.files import extension_version
from ..generator.domain.atomic_files import replacing_path
from ..generator.domain.errors import SolarSiteError, UnreadableModelError
from ..generator.domain.messages import Message, SettingName, system_reason
from ..generator.settings.files import files_sha256
from ..generator.settings.schema import Settings, with_values
from .command_line import Request
from .dataset_folder import CONVERTED_MODEL, work_folder
from .interruption import InterruptedRun, Interruption
from .log_tail import last_lines
from .probe_report import ProbeReport
from .processes import WorkerProcess, exit_in_words

MODEL, UNIT = "site.elevation_model", "site.elevation_unit"
PROGRAM = "terrain.py: "
"""What its error messages begin with."""
FAILED = 2
"""Its exit code if it tells the reason."""
_NAME = re.compile(CONVERTED_MODEL)
_POLL_SECONDS = 0.05
_MOST_OUTPUT = 100_000
"""Most bytes of output that are looked at in one go."""


@dataclass(frozen=True)
class Converter:
    """What converts elevation models, and where to."""

    command: Sequence[str]
    """Command line of headless/terrain.py; empty if there is no Python with GDAL."""
    folder: Path
    """Temporary folder."""


NO_CONVERTER = Converter((), Path())


def with_readable_model(
    request: Request, probe: Callable[[Request], ProbeReport], converter: Converter, interruption: Interruption
) -> tuple[Request, ProbeReport]:
    """Return the request with an elevation model that ``probe`` can read, and the answer of the probe.

    Raise SolarSiteError if there is none, InterruptedRun if the user interrupts.
    """
    kept = _kept_model(request)
    if kept is not None:
        request = _with_model(request, kept)
    try:
        return request, probe(request)
    except UnreadableModelError:
        if not converter.command:
            raise
    model = converter.folder / _name_of_conversion(request.settings)
    _convert(request.settings, model, converter, interruption)
    request = _with_model(request, model)
    return request, probe(request)


def keep_model(request: Request) -> Request:
    """Return the request with its converted model in the dataset folder, where it is put if it is not there."""
    model = Path(request.settings.site.elevation_model)
    if not _NAME.fullmatch(model.name):
        return request
    kept = work_folder(request.out.absolute()) / model.name
    if not kept.exists():
        with replacing_path(kept) as hidden:
            shutil.copyfile(model, hidden)
    return _with_model(request, kept)


def _kept_model(request: Request) -> Path | None:
    """Return the file that an earlier run in this folder has made of the model, if there is one."""
    work, model = work_folder(request.out.absolute()), request.settings.site.elevation_model
    if not model or not work.is_dir() or not any(_NAME.fullmatch(each.name) for each in work.iterdir()):
        return None
    if _NAME.fullmatch(Path(model).name):  # from dataset.json, which may have been moved with its folder
        kept = work / Path(model).name
    else:
        kept = work / _name_of_conversion(request.settings)
    return kept if kept.is_file() else None


def _with_model(request: Request, model: Path) -> Request:
    values = {MODEL: str(model), UNIT: "auto"}  # the converted file states its unit
    return dataclasses.replace(request, settings=with_values(request.settings, values))


def _name_of_conversion(settings: Settings) -> str:
    """Return the name of the converted file: the same content and request give the same name."""
    what = [files_sha256(settings)[MODEL], _options(settings), extension_version()]
    return f"elevation_model_{hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]}.tif"


def _options(settings: Settings) -> list[str]:
    site = settings.site
    unit = [] if site.elevation_unit == "auto" else ["--unit", site.elevation_unit]
    return [f"--at={site.place}", f"--site={site.size_m:g}", *unit]


def _convert(settings: Settings, model: Path, converter: Converter, interruption: Interruption) -> None:
    """Write the converted model; print what the program says. Raise SolarSiteError if it fails, InterruptedRun."""
    original, log = settings.site.elevation_model, converter.folder / "terrain.log"
    print(f"Elevation  {original} is converted with GDAL", flush=True)
    command = [*converter.command, original, *_options(settings), "-o", str(model)]
    try:
        process = WorkerProcess.start(command, log, converter.folder / "tmp")
    except OSError as error:
        raise SolarSiteError(
            "{program} cannot be started ({reason}).", program=command[0], reason=system_reason(error)
        ) from error
    told = 0
    try:
        while process.exit_code() is None:
            if interruption.requested:
                raise InterruptedRun
            time.sleep(_POLL_SECONDS)
            told = _tell(log, told, model)
    finally:
        process.end()
    if process.exit_code() != 0 or not model.is_file():
        raise SolarSiteError(
            "{setting} = {file} cannot be converted with GDAL (headless/terrain.py): {reason}.",
            setting=SettingName(MODEL),
            file=original,
            reason=_reason(process.exit_code() or 0, log),
        )
    _tell(log, told, model)


def _reason(code: int, log: Path) -> Message | str:
    """Return why the program failed: what it says, and how it ended if that is not how it ends after an error."""
    last = "".join(last_lines(log, 1)).removeprefix(PROGRAM).rstrip(".")
    if code == FAILED and last:
        return last
    return Message("{ended}; last output: {line}", {"ended": exit_in_words(code), "line": last or "-"})


def _tell(log: Path, told: int, model: Path) -> int:
    """Print the whole lines of the log from byte ``told`` on, unless they are errors; return where the next begin."""
    with log.open("rb") as file:
        file.seek(told)
        data = file.read(_MOST_OUTPUT)
    lines, _, rest = data.rpartition(b"\n")
    for line in lines.decode("utf-8", "replace").splitlines():
        if not line.startswith(PROGRAM):
            print(f"           {line.removeprefix(f'{model}: ')}", flush=True)
    return told + len(data) - len(rest)
