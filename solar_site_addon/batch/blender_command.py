# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Blender does the work, and the command that starts a worker in it."""

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

WORKER_MAIN = Path(__file__).with_name("worker_main.py")
PREFERENCE = Message("Blender for Renders")
"""The setting of the same purpose in the panel."""
MAC_APPLICATION = Path("/Applications/Blender.app/Contents/MacOS/Blender")


@dataclass(frozen=True)
class BlenderCommand:
    """A Blender program, or a Python that has the bpy wheel."""

    program: str
    is_wheel: bool

    @property
    def description(self) -> str:
        """For messages: the program, and whether it is a Python with the bpy wheel."""
        return f"the bpy wheel of {self.program}" if self.is_wheel else self.program

    def worker(self, arguments: list[str], threads: int | None = None) -> list[str]:
        """Command line of a worker. Everything but the program is the same with a Blender and with the wheel.

        ``--python-exit-code`` must come before ``-P``: without it Blender exits with 0 when a script raises.
        """
        if self.is_wheel:
            return [self.program, str(WORKER_MAIN), "--", *arguments]
        options = ["-b", "--factory-startup", "--python-exit-code", "1"]
        if threads is not None:
            options += ["-t", str(threads)]
        return [self.program, *options, "-P", str(WORKER_MAIN), "--", *arguments]


def find_blender(
    asked_for: str | None, running_in: str | None = None, environment: Mapping[str, str] = os.environ
) -> BlenderCommand:
    """The Blender to work with: the one asked for, else the one that runs this code, else the first found of
    the environment variable BLENDER, the bpy wheel in this Python, ``blender`` on the PATH, the Mac application.

    Raises SolarSiteError where the one asked for cannot be started, or none is found.
    """
    if asked_for is not None:
        return BlenderCommand(
            _program(
                asked_for,
                ByFace(
                    f"--blender {asked_for}",
                    Message("{preference} = {file}", {"preference": PREFERENCE, "file": asked_for}),
                ),
            ),
            is_wheel=False,
        )
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
            "pass --blender PATH, set BLENDER, or install the bpy wheel into this Python (pip install bpy)",
            Message("set {preference} in the preferences of the extension", {"preference": PREFERENCE}),
        ),
    )


def _program(name: str, origin: Message | ByFace) -> str:
    """Full path of a program named by the user; a Mac application stands for the program inside it."""
    inside_application = Path(name) / "Contents" / "MacOS" / "Blender"
    if inside_application.is_file():
        name = str(inside_application)
    if not Path(name).exists() and shutil.which(name) is None:
        raise SolarSiteError("{origin} does not exist.", origin=origin)
    program = shutil.which(name)
    if program is None:
        raise SolarSiteError("{origin} is not an executable program.", origin=origin)
    return os.path.abspath(program)
