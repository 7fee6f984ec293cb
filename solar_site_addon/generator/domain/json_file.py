# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON files that others may have written: never larger than such files are."""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import SettingsError, UnusableError
from .messages import Message, system_reason

SETTINGS_BYTES = 10_000_000
"""Most bytes of a file of settings."""
RECORD_BYTES = 1_000_000_000
"""Most bytes of sample.json, which grows with the objects in an image, and of work units and records of runs."""
DATASET_BYTES = 20_000_000_000
"""Most bytes of dataset.json, which grows with the images."""
_CHUNK_BYTES = 1 << 20


@contextlib.contextmanager
def without_cycle_search() -> Iterator[None]:
    """Do not search for reference cycles within the context: documents have none, and parsing takes a quarter less."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def load_json(path: Path, most_bytes: int) -> Any:
    """Return the content of a JSON file.

    Raise OSError if it cannot be read, ValueError if it is no JSON or larger than ``most_bytes``, and RecursionError if
    it is nested too deeply.
    """
    return json.loads(read_bytes(path, most_bytes).decode("utf-8"))


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """Return the content of a file.

    Raise OSError if it cannot be read, ValueError if it is larger than ``most_bytes``, which also ends the reading of a
    device.
    """
    data = bytearray()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            data += chunk
            if len(data) > most_bytes:
                raise UnusableError("it is larger than {limit:g} MB", limit=most_bytes / 1e6)
    return bytes(data)


def read_json(path: Path, name: Message | str) -> Any:
    """Return the content of a JSON file; raise SettingsError, which calls the file ``name``, if it cannot be read."""
    try:
        return load_json(path, SETTINGS_BYTES)
    except OSError as error:
        raise SettingsError("{file} cannot be read ({reason}).", file=name, reason=system_reason(error)) from error
    except (ValueError, RecursionError) as error:  # invalid JSON, or nested too deeply
        raise SettingsError("{file} is not valid JSON ({reason}).", file=name, reason=error) from error
