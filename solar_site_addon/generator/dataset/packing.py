# SPDX-License-Identifier: GPL-3.0-or-later
"""Packing of samples into tar files (shards) in the layout of WebDataset, which training frameworks stream.

TARGET/train-000000.tar ...   samples of a subset, in the order of their indices
TARGET/index.jsonl            one line for each shard

In a tar file, the files of a sample follow each other and share its name: image_0000.rgb.png, image_0000.sample.json.
The same samples give the same bytes. A shard appears when it is complete and is then listed, so that packing continues
where it was interrupted; further samples change only the last shard of each subset. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple, TypedDict

from ..domain.atomic_files import hidden_path, replacing_file, replacing_path
from ..domain.errors import SolarSiteError
from ..domain.json_file import RECORD_BYTES, opened, parse_json, read_bytes
from ..settings.types import Setting, Spec
from .files import DAMAGE, SAMPLE_JSON, damaged, file_sha256, read_head, read_sample
from .new_folder import exists_already
from .schema import SampleHead
from .splits import SUBSETS, Split

WEBDATASET = "webdataset"
PACK = Setting(
    "pack",
    str,
    WEBDATASET,
    Spec("Layout of tar files to pack the samples into, in OUT/webdataset", choices=(WEBDATASET,)),
)
SHARD_MB = Setting(
    "shard_mb",
    int,
    1000,
    Spec("Size from which a tar file takes no further sample", "MB", minimum=1, maximum=1_000_000),
)
INDEX = "index.jsonl"
HEAD = {"made_by": "Solar Site", "format": WEBDATASET}
"""First line of the index, which identifies it as ours."""
_SHARD_NAME = re.compile(rf"({'|'.join(SUBSETS)})-\d{{6,}}\.tar", re.ASCII)


class Line(TypedDict):
    """A line of the index."""

    shard: str
    samples: int
    first: int
    """Index of the first sample."""
    last: int
    bytes: int
    sha256: str
    """Checksum of the tar file."""
    members_sha256: str
    """Checksum of the names and checksums of its members."""


class Member(NamedTuple):
    """A file of a sample in a tar file."""

    source: Path
    name: str
    sha256: str


@dataclass
class Shard:
    """Samples that go into one tar file. Their files are not in memory."""

    name: str
    members: list[Member] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    size: int = 0
    """Bytes of the files."""

    def add(self, folder: Path, head: SampleHead) -> None:
        """Add all files of a sample."""
        checksums = {name: file["sha256"] for name, file in head["files"].items()}
        checksums[SAMPLE_JSON] = file_sha256(folder / SAMPLE_JSON)
        for name, checksum in sorted(checksums.items()):
            self.members.append(Member(folder / name, f"{folder.name}.{name}", checksum))
            self.size += (folder / name).stat().st_size
        self.indices.append(head["index"])

    def members_sha256(self) -> str:
        """Return the checksum of the names and checksums of the members."""
        return hashlib.sha256(json.dumps([member[1:] for member in self.members]).encode()).hexdigest()


def pack(samples: Iterable[Path], target: Path, split: Split, shard_bytes: int) -> list[Line]:
    """Pack ``samples`` (folders in order) into shards of at least ``shard_bytes`` each; return the lines of the index.

    Shards of an earlier run with the same members are kept; the others that are listed are replaced or removed. Raise
    SettingsError if ``target`` holds anything else, SolarSiteError if a sample is damaged.
    """
    known = _read_index(target)
    _write_index(target, known.values())
    lines = []
    with (target / INDEX).open("a", encoding="utf-8", newline="\n") as index:
        for shard in _shards(samples, split, shard_bytes):
            line = known.get(shard.name)
            if line is None or not _holds(target, line, shard):
                line = _write(shard, target)
                _append(index, line)
            lines.append(line)
    lines.sort(key=lambda line: line["shard"])
    _remove_old(target, known.keys() - {line["shard"] for line in lines})
    _write_index(target, lines)
    return lines


def _shards(samples: Iterable[Path], split: Split, shard_bytes: int) -> Iterator[Shard]:
    """Yield shards as soon as they are full; only those that are being filled are in memory."""
    numbers = dict.fromkeys(SUBSETS, 0)
    filling: dict[str, Shard] = {}
    for folder in samples:
        head = read_head(folder)
        if head is None:
            raise damaged(folder / SAMPLE_JSON, ValueError("the sample is no longer complete"))
        subset = split.subset_of(head["site"])
        shard = filling.setdefault(subset, Shard(f"{subset}-{numbers[subset]:06d}.tar"))
        shard.add(folder, head)
        if shard.size >= shard_bytes:
            numbers[subset] += 1
            yield filling.pop(subset)
    yield from filling.values()


def _holds(target: Path, line: Line, shard: Shard) -> bool:
    """Return whether the tar file of an earlier run has the members of ``shard`` and its full size."""
    path = target / shard.name
    same = line["members_sha256"] == shard.members_sha256()
    return same and path.is_file() and path.stat().st_size == line["bytes"]


def _write(shard: Shard, target: Path) -> Line:
    """Write a tar file and return its line of the index."""
    path = target / shard.name
    with replacing_path(path) as hidden:
        with tarfile.open(hidden, "w", format=tarfile.PAX_FORMAT) as tar:
            for member in shard.members:
                _add(tar, member)
        checksum = file_sha256(hidden)
    return {
        "shard": shard.name,
        "samples": len(shard.indices),
        "first": shard.indices[0],
        "last": shard.indices[-1],
        "bytes": path.stat().st_size,
        "sha256": checksum,
        "members_sha256": shard.members_sha256(),
    }


def _add(tar: tarfile.TarFile, member: Member) -> None:
    """Add a file without its time, owner and permissions.

    Raise SolarSiteError if it differs from its checksum, or is a damaged sample.json.
    """
    if member.source.name == SAMPLE_JSON:
        read_sample(member.source.parent)
    with opened(member.source) as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != member.sha256:
            raise SolarSiteError(
                "{file} differs from its checksum: run batch.py with {flags}.",
                file=member.source,
                flags="--verify --remake",
            )
        entry = tarfile.TarInfo(member.name)
        entry.size = file.tell()
        file.seek(0)
        tar.addfile(entry, file)


def _append(index: IO[str], line: Line) -> None:
    index.write(json.dumps(line) + "\n")
    index.flush()
    os.fsync(index.fileno())


def _write_index(target: Path, lines: Iterable[Line]) -> None:
    with replacing_file(target / INDEX) as file:
        file.writelines(json.dumps(line) + "\n" for line in (HEAD, *lines))


def _remove_old(target: Path, names: Iterable[str]) -> None:
    """Remove the shards ``names`` of an earlier run, and what killed runs left half-written."""
    for name in names:
        (target / name).unlink(missing_ok=True)
    for path in target.glob(".*.partial"):
        if _SHARD_NAME.fullmatch(path.name.removeprefix(".").removesuffix(".partial")):
            path.unlink()


def _read_index(target: Path) -> dict[str, Line]:
    """Return the lines of our index by shard, none if there is no index.

    Raise SettingsError if ``target`` is neither empty nor ours.
    """
    try:
        first, *lines = read_bytes(target / INDEX, RECORD_BYTES).splitlines()
        if parse_json(first) != HEAD:
            raise exists_already(target)
    except FileNotFoundError:
        left = [path for path in target.iterdir() if path != hidden_path(target / INDEX)] if target.exists() else []
        if left:
            raise exists_already(target) from None
        return {}
    except (NotADirectoryError, IsADirectoryError, *DAMAGE) as error:
        raise exists_already(target) from error
    return {line["shard"]: line for text in lines if (line := _parsed(text)) is not None}


def _parsed(text: bytes) -> Line | None:
    """Return a line of the index, None for a damaged one: the process may have died while it wrote."""
    try:
        line: Line = parse_json(text)
        texts = [line["sha256"], line["members_sha256"]]
        numbers = [line["samples"], line["first"], line["last"], line["bytes"]]
        known = all(isinstance(one, str) for one in texts) and all(isinstance(one, int) for one in numbers)
        return (
            line
            if known and _SHARD_NAME.fullmatch(line["shard"]) and line.keys() == Line.__annotations__.keys()
            else None
        )
    except DAMAGE:
        return None
