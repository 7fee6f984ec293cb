# SPDX-License-Identifier: GPL-3.0-or-later
"""The launcher: from a command line to a dataset made by several background Blenders. Standard library only.

Nothing is written before the arguments, the output folder, Blender and the first site have been found good.
"""

from __future__ import annotations

import dataclasses
import math
import platform
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..generator.dataset.index import assemble_dataset, find_samples
from ..generator.dataset.registry import find_formats
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import RESUME, Message, system_reason
from ..generator.domain.numbering import image_number
from ..generator.settings.schema import Settings, to_dict
from .blender_command import BlenderCommand, find_blender
from .command_line import Request, build_parser, parse
from .dataset_folder import (
    RUN_FILE,
    cancel_file,
    check_output,
    clean_up,
    log_file,
    note_end,
    only_launcher,
    refuse_other_samples,
    remove_unfinished,
    run_record,
    unit_file,
    work_folder,
)
from .display import display_for, size, summary
from .doctor import examine
from .exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERRUPTED, SOME_FAILED
from .final_message import tell
from .interruption import InterruptedRun, Interruption
from .memory import memory_warnings, usable_memory
from .ownership import refuse_foreign, refuse_obstacles
from .probe import ProbeReport, probe_blender
from .processes import core_numbers, split_cores
from .progress import ProcessState, RunState
from .rebuild import rebuild_dataset
from .supervisor import Job, supervise
from .work_unit import WorkUnit, batch_name, image_name, split_into_blocks, write_json, write_unit

BYTES_PER_PIXEL = 6.0
"""Assumed size of a sample's files for each of its pixels: most of it is rgb.png and depth.exr."""
BYTES_PER_PIXEL_OF_NORMALS = 9.0
BYTES_OF_LABELS = 1.5e6
"""Assumed size of a sample's part of sample.json and instances.json: that of a few thousand modules."""


@dataclass(frozen=True)
class RunPlan:
    """What a run will do, found out without writing anything."""

    request: Request
    out: Path
    command: BlenderCommand
    report: ProbeReport
    whole: frozenset[int]
    """Images that are there already."""
    jobs: tuple[Job, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Images to make, ascending."""
        return tuple(index for job in self.jobs for index in job.indices)

    @property
    def bytes_needed(self) -> float:
        """Estimated disk space of the images to make."""
        return len(self.missing) * bytes_of_sample(self.request.settings)

    @property
    def record(self) -> dict[str, Any]:
        """What all samples of the dataset have in common."""
        return run_record(self.request.settings, self.request.run, self.report.versions)


def bytes_of_sample(settings: Settings) -> float:
    """Estimated size of a sample's files."""
    return math.prod(settings.camera.image_size) * bytes_per_pixel(settings) + BYTES_OF_LABELS


def bytes_per_pixel(settings: Settings) -> float:
    """Assumed size of a sample's files for each of its pixels."""
    return BYTES_PER_PIXEL + BYTES_PER_PIXEL_OF_NORMALS * settings.render.normals


def main(arguments: Sequence[str], running_in: str | None = None, cancelled_by: Path | None = None) -> int:
    """Do what a command line asks for and give the exit code; any other error is for ``last_resort`` to tell.

    ``running_in`` is the Blender that runs this; the file ``cancelled_by`` asks for the end as soon as it is there.
    """
    try:
        request = parse(arguments)
        if request is None:
            print(build_parser().format_help())
            return ALL_WHOLE
        with Interruption() as interruption:
            if cancelled_by is not None:
                interruption.watch(cancelled_by)
            if request.doctor:
                return examine(request, running_in, interruption)
            if request.rebuild:
                return rebuild(request)
            plan = plan_run(request, running_in, interruption)
            print("\n".join(describe(plan)), flush=True)
            return ALL_WHOLE if request.dry_run else carry_out(plan, interruption)
    except InterruptedRun:
        tell(Message("Interrupted before the first image."))
        return INTERRUPTED
    except SolarSiteError as error:
        tell(error.message)
        return BAD_ARGUMENTS


def rebuild(request: Request) -> int:
    """Make the formats of a dataset again from the samples that are there."""
    summary = rebuild_dataset(request.out.absolute(), request.run.formats)
    print(f"{_count(summary.num_samples, 'picture')}, {_count(summary.num_annotations, 'visible module')}")
    print(_place(request.out.absolute(), request.run.formats))
    return ALL_WHOLE


def plan_run(request: Request, running_in: str | None, interruption: Interruption) -> RunPlan:
    """Everything that is to be known before work begins; raises SolarSiteError where it cannot begin."""
    check_folder(request)
    command = find_blender(request.blender, running_in)
    report = probe_blender(command, _unit(request, "", tuple(range(request.run.num_images))), interruption)
    return plan_with(request, command, report)


def check_folder(request: Request) -> None:
    """Raise SettingsError where the folder for the dataset cannot be written to, or holds what is not ours."""
    out = request.out.absolute()
    check_output(out)
    refuse_foreign(out, request.run.formats)


def plan_with(request: Request, command: BlenderCommand, report: ProbeReport) -> RunPlan:
    """The plan of a run with a Blender that can do the work; raises SolarSiteError where the folder is in the way."""
    out = request.out.absolute()
    indices = range(request.run.num_images)
    whole = find_samples(out)
    refuse_other_samples(out, whole, run_record(request.settings, request.run, report.versions))
    missing = [index for index in indices if index not in whole]
    blocks = split_into_blocks(missing, request.run.num_parallel, request.run.views_per_site)
    cores = split_cores(core_numbers(), len(blocks)) if blocks else []
    jobs = [Job(batch_name(slot), block, cores[slot], slot) for slot, block in enumerate(blocks)]
    plan = RunPlan(request, out, command, report, frozenset(whole) & frozenset(indices), tuple(jobs))
    refuse_obstacles(out, plan.missing, [job.name for job in jobs])
    return plan


def describe(plan: RunPlan) -> list[str]:
    """The plan of a run in lines for a person."""
    run, camera, report = plan.request.run, plan.request.settings.camera, plan.report
    width, height = camera.image_size
    or_less = " at most" if len(camera.model) > 1 else ""
    num_sites = math.ceil(run.num_images / run.views_per_site)
    views = f": {_count(num_sites, 'site')}, {run.views_per_site} views of each" if run.views_per_site > 1 else ""
    lines = [
        f"Dataset    {plan.out}",
        f"Pictures   {run.num_images} of {width} x {height} px{or_less}; {len(plan.whole)} already there",
        f"Seeds      {run.seed} to {run.seed + num_sites - 1}{views}",
        f"Blender    {report.versions['blender']} ({plan.command.description})",
        f"Device     {report.device + ', ' if report.device else ''}{report.backend}",
    ]
    warnings = memory_warnings(plan.request.settings, report.denoiser, len(plan.jobs), usable_memory())
    lines += [f"Warning    {message}" for message in report.messages + warnings]
    for job in plan.jobs:
        first, last = image_name(job.indices[0]), image_name(job.indices[-1])
        counts = f"{_count(len(job.indices), 'picture')}, {_count(job.threads, 'CPU thread')}"
        lines.append(f"{job.name:<10} {first} to {last}: {counts}")
    lines.append(_disk(plan))
    return lines


def _disk(plan: RunPlan) -> str:
    existing = next(path for path in (plan.out, *plan.out.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    short = "; THIS MAY NOT BE ENOUGH" if plan.bytes_needed > free else ""
    assumed = (
        f"{bytes_per_pixel(plan.request.settings):g} bytes a pixel and {size(BYTES_OF_LABELS)} of labels a picture"
    )
    return f"Disk       about {size(plan.bytes_needed)} more (assuming {assumed}); {size(free)} free{short}"


def _count(number: int, name: str) -> str:
    return f"{number} {name}" + ("" if number == 1 else "s")


def carry_out(plan: RunPlan, interruption: Interruption, make: Callable[..., RunState] = supervise) -> int:
    """Make the missing samples, put the dataset together, say what came of it; gives the exit code.

    ``make`` carries out the jobs, with the arguments and the result of ``supervise``.
    """
    try:
        work_folder(plan.out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SolarSiteError(
            "{folder} cannot be created ({reason}).", folder=plan.out, reason=system_reason(error)
        ) from error
    with only_launcher(plan.out):
        # Another launcher may have come to its end since the folder was looked at.
        refuse_foreign(plan.out, plan.request.run.formats)
        refuse_other_samples(plan.out, find_samples(plan.out), plan.record)
        interruption.watch(cancel_file(plan.out))
        try:
            state = _make_samples(plan, interruption, make)
            code = INTERRUPTED
            if not interruption.asked:
                assemble_dataset(plan.out, _run_information(plan, state), plan.request.run.formats)
                code = ALL_WHOLE if state.done == state.total else SOME_FAILED
            note_end(plan.out, code)
        except (OSError, SolarSiteError) as error:
            reason = {"reason": error, "remedy": RESUME}
            tell(Message("The dataset could not be completed ({reason}). To continue, {remedy}.", reason))
            return SOME_FAILED
    _conclude(plan, state, interrupted=code == INTERRUPTED)
    return code


def _make_samples(plan: RunPlan, interruption: Interruption, make: Callable[..., RunState]) -> RunState:
    started = time.time()
    clean_up(plan.out, plan.missing)
    run = {"num_images": plan.request.run.num_images, "earlier": len(plan.whole), "started": started}
    write_json(work_folder(plan.out) / RUN_FILE, {**plan.record, **run})
    for job in plan.jobs:
        write_unit(unit_file(plan.out, job.name), _unit(plan.request, job.name, job.indices))

    def run_state(processes: tuple[ProcessState, ...]) -> RunState:
        return RunState(plan.request.run.num_images, len(plan.whole), started, processes)

    state = make(plan.jobs, plan.out, plan.command, run_state, display_for(sys.stdout), interruption)
    remove_unfinished(plan.out)
    return state


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
    """What dataset.json says of the run besides its samples."""
    run = plan.request.run
    now = time.time()
    return {
        "settings": to_dict(plan.request.settings),
        "seed": run.seed,
        "views_per_site": run.views_per_site,
        "num_images": run.num_images,
        "failures": [
            {
                **dataclasses.asdict(image_number(index, run.seed, run.views_per_site)),
                "message": message,
                "log": log_file(Path(), process).name,
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


def _conclude(plan: RunPlan, state: RunState, *, interrupted: bool) -> None:
    """Say what a run has come to."""
    run = plan.request.run
    seeds = {index: image_number(index, run.seed, run.views_per_site).seed for index in range(run.num_images)}
    logs = {job.name: str(log_file(plan.out, job.name)) for job in plan.jobs}
    print("\n".join(summary(state, seeds, logs, time.time())))
    if interrupted:
        print(f"Interrupted: the same command goes on. What is whole lies in {plan.out}")
    else:
        print(_place(plan.out, run.formats))


def _place(out: Path, formats: Sequence[str]) -> str:
    files = ["dataset.json", *(find_formats()[name].index for name in formats)]
    return f"The dataset lies in {out} ({', '.join(files)})"
