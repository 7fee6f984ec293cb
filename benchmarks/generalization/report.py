# SPDX-License-Identifier: GPL-3.0-or-later
"""Summarize the study: scores, differences with intervals, and example images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .data import PLAIN, Images
from .experiment import RICH_NAME, Outcome
from .figures import Example
from .metrics import bootstrap_of_difference, f1, interval, iou

BOOTSTRAP_ROUNDS, BOOTSTRAP_SEED = 2000, 0


def shown_image(images: Images) -> int:
    """Return the index of the example image of a domain: the one with the median share of module pixels."""
    shares = images.modules.mean(axis=(1, 2))
    return int(np.argsort(shares, kind="stable")[len(shares) // 2])


def counts_of(outcomes: Sequence[Outcome], experiment: str, domain: str) -> NDArray[np.int64]:
    """Return (S, N, 3) pixel counts of the S networks of an experiment on the N images of a domain."""
    return np.stack([outcome.counts[domain] for outcome in outcomes if outcome.experiment.name == experiment])


def compared(outcomes: Sequence[Outcome], tested: Mapping[str, Images], presets: Sequence[str]) -> dict[str, Any]:
    """Return the part of the result with the scores of the networks."""
    rows: list[dict[str, Any]] = []
    bootstrapped = []
    for number, name in enumerate(presets):
        rich = counts_of(outcomes, RICH_NAME.format(name), name)
        plain = counts_of(outcomes, PLAIN, name)
        bootstrapped.append(bootstrap_of_difference(rich, plain, BOOTSTRAP_ROUNDS, BOOTSTRAP_SEED + number))
        share = round(float(tested[name].modules.mean()), 4)
        rows.append(
            {
                "name": name,
                "images": len(tested[name]),
                "module_share": share,
                "rich": scores(rich),
                "plain": scores(plain),
                "difference": difference(iou(rich) - iou(plain), bootstrapped[-1]),
            }
        )
    on_plain = [counts_of(outcomes, RICH_NAME.format(name), PLAIN) for name in presets]
    control = {"rich": scores(np.concatenate(on_plain)), "plain": scores(counts_of(outcomes, PLAIN, PLAIN))}
    mean = sum(row["rich"]["iou"] - row["plain"]["iou"] for row in rows) / len(rows)
    # The presets are bootstrapped independently and weighted equally.
    over_presets = difference(mean, np.mean(bootstrapped, axis=0))
    return {"presets": rows, "mean_difference": over_presets, "on_plain_images": control}


def difference(found: float, bootstrapped: NDArray[np.float64]) -> dict[str, float]:
    """Return an IoU difference and its interval, rounded."""
    low, high = interval(bootstrapped)
    return {"iou": round(found, 4), "low": round(low, 4), "high": round(high, 4)}


def scores(counts: NDArray[np.int64]) -> dict[str, Any]:
    """Return IoU and F1 over all networks and images, and the IoU of each network."""
    return {
        "iou": round(iou(counts), 4),
        "f1": round(f1(counts), 4),
        "iou_by_network": [round(iou(network), 4) for network in counts],
    }


def examples(outcomes: Sequence[Outcome], tested: Mapping[str, Images], presets: Sequence[str]) -> list[Example]:
    """Return one row of the figure per preset, from the networks with the first seed."""
    first = {outcome.experiment.name: outcome for outcome in reversed(outcomes)}
    rows = []
    for name in presets:
        number = shown_image(tested[name])
        rich, plain = first[RICH_NAME.format(name)].examples[name], first[PLAIN].examples[name]
        rows.append(Example(name, tested[name].rgb[number], tested[name].modules[number], plain, rich))
    return rows
