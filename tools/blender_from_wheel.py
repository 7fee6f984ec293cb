# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for the program blender where there is only the bpy wheel: ``[options] --python FILE [-- ARGUMENTS]``.

For BlenderProc, which starts Blender as a program. tools/setup_blenderproc.sh makes the folder that BlenderProc takes
for an installed Blender; this runs in the Python of that folder. Of Blender's options only --python-exit-code counts.
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import traceback
from typing import Any

import bpy


class SeenThrough:
    """Another object, of which some attributes are replaced."""

    def __init__(self, behind: Any, **instead: Any) -> None:
        vars(self).update(instead, _behind=behind)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self):
            vars(self)[name] = value
        else:
            setattr(self._behind, name, value)


def speak_english() -> None:
    """Let scripts ask for ``en_US``, as BlenderProc does: wheels come without languages, their own is English."""
    preferences = bpy.context.preferences
    view = SeenThrough(preferences.view, language="en_US")
    bpy.context = SeenThrough(bpy.context, preferences=SeenThrough(preferences, view=view))


def main() -> int:
    """Run the script with sys.argv as Blender would have it; gives the exit code."""
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--python", required=True)
    parser.add_argument("--python-exit-code", type=int, default=0)
    given, _ = parser.parse_known_args(own)
    sys.argv[0] = "blender"
    speak_english()
    try:
        runpy.run_path(given.python, run_name="__main__")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except Exception:  # noqa: BLE001 - Blender, too, prints it and goes on
        traceback.print_exc()
        return given.python_exit_code
    return 0


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Leaving as usual hangs or crashes in some versions of Blender's Python module.
    os._exit(exit_code)
