# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point of a worker process: loads the package that contains this file, and runs its worker.

Blender runs a script outside any package. The old Python of an old Blender must be able to parse this file, to report
that it is too old.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType

EXIT_TOO_OLD = 3
OLDEST_PYTHON = (3, 11)
PACKAGE = "solar_site_addon"
TOOL = "--tool"
"""First argument of a process that does something with a finished dataset instead of making images."""


def load_package() -> ModuleType:
    """Import the package from its folder, whatever its name, without changing sys.path."""
    folder = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"There is no package in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)
    return module


def run_worker() -> int:
    """Run the loaded package's worker, or a tool, with the arguments after ``--``; return its exit code."""
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    is_tool = arguments[:1] == [TOOL]
    module = importlib.import_module(f"{PACKAGE}.batch.{'dataset_tools' if is_tool else 'worker'}")
    code: int = module.main(arguments[1:] if is_tool else arguments)
    return code


def main() -> int:
    """Return the exit code of the process. Unexpected errors are printed, for the log."""
    if sys.version_info < OLDEST_PYTHON:
        return EXIT_TOO_OLD
    try:
        load_package()
        return run_worker()
    except Exception:  # noqa: BLE001 - the last chance to log it
        with contextlib.suppress(OSError):
            traceback.print_exc()
        return 1


if __name__ == "__main__":
    exit_code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # the log is on a full disk
            stream.flush()
    # A regular exit hangs or crashes in some versions of the bpy wheel.
    os._exit(exit_code)
