# SPDX-License-Identifier: GPL-3.0-or-later
"""Every entry point of the launcher runs through here: no error escapes as a traceback, or with exit code 0.

By default, Blender exits with 0 when a script raises; so nothing may ever raise. This module imports next to nothing,
and the rest when it is needed: it has to work when the rest is broken.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from ..generator.domain.messages import RESUME, Message, system_reason
from .exit_codes import BAD_ARGUMENTS, BROKEN_PIPE, INTERNAL_ERROR, INTERRUPTED
from .final_message import tell


def run_safely(run: Callable[[], int], arguments: Sequence[str]) -> int:
    """Return the exit code of ``run``, or of the error that escapes it, printed as one line on standard error.

    ``arguments`` are those of the command line: the traceback is written to the dataset folder that they name if that
    is ours, otherwise to a file in the system's temporary folder.
    """
    try:
        try:
            return run()
        finally:
            print(end="", flush=True)  # at exit, nobody could catch the error of a closed pipe any more
    except KeyboardInterrupt:
        tell(Message("Interrupted. To continue, {remedy}.", {"remedy": RESUME}))
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe, such as "--help | head", has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nor may Python complain when it flushes
        return BROKEN_PIPE
    except OSError as error:
        tell(os_error_message(error))
        return BAD_ARGUMENTS
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody else reports it
        log = _write_log(arguments, traceback.format_exc())
        what = " ".join(f"{type(error).__name__}: {error}".split())
        tell(Message("Internal error in Solar Site ({error}); see the log {log}", {"error": what, "log": log}))
        return INTERNAL_ERROR


def os_error_message(error: OSError) -> Message:
    """Return one sentence about a file, folder or program that the operating system refuses."""
    values = {"file": error.filename, "reason": system_reason(error), "remedy": RESUME}
    if error.filename is None:
        return Message("The operating system reports an error ({reason}): fix it, then {remedy}.", values)
    return Message("{file} cannot be used ({reason}): fix it, or choose another folder for the dataset.", values)


def _write_log(arguments: Sequence[str], text: str) -> str | Message:
    """Append ``text`` to the log and return its path, or why there is none."""
    entry = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {' '.join(arguments)}\n{text}\n"
    with contextlib.suppress(Exception):  # the modules that find the folder may be broken
        log = _log_of_our_dataset(arguments)
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                file.write(entry)
            return str(log)
    try:
        handle, name = tempfile.mkstemp(prefix="solar_site_", suffix=".log", text=True)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(entry)
        return name
    except OSError as error:
        return Message("(which could not be written: {reason})", {"reason": system_reason(error)})


def _log_of_our_dataset(arguments: Sequence[str]) -> Path | None:
    from .command_line import parse  # noqa: PLC0415 - see above
    from .dataset_folder import error_log  # noqa: PLC0415
    from .run_record import read_record  # noqa: PLC0415

    request = parse(arguments)
    if request is None or read_record(request.out.absolute()) is None:
        return None
    return error_log(request.out.absolute())
