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
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..generator.dataset.files import is_whole
from ..generator.dataset.layout import image_name
from ..generator.domain.atomic_files import replace_json
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import Message
from ..generator.domain.numbering import ImageNumber
from ..generator.domain.versions import blender_version, check_supported
from ..generator.pipeline import Renderer, built_site, check_site, describe_hardware, make_view, prepare_renderer
from ..generator.plan.terrain.elevation.reading import on_reading
from ..generator.plan.terrain.elevation.shared_land import share_land_in
from ..generator.settings.schema import Settings
from .dataset_folder import land_folder
from .events import (
    IMAGE_DONE,
    IMAGE_FAILED,
    IMAGE_SKIPPED,
    IMAGE_STARTED,
    WORKER_DONE,
    WORKER_STARTED,
    EventTail,
    append_event,
    append_failure,
)
from .probe_report import ProbeDocument
from .reading_report import ReadingReport
from .work_unit import WorkUnit, read_unit

if TYPE_CHECKING:
    from ..generator.scene.build import BuiltSite

EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Carry out a unit, or only check that it can be carried out (``--probe``); return the exit code."""
    options = _parser().parse_args(arguments)
    if options.watch_stdin:
        watch_parent()
    unit = read_unit(options.unit)
    on_reading(ReadingReport(options.events))
    if options.probe is not None:
        return probe(unit, options.probe, options.hardware)
    check_supported()
    renderer = prepare_renderer(
        unit.device, unit.use_gpu, options.gpu_slot, options.threads, unit.settings.render.denoiser
    )
    append_event(options.events, WORKER_STARTED, threads=options.threads, pid=os.getpid(), **describe(renderer))
    share_land_in(land_folder(options.out))
    return make_samples(unit, options.out / unit.folder, options.events, renderer)


def probe(unit: WorkUnit, report: Path, hardware: bool) -> int:
    """Plan the unit's first site and write a report about this Blender; return the exit code.

    With ``hardware``, the report also lists all devices and denoisers. If the user has to change anything, it contains
    only ``error``.
    """
    try:
        check_supported()
        renderer = prepare_renderer(unit.device, unit.use_gpu, 0, None, unit.settings.render.denoiser)
        check_site(unit.settings, unit.numbers[0].seed)
    except SolarSiteError as error:
        replace_json(report, {"error": error.message.to_json()})
        return 2
    replace_json(report, {**describe(renderer), **(describe_hardware() if hardware else {})})
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

    def make_view(self, number: ImageNumber, folder: Path, renderer: Renderer) -> None:
        """Make the sample of one view. After an error, the scene is removed, so that later views get a new one."""
        try:
            make_view(self._site(number.seed), self._settings, number, folder, renderer)
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


def make_samples(unit: WorkUnit, folder: Path, events: Path, renderer: Renderer) -> int:
    """Make the unit's samples in ``folder`` and return the exit code. A failed sample does not stop the others."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = {event["index"] for event in EventTail(events).read_new() if event["event"] == IMAGE_FAILED}
    with CurrentSite(unit.settings) as site:
        for number in unit.numbers:
            if number.index not in failed and not make_sample(site, number, folder, events, renderer):
                failed.add(number.index)
    append_event(events, WORKER_DONE)
    return 1 if failed else 0


def make_sample(site: CurrentSite, number: ImageNumber, folder: Path, events: Path, renderer: Renderer) -> bool:
    """Make one sample in ``folder`` unless it is complete already; return whether it is complete now.

    Events and log give the reason for a failure. The time to build a site counts toward its first image.
    """
    index, sample = number.index, folder / image_name(number.index)
    if is_whole(sample):
        append_event(events, IMAGE_SKIPPED, index=index)
        return True
    append_event(events, IMAGE_STARTED, index=index)
    _log(f"{sample.name}: started, site {number.site} (seed {number.seed}), view {number.view}")
    began = time.monotonic()
    try:
        site.make_view(number, sample, renderer)
    except SolarSiteError as error:
        _report_failure(events, index, sample, error.message)
        return False
    except Exception as error:  # noqa: BLE001 - no error in one sample may stop the others
        traceback.print_exc()
        fault = {"error": f"{type(error).__name__}: {error}"}
        _report_failure(events, index, sample, Message("unexpected {error}", fault))
        return False
    seconds = round(time.monotonic() - began, 3)
    append_event(events, IMAGE_DONE, index=index, seconds=seconds)
    _log(f"{sample.name}: done in {seconds:.1f} s")
    return True


def watch_parent() -> None:
    """End this process when its standard input closes: the launcher has stopped it or is gone."""

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
    parser.add_argument("--threads", type=int, help="number of CPU threads (default: all)")
    parser.add_argument("--gpu_slot", type=int, default=0, help="index of the process, to distribute GPUs")
    parser.add_argument("--watch_stdin", action="store_true", help="end when the standard input closes")
    parser.add_argument("--probe", type=Path, metavar="REPORT", help="only write a report about this Blender")
    parser.add_argument("--hardware", action="store_true", help="with --probe: also report all devices and denoisers")
    return parser
