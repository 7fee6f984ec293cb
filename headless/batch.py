# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates a dataset with several background Blenders; see ``--help``.

    blender -b -P headless/batch.py -- OUT --num_images 8 --num_parallel 2
    python3 headless/batch.py OUT --num_images 8 --num_parallel 2

Old Pythons can parse this file, so that an old Blender reports that it is too old.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

OLDEST_PYTHON = (3, 11)
GDAL_PYTHON = "SOLAR_SITE_GDAL_PYTHON"
"""Environment variable: Python with rasterio and pyproj, if the launcher's own Python has none."""


def main() -> int:
    """Return the exit code: 0 complete, 1 some failed, 2 bad arguments, 3 internal error, 130 interrupted."""
    blender = running_blender()
    if sys.version_info < OLDEST_PYTHON:
        print(too_old(blender), file=sys.stderr)
        return 2
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    try:
        from solar_site_addon.batch.last_resort import run_safely  # noqa: PLC0415 - after path and version are right
    except ImportError as error:
        print(f"batch.py needs the folder solar_site_addon next to its own folder ({error}).", file=sys.stderr)
        return 2
    arguments = own_arguments(blender)

    def run_launcher() -> int:
        from solar_site_addon.batch import launcher  # noqa: PLC0415

        return launcher.main(
            arguments, running_in=blender, draw_plots=plotter(), convert_terrain=command_to_convert_terrain()
        )

    return run_safely(run_launcher, arguments)


def plotter() -> Callable[..., None] | None:
    """Return the function that draws the plots of the dataset card, None without matplotlib."""
    if importlib.util.find_spec("matplotlib") is None:
        return None

    def draw_plots(*arguments: Any) -> None:
        from headless import plots  # noqa: PLC0415 - takes longer than starting the launcher

        plots.draw_plots(*arguments)

    return draw_plots


def command_to_convert_terrain() -> list[str]:
    """Return the command line that converts elevation models, empty if no Python with rasterio and pyproj is known."""
    installed = all(importlib.util.find_spec(name) for name in ("rasterio", "pyproj"))
    python = os.environ.get(GDAL_PYTHON) or (sys.executable if installed else "")
    return [python, str(Path(__file__).resolve().with_name("terrain.py"))] if python else []


def running_blender() -> str | None:
    """Return the path of the Blender that runs this script, or None in a plain Python."""
    bpy = sys.modules.get("bpy")
    return (bpy.app.binary_path or None) if bpy is not None else None


def own_arguments(blender: str | None) -> list[str]:
    """Return the arguments for this script: Blender passes on its own, too, and ours follow ``--``."""
    if blender is None:
        return sys.argv[1:]
    return sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []


def too_old(blender: str | None) -> str:
    """Return the message for an old Blender or Python."""
    if blender is not None:
        return f"Solar Site needs Blender 4.2 or later; {blender} is older."
    return f"batch.py needs Python 3.11 or later; this is {sys.version_info[0]}.{sys.version_info[1]}."


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(main())
