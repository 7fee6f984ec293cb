# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for the program ``blender``, with the bpy wheel inside: runs the script behind -P as Blender would.

Arguments: the path under which this Blender is to be known, then Blender's own. As in Blender, a script that raises
ends with exit code 0, unless --python-exit-code says another.
"""

from __future__ import annotations

import os
import runpy
import sys
import traceback

import bpy

program, *arguments = sys.argv[1:]
bpy.app.binary_path = program
sys.argv = [program, *arguments]
script = arguments[arguments.index("-P") + 1]
try:
    runpy.run_path(script, run_name="__main__")
    code = 0
except SystemExit as leaving:
    code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
except Exception:  # noqa: BLE001 - Blender, too, prints it and goes on
    traceback.print_exc()
    name = "--python-exit-code"
    code = int(arguments[arguments.index(name) + 1]) if name in arguments else 0
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # leaving as usual hangs or crashes in some versions of the wheel
