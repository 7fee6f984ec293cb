# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the Blender executable, built on the bpy wheel: runs the script given with -P as Blender would.

Arguments: the path to report as that of Blender, then Blender's own arguments. As in Blender, the exit code after an
exception is 0 unless --python-exit-code sets another.
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
except Exception:  # noqa: BLE001 - Blender also prints it and continues
    traceback.print_exc()
    name = "--python-exit-code"
    code = int(arguments[arguments.index(name) + 1]) if name in arguments else 0
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # a normal exit hangs or crashes in some versions of the wheel
