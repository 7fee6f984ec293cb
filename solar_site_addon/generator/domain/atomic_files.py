# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are complete or absent: written under a hidden name, flushed to disk, then renamed.

A reader never sees half a file, and neither does the next run after a crash or a power failure: both the data and the
new name are flushed (fsync). Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any


def hidden_path(path: Path) -> Path:
    """Return the hidden name beside ``path`` under which it is written until it is complete."""
    return path.with_name(f".{path.name}.partial")


@contextlib.contextmanager
def replacing_path(path: Path) -> Iterator[Path]:
    """Yield a hidden path to write a file to; on success it replaces ``path``, on error ``path`` stays unchanged.

    The folder is created if it does not exist.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = hidden_path(path)
    try:
        yield hidden
        _sync(hidden, os.O_RDWR)
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextlib.contextmanager
def replacing_file(path: Path) -> Iterator[IO[str]]:
    """Yield a text file (UTF-8) that replaces ``path`` on success; on error ``path`` stays unchanged."""
    with replacing_path(path) as hidden, hidden.open("w", encoding="utf-8", newline="\n") as file:
        yield file


def replace_json(path: Path, document: Any) -> None:
    """Write ``document`` as JSON to ``path``, replacing an existing file."""
    with replacing_file(path) as file:
        file.write(json_text(document, indent=1) + "\n")


def json_text(document: Any, indent: int) -> str:
    """Return ``document`` as readable JSON that a file in UTF-8 can hold, even with half a surrogate pair in a text."""
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, indent=indent)
    return text


def write_durably(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` and flush it to disk: for files in a folder that is itself renamed when complete."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the names in ``folder`` to disk; only POSIX systems can."""
    if os.name == "posix":
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
