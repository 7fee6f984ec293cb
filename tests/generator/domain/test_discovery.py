# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder is a registry: each file in it is an entry by its name."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from solar_site_addon.generator.domain.discovery import load_modules, module_names


def test_entries_are_the_files_in_the_order_of_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "entries_of_a_test"
    package.mkdir()
    for name in ("__init__", "pear", "apple", "_shared"):
        (package / f"{name}.py").write_text(f"NAME = {name!r}\n")
    (package / "notes.txt").touch()
    (package / "data").mkdir()
    assert module_names(package) == ("apple", "pear")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        loaded = load_modules(importlib.import_module(package.name))
        assert list(loaded) == ["apple", "pear"]
        assert [module.NAME for module in loaded.values()] == ["apple", "pear"]
    finally:
        for name in [name for name in sys.modules if name.startswith(package.name)]:
            del sys.modules[name]


def test_a_folder_without_files_has_no_entries(tmp_path: Path) -> None:
    assert module_names(tmp_path) == ()
