# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for the program ``blender``, with the bpy wheel inside: runs the script behind -P as Blender would.

Arguments: the path under which this Blender is to be known, then Blender's own.
"""

from __future__ import annotations

import os
import runpy
import sys

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
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # leaving as usual hangs or crashes in some versions of the wheel
