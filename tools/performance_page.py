# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the tables and charts of docs/performance.md from the results of the benchmarks.

Run: python -m tools.performance_page.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from solar_site_addon.batch.quantities import size

from .generated_parts import with_parts

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "benchmarks" / "results"
CHART = ROOT / "docs" / "images" / "performance.svg"
STAGES = ("view", "passes", "ground", "samples", "files")
COLORS = dict(zip(("site", *STAGES), ("#7a5195", "#bc5090", "#ef5675", "#ffa600", "#2f7d4f", "#888888"), strict=True))


def main() -> None:
    """Write the page and its chart."""
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    draw(CHART)
    print(f"wrote {PAGE}")


def current(page: str) -> str:
    """Return ``page`` with up-to-date generated parts."""
    return with_parts(
        page,
        {
            "stages": table("stages", stages),
            "materials": table("material_cost", materials),
            "ground_images": table("material_cost", materials, "ground_images"),
            "quality": table("render_quality", quality, "cpu"),
            "scale": table("scale", scale),
            "hot_parts": table("hot_parts", hot_parts),
            "against_blenderproc": table("against_blenderproc", against_blenderproc),
        },
    )


def table(name: str, rows: Callable[[dict[str, Any]], Iterator[str]], which: str = "result") -> str:
    """Return the Markdown table that ``rows`` makes of a result of a benchmark."""
    result = read(name, which)
    return "Not measured yet." if result is None else "\n".join(rows(result))


def read(name: str, which: str = "result") -> dict[str, Any] | None:
    """Return a result of a benchmark, None if there is none."""
    file = RESULTS / name / f"{which}.json"
    result: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    return result


def stages(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of stages."""
    yield from _head(
        "Preset", "Image size", "Site", *(stage.capitalize() for stage in STAGES), "Image", "Image / bare Cycles"
    )
    for one in result["results"]:
        total = one["site"] + sum(one["first"].values())
        seconds = [one["site"], *(one["first"][stage] for stage in STAGES), total]
        yield _row(
            one["preset"],
            f"{one['resolution']} px",
            *(f"{value:.2f} s" for value in seconds),
            f"{total / one['bare']:.2f}",
        )


def materials(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of materials: one row per preset, the median and the largest of its cases."""
    yield from _head(
        "Preset", "Cases", "Sample, µs", "Sample with plain materials, µs", "Ratio, median", "Ratio, largest"
    )
    presets = dict.fromkeys(cost["case"]["preset"] for cost in result["costs"])
    for preset in presets:
        costs = [cost for cost in result["costs"] if cost["case"]["preset"] == preset]
        ratios, samples, plain = ([cost[name] for cost in costs] for name in ("ratio", "sample_us", "plain_us"))
        numbers = (statistics.median(samples), statistics.median(plain), statistics.median(ratios), max(ratios))
        yield _row(preset, str(len(costs)), *(f"{number:.2f}" for number in numbers))


def quality(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of render qualities."""
    yield from _head("Preset", "Quality", "CPU time", "PSNR", "Fine contrast on modules")
    for one in result["results"]:
        yield _row(
            one["preset"],
            one["case"],
            f"{one['cpu_seconds']:.1f} s",
            f"{one['psnr_db']:.1f} dB",
            f"{one['module_contrast']:.2f}",
        )


def scale(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of sites."""
    yield from _head("Site", "Modules", "Power", "Plan", "Scene", "Memory")
    for site in result["sites"]:
        yield _row(
            f"{site['size_m']} m", f"{site['modules']:,}", f"{site['megawatts']:.0f} MW", f"{site['plan']:.1f} s",
            f"{site['build']:.1f} s", size(site["bytes"]),
        )  # fmt: skip


def hot_parts(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table of numpy parts, each also in terms of the plan of a site."""
    yield from _head("Part", "CPU time", "Plan of a site = 1")
    of_plan = result["parts_ms"]["site_plan"]
    for name, milliseconds in result["parts_ms"].items():
        yield _row(name.replace("_", " "), f"{milliseconds:.0f} ms", f"{milliseconds / of_plan:.2f}")


def against_blenderproc(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table that compares images with one of BlenderProc."""
    theirs = result["blenderproc"]
    yield from _head("Image", "Annotated objects", "CPU time", "Images in the time of one of BlenderProc")
    parts = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in theirs["seconds"].items())
    name = f"BlenderProc, plain field, samples: {theirs['samples']}, {theirs['psnr_db']:.1f} dB"
    yield _row(name, f"{theirs['annotations']:,}", f"{theirs['total']:.0f} s ({parts})", "1")
    for one in result["images"]:
        modules = f"{one['objects']:,}, of these {one['modules']:,} modules"
        yield _row(one["preset"], modules, f"{one['seconds']:.0f} s", f"{theirs['total'] / one['seconds']:.1f}")


def draw(file: Path) -> None:
    """Write the chart: stages of an image as bars, and quality against time."""
    mpl.rcParams["svg.hashsalt"] = "solar site"  # the same results give the same file
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    of_stages, of_quality = figure.subplots(1, 2)
    _draw_stages(of_stages, (read("stages") or {"results": []})["results"])
    _draw_quality(of_quality, (read("render_quality", "cpu") or {"results": []})["results"])
    figure.savefig(file, metadata={"Date": None})


def _draw_stages(axes: Any, results: Sequence[dict[str, Any]]) -> None:
    names = [f"{one['preset']}\n{one['resolution']}" for one in results]
    left = [0.0] * len(results)
    for stage, color in COLORS.items():
        seconds = [one["site"] if stage == "site" else one["first"][stage] for one in results]
        totals = [one["site"] + sum(one["first"].values()) for one in results]
        shares = [100 * value / total for value, total in zip(seconds, totals, strict=True)]
        axes.barh(names, shares, left=left, color=color, label=stage)
        left = [before + share for before, share in zip(left, shares, strict=True)]
    axes.set_xlabel("share of an image's CPU time, %")
    axes.legend(fontsize="small", ncols=2)


def _draw_quality(axes: Any, results: Sequence[dict[str, Any]]) -> None:
    for preset in dict.fromkeys(one["preset"] for one in results):
        points = sorted((one["cpu_seconds"], one["psnr_db"], one["case"]) for one in results if one["preset"] == preset)
        denoised = [point for point in points if "denoiser" not in point[2]]
        axes.plot([point[0] for point in denoised], [point[1] for point in denoised], marker="o", label=preset)
        for seconds, decibels, case in denoised:
            axes.annotate(case, (seconds, decibels), textcoords="offset points", xytext=(4, -10), fontsize="small")
    axes.set_xlabel("CPU time of the render, s")
    axes.set_ylabel("PSNR against a converged image, dB")
    axes.legend(fontsize="small")


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield _row(*["---"] * len(cells))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
