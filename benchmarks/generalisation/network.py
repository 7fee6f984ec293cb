# SPDX-License-Identifier: GPL-3.0-or-later
"""A small segmentation network, its training and its predictions. Needs PyTorch; one core of a CPU is enough.

The network is a U-Net (Ronneberger et al., 2015) with half a million weights. It works on blocks of 2 x 2 pixels, which
makes it four times as fast, and normalises by groups of channels (Wu and He, 2018), so that what it makes of a picture
does not depend on the pictures that it was trained with by way of their mean brightness.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from .data import Pictures, joined
from .experiment import Experiment, Outcome
from .metrics import pixel_counts

CHANNELS = (16, 32, 64, 128)
GROUPS = 8
BLOCK = 2
"""Pixels along the side of the blocks that the network works on."""
STRIDE = BLOCK * 2 ** (len(CHANNELS) - 1)
"""A picture's sides are padded to a multiple of this."""
THRESHOLD = 0.5


@dataclass(frozen=True)
class Training:
    """How a network is trained: the same for every network of the study."""

    steps: int = 400
    batch: int = 8
    crop_px: int = 128
    learning_rate: float = 2e-3
    brightness: float = 0.25
    """Share by which a crop's brightness may change, up or down; each colour changes by half of that on its own."""


class UNet(nn.Module):
    """(N, 3, H, W) colours from 0 to 1 to (N, 1, H, W) logits of the class; H and W are multiples of STRIDE."""

    def __init__(self) -> None:
        super().__init__()
        inputs = (3 * BLOCK**2, *CHANNELS[:-1])
        self.down = nn.ModuleList(_block(a, b) for a, b in zip(inputs, CHANNELS, strict=True))
        self.up = nn.ModuleList(_block(a + b, a) for a, b in itertools.pairwise(CHANNELS))
        self.last = nn.Conv2d(CHANNELS[0], BLOCK**2, 1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        features = functional.pixel_unshuffle(pictures - 0.5, BLOCK)
        levels = []
        for number, block in enumerate(self.down):
            features = block(functional.max_pool2d(features, 2) if number else features)
            levels.append(features)
        for level, block in zip(reversed(levels[:-1]), reversed(self.up), strict=True):
            features = functional.interpolate(features, scale_factor=2.0, mode="nearest")
            features = block(torch.cat([level, features], dim=1))
        return functional.pixel_shuffle(self.last(features), BLOCK)


def _block(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.GroupNorm(GROUPS, outputs), nn.ReLU()]
    return nn.Sequential(*layers)


def number_of_weights() -> int:
    """Weights of the network."""
    return sum(weight.numel() for weight in UNet().parameters())


def train(pictures: Pictures, training: Training, seed: int) -> UNet:
    """A network trained on random crops of ``pictures``, turned, mirrored and changed in brightness and colour."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = UNet()
    optimizer = torch.optim.AdamW(network.parameters(), lr=training.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, training.learning_rate, total_steps=training.steps)
    network.train()
    for _ in range(training.steps):
        colours, truth = random_crops(pictures, training, rng)
        loss = loss_of(network(torch.from_numpy(colours)), torch.from_numpy(truth))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network


def loss_of(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Cross-entropy, and the Dice loss (Milletari et al., 2016), which does not mind that most pixels are ground."""
    entropy = functional.binary_cross_entropy_with_logits(logits, truth)
    probability = torch.sigmoid(logits)
    dice = (2 * (probability * truth).sum() + 1) / (probability.sum() + truth.sum() + 1)
    return entropy + 1 - dice


def random_crops(
    pictures: Pictures, training: Training, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(B, 3, C, C) colours from 0 to 1 and (B, 1, C, C) truth, 0 or 1, of B crops."""
    side = training.crop_px
    _, height, width = pictures.modules.shape
    colours, truth = [], []
    for _ in range(training.batch):
        number, y, x = rng.integers(0, (len(pictures), height - side + 1, width - side + 1))
        place = (number, slice(y, y + side), slice(x, x + side))
        turns, mirrored = rng.integers(0, (4, 2))
        step = -1 if mirrored else 1
        gain = rng.uniform(1 - training.brightness, 1 + training.brightness)
        tint = rng.uniform(1 - training.brightness / 2, 1 + training.brightness / 2, size=3)
        crop = np.clip(pictures.rgb[place] * (gain * tint / 255), 0, 1)
        colours.append(np.rot90(crop[:, ::step], turns).transpose(2, 0, 1))
        truth.append(np.rot90(pictures.modules[place][:, ::step], turns)[None])
    return np.stack(colours).astype(np.float32), np.stack(truth).astype(np.float32)


def predict(network: UNet, rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(N, H, W) whether the network takes a pixel for the class, of (N, H, W, 3) pictures, one at a time."""
    network.eval()
    height, width = rgb.shape[1:3]
    padding = (0, -width % STRIDE, 0, -height % STRIDE)
    masks = []
    with torch.no_grad():
        for picture in rgb:
            colours = torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)[None]
            logits = network(functional.pad(colours, padding, mode="replicate"))
            masks.append((torch.sigmoid(logits) > THRESHOLD)[0, 0, :height, :width].numpy())
    return np.stack(masks)


def carry_out(
    experiment: Experiment,
    training: Training,
    trained_on: Sequence[Pictures],
    tested_on: Mapping[str, Pictures],
    shown: Mapping[str, int],
) -> Outcome:
    """Train and test one network on one core; ``shown`` is the number of the picture that shows a domain."""
    torch.set_num_threads(1)  # the same result on every machine with the same PyTorch, and no waiting for each other
    network = train(joined(trained_on), training, experiment.seed)
    predicted = {name: predict(network, pictures.rgb) for name, pictures in tested_on.items()}
    return Outcome(
        experiment,
        {name: pixel_counts(tested_on[name].modules, masks) for name, masks in predicted.items()},
        {name: masks[shown[name]] for name, masks in predicted.items()},
    )
