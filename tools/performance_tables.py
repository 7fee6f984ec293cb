# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the results of make bench as the performance tables of the guides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "results"
TEXTS = {
    "en": {
        "measured": "Measured on {date}: {machine}, {cores} cores, {memory} of memory, {system}, Blender {blender}. "
        "Images of {resolution} px, {images} per run{note}.",
        "note": " ({note})",
        "head": "| Device | Samples | 1 process | 2 processes | 4 processes |",
        "cell": "{seconds_per_image:.1f} s ({median_seconds:.1f} s)",
        "missing": "not measured",
        "others": "Not measured so far:",
    },
    "zh": {
        "measured": "测量日期 {date}：{machine}，{cores} 核，内存 {memory}，{system}，Blender {blender}。"
        "图像 {resolution} 像素，每次运行 {images} 张{note}。",
        "note": "（{note}）",
        "head": "| 设备 | 采样数 | 1 个进程 | 2 个进程 | 4 个进程 |",
        "cell": "{seconds_per_image:.1f} 秒（{median_seconds:.1f} 秒）",
        "missing": "未测量",
        "others": "尚未测量：",
    },
}
PROCESSES = (1, 2, 4)
SAMPLES = (50, 100)
FULL_SIZE = "5280 x 3956"
HARDWARE = {
    "CPU": "CPU",
    "METAL": "METAL (Apple)",
    "OPTIX": "OPTIX (NVIDIA)",
    "CUDA": "CUDA (NVIDIA)",
    "HIP": "HIP (AMD)",
    "ONEAPI": "ONEAPI (Intel)",
}


def performance(language: str) -> str:
    """Return all tables, and what has not been measured, as Markdown; ``language`` is en or zh."""
    files = sorted(RESULTS.glob("*.json"))
    results = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return "\n\n".join([*(table(result, language) for result in results), _not_measured(results, language)])


def table(result: dict[str, Any], language: str) -> str:
    """Return the table of one machine, preceded by a description of the machine."""
    texts = TEXTS[language]
    machine = " + ".join(dict.fromkeys(result["devices"].values()))
    note = texts["note"].format(**result) if result["note"] else ""
    measured = texts["measured"].format(**{**result, "machine": machine, "note": note})
    return "\n".join([measured, "", texts["head"], _rule(), *_rows(result, language)])


def _rows(result: dict[str, Any], language: str) -> Iterator[str]:
    texts = TEXTS[language]
    cells = {
        (row["device"], row["samples"], row["processes"]): texts["cell"].format(**row) for row in result["measurements"]
    }
    for device, samples in dict.fromkeys((device, samples) for device, samples, _ in cells):
        values = [cells.get((device, samples, processes), texts["missing"]) for processes in PROCESSES]
        yield _row(HARDWARE[device], str(samples), *values)


def _not_measured(results: list[dict[str, Any]], language: str) -> str:
    """Return a table of the devices without a result at full resolution."""
    texts = TEXTS[language]
    known = {row["device"] for result in results if result["resolution"] == FULL_SIZE for row in result["measurements"]}
    rows = [
        _row(f"{name}, {FULL_SIZE} px", str(samples), *[texts["missing"]] * len(PROCESSES))
        for device, name in HARDWARE.items()
        if device not in known
        for samples in SAMPLES
    ]
    return "\n".join([texts["others"], "", texts["head"], _rule(), *rows]) if rows else ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule() -> str:
    return _row(*["---"] * (2 + len(PROCESSES)))
