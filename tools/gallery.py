# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate docs/gallery.md and its images, each with one call of headless/batch.py. Run: make gallery.

``python -m tools.gallery NAME ...`` renders only the named images. The page is always rewritten.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "gallery.md"
IMAGES = ROOT / "docs" / "gallery"
QUALITY = ("--resolution", "640x480", "--max_samples", "16", "--noise_threshold", "0.03")
JPEG_QUALITY = 88

INTRODUCTION = """\
# Gallery

Every image on this page was rendered by the command below it and stored as JPEG without further editing. The images are
small, with the additional options `{quality}`. The seeds were
selected; any other seed gives a different site. Annotations are not shown. `make gallery` renders all images again.
"""


@dataclass(frozen=True)
class Shot:
    """One image of the gallery."""

    name: str
    caption: str
    seed: int
    preset: str
    settings: tuple[str, ...] = ()
    """Values for --set, each NAME=VALUE."""

    @property
    def arguments(self) -> list[str]:
        """Return the options of headless/batch.py specific to this image."""
        options = ["--preset", self.preset, "--seed", str(self.seed)]
        for setting in self.settings:
            options += ["--set", setting]
        return options

    @property
    def file(self) -> Path:
        """Return the path of the image."""
        return IMAGES / f"{self.name}.jpg"


def view(altitude_m: int, pitch_deg: int, *more: str) -> tuple[str, ...]:
    """Return the settings for a flight altitude, a gimbal pitch and anything else."""
    return (f"camera.altitude_agl_m={altitude_m}", f"camera.gimbal_pitch_deg={pitch_deg}", *more)


SHOTS: tuple[Shot, ...] = (
    Shot("summer_30", "Mountain in summer, nadir view from 30 m", 11, "mountain_summer", view(30, -90)),
    Shot("summer_60", "Mountain in summer from 60 m", 12, "mountain_summer", view(60, -65, "light.weather=clear")),
    Shot(
        "summer_clouds",
        "Cloud shadows over a mountain",
        13,
        "mountain_summer",
        view(120, -50, "light.weather=cloud_shadows"),
    ),
    Shot("summer_oblique", "The neighboring slope", 14, "mountain_summer", view(80, -32, "light.weather=clear")),
    Shot("summer_low_sun", "Long evening shadows", 17, "mountain_summer", view(70, -60, "light.time_h=19.2")),
    Shot(
        "substation",
        "A substation by the road",
        122,
        "mountain_summer",
        view(110, -45, "light.weather=clear", "equipment.substation=1"),
    ),
    Shot("winter_40", "Snow sliding off the modules", 21, "mountain_winter", view(40, -75, "light.weather=clear")),
    Shot("winter_overcast", "Overcast winter day", 28, "mountain_winter", view(80, -55, "light.weather=overcast")),
    Shot("winter_120", "Mountain in winter from 120 m", 23, "mountain_winter", view(120, -60)),
    Shot("hills_30", "Dry hills from 30 m", 31, "dry_hills", view(30, -80)),
    Shot("hills_60", "Dry hills, polycrystalline modules", 32, "dry_hills", view(60, -60, "module.kind=poly_60")),
    Shot("hills_120", "Dry hills from 120 m", 33, "dry_hills", view(120, -70)),
    Shot("hills_haze", "Low sun and haze", 34, "dry_hills", view(60, -35, "light.weather=hazy", "light.time_h=19.5")),
    Shot("terraces_50", "Terraced farmland from 50 m", 41, "terraced_farmland", view(50, -70)),
    Shot("terraces_100", "Terraced fields and orchards", 42, "terraced_farmland", view(100, -50)),
    Shot(
        "terraces_overcast",
        "Terraces under an overcast sky",
        43,
        "terraced_farmland",
        view(70, -55, "light.weather=overcast"),
    ),
    Shot("grassland_30", "Grassland from 30 m", 51, "flat_grassland", view(30, -85)),
    Shot("grassland_60", "An array on flat grassland", 52, "flat_grassland", view(60, -50)),
    Shot("grassland_cloud", "Under thin cloud", 55, "flat_grassland", view(90, -60, "light.weather=thin_cloud")),
    Shot("desert_40", "Desert from 40 m", 66, "desert", view(40, -75)),
    Shot("desert_dust", "Dusty modules", 62, "desert", view(20, -70, "module.soiling=0.7")),
    Shot("desert_120", "Desert from 120 m", 63, "desert", view(120, -45)),
    Shot(
        "conditions",
        "Cracked, stained, soiled and missing modules",
        71,
        "mountain_summer",
        view(
            22,
            -80,
            "module.cracked_share=0.08",
            "module.stain_share=0.1",
            "module.droppings_share=0.15",
            "module.missing_share=0.04",
        ),
    ),
    Shot(
        "unfinished",
        "Under construction",
        73,
        "dry_hills",
        view(60, -60, "array.progress=0.45", "array.contour_following=0", "site.size_m=200"),
    ),
    Shot(
        "building_red",
        "Building site in red hills",
        101,
        "red_hills_construction",
        view(40, -60, "array.progress=0.45", "site.size_m=250"),
    ),
    Shot(
        "building_loess",
        "Building site in loess, evening",
        14,
        "loess_construction",
        view(25, -90, "array.progress=0.15", "light.time_h=17.5", "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_survey",
        "Survey of piles",
        12,
        "construction_survey",
        view(16, -90, "array.progress=0.3", "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_cleared",
        "Pegs and lime lines on cleared ground",
        31,
        "red_hills_construction",
        view(30, -75, "array.progress=0.03", "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_piles",
        "Concrete piles, low sun",
        32,
        "red_hills_construction",
        view(18, -80, "array.progress=0.25", "light.time_h=17", "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_helical",
        "Helical piles at 1.6 cm per pixel",
        112,
        "loess_construction",
        view(
            30,
            -90,
            "camera.model=custom",
            "camera.sensor_width_mm=4.325",
            "array.progress=0.2",
            "light.time_h=11",
            "light.weather=clear",
            "site.size_m=200",
        ),
    ),
    Shot(
        "building_racks",
        "From lime lines to the first modules",
        87,
        "loess_construction",
        view(30, -65, "array.progress=0.5", "light.time_h=10", "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_mounting",
        "Racks, and piles that wait for theirs",
        35,
        "red_hills_construction",
        view(35, -55, "array.progress=0.7", "light.weather=clear", "site.size_m=220"),
    ),
    Shot(
        "building_late",
        "Nearly complete, from 100 m",
        88,
        "loess_construction",
        view(100, -60, "array.progress=0.9", "light.weather=clear", "site.size_m=300"),
    ),
    Shot(
        "building_high",
        "Survey from 100 m, overcast",
        37,
        "construction_survey",
        view(100, -90, "array.progress=0.45", "light.weather=overcast", "site.size_m=250"),
    ),
    Shot(
        "building_early",
        "Early: piles, and ground that is only cleared",
        39,
        "early_construction",
        view(40, -65, "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_middle",
        "Midway: piles, racks and tables side by side",
        46,
        "middle_construction",
        view(40, -65, "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_last",
        "Late: the last racks get their modules",
        49,
        "late_construction",
        view(40, -65, "light.weather=clear", "site.size_m=200"),
    ),
    Shot(
        "building_snow",
        "Winter break on a mountain",
        38,
        "mountain_winter",
        view(45, -60, "array.progress=0.4", "light.weather=clear", "site.size_m=200"),
    ),
    Shot("thin_film", "Thin-film modules", 73, "flat_grassland", view(35, -70, "module.kind=thin_film_large")),
    Shot(
        "barrel",
        "Barrel distortion and vignetting",
        74,
        "mountain_summer",
        view(60, -60, "effects.distortion=-0.08", "effects.vignetting=0.3"),
    ),
    Shot(
        "phantom",
        "Phantom 4 RTK along the rows",
        75,
        "mountain_summer",
        view(50, -60, "camera.model=phantom_4_rtk", "camera.heading_mode=along_rows"),
    ),
    Shot("mixed_1", "Mixed presets, seed 81", 81, "mixed"),
    Shot("mixed_2", "Mixed presets, seed 82", 82, "mixed"),
)


def main(names: Sequence[str]) -> int:
    """Render the named images, or all of them, write the page, and return the exit code."""
    known = {shot.name: shot for shot in SHOTS}
    if unknown := sorted(set(names) - known.keys()):
        print(f"The gallery has no image named {', '.join(unknown)}.", file=sys.stderr)
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    for shot in [known[name] for name in names] or SHOTS:
        print(f"{shot.name}: {shot.caption}", flush=True)
        make(shot)
    for name in gone(PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""):
        (IMAGES / f"{name}.jpg").unlink(missing_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


def gone(page: str) -> list[str]:
    """Return the names of images on ``page`` that the gallery no longer has; no other file may be deleted."""
    return sorted(set(re.findall(r"\]\(gallery/(\w+)\.jpg\)", page)) - {shot.name for shot in SHOTS})


def make(shot: Shot) -> None:
    """Render one image; raises CalledProcessError if the launcher fails."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        subprocess.run(
            [sys.executable, "headless/batch.py", str(out), "--num_images", "1", *QUALITY, *shot.arguments],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        sample = out / json.loads((out / "dataset.json").read_text())["samples"][0]["path"]
        file = json.loads((sample / "sample.json").read_text())["images"]["rgb"]["file"]
        with Image.open(sample / file) as image:
            image.convert("RGB").save(shot.file, quality=JPEG_QUALITY, optimize=True)


def page() -> str:
    """Return the text of docs/gallery.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield INTRODUCTION.format(quality=shlex.join(QUALITY))
    for shot in SHOTS:
        yield f"## {shot.caption}\n"
        yield f"![{shot.caption}](gallery/{shot.name}.jpg)\n"
        yield "```sh"
        yield "python3 headless/batch.py output/gallery --num_images 1 " + shlex.join(shot.arguments)
        yield "```\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
