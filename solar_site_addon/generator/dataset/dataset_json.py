# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of dataset.json, with a line for each sample: a million of them are written and read one by one.

Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..domain.atomic_files import json_text, replacing_file
from ..domain.json_file import DATASET_BYTES, RECORD_BYTES, opened, parse_json, read_until, refuse_larger
from .schema import SampleEntry

_SAMPLES = b'\n  "samples": [\n'
_IN_MEMORY = 1 << 24


class Entries:
    """The lines of the samples, in memory or, once there are many, in a file that vanishes when it is closed."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._between = ""

    def add(self, entry: SampleEntry) -> None:
        """Add the entry of a sample."""
        self._file.write(f"{self._between}    {json.dumps(entry)}")
        self._between = ",\n"

    def write(self, path: Path, head: Mapping[str, Any]) -> None:
        """Write dataset.json: the keys of ``head``, then the samples."""
        text = json_text(head, indent=2).removesuffix("\n}")
        self._file.seek(0)
        with replacing_file(path) as file:
            file.write(f"{text},{_SAMPLES.decode()}")
            shutil.copyfileobj(self._file, file)
            file.write("\n  ]\n}\n")


@contextmanager
def collecting_entries(out: Path) -> Iterator[Entries]:
    """Yield what collects the lines of the samples in the dataset ``out``."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="\n", dir=str(out)) as file:
        yield Entries(file)


def read_dataset_head(path: Path) -> Any:
    """Return dataset.json without its samples (the key ``samples`` is empty), or all of it in another layout.

    Raise OSError if it cannot be read, ValueError or RecursionError if it is damaged or too large.
    """
    with opened(path) as file:
        head, found = read_until(file, _SAMPLES, RECORD_BYTES)
    return parse_json(head + b'"samples":[]}') if found else parse_json(head)


def read_entries(path: Path) -> Iterator[Any]:
    """Yield the entries of the samples in dataset.json, one after the other; raise as ``read_dataset_head``."""
    with opened(path) as file:
        head, found = read_until(file, _SAMPLES, RECORD_BYTES)
        if not found:
            yield from parse_json(head)["samples"]
            return
        file.seek(len(head) + len(_SAMPLES))
        while (line := file.readline(RECORD_BYTES)).strip() not in (b"]", b""):
            refuse_larger(file.tell(), DATASET_BYTES)
            yield parse_json(line.strip().removesuffix(b","))
