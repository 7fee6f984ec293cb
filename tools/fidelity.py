# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the results and the chart of docs/fidelity.md from the output of make study. Run: python -m tools.fidelity."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.image_statistics import FIGURES
from benchmarks.image_statistics import RESULT as STATISTICS

from .generated_parts import with_parts

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "fidelity.md"
CHART = ROOT / "docs" / "images" / "fidelity-chart.svg"
EXAMPLES = ROOT / "docs" / "images" / "fidelity-examples.jpg"
RESULT = ROOT / "benchmarks" / "results" / "generalization" / "result.json"
SEPARATION = RESULT.with_name("separation.json")
NOT_MEASURED = "Not measured yet. Run `make study` to measure."
LEGEND = """\
Green: true positives. Red: false positives. Yellow: false negatives. Each row shows the test image with the median
share of module pixels of its preset."""

WIDTH, LEFT, ROW, BAR, TOP, BOTTOM = 760, 170, 46, 15, 34, 26
COLORS = {"rich": "#2f7d4f", "plain": "#b9b9b9"}
FONT = 'font-family="sans-serif" font-size="13" fill="#222"'


def main() -> None:
    """Write the page and the chart."""
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    result = read_result()
    if result is not None:
        CHART.write_text(chart(result), encoding="utf-8")
    print(f"wrote {PAGE}")


def read_result() -> dict[str, Any] | None:
    """Return the result of the study, or None if it has not been run."""
    if not RESULT.exists():
        return None
    result: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    return result


def current(page: str) -> str:
    """Return ``page`` with an up-to-date generated part."""
    result = read_result()
    parts = {
        "study": NOT_MEASURED if result is None else study(result),
        "separation": "\n".join(separation(json.loads(SEPARATION.read_text())))
        if SEPARATION.exists()
        else NOT_MEASURED,
        "figures": "\n".join(figures()),
    }
    return with_parts(page, parts)


def separation(result: dict[str, Any]) -> Iterator[str]:
    """Yield method and table of the test that tells modules apart."""
    yield (
        f"Measured on {result['date']} with {result['images']} images of each preset, {result['resolution']} px "
        f"({result['samples']} samples per pixel), and {result['steps']} training steps (PyTorch {result['torch']})."
    )
    yield ""
    yield "| Trained on | Tested on | Modules | AP50 | AP75 |"
    yield "| --- | --- | --- | --- | --- |"
    for test in result["tests"]:
        names = (", ".join(test[half]) for half in ("trained_on", "tested_on"))
        yield _row(*names, f"{test['modules']:,}", f"{test['ap50']:.3f}", f"{test['ap75']:.3f}")


def figures() -> Iterator[str]:
    """Yield the table of the figures of benchmarks.image_statistics, and their values in real and generated images."""
    result: dict[str, Any] = json.loads(STATISTICS.read_text()) if STATISTICS.exists() else {"images": 0, "figures": {}}
    yield f"| Figure | Definition | Real stills | Real video | {result['images']} generated images |"
    yield "| --- | --- | --- | --- | --- |"
    for figure in FIGURES:
        ours = result["figures"].get(figure.name)
        generated = "not measured" if ours is None else _span(ours)
        yield _row(figure.name, figure.definition, figure.stills, figure.video, generated)


def _span(quantiles: dict[str, float]) -> str:
    """Return the 10 and 90 % quantiles, and the median in parentheses."""
    low, middle, high = (f"{quantiles[share]:.3g}" for share in ("10%", "50%", "90%"))
    return f"{low} to {high} ({middle})"


def study(result: dict[str, Any]) -> str:
    """Return method, table, conclusion and figures as Markdown."""
    parts = [method(result), "\n".join(table(result)), verdict(result), "![IoU by preset](images/fidelity-chart.svg)"]
    if EXAMPLES.exists():
        parts.append("![Image, ground truth, and the predictions of the two networks](images/fidelity-examples.jpg)")
        parts.append(LEGEND)
    return "\n\n".join(parts)


def method(result: dict[str, Any]) -> str:
    """Return one sentence on how the result was measured."""
    minutes = {name: f"{seconds / 60:.0f} minutes" for name, seconds in result["seconds"].items()}
    return (
        f"Measured on {result['date']} with {result['training_images']} training images of "
        f"{result['resolution']} px ({result['samples']} samples per pixel), {result['steps']} steps of "
        f"{result['batch']} crops of {result['crop_px']} px, a network of {result['weights']:,} weights, and "
        f"{result['networks']} networks of each kind (PyTorch {result['torch']}, {result['cores']} CPU cores; "
        f"{minutes['images']} for the images, {minutes['networks']} for the networks)."
    )


def table(result: dict[str, Any]) -> Iterator[str]:
    """Yield a row for each held-out preset, and one for the plain images."""
    yield "| Test preset | Images | IoU rich | IoU plain | Difference (95 % interval) | F1 rich | F1 plain |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in result["presets"]:
        cells = [row["name"], str(row["images"]), _shown(row["rich"]), _shown(row["plain"])]
        cells.append(_difference(row["difference"]))
        yield _row(*cells, f"{row['rich']['f1']:.3f}", f"{row['plain']['f1']:.3f}")
    control = result["on_plain_images"]
    scores = [f"{control[kind]['f1']:.3f}" for kind in ("rich", "plain")]
    yield _row("plain images", "", _shown(control["rich"]), _shown(control["plain"]), "", *scores)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _shown(score: dict[str, Any]) -> str:
    """Return the IoU, with the range over the networks if there are several."""
    single = score["iou_by_network"]
    spread = f" ({min(single):.3f} to {max(single):.3f})" if len(single) > 1 else ""
    return f"{score['iou']:.3f}{spread}"


def _difference(difference: dict[str, float]) -> str:
    """Return an IoU difference with its interval."""
    return f"{difference['iou']:+.3f} ({difference['low']:+.3f} to {difference['high']:+.3f})"


def verdict(result: dict[str, Any]) -> str:
    """Return the conclusion that follows from the numbers."""
    rows = result["presets"]
    better = [row["name"] for row in rows if row["difference"]["low"] > 0]
    worse = [row["name"] for row in rows if row["difference"]["high"] < 0]
    open_ones = [row["name"] for row in rows if row["name"] not in better + worse]
    mean = {kind: sum(row[kind]["iou"] for row in rows) / len(rows) for kind in ("rich", "plain")}
    kinds = f"{mean['rich']:.3f} with rich images and {mean['plain']:.3f} with plain ones"
    overall = _difference(result["mean_difference"])
    sentences = [f"Averaged over the held-out presets, the IoU is {kinds}: a difference of {overall}."]
    for names, words in (
        (better, "the rich training images are significantly better"),
        (open_ones, "the difference is not significant"),
        (worse, "the rich training images are significantly worse"),
    ):
        if names:
            sentences.append(f"On {_listed(names)} {words} ({len(names)} of {len(rows)}).")
    return " ".join(sentences)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def chart(result: dict[str, Any]) -> str:
    """Return a bar chart of the IoU on each held-out preset as SVG."""
    rows = result["presets"]
    height = TOP + ROW * len(rows) + BOTTOM
    scale = WIDTH - LEFT - 60
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img">']
    lines.append(f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>')
    for number, (kind, text) in enumerate(
        (("rich", "trained on the other presets"), ("plain", "trained on plain images"))
    ):
        x = LEFT + 240 * number
        lines.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{COLORS[kind]}"/>')
        lines.append(f'<text x="{x + 18}" y="19" {FONT}>{text}</text>')
    for tick in range(6):
        x = LEFT + scale * tick // 5
        lines.append(f'<path d="M{x} {TOP}V{height - BOTTOM}" stroke="#dddddd"/>')
        lines.append(f'<text x="{x}" y="{height - 8}" text-anchor="middle" {FONT}>{tick / 5:.1f}</text>')
    for number, row in enumerate(rows):
        y = TOP + ROW * number + 6
        lines.append(f'<text x="{LEFT - 10}" y="{y + 20}" text-anchor="end" {FONT}>{row["name"]}</text>')
        for place, kind in enumerate(("rich", "plain")):
            length, top = round(scale * row[kind]["iou"], 1), y + place * (BAR + 2)
            lines.append(f'<rect x="{LEFT}" y="{top}" width="{length}" height="{BAR}" fill="{COLORS[kind]}"/>')
            text = f"{row[kind]['iou']:.2f}"
            lines.append(f'<text x="{LEFT + length + 6}" y="{top + 12}" {FONT}>{text}</text>')
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    main()
