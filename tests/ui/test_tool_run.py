# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles, crops and the gallery of a finished batch, written by a background Blender that the panel starts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from solar_site_addon.batch.dataset_folder import record_file, work_folder
from solar_site_addon.generator.dataset.files import is_whole, read_sample
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings, to_dict

from ..generator.small_site import HEIGHT, WIDTH, painted, passes_of, rgb_image, small_plan

pytestmark = [pytest.mark.bpy, pytest.mark.slow]

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def out(bpy: Any, scene: Any, tmp_path: Path) -> Path:
    """Return the folder of a finished batch with one image, which the panel shows."""
    from solar_site_addon.ui.session import update_batches

    plan = small_plan()
    rgb = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    write_sample(
        tmp_path / "batch_00" / "image_0000",
        view=plan.view,
        settings=Settings(),
        number=image_number(0, 0, 1),
        images=[rgb_image(plan.view.camera, rgb)],
        passes=passes_of(*painted(plan)),
        render_info={},
        blender="4.5.15",
    )
    work_folder(tmp_path).mkdir()
    record = {"num_images": 1, "earlier": 1, "started": 1.0, "ended": 0, "settings": to_dict(Settings()), "seed": 0}
    others = {"settings_sha256": "", "views_per_site": 1, "solar_site": "0.1.0", "blender": "4.5.0"}
    record_file(tmp_path).write_text(json.dumps({**record, **others}))
    scene.solar_site.folder = str(tmp_path)
    update_batches()
    return tmp_path


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_tiles_crops_and_the_gallery_are_written_in_the_background(bpy: Any, out: Path, wait_until: Wait) -> None:
    from solar_site_addon.ui.session import session

    def done() -> bool:
        return session.tool_run is None

    export = bpy.context.scene.solar_site.export
    export.tile, export.empty, export.crop = 64, 1, 32
    bpy.ops.solar_site.cut_tiles()
    assert not bpy.ops.solar_site.cut_crops.poll(), "one tool at a time"
    wait_until(done)
    assert str(session.tool_message) == f"Written: {out / 'tiles'}"
    whole = out / "batch_00" / "image_0000"
    tiles = sorted((out / "tiles").glob("batch_*/image_*"))
    assert len(tiles) > 4
    for tile in tiles[::3]:
        assert is_whole(tile)
        place = read_sample(tile)["tile"]
        for name in ("rgb.png", "instances.png", "semantic.png"):
            part = pixels(whole / name)[place["y"] : place["y"] + 64, place["x"] : place["x"] + 64]
            np.testing.assert_array_equal(pixels(tile / name), part)
    assert (out / "tiles" / "annotations" / "instances.json").is_file()

    bpy.ops.solar_site.cut_crops()
    wait_until(done)
    crops = sorted((out / "crops").glob("*/*/*.png"))
    assert crops
    assert max(pixels(crops[0]).shape) == 32

    bpy.ops.solar_site.open_gallery()
    wait_until(done)
    assert (out / "gallery" / "index.html").is_file()
    small, expected = pixels(out / "gallery/thumbs/image_0000.jpg").mean(), pixels(whole / "rgb.png").mean()
    assert small == pytest.approx(expected, abs=4)
    assert (out / "gallery" / "depth" / "image_0000.png").is_file()


def test_a_tool_that_cannot_work_says_why_and_one_that_is_stopped_leaves_nothing(
    bpy: Any, out: Path, wait_until: Wait
) -> None:
    from solar_site_addon.ui.session import session

    bpy.ops.solar_site.cut_tiles()
    bpy.ops.solar_site.cancel_tool()
    assert session.tool_run is None
    assert not [path.name for path in out.iterdir() if "tiles" in path.name]
    (out / "crops").mkdir()
    (out / "crops" / "mine.txt").touch()
    with pytest.raises(RuntimeError, match="crops exists already: remove it first"):
        bpy.ops.solar_site.cut_crops()
    sample = out / "batch_00" / "image_0000" / "sample.json"
    sample.write_text(sample.read_text().replace('"site_id":', '"site_id"'))
    bpy.ops.solar_site.open_gallery()
    wait_until(lambda: session.tool_run is None)
    assert "sample.json cannot be read" in str(session.tool_message)
    assert not (out / "gallery").exists()
