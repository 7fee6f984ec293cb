# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of elevation models, read by parts: plain files, and the one model in a .zip or .gz file."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ....domain.errors import ElevationError, UnrecognizedElevationError, UnsupportedElevationError
from ....domain.messages import Message

MAX_UNPACKED = 600_000_000
"""Most bytes that are unpacked from a .zip or .gz file into memory."""
HEAD_BYTES = 4096
_MAX_BESIDE = 100_000
"""Most bytes of a file that describes another one."""
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
    packed_beside: Mapping[str, bytes] | None = None
    """Small files in the same folder of a .zip file, by name in lower case."""

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

    def text_beside(self, *suffixes: str) -> str:
        """Return the text of the first file with the same name and one of these endings, or nothing."""
        texts = (self.text_of(Path(self.name).with_suffix(suffix).name) for suffix in suffixes)
        return next(filter(None, texts), "")

    def text_of(self, name: str) -> str:
        """Return the text of a file in the same folder, or nothing if there is none. Its ending may be in capitals."""
        return (self._bytes_of(name) or self._bytes_of(_capital_ending(name))).decode("utf-8", errors="replace")

    def _bytes_of(self, name: str) -> bytes:
        if self.packed_beside is not None:
            return self.packed_beside.get(name.lower(), b"")
        try:
            with self.path.with_name(name).open("rb") as file:
                return file.read(_MAX_BESIDE)
        except (OSError, ValueError):
            return b""

    def beside(self, name: str) -> Source | None:
        """Return the file of that name in the same folder, or None."""
        path = self.path.with_name(name)
        return Source(path, name, path.stat().st_size) if path.is_file() else None


def _capital_ending(name: str) -> str:
    path = Path(name)
    return path.with_suffix(path.suffix.upper()).name


def open_source(path: Path, rank: Callable[[str, bytes], int]) -> Source:
    """Return the source in a file; of a .zip file, the one file in it that ranks highest.

    ``rank`` tells from name and first bytes how surely a file is an elevation model: 0 if it is none.
    Raise OSError if the file cannot be read, ElevationError if nothing can be unpacked from it.
    """
    if path.is_dir():
        raise UnrecognizedElevationError("it is a folder, not a file")
    size = path.stat().st_size
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"PK\3\4":
        return _of_zip(path, rank)
    if magic[:2] == b"\x1f\x8b":
        return _of_gzip(path)
    return Source(path, path.name, size)


def _of_zip(path: Path, rank: Callable[[str, bytes], int]) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            ranks = {each: _rank(archive, each, rank) for each in archive.infolist()}
            models = [each for each in ranks if 0 < ranks[each] == max(ranks.values())]
            if not models:
                raise UnrecognizedElevationError("no file in it is an elevation model that is read here")
            if len(models) > 1:
                raise UnsupportedElevationError(
                    "it is a .zip file with {count} elevation models, not one", count=len(models)
                )
            _refuse_large(models[0].file_size)
            with archive.open(models[0]) as file:
                data = file.read(MAX_UNPACKED + 1)
            beside = _small_files(archive, Path(models[0].filename).parent)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        # OSError and ValueError: places and names in it are damaged; RuntimeError: it is encrypted.
        raise ElevationError("it is a .zip file that cannot be unpacked ({reason})", reason=str(error)) from error
    _refuse_large(len(data))
    return Source(path, Path(models[0].filename).name, len(data), data, beside)


def _rank(archive: zipfile.ZipFile, member: zipfile.ZipInfo, rank: Callable[[str, bytes], int]) -> int:
    name = Path(member.filename)
    if member.is_dir() or name.name.startswith("._"):  # of macOS
        return 0
    with archive.open(member) as file:
        return rank(name.name, file.read(HEAD_BYTES))


def _small_files(archive: zipfile.ZipFile, folder: Path) -> dict[str, bytes]:
    files = (each for each in archive.infolist() if Path(each.filename).parent == folder and not each.is_dir())
    return {Path(each.filename).name.lower(): archive.read(each) for each in files if each.file_size <= _MAX_BESIDE}


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
