# SPDX-License-Identifier: GPL-3.0-or-later
"""Piles and marks in Blender: one instance for each, at its place, and with its number."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.plan.array.piles import plan_pile_type  # noqa: E402
from solar_site_addon.generator.plan.construction.marks import MarkKind, Marks  # noqa: E402
from solar_site_addon.generator.plan.model import Site  # noqa: E402
from solar_site_addon.generator.plan.numerics.columns import rows_of  # noqa: E402
from solar_site_addon.generator.scene.ground import SOILS  # noqa: E402
from solar_site_addon.generator.scene.marks import build_marks  # noqa: E402
from solar_site_addon.generator.scene.ownership import remove_owned  # noqa: E402
from solar_site_addon.generator.scene.piles import build_piles  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

from ..planned import planned_site  # noqa: E402

pytestmark = pytest.mark.bpy


@pytest.fixture(scope="module")
def site() -> Site:
    return planned_site(with_values(Settings(), {"site.size_m": 120.0, "array.progress": 0.4, "array.piles": "phc"}), 4)


@pytest.fixture(autouse=True)
def _nothing_is_left():
    yield
    remove_owned()


def seen(part) -> list[np.ndarray]:
    bpy.context.scene.collection.objects.link(part)
    graph = bpy.context.evaluated_depsgraph_get()
    return [np.array(instance.matrix_world) for instance in graph.object_instances if instance.is_instance]


def test_a_pile_that_stands_is_one_instance_at_its_head(site: Site) -> None:
    (part,) = build_piles(site.pile_type, site.piles, 1000)
    standing = rows_of(site.piles, site.piles.standing)
    matrices = seen(part)
    assert len(matrices) == len(standing)
    found = np.array([matrix[:3, 3] for matrix in matrices])
    order = [np.lexsort(np.round(places, 3).T) for places in (found, standing.head)]
    np.testing.assert_allclose(found[order[0]], standing.head[order[1]], atol=1e-3)
    axes = np.array([matrix[:3, 2] for matrix in matrices])
    np.testing.assert_allclose(axes[order[0]], standing.axis[order[1]], atol=1e-5)


def test_the_number_of_a_pile_counts_those_that_are_only_planned(site: Site) -> None:
    (part,) = build_piles(site.pile_type, site.piles, 1000)
    colour = np.empty(4 * len(part.data.vertices), dtype=np.float32)
    part.data.attributes["instance_colour"].data.foreach_get("color", colour)
    numbers = colour.reshape(-1, 4)[:, 3]
    np.testing.assert_array_equal(numbers, 1000 + np.flatnonzero(site.piles.standing))
    assert np.diff(numbers).max() > 1


def test_nothing_is_built_where_nothing_stands(site: Site) -> None:
    none = dataclasses.replace(site.piles, standing=np.zeros(len(site.piles), np.bool_))
    assert build_piles(plan_pile_type("helical", 1), none, 1) == []
    assert build_marks(rows_of(site.marks, slice(0)), SOILS["red"]) == []


def test_marks_are_instances_in_the_colors_of_their_kind(site: Site) -> None:
    (part,) = build_marks(site.marks, SOILS["red"])
    assert len(seen(part)) == len(site.marks)
    colour = np.empty(4 * len(site.marks), dtype=np.float32)
    part.data.attributes["instance_colour"].data.foreach_get("color", colour)
    colour = colour.reshape(-1, 4)[:, :3]

    def mean(marks: Marks, kind: MarkKind) -> np.ndarray:
        return colour[marks.kind == kind].mean(axis=0)

    dark, light = (np.array(tone[:3]) for tone in SOILS["red"])
    for kind in (MarkKind.SPOIL, MarkKind.TRACK):
        assert (mean(site.marks, kind) > dark).all()
        assert (mean(site.marks, kind) < light).all()
    assert mean(site.marks, MarkKind.LIME).min() > 0.5
