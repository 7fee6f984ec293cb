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

try:
    import numpy as np
    from PIL import Image
except ImportError as error:
    sys.exit(f'view.py needs Pillow and numpy ({error.name} is not installed): python3 -m pip install ".[export]"')

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from solar_site_addon.batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, SOME_FAILED
from solar_site_addon.batch.final_message import tell
from solar_site_addon.batch.gallery import write_gallery
from solar_site_addon.generator.dataset.files import ANNOTATION_FILES, rgb_file
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.domain.messages import Message
from solar_site_addon.generator.imaging.exr import read_exr

THUMBNAIL_PX = 440
DEPTH_PX = 1600
"""Longest side of the colors of depth."""
NEAR, FAR = (255, 214, 80), (40, 30, 110)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; return the exit code: 0, 1 if it could not be completed, 2 if there is nothing to show."""
    parser = argparse.ArgumentParser(description="Write OUT/gallery/index.html, a page to look through a dataset.")
    parser.add_argument("out", type=Path, metavar="OUT", help="dataset folder")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args(arguments)
    try:
        page = write_gallery(options.out.absolute(), make_previews)
    except SolarSiteError as error:
        tell(error.message)
        return BAD_ARGUMENTS
    except (OSError, SyntaxError) as error:  # Pillow raises SyntaxError for a broken PNG
        tell(Message("The gallery could not be completed ({reason}).", {"reason": error}))
        return SOME_FAILED
    print(f"Gallery: {page}")
    if options.open:
        webbrowser.open(page.as_uri())
    return ALL_WHOLE


def make_previews(sample: Path, thumbnail: Path, depth: Path) -> None:
    """Write the thumbnail of a sample, and the colors of its depth if it has one."""
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(rgb_file(sample)) as image:
        image.draft("RGB", (THUMBNAIL_PX, THUMBNAIL_PX))  # JPEG files are decoded at a fraction of their size
        small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), reducing_gap=2.0)
    small.save(thumbnail, quality=82)
    exr = sample / ANNOTATION_FILES["depth"]
    if exr.is_file():
        _depth_colors(exr).save(depth)


def _depth_colors(path: Path) -> Image.Image:
    """Return depth as colors: near is yellow, far is blue, the sky is black; colors follow the logarithm."""
    depth = read_exr(path)["Y"]
    step = max(max(depth.shape) // DEPTH_PX, 1)
    depth = depth[::step, ::step]
    sky = ~np.isfinite(depth)
    height = np.log(np.maximum(np.where(sky, 1.0, depth), 1e-3))
    low, high = (height[~sky].min(), height[~sky].max()) if (~sky).any() else (0.0, 1.0)
    share = np.clip((height - low) / max(high - low, 1e-6), 0, 1)[..., None]
    colors = np.asarray(NEAR) * (1 - share) + np.asarray(FAR) * share
    colors[sky] = 0
    return Image.fromarray(colors.astype(np.uint8))


if __name__ == "__main__":
    sys.exit(main())
