# SPDX-License-Identifier: GPL-3.0-or-later
"""A JSON file that cannot be read is told by name in one sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.domain.json_file import DATASET_BYTES, load_json, parse_json, read_json, read_text


def test_what_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"name": ["Höhe", 1.5, null]}', encoding="utf-8")
    assert read_json(path, "settings") == {"name": ["Höhe", 1.5, None]}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_anything_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^the settings file ") as error:
        read_json(path, "the settings file")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SettingsError, match="cannot be read"):
            read_json(path, "the settings file")


def test_files_larger_than_such_files_are_and_devices_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps("x" * 100))
    assert load_json(path, 102) == "x" * 100
    with pytest.raises(ValueError, match=r"larger than 0\.0001 MB"):
        load_json(path, 100)
    with pytest.raises(SettingsError, match=r"the settings file is not valid JSON \(it is larger than 10 MB"):
        read_json(Path("/dev/zero"), "the settings file")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(DATASET_BYTES + 1)
    with pytest.raises(ValueError, match="larger than 4000 MB"):
        load_json(path, DATASET_BYTES)


def test_a_pipe_in_a_dataset_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "sample.json")
    for path in (tmp_path / "sample.json", Path("/dev/zero")):
        with pytest.raises(ValueError, match="not a file"):
            read_text(path)


@pytest.mark.parametrize("text", ['{"a": NaN}', "[-Infinity]", b"[Infinity]"])
def test_numbers_that_json_does_not_have_are_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="is not a number in JSON"):
        parse_json(text)


def test_of_a_key_that_occurs_twice_the_last_one_counts() -> None:
    assert parse_json('{"a": 1, "a": 2}') == {"a": 2}
