# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of a work unit as a file of events, one JSON object per line.

Workers append to it, the launcher reads behind them. The file outlives both, so a panel or a second launcher can tell
later what happened. Blender's own output is never parsed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from ..generator.domain.errors import UnusableError
from ..generator.domain.json_file import opened, parse_json
from ..generator.domain.messages import Message

WORKER_STARTED = "worker_started"
IMAGE_STARTED = "image_started"
IMAGE_DONE = "image_done"
IMAGE_SKIPPED = "image_skipped"
IMAGE_FAILED = "image_failed"
WORKER_DONE = "worker_done"
LAND_READ = "land_read"
WORKER_ENDED = "worker_ended"
IMAGE_RETRIED = "image_retried"
NOTE = "note"

_NEEDED: dict[str, dict[str, type | tuple[type, ...]]] = {
    IMAGE_STARTED: {"index": int},
    IMAGE_DONE: {"index": int, "seconds": (int, float)},
    IMAGE_SKIPPED: {"index": int},
    IMAGE_FAILED: {"index": int, "message": str},
    LAND_READ: {"percent": int},
    IMAGE_RETRIED: {"index": int},
    NOTE: {"message": str},
}
"""Keys that an event of each kind must have besides ``event`` and ``time``."""
_CHUNK_BYTES = 1 << 20
_LINE_BYTES = 10 * _CHUNK_BYTES
_TOO_LONG = b"!"
"""Stands for a line that is longer than any event; with the rest of the line, it is no JSON."""


class Event(TypedDict):
    """One line of an event file."""

    event: str
    """One of the constants above; readers ignore other kinds."""
    time: float
    """Unix seconds."""
    index: NotRequired[int]
    """Global image index."""
    seconds: NotRequired[float]
    """Time that the image took."""
    stages: NotRequired[dict[str, float]]
    """Seconds that each stage of the image took (``generator.domain.stages``)."""
    percent: NotRequired[int]
    """Share of the elevation model that has been read."""
    message: NotRequired[str]
    """Why the image failed, or what a note says, in English."""
    template: NotRequired[str]
    values: NotRequired[dict[str, Any]]
    """The same as a template and values, for other languages."""
    output: NotRequired[list[str]]
    """Last lines of the log when the image was set aside."""
    crash_report: NotRequired[str]
    """Name of the file that Blender wrote when it crashed."""


def append_failure(path: Path, index: int, message: Message, **evidence: Any) -> None:
    """Append that an image cannot be made: the reason in English, and its template and values for other languages.

    ``evidence`` are the keys ``output`` and ``crash_report`` of the event.
    """
    append_event(path, IMAGE_FAILED, index=index, **message.to_json(), **evidence)


def failed_images(events: Iterable[Event]) -> set[int]:
    """Return the images that have failed and are not to be tried again."""
    failed: set[int] = set()
    for event in events:
        if event["event"] == IMAGE_FAILED:
            failed.add(event["index"])
        elif event["event"] == IMAGE_RETRIED:
            failed.discard(event["index"])
    return failed


def event_line(event: str, **values: Any) -> str:
    """Return an event with the current time as a line of the file."""
    return json.dumps({"event": event, "time": round(time.time(), 3), **values}) + "\n"


def append_event(path: Path, event: str, **values: Any) -> None:
    """Append one event with the current time in a single write, so that lines are never interleaved."""
    line = event_line(event, **values)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        if _ends_in_half_line(handle):
            line = "\n" + line
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def _ends_in_half_line(handle: int) -> bool:
    """Return whether the last writer was killed in the middle of a line."""
    if os.lseek(handle, 0, os.SEEK_END) == 0:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) != b"\n"


class EventTail:
    """Reads what was appended to an event file since the last call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._half_line = b""

    def read_new(self) -> list[Event]:
        """Return the events of all lines completed since the last call; skip damaged lines."""
        events: list[Event] = []
        try:
            with opened(self._path) as file:
                file.seek(self._offset)
                while data := file.read(_CHUNK_BYTES):
                    self._offset += len(data)
                    *lines, rest = (self._half_line + data).split(b"\n")
                    self._half_line = rest if len(rest) <= _LINE_BYTES else _TOO_LONG
                    events += [event for line in lines if (event := _parsed(line)) is not None]
        except (FileNotFoundError, UnusableError):
            pass
        return events


def _parsed(line: bytes) -> Event | None:
    try:
        event = parse_json(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return None
    if not isinstance(event.get("time"), int | float):
        event["time"] = 0.0
    needed = _NEEDED.get(event["event"], {})
    return cast("Event", event) if all(isinstance(event.get(key), kind) for key, kind in needed.items()) else None
