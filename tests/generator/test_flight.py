# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of one site: an image only depends on settings, seed of the site and view, not on images made before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.domain.numbering import image_number  # noqa: E402
from solar_site_addon.generator.pipeline import built_site, make_view, prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.ownership import owned_blocks  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

pytestmark = pytest.mark.bpy

SEED, VIEWS = 5, 4
SETTINGS = with_values(
    Settings(),
    {
        "site.size_m": 150,
        "camera.width_px": 64,
        "camera.height_px": 48,
        "camera.model": ["mavic_3e", "mavic_3t"],
        "light.weather": ["clear", "cloud_shadows", "overcast"],
        "effects.distortion": [-0.1, 0.1],
        "render.max_samples": 1,
        "render.normals": True,
    },
)


def make_views(folder: Path, views: Sequence[int]) -> None:
    renderer = prepare_renderer("cpu", use_gpu=False, threads=2)
    with built_site(SETTINGS, SEED) as site:
        for view in views:
            make_view(site, SETTINGS, image_number(view, SEED, VIEWS), folder / f"image_{view:04d}", renderer)
    assert owned_blocks() == []


def contents(folder: Path) -> dict[str, bytes]:
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in sorted(folder.glob("image_*/*"))}


@pytest.fixture(scope="module")
def in_turn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all views, made one after the other in one process."""
    folder = tmp_path_factory.mktemp("flight") / "batch_00"
    make_views(folder, range(VIEWS))
    return folder


@pytest.fixture(scope="module")
def samples(in_turn: Path) -> list[dict[str, Any]]:
    return [json.loads((in_turn / f"image_{view:04d}" / "sample.json").read_text()) for view in range(VIEWS)]


def test_an_image_does_not_depend_on_earlier_ones(in_turn: Path, tmp_path: Path) -> None:
    expected = contents(in_turn)
    assert len(expected) == 6 * VIEWS
    make_views(tmp_path / "another order", [3, 1, 0, 2])
    assert contents(tmp_path / "another order") == expected
    for view in range(VIEWS):
        make_views(tmp_path / "alone", [view])
    assert contents(tmp_path / "alone") == expected


def test_the_views_differ_in_everything_that_an_earlier_view_could_leave_behind(samples: list[dict[str, Any]]) -> None:
    assert len({sample["drawn"]["light"]["weather"] for sample in samples}) > 1
    assert len({sample["drawn"]["camera"]["model"] for sample in samples}) > 1
    assert len({sample["sun"]["azimuth_deg"] for sample in samples}) == VIEWS


def test_samples_name_site_and_view(samples: list[dict[str, Any]]) -> None:
    assert [sample["view"] for sample in samples] == list(range(VIEWS))
    assert {(sample["site"], sample["seed"]) for sample in samples} == {(0, SEED)}


def test_two_views_agree_on_their_common_objects(samples: list[dict[str, Any]]) -> None:
    known: dict[int, Any] = {}
    shared = 0
    for sample in samples:
        for one in sample["objects"]:
            names = ("site_id", "category", "parent", "corners_world", "kind", "row", "column", "condition", "dust")
            what = {name: one.get(name) for name in names}
            shared += one["id"] in known
            assert known.setdefault(one["id"], what) == what
    assert shared > 20
