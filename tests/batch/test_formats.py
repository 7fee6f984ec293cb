# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotation formats requested on the command line, and rebuilt without Blender."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from solar_site_addon.batch.exit_codes import INTERRUPTED
from solar_site_addon.batch.launcher import main
from solar_site_addon.batch.lock import only_launcher


def made(launcher: Any) -> set[str]:
    names = {path.name for path in launcher.out.iterdir() if path.is_dir()}
    return names - {".work"} - {f"batch_{number:02d}" for number in range(4)}


@pytest.mark.slow
def test_only_the_requested_formats_are_written(launcher: Any) -> None:
    result = launcher.run("--num_images", "2", "--formats", "yolo_obb,yolo_detect")
    assert result.returncode == 0, result.stderr
    assert made(launcher) == {"yolo_detect", "yolo_obb"}
    assert launcher.dataset()["formats"] == {
        "yolo_detect": "yolo_detect/data.yaml",
        "yolo_obb": "yolo_obb/data.yaml",
    }
    assert "dataset.json, yolo_detect/data.yaml, yolo_obb/data.yaml" in result.stdout


@pytest.mark.slow
def test_coco_is_the_default_format(launcher: Any) -> None:
    launcher.run("--num_images", "1")
    assert made(launcher) == {"annotations"}


@pytest.mark.slow
def test_other_formats_can_be_added_later_without_a_blender(launcher: Any) -> None:
    launcher.run("--num_images", "2", "--seed", "9")
    before, begun = launcher.dataset(), launcher.begun()
    launcher.blender.unlink()
    result = launcher.run("--rebuild", "--formats", "coco,yolo_segment")
    assert result.returncode == 0, result.stderr
    assert made(launcher) == {"annotations", "yolo_segment"}
    assert launcher.begun() == begun
    after = launcher.dataset()
    assert after.pop("formats") == {"coco": "annotations/instances.json", "yolo_segment": "yolo_segment/data.yaml"}
    assert after == {name: value for name, value in before.items() if name != "formats"}


@pytest.mark.slow
def test_an_unfinished_run_can_be_rebuilt(launcher: Any) -> None:
    launcher.run("--num_images", "2", "--seed", "9")
    (launcher.out / "dataset.json").unlink()
    shutil.rmtree(launcher.out / "annotations")
    assert launcher.run("--rebuild").returncode == 0
    assert (launcher.dataset()["seed"], len(launcher.dataset()["samples"])) == (9, 2)
    assert len(json.loads((launcher.out / "annotations" / "instances.json").read_text())["images"]) == 2


@pytest.mark.slow
def test_nothing_is_rebuilt_without_samples_or_while_a_launcher_is_running(launcher: Any) -> None:
    result = launcher.run("--rebuild")
    assert (result.returncode, result.stderr) == (2, f"{launcher.out} contains no samples.\n")
    assert not launcher.out.exists()
    launcher.run("--num_images", "1")
    with only_launcher(launcher.out):
        result = launcher.run("--rebuild")
    assert result.returncode == 2
    assert result.stderr.startswith("Another launcher is running")


def test_an_unknown_format_is_refused_by_name(launcher: Any) -> None:
    result = launcher.run("--formats", "coco,pascal_voc")
    assert result.returncode == 2
    assert result.stderr.startswith(
        "formats = pascal_voc is not allowed: it must be one or more of coco, coco_keypoints, coco_polygons, "
    )


def test_the_choice_of_content_is_recorded_and_summarized(launcher: Any) -> None:
    flags = ("--classes", "table,module", "--min_visible_px", "20", "--split", "0.8/0.1/0.1")
    result = launcher.run("--num_images", "1", *flags)
    assert result.returncode == 0, result.stderr
    assert "0 annotations of table, module\n" in result.stdout
    assert launcher.dataset()["content"] == {
        "classes": {"table": ["table"], "module": ["module"]},
        "min_visible_px": 20,
        "pile_box": "shaft",
        "min_visible_fraction": 0.05,
        "split": "0.8/0.1/0.1",
        "annotations": 0,
        "dropped": 0,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--classes", "modul"), "classes = modul: modul is not a category with annotations; did you mean module?\n"),
        (("--split", "0.8/0.3"), "split = 0.8/0.3 is not allowed: "),
        (("--min_visible_fraction", "2"), "min_visible_fraction = 2 is not allowed: "),
    ],
)
def test_impossible_content_is_refused_before_anything_is_made(
    launcher: Any, flags: tuple[str, str], message: str
) -> None:
    for more in ((), ("--rebuild",)):
        result = launcher.run("--num_images", "1", *flags, *more)
        assert result.returncode == 2
        assert result.stderr.startswith(message)
    assert not launcher.out.exists()


@pytest.mark.slow
def test_an_interrupted_rebuild_changes_nothing(launcher: Any, capsys: pytest.CaptureFixture[str]) -> None:
    launcher.run("--num_images", "2")
    before = {path: path.read_bytes() for path in launcher.out.rglob("*.json")}
    stop = launcher.out.parent / "stop"
    stop.touch()
    assert main([str(launcher.out), "--rebuild", "--classes", "table"], cancelled_by=stop) == INTERRUPTED
    assert capsys.readouterr().err == "Interrupted: index and formats are as they were before.\n"
    assert {path: path.read_bytes() for path in launcher.out.rglob("*.json")} == before
    assert not list(launcher.out.rglob(".*.partial"))
