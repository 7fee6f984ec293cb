# SPDX-License-Identifier: GPL-3.0-or-later
"""Input files that settings name: paths that hold anywhere, and checksums of the content.

Standard library only: the launcher imports this module where neither bpy nor numpy is installed.
"""

from __future__ import annotations

import errno
import hashlib
import stat
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from ..domain.errors import SettingsError
from ..domain.messages import Message, SettingName, system_reason
from .schema import Settings, named_files, with_values
from .texture_sets import GROUND_IMAGES, texture_files

State: TypeAlias = tuple[tuple[Path, int, int], ...]
"""Files with their sizes and times of change, which tell whether they have to be read again."""
_NO_FILE = Message("not a regular file")
_BESIDE = (
    *(".prj", ".hdr"),
    *(".tfw", ".tifw", ".tiffw", ".pgw", ".pngw", ".jgw", ".jpgw", ".jpegw", ".wld"),
)
"""Endings of files that describe elevation models and orthophotos: coordinate system, header, position."""


def with_absolute_paths(settings: Settings) -> Settings:
    """Return the settings with absolute paths of input files, which mean the same in any working folder."""
    return with_values(
        settings, {name: str(Path(path).expanduser().absolute()) for name, path in named_files(settings).items()}
    )


def files_sha256(settings: Settings) -> dict[str, str]:
    """Return the checksums of the files that the settings name, by setting; raise SettingsError if one is unreadable.

    Samples depend on the content of these files, not on their paths. Files beside them that describe them count, too.
    """
    checksums = {}
    for name, path in named_files(settings).items():
        try:
            if name == GROUND_IMAGES:
                checksums[name] = _sha256_of_folder(Path(path).expanduser(), states_of(texture_files(path)))
            elif Path(path).expanduser().is_dir():  # some formats of elevation models are folders
                folder = Path(path).expanduser()
                files = sorted(each for each in folder.iterdir() if each.is_file())
                checksums[name] = _sha256_of_folder(folder, states_of(files))
            else:
                checksums[name] = _sha256(state_of(Path(path).expanduser()))
        except OSError as error:
            raise SettingsError(
                "{setting} = {file} cannot be read ({reason}).",
                setting=SettingName(name),
                file=path,
                reason=system_reason(error),
            ) from error
    return checksums


def state_of(path: Path) -> State:
    """Return path, size and time of change of a file and of those beside it that describe it; raise OSError."""
    model = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    beside = [model.with_suffix(ending) for suffix in _BESIDE for ending in (suffix, suffix.upper())]
    beside += [path.with_name(f"{path.name}.msk"), path.with_name(f"{path.name}.aux.xml")]
    # Where capitals make no difference, the same file would be listed twice.
    found = {(each.stat().st_dev, each.stat().st_ino): each for each in beside if each.is_file()}
    return states_of((path, *found.values()))


def states_of(paths: Iterable[Path]) -> State:
    """Return path, size and time of change of each file or folder; raise OSError."""
    stats = [(each, each.stat()) for each in paths]
    if any(not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)) for _, found in stats):
        raise OSError(errno.EINVAL, _NO_FILE.template)  # a pipe would be waited for
    return tuple((each, found.st_size, found.st_mtime_ns) for each, found in stats)


@lru_cache(maxsize=8)
def _sha256(state: State) -> str:
    whole = hashlib.sha256()
    for path, _, _ in state:
        _add_content(whole, path)
    return whole.hexdigest()


@lru_cache(maxsize=8)
def _sha256_of_folder(folder: Path, state: State) -> str:
    """Return the checksum of names and contents: names within the folder tell what the files mean."""
    whole = hashlib.sha256()
    for path, size, _ in state:
        whole.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode(errors="surrogateescape"))
        _add_content(whole, path)
    return whole.hexdigest()


def _add_content(whole: hashlib._Hash, path: Path) -> None:
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            whole.update(data)
