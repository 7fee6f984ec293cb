# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder for temporary files that outlive a process, which nobody else can read, write or have prepared.

Everybody may create entries in the folder for temporary files, so a known name there may be a trap of somebody else.
"""

from __future__ import annotations

import os
import platform
import re
import stat
import tempfile
from pathlib import Path

from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import system_reason

NOT_PRIVATE = (
    "{folder} is not a folder that only you can enter: remove it, or set the environment variable TMPDIR to another "
    "folder."
)
NOT_CREATED = "{folder} cannot be created ({reason}): set the environment variable TMPDIR to a folder on a local disk."
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder() -> Path:
    """Return the folder of this user on this machine, and create it if necessary.

    Its name holds that of the machine, because several machines may have their temporary files in one place. Raise
    SolarSiteError if it cannot be created, or is a link, belongs to somebody else or is open to others.
    """
    folder = Path(tempfile.gettempdir()) / f"solar_site_{_machine()}_{_user()}"
    try:
        folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        is_private = _is_private(folder)
    except FileExistsError:
        is_private = False
    except OSError as error:
        raise SolarSiteError(NOT_CREATED, folder=folder, reason=system_reason(error)) from error
    if not is_private:
        raise SolarSiteError(NOT_PRIVATE, folder=folder)
    return folder


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", platform.node())[:64]


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _is_private(folder: Path) -> bool:
    """Return whether a folder is this user's alone; Windows has a folder for temporary files for each user."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & OTHERS)
