# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/gallery.md and its pictures, each by one call of headless/batch.py. Run: make gallery.

``python -m tools.gallery NAME ...`` makes only the pictures named; the page is written in any case.
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
PICTURES = ROOT / "docs" / "gallery"
QUALITY = ("--resolution", "640x480", "--max_samples", "16", "--noise_threshold", "0.03")
JPEG_QUALITY = 88

INTRODUCTION = """\
# Gallery

Every picture here was made by the program, by the command below it and no other hand: `make gallery` makes them all
again. They are small ({quality}); the labels are not shown. The number after `--seed` is all that is chosen:
another number is another plant.
"""


@dataclass(frozen=True)
class Shot:
    """One picture of the gallery."""

    name: str
    caption: str
    seed: int
    preset: str
    settings: tuple[str, ...] = ()
    """NAME=VALUE, as --set takes them."""

    @property
    def arguments(self) -> list[str]:
        """The options of headless/batch.py that are the picture's own."""
        options = ["--preset", self.preset, "--seed", str(self.seed)]
        for setting in self.settings:
            options += ["--set", setting]
        return options

    @property
    def file(self) -> Path:
        """Where the picture lies."""
        return PICTURES / f"{self.name}.jpg"


def view(altitude_m: int, pitch_deg: int, *more: str) -> tuple[str, ...]:
    """The settings of a picture from this height, with this pitch of the gimbal, and whatever else."""
    return (f"camera.altitude_agl_m={altitude_m}", f"camera.gimbal_pitch_deg={pitch_deg}", *more)


SHOTS: tuple[Shot, ...] = (
    Shot("summer_30", "Mountain in summer, straight down from 30 m", 11, "mountain_summer", view(30, -90)),
    Shot("summer_60", "Mountain in summer from 60 m", 12, "mountain_summer", view(60, -65, "light.weather=clear")),
    Shot(
        "summer_clouds",
        "Cloud shadows over a mountain",
        13,
        "mountain_summer",
        view(120, -50, "light.weather=cloud_shadows"),
    ),
    Shot("summer_oblique", "The neighbouring slope", 14, "mountain_summer", view(80, -32, "light.weather=clear")),
    Shot("summer_low_sun", "Evening: long shadows", 17, "mountain_summer", view(70, -60, "light.time_h=19.2")),
    Shot(
        "substation",
        "A substation by the road",
        91,
        "mountain_summer",
        view(110, -45, "light.weather=clear", "equipment.substation=1"),
    ),
    Shot(
        "winter_40", "Snow, and modules that it slides off", 21, "mountain_winter", view(40, -75, "light.weather=clear")
    ),
    Shot("winter_overcast", "Overcast winter's day", 22, "mountain_winter", view(80, -55, "light.weather=overcast")),
    Shot("winter_120", "A mountain in winter from 120 m", 23, "mountain_winter", view(120, -60)),
    Shot("hills_30", "Dry hills from 30 m", 31, "dry_hills", view(30, -80)),
    Shot("hills_60", "Dry hills, polycrystalline modules", 32, "dry_hills", view(60, -60, "module.kind=poly_60")),
    Shot("hills_120", "Dry hills from 120 m", 33, "dry_hills", view(120, -70)),
    Shot(
        "hills_haze", "Low sun in hazy air", 34, "dry_hills", view(60, -35, "light.weather=hazy", "light.time_h=19.5")
    ),
    Shot("terraces_50", "Terraced farmland from 50 m", 41, "terraced_farmland", view(50, -70)),
    Shot("terraces_100", "Terraces, houses and polytunnels", 42, "terraced_farmland", view(100, -50)),
    Shot(
        "terraces_overcast",
        "Terraces under an overcast sky",
        43,
        "terraced_farmland",
        view(70, -55, "light.weather=overcast"),
    ),
    Shot("grassland_30", "Grassland from 30 m", 51, "flat_grassland", view(30, -85)),
    Shot("grassland_60", "A field on flat grassland", 52, "flat_grassland", view(60, -50)),
    Shot("grassland_glint", "Thin cloud and glints", 55, "flat_grassland", view(90, -60, "light.weather=thin_cloud")),
    Shot("desert_40", "Desert from 40 m", 66, "desert", view(40, -75)),
    Shot("desert_dust", "Dusty modules", 62, "desert", view(20, -70, "module.soiling=0.7")),
    Shot("desert_120", "Desert from 120 m", 63, "desert", view(120, -45)),
    Shot(
        "conditions",
        "Cracked, stained, fouled and missing modules",
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
        view(60, -60, "array.unfinished_share=0.55", "array.contour_following=0", "site.size_m=200"),
    ),
    Shot("thin_film", "Thin film", 73, "flat_grassland", view(35, -70, "module.kind=thin_film_large")),
    Shot(
        "barrel",
        "A lens with barrel distortion: labels follow it",
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
    Shot("mixed_1", "Mixed, picture 81", 81, "mixed"),
    Shot("mixed_2", "Mixed, picture 82", 82, "mixed"),
)


def main(names: Sequence[str]) -> int:
    """Makes the pictures named, or all, and writes the page; gives the exit code."""
    known = {shot.name: shot for shot in SHOTS}
    if unknown := sorted(set(names) - known.keys()):
        print(f"The gallery has no picture named {', '.join(unknown)}.", file=sys.stderr)
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    for shot in [known[name] for name in names] or SHOTS:
        print(f"{shot.name}: {shot.caption}", flush=True)
        make(shot)
    for name in gone(PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""):
        (PICTURES / f"{name}.jpg").unlink(missing_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


def gone(page: str) -> list[str]:
    """Names of the images that an earlier page shows and ours does not: no other file in the folder is ours."""
    return sorted(set(re.findall(r"\]\(gallery/(\w+)\.jpg\)", page)) - {shot.name for shot in SHOTS})


def make(shot: Shot) -> None:
    """Makes one picture; raises CalledProcessError where the launcher fails."""
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
        with Image.open(sample / file) as picture:
            picture.convert("RGB").save(shot.file, quality=JPEG_QUALITY, optimize=True)


def page() -> str:
    """docs/gallery.md."""
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
