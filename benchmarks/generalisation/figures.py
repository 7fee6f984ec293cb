# SPDX-License-Identifier: GPL-3.0-or-later
"""The study's picture: for each preset the photograph, the truth, and what the two networks make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

RIGHT, FALSE, MISSED = (60, 200, 90), (235, 60, 50), (250, 200, 40)
"""sRGB of pixels that are rightly found, falsely found and missed."""
OPACITY = 0.6
MARGIN, HEAD = 6, 22
BACKGROUND, TEXT = (255, 255, 255), (20, 20, 20)
QUALITY = 80


@dataclass(frozen=True)
class Example:
    """One row."""

    name: str
    rgb: NDArray[np.uint8]
    truth: NDArray[np.bool_]
    plain: NDArray[np.bool_]
    rich: NDArray[np.bool_]


def write_examples(examples: Sequence[Example], path: Path) -> None:
    """A sheet with a row for each example: photograph, truth, plain and rich network."""
    height, width = examples[0].truth.shape
    sheet = Image.new(
        "RGB", (4 * (width + MARGIN) + MARGIN, len(examples) * (height + HEAD + MARGIN) + MARGIN), BACKGROUND
    )
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    for row, example in enumerate(examples):
        top = MARGIN + row * (height + HEAD + MARGIN)
        panels = {
            example.name.replace("_", " "): example.rgb,
            "truth": judged(example.rgb, example.truth, example.truth),
            "trained on plain pictures": judged(example.rgb, example.truth, example.plain),
            "trained on the other presets": judged(example.rgb, example.truth, example.rich),
        }
        for column, (title, picture) in enumerate(panels.items()):
            left = MARGIN + column * (width + MARGIN)
            draw.text((left, top), title, fill=TEXT, font=font)
            sheet.paste(Image.fromarray(picture), (left, top + HEAD))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=QUALITY)


def judged(rgb: NDArray[np.uint8], truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """``rgb`` (H, W, 3) tinted where pixels are rightly found, falsely found or missed."""
    tinted = rgb.astype(np.float64)
    for mask, colour in ((truth & predicted, RIGHT), (~truth & predicted, FALSE), (truth & ~predicted, MISSED)):
        tinted[mask] = (1 - OPACITY) * tinted[mask] + OPACITY * np.array(colour)
    return tinted.round().astype(np.uint8)
