# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a dataset: README.md, its description in Croissant, and an image of its distributions.

A file of somebody else, or a card that somebody has edited, is kept. Standard library only: a caller that has a library
for plots passes a function that draws them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..generator.dataset.card import TITLE, card_text, description, is_our_card
from ..generator.dataset.croissant import croissant
from ..generator.dataset.files import DAMAGE, file_sha256
from ..generator.dataset.index import DatasetSummary
from ..generator.dataset.registry import find_formats
from ..generator.dataset.statistics import Histogram
from ..generator.domain.atomic_files import replace_json, replacing_file, replacing_path
from ..generator.domain.json_file import opened, parse_json, read_text
from ..generator.domain.licenses import LICENSES
from .dataset_folder import card_file, croissant_file, plots_file

MADE_BY = "Solar Site"
DrawPlots = Callable[[Sequence[Histogram], Path], None]
"""Function that draws histograms into a PNG file, whose text ``Software`` is ``MADE_BY``."""
_SOFTWARE = b"tEXtSoftware\0" + MADE_BY.encode()
_BEGIN_OF_PNG = 4096
_CHECKSUM = "; made by Solar Site, checksum "


def write_card(out: Path, summary: DatasetSummary, license_name: str, draw_plots: DrawPlots | None) -> list[str]:
    """Write the card of the dataset ``out``; return sentences about what could not be written."""
    kept = [path.name for path in (card_file(out), croissant_file(out), plots_file(out)) if not _is_free(path)]
    plots, shows_anything = plots_file(out), bool(summary.statistics.categories)
    has_plots = shows_anything and plots.name not in kept and _drawn(draw_plots, summary, plots)
    if not has_plots and plots.name not in kept:
        plots.unlink(missing_ok=True)
    if card_file(out).name not in kept:
        with replacing_file(card_file(out)) as file:
            file.write(_card(summary, license_name, plots.name if has_plots else None))
    if croissant_file(out).name not in kept:
        replace_json(croissant_file(out), _croissant(summary, license_name))
    if kept:
        return [f"Not written by Solar Site, or edited, and therefore kept as it is: {', '.join(kept)}"]
    if shows_anything and not has_plots:
        return ["The card README.md has no plots: matplotlib is missing (python3 -m pip install '.[export]')"]
    return []


def _drawn(draw_plots: DrawPlots | None, summary: DatasetSummary, path: Path) -> bool:
    """Draw the plots into a file; return whether there is a library for that, and it can be imported."""
    if draw_plots is None:
        return False
    try:
        with replacing_path(path) as hidden:
            draw_plots(summary.statistics.histograms, hidden)
    except ImportError:
        return False
    return True


def _card(summary: DatasetSummary, license_name: str, plots: str | None) -> str:
    formats = find_formats()
    generators = (f"Solar Site {one['version']} with Blender {one['blender']}" for one in summary.generators)
    return card_text(
        summary.statistics,
        classes=summary.classes,
        formats={name: formats[name] for name in summary.formats},
        generators=dict.fromkeys(generators),  # several settings may have been used with the same versions
        license_name=license_name,
        plots=plots,
    )


def _croissant(summary: DatasetSummary, license_name: str) -> dict[str, Any]:
    checksum = file_sha256(summary.dataset_json)
    document = croissant(TITLE, description(summary.statistics), LICENSES.get(license_name), checksum)
    return _signed(document, document["description"])


def _signed(document: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the document with ``text`` as its description, which ends in the checksum of all the rest."""
    rest = {**document, "description": text}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:16]
    return {**document, "description": f"{text}{_CHECKSUM}{digest}"}


def _is_free(path: Path) -> bool:
    """Return whether a file of the card may be written: there is none, or it is ours and nobody has edited it."""
    if not os.path.lexists(path):
        return True
    if path.is_symlink() or not path.is_file():
        return False
    try:
        if path.suffix == ".png":
            with opened(path) as file:
                return _SOFTWARE in file.read(_BEGIN_OF_PNG)
        text = read_text(path)
        return is_our_card(text) if path.suffix == ".md" else _is_our_croissant(parse_json(text))
    except (OSError, *DAMAGE):
        return False


def _is_our_croissant(document: dict[str, Any]) -> bool:
    text, _, checksum = document["description"].partition(_CHECKSUM)
    return bool(checksum) and _signed(document, text)["description"] == document["description"]
