# SPDX-License-Identifier: GPL-3.0-or-later
"""An executor of its own kind: a thread for each unit, which runs the local executor.

mypy checks this file, and test_executors.py drops it into a copy of the package.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from solar_site_addon.batch.blender_command import BlenderCommand
from solar_site_addon.batch.command_line import Request
from solar_site_addon.batch.display import Display
from solar_site_addon.batch.executors.base import Executor, Job, Run, RunProgress
from solar_site_addon.batch.executors.cluster_task import NoDisplay
from solar_site_addon.batch.executors.local import LocalExecutor
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.progress import RunState


class ThreadExecutor:
    def __init__(self, command: BlenderCommand) -> None:
        self._command = command

    def number_of_units(self, images: int, _: int) -> int:
        return -(-images // 2)

    def describe_machines(self) -> str:
        return "a pool of threads"

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        return ["a thread"] * len(jobs)

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        progress = RunProgress(run)
        with ThreadPoolExecutor() as pool:
            left = [
                pool.submit(self._carry_out, dataclasses.replace(run, jobs=(job,)), interruption) for job in run.jobs
            ]
            while not all(task.done() for task in left):
                time.sleep(0.1)
                display.show(progress.look())
        display.close(progress.look())
        return progress.look()

    def _carry_out(self, run: Run, interruption: Interruption) -> None:
        LocalExecutor(self._command).run(run, NoDisplay(), interruption)


def create(_: Request, command: BlenderCommand) -> Executor:
    return ThreadExecutor(command)
