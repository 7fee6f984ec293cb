# SPDX-License-Identifier: GPL-3.0-or-later
"""A file is the old one or the new one, and on disk before it has its name."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from solar_site_addon.generator.domain.atomic_files import (
    hidden_path,
    replace_json,
    replacing_file,
    replacing_path,
    write_durably,
)


def test_a_file_is_replaced_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with replacing_file(path) as file:
        file.write("ü\n")
        assert not path.exists()
    assert path.read_bytes() == "ü\n".encode()
    assert list(path.parent.iterdir()) == [path]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    replace_json(path, {"old": True})
    with pytest.raises(TypeError):
        replace_json(path, {"new": object()})
    with pytest.raises(KeyError), replacing_path(path) as hidden:
        half_written(hidden)
    assert json.loads(path.read_text()) == {"old": True}
    assert list(tmp_path.iterdir()) == [path]


def half_written(path: Path) -> None:
    path.write_bytes(b"half")
    raise KeyError


def test_the_hidden_name_lies_beside_the_file() -> None:
    assert hidden_path(Path("out/run.json")) == Path("out/.run.json.partial")


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems flush folders")
def test_data_and_names_are_flushed_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_sync(descriptor: int) -> None:
        steps.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        fsync(descriptor)

    def note_replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not tell what a descriptor is")
    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    replace_json(tmp_path / "a.json", {})
    assert steps == ["sync .a.json.partial", "rename", f"sync {tmp_path.name}"]
    write_durably(tmp_path / "b", b"data")
    assert steps[-1] == "sync b"
