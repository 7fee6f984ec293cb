# SPDX-License-Identifier: GPL-3.0-or-later
"""A kind is one module; the walk places groups by stage, and a kind that is added changes no other draw."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.discovery import module_names
from solar_site_addon.generator.plan.equipment.equipment import FENCE_STAGE, equipment_kinds
from solar_site_addon.generator.plan.equipment.masts import MASTS
from solar_site_addon.generator.plan.placement.kinds import BaseKind, Choice, Ground, Group, Kind, choices
from solar_site_addon.generator.plan.surroundings.surroundings import surroundings_kinds

ROOT = Path(__file__).resolve().parents[4]
PLAN = Path("solar_site_addon") / "generator" / "plan"
ALL = {"equipment": equipment_kinds(), "surroundings": surroundings_kinds()}


def group(name: str, stage: int) -> Group:
    return Group(name, stage, lambda _settings: 0.0, lambda _placement, _choice, _count: None)


def kind(name: str, of: Group, weight: float = 1.0, only_number: int | None = None) -> BaseKind:
    return BaseKind(name=name, category=Category.OTHER, group=of, weight=weight, only_number=only_number)


@pytest.mark.parametrize("subject", ALL)
def test_each_file_is_the_kind_of_its_name(subject: str) -> None:
    assert [kind.name for kind in ALL[subject]] == list(module_names(ROOT / PLAN / subject / "kinds"))
    for kind in ALL[subject]:
        module = importlib.import_module(f"solar_site_addon.generator.plan.{subject}.kinds.{kind.name}")
        assert kind is module.KIND
        assert kind.group.name.startswith(f"{subject}/")


def test_no_kind_of_equipment_has_the_name_of_one_of_surroundings() -> None:
    names = [kind.name for kinds in ALL.values() for kind in kinds]
    assert len(names) == len(set(names)) > 15


@pytest.mark.parametrize("subject", ALL)
def test_groups_of_one_name_are_one_group_and_each_stage_is_used_once(subject: str) -> None:
    groups = {kind.group.name: kind.group for kind in ALL[subject]}
    assert all(kind.group is groups[kind.group.name] for kind in ALL[subject])
    assert len({group.stage for group in groups.values()}) == len(groups)


def test_sizes_are_ranges() -> None:
    for kind in (kind for kinds in ALL.values() for kind in kinds if isinstance(kind, Kind)):
        assert (np.array(kind.least_m) > 0).all(), kind.name
        assert (np.array(kind.least_m) <= np.array(kind.greatest_m)).all(), kind.name
        assert kind.size(np.zeros(3)).tolist() == list(kind.least_m)


def test_groups_are_placed_by_stage_and_then_by_name_whatever_the_order_of_the_kinds() -> None:
    late, first, second = group("a", 300), group("b", 100), group("c", 100)
    kinds = [kind("z", late), kind("y", second), kind("x", first), kind("w", second)]
    assert [choice.group.name for choice in choices(kinds)] == ["b", "c", "a"]
    assert [choice.group.name for choice in choices(kinds[::-1])] == ["b", "c", "a"]
    assert {member.name for member in choices(kinds)[1].kinds} == {"w", "y"}


def test_transformers_and_masts_are_placed_before_the_fence_that_encloses_them() -> None:
    before = {choice.group.name for choice in choices(equipment_kinds()) if choice.group.stage < FENCE_STAGE}
    assert before == {"equipment/transformer", "equipment/mast"}
    assert MASTS.stage < FENCE_STAGE


def test_a_kind_with_a_number_is_that_item_and_is_never_drawn() -> None:
    of = group("equipment/mast", 200)
    choice = Choice(of, (kind("rod", of), kind("mast", of), kind("station", of, weight=1000.0, only_number=1)))
    drawn = [[choice.of_item(seed, choice.item_name(number), number).name for number in range(3)] for seed in range(40)]
    assert {row[1] for row in drawn} == {"station"}
    assert {row[0] for row in drawn} == {row[2] for row in drawn} == {"rod", "mast"}


def test_ground_has_no_limit_of_fall_unless_a_kind_sets_one() -> None:
    assert Ground(table_gap_m=1.0).fall_m == float("inf")


BATTERY = '''# SPDX-License-Identifier: GPL-3.0-or-later
"""Battery containers: one for every 40 tables."""

from ....domain.categories import Category
from ...numerics.solids import Finish, box
from ...placement.kinds import Ground, Group, Kind
from ..parts import CLASS

PAINT = Finish((0.7, 0.7, 0.7), semantic=CLASS)


def _place(placement, choice, per_hundred):
    for number in range(round(per_hundred * len(placement.tables) / 100)):
        name = choice.item_name(number)
        kind = choice.of_item(placement.seed, name, number)
        kind.put(placement, placement.near_any_table((1.0, 12.0), name), name)


def _shape(size, depth, look):
    return box((-size[0] / 2, -size[1] / 2, -depth), (size[0] / 2, size[1] / 2, size[2]), PAINT)


KIND = Kind(
    name="battery",
    category=Category.ELECTRICAL_EQUIPMENT,
    group=Group("equipment/battery", stage=900, count=lambda settings: 2.5, place=_place),
    least_m=(6.06, 2.44, 2.59),
    greatest_m=(6.06, 2.44, 2.9),
    ground=Ground(table_gap_m=1.0, fall_m=1.5),
    shape=_shape,
)
'''
PROBE = """
import dataclasses, hashlib, json
import numpy as np
import solar_site_addon
from solar_site_addon.generator.domain import random_streams
from solar_site_addon.generator.geometry.equipment import items_shape
from solar_site_addon.generator.plan.site import plan_site
from solar_site_addon.generator.settings.schema import Settings, with_values

drawn = {}
sequence = random_streams._sequence

def watched(seed, name):
    drawn[f"{seed} {name}"] = sequence(seed, name).generate_state(2).tolist()
    return sequence(seed, name)

def digest(value):
    if dataclasses.is_dataclass(value):
        return {field.name: digest(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return hashlib.sha256(value.tobytes()).hexdigest()
    return [digest(one) for one in value] if isinstance(value, tuple) else repr(value)

def rows(items):
    columns = (items.names, items.base, items.axes, items.size, items.depth, items.look)
    return [[name, digest(np.concatenate([np.ravel(part) for part in row]))] for name, *row in zip(*columns)]

random_streams._sequence = watched
# Without surroundings, which would have to give way.
values = {f"surroundings.{name}": 0 for name in ("buildings", "greenhouses", "ponds", "vehicles", "materials")}
land = plan_site(with_values(Settings(), values | {"site.size_m": 150, "site.relief": 0.3}), 2)
shape = items_shape(land.equipment.items, 1)
print(json.dumps({
    "package": solar_site_addon.__file__,
    "rows": rows(land.equipment.items),
    "faces": len(shape.faces),
    "others": {name: digest(getattr(land, name)) for name in ("terrain", "tables", "ground", "surroundings")},
    "fence": digest(land.equipment.fence),
    "trays": digest(land.equipment.trays),
    "drawn": drawn,
}))
"""


def facts_of(folder: Path) -> dict[str, Any]:
    """Plan a site and build its equipment's mesh with the package in ``folder``."""
    command = [sys.executable, "-B", "-c", PROBE]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr
    facts: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    assert Path(facts["package"]).is_relative_to(folder)
    return facts


@pytest.mark.slow
def test_a_new_kind_of_equipment_is_one_new_file_and_changes_no_other_draw(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "solar_site_addon", tmp_path / "solar_site_addon", ignore=shutil.ignore_patterns("*.pyc.*"))
    without = facts_of(tmp_path)
    (tmp_path / PLAN / "equipment" / "kinds" / "battery.py").write_text(BATTERY, encoding="utf-8")
    extended = facts_of(tmp_path)
    batteries = [row for row in extended["rows"] if row[0] == "battery"]
    assert batteries
    assert [row for row in extended["rows"] if row[0] != "battery"] == without["rows"]
    for part in ("others", "fence", "trays"):
        assert extended[part] == without[part], part
    assert extended["faces"] == without["faces"] + 12 * len(batteries)
    new = extended["drawn"].keys() - without["drawn"].keys()
    assert new
    assert all(" equipment/battery/" in name for name in new)
    assert without["drawn"].items() <= extended["drawn"].items()
