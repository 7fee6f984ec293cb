# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker: carries out one work unit inside a background Blender, and says how far it is.

It can be ended and started again at any time: what is whole is skipped, what has failed is left alone.
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
from ..generator.settings.schema import Settings
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
from .work_unit import WorkUnit, read_unit

if TYPE_CHECKING:
    from ..generator.scene.build import BuiltSite

EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Carry out a unit, or only look whether it can be (``--probe``). Gives the exit code."""
    given = _parser().parse_args(arguments)
    if given.watch_stdin:
        watch_parent()
    unit = read_unit(given.unit)
    if given.probe is not None:
        return probe(unit, given.probe, given.hardware)
    check_supported()
    renderer = prepare_renderer(unit.device, unit.use_gpu, given.gpu_slot, given.threads, unit.settings.render.denoiser)
    append_event(given.events, WORKER_STARTED, threads=given.threads, pid=os.getpid(), **describe(renderer))
    return make_samples(unit, given.out / unit.folder, given.events, renderer)


def probe(unit: WorkUnit, report: Path, hardware: bool) -> int:
    """Write to ``report`` what this Blender is and renders with, and plan the unit's first sample.

    With ``hardware`` it also says what else this Blender could render with. The report holds ``error`` instead
    where the user has to change something.
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
    """Versions, device and denoiser of this process, for the launcher."""
    return {
        "versions": {"blender": blender_version(), "python": ".".join(map(str, sys.version_info[:3]))},
        "backend": renderer.backend,
        "device": renderer.device.name,
        "gpus": renderer.device.count,
        "messages": [message.to_json() for message in renderer.messages],
        "denoiser": renderer.denoiser,
    }


class CurrentSite:
    """The site that is being worked at: built when its first image is asked for, kept until another site is.

    Use as a context manager: at its end no site is left in Blender.
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
        self.forget()

    def make_view(self, number: ImageNumber, folder: Path, renderer: Renderer) -> None:
        """Make the sample of one view; after an error nothing of the site is left that another view could meet."""
        try:
            make_view(self._site(number.seed), self._settings, number, folder, renderer)
        except BaseException:
            self._blender.close()
            self._built = None
            raise

    def forget(self) -> None:
        """Remove the site from Blender."""
        self._blender.close()
        self._seed, self._built, self._error = None, None, None

    def _site(self, seed: int) -> BuiltSite:
        if seed != self._seed:
            self.forget()
            self._seed = seed
        if self._error is not None:  # no view can be made of a site that cannot be planned
            raise self._error
        if self._built is None:
            try:
                self._built = self._blender.enter_context(built_site(self._settings, seed))
            except SolarSiteError as error:
                self._error = error
                raise
        return self._built


def make_samples(unit: WorkUnit, folder: Path, events: Path, renderer: Renderer) -> int:
    """Make the unit's samples in ``folder``; a sample that fails stops no other. Gives the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = {event["index"] for event in EventTail(events).read_new() if event["event"] == IMAGE_FAILED}
    with CurrentSite(unit.settings) as site:
        for number in unit.numbers:
            if number.index not in failed and not make_sample(site, number, folder, events, renderer):
                failed.add(number.index)
    append_event(events, WORKER_DONE)
    return 1 if failed else 0


def make_sample(site: CurrentSite, number: ImageNumber, folder: Path, events: Path, renderer: Renderer) -> bool:
    """Make one sample in ``folder``, or find it whole; gives whether it is there.

    Why it is not stands in events and log. The time of a site counts for its first image that is made.
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
        _failed(events, index, sample, error.message)
        return False
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one sample, the others are made
        traceback.print_exc()
        fault = {"error": f"{type(error).__name__}: {error}"}
        _failed(events, index, sample, Message("unexpected {error}", fault))
        return False
    seconds = round(time.monotonic() - began, 3)
    append_event(events, IMAGE_DONE, index=index, seconds=seconds)
    _log(f"{sample.name}: done in {seconds:.1f} s")
    return True


def watch_parent() -> None:
    """End this process when its standard input closes: the launcher wants it to, or is gone itself."""

    def wait_for_end() -> None:
        try:
            while os.read(0, 1):
                pass
        finally:
            os._exit(EXIT_INTERRUPTED)

    threading.Thread(target=wait_for_end, name="watch parent", daemon=True).start()


def _failed(events: Path, index: int, sample: Path, message: Message) -> None:
    append_failure(events, index, message)
    _log(f"{sample.name}: failed: {message}")


def _log(line: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unit", type=Path, required=True, help="the work unit's JSON file")
    parser.add_argument("--out", type=Path, help="the dataset's folder")
    parser.add_argument("--events", type=Path, help="file to append events to")
    parser.add_argument("--threads", type=int, help="CPU threads, all where it is not given")
    parser.add_argument("--gpu_slot", type=int, default=0, help="number of the process, for dealing out GPUs")
    parser.add_argument("--watch_stdin", action="store_true", help="end when the standard input closes")
    parser.add_argument("--probe", type=Path, metavar="REPORT", help="write what this Blender is, and make nothing")
    parser.add_argument("--hardware", action="store_true", help="with --probe: write all devices and denoisers, too")
    return parser
