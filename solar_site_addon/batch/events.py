# SPDX-License-Identifier: GPL-3.0-or-later
"""The channel on which a worker says how far it is: a file of events, one JSON object a line.

The worker appends and the launcher reads behind it. The file outlives both, so that a panel or a
second launcher can tell later what happened. Blender's own output is never read for this.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..generator.domain.messages import Message

WORKER_STARTED = "worker_started"
IMAGE_STARTED = "image_started"
IMAGE_DONE = "image_done"
IMAGE_SKIPPED = "image_skipped"
IMAGE_FAILED = "image_failed"
WORKER_DONE = "worker_done"

Event = Mapping[str, Any]


def append_failure(path: Path, index: int, message: Message) -> None:
    """Append that an image cannot be made: the reason in English, and its template and values for other languages."""
    append_event(path, IMAGE_FAILED, index=index, **message.to_json())


def append_event(path: Path, event: str, **values: Any) -> None:
    """Append one event with its time (Unix seconds) in a single write, so that lines are never interleaved."""
    line = json.dumps({"event": event, "time": round(time.time(), 3), **values}) + "\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        if _ends_in_half_line(handle):
            line = "\n" + line
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def _ends_in_half_line(handle: int) -> bool:
    """Whether the last writer was killed within a line."""
    if os.lseek(handle, 0, os.SEEK_END) == 0:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) != b"\n"


class EventTail:
    """Reads what has been appended to an event file since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._half_line = b""

    def read_new(self) -> list[Event]:
        """The events of all lines completed since the last call; a damaged line is left out."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        self._offset += len(data)
        *lines, self._half_line = (self._half_line + data).split(b"\n")
        return [event for line in lines if (event := _parsed(line)) is not None]


def _parsed(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
