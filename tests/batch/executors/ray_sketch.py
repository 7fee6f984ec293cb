# SPDX-License-Identifier: GPL-3.0-or-later
"""Sketch of an executor for a Ray cluster with a shared dataset folder: it shows that the protocol supports one.

Each Ray task runs the local executor for one unit, on the node and the GPU that Ray assigns. mypy checks this file,
and test_executors.py drops it into a copy of the package, with threads in place of Ray.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import ray

from solar_site_addon.batch.blender_command import BlenderCommand
from solar_site_addon.batch.display import Display
from solar_site_addon.batch.executors.base import Executor, Job, Run, RunProgress
from solar_site_addon.batch.executors.local import LocalExecutor
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.progress import RunState


class NoDisplay:
    """A display that shows nothing: the launcher reads the events from the shared folder."""

    def show(self, state: RunState) -> None: ...

    def say(self, line: str) -> None: ...

    def close(self, state: RunState) -> None: ...


@ray.remote(num_gpus=1, max_retries=3, scheduling_strategy="SPREAD")  # type: ignore[untyped-decorator]
def carry_out(run: Run, command: BlenderCommand) -> None:
    LocalExecutor(command).run(run, NoDisplay(), Interruption())


class RayExecutor:
    def __init__(self, command: BlenderCommand) -> None:
        self._command = command

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        return ["a Ray task"] * len(jobs)

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        progress = RunProgress(run)
        left = [carry_out.remote(dataclasses.replace(run, jobs=(job,)), self._command) for job in run.jobs]
        while left and not interruption.requested:
            _, left = ray.wait(left, num_returns=len(left), timeout=0.5)
            display.show(progress.look())
        for task in left:
            ray.cancel(task, force=True)
        state = progress.look()
        display.close(state)
        return state


def create(command: BlenderCommand) -> Executor:
    return RayExecutor(command)
