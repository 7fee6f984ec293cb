# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams depend on their names, so adding or reordering anything changes no other draw."""

from __future__ import annotations

import collections
import dataclasses
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.domain import random_streams
from solar_site_addon.generator.domain.random_streams import ViewSeed, pick, stream, stream_seed
from solar_site_addon.generator.plan.equipment import equipment
from solar_site_addon.generator.plan.placement.items import Items
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.plan.surroundings import surroundings
from solar_site_addon.generator.plan.surroundings.kinds import van
from solar_site_addon.generator.plan.vegetation import natural
from solar_site_addon.generator.plan.view.view import plan_view
from solar_site_addon.generator.settings import sampling as draws
from solar_site_addon.generator.settings.sampling import draw_settings
from solar_site_addon.generator.settings.schema import (
    VIEW_GROUPS,
    Settings,
    differs_between_images,
    iter_settings,
    value_of,
    with_values,
)

from ..planned import Planned, planned

SMALL = with_values(
    Settings(),
    {
        "site.size_m": 120,
        "site.relief": 0.3,
        "camera.width_px": 640,
        "camera.height_px": 480,
        "surroundings.buildings": 8,
        "surroundings.vehicles": 8,
        "surroundings.materials": 12,
    },
)
SEED = 12
STANDS = (
    "terrain",
    "roads",
    "table_types",
    "tables",
    "modules",
    "piles",
    "beams",
    "ground",
    "equipment",
    "surroundings",
)
SEEN = ("camera", "sun", "weather")
"""Parts of a site, and of a view that draws random numbers of its own."""


@pytest.fixture(scope="module")
def plan() -> Planned:
    return planned(SMALL, SEED)


def planned_anew(settings: Settings) -> Planned:
    """Return the site and its first view as planned by the code as it is now, with parts replaced."""
    site = plan_site(settings, SEED)
    return Planned(site, plan_view(site, settings, 0))


def content(value: Any) -> Any:
    """Return everything that a part of a plan holds, with arrays as bytes."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if dataclasses.is_dataclass(value):
        return {field.name: content(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [content(item) for item in value]
    return value


def different(one: Planned, other: Planned) -> set[str]:
    """The parts in which two sites with their views differ, but for vegetation."""
    pairs = [(name, one.site, other.site) for name in STANDS] + [(name, one.view, other.view) for name in SEEN]
    return {name for name, ours, theirs in pairs if content(getattr(ours, name)) != content(getattr(theirs, name))}


def by_kind(rows: Any) -> dict[Any, set[Any]]:
    """The items, or the vegetation, of each kind, whatever their order."""
    found: dict[Any, set[Any]] = collections.defaultdict(set)
    names = [field.name for field in dataclasses.fields(rows) if field.name not in ("kinds", "kind")]
    kinds = rows.names if isinstance(rows, Items) else rows.kind.tolist()
    for index, kind in enumerate(kinds):
        found[kind].add(tuple(getattr(rows, name)[index].tobytes() for name in names))
    return found


def reversed_order(table: Mapping[Any, Any]) -> dict[Any, Any]:
    return dict(reversed(table.items()))


def test_streams_depend_only_on_seed_name_and_view() -> None:
    seeds = [0, 1, 2**32, 2**53 - 1, ViewSeed(0), ViewSeed(0, 1), ViewSeed(1), ViewSeed(2**32)]
    names = ["terrain", "terrain/rills", "terrain/rill", ""]
    first = {(seed, name): stream(seed, name).random(4).tobytes() for seed in seeds for name in names}
    assert len(set(first.values())) == len(first)
    assert all(stream(seed, name).random(4).tobytes() == drawn for (seed, name), drawn in first.items())
    numbers = {stream_seed(seed, name) for seed in seeds for name in names}
    assert len(numbers) == len(first)
    assert all(0 <= number < 2**31 for number in numbers)


def test_streams_are_the_same_on_every_machine_and_in_every_version() -> None:
    assert stream_seed(7, "terrain/rills") == 652476756
    assert stream(ViewSeed(7, 2), "sensor/noise").integers(0, 1000, 4).tolist() == [990, 266, 134, 284]


@pytest.mark.parametrize("seed", [-1, ViewSeed(-1), ViewSeed(0, -1)])
def test_negative_seeds_are_rejected(seed: int | ViewSeed) -> None:
    with pytest.raises(ValueError, match="not a seed"):
        stream(seed, "terrain")


def test_each_option_is_picked_in_proportion_to_its_weight() -> None:
    weights = {"oak": 3.0, "ash": 1.0, "elm": 0.0}
    count = collections.Counter(pick(seed, "tree", weights) for seed in range(3000))
    assert count["oak"] / 3000 == pytest.approx(0.75, abs=0.03)
    assert not count["elm"]


def test_an_added_option_changes_only_the_choices_that_it_wins() -> None:
    before = [pick(seed, "tree", {"oak": 1, "ash": 1}) for seed in range(500)]
    after = [pick(seed, "tree", {"fir": 1, "ash": 1, "oak": 1}) for seed in range(500)]
    assert 100 < after.count("fir") < 250
    assert all(new in (old, "fir") for old, new in zip(before, after, strict=True))


def test_reordering_settings_changes_no_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = with_values(Settings(), {"site.presets": ["dry_hills", "desert"], "module.kind": ["mono", "poly_60"]})
    before = [draw_settings(wide, seed, view=1) for seed in range(6)]
    settings = list(iter_settings(Settings))
    monkeypatch.setattr(draws, "iter_settings", lambda _schema: iter(settings[::-1]))
    assert [draw_settings(wide, seed, view=1) for seed in range(6)] == before


def test_adding_a_setting_changes_no_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = with_values(Settings(), {"site.relief": 0.5, "site.season": "winter", "camera.altitude_agl_m": 60})
    settings = list(iter_settings(Settings))
    before = [setting for setting in settings if value_of(fixed, setting.name) == value_of(Settings(), setting.name)]
    assert len(before) == len(settings) - 3
    drawn = [draw_settings(fixed, seed, view=1) for seed in range(6)]
    monkeypatch.setattr(draws, "iter_settings", lambda _schema: iter(before))
    assert [draw_settings(fixed, seed, view=1) for seed in range(6)] == drawn


def test_views_share_the_settings_of_their_site_except_light_camera_and_effects() -> None:
    first, second = (draw_settings(Settings(), 3, view) for view in (0, 1))
    for setting in iter_settings(Settings):
        one, other = value_of(first, setting.name), value_of(second, setting.name)
        is_of_view = setting.name.partition(".")[0] in VIEW_GROUPS
        is_free = setting.type.__name__ == "Range" and differs_between_images(setting)
        if is_of_view and is_free and len(set(value_of(Settings(), setting.name))) == 2:
            assert one != other, setting.name
        elif not is_of_view:
            assert one == other, setting.name
    assert first == draw_settings(Settings(), 3)


def test_views_of_a_site_share_everything_built_on_it(plan: Planned) -> None:
    assert different(planned(SMALL, SEED, view=1), plan) == set(SEEN)


def test_the_vegetation_at_a_place_is_the_same_in_every_view() -> None:
    one, other = (
        planned(with_values(SMALL, {"camera.gimbal_pitch_deg": -90, "camera.altitude_agl_m": 90}), SEED, view=view)
        for view in (0, 1)
    )
    # The camera decides which places are planned, and how finely, but not what grows there.
    trees = [
        {place.position[k].tobytes(): (place.kind[k], place.height[k], place.turn_deg[k]) for k in np.flatnonzero(tall)}
        for place, tall in ((plan.view.vegetation, plan.view.vegetation.height > 2) for plan in (one, other))
    ]
    shared = trees[0].keys() & trees[1].keys()
    assert len(shared) > 5
    assert all(trees[0][place] == trees[1][place] for place in shared)


def test_reordering_kinds_of_equipment_and_vegetation_changes_no_plan(
    plan: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_equipment, of_surroundings = equipment.equipment_kinds(), surroundings.surroundings_kinds()
    monkeypatch.setattr(equipment, "equipment_kinds", lambda: of_equipment[::-1])
    monkeypatch.setattr(surroundings, "surroundings_kinds", lambda: of_surroundings[::-1])
    monkeypatch.setattr(natural, "SORTS", reversed_order(natural.SORTS))
    other = planned_anew(SMALL)
    assert different(other, plan) == set()
    assert by_kind(other.view.vegetation) == by_kind(plan.view.vegetation)


@pytest.mark.slow
def test_adding_a_kind_of_vehicle_replaces_some_vehicles_and_changes_nothing_else(
    plan: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It does not block anything placed later.
    added = dataclasses.replace(van.KIND, name="drone")
    kinds = (*surroundings.surroundings_kinds(), added)
    monkeypatch.setattr(surroundings, "surroundings_kinds", lambda: kinds)
    changed = planned_anew(SMALL)
    assert different(changed, plan) == {"surroundings"}
    before, items = plan.site.surroundings.items, changed.site.surroundings.items
    assert items.are("drone").any()
    assert before_vehicles(items) == before_vehicles(before)
    # Vehicles of the same kind as before keep their sizes and colors.
    kept = [{look.tobytes() for look in rows.look[rows.are(*VEHICLES)]} for rows in (before, items)]
    assert kept[1] <= kept[0]
    assert kept[1]


VEHICLES = ("pickup", "van", "excavator")


def before_vehicles(items: Items) -> dict[str, set[Any]]:
    """Return everything except vehicles and what is placed after them."""
    later = {*VEHICLES, "drone", "container", "packed_modules"}
    return {kind: found for kind, found in by_kind(items).items() if kind not in later}


def test_adding_a_kind_of_vegetation_changes_no_other(plan: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    none = natural.Sort(lambda _site, _share: natural.no_vegetation(), lambda _vegetation: 1.0)
    monkeypatch.setattr(natural, "SORTS", {"moss": none, **natural.SORTS})
    assert content(planned(SMALL, SEED).view.vegetation) == content(plan.view.vegetation)


HELPERS = {"stream", "stream_seed", "random", "noise", "seed", "_stream", "within", "pick", "_sequence", "<dictcomp>"}


@pytest.mark.slow
def test_every_stream_is_used_in_one_place_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    used: dict[Any, set[str]] = collections.defaultdict(set)
    sequence = random_streams._sequence

    def watched(seed: Any, name: str) -> np.random.SeedSequence:
        frame = sys._getframe(1)
        while frame.f_code.co_name in HELPERS and frame.f_back is not None:
            frame = frame.f_back
        used[seed, name].add(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return sequence(seed, name)

    monkeypatch.setattr(random_streams, "_sequence", watched)
    busy = {"site.fields": 0.6, "site.terraces": 0.5, "site.snow": 0.3, "light.weather": "cloud_shadows"}
    planned_anew(with_values(SMALL, busy | {"module.kind": ["mono", "poly_60"], "array.extension_share": 0.3}))
    planned_anew(with_values(SMALL, busy | {"array.use_clusters": True}))
    assert len(used) > 300
    assert not {name: places for name, places in used.items() if len(places) > 1}
