# SPDX-License-Identifier: GPL-3.0-or-later
"""The gallery page matches its commands, and every image exists."""

from __future__ import annotations

import pytest
from PIL import Image

from solar_site_addon.batch.command_line import parse
from solar_site_addon.generator.settings.schema import MIXED, PRESETS
from tools.gallery import IMAGES, PAGE, QUALITY, SHOTS, Shot, gone, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "the gallery is out of date: run make gallery"


def test_there_are_enough_images_of_every_preset() -> None:
    assert len(SHOTS) >= 24
    assert {shot.preset for shot in SHOTS} == {*PRESETS, MIXED}
    assert {file.stem for file in IMAGES.glob("*.jpg")} == {shot.name for shot in SHOTS}


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_an_image_and_its_command_are_what_they_should_be(shot: Shot) -> None:
    request = parse(["out", *QUALITY, *shot.arguments])
    assert request is not None
    assert request.run.seed == shot.seed
    with Image.open(shot.file) as image:
        assert image.size == (request.settings.camera.width_px, request.settings.camera.height_px)
        assert len(image.resize((64, 48)).getcolors(64 * 48) or ()) > 500, "an image has many colors"


def test_only_images_that_an_earlier_page_shows_are_removed_from_the_folder() -> None:
    assert gone(page()) == []
    assert gone(page() + "![Old](gallery/old_one.jpg)\n![Elsewhere](images/mine.jpg)\n") == ["old_one"]
