# SPDX-License-Identifier: GPL-3.0-or-later
"""The gallery of a dataset, used in a headless Chromium from the file system."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from headless.view import main
from solar_site import Dataset
from solar_site_addon.batch.gallery import write_gallery
from solar_site_addon.generator.dataset.sample_folder import write_sample
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from ..generator.small_site import HEIGHT, WIDTH, painted, passes_of, rgb_image, small_camera, small_plan

pytestmark = pytest.mark.slow

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed (Debian: apt install chromium)")
USE = """<script>
function report(found) { document.body.textContent = "FOUND" + JSON.stringify(found) + "END"; }
open(IMAGES[1]);
const waiting = setInterval(() => {
  if (!loaded[IMAGES[1].name]) return;
  clearInterval(waiting);
  const covered = () => {
    const canvas = byId("masks"), data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return data.filter((value, place) => place % 4 === 3 && value).length;
  };
  const found = { masks: covered(), nothing: byId("marks").children.length };
  for (const key of ["boxes", "oriented", "keypoints", "ids", "depth"]) byId("toggle-" + key).click();
  for (const kind of ["box", "oriented", "keypoint", "id"]) found[kind] = document.querySelectorAll("." + kind).length;
  found.depth = byId("depth").getAttribute("src");
  byId("toggle-masks").click();
  byId("toggle-conditions").click();
  found.marks = covered();
  found.titles = document.querySelectorAll(".condition").length;
  byId("close").click();
  const select = byId("filter-weather");
  select.value = IMAGES[0].weather[0];
  select.onchange();
  found.filtered = shown.map((one) => one.name);
  found.thumbnails = document.querySelectorAll("figure img").length;
  report(found);
}, 20);
</script>"""


COUNT = """<script>
addEventListener("load", () => setTimeout(() => {
  const loaded = [...document.querySelectorAll("figure img")].filter((one) => one.naturalWidth).length;
  document.body.textContent = "FOUND" + JSON.stringify({ number: IMAGES.length, loaded }) + "END";
}, 1000));
</script>"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three samples, with depth and conditions, and their gallery."""
    folder = tmp_path_factory.mktemp("it's a <dataset>")
    for index in range(3):
        camera = small_camera(position=(2.0 * index, -6.0, 22.0))
        plan = small_plan(camera, seed=index)
        numbers, depth = painted(plan)
        marked = np.zeros(numbers.shape, dtype=bool)
        marked[::3] = True
        write_sample(
            folder / f"batch_00/image_{index:04d}",
            view=plan.view,
            settings=Settings(),
            number=image_number(index, 0, 1),
            images=[rgb_image(camera, np.full((HEIGHT, WIDTH, 3), 60 * index, np.uint8))],
            passes=passes_of(numbers, depth, marked),
            render_info={},
            blender="4.5.15",
        )
    assert main([str(folder)]) == 0
    return folder


def browse(page: Path, further: str, tmp_path: Path) -> Any:
    """Return what the script ``further`` reports from the page in a browser."""
    tried = page.with_name("tried.html")
    tried.write_text(page.read_text(encoding="utf-8").replace("</body>", further + "</body>"), encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--virtual-time-budget=20000", "--dump-dom", tried.as_uri()]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    tried.unlink()
    found = re.search(r"FOUND(.*)END", html.unescape(result.stdout), re.DOTALL)
    assert found, result.stderr[-2000:]
    return json.loads(found[1])


@needs_chromium
def test_every_layer_shows_what_the_sample_holds(out: Path, tmp_path: Path) -> None:
    found = browse(out / "gallery/index.html", USE, tmp_path)
    samples = list(Dataset(out))
    sample = samples[1]
    objects = [one for one in sample.objects if one["visible_px"]]
    marks = np.any([sample.mask(one) for one in sample.conditions], axis=0)
    points = [point for one in objects for point in one.get("keypoints_px", []) if point[2]]
    assert found["masks"] == (sample.instances() > 0).sum()
    assert found["nothing"] == 0
    assert found["box"] == found["oriented"] == found["id"] == len(objects)
    assert found["keypoint"] == len(points) > 0
    assert found["depth"] == "depth/image_0001.png"
    assert found["marks"] == marks.sum() > 0
    assert found["titles"] > len(sample.conditions)
    weather = [one.document["drawn"]["light"]["weather"] for one in samples]
    assert found["filtered"] == [f"image_{i:04d}" for i, one in enumerate(weather) if one == weather[0]]
    assert found["thumbnails"] == len(found["filtered"])


@needs_chromium
def test_of_a_thousand_images_only_those_near_the_window_are_loaded(out: Path, tmp_path: Path) -> None:
    shutil.copytree(out / "gallery/thumbs", tmp_path / "gallery/thumbs")
    page = tmp_path / "gallery/index.html"
    text = (out / "gallery/index.html").read_text(encoding="utf-8")
    one = re.search(r"^\{.*?\}(?=,?$)", text, re.MULTILINE)
    assert one
    many = [one[0].replace(".jpg", f".jpg?{number}") for number in range(998)]  # a browser loads equal images once
    page.write_text(text.replace(one[0], ",\n".join(many)), encoding="utf-8")
    found = browse(page, COUNT, tmp_path)
    assert found["number"] == 1000
    assert 0 < found["loaded"] < 300, "only the thumbnails near the window are loaded"


def test_the_page_is_self_contained(out: Path) -> None:
    text = (out / "gallery/index.html").read_text(encoding="utf-8")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    entries = json.loads(text.partition("const IMAGES = ")[2].partition(";\n")[0])
    for entry in entries:
        for key in ("image", "thumbnail", "data", "depth"):
            assert (out / "gallery" / entry[key]).is_file()
    with Image.open(out / "gallery" / entries[2]["thumbnail"]) as image:
        assert abs(np.asarray(image).mean() - 120) < 2


def test_without_previews_the_images_themselves_are_shown(out: Path, tmp_path: Path) -> None:
    shutil.copytree(out / "batch_00", tmp_path / "batch_00")
    page = write_gallery(tmp_path)
    (entry, *_) = json.loads(page.read_text(encoding="utf-8").partition("const IMAGES = ")[2].partition(";\n")[0])
    assert entry["thumbnail"] == entry["image"] == "../batch_00/image_0000/rgb.png"
    assert entry["depth"] is None


def test_a_second_gallery_replaces_the_first_and_keeps_your_files(out: Path) -> None:
    (out / "gallery/notes.txt").write_text("mine")
    assert main([str(out)]) == 0
    assert (out / "gallery/notes.txt").read_text() == "mine"
    (out / "gallery/notes.txt").unlink()


def test_bad_input_is_refused_and_nothing_is_touched(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.strip() == f"{tmp_path} contains no samples."
    shutil.copytree(out / "batch_00", tmp_path / "batch_00")
    (tmp_path / "gallery").mkdir()
    (tmp_path / "gallery/index.html").write_text("<p>mine</p>")
    with pytest.raises(SettingsError, match="was not written by Solar Site"):
        write_gallery(tmp_path)
    assert (tmp_path / "gallery/index.html").read_text() == "<p>mine</p>"
    (tmp_path / "gallery/index.html").unlink()
    broken = tmp_path / "batch_00/image_0001/sample.json"
    broken.write_text(broken.read_text().replace('"bbox_px"', '"box"'))
    with pytest.raises(SolarSiteError, match=r"image_0001/sample\.json cannot be read"):
        write_gallery(tmp_path)
    assert not (tmp_path / "gallery/index.html").exists()
    assert not list(tmp_path.glob(".gallery*"))
