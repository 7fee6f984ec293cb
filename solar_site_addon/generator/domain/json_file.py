# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that others may have written, JSON above all: read up to a bound, and never anything but a file.

Every file of a user or a dataset is read through this module, except images and elevation models.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, NoReturn

from .errors import SettingsError, UnusableError
from .messages import Message, system_reason

SETTINGS_BYTES = 10_000_000
"""Most bytes of a file of settings, or of another small file."""
RECORD_BYTES = 1_000_000_000
"""Most bytes of sample.json, which grows with the objects in an image, and of work units and records of runs."""
DATASET_BYTES = 4_000_000_000
"""Most bytes of dataset.json, which grows with the images: enough for four million."""
_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16


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
    return parse_json(read_bytes(path, most_bytes))


def parse_json(text: str | bytes) -> Any:
    """Return the content of a JSON text, in UTF-8 if it is bytes.

    Raise ValueError if it is no JSON: NaN and Infinity, which Python reads, are none. Raise RecursionError if it is
    nested too deeply. Of a key that occurs twice, the last one counts.
    """
    return _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8"))


def _refuse_constant(name: str) -> NoReturn:
    raise UnusableError("{name} is not a number in JSON", name=name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def read_text(path: Path, most_bytes: int = SETTINGS_BYTES) -> str:
    """Return the content of a text file in UTF-8; raise OSError or ValueError as ``read_bytes``."""
    return read_bytes(path, most_bytes).decode("utf-8")


def read_bytes(path: Path, most_bytes: int, *, also_pipes: bool = False) -> bytes:
    """Return the content of a file, or of a pipe or device with ``also_pipes``.

    Raise OSError if it cannot be read, ValueError if it is larger than ``most_bytes`` or anything but a file.
    """
    with opened(path, also_pipes=also_pipes) as file:
        refuse_larger(os.fstat(file.fileno()).st_size, most_bytes)
        data = bytearray()
        while chunk := file.read(_CHUNK_BYTES):
            data += chunk
            refuse_larger(len(data), most_bytes)
    return bytes(data)


@contextlib.contextmanager
def opened(path: Path, *, also_pipes: bool = False) -> Iterator[BufferedReader]:
    """Yield a file that is open for reading; raise ValueError if it is a pipe or device, which may never end."""
    mode = path.stat().st_mode
    if not (also_pipes or stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # the system refuses folders in its own words
        raise UnusableError("it is not a file")
    with path.open("rb") as file:
        yield file


def read_until(file: BufferedReader, marker: bytes, most_bytes: int) -> tuple[bytes, bool]:
    """Return what a file holds before a marker, or all of it if there is none, and whether there is one.

    Raise ValueError if that is more than ``most_bytes``.
    """
    data = bytearray()
    while chunk := file.read(_HEAD_BYTES):
        searched = max(0, len(data) - len(marker))
        data += chunk
        refuse_larger(len(data), most_bytes)
        if (end := data.find(marker, searched)) >= 0:
            return bytes(data[:end]), True
    return bytes(data), False


def refuse_larger(size: int, most_bytes: int) -> None:
    """Raise ValueError if ``size`` is more than ``most_bytes``."""
    if size > most_bytes:
        raise UnusableError("it is larger than {limit:g} MB", limit=most_bytes / 1e6)


def read_json(path: Path, name: Message | str) -> Any:
    """Return the content of a JSON file; raise SettingsError, which calls the file ``name``, if it cannot be read."""
    try:
        return parse_json(read_bytes(path, SETTINGS_BYTES, also_pipes=True))
    except OSError as error:
        raise SettingsError("{file} cannot be read ({reason}).", file=name, reason=system_reason(error)) from error
    except (ValueError, RecursionError) as error:  # invalid JSON, or nested too deeply
        raise SettingsError("{file} is not valid JSON ({reason}).", file=name, reason=error) from error
