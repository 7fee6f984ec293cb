# SPDX-License-Identifier: GPL-3.0-or-later
"""The launcher: from a command line to a dataset, with the executor doing the work. Standard library only.

Nothing is written before arguments, output folder, Blender and the first site have been checked.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ..generator.dataset.content import content_of
from ..generator.dataset.index import DatasetSummary, assemble_dataset, find_samples
from ..generator.dataset.layout import image_name
from ..generator.dataset.registry import find_formats
from ..generator.domain.atomic_files import replace_json
from ..generator.domain.errors import SolarSiteError, StoppedRunError
from ..generator.domain.messages import RESUME, Message, system_reason
from ..generator.domain.numbering import image_number
from ..generator.settings.schema import RunSettings, to_dict
from .blender_command import BlenderCommand, find_blender
from .command_line import Request, build_parser, parse
from .control import earlier_request
from .conversion import NO_CONVERTER, Converter, keep_model, with_readable_model
from .dataset_card import DrawPlots, write_card
from .dataset_folder import (
    cancel_file,
    check_output,
    dataset_json,
    existing_parent,
    log_file,
    result_file,
    unit_file,
    work_folder,
)
from .display import display_for, summary
from .doctor import examine
from .executors.base import Executor, Job, Run
from .executors.registry import load_executor
from .exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERRUPTED, SOME_FAILED
from .final_message import tell
from .incomplete import remarks_on_incomplete, remarks_on_missing
from .interruption import InterruptedRun, Interruption
from .leftovers import clean_up, remove_unfinished
from .lock import only_launcher
from .memory import memory_warnings, usable_memory
from .merge import merge_datasets
from .ownership import refuse_foreign, refuse_obstacles
from .patience import until_written
from .probe import probe_blender
from .probe_report import ProbeReport
from .processes import available_cores
from .progress import Evidence, RunState
from .quantities import size
from .rebuild import rebuild_dataset
from .recommendation import recommended_processes
from .remote_storage import RemoteDataset, Uploads, fetch_absent
from .retries import Retries
from .run_record import (
    Recipe,
    RunRecord,
    forget_records,
    make_recipe,
    note_end,
    read_record,
    refuse_other_samples,
    refuse_other_shards,
    write_record,
)
from .run_storage import check_of, fetch_for_index, open_storage, refuse_other_stored, uploads_of_run
from .shard import WHOLE
from .storage import BYTES_OF_ANNOTATIONS, bytes_of_sample, bytes_per_pixel, is_storage_error
from .verify import Verified, remove_damaged, verify_samples
from .work_unit import WorkUnit, split_into_blocks, write_unit

NOT_COMPLETED = "The dataset could not be completed ({reason}). To continue, {remedy}."
NOT_ALL_STORED = "Interrupted: the dataset is not completely stored under {url}. To continue, {remedy}."
NOT_WRITTEN = "{folder} cannot be written ({reason})"
MOST_JOBS_SHOWN = 256
"""Most lines of work units in the plan of a run: as many as local processes."""


@dataclass(frozen=True)
class RunPlan:
    """What a run will do, determined without writing anything."""

    request: Request
    out: Path
    command: BlenderCommand
    report: ProbeReport
    executor: Executor
    complete: frozenset[int]
    """Images that exist already."""
    jobs: tuple[Job, ...]
    remote: RemoteDataset | None = None
    """Where the dataset is stored as well."""
    stored: Mapping[int, str] = field(default_factory=dict)
    """Images that are stored there, by their paths."""

    @property
    def missing(self) -> tuple[int, ...]:
        """Images to make, ascending."""
        return tuple(index for job in self.jobs for index in job.indices)

    @property
    def bytes_needed(self) -> float:
        """Estimated disk space of the images to make."""
        return len(self.missing) * bytes_of_sample(self.request.settings)

    @property
    def recipe(self) -> Recipe:
        """What all samples of the dataset have in common."""
        return make_recipe(self.request.settings, self.request.run, self.report.versions["blender"])


def main(
    arguments: Sequence[str],
    running_in: str | None = None,
    cancelled_by: Path | None = None,
    draw_plots: DrawPlots | None = None,
    convert_terrain: Sequence[str] = (),
) -> int:
    """Carry out a command line and return the exit code; ``last_resort`` reports any other error.

    ``running_in`` is the Blender that runs this; the run stops as soon as the file ``cancelled_by`` exists.
    ``draw_plots`` draws the plots of the dataset card, if there is a library for that; ``convert_terrain`` is the
    command line of headless/terrain.py, if there is GDAL.
    """
    try:
        request = parse(arguments)
        if request is None:
            print(build_parser().format_help())
            return ALL_WHOLE
        with Interruption() as interruption:
            if cancelled_by is not None:
                interruption.watch(cancelled_by)
            return _answer(request, running_in, interruption, draw_plots, convert_terrain)
    except InterruptedRun:
        tell(Message("Interrupted before the first image. To continue, {remedy}.", {"remedy": RESUME}))
        return INTERRUPTED
    except StoppedRunError as error:
        tell(Message(NOT_COMPLETED, {"reason": error, "remedy": RESUME}))
        return SOME_FAILED
    except SolarSiteError as error:
        tell(error.message)
        return BAD_ARGUMENTS


def _answer(
    request: Request,
    running_in: str | None,
    interruption: Interruption,
    draw_plots: DrawPlots | None,
    convert_terrain: Sequence[str],
) -> int:
    """Do what is requested and return the exit code."""
    if request.doctor:
        return examine(request, running_in, interruption)
    if request.rebuild:
        return rebuild(request, interruption, draw_plots)
    if request.verify:
        damaged = verify(request)
        if not (damaged and request.remake):
            return SOME_FAILED if damaged else ALL_WHOLE
        request = without_damaged(request, damaged)
    with tempfile.TemporaryDirectory(prefix="solar_site_") as folder:
        plan = plan_run(request, running_in, interruption, Converter(convert_terrain, Path(folder)))
        print("\n".join(describe(plan)), flush=True)
        return ALL_WHOLE if request.dry_run else carry_out(plan, interruption, draw_plots)


def rebuild(request: Request, interruption: Interruption, draw_plots: DrawPlots | None = None) -> int:
    """Rewrite the index and annotation formats of a dataset from the existing samples; return the exit code."""

    def stop_if_requested() -> None:
        if interruption.requested:
            raise InterruptedRun

    remote, stored = open_storage(request)
    retries = _retries(request, interruption)
    try:
        if remote is not None and not request.sources:
            fetch_for_index(request, remote, stored, retries)
        summary = _rebuilt(request, stop_if_requested)
    except InterruptedRun:
        merging = Message("Interrupted: the samples merged so far are kept. To continue, {remedy}.", {"remedy": RESUME})
        tell(merging if request.sources else Message("Interrupted: index and formats are as they were before."))
        return INTERRUPTED
    except OSError as error:
        if not is_storage_error(error):
            raise
        raise StoppedRunError(NOT_WRITTEN, folder=request.out.absolute(), reason=system_reason(error)) from error
    out = request.out.absolute()
    record = read_record(out)
    remarks = [
        *remarks_on_incomplete(out, summary.incomplete),
        *remarks_on_missing(summary.num_samples, record.num_images if record is not None else 0),
        *write_card(out, summary, request.run.license, draw_plots),
    ]
    if remote is not None:
        Uploads(remote, out, stored.values(), _say).finish(retries)
        try:
            remote.store_index(out, summary, retries)
        except InterruptedRun:
            tell(Message(NOT_ALL_STORED, {"url": remote.url, "remedy": RESUME}))
            return INTERRUPTED
        remarks = [*remarks, f"Stored under {remote.url}"]
    print(_count(summary.num_samples, "image"))
    print("\n".join([*_written(out, request.run, summary), *remarks]))
    return ALL_WHOLE


def _rebuilt(request: Request, stop_if_requested: Callable[[], None]) -> DatasetSummary:
    if request.sources:
        sources = [source.absolute() for source in request.sources]
        return merge_datasets(sources, request.out.absolute(), request.run, stop_if_requested)
    return rebuild_dataset(request.out.absolute(), request.run, stop_if_requested)


def verify(request: Request) -> list[Verified]:
    """Compare all samples with their checksums and print what is wrong; return the damaged ones."""
    out, number = request.out.absolute(), 0
    damaged = []
    for number, sample in enumerate(verify_samples(out), start=1):  # noqa: B007 - the number of all is needed
        if sample.damaged:
            damaged.append(sample)
            print(f"{sample.folder}: damaged or missing: {', '.join(sample.damaged)}", flush=True)
    print(f"{_count(number, 'sample')} verified, {len(damaged)} damaged.")
    if damaged and not request.remake:
        print("To make these images again, add --remake: the damaged samples are removed first.")
    return damaged


def without_damaged(request: Request, damaged: Sequence[Verified]) -> Request:
    """Remove damaged samples and return the request that makes them again, with the settings of the dataset."""
    out = request.out.absolute()
    again = dataclasses.replace(
        earlier_request(out, request.run), blender=request.blender, dry_run=request.dry_run, storage=request.storage
    )
    if not request.dry_run:
        remove_damaged(out, damaged)
    return again


def plan_run(
    request: Request, running_in: str | None, interruption: Interruption, converter: Converter = NO_CONVERTER
) -> RunPlan:
    """Return the plan of a run by the requested executor; raise SolarSiteError if the run cannot start."""
    check_folder(request)
    command = find_blender(request.blender, running_in)

    def probe(request: Request) -> ProbeReport:
        return probe_blender(command, _unit(request, "", tuple(range(request.run.num_images))), interruption)

    request, report = with_readable_model(request, probe, converter, interruption)
    return plan_with(request, command, report, load_executor(request.executor.executor, request, command))


def check_folder(request: Request) -> None:
    """Raise SettingsError if the dataset folder is not writable, or contains anything in the way that is not ours.

    The same if the formats cannot hold what they are to hold.
    """
    out = request.out.absolute()
    content_of(request.run)
    check_output(out)
    refuse_foreign(out, request.run.formats)


def plan_with(request: Request, command: BlenderCommand, report: ProbeReport, executor: Executor) -> RunPlan:
    """Return the plan of a run with a working Blender; raise SolarSiteError if existing files prevent it."""
    out = request.out.absolute()
    indices = range(request.run.num_images)
    samples, recipe = find_samples(out), make_recipe(request.settings, request.run, report.versions["blender"])
    refuse_other_samples(out, samples, recipe)
    remote, stored = open_storage(request)
    refuse_other_stored(remote, stored, recipe)
    there = samples.keys() | stored.keys()
    shard, views = request.shard, request.run.views_per_site
    own = frozenset(index for index in indices if shard.has_image(index, views))
    missing = [index for index in indices if index in own and index not in there]
    processes = request.run.num_parallel or _recommended(request, report)
    number = executor.number_of_units(len(missing), processes)
    blocks = split_into_blocks(missing, number, views)
    names = shard.batch_names(len(blocks))
    jobs = [Job(name, _unit(request, name, block)) for name, block in zip(names, blocks, strict=True)]
    plan = RunPlan(request, out, command, report, executor, own & there, tuple(jobs), remote, stored)
    refuse_obstacles(out, plan.missing, names)
    return plan


def with_kept_model(plan: RunPlan) -> RunPlan:
    """Return the plan with an elevation model that was converted for it in the dataset folder."""
    request = keep_model(plan.request)
    units = [dataclasses.replace(job.unit, settings=request.settings) for job in plan.jobs]
    jobs = tuple(dataclasses.replace(job, unit=unit) for job, unit in zip(plan.jobs, units, strict=True))
    return dataclasses.replace(plan, request=request, jobs=jobs)


def describe(plan: RunPlan) -> list[str]:
    """Return the plan of a run in lines for a person."""
    run, camera, report = plan.request.run, plan.request.settings.camera, plan.report
    width, height = camera.image_size
    or_less = " at most" if len(camera.model) > 1 else ""
    num_sites = math.ceil(run.num_images / run.views_per_site)
    views = f": {_count(num_sites, 'site')}, {run.views_per_site} views of each" if run.views_per_site > 1 else ""
    wanted = f"{run.num_images} of {width} x {height} px{or_less}{_of_shard(plan)}"
    lines = [
        f"Dataset    {plan.out}",
        f"Images     {wanted}; {len(plan.complete)} complete already",
        *([f"Storage    {plan.remote.url}; {_count(len(plan.stored), 'image')} there"] if plan.remote else ()),
        f"Seeds      {run.seed} to {run.seed + num_sites - 1}{views}",
        f"Blender    {report.versions['blender']} ({plan.command.description})",
        f"Device     {report.device + ', ' if report.device else ''}{report.backend}",
    ]
    machines, warnings = plan.executor.describe_machines(), tuple[Message, ...]()
    if machines:
        lines.append(f"Executor   {_count(len(plan.jobs), 'work unit')} on {machines}")
    else:
        recommended = _recommended(plan.request, report)
        lines.append(f"Processes  {len(plan.jobs)} (recommended for this machine: {recommended})")
        warnings = memory_warnings(plan.request.settings, report.denoiser, len(plan.jobs), usable_memory())
    lines += [f"Warning    {message}" for message in report.messages + warnings]
    return [*lines, *_jobs(plan), _disk(plan)]


def _jobs(plan: RunPlan) -> list[str]:
    shown = plan.jobs if len(plan.jobs) <= MOST_JOBS_SHOWN else plan.jobs[: MOST_JOBS_SHOWN - 1]
    lines = []
    for job, place in zip(shown, plan.executor.describe(shown), strict=True):
        first, last = image_name(job.indices[0]), image_name(job.indices[-1])
        lines.append(f"{job.name:<10} {first} to {last}: {_count(len(job.indices), 'image')}, {place}")
    left = len(plan.jobs) - len(shown)
    return [*lines, f"{'…':<10} and {left} more work units"] if left else lines


def _of_shard(plan: RunPlan) -> str:
    shard, run = plan.request.shard, plan.request.run
    own = shard.number_of_images(run.num_images, run.views_per_site)
    return "" if shard == WHOLE else f", {own} of them in shard {shard}"


def _recommended(request: Request, report: ProbeReport) -> int:
    return recommended_processes(
        cores=available_cores(),
        gpus=report.gpus,
        num_images=request.run.num_images,
        settings=request.settings,
        denoiser=report.denoiser,
        memory=usable_memory(),
    )


def _disk(plan: RunPlan) -> str:
    free = shutil.disk_usage(existing_parent(plan.out)).free
    short = "; THIS MAY BE INSUFFICIENT" if plan.bytes_needed > free else ""
    per_pixel = f"{bytes_per_pixel(plan.request.settings):g} bytes per pixel"
    assumed = f"{per_pixel} and {size(BYTES_OF_ANNOTATIONS)} of annotations per image"
    return f"Disk       about {size(plan.bytes_needed)} needed (assuming {assumed}); {size(free)} free{short}"


def _count(number: int, name: str) -> str:
    return f"{number} {name}" + ("" if number == 1 else "s")


def carry_out(plan: RunPlan, interruption: Interruption, draw_plots: DrawPlots | None = None) -> int:
    """Make the missing samples, write the dataset files, print the result; return the exit code."""
    try:
        work_folder(plan.out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SolarSiteError(
            "{folder} cannot be created ({reason}).", folder=plan.out, reason=system_reason(error)
        ) from error
    shard = plan.request.shard
    with only_launcher(plan.out, shard):
        # Another launcher may have finished since the folder was checked.
        refuse_foreign(plan.out, plan.request.run.formats)
        samples = find_samples(plan.out)
        refuse_other_samples(plan.out, samples, plan.recipe)
        interruption.watch(cancel_file(plan.out))
        try:
            wait = 60 * plan.request.run.storage_wait_minutes
            plan = until_written(lambda: with_kept_model(plan), plan.out, wait, interruption)
            record = until_written(lambda: _begin(plan, samples), plan.out, wait, interruption)
            refuse_other_shards(plan.out, plan.recipe, shard)
            state = _make_samples(plan, record, interruption)
            code, written = INTERRUPTED, list[str]()
            with contextlib.suppress(InterruptedRun):
                if not interruption.requested:
                    retries = _retries(plan.request, interruption)
                    write = partial(_write_dataset, plan, state, draw_plots, retries)
                    written = until_written(write, plan.out, wait, interruption)
                    code = ALL_WHOLE if state.done == state.total else SOME_FAILED
            with contextlib.suppress(InterruptedRun):
                until_written(partial(note_end, plan.out, code, shard), plan.out, wait, interruption)
        except (OSError, SolarSiteError) as error:
            tell(Message(NOT_COMPLETED, {"reason": error, "remedy": RESUME}))
            with contextlib.suppress(OSError):
                note_end(plan.out, SOME_FAILED, shard)
            return SOME_FAILED
    _conclude(plan, state, written, interrupted=code == INTERRUPTED)
    return code


def _begin(plan: RunPlan, samples: Collection[int]) -> RunRecord:
    """Remove what earlier runs left, and write the record and the work units of this one; return the record."""
    run, shard = plan.request.run, plan.request.shard
    if not samples:
        forget_records(plan.out)
    clean_up(plan.out, plan.missing, shard, run.views_per_site)
    record = RunRecord(plan.recipe, run.num_images, len(plan.complete), time.time(), shard=shard)
    write_record(plan.out, record)
    for job in plan.jobs:
        write_unit(unit_file(plan.out, job.name), job.unit)
    return record


def _write_dataset(plan: RunPlan, state: RunState, draw_plots: DrawPlots | None, retries: Retries) -> list[str]:
    """Write the index, the formats and the card, from a shard only what they need; return what to say about that."""
    information, run, shard = _run_information(plan, state), plan.request.run, plan.request.shard
    if shard != WHOLE:
        replace_json(result_file(plan.out, shard), information)
        return [f"Shard {shard} has ended. Once all shards have, --rebuild writes the index of the dataset."]
    if plan.remote is not None:
        wanted = set(range(run.num_images)) - state.failures.keys()
        fetch_absent(plan.remote, plan.out, wanted, find_samples(plan.out), check_of(plan.recipe), retries)
    written = assemble_dataset(plan.out, information, run.formats, content_of(run))
    remarks = write_card(plan.out, written, run.license, draw_plots)
    if plan.remote is not None:
        plan.remote.store_index(plan.out, written, retries)
        remarks = [*remarks, f"Stored under {plan.remote.url}"]
    return [*_written(plan.out, run, written), *remarks]


def _make_samples(plan: RunPlan, record: RunRecord, interruption: Interruption) -> RunState:
    run = Run(plan.out, record, plan.jobs, plan.request.run, plan.request.storage)
    with contextlib.ExitStack() as stack:
        uploads = None
        if plan.remote is not None:
            names = [job.name for job in plan.jobs]
            uploads = stack.enter_context(uploads_of_run(plan.remote, plan.out, plan.stored, names))
        state = plan.executor.run(run, display_for(sys.stdout), interruption)
        remove_unfinished(plan.out, plan.request.shard, plan.request.run.views_per_site)
        if uploads is not None:
            uploads.finish(_retries(plan.request, interruption))
    return state


def _retries(request: Request, interruption: Interruption) -> Retries:
    """Return how long a storage may fail during a command."""
    return Retries(60 * request.run.storage_wait_minutes, lambda: interruption.requested, _say)


def _say(message: Message) -> None:
    print(message, flush=True)


def _unit(request: Request, folder: str, indices: tuple[int, ...]) -> WorkUnit:
    run = request.run
    return WorkUnit(
        settings=request.settings,
        base_seed=run.seed,
        views_per_site=run.views_per_site,
        indices=indices,
        folder=folder,
        device=run.device,
        use_gpu=run.use_gpu,
    )


def _run_information(plan: RunPlan, state: RunState) -> dict[str, Any]:
    """Return what dataset.json says about the run, besides its samples."""
    run = plan.request.run
    now, evidence = time.time(), state.evidence
    return {
        "settings": to_dict(plan.request.settings),
        "seed": run.seed,
        "views_per_site": run.views_per_site,
        "num_images": run.num_images,
        "failures": [
            {
                **dataclasses.asdict(image_number(index, run.seed, run.views_per_site)),
                "message": str(message),
                "log": log_file(Path(), process).name,
                **_evidence(evidence.get(index, Evidence())),
            }
            for index, (process, message) in sorted(state.failures.items())
        ],
        "timings": {
            "seconds": round(now - state.started, 3),
            "images_made": state.made,
            "images_per_hour": state.images_per_hour(now),
            "seconds_by_image": {str(index): seconds for index, seconds in sorted(state.seconds.items())},
        },
        "versions": {**plan.report.versions, "platform": platform.platform(terse=True)},
    }


def _evidence(found: Evidence) -> dict[str, Any]:
    """Return what a process left behind that ended, as far as there is anything."""
    report = {"crash_report": found.crash_report} if found.crash_report else {}
    return {**report, **({"output": list(found.output)} if found.output else {})}


def _conclude(plan: RunPlan, state: RunState, written: Sequence[str], *, interrupted: bool) -> None:
    """Print the result of a run, and what is to be said about the files ``written``."""
    run = plan.request.run
    seeds = {index: image_number(index, run.seed, run.views_per_site).seed for index in state.failures}
    logs = {job.name: str(log_file(plan.out, job.name)) for job in plan.jobs}
    print("\n".join(summary(state, seeds, logs, time.time())))
    if interrupted:
        kept = f"Interrupted; complete images are kept in {plan.out}"
        print(f"{kept}. Resume with the same command; --rebuild indexes what is there.")
    else:
        print("\n".join(written))


def _written(out: Path, run: RunSettings, summary: DatasetSummary) -> list[str]:
    """Return what is in the annotation formats, what was left out of them, and where they are."""
    files = [dataset_json(out).name, *(find_formats()[name].index for name in run.formats)]
    lines = [f"{_count(summary.num_annotations, 'annotation')} of {', '.join(summary.classes)}"]
    if summary.num_dropped:
        limits = f"less than {run.min_visible_px} px (--min_visible_px) or {100 * run.min_visible_fraction:g} %"
        lines.append(
            f"{_count(summary.num_dropped, 'visible object')} left out, of which {limits} (--min_visible_fraction) is "
            "visible"
        )
    return [*lines, f"Dataset written to {out} ({', '.join(files)})"]
