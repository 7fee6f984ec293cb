# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the figures and the chart of docs/fidelity.md from the result of make study. Run: python -m tools.fidelity."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .made_parts import with_parts

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "fidelity.md"
CHART = ROOT / "docs" / "images" / "fidelity-chart.svg"
EXAMPLES = ROOT / "docs" / "images" / "fidelity-examples.jpg"
RESULT = ROOT / "benchmarks" / "results" / "generalisation" / "result.json"
NOT_MEASURED = "Not measured yet: `make study` measures it."
LEGEND = """\
Green: rightly found. Red: taken for a module, and none. Yellow: missed. Of each preset the picture with the median
share of module pixels is shown."""

WIDTH, LEFT, ROW, BAR, TOP, BOTTOM = 760, 170, 46, 15, 34, 26
COLOURS = {"rich": "#2f7d4f", "plain": "#b9b9b9"}
FONT = 'font-family="sans-serif" font-size="13" fill="#222"'


def main() -> None:
    """Writes the page and the chart."""
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    result = read_result()
    if result is not None:
        CHART.write_text(chart(result), encoding="utf-8")
    print(f"wrote {PAGE}")


def read_result() -> dict[str, Any] | None:
    """What the study has come to, None where it was never carried out."""
    if not RESULT.exists():
        return None
    result: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    return result


def current(page: str) -> str:
    """``page`` with its made part as it should be."""
    result = read_result()
    return with_parts(page, {"study": NOT_MEASURED if result is None else study(result)})


def study(result: dict[str, Any]) -> str:
    """What was done, the table, what it says, and the pictures, as Markdown."""
    parts = [method(result), "\n".join(table(result)), verdict(result), "![IoU by preset](images/fidelity-chart.svg)"]
    if EXAMPLES.exists():
        parts.append("![Photograph, truth, and what the two networks find](images/fidelity-examples.jpg)")
        parts.append(LEGEND)
    return "\n\n".join(parts)


def method(result: dict[str, Any]) -> str:
    """How it was measured."""
    minutes = {name: f"{seconds / 60:.0f} minutes" for name, seconds in result["seconds"].items()}
    return (
        f"Measured on {result['date']} with {result['training_pictures']} training pictures of "
        f"{result['resolution']} px ({result['samples']} samples a pixel), {result['steps']} steps of "
        f"{result['batch']} crops of {result['crop_px']} px, a network of {result['weights']:,} weights, "
        f"{result['networks']} networks of each kind (PyTorch {result['torch']}, {result['cores']} cores of a CPU; "
        f"pictures {minutes['pictures']}, networks {minutes['networks']})."
    )


def table(result: dict[str, Any]) -> Iterator[str]:
    """A row for each preset left out, and one for the plain pictures."""
    yield "| Tested on | Pictures | IoU rich | IoU plain | Difference (95 % interval) | F1 rich | F1 plain |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in result["presets"]:
        cells = [row["name"], str(row["pictures"]), _shown(row["rich"]), _shown(row["plain"])]
        cells.append(_difference(row["difference"]))
        yield _row(*cells, f"{row['rich']['f1']:.3f}", f"{row['plain']['f1']:.3f}")
    control = result["on_plain_pictures"]
    scores = [f"{control[kind]['f1']:.3f}" for kind in ("rich", "plain")]
    yield _row("plain pictures", "", _shown(control["rich"]), _shown(control["plain"]), "", *scores)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _shown(score: dict[str, Any]) -> str:
    """IoU, with the lowest and highest of the single networks where there are several."""
    single = score["iou_by_network"]
    spread = f" ({min(single):.3f} to {max(single):.3f})" if len(single) > 1 else ""
    return f"{score['iou']:.3f}{spread}"


def _difference(difference: dict[str, float]) -> str:
    """A difference of IoU with its interval."""
    return f"{difference['iou']:+.3f} ({difference['low']:+.3f} to {difference['high']:+.3f})"


def verdict(result: dict[str, Any]) -> str:
    """What the figures say, in words that follow from them."""
    rows = result["presets"]
    better = [row["name"] for row in rows if row["difference"]["low"] > 0]
    worse = [row["name"] for row in rows if row["difference"]["high"] < 0]
    open_ones = [row["name"] for row in rows if row["name"] not in better + worse]
    mean = {kind: sum(row[kind]["iou"] for row in rows) / len(rows) for kind in ("rich", "plain")}
    kinds = f"{mean['rich']:.3f} with rich pictures and {mean['plain']:.3f} with plain ones"
    all_in_all = _difference(result["mean_difference"])
    sentences = [f"Averaged over the presets left out, IoU is {kinds}: a difference of {all_in_all}."]
    for names, words in (
        (better, "rich training pictures are better, by more than chance"),
        (open_ones, "chance alone could explain the difference"),
        (worse, "rich training pictures are worse, by more than chance"),
    ):
        if names:
            sentences.append(f"On {_listed(names)} {words} ({len(names)} of {len(rows)}).")
    return " ".join(sentences)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def chart(result: dict[str, Any]) -> str:
    """Two bars of IoU for each preset left out, as SVG."""
    rows = result["presets"]
    height = TOP + ROW * len(rows) + BOTTOM
    scale = WIDTH - LEFT - 60
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img">']
    lines.append(f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>')
    for number, (kind, text) in enumerate((("rich", "trained on the other presets"), ("plain", "on plain pictures"))):
        x = LEFT + 240 * number
        lines.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{COLOURS[kind]}"/>')
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
            lines.append(f'<rect x="{LEFT}" y="{top}" width="{length}" height="{BAR}" fill="{COLOURS[kind]}"/>')
            text = f"{row[kind]['iou']:.2f}"
            lines.append(f'<text x="{LEFT + length + 6}" y="{top + 12}" {FONT}>{text}</text>')
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    main()
