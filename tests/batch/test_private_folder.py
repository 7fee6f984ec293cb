# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder for temporary files that outlive a process belongs to one user, whatever others have put in its place."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from solar_site_addon.batch.private_folder import private_folder
from solar_site_addon.generator.domain.errors import SolarSiteError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has a folder for temporary files for each user")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for temporary files of all users."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_the_same_one_each_time_and_closed_to_others_whatever_the_umask(temporary: Path) -> None:
    before = os.umask(0)
    try:
        folder = private_folder()
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert private_folder() == folder
    assert list(temporary.iterdir()) == [folder]
    assert str(os.getuid()) in folder.name


def entries(folder: Path) -> list[tuple[str, int, int]]:
    """Return name, mode and time of change of everything in ``folder``; listing it changes the time of access only."""
    states = ((path.name, path.lstat()) for path in folder.rglob("*"))
    return sorted((name, state.st_mode, state.st_mtime_ns) for name, state in states)


@pytest.mark.parametrize("kind", ["open to others", "link", "broken link", "file", "of another user"])
def test_what_somebody_else_may_have_prepared_is_refused_and_not_touched(
    kind: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = private_folder()
    folder.rmdir()
    (temporary / "elsewhere").mkdir(mode=0o700)
    if kind == "file":
        folder.write_text("mine")
    elif "link" in kind:
        folder.symlink_to(temporary / ("elsewhere" if kind == "link" else "nowhere"))
    else:
        folder.mkdir(mode=0o700)
    if kind == "open to others":
        folder.chmod(0o770)
    if kind == "of another user":
        name, uid = folder.name, os.getuid()
        folder.rename(folder.with_name(name.replace(str(uid), str(uid + 1))))
        folder = folder.with_name(name.replace(str(uid), str(uid + 1)))
        monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    before = entries(temporary)
    with pytest.raises(SolarSiteError) as caught:
        private_folder()
    assert str(caught.value).startswith(f"{folder} is not a folder that only you can enter: remove it, or set")
    assert entries(temporary) == before


def test_a_folder_for_temporary_files_that_is_gone_is_named(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "gone"))
    with pytest.raises(SolarSiteError, match=r"gone/solar_site_.* cannot be created \(No such file or directory\)"):
        private_folder()
