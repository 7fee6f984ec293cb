# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Blender to use, and builds the command lines of workers."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import ByFace, Message
from .dataset_folder import events_file, unit_file

WORKER_MAIN = Path(__file__).with_name("worker_main.py")
MAC_APPLICATION = Path("/Applications/Blender.app/Contents/MacOS/Blender")
PREFERENCE = Message("Blender for Renders")
"""What ``--blender`` is in the preferences of the extension."""
INSIDE_MAC_APPLICATION = Path("Contents/MacOS/Blender")


@dataclass(frozen=True)
class BlenderCommand:
    """A Blender executable, or a Python with the bpy wheel."""

    program: str
    is_wheel: bool

    @property
    def description(self) -> str:
        """The program as messages name it."""
        return f"the bpy wheel of {self.program}" if self.is_wheel else self.program

    def worker(self, arguments: list[str], threads: int | None = None) -> list[str]:
        """Return the command line of a worker. Only its beginning differs between a Blender and the wheel.

        ``--python-exit-code`` must precede ``-P``: without it, Blender exits with 0 when a script raises.
        """
        if self.is_wheel:
            return [self.program, str(WORKER_MAIN), "--", *arguments]
        options = ["-b", "--factory-startup", "--python-exit-code", "1"]
        if threads is not None:
            options += ["-t", str(threads)]
        return [self.program, *options, "-P", str(WORKER_MAIN), "--", *arguments]


def unit_arguments(out: Path, name: str) -> list[str]:
    """Return the arguments of a worker that carries out unit ``name`` of the dataset folder ``out``."""
    unit, events = str(unit_file(out, name)), str(events_file(out, name))
    return ["--unit", unit, "--out", str(out), "--events", events, "--watch_stdin"]


def probe_arguments(out: Path, name: str, report: Path, *, hardware: bool) -> list[str]:
    """Return the arguments of a worker that writes ``report`` instead of carrying out its unit."""
    files = ["--unit", str(unit_file(out, name)), "--events", str(events_file(out, name)), "--probe", str(report)]
    arguments = [*files, "--watch_stdin"]
    return arguments + (["--hardware"] if hardware else [])


def find_blender(
    requested: str | None, running_in: str | None = None, environment: Mapping[str, str] = os.environ
) -> BlenderCommand:
    """Return the Blender to use.

    In this order: the one requested, the one that runs this code, the environment variable BLENDER, the bpy wheel of
    this Python, ``blender`` on the PATH, the application folder of a Mac. Raise SolarSiteError if the one requested
    cannot be started, or none is found.
    """
    if requested is not None:
        return BlenderCommand(_program(requested, _named(requested)), is_wheel=False)
    if running_in:
        return BlenderCommand(running_in, is_wheel=False)
    if environment.get("BLENDER"):
        name = environment["BLENDER"]
        return BlenderCommand(
            _program(name, Message("The environment variable BLENDER = {file}", {"file": name})), is_wheel=False
        )
    if importlib.util.find_spec("bpy") is not None:
        return BlenderCommand(sys.executable, is_wheel=True)
    on_path = shutil.which("blender", path=environment.get("PATH"))
    if on_path:
        return BlenderCommand(on_path, is_wheel=False)
    if MAC_APPLICATION.is_file():
        return BlenderCommand(str(MAC_APPLICATION), is_wheel=False)
    raise SolarSiteError(
        "No Blender was found: {remedy}.",
        remedy=ByFace(
            "set --blender PATH or the environment variable BLENDER, or install the bpy wheel into this Python "
            "(pip install bpy)",
            Message("set {preference} in the preferences of the extension", {"preference": PREFERENCE}),
        ),
    )


def _named(program: str) -> ByFace:
    panel = Message("{preference} = {file}", {"preference": PREFERENCE, "file": program})
    return ByFace(f"--blender {program}", panel)


def _program(name: str, origin: Message | ByFace) -> str:
    """Return the full path of a program named by the user; a Mac application means the executable inside it."""
    if (Path(name) / INSIDE_MAC_APPLICATION).is_file():
        name = str(Path(name) / INSIDE_MAC_APPLICATION)
    if not Path(name).exists() and shutil.which(name) is None:
        raise SolarSiteError("{origin} does not exist.", origin=origin)
    program = shutil.which(name)
    if program is None:
        raise SolarSiteError("{origin} is not an executable program.", origin=origin)
    return os.path.abspath(program)
