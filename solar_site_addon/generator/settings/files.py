# SPDX-License-Identifier: GPL-3.0-or-later
"""Input files that settings name: paths that hold anywhere, and checksums of the content.

Standard library only: the launcher imports this module where neither bpy nor numpy is installed.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from ..domain.errors import SettingsError
from ..domain.messages import SettingName, system_reason
from .schema import Settings, named_files, with_values


def with_absolute_paths(settings: Settings) -> Settings:
    """Return the settings with absolute paths of input files, which mean the same in any working folder."""
    return with_values(
        settings, {name: str(Path(path).expanduser().absolute()) for name, path in named_files(settings).items()}
    )


def files_sha256(settings: Settings) -> dict[str, str]:
    """Return the checksums of the files that the settings name, by setting; raise SettingsError if one is unreadable.

    Samples depend on the content of these files, not on their paths.
    """
    checksums = {}
    for name, path in named_files(settings).items():
        try:
            stat = Path(path).expanduser().stat()
            checksums[name] = _sha256(path, stat.st_size, stat.st_mtime_ns)
        except OSError as error:
            raise SettingsError(
                "{setting} = {file} cannot be read ({reason}).",
                setting=SettingName(name),
                file=path,
                reason=system_reason(error),
            ) from error
    return checksums


@lru_cache(maxsize=8)
def _sha256(path: str, _size: int, _modified: int) -> str:
    with Path(path).expanduser().open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
