# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a dataset, README.md, with the front matter of Hugging Face's dataset cards. Standard library only.

The front matter is described at huggingface.co/docs/hub/datasets-cards. A comment in it has the checksum of the other
lines, so that a card that somebody edited is recognized and never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..domain.licenses import LICENSES
from .annotation_format import Format
from .files import is_signed, signed
from .splits import SUBSETS
from .statistics import DatasetStatistics, Histogram

TITLE = "Synthetic drone images of photovoltaic plants"
_OPENING = "---"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"
_READER = """from solar_site import Dataset  # pip install . in the checkout of Solar Site
sample = Dataset(".")[0]
image, depth, modules = sample.image(), sample.depth(), sample.annotations("module")"""


def is_our_card(text: str) -> bool:
    """Return whether a README.md is a card that nobody has edited since it was written."""
    first, _, rest = text.partition("\n")
    return first == _OPENING and is_signed(rest)


def card_text(
    statistics: DatasetStatistics,
    *,
    classes: Sequence[str],
    formats: Mapping[str, Format],
    generators: Iterable[str],
    license_name: str,
    plots: str | None,
) -> str:
    """Return the card of a dataset.

    ``formats`` are those that were written, ``generators`` the versions of the software, ``plots`` is the name of an
    image of all histograms.
    """
    body = [
        *_front_matter(statistics, license_name),
        *_summary(statistics, generators),
        *_counts(statistics, classes),
        *_distributions(statistics.histograms, plots),
        *_loading(formats),
        *_license(license_name),
    ]
    return "\n".join([_OPENING, *signed(body)]) + "\n"


def description(statistics: DatasetStatistics) -> str:
    """Return one sentence about the dataset."""
    number, sites = sum(statistics.images.values()), len(statistics.sites)
    return f"{_count(number, 'synthetic drone image')} of {_count(sites, 'photovoltaic plant')}, with exact annotations"


def _front_matter(statistics: DatasetStatistics, license_name: str) -> Iterator[str]:
    number = sum(statistics.images.values())
    yield f"license: {license_name}"
    yield f"pretty_name: {TITLE}"
    yield "task_categories: [object-detection, image-segmentation, depth-estimation, image-classification]"
    yield "tags: [synthetic, drone, photovoltaics, solar]"
    yield f"size_categories: ['{next((name for most, name in _SIZES if number < most), _LARGEST)}']"
    yield _OPENING


def _summary(statistics: DatasetStatistics, generators: Iterable[str]) -> Iterator[str]:
    yield from ("", f"# {TITLE}", "")
    sizes = ", ".join(f"{width} x {height} px" for width, height in sorted(statistics.sizes, reverse=True)[:4])
    further = " and other sizes" if len(statistics.sizes) > 4 else ""
    yield f"{description(statistics)} ({sizes}{further}). Made by {', '.join(generators)}; nothing in them is real."
    yield ""
    yield "`dataset.json` lists all samples. Each sample folder, `batch_*/image_*`, holds the image (`rgb.png` or"
    yield "`rgb.jpg`), `instances.png` (ids of objects), `semantic.png` (categories), `depth.exr` (meters) and"
    yield "`sample.json`: cameras, sun, drawn settings, and every object with masks, boxes, outlines and corners."


def _counts(statistics: DatasetStatistics, classes: Sequence[str]) -> Iterator[str]:
    yield from ("", "## Content", "")
    yield from _table("Subset", "Images", {name: statistics.images[name] for name in SUBSETS})
    annotations = {name: statistics.annotations[place] for place, name in enumerate(classes)}
    yield from _table("Class of the annotation formats", "Annotations", annotations)
    yield from _per_image(statistics)
    yield from _table("Condition", "Visible modules", dict(statistics.conditions.most_common()))


def _per_image(statistics: DatasetStatistics) -> Iterator[str]:
    """Yield the table of visible objects by category, most frequent first, with their numbers per image."""
    images = sum(statistics.images.values())
    yield from (
        "| Category | Visible objects | Fewest per image | Mean | Most |",
        "| --- | ---: | ---: | ---: | ---: |",
    )
    for category, number in sorted(statistics.categories.items(), key=lambda item: -item[1].total):
        fewest = number.fewest if number.images == images else 0
        yield f"| {category} | {number.total} | {fewest} | {number.total / images:.1f} | {number.most} |"
    yield ""


def _table(name: str, number: str, rows: Mapping[str, int]) -> Iterator[str]:
    yield from (f"| {name} | {number} |", "| --- | ---: |")
    yield from (f"| {key} | {count} |" for key, count in rows.items() if count)
    yield ""


def _distributions(histograms: Sequence[Histogram], plots: str | None) -> Iterator[str]:
    yield from ("| | Smallest | Mean | Largest |", "| --- | ---: | ---: | ---: |")
    for one in histograms:
        if one.number:
            yield f"| {one.title} | {one.smallest:.3g} | {one.mean:.3g} | {one.largest:.3g} |"
    if plots:
        yield from ("", f"![Distributions of these numbers]({plots})")


def _loading(formats: Mapping[str, Format]) -> Iterator[str]:
    yield from ("", "## Loading", "", "In this folder:", "", "```python", *_READER.splitlines(), "```")
    for name, one in formats.items():
        yield from ("", f"Format `{name}`, `{one.index}`:")
        if one.loading:
            yield from ("", "```python", *one.loading.splitlines(), "```")


def _license(license_name: str) -> Iterator[str]:
    yield from ("", "## License", "")
    if license_name in LICENSES:
        yield f"[{license_name}]({LICENSES[license_name]})"
    else:
        yield "None has been stated (`--license` does). The license of Solar Site does not apply to its images."


def _count(number: int, name: str) -> str:
    return f"{number} {name}" + ("" if number == 1 else "s")
