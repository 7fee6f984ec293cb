# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the example figure: image, ground truth and predictions of both networks for each preset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

RIGHT, FALSE, MISSED = (60, 200, 90), (235, 60, 50), (250, 200, 40)
"""sRGB colors of true positives, false positives and false negatives."""
OPACITY = 0.6
MARGIN, HEAD = 6, 22
BACKGROUND, TEXT = (255, 255, 255), (20, 20, 20)
QUALITY = 80


@dataclass(frozen=True)
class Example:
    """One row of the figure."""

    name: str
    rgb: NDArray[np.uint8]
    truth: NDArray[np.bool_]
    plain: NDArray[np.bool_]
    rich: NDArray[np.bool_]


def write_examples(examples: Sequence[Example], path: Path) -> None:
    """Draw one row per example: image, ground truth, plain network, rich network."""
    height, width = examples[0].truth.shape
    sheet = Image.new(
        "RGB", (4 * (width + MARGIN) + MARGIN, len(examples) * (height + HEAD + MARGIN) + MARGIN), BACKGROUND
    )
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    for row, example in enumerate(examples):
        top = MARGIN + row * (height + HEAD + MARGIN)
        panels = {
            example.name.replace("_", " "): example.rgb,
            "ground truth": judged(example.rgb, example.truth, example.truth),
            "trained on plain images": judged(example.rgb, example.truth, example.plain),
            "trained on the other presets": judged(example.rgb, example.truth, example.rich),
        }
        for column, (title, image) in enumerate(panels.items()):
            left = MARGIN + column * (width + MARGIN)
            draw.text((left, top), title, fill=TEXT, font=font)
            sheet.paste(Image.fromarray(image), (left, top + HEAD))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=QUALITY)


def judged(rgb: NDArray[np.uint8], truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return ``rgb`` (H, W, 3) tinted by true positives, false positives and false negatives."""
    tinted = rgb.astype(np.float64)
    for mask, color in ((truth & predicted, RIGHT), (~truth & predicted, FALSE), (truth & ~predicted, MISSED)):
        tinted[mask] = (1 - OPACITY) * tinted[mask] + OPACITY * np.array(color)
    return tinted.round().astype(np.uint8)
