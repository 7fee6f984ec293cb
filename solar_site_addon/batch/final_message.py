# SPDX-License-Identifier: GPL-3.0-or-later
"""The last message of a launcher: a line on the standard error, and a file beside its log for the panel.

A panel that starts a launcher names the file in an environment variable; it reads template and values there, so that
nothing has to be parsed from the log.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

from ..generator.domain.json_file import SETTINGS_BYTES, load_json
from ..generator.domain.messages import Message

FILE_VARIABLE = "SOLAR_SITE_LAUNCHER_MESSAGE"
"""Environment variable: the file that receives the message."""


def tell(message: Message) -> None:
    """Print ``message`` as one line on the standard error, and write it to the file that the starter has named."""
    with contextlib.suppress(OSError, ValueError):  # the other end of the pipe is closed
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        print(message, file=sys.stderr, flush=True)
    file = os.environ.get(FILE_VARIABLE)
    if file:
        with contextlib.suppress(OSError, ValueError):
            Path(file).write_text(json.dumps(message.to_json()) + "\n", encoding="utf-8")


def message_file(log: Path) -> Path:
    """Return the file for the last message of the launcher that writes ``log``."""
    return log.with_suffix(".message.json")


def final_message(log: Path) -> Message | None:
    """Return the last message of the launcher that writes ``log``, or None if it has ended without one."""
    try:
        return Message.from_json(load_json(message_file(log), SETTINGS_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
