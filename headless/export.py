# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes annotation formats of a dataset, tiles of its images with their formats, or rectified crops of its modules.

    python3 headless/export.py OUT --formats coco,voc                formats of the whole images, in OUT
    python3 headless/export.py OUT --tile 1024 --formats coco,voc    tiles and their formats, in OUT/tiles
    python3 headless/export.py OUT --crop 256                        a small image of each module, in OUT/crops

Tiles are a dataset of their own: sample folders with rgb.png, instances.png, semantic.png and sample.json, whose key
``tile`` tells where each one lies in which whole image. Needs Pillow and numpy: pip install ".[export]".
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

try:
    from headless.cropping import Cropping, crop_all
    from headless.new_folder import refuse_existing
    from headless.tiling import Tiling, cut_all
except ImportError as error:
    if error.name not in ("numpy", "PIL"):
        raise
    sys.exit(f'export.py needs Pillow and numpy ({error.name} is not installed): python3 -m pip install ".[export]"')

from headless.batch import plotter
from solar_site_addon.batch.dataset_card import write_card
from solar_site_addon.batch.dataset_folder import crops_folder, tiles_folder
from solar_site_addon.batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, SOME_FAILED
from solar_site_addon.batch.final_message import tell
from solar_site_addon.batch.processes import available_cores
from solar_site_addon.batch.rebuild import information_about_run, rebuild_dataset
from solar_site_addon.generator.dataset.content import content_of
from solar_site_addon.generator.dataset.index import DatasetSummary, assemble_dataset, find_samples
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.messages import Message
from solar_site_addon.generator.settings.schema import RunSettings, iter_settings, with_values
from solar_site_addon.generator.settings.types import Setting, Spec, parse_text

OF_FORMATS = ("formats", "classes", "min_visible_px", "min_visible_fraction", "pile_box", "split", "license")
"""Settings of a run that decide what formats hold."""
OF_TILES = ("settings", "seed", "views_per_site", "versions")
"""What the dataset.json of tiles tells of the run that made the whole images."""
_TILE = Spec("Side of square tiles in px; 0 for whole images", minimum=64, maximum=16_384, zero="none")
_CROP = Spec("Longer side of rectified crops of modules in px; 0 for none", minimum=16, maximum=4096, zero="none")
_OVERLAP = Spec("Share of its side that a tile has in common with the next one", minimum=0.0, maximum=0.9)
_EMPTY = Spec("Share of the tiles without annotations that are kept", minimum=0.0, maximum=1.0)
_PROCESSES = Spec("Number of parallel processes", minimum=1, maximum=256, zero="one for each core")
TILING = (
    Setting("tile", int, 0, _TILE),
    Setting("crop", int, 0, _CROP),
    Setting("overlap", float, 0.2, _OVERLAP),
    Setting("empty", float, 0.1, _EMPTY),
    Setting("processes", int, 0, _PROCESSES),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; return the exit code."""
    try:
        given = build_parser().parse_args(arguments)
        texts = {one: text for one in all_settings() if (text := getattr(given, one.name)) is not None}
        parsed = {setting.name: parse_text(setting, text) for setting, text in texts.items()}
        run = with_values(RunSettings(), {name: parsed[name] for name in OF_FORMATS if name in parsed})
        chosen = {setting.name: parsed.get(setting.name, setting.default) for setting in TILING}
        export(given.out.absolute(), given.to, run, chosen)
        return ALL_WHOLE
    except OSError as error:
        tell(Message("The export could not be completed ({reason}).", {"reason": error}))
        return SOME_FAILED
    except SolarSiteError as error:
        tell(error.message)
        return BAD_ARGUMENTS


def all_settings() -> list[Setting]:
    """Return the settings of this command line."""
    return [*TILING, *(setting for setting in iter_settings(RunSettings) if setting.name in OF_FORMATS)]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser, with a flag for each setting."""
    parser = argparse.ArgumentParser(
        description="Write annotation formats of a dataset, tiles of its images, or rectified crops of its modules."
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="dataset folder")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="new folder (default: OUT/tiles or OUT/crops)")
    for setting in all_settings():
        default = ",".join(setting.default) if isinstance(setting.default, tuple) else setting.default
        text = f"{setting.spec.help} ({setting.allowed}; default {default})"
        parser.add_argument(f"--{setting.name}", metavar="X", help=text.replace("%", "%%"))
    return parser


def export(out: Path, to: Path | None, run: RunSettings, chosen: dict[str, Any]) -> None:
    """Write formats, tiles or crops of the dataset ``out``, and print what was written."""
    processes = chosen["processes"] or available_cores()
    if chosen["tile"] and chosen["crop"]:
        raise SettingsError(
            "{first} and {second} cannot be combined: run export.py twice.", first="--tile", second="--crop"
        )
    if chosen["tile"]:
        target = (to or tiles_folder(out)).absolute()
        report(export_tiles(out, target, run, chosen, processes), target, run)
    elif chosen["crop"]:
        target = (to or crops_folder(out)).absolute()
        cropping = Cropping(chosen["crop"], content_of(run))
        print(f"{crop_all(cropping, samples_of(out, target), target, processes)} modules written to {target}")
    else:
        report(rebuild_dataset(out, run), out, run)


def export_tiles(out: Path, target: Path, run: RunSettings, chosen: dict[str, Any], processes: int) -> DatasetSummary:
    """Cut all complete samples of ``out`` into tiles in the new folder ``target``, and write their formats."""
    content = content_of(run)
    tiling = Tiling(out, target, chosen["tile"], chosen["overlap"], chosen["empty"], content)
    cut_all(tiling, samples_of(out, target), processes)
    known = information_about_run([out], ())
    return assemble_dataset(target, {name: known[name] for name in OF_TILES if name in known}, run.formats, content)


def samples_of(out: Path, target: Path) -> list[Path]:
    """Return the complete samples of ``out``; raise SettingsError if there are none, or if ``target`` is not new."""
    samples = list(find_samples(out).values())
    if not samples:
        raise SettingsError("{folder} contains no samples.", folder=out)
    refuse_existing(target)
    return samples


def report(summary: DatasetSummary, out: Path, run: RunSettings) -> None:
    """Write the dataset card and print what was written."""
    remarks = write_card(out, summary, run.license, plotter())
    print(f"{summary.num_samples} images, {summary.num_annotations} annotations of {', '.join(summary.classes)}")
    if summary.num_dropped:
        print(f"{summary.num_dropped} visible objects left out, of which too little is visible")
    print(f"Written to {out} ({', '.join(path.relative_to(out).as_posix() for path in summary.formats.values())})")
    for remark in remarks:
        print(remark)


if __name__ == "__main__":
    sys.exit(main())
