# SPDX-License-Identifier: GPL-3.0-or-later
"""Work units: division of the images, and serialization."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch.work_unit import WorkUnit, read_unit, split_into_blocks, write_unit
from solar_site_addon.generator.dataset.layout import batch_name, image_index, image_name
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.settings.schema import Settings, with_values


@given(st.sets(st.integers(0, 10_000), max_size=200).map(sorted), st.integers(1, 40))
def test_blocks_contain_everything_once_in_order_and_have_similar_lengths(indices: list[int], count: int) -> None:
    blocks = split_into_blocks(indices, count)
    assert [index for block in blocks for index in block] == indices
    assert len(blocks) == min(count, len(indices))
    lengths = {len(block) for block in blocks}
    assert not lengths or (min(lengths) >= 1 and max(lengths) - min(lengths) <= 1)


@given(st.sets(st.integers(0, 300), max_size=120).map(sorted), st.integers(1, 12), st.integers(1, 9))
def test_the_views_of_a_site_stay_together(indices: list[int], count: int, views_per_site: int) -> None:
    blocks = split_into_blocks(indices, count, views_per_site)
    assert [index for block in blocks for index in block] == indices
    sites = [{index // views_per_site for index in block} for block in blocks]
    num_sites = len(set().union(*sites))
    assert sum(map(len, sites)) == num_sites
    assert len(blocks) == min(count, num_sites)
    assert all(blocks)


def test_complete_sites_are_distributed_evenly() -> None:
    assert [len(block) for block in split_into_blocks(range(24), 3, 4)] == [8, 8, 8]
    assert [len(block) for block in split_into_blocks(range(22), 4, 4)] == [4, 4, 8, 6]


def test_names_grow_with_their_numbers() -> None:
    assert (batch_name(3), batch_name(123)) == ("batch_03", "batch_123")
    assert (image_name(7), image_name(12345)) == ("image_0007", "image_12345")
    assert [image_index(name) for name in ("image_0007", ".image_12345.partial", "image_7")] == [7, 12345, None]


def test_a_unit_survives_writing_and_reading(tmp_path: Path) -> None:
    settings = with_values(Settings(), {"site.relief": [0.1, 0.30000000000000004], "camera.width_px": 64})
    unit = WorkUnit(settings, 2**53 - 1, (3, 4, 9), "batch_01", "cuda", use_gpu=False, views_per_site=3)
    write_unit(tmp_path / "unit.json", unit)
    assert read_unit(tmp_path / "unit.json") == unit


def test_a_unit_contains_nothing_specific_to_one_machine(tmp_path: Path) -> None:
    write_unit(tmp_path / "unit.json", WorkUnit(Settings(), 0, (0,), "batch_00", "auto", use_gpu=True))
    text = (tmp_path / "unit.json").read_text()
    assert str(tmp_path) not in text
    names = {"schema", "settings", "base_seed", "views_per_site", "indices", "folder", "device", "use_gpu"}
    assert set(json.loads(text)) == names


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 2}', '{"schema": 1, "settings": {}, "base_seed": "x"}'])
def test_an_invalid_unit_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "unit.json").write_text(text)
    with pytest.raises(SolarSiteError, match=r"unit\.json"):
        read_unit(tmp_path / "unit.json")
