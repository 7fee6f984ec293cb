# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker: carries out one work unit inside a background Blender, and reports its progress as events.

It can be stopped and restarted at any time: complete samples are skipped, and failed ones are not retried.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..generator.dataset.files import is_whole
from ..generator.dataset.half_sample import hidden_folder, remove_half_sample
from ..generator.dataset.layout import image_name
from ..generator.domain.atomic_files import replace_json
from ..generator.domain.errors import RenderError, SolarSiteError, UnreadableModelError
from ..generator.domain.messages import Message
from ..generator.domain.numbering import ImageNumber
from ..generator.domain.stages import SITE, Laps
from ..generator.domain.versions import blender_version, check_supported
from ..generator.pipeline import Renderer, built_site, check_site, describe_hardware, make_view, prepare_renderer
from ..generator.plan.terrain.elevation.reading import on_reading
from ..generator.plan.terrain.elevation.shared_land import share_land_in
from ..generator.settings.schema import Settings
from ..generator.settings.texture_sets import texture_notes
from .dataset_folder import land_folder
from .events import (
    IMAGE_DONE,
    IMAGE_SKIPPED,
    IMAGE_STARTED,
    WORKER_DONE,
    WORKER_STARTED,
    EventTail,
    append_event,
    append_failure,
    failed_images,
)
from .exit_codes import WORKER_NO_MEMORY, WORKER_NO_STORAGE
from .log_tail import last_lines
from .memory import is_memory_error, tells_of_memory
from .probe_report import ProbeDocument
from .processes import die_with_parent
from .reading_report import ReadingReport
from .storage import Storage, bytes_to_make, is_storage_error
from .work_unit import WorkUnit, read_unit

if TYPE_CHECKING:
    from ..generator.scene.build import BuiltSite

EXIT_INTERRUPTED = 130


class CannotGoOnError(Exception):
    """The machine lacks what every image needs. This image has not failed: it is made once there is enough."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        """What is missing: WORKER_NO_MEMORY or WORKER_NO_STORAGE."""


def main(arguments: Sequence[str]) -> int:
    """Carry out a unit, or only check that it can be carried out (``--probe``); return the exit code."""
    options = _parser().parse_args(arguments)
    if options.watch_stdin:
        watch_parent()
    unit = read_unit(options.unit)
    on_reading(ReadingReport(options.events))
    try:
        if options.probe is not None:
            return probe(unit, options.probe, options.hardware)
        return _carry_out(unit, options)
    except CannotGoOnError as error:
        return error.exit_code
    except Exception as error:
        shortage = shortage_of(error)
        if shortage is None:
            raise
        with contextlib.suppress(OSError):  # the log is on a full disk
            traceback.print_exc()
        return shortage


def _carry_out(unit: WorkUnit, options: argparse.Namespace) -> int:
    check_supported()
    use_gpu = unit.use_gpu and not options.no_gpu
    renderer = prepare_renderer(unit.device, use_gpu, options.gpu_slot, options.threads, unit.settings.render.denoiser)
    append_event(options.events, WORKER_STARTED, threads=options.threads, pid=os.getpid(), **describe(renderer))
    share_land_in(land_folder(options.out))
    storage = Storage(options.out, bytes_to_make(unit.settings), options.processes)
    return make_samples(unit, Task(options.out / unit.folder, options.events, renderer, storage, options.log))


def probe(unit: WorkUnit, report: Path, hardware: bool) -> int:
    """Plan the unit's first site and write a report about this Blender; return the exit code.

    With ``hardware``, the report also lists all devices and denoisers. If the user has to change anything, it contains
    only ``error``, and whether that is an elevation model that GDAL may read.
    """
    try:
        check_supported()
        renderer = prepare_renderer(unit.device, unit.use_gpu, 0, None, unit.settings.render.denoiser)
        check_site(unit.settings, unit.numbers[0].seed)
    except SolarSiteError as error:
        replace_json(
            report, {"error": error.message.to_json(), "unreadable_model": isinstance(error, UnreadableModelError)}
        )
        return 2
    document = describe(renderer)
    document["messages"] += [note.to_json() for note in texture_notes(unit.settings.site.ground_images)]
    replace_json(report, {**document, **(describe_hardware() if hardware else {})})
    return 0


def describe(renderer: Renderer) -> ProbeDocument:
    """Return versions, device and denoiser of this process, for the launcher."""
    return {
        "versions": {"blender": blender_version(), "python": ".".join(map(str, sys.version_info[:3]))},
        "backend": renderer.backend,
        "device": renderer.device.name,
        "gpus": renderer.device.count,
        "messages": [message.to_json() for message in renderer.messages],
        "denoiser": renderer.denoiser,
    }


@dataclass(frozen=True)
class Task:
    """Where a worker writes samples and events, and with what it makes them."""

    folder: Path
    """Folder of the samples."""
    events: Path
    renderer: Renderer
    storage: Storage
    log: Path | None = None
    """File that receives the output of this process, if it can be read."""


class CurrentSite:
    """The site of the current image: built for its first image and kept until an image of another site is made.

    A context manager, which removes the site from Blender at the end.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seed: int | None = None
        self._built: BuiltSite | None = None
        self._error: SolarSiteError | None = None
        self._blender = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def make_view(self, number: ImageNumber, folder: Path, renderer: Renderer, laps: Laps) -> None:
        """Make the sample of one view. After an error, the scene is removed, so that later views get a new one."""
        try:
            site = self._site(number.seed)
            laps.finished(SITE)
            make_view(site, self._settings, number, folder, renderer, laps.finished)
        except BaseException:
            self._blender.close()
            self._built = None
            raise

    def clear(self) -> None:
        """Remove the site from Blender."""
        self._blender.close()
        self._seed, self._built, self._error = None, None, None

    def _site(self, seed: int) -> BuiltSite:
        if seed != self._seed:
            self.clear()
            self._seed = seed
        if self._error is not None:  # the site cannot be planned: fail for each of its views
            raise self._error
        if self._built is None:
            try:
                self._built = self._blender.enter_context(built_site(self._settings, seed))
            except SolarSiteError as error:
                self._error = error
                raise
        return self._built


def make_samples(unit: WorkUnit, task: Task) -> int:
    """Make the unit's samples and return the exit code. A failed sample does not stop the others.

    Raise CannotGoOnError if memory or storage do not suffice for any of them.
    """
    task.folder.mkdir(exist_ok=True)
    failed = failed_images(EventTail(task.events).read_new())
    with CurrentSite(unit.settings) as site:
        for number in unit.numbers:
            if number.index not in failed and not make_sample(site, number, task):
                failed.add(number.index)
    append_event(task.events, WORKER_DONE)
    return 1 if failed else 0


def make_sample(site: CurrentSite, number: ImageNumber, task: Task) -> bool:
    """Make one sample unless it is complete already; return whether it is complete now.

    Events and log give the reason for a failure. The time to build a site counts toward its first image. Raise
    CannotGoOnError if memory or storage do not suffice.
    """
    index, sample, events = number.index, task.folder / image_name(number.index), task.events
    if is_whole(sample):
        append_event(events, IMAGE_SKIPPED, index=index)
        return True
    trouble = task.storage.trouble()
    if trouble is not None:
        _log(f"{sample.name}: not started: {trouble}")
        raise CannotGoOnError(WORKER_NO_STORAGE)
    append_event(events, IMAGE_STARTED, index=index)
    _log(f"{sample.name}: started, site {number.site} (seed {number.seed}), view {number.view}")
    began, laps = time.monotonic(), Laps()
    try:
        site.make_view(number, sample, task.renderer, laps)
    except Exception as error:  # noqa: BLE001 - no error in one sample may stop the others
        if not isinstance(error, SolarSiteError):
            traceback.print_exc()
        _stop_if_short(error, sample, task.storage, task.log)
        _report_failure(events, index, sample, _reason(error))
        return False
    seconds = round(time.monotonic() - began, 3)
    append_event(events, IMAGE_DONE, index=index, seconds=seconds, stages=laps.seconds)
    _log(f"{sample.name}: done in {seconds:.1f} s")
    return True


def shortage_of(error: Exception) -> int | None:
    """Return the exit code for an error that says that memory or storage do not suffice, None for any other error."""
    if is_storage_error(error):
        return WORKER_NO_STORAGE
    return WORKER_NO_MEMORY if is_memory_error(error) else None


def _stop_if_short(error: Exception, sample: Path, storage: Storage, log: Path | None) -> None:
    """Raise CannotGoOnError if ``error`` is not the fault of the image, but of memory or storage.

    A full disk shows in many ways, a file of Blender's that is cut short among them; so what has room counts, too.
    """
    shortage = shortage_of(error)
    if shortage is None and isinstance(error, RenderError | OSError | RuntimeError):
        if storage.trouble() is not None:
            shortage = WORKER_NO_STORAGE
        elif log is not None and tells_of_memory("\n".join(last_lines(log))):  # Blender only prints it
            shortage = WORKER_NO_MEMORY
    if shortage is not None:
        _log(f"{sample.name}: stopped: {_reason(error)}")
        with contextlib.suppress(SolarSiteError, OSError):
            remove_half_sample(hidden_folder(sample))
        raise CannotGoOnError(shortage) from error


def _reason(error: Exception) -> Message:
    if isinstance(error, SolarSiteError):
        return error.message
    return Message("unexpected {error}", {"error": f"{type(error).__name__}: {error}"})


def watch_parent() -> None:
    """End this process when its standard input closes: the launcher has stopped it or is gone."""
    die_with_parent()

    def wait_for_end() -> None:
        try:
            while os.read(0, 1):
                pass
        finally:
            os._exit(EXIT_INTERRUPTED)

    threading.Thread(target=wait_for_end, name="watch parent", daemon=True).start()


def _report_failure(events: Path, index: int, sample: Path, message: Message) -> None:
    append_failure(events, index, message)
    _log(f"{sample.name}: failed: {message}")


def _log(line: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unit", type=Path, required=True, help="JSON file of the work unit")
    parser.add_argument("--out", type=Path, help="dataset folder")
    parser.add_argument("--events", type=Path, required=True, help="file to append events to")
    parser.add_argument("--log", type=Path, help="file that receives the output of this process")
    parser.add_argument("--threads", type=int, help="number of CPU threads (default: all)")
    parser.add_argument("--gpu_slot", type=int, default=0, help="index of the process, to distribute GPUs")
    parser.add_argument("--no_gpu", action="store_true", help="leave all GPUs to other processes")
    parser.add_argument("--processes", type=int, default=1, help="number of processes that share disk and memory")
    parser.add_argument("--watch_stdin", action="store_true", help="end when the standard input closes")
    parser.add_argument("--probe", type=Path, metavar="REPORT", help="only write a report about this Blender")
    parser.add_argument("--hardware", action="store_true", help="with --probe: also report all devices and denoisers")
    return parser
