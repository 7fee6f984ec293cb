# SPDX-License-Identifier: GPL-3.0-or-later
"""A half sample is removed; whatever else lies in its place is named, and left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from solar_site_addon.generator.dataset.half_sample import hidden_folder, obstacle, remove_half_sample
from solar_site_addon.generator.domain.errors import SettingsError


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A folder with two of the files of a sample."""
    folder = tmp_path / "image_0003"
    folder.mkdir()
    (folder / "rgb.png").write_bytes(b"half")
    (folder / "semantic.png").write_bytes(b"half")
    return folder


def test_files_are_written_beside_the_sample_under_a_hidden_name(sample: Path) -> None:
    assert hidden_folder(sample) == sample.parent / ".image_0003.partial"


def test_an_incomplete_sample_is_removed_and_a_missing_one_is_ignored(sample: Path) -> None:
    assert obstacle(sample) is None
    remove_half_sample(sample)
    assert not sample.exists()
    remove_half_sample(sample)


@pytest.mark.parametrize("name", ["my_notes.txt", "rgb.png.bak", "rgb"])
def test_with_any_other_file_nothing_is_removed(sample: Path, name: str) -> None:
    (sample / name).write_text("mine")
    assert obstacle(sample) == sample / name
    with pytest.raises(SettingsError, match=name):
        remove_half_sample(sample)
    assert {path.name for path in sample.iterdir()} == {name, "rgb.png", "semantic.png"}


def test_folders_links_and_files_in_its_place_are_not_removed(sample: Path, tmp_path: Path) -> None:
    link = tmp_path / "image_0004"
    link.symlink_to(sample, target_is_directory=True)
    file = tmp_path / "image_0005"
    file.write_text("mine")
    dangling = tmp_path / "image_0006"
    dangling.symlink_to(tmp_path / "nowhere")
    for path in (link, file, dangling):
        assert obstacle(path) == path
        with pytest.raises(SettingsError, match=path.name):
            remove_half_sample(path)
        assert path.is_symlink() or path.exists()
    (sample / "sample.json").mkdir()
    assert obstacle(sample) == sample / "sample.json"


def test_a_sample_of_another_schema_is_not_removed(sample: Path) -> None:
    (sample / "sample.json").write_text('{"schema": 99}')
    assert obstacle(sample) == sample / "sample.json"
    (sample / "sample.json").write_text('{"schema"')
    assert obstacle(sample) is None, "cut short, so it never became whole"
