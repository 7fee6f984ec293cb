# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point of a launcher that the panel starts, with nothing but the installed extension.

``[blender, -b, --factory-startup, --python-exit-code, 1, -P, launcher_main.py, --, OUT, …]``, or the same script in a
Python that has the bpy wheel. The arguments are those of headless/batch.py.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

INCOMPLETE = "The Solar Site extension is incomplete ({reason}): install it again."


def sibling() -> ModuleType:
    """Return worker_main.py, which can load the package that contains both."""
    spec = importlib.util.spec_from_file_location("worker_main", Path(__file__).with_name("worker_main.py"))
    if spec is None or spec.loader is None:
        raise ImportError("worker_main.py is missing.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Run the launcher and return its exit code."""
    package = sibling().load_package().__name__
    last_resort = importlib.import_module(f"{package}.batch.last_resort")
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    return int(last_resort.run_safely(lambda: run_launcher(package, arguments), arguments))


def run_launcher(package: str, arguments: list[str]) -> int:
    """Run the launcher of the loaded package, with a lock as a sign of life if its starter asked for one."""
    launcher = importlib.import_module(f"{package}.batch.launcher")
    control = importlib.import_module(f"{package}.batch.control")
    lock = importlib.import_module(f"{package}.batch.lock")
    bpy = sys.modules.get("bpy")
    running_in = (bpy.app.binary_path or None) if bpy is not None else None
    name = os.environ.pop(control.LOCK_VARIABLE, "")  # not for its workers
    if not name:
        return int(launcher.main(arguments, running_in))
    with lock.locked(Path(name)):
        return int(launcher.main(arguments, running_in, control.cancel_before_start(Path(name))))


def report_incomplete(error: Exception) -> None:
    """Do what batch/final_message.py does, which may be the missing part."""
    message = INCOMPLETE.format(reason=error)
    print(message, file=sys.stderr)
    if os.environ.get("SOLAR_SITE_LAUNCHER_MESSAGE"):
        document = {"message": message, "template": INCOMPLETE, "values": {"reason": str(error)}}
        with contextlib.suppress(OSError):
            Path(os.environ["SOLAR_SITE_LAUNCHER_MESSAGE"]).write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    exit_code = 1
    try:
        exit_code = main()
    except (ImportError, SyntaxError) as error:  # a part of the extension is missing or broken
        report_incomplete(error)
    sys.stdout.flush()
    sys.stderr.flush()
    # A regular exit hangs or crashes in some versions of the bpy wheel.
    os._exit(exit_code)
