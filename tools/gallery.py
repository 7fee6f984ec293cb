# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/gallery.md and its pictures, each by one call of headless/batch.py. Run: make gallery.

``python -m tools.gallery NAME ...`` makes only the pictures named; the page is written in any case.
"""

from __future__ import annotations

import json
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
QUALITY = ("--resolution", "800x600", "--max_samples", "24", "--noise_threshold", "0.03")
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
    for file in set(PICTURES.glob("*.jpg")) - {shot.file for shot in SHOTS}:
        file.unlink()
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


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
        file = json.loads((sample / "sample.json").read_text())["image"]["file"]
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
