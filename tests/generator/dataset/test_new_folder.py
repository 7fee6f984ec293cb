# SPDX-License-Identifier: GPL-3.0-or-later
"""A new folder is complete or absent, and never takes the place of another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from solar_site_addon.generator.dataset.new_folder import in_processes, new_folder, refuse_existing
from solar_site_addon.generator.domain.errors import SettingsError


def test_the_folder_appears_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "tiles"
    with new_folder(target) as hidden:
        (hidden / "a").touch()
        assert not target.exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["tiles", "a"]


def interrupted(target: Path) -> None:
    with new_folder(target) as hidden:
        (hidden / "a").touch()
        raise KeyboardInterrupt


def test_after_an_error_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "tiles")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["tiles", ".tiles.partial"])
def test_what_is_there_is_kept(tmp_path: Path, name: str) -> None:
    refuse_existing(tmp_path / "tiles")
    (tmp_path / name).mkdir()
    refuse_existing(tmp_path / "tiles")
    (tmp_path / name / "mine").touch()
    with pytest.raises(SettingsError, match="exists already: remove it, or choose another folder with --to"):
        refuse_existing(tmp_path / "tiles")


def test_results_of_all_jobs_are_added() -> None:
    assert in_processes(int, [1, 2, 3], 1) == 6
