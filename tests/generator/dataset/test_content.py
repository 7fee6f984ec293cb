# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes, and which instances of them formats hold."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from solar_site_addon.generator.dataset.classes import parse_classes
from solar_site_addon.generator.dataset.content import content_of
from solar_site_addon.generator.domain.categories import Category
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.settings.schema import RunSettings


def record(category: str, visible_px: int = 100, fraction: float | None = 0.9, **more: Any) -> dict[str, Any]:
    return {
        "category": category,
        "visible_px": visible_px,
        "visible_fraction": fraction,
        "truncation": 0.0,
        "bbox_px": [0, 0, 20, 20],
        **more,
    }


def instances(run: RunSettings, *objects: dict[str, Any], tables: Any = (), conditions: Any = ()) -> list[Any]:
    sample: Any = {"site": 0, "objects": list(objects), "tables": list(tables), "conditions": list(conditions)}
    image = content_of(run).image(sample, PurePosixPath("batch_00/image_0000/rgb.png"))
    return [[(one.class_index, one.category) for one in image.instances], image.num_dropped]


def test_names_are_classes_in_the_order_of_the_user() -> None:
    assert parse_classes("table, module").names == ("table", "module")
    assert parse_classes(" Module ").names == ("module",)


def test_a_class_holds_all_kinds_of_its_category_but_not_its_parts() -> None:
    classes = parse_classes("vehicle,table,excavator")
    assert [classes.index_of(one) for one in (Category.PICKUP, Category.VAN, Category.EXCAVATOR)] == [0, 0, 2]
    assert classes.index_of(Category.TABLE) == 1
    assert classes.index_of(Category.MODULE) is None
    assert parse_classes("module").index_of(Category.CRACKED) is None


def test_a_mapping_file_groups_categories(tmp_path: Path) -> None:
    path = tmp_path / "my classes.txt"
    path.write_text(
        "# what matters\n\nmodule\ndamaged = cracked, missing  # for insurance\nDirty Glass = stain,leaves\n"
    )
    classes = parse_classes(str(path))
    assert classes.names == ("module", "damaged", "Dirty Glass")
    assert {name: classes.indices.get(name) for name in ("module", "cracked", "missing", "leaves", "snow")} == {
        "module": 0, "cracked": 1, "missing": 1, "leaves": 2, "snow": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modul", "classes = modul: modul is not a category with annotations; did you mean module?"),
        ("module,fence", "classes = module,fence: fence is not a category with annotations; these are module, "),
        ("module,module", "classes = module,module: the class module is defined twice."),
        ("", "classes =  names no class: for example, module,table."),
        ("missing_file.txt", "classes = missing_file.txt cannot be read (No such file or directory)."),
    ],
)
def test_impossible_classes_are_refused_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_classes(text)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("a = cracked\nb = cracked", "cracked is named twice."),
        ("a = cracked\na = missing", "the class a is defined twice."),
        ("a =", "a class must be a name, or a name, = and categories, not a."),
        ("../a = cracked", "a class must be a name, or a name, = and categories, not ../a."),
        ("# nothing", "names no class"),
        ("\xff", "cannot be read (it is not a text file)"),
        ("mod\0ule", "cannot be read (it is not a text file)"),
        ("x" * 5_000, "xxx... is not a category"),
        ("module\n" + "#" * 100_000 + "\ntable", "cannot be read (it is larger than 0.1 MB)"),
    ],
)
def test_a_mapping_file_that_cannot_be_used_is_refused_in_one_sentence(
    tmp_path: Path, lines: str, message: str
) -> None:
    path = tmp_path / "map.txt"
    path.write_text(lines, encoding="latin-1")
    with pytest.raises(SettingsError) as raised:
        parse_classes(str(path))
    assert str(raised.value).startswith(f"classes = {path}")
    assert message in str(raised.value)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless device")
def test_an_endless_device_is_not_read_to_its_end() -> None:
    with pytest.raises(SettingsError, match="it is larger than"):
        parse_classes("/dev/zero")


def test_formats_hold_what_belongs_to_a_class_and_is_visible_enough() -> None:
    seen = [record("module"), record("module", 8), record("module", fraction=0.04), record("module", 0, 0.0)]
    seen += [record("module", fraction=None), record("inverter")]
    assert instances(RunSettings(), *seen) == [[(0, "module"), (0, "module")], 2]
    assert instances(RunSettings(min_visible_px=1, min_visible_fraction=0.0), *seen) == [[(0, "module")] * 4, 0]


def test_tables_and_conditions_are_instances_and_a_dusty_module_is_one_of_dust() -> None:
    run = RunSettings(classes="snow,table,dust,rack")
    objects = [record("module", condition="dust"), record("module", condition="snow"), record("rack")]
    found, dropped = instances(run, *objects, tables=[record("table")], conditions=[record("snow", fraction=None)])
    assert (found, dropped) == ([(2, "dust"), (3, "rack"), (1, "table"), (0, "snow")], 0)


def test_the_box_of_a_pile_is_that_of_the_pile_or_of_its_head() -> None:
    pile = record("pile", bbox_px=[10, 10, 20, 30], head_bbox_px=[10, 10, 20, 18])
    hidden = record("pile", bbox_px=[50, 10, 20, 30], head_bbox_px=None)
    sample: Any = {"site": 0, "objects": [pile, hidden, record("module")], "tables": [], "conditions": []}
    boxes = {
        choice: [
            one.record["bbox_px"]
            for one in content_of(RunSettings(classes="pile", pile_box=choice))
            .image(sample, PurePosixPath("batch_00/image_0000/rgb.png"))
            .instances
        ]
        for choice in ("shaft", "head")
    }
    assert boxes == {"shaft": [[10, 10, 20, 30], [50, 10, 20, 30]], "head": [[10, 10, 20, 18]]}
    assert pile["bbox_px"] == [10, 10, 20, 30]
