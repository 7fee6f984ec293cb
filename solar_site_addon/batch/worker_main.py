# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a worker process begins: loads the package that this file lies in, and runs its worker.

Blender gives a script no package. This file also has to be understood by the old Pythons of old Blenders, to
say that they are too old.
"""

from __future__ import annotations

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


def load_package() -> ModuleType:
    """Import the package from its folder, whatever the folder is called, without a change of sys.path."""
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
    """Run the loaded package's worker with the arguments after ``--``; gives its exit code."""
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    code: int = importlib.import_module(f"{PACKAGE}.batch.worker").main(arguments)
    return code


def main() -> int:
    """Exit code of the process. Errors that nobody expected are printed, for the log."""
    if sys.version_info < OLDEST_PYTHON:
        return EXIT_TOO_OLD
    try:
        load_package()
        return run_worker()
    except Exception:  # noqa: BLE001 - the last one who can write it down
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Leaving as usual hangs or crashes in some versions of Blender's Python module.
    os._exit(exit_code)
