# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the Blender executable, built on the bpy wheel: ``[options] --python FILE [-- ARGUMENTS]``.

BlenderProc starts Blender as a program. tools/setup_blenderproc.sh creates a folder that BlenderProc accepts as a
Blender installation, and this script runs in the Python of that folder. Of Blender's own options, only
--python-exit-code has an effect.
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import traceback
from typing import Any

import bpy


class Overlay:
    """A proxy for another object that replaces some of its attributes."""

    def __init__(self, behind: Any, **instead: Any) -> None:
        vars(self).update(instead, _behind=behind)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self):
            vars(self)[name] = value
        else:
            setattr(self._behind, name, value)


def accept_english() -> None:
    """Let scripts set the language to ``en_US``, as BlenderProc does: wheels include no languages besides English."""
    preferences = bpy.context.preferences
    view = Overlay(preferences.view, language="en_US")
    bpy.context = Overlay(bpy.context, preferences=Overlay(preferences, view=view))


def main() -> int:
    """Run the script with sys.argv as Blender would set it, and return the exit code."""
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--python", required=True)
    parser.add_argument("--python-exit-code", type=int, default=0)
    given, _ = parser.parse_known_args(own)
    sys.argv[0] = "blender"
    accept_english()
    try:
        runpy.run_path(given.python, run_name="__main__")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except Exception:  # noqa: BLE001 - Blender also prints it and continues
        traceback.print_exc()
        return given.python_exit_code
    return 0


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A normal exit hangs or crashes in some versions of the bpy wheel.
    os._exit(exit_code)
