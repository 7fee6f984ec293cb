# SPDX-License-Identifier: GPL-3.0-or-later
"""dataset.json is written and read line by line, and is plain JSON for everybody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.generator.dataset import dataset_json
from solar_site_addon.generator.dataset.dataset_json import collecting_entries, read_dataset_head, read_entries

HEAD: dict[str, Any] = {"schema": 2, "failures": [{"index": 0, "message": '\n  "samples": [\n'}], "categories": []}


def entry(index: int) -> Any:
    return {"index": index, "path": f"batch_00/image_{index:04d}", "sha256": {"rgb.png": "ä" * 8}}


@pytest.mark.parametrize(("number", "in_memory"), [(0, 100), (1, 100), (500, 100), (500, 1 << 20)])
def test_what_is_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, in_memory: int) -> None:
    monkeypatch.setattr(dataset_json, "_IN_MEMORY", in_memory)
    path = tmp_path / "dataset.json"
    with collecting_entries(tmp_path) as entries:
        for index in range(number):
            entries.add(entry(index))
        entries.write(path, HEAD)
    samples = [entry(index) for index in range(number)]
    assert json.loads(path.read_text(encoding="utf-8")) == {**HEAD, "samples": samples}
    assert read_dataset_head(path) == {**HEAD, "samples": []}
    assert list(read_entries(path)) == samples
    assert [file.name for file in tmp_path.iterdir()] == ["dataset.json"]


def test_other_layouts_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({**HEAD, "samples": [entry(0)]}), encoding="utf-8")
    assert read_dataset_head(path)["samples"] == [entry(0)]
    assert list(read_entries(path)) == [entry(0)]


def test_what_comes_before_a_damaged_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "dataset.json"
    with collecting_entries(tmp_path) as entries:
        for index in range(3):
            entries.add(entry(index))
        entries.write(path, HEAD)
    path.write_bytes(path.read_bytes().replace(b'"index": 1', b'"index" 1'))
    assert read_dataset_head(path) == {**HEAD, "samples": []}
    found = read_entries(path)
    assert next(found) == entry(0)
    with pytest.raises(ValueError, match="delimiter"):
        next(found)


def test_half_a_surrogate_pair_that_somebody_wrote_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "dataset.json"
    with collecting_entries(tmp_path) as entries:
        entries.write(path, {"seed": "\ud800"})
    assert read_dataset_head(path)["seed"] == "\ud800"
