# SPDX-License-Identifier: GPL-3.0-or-later
"""A Ray cluster: one Ray task for each work unit of a few images.

Either all machines share the dataset folder, or the samples are stored under a URL, from where the launcher gets them.

Ray decides where and when a unit is carried out, and assigns CPUs, GPUs and memory; on the machine, a unit runs as in a
local run (cluster_task.py). Progress is read from the events in the dataset folder. When a machine or a process of Ray
dies, Ray repeats its tasks elsewhere, and they go on after the images that are complete. A machine that cannot make
images of this run is named and left out.

The launcher runs on a machine of the cluster (``ray job submit``, ``ray symmetric-run``), never behind a ``ray://``
client, and Ray's process that adopts orphans (subreaper) must be off: it hides exit codes. Blender stays in the process
group of its Ray worker, so that Ray ends both.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import signal
import socket
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...generator.dataset.layout import image_name
from ...generator.domain.errors import SettingsError, StoppedRunError
from ...generator.domain.messages import Message, listed
from ...generator.settings.schema import Settings
from ..blender_command import BlenderCommand
from ..command_line import Request
from ..display import Display
from ..events import IMAGE_FAILED
from ..executor_choice import ExecutorChoice
from ..interruption import Interruption
from ..memory import bytes_of_process
from ..progress import RunState
from ..run_reader import UnitReader
from ..run_record import RunRecord
from ..work_unit import WorkUnit
from .base import Job, Run
from .cluster_task import RELAYED, Outcome, Result, Task, carry_out

News = tuple[str, str, bytes]
"""Name of a unit, one of its files that are relayed, and lines to append to it."""
PACKAGE = Path(__file__).parents[2]
IMAGES_OF_UNIT = 4
"""Images of a work unit: few, so that all machines finish at about the same time."""
MOST_UNITS = 10_000
"""Larger datasets have larger units: each has a folder, a log and two files in the work folder."""
MAX_RETRIES = 3
"""How often Ray repeats a task whose process or machine has died."""
MAX_LOSSES = 2
"""How often all that may happen during the same image before it is set aside."""
POLL_SECONDS = 0.5
SECONDS_BETWEEN_LOOKS = 5.0
"""Time between two looks at the machines of the cluster."""
SECONDS_FOR_HEAD = 2.0
"""Time in which the head of the cluster has to answer before such a look."""
TASKS_AHEAD = 2
"""Tasks in Ray's hands for each that can run: enough to keep it busy, few enough to follow."""
LEAST_AHEAD = 16
SECONDS_TO_STOP = 15.0
ADDRESS = "--ray_address"
NODE_ID = "ray.io/node-id"

NO_RAY = "The executor ray needs the package ray: python3 -m pip install 'ray>=2.49'."
NO_CLIENT = "{option} {address} is a Ray client: run the launcher on a machine of the cluster (ray job submit)."
NO_CLUSTER = (
    "No Ray cluster was found with {option} {address} ({reason}): start one with ray start, or correct the address."
)
TOO_SMALL = (
    "No machine of the Ray cluster has {cpus} CPUs and {gpus:g} GPUs for a process: reduce {cpus_option} or "
    "{gpus_option}."
)
NOT_USED = "Machine {machine} is not used: {reason}"
LEFT = "Machine {machine} has left the cluster: its images are made again on others"
ENDED = "the Ray cluster has ended on the machine of the launcher: start it again"
NOBODY = "no machine of the cluster can make images of this run: {reasons}"
TWICE = "Ray's task ended repeatedly while this image was made ({reason})"
AGAIN = "{image}: Ray's task has ended ({reason}); trying again"
MORE_MEMORY = "Memory ran out on machine {machine}: trying again with more of it"
ON_MACHINE = "Machine {machine}: {warning}"


@dataclass(frozen=True)
class Machine:
    """A machine (node) of the cluster."""

    id: str
    name: str
    resources: Mapping[str, float]

    def slots(self, cpus: float, gpus: float) -> int:
        """Return how many processes fit on it."""
        of_gpus = int(self.resources.get("GPU", 0.0) / gpus) if gpus else None
        of_cpus = int(self.resources.get("CPU", 0.0) / cpus)
        return of_cpus if of_gpus is None else min(of_cpus, of_gpus)


class Cluster:
    """The Ray cluster that this process is connected to."""

    def __init__(self, choice: ExecutorChoice, *, use_gpu: bool) -> None:
        """Connect to the cluster; raise SettingsError if there is none, or none of its machines is large enough."""
        self._ray = connected(choice.ray_address)
        self._task = self._ray.remote(carry_out_here)
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415 - as above

        here = NodeAffinitySchedulingStrategy(self._ray.get_runtime_context().get_node_id(), soft=False)
        self._mailbox = self._ray.remote(Mailbox).options(num_cpus=0, scheduling_strategy=here).remote()
        self.cpus = choice.ray_cpus
        has_gpu = any(machine.resources.get("GPU") for machine in self.machines())
        self.gpus = choice.ray_gpus if use_gpu and has_gpu else 0.0
        if not self.slots():
            raise SettingsError(
                TOO_SMALL, cpus=self.cpus, gpus=self.gpus, cpus_option="--ray_cpus", gpus_option="--ray_gpus"
            )

    def machines(self) -> list[Machine]:
        """Return all machines that are alive."""
        return [
            Machine(node["NodeID"], node["NodeName"], node["Resources"]) for node in self._ray.nodes() if node["Alive"]
        ]

    def has_head(self) -> bool:
        """Return whether the head of the cluster answers.

        Whoever asks Ray for anything that the head knows waits for it, and is ended by Ray after a minute.
        """
        host, _, port = self._ray.get_runtime_context().gcs_address.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), SECONDS_FOR_HEAD):
                return True
        except OSError:
            return False

    def slots(self) -> int:
        """Return how many processes fit on all machines."""
        return sum(machine.slots(self.cpus, self.gpus) for machine in self.machines())

    def describe(self) -> str:
        """Return the cluster in words."""
        machines = self.machines()
        total: Counter[str] = Counter()
        for machine in machines:
            total.update({name: int(machine.resources.get(name, 0.0)) for name in ("CPU", "GPU")})
        each = f"{self.cpus} CPUs" + (f" and {self.gpus:g} GPU" if self.gpus else "")
        return f"a Ray cluster (machines: {len(machines)}, CPUs: {total['CPU']}, GPUs: {total['GPU']}), {each} each"

    def submit(self, task: Task, memory: float, without: Sequence[str]) -> Any:
        """Hand a task to Ray, for any machine but those ``without``; return Ray's reference to its outcome."""
        avoiding = {"label_selector": {NODE_ID: f"!in({','.join(without)})"}} if without else {}
        return self._task.options(
            num_cpus=self.cpus,
            num_gpus=self.gpus,
            memory=int(memory),
            max_retries=MAX_RETRIES,
            scheduling_strategy="SPREAD",
            **avoiding,
        ).remote(task, self._mailbox)

    def news(self) -> list[News]:
        """Return what machines without the dataset folder have sent since the last call."""
        news: list[News] = self._ray.get(self._mailbox.take.remote())
        return news

    def ended(self, references: Sequence[Any]) -> list[Any]:
        """Return the references whose tasks have ended, after a moment if there are none."""
        if not references:
            time.sleep(POLL_SECONDS)
            return []
        done, _ = self._ray.wait(list(references), num_returns=1, timeout=POLL_SECONDS, fetch_local=False)
        if done:
            done, _ = self._ray.wait(list(references), num_returns=len(references), timeout=0.0, fetch_local=False)
        return list(done)

    def outcome(self, reference: Any) -> Outcome | str:
        """Return the outcome of a task that has ended, or why it has none.

        Raise StoppedRunError if Ray itself has ended on this machine: then no task can be submitted.
        """
        try:
            outcome: Outcome = self._ray.get(reference)
            return outcome
        except self._ray.exceptions.LocalRayletDiedError as error:
            raise StoppedRunError(ENDED) from error
        except self._ray.exceptions.RayError as error:
            return (str(error).splitlines() or [""])[0] or type(error).__name__

    def stop(self, references: Sequence[Any]) -> None:
        """End all tasks, by force after a while, and wait until they have ended."""
        left = list(references)
        for force in (False, True):
            for reference in left:
                with contextlib.suppress(self._ray.exceptions.RayError, ValueError):
                    self._ray.cancel(reference, force=force)
            if left:
                _, left = self._ray.wait(left, num_returns=len(left), timeout=SECONDS_TO_STOP, fetch_local=False)


def connected(address: str) -> Any:
    """Return the module ray, connected to a cluster; raise SettingsError if that is not possible."""
    try:
        import ray  # noqa: PLC0415 - only those who use a cluster have it
    except ImportError as error:
        raise SettingsError(NO_RAY) from error
    if address.startswith("ray://"):
        raise SettingsError(NO_CLIENT, option=ADDRESS, address=address)
    with kept_signal_handlers():
        try:
            ray.init(
                address=address,
                ignore_reinit_error=True,
                log_to_driver=False,
                logging_level=logging.ERROR,
                runtime_env={"py_modules": [str(PACKAGE)]},
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            reason = (str(error).splitlines() or [""])[0]
            raise SettingsError(NO_CLUSTER, option=ADDRESS, address=address, reason=reason) from error
    return ray


@contextlib.contextmanager
def kept_signal_handlers() -> Iterator[None]:
    """Restore the signal handlers that Ray replaces: after SIGTERM, the run is to end in order."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def carry_out_here(task: Task, mailbox: Any) -> Outcome:
    """Carry out a task on the machine that Ray has chosen."""
    import ray  # noqa: PLC0415 - this runs in a worker of Ray

    (job,) = task.run.jobs

    def send(kind: str, data: bytes) -> None:
        ray.get(mailbox.add.remote(job.name, kind, data))

    return carry_out(task, ray.get_runtime_context().get_node_id(), send)


class Mailbox:
    """What machines without the dataset folder have to append to the files of their units: an actor of Ray."""

    def __init__(self) -> None:
        self._news: list[News] = []

    def add(self, unit: str, kind: str, data: bytes) -> None:
        """Keep lines for the file of a unit."""
        self._news.append((unit, kind, data))

    def take(self) -> list[News]:
        """Return everything that has come since the last call."""
        news, self._news = self._news, []
        return news


class RayExecutor:
    """Carries out jobs in a Ray cluster."""

    def __init__(self, request: Request) -> None:
        run = request.run
        self._blender = request.blender
        self._cluster = Cluster(request.executor, use_gpu=run.use_gpu and run.device != "cpu")

    def number_of_units(self, images: int, _: int) -> int:
        return min(MOST_UNITS, -(-images // IMAGES_OF_UNIT))

    def describe_machines(self) -> str:
        return self._cluster.describe()

    def describe(self, jobs: Sequence[Job]) -> list[str]:
        return ["a Ray task"] * len(jobs)

    def run(self, run: Run, display: Display, interruption: Interruption) -> RunState:
        distribution = Distribution(run, self._cluster, self._blender)
        try:
            distribution.work(display, interruption)
        finally:
            distribution.stop()
            display.close(distribution.look())
        return distribution.look()


def create(request: Request, _: BlenderCommand) -> RayExecutor:
    """Return the executor for the registry."""
    return RayExecutor(request)


class Distribution:
    """The units of a run: those that wait, those in Ray's hands, and what is known about the machines."""

    def __init__(self, run: Run, cluster: Cluster, blender: str | None) -> None:
        self._run, self._cluster, self._blender = run, cluster, blender
        self._waiting = deque(run.jobs)
        self._tasks: dict[Any, Job] = {}
        self._readers = {job.name: UnitReader(run.out, job.name, job.indices) for job in run.jobs}
        self._machines = {machine.id: machine for machine in cluster.machines()}
        self._refused: dict[str, Message] = {}
        self._warned: set[str] = set()
        self._memory = Memory(run.jobs[0].unit.settings if run.jobs else None)
        self._losses: Counter[tuple[str, int | None]] = Counter()
        self._ahead = LEAST_AHEAD
        self._news: deque[News] = deque()
        self._next_look = 0.0

    def work(self, display: Display, interruption: Interruption) -> None:
        """Distribute all units until they are done or an interruption is requested.

        Raise StoppedRunError if no machine can carry them out, or nothing can be written for too long.
        """
        while (self._waiting or self._tasks) and not interruption.requested:
            if time.monotonic() >= self._next_look:
                self._look_at_machines()
            while self._waiting and len(self._tasks) < self._ahead:
                job = self._waiting.popleft()
                self._tasks[self._submit(job)] = job
            for reference in self._cluster.ended(list(self._tasks)):
                self._after(self._tasks.pop(reference), self._cluster.outcome(reference))
            display.show(self.look())
        self._look_at_machines()

    def look(self) -> RunState:
        """Read the new events of the units in Ray's hands and return the state of the run."""
        self._put_news()
        for job in self._tasks.values():
            self._readers[job.name].look()
        record: RunRecord = self._run.record
        states = tuple(reader.state for reader in self._readers.values())
        return RunState(record.total, record.earlier, record.started, states)

    def _put_news(self) -> None:
        """Append what other machines have sent to the files in the dataset folder, as soon as it takes them."""
        if self._run.storage is not None:
            self._news.extend(self._cluster.news())
        with contextlib.suppress(OSError):
            while self._news:
                unit, kind, data = self._news[0]
                with RELAYED[kind](self._run.out, unit).open("ab") as file:
                    file.write(data)
                self._news.popleft()

    def stop(self) -> None:
        """End all tasks."""
        self._cluster.stop(list(self._tasks))
        self.look()
        self._tasks.clear()

    def _submit(self, job: Job) -> Any:
        if self._run.storage is not None:  # the machine does not see what has failed
            remaining = tuple(self._readers[job.name].state.remaining)
            job = Job(job.name, dataclasses.replace(job.unit, indices=remaining))
        memory = self._memory.of(job.name)
        largest = max((machine.resources.get("memory", 0.0) for machine in self._usable()), default=0.0)
        task = Task(
            run=dataclasses.replace(self._run, jobs=(job,)),
            first_unit=_first(job.unit),
            blender=self._blender,
            version=self._run.record.recipe.blender,
            cpus=self._cluster.cpus,
            use_gpu=self._cluster.gpus > 0,
            alone=memory >= largest,
        )
        return self._cluster.submit(task, min(memory, largest), list(self._refused))

    def _after(self, job: Job, outcome: Outcome | str) -> None:
        """Do what the end of a task requires: nothing, or to try its unit again."""
        reader = self._readers[job.name]
        self._put_news()
        reader.look()
        if isinstance(outcome, str):
            self._lost(reader, outcome)
        elif outcome.result is Result.STOPPED:
            raise StoppedRunError.of(outcome.reason)
        elif outcome.result is Result.REFUSED:
            self._refuse(outcome, reader)
        elif outcome.result is Result.CROWDED:
            self._memory.double(job.name)
            reader.note(Message(MORE_MEMORY, {"machine": self._name(outcome.machine)}))
        if not isinstance(outcome, str) and outcome.warnings and outcome.machine not in self._warned:
            self._warned.add(outcome.machine)
            for warning in outcome.warnings:
                reader.note(Message(ON_MACHINE, {"machine": self._name(outcome.machine), "warning": warning}))
        if reader.state.num_remaining:
            self._waiting.appendleft(job)

    def _lost(self, reader: UnitReader, reason: str) -> None:
        """Note that Ray has given up a task; set its image aside if that happens again."""
        state = reader.state
        self._losses[reader.name, state.current] += 1
        if self._losses[reader.name, state.current] < MAX_LOSSES:
            image = "" if state.current is None else image_name(state.current)
            reader.note(Message(AGAIN, {"image": image or reader.name, "reason": reason}))
            return
        for index in state.remaining if state.current is None else [state.current]:
            reader.report(IMAGE_FAILED, index=index, **Message(TWICE, {"reason": reason}).to_json())

    def _refuse(self, outcome: Outcome, reader: UnitReader) -> None:
        """Leave a machine out, and name it once; raise StoppedRunError if there is none left."""
        if outcome.machine not in self._refused:
            self._refused[outcome.machine] = outcome.reason
            reader.note(Message(NOT_USED, {"machine": self._name(outcome.machine), "reason": outcome.reason}))
        if not self._usable():
            reasons = {str(reason): reason for reason in self._refused.values()}
            raise StoppedRunError(NOBODY, reasons=listed(reasons.values(), 3))

    def _look_at_machines(self) -> None:
        """Note which machines have left, and how many tasks Ray can have."""
        self._next_look = time.monotonic() + SECONDS_BETWEEN_LOOKS
        if not self._cluster.has_head():  # the tasks tell whether the cluster has ended
            return
        now = {machine.id: machine for machine in self._cluster.machines()}
        for id in self._machines.keys() - now.keys() - self._refused.keys():
            next(iter(self._readers.values())).note(Message(LEFT, {"machine": self._machines[id].name}))
        self._machines = now
        self._ahead = max(LEAST_AHEAD, TASKS_AHEAD * self._cluster.slots())

    def _usable(self) -> list[Machine]:
        return [machine for id, machine in self._machines.items() if id not in self._refused]

    def _name(self, id: str) -> str:
        return self._machines[id].name if id in self._machines else id


class Memory:
    """How much memory each unit is to be given."""

    def __init__(self, settings: Settings | None) -> None:
        self._estimated = bytes_of_process(settings, settings.render.denoiser) if settings else 0.0
        self._doublings: Counter[str] = Counter()

    def of(self, unit: str) -> float:
        """Return the bytes for a unit: what an image is estimated to need, or more after memory ran out."""
        return self._estimated * 2 ** self._doublings[unit]

    def double(self, unit: str) -> None:
        """Give the unit twice as much from now on."""
        self._doublings[unit] += 1


def _first(unit: WorkUnit) -> WorkUnit:
    """Return the first image of the dataset as a unit."""
    return dataclasses.replace(unit, indices=(0,), folder="")
