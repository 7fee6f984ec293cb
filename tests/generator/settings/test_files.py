# SPDX-License-Identifier: GPL-3.0-or-later
"""Input files count by their content, and their paths hold in any working folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.settings.files import files_sha256, with_absolute_paths
from solar_site_addon.generator.settings.schema import Settings, named_files, settings_sha256, with_values


def named(path: object) -> Settings:
    return with_values(Settings(), {"site.elevation_model": str(path)})


def test_checksums_are_those_of_the_content_and_follow_its_changes(tmp_path: Path) -> None:
    file = tmp_path / "a.asc"
    for content in (b"one", b"other"):
        file.write_bytes(content)
        assert files_sha256(named(file)) == {"site.elevation_model": hashlib.sha256(content).hexdigest()}
    assert files_sha256(Settings()) == {}


def test_files_that_describe_a_model_count_as_its_content(tmp_path: Path) -> None:
    model = tmp_path / "a.flt"
    model.write_bytes(b"numbers")
    alone = files_sha256(named(model))
    (tmp_path / "a.hdr").write_text("ncols 5")
    (tmp_path / "a.txt").write_text("about")
    with_header = files_sha256(named(model))
    (tmp_path / "a.hdr").write_text("ncols 6")
    assert len({str(each) for each in (alone, with_header, files_sha256(named(model)))}) == 3


def test_the_checksum_of_settings_counts_whether_a_file_is_named_not_its_path() -> None:
    assert settings_sha256(named("a.asc")) == settings_sha256(named("/b.asc")) != settings_sha256(Settings())
    assert settings_sha256(named("a.asc"), paths=True) != settings_sha256(named("/b.asc"), paths=True)


def test_paths_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    paths = [named_files(with_absolute_paths(named(path)))["site.elevation_model"] for path in ("a.asc", "~/a.asc")]
    assert paths == [str(tmp_path / "a.asc"), str(tmp_path / "home" / "a.asc")]
    assert with_absolute_paths(Settings()) == Settings()


def test_a_missing_file_is_named() -> None:
    with pytest.raises(SettingsError, match=r"site.elevation_model = /nowhere/a.asc cannot be read \(No such file"):
        files_sha256(named("/nowhere/a.asc"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "land.tif")
    with pytest.raises(SettingsError, match="not a regular file"):
        files_sha256(named(tmp_path / "land.tif"))
