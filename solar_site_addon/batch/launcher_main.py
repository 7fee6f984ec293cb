# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a launcher begins that the panel has started, from nothing but the installed extension.

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

INCOMPLETE = "The extension Solar Site is incomplete ({reason}): install it again."


def sibling() -> ModuleType:
    """worker_main.py, which knows how to load the package that both lie in."""
    spec = importlib.util.spec_from_file_location("worker_main", Path(__file__).with_name("worker_main.py"))
    if spec is None or spec.loader is None:
        raise ImportError("worker_main.py is missing.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Exit code of the launcher."""
    package = sibling().load_package().__name__
    last_resort = importlib.import_module(f"{package}.batch.last_resort")
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    return int(last_resort.run_safely(lambda: run_launcher(package, arguments), arguments))


def run_launcher(package: str, arguments: list[str]) -> int:
    """Run the launcher of the loaded package; it is seen from outside that it lives where its starter wants that."""
    launcher = importlib.import_module(f"{package}.batch.launcher")
    control = importlib.import_module(f"{package}.batch.control")
    folder = importlib.import_module(f"{package}.batch.dataset_folder")
    bpy = sys.modules.get("bpy")
    running_in = (bpy.app.binary_path or None) if bpy is not None else None
    lock = os.environ.pop(control.LOCK_VARIABLE, "")  # its workers shall not take it
    if not lock:
        return int(launcher.main(arguments, running_in))
    with folder.locked(Path(lock)):
        return int(launcher.main(arguments, running_in, control.cancel_before_work(Path(lock))))


def tell_broken(error: Exception) -> None:
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
        tell_broken(error)
    sys.stdout.flush()
    sys.stderr.flush()
    # Leaving as usual hangs or crashes in some versions of Blender's Python module.
    os._exit(exit_code)
