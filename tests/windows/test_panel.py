# SPDX-License-Identifier: GPL-3.0-or-later
"""A session with the panel, in the order of a typical user: each test is one step and depends on those before it.

Buttons are clicked with the mouse and values typed on the keyboard, and a screenshot is checked after each step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from solar_site_addon.batch.lock import is_running
from solar_site_addon.generator.plan.array.conditions import Condition

from .desktop import CENTRE, LAST, LEFT, RIGHT, Desk, Window, wait_until

pytestmark = [pytest.mark.blender, pytest.mark.windows, pytest.mark.timeout(280)]

IMAGES = 4
"""Number of images in the batch."""
WIDTH, HEIGHT = 160, 120
"""Size of these images."""
TILE, CROP = 64, 48
"""Side of the tiles, and longer side of the crops, that are cut out of them."""
SEED = 7
"""Seed of a site that the camera sees at an angle."""
HELP = 0.79
"""Fraction of the sidebar's width at which the header of the main panel has the button for help."""
RENDERED = 150.0
"""Maximum seconds to render an image or a batch."""


@pytest.fixture
def window(desk: Desk) -> Window:
    """Return the open window."""
    return desk.windows[-1]


@pytest.fixture(scope="module")
def users_own(desk: Desk) -> dict[str, Any]:
    """Return the user's data before the extension has done anything."""
    return desk.windows[0].ask("users_own")


@pytest.fixture
def out(desk: Desk) -> Path:
    """Return the dataset folder."""
    return desk.folder / "dataset"


@pytest.fixture(autouse=True)
def _looked_at(request: pytest.FixtureRequest, desk: Desk) -> Iterator[None]:
    """Check after each step that the screen is not blank."""
    yield
    image = np.asarray(desk.windows[-1].look(request.node.originalname.removeprefix("test_")))[::4, ::4]
    assert len(np.unique(image @ [1, 256, 65536])) > 100, "the screen is blank"


def complete_samples(out: Path) -> list[str]:
    """Return the complete samples of a dataset."""
    return sorted(file.parent.name for file in out.glob("batch_*/image_*/sample.json"))


def shows(window: Window, **expected: object) -> bool:
    """Return whether the panel shows these values."""
    shown = window.ask("panel_says")
    return all(shown[name] == value for name, value in expected.items())


def generated(window: Window) -> Any:
    """Wait until a preview that was asked for is shown, and return what our data is then."""
    wait_until(lambda: shows(window, planning=True), "the planning to begin")
    wait_until(lambda: shows(window, planning=False), "a site")
    return window.ask("made")


def written(window: Window) -> str:
    """Return what the panel's tools have written, an empty string while one is running."""
    said = window.ask("panel_says")
    return "" if said["writing"] else str(said["tool_message"]).removeprefix("Written: ")


def size_of(file: Path) -> tuple[int, int]:
    """Return width and height of an image in pixels."""
    with Image.open(file) as image:
        return image.size


def test_the_zip_is_installed_and_enabled(window: Window, users_own: dict[str, Any]) -> None:
    assert any(name.endswith(".solar_site_addon") for name in window.ask("addons"))
    assert window.ask("remember_the_file") > 10


def test_the_sidebar_has_the_tab(window: Window) -> None:
    window.show_tab()
    assert {"MainPanel", "SitePanel", "CameraPanel", "BatchPanel"} <= window.open_panels()
    assert sum(window.ask("draw_times").values()) < 0.05, "drawing computes something"
    window.keep("tab", "sidebar", last="solar_site.open_folder")


def test_the_book_in_the_header_opens_the_help(window: Window, desk: Desk) -> None:
    left, _, width, _ = window.box
    for _, height in window.headers_of("SOLAR_SITE_PT_main", above="solar_site.generate_preview", below=""):
        window.click_at([round(left + HELP * width), height])
        if desk.opened.exists():
            break
        window.press("Escape")  # closes the presets, if their row below was hit
    assert desk.opened.read_text(encoding="utf-8").strip().endswith("/solar_site_addon/ui/help.html")
    desk.opened.unlink()


def test_generate_preview_makes_a_site_in_its_own_scene(window: Window, users_own: dict[str, Any]) -> None:
    window.click("solar_site.generate_preview")
    made = generated(window)
    assert made["scenes"] == ["Scene", "Solar Site"]
    assert made["vertices"] > 10_000
    assert window.ask("value", path="solar_site.read_out.modules_in_view") > 0
    assert window.ask("perspective") == "CAMERA"
    assert window.ask("users_own") == users_own
    assert window.ask("changes_of_the_file") == []


def test_undo_removes_the_site_and_redo_restores_it(window: Window, users_own: dict[str, Any]) -> None:
    made = window.ask("made")
    window.press("ctrl+z")
    wait_until(lambda: not window.ask("made")["objects"], "the site to go")
    assert window.ask("made")["scenes"] == ["Scene"]
    assert window.ask("perspective") == "PERSP", "the view still looks through a camera"
    assert window.ask("users_own") == users_own
    assert window.ask("changes_of_the_file") == []
    window.press("ctrl+shift+z")
    wait_until(lambda: window.ask("made") == made, "the site to come back")
    assert window.ask("perspective") == "CAMERA"


def test_blenders_search_finds_new_seed(window: Window) -> None:
    before = window.ask("value", path="solar_site.run.seed")
    window.do("mousemove", *CENTRE, "sleep", 0.3)
    window.ask("open_search")
    window.ask("settle")
    window.do("type", "--delay", 60, "new seed")
    window.ask("settle")
    window.do("key", "Return")
    wait_until(lambda: window.ask("value", path="solar_site.run.seed") != before, "another seed")


def test_new_seed_picks_another_seed(window: Window) -> None:
    before = window.ask("value", path="solar_site.run.seed")
    window.click("solar_site.new_seed", RIGHT)
    wait_until(lambda: window.ask("value", path="solar_site.run.seed") != before, "another seed")


def test_each_preset_has_an_image(window: Window) -> None:
    before = window.look("without_presets")
    window.ask("open_presets")
    opened = window.look("presets_open")
    colors = [len(np.unique(np.asarray(image) @ [1, 256, 65536])) for image in (before, opened)]
    assert colors[1] > colors[0] + 200, "no images are shown"
    window.keep("presets", "window")
    window.press("Escape")


def test_three_settings_change_the_site(window: Window, users_own: dict[str, Any]) -> None:
    before = window.ask("made")
    window.type_into("seed", str(SEED))
    window.type_into("relief[1]", "0.5", RIGHT)
    window.click("use_clusters")
    window.type_into("altitude_agl_m[1]", "60", RIGHT)
    assert window.ask("value", path="solar_site.run.seed") == str(SEED)
    assert window.ask("value", path="solar_site.site.relief")[1] == pytest.approx(0.5)
    assert window.ask("value", path="solar_site.array.use_clusters") is True
    assert window.ask("value", path="solar_site.camera.altitude_agl_m")[1] == pytest.approx(60)
    window.click("solar_site.generate_preview")
    made = generated(window)
    assert made["vertices"] != before["vertices"]
    scenery = {name for name in before["objects"] if not {"vegetation", "piles"} & set(name.split())}
    assert scenery <= set(made["objects"])
    assert [name for name in made["objects"] if re.search(r"\.\d{3}$", name)] == [], "parts of the old site are left"
    assert made["scenes"] == before["scenes"]
    assert window.ask("users_own") == users_own
    window.keep("window")


def test_escape_while_a_site_is_built_keeps_the_previous_one(window: Window) -> None:
    before = window.ask("made")
    size = window.ask("value", path="solar_site.site.size_m")
    window.ask("set_size", meters=1000)
    window.click("solar_site.generate_preview")
    wait_until(lambda: shows(window, building=True), "the site to be built", RENDERED)
    window.press("Escape")
    wait_until(lambda: shows(window, planning=False, building=False), "the end of the preview")
    assert window.ask("made") == before
    window.ask("set_size", meters=size)


def test_escape_cancels_a_preview_that_is_being_rendered(window: Window) -> None:
    window.click("solar_site.render_preview")
    wait_until(lambda: shows(window, rendering=True), "the render to start")
    window.look("preview_in_progress")
    window.press("Escape")
    wait_until(lambda: shows(window, rendering=False), "the render to end")
    assert shows(window, preview_message="")
    assert "Solar Site image" not in window.ask("made")["images"]


def test_render_preview_shows_an_image_with_annotations(window: Window, users_own: dict[str, Any]) -> None:
    window.click("solar_site.render_preview")
    wait_until(lambda: shows(window, rendering=True), "the render to start")
    wait_until(lambda: shows(window, rendering=False), "the image", RENDERED)
    assert shows(window, preview_message="")
    assert window.ask("made")["images"]["Solar Site image"] == [960, 719]
    assert window.ask("users_own") == users_own
    window.keep("image", "other window")


def test_labels_are_switched_without_another_render(window: Window) -> None:
    window.ask("close_other_windows")  # in front of the panel
    window.toggle("ResultsPanel", below="solar_site.open_folder")
    before = window.ask("image_sum")
    window.click("solar_site.toggle_annotation")
    wait_until(lambda: window.ask("image_sum") != before, "the annotations to change")
    assert shows(window, rendering=False)
    window.keep("annotations", "sidebar", last="solar_site.rebuild_site")
    window.toggle("ResultsPanel", below="solar_site.open_folder")


def test_each_of_two_windows_keeps_its_own_site(window: Window, users_own: dict[str, Any]) -> None:
    [first] = window.ask("shown_scenes")
    window.ask("open_second_window", scene="Second")
    window.show_tab()
    window.click("solar_site.generate_preview")
    wait_until(lambda: len(window.ask("shown_scenes")[1]["site"]) > 5, "a site in the second window")
    again, second = window.ask("shown_scenes")
    assert again == first, "the first window has lost its site"
    assert second["name"] not in (first["name"], "Second")
    window.click("solar_site.new_seed", RIGHT)
    window.click("solar_site.generate_preview")
    wait_until(lambda: window.ask("shown_scenes")[1]["site"] != second["site"], "another site in the second window")
    assert window.ask("shown_scenes")[0] == first
    window.look("two_windows")
    window.ask("close_second_window")
    assert window.ask("shown_scenes") == [first], "closing a window has changed the other one"
    window.ask("open_second_window", scene="Second")
    window.show_tab()
    window.click("solar_site.remove_site", LAST)
    wait_until(lambda: second["name"] not in window.ask("made")["scenes"], "the second site to go")
    window.ask("close_second_window")
    window.ask("remove_scene", name="Second")
    window.show_tab()
    assert window.ask("shown_scenes") == [first]
    assert window.ask("users_own") == users_own


def test_the_render_panel_names_the_device_and_what_is_missing(window: Window) -> None:
    window.toggle("CameraPanel", above="heading_mode")  # to have room for the others
    window.toggle("SitePanel", above="use_clusters")
    window.toggle("RenderPanel", below="solar_site.open_folder")
    shown = window.ask("panel_says")
    assert shown["device"] == "CPU"
    assert any("Using only the CPU for rendering" in message for message in shown["messages"])
    # Debian builds Blender without OpenImageDenoise.
    assert any("Could not enable Intel denoiser" in message for message in shown["messages"])
    window.keep("render", "sidebar", last="preview_size_px")


def test_the_resolution_can_be_typed(window: Window) -> None:
    window.type_into("width_px", str(WIDTH), RIGHT)
    window.type_into("height_px", str(HEIGHT), RIGHT)
    assert window.ask("value", path="solar_site.camera.width_px") == WIDTH
    assert window.ask("value", path="solar_site.camera.height_px") == HEIGHT
    window.toggle("RenderPanel", below="solar_site.open_folder")


def test_the_folder_can_be_typed(window: Window, out: Path) -> None:
    window.type_into("folder", str(out))
    window.type_into("num_images", str(IMAGES))
    assert window.ask("value", path="solar_site.folder").rstrip("/") == str(out)
    assert window.ask("value", path="solar_site.run.num_images") == IMAGES


def test_start_starts_a_batch_and_cancel_keeps_complete_images(window: Window, out: Path) -> None:
    window.click("solar_site.start_batch")
    wait_until(lambda: shows(window, status="RUNNING"), "the batch to start")
    window.place("solar_site.cancel_batch", LEFT)  # find it in advance, to click it while images are missing
    wait_until(lambda: complete_samples(out) and shows(window, status="RUNNING"), "the first image", RENDERED)
    window.look("running_batch")
    window.keep("batch", "sidebar")
    window.click("solar_site.cancel_batch", LEFT)
    wait_until(lambda: not is_running(out), "the end of the batch")
    wait_until(lambda: shows(window, status="STOPPED"), "the panel to see it")
    assert 0 < len(complete_samples(out)) < IMAGES


def test_resume_continues_the_batch_and_closing_blender_does_not_stop_it(window: Window, desk: Desk, out: Path) -> None:
    before = complete_samples(out)
    window.click("solar_site.resume_batch", RIGHT)
    wait_until(lambda: shows(window, status="RUNNING"), "the batch to continue")
    window.ask("save", path=str(desk.folder / "plant.blend"))
    window.quit()
    assert is_running(out)
    assert set(before) <= set(complete_samples(out))
    again = desk.open_window(desk.folder / "plant.blend")
    again.show_tab()
    assert wait_until(lambda: again.ask("panel_says")["total"] == IMAGES, "the batch to be found again")


def test_the_batch_finishes(window: Window, out: Path) -> None:
    wait_until(lambda: shows(window, status="FINISHED", done=IMAGES), "the end of the batch", RENDERED)
    assert complete_samples(out) == [f"image_{index:04d}" for index in range(IMAGES)]
    dataset = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    assert len(dataset["samples"]) == IMAGES
    assert not dataset["failures"]
    coco = json.loads((out / "annotations" / "instances.json").read_text(encoding="utf-8"))
    assert [(image["width"], image["height"]) for image in coco["images"]] == [(WIDTH, HEIGHT)] * IMAGES


def test_tiles_are_cut(window: Window, out: Path) -> None:
    window.toggle("FormatsPanel", below="solar_site.open_folder")
    window.type_into("tile", str(TILE))
    window.click("solar_site.cut_tiles")
    wait_until(lambda: written(window) == str(out / "tiles"), "the tiles", RENDERED)
    coco = json.loads((out / "tiles" / "annotations" / "instances.json").read_text(encoding="utf-8"))
    assert {(image["width"], image["height"]) for image in coco["images"]} == {(TILE, TILE)}
    assert all((out / "tiles" / image["file_name"]).is_file() for image in coco["images"])
    assert coco["annotations"]


def test_crops_are_cut_for_every_condition(window: Window, out: Path) -> None:
    window.type_into("crop", str(CROP))
    window.click("solar_site.cut_crops")
    wait_until(lambda: written(window) == str(out / "crops"), "the crops", RENDERED)
    crops = list((out / "crops").rglob("*.png"))
    assert crops
    assert {max(size_of(crop)) for crop in crops} == {CROP}
    assert {crop.parent.name for crop in crops} <= {condition.key for condition in Condition}


def test_the_gallery_is_opened_in_the_browser(window: Window, desk: Desk, out: Path) -> None:
    page = out / "gallery" / "index.html"
    window.click("solar_site.open_gallery")
    wait_until(lambda: written(window) == str(page), "the gallery", RENDERED)
    wait_until(desk.opened.exists, "the browser")
    assert desk.opened.read_text(encoding="utf-8").splitlines() == [page.as_uri()]
    assert len(list(page.parent.glob("thumbs/*.jpg"))) == IMAGES
    assert len(list(page.parent.glob("data/*.js"))) == IMAGES
    window.toggle("FormatsPanel", below="solar_site.open_folder")


def test_the_command_line_names_the_folder(window: Window, out: Path) -> None:
    window.click("solar_site.copy_command_line", LAST)
    command = wait_until(lambda: window.ask("clipboard"), "a command line")
    assert str(out) in command


def test_remove_site_keeps_the_users_data(window: Window, users_own: dict[str, Any]) -> None:
    window.click("solar_site.remove_site", LAST)
    wait_until(lambda: window.ask("made")["scenes"] == ["Scene"], "the site to go")
    assert window.ask("made")["objects"] == []
    assert window.ask("users_own") == users_own


def test_the_tab_can_be_chinese(window: Window) -> None:
    window.ask("set_language", language="zh_HANS")
    window.click("solar_site.generate_preview")
    generated(window)
    window.toggle("RenderPanel", below="solar_site.open_folder")
    window.keep("chinese", "sidebar", last="preview_size_px")


def test_uninstalling_does_not_change_the_file(window: Window, users_own: dict[str, Any]) -> None:
    made = window.ask("made")
    window.ask("uninstall")
    wait_until(lambda: not any(name.endswith(".solar_site_addon") for name in window.ask("addons")), "it to be gone")
    assert window.ask("made") == made, "the site is part of the file"
    assert window.ask("users_own") == users_own
    assert "Traceback" not in window.log.read_text(encoding="utf-8")
