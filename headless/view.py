# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes OUT/gallery/index.html: a page to look through a dataset and its annotations in a browser.

    python3 headless/view.py OUT --open

The page works without a server. Needs Pillow and numpy: pip install ".[export]".
"""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

try:
    from PIL import Image

    from headless.pixels import opened
    from solar_site_addon.generator.imaging.depth_colors import depth_colors
    from solar_site_addon.generator.imaging.exr import read_exr
except ImportError as error:
    if error.name not in ("numpy", "PIL"):
        raise
    sys.exit(f'view.py needs Pillow and numpy ({error.name} is not installed): python3 -m pip install ".[export]"')

from solar_site_addon.batch import gallery
from solar_site_addon.batch.dataset_folder import gallery_page
from solar_site_addon.batch.exit_codes import ALL_WHOLE
from solar_site_addon.batch.gallery import THUMBNAIL_PX, THUMBNAIL_QUALITY
from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, rgb_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; return the exit code: 0, 1 if it could not be completed, 2 if there is nothing to show."""
    parser = argparse.ArgumentParser(description="Write OUT/gallery/index.html, a page to look through a dataset.")
    parser.add_argument("out", type=Path, metavar="OUT", help="dataset folder")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args(arguments)
    out = options.out.absolute()
    code = gallery.main(out, make_previews)
    if code == ALL_WHOLE and options.open:
        webbrowser.open(gallery_page(out).as_uri())
    return code


def make_previews(sample: Path, thumbnail: Path, depth: Path) -> None:
    """Write the thumbnail of a sample, and the colors of its depth if it has one."""
    with opened(rgb_file(sample)) as image:
        image.draft("RGB", (THUMBNAIL_PX, THUMBNAIL_PX))  # JPEG files are decoded at a fraction of their size
        small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), reducing_gap=2.0)
    small.save(thumbnail, quality=THUMBNAIL_QUALITY)
    exr = sample / ANNOTATION_FILES["depth"]
    if exr.is_file():
        Image.fromarray(depth_colors(read_exr(exr)["Y"])).save(depth)


if __name__ == "__main__":
    sys.exit(main())
