# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of elevation models, read by parts: plain files, and the one model in a .zip or .gz file."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from ....domain.errors import ElevationError, UnsupportedElevationError
from ....domain.messages import Message

MAX_UNPACKED = 600_000_000
"""Most bytes that are unpacked from a .zip or .gz file into memory."""
HEAD_BYTES = 4096
TRUNCATED = Message("the file is damaged or truncated")


@dataclass(frozen=True)
class Source:
    """The bytes of a file. The file is open only while it is read."""

    path: Path
    """The file on disk, beside which others may lie."""
    name: str
    """Name of the model: that of the file, or of the file within a .zip or .gz file."""
    size: int
    unpacked: bytes | None = None

    def read(self, offset: int, count: int) -> bytes:
        """Return ``count`` bytes from ``offset``; raise ElevationError if the file ends before."""
        if offset < 0 or count < 0 or offset + count > self.size:
            raise ElevationError.of(TRUNCATED)
        if self.unpacked is not None:
            return self.unpacked[offset : offset + count]
        with self.path.open("rb") as file:
            file.seek(offset)
            data = file.read(count)
        if len(data) != count:
            raise ElevationError.of(TRUNCATED)
        return data

    def head(self) -> bytes:
        """Return the first bytes, by which a file is recognized."""
        return self.read(0, min(HEAD_BYTES, self.size))

    def text_beside(self, suffix: str) -> str:
        """Return the text of the file with the same name and another ``suffix``, or nothing if there is none."""
        try:
            return self.path.with_suffix(suffix).read_text(encoding="utf-8", errors="replace")[:100_000]
        except (OSError, ValueError):
            return ""

    def beside(self, name: str) -> Source | None:
        """Return the file of that name in the same folder, or None."""
        path = self.path.with_name(name)
        return Source(path, name, path.stat().st_size) if path.is_file() else None


def open_source(path: Path, readable: tuple[str, ...]) -> Source:
    """Return the source in a file; of a .zip file, the only file in it with one of the suffixes ``readable``.

    Raise OSError if the file cannot be read, ElevationError if nothing can be unpacked from it.
    """
    if path.is_dir():
        raise UnsupportedElevationError("it is a folder, not a file")
    size = path.stat().st_size
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"PK\3\4":
        return _of_zip(path, readable)
    if magic[:2] == b"\x1f\x8b":
        return _of_gzip(path)
    return Source(path, path.name, size)


def _of_zip(path: Path, readable: tuple[str, ...]) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            models = [each for each in archive.infolist() if each.filename.lower().endswith(readable)]
            if len(models) != 1:
                raise UnsupportedElevationError(
                    "it is a .zip file with {count} elevation models, not one: unpack it", count=len(models)
                )
            _refuse_large(models[0].file_size)
            with archive.open(models[0]) as file:
                data = file.read(MAX_UNPACKED + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        # RuntimeError: the file is encrypted.
        raise ElevationError("it is a .zip file that cannot be unpacked ({reason})", reason=str(error)) from error
    _refuse_large(len(data))
    return Source(path, Path(models[0].filename).name, len(data), data)


def _of_gzip(path: Path) -> Source:
    try:
        with gzip.open(path) as file:
            data = file.read(MAX_UNPACKED + 1)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise ElevationError("it is a .gz file that cannot be unpacked ({reason})", reason=str(error)) from error
    _refuse_large(len(data))
    return Source(path, path.stem, len(data), data)


def _refuse_large(size: int) -> None:
    if size > MAX_UNPACKED:
        raise ElevationError(
            "it is larger than {limit:.0f} MB when unpacked: unpack it to a file", limit=MAX_UNPACKED / 1e6
        )
