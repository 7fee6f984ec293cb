# SPDX-License-Identifier: GPL-3.0-or-later
"""Define, train and apply a small segmentation network. Needs PyTorch; one CPU core is enough.

The network is a U-Net (Ronneberger et al., 2015) with half a million weights. It works on blocks of 2 x 2 pixels, which
makes it four times faster. It uses group normalization (Wu and He, 2018), so that a prediction does not depend on
brightness statistics of the training images.
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

from .data import Images, joined
from .experiment import Experiment, Outcome
from .metrics import pixel_counts

CHANNELS = (16, 32, 64, 128)
GROUPS = 8
BLOCK = 2
"""Side length in pixels of the blocks that the network works on."""
STRIDE = BLOCK * 2 ** (len(CHANNELS) - 1)
"""Image sides are padded to a multiple of this."""
THRESHOLD = 0.5
SEAM_WEIGHT = 10


@dataclass(frozen=True)
class Training:
    """Training parameters, the same for all networks of the study."""

    steps: int = 400
    batch: int = 8
    crop_px: int = 128
    learning_rate: float = 2e-3
    brightness: float = 0.25
    """Maximum relative change in brightness of a crop; each color channel varies by half of it in addition."""


class UNet(nn.Module):
    """Map (N, 3, H, W) colors from 0 to 1 to (N, K, H, W) logits; H and W are multiples of STRIDE."""

    def __init__(self, outputs: int = 1) -> None:
        super().__init__()
        inputs = (3 * BLOCK**2, *CHANNELS[:-1])
        self.down = nn.ModuleList(_block(a, b) for a, b in zip(inputs, CHANNELS, strict=True))
        self.up = nn.ModuleList(_block(a + b, a) for a, b in itertools.pairwise(CHANNELS))
        self.last = nn.Conv2d(CHANNELS[0], outputs * BLOCK**2, 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = functional.pixel_unshuffle(images - 0.5, BLOCK)
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
    """Return the number of weights of the network."""
    return sum(weight.numel() for weight in UNet().parameters())


def train(rgb: NDArray[np.uint8], targets: NDArray[np.bool_], training: Training, seed: int) -> UNet:
    """Train a network on random crops of images (N, H, W, 3), rotated, mirrored and varied in brightness and color.

    It learns to predict ``targets`` (N, H, W, K).
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = UNet(targets.shape[-1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=training.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, training.learning_rate, total_steps=training.steps)
    network.train()
    for _ in range(training.steps):
        colors, truth = random_crops(rgb, targets, training, rng)
        loss = loss_of(network(torch.from_numpy(colors)), torch.from_numpy(truth))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network


def loss_of(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return cross-entropy plus Dice loss (Milletari et al., 2016), which is robust to class imbalance.

    Where the first output is true and another one is not, that one counts SEAM_WEIGHT times more: the few pixels
    between touching objects decide whether these are told apart (Ronneberger et al., 2015).
    """
    seams = truth[:, :1] * (1 - truth)
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, weight=1 + SEAM_WEIGHT * seams)
    probability = torch.sigmoid(logits)
    places = (0, 2, 3)
    dice = (2 * (probability * truth).sum(places) + 1) / (probability.sum(places) + truth.sum(places) + 1)
    return entropy + 1 - dice.mean()


def random_crops(
    rgb: NDArray[np.uint8], targets: NDArray[np.bool_], training: Training, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (B, 3, C, C) colors from 0 to 1 and (B, K, C, C) ground truth, 0 or 1, of B crops."""
    side = training.crop_px
    height, width = rgb.shape[1:3]
    colors, truth = [], []
    for _ in range(training.batch):
        number, y, x = rng.integers(0, (len(rgb), height - side + 1, width - side + 1))
        place = (number, slice(y, y + side), slice(x, x + side))
        turns, mirrored = rng.integers(0, (4, 2))
        step = -1 if mirrored else 1
        gain = rng.uniform(1 - training.brightness, 1 + training.brightness)
        tint = rng.uniform(1 - training.brightness / 2, 1 + training.brightness / 2, size=3)
        crop = np.clip(rgb[place] * (gain * tint / 255), 0, 1)
        colors.append(np.rot90(crop[:, ::step], turns).transpose(2, 0, 1))
        truth.append(np.rot90(targets[place][:, ::step], turns).transpose(2, 0, 1))
    return np.stack(colors).astype(np.float32), np.stack(truth).astype(np.float32)


def predict(network: UNet, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (N, K, H, W) predicted probabilities of (N, H, W, 3) images, processed one at a time."""
    network.eval()
    height, width = rgb.shape[1:3]
    padding = (0, -width % STRIDE, 0, -height % STRIDE)
    probabilities = []
    with torch.no_grad():
        for image in rgb:
            colors = torch.from_numpy(image.astype(np.float32) / 255).permute(2, 0, 1)[None]
            logits = network(functional.pad(colors, padding, mode="replicate"))
            probabilities.append(torch.sigmoid(logits)[0, :, :height, :width].numpy())
    return np.stack(probabilities)


def carry_out(
    experiment: Experiment,
    training: Training,
    trained_on: Sequence[Images],
    tested_on: Mapping[str, Images],
    shown: Mapping[str, int],
) -> Outcome:
    """Train and test one network on one core; ``shown`` is the index of the example image of each domain."""
    torch.set_num_threads(1)  # reproducible with the same PyTorch, and the processes do not compete for cores
    images = joined(trained_on)
    network = train(images.rgb, images.modules[..., None], training, experiment.seed)
    predicted = {name: predict(network, tested.rgb)[:, 0] > THRESHOLD for name, tested in tested_on.items()}
    return Outcome(
        experiment,
        {name: pixel_counts(tested_on[name].modules, masks) for name, masks in predicted.items()},
        {name: masks[shown[name]] for name, masks in predicted.items()},
    )
