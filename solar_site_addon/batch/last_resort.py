# SPDX-License-Identifier: GPL-3.0-or-later
"""What every entry point of the launcher runs through: no error leaves it as a traceback, or with exit code 0.

Blender exits with 0 when a script raises, unless it is told otherwise; so nothing may ever raise. This module imports
next to nothing, and the rest when it is needed: it has to work where that is broken.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from ..generator.domain.messages import RESUME, Message, system_reason
from .exit_codes import BAD_ARGUMENTS, INTERNAL_ERROR, INTERRUPTED
from .final_message import tell

LOG = "launcher_error.log"
"""In the folder .work of a dataset of ours."""


def run_safely(run: Callable[[], int], arguments: Sequence[str]) -> int:
    """The exit code of ``run``, or of the error that escapes it, which is told in one line on the standard error.

    ``arguments`` are those of the command line: the traceback is written into the dataset's folder that they name where
    that is ours, otherwise into a file in the system's temporary folder.
    """
    try:
        return run()
    except KeyboardInterrupt:
        tell(Message("Interrupted. To continue, {remedy}.", {"remedy": RESUME}))
        return INTERRUPTED
    except OSError as error:
        tell(os_error_message(error))
        return BAD_ARGUMENTS
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody else tells it
        log = _write_log(arguments, traceback.format_exc())
        what = " ".join(f"{type(error).__name__}: {error}".split())
        values = {"error": what, "log": log}
        tell(Message("Solar Site stopped because of an internal error ({error}); see {log}", values))
        return INTERNAL_ERROR


def os_error_message(error: OSError) -> Message:
    """One sentence on a file, folder or program that the system does not let us use."""
    if error.filename is None:
        values = {"reason": system_reason(error), "remedy": RESUME}
        return Message("The system refused an operation ({reason}): correct this, then {remedy}.", values)
    return Message(
        "{path} cannot be used ({reason}): correct this, or choose another folder for the dataset.",
        {"path": error.filename, "reason": system_reason(error)},
    )


def _write_log(arguments: Sequence[str], text: str) -> str | Message:
    """Path of the log to which ``text`` was added, or why there is none."""
    entry = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(arguments)}\n{text}\n"
    with contextlib.suppress(Exception):  # what finds the folder may be what is broken
        folder = _work_folder_of_ours(arguments)
        if folder is not None:
            with (folder / LOG).open("a", encoding="utf-8") as file:
                file.write(entry)
            return str(folder / LOG)
    try:
        handle, name = tempfile.mkstemp(prefix="solar_site_", suffix=".log", text=True)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(entry)
        return name
    except OSError as error:
        return Message("the log could not be written ({reason})", {"reason": system_reason(error)})


def _work_folder_of_ours(arguments: Sequence[str]) -> Path | None:
    from .command_line import parse  # noqa: PLC0415 - see above
    from .dataset_folder import read_record, work_folder  # noqa: PLC0415

    request = parse(arguments)
    if request is None or read_record(request.out.absolute()) is None:
        return None
    return work_folder(request.out.absolute())
