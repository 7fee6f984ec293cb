# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line that writes formats of a dataset, tiles of its images, crops of its modules, or tar files of samples.

``headless/export.py`` calls it with Pillow, and a background Blender with its own images (``dataset_tools.py``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..generator.dataset.content import content_of
from ..generator.dataset.cropping import Cropping, crop_all
from ..generator.dataset.index import (
    DatasetSummary,
    assemble_dataset,
    check_content,
    find_samples,
    incomplete_samples,
    stated_split,
)
from ..generator.dataset.new_folder import refuse_existing
from ..generator.dataset.packing import PACK, SHARD_MB, pack
from ..generator.dataset.splits import Split, parse_split
from ..generator.dataset.tiling import ReadPixels, Tiling, cut_all
from ..generator.domain.errors import SettingsError, SolarSiteError
from ..generator.domain.messages import Message, reason_with_file
from ..generator.settings.schema import ExportSettings, RunSettings, iter_settings, to_dict, with_values
from ..generator.settings.types import Setting, parse_text
from .command_line import flag_of
from .dataset_card import DrawPlots, write_card
from .dataset_folder import crops_folder, shards_folder, tiles_folder
from .exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERRUPTED, SOME_FAILED
from .final_message import tell
from .incomplete import remarks_on_incomplete
from .processes import available_cores
from .rebuild import information_about_run, rebuild_dataset

OF_FORMATS = ("formats", "classes", "min_visible_px", "min_visible_fraction", "pile_box", "split", "license")
"""Settings of a run that decide what formats hold."""
CUT = {"tile": "tiles", "crop": "crops"}
"""What the settings cut that have to be given for it."""
OF_TILES = ("settings", "seed", "views_per_site", "versions")
"""What the dataset.json of tiles tells of the run that made the whole images."""


def main(
    arguments: Sequence[str] | None,
    read: ReadPixels,
    draw_plots: DrawPlots | None = None,
    library_formats: Sequence[LibraryFormat] = (),
) -> int:
    """Carry out a command line; return the exit code."""
    try:
        given = build_parser(library_formats).parse_args(arguments)
        texts = {one: text for one in all_settings() if (text := getattr(given, one.name)) is not None}
        parsed = {setting.name: parse_text(setting, text) for setting, text in texts.items()}
        run = with_values(RunSettings(), {name: parsed[name] for name in OF_FORMATS if name in parsed})
        how = with_values(ExportSettings(), {name: value for name, value in parsed.items() if name not in OF_FORMATS})
        _refuse_contradictions(given, library_formats)
        if "split" not in parsed:
            run = with_values(run, {"split": stated_split(given.out)})
        export = Export(given.out.absolute(), given.to, run, how, read, draw_plots)
        form = next((one for one in library_formats if getattr(given, one.name)), None)
        if form is not None:
            export.write_with_library(form)
        elif given.pack is not None:
            export.write_shards(given)
        elif given.tile is not None:
            export.write_tiles()
        elif given.crop is not None:
            export.write_crops()
        else:
            export.write_formats()
        return ALL_WHOLE
    except OSError as error:
        tell(Message("The export could not be completed ({reason}).", {"reason": reason_with_file(error)}))
        return SOME_FAILED
    except SolarSiteError as error:
        tell(error.message)
        return BAD_ARGUMENTS
    except KeyboardInterrupt:
        packing = "--pack" in (sys.argv[1:] if arguments is None else arguments)
        unchanged = Message("Interrupted: nothing was changed.")
        tell(Message("Interrupted: the same command continues from here.") if packing else unchanged)
        return INTERRUPTED


def _refuse_contradictions(given: argparse.Namespace, library_formats: Sequence[LibraryFormat]) -> None:
    """Raise SettingsError if the command line asks for two folders at once, or for a size of shards without any."""
    asked = [f"--{name}" for name in (*CUT, PACK.name) if getattr(given, name) is not None]
    asked += [f"--{one.name}" for one in library_formats if getattr(given, one.name)]
    if given.shard_mb is not None and given.pack is None:
        raise SettingsError("{option} is only for {other}.", option=f"--{SHARD_MB.name}", other=f"--{PACK.name}")
    if len(asked) > 1:
        raise SettingsError(
            "{first} and {second} cannot be combined: run export.py twice.", first=asked[0], second=asked[1]
        )


def to_arguments(out: Path, run: RunSettings, how: ExportSettings, cut: str) -> list[str]:
    """Return the command line that cuts the dataset ``out`` into what ``CUT`` names."""
    left_out = CUT.keys() - {cut}
    values = {**to_dict(how), **to_dict(run)}
    flags = (flag_of(one, values[one.name]) for one in all_settings() if one.name not in left_out)
    return [str(out), *(word for flag in flags for word in flag)]


def all_settings() -> list[Setting]:
    """Return the settings of this command line."""
    of_formats = (setting for setting in iter_settings(RunSettings) if setting.name in OF_FORMATS)
    return [*iter_settings(ExportSettings), *of_formats]


def build_parser(library_formats: Sequence[LibraryFormat]) -> argparse.ArgumentParser:
    """Return the parser, with a flag for each setting and for each of the ``library_formats``."""
    parser = argparse.ArgumentParser(
        description="Write annotation formats of a dataset, tiles of its images, rectified crops of its modules, or "
        "tar files of its samples."
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="dataset folder")
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help="new folder (default: OUT/tiles, OUT/crops or OUT/webdataset)"
    )
    for one in library_formats:
        parser.add_argument(f"--{one.name}", action="store_true", help=one.help)
    parser.add_argument("--pack", metavar="X", help=f"{PACK.spec.help} ({PACK.allowed})")
    parser.add_argument(
        "--shard_mb", metavar="X", help=f"{SHARD_MB.spec.help} ({SHARD_MB.allowed}; default {SHARD_MB.default})"
    )
    for setting in all_settings():
        default = ",".join(setting.default) if isinstance(setting.default, tuple) else setting.default
        default = "that of the dataset" if setting.name == "split" else default
        otherwise = f"without it, no {CUT[setting.name]} are cut" if setting.name in CUT else f"default {default}"
        text = f"{setting.spec.help} ({setting.allowed}; {otherwise})"
        parser.add_argument(f"--{setting.name}", metavar="X", help=text.replace("%", "%%"))
    return parser


@dataclass(frozen=True)
class LibraryFormat:
    """Files that a library writes which the extension must do without: a flag of headless/export.py alone."""

    name: str
    help: str
    write: Callable[[Path, Split], str]
    """Writes the files of a dataset, and returns a sentence about them."""


@dataclass(frozen=True)
class Export:
    """What is written of a dataset, and with what."""

    out: Path
    """Folder of the dataset."""
    to: Path | None
    """New folder of tiles or crops, None for the usual one."""
    run: RunSettings
    """What formats hold."""
    how: ExportSettings
    read: ReadPixels
    draw_plots: DrawPlots | None

    def write_formats(self) -> None:
        """Write the formats of the whole images, and print what was written."""
        self._report(rebuild_dataset(self.out, self.run), self.out)

    def write_tiles(self) -> None:
        """Cut all complete samples into tiles in a new folder, and write their formats."""
        target, content = (self.to or tiles_folder(self.out)).absolute(), content_of(self.run)
        check_content(self.run.formats, content)
        tiling = Tiling(self.out, target, self.how.tile, self.how.overlap, self.how.empty, content, self.read)
        cut_all(tiling, self._samples(target), self._processes)
        known = information_about_run([self.out], ())
        kept = {name: known[name] for name in OF_TILES if name in known}
        self._report(assemble_dataset(target, kept, self.run.formats, content), target)

    def write_crops(self) -> None:
        """Write a crop of each module in a new folder."""
        target = (self.to or crops_folder(self.out)).absolute()
        cropping = Cropping(self.how.crop, content_of(self.run), self.read)
        number = crop_all(cropping, self._samples(target), target, self._processes)
        print(f"{number} modules written to {target}")

    def write_with_library(self, form: LibraryFormat) -> None:
        """Write the files of a library."""
        self._found()
        print(form.write(self.out, parse_split(self.run.split)))

    def write_shards(self, given: argparse.Namespace) -> None:
        """Pack the samples into tar files."""
        parse_text(PACK, given.pack)
        most = SHARD_MB.default if given.shard_mb is None else parse_text(SHARD_MB, given.shard_mb)
        split = parse_split(self.run.split)
        target = (self.to or shards_folder(self.out)).absolute()
        lines = pack(self._found(), target, split, most * 1_000_000)
        print(f"{sum(line['samples'] for line in lines)} samples packed into {target} (tar files: {len(lines)})")

    @property
    def _processes(self) -> int:
        return self.how.processes or available_cores()

    def _samples(self, target: Path) -> list[Path]:
        """Return the complete samples; raise SettingsError if there are none, or if ``target`` is not new."""
        samples = self._found()
        refuse_existing(target)
        return samples

    def _found(self) -> list[Path]:
        """Return the complete samples, and tell of others; raise SettingsError if there are none."""
        samples = list(find_samples(self.out).values())
        if not samples:
            raise SettingsError("{folder} contains no samples.", folder=self.out)
        for remark in remarks_on_incomplete(self.out, incomplete_samples(self.out, samples)):
            print(remark)
        return samples

    def _report(self, summary: DatasetSummary, out: Path) -> None:
        """Write the dataset card and print what was written."""
        remarks = write_card(out, summary, self.run.license, self.draw_plots)
        print(f"{summary.num_samples} images, {summary.num_annotations} annotations of {', '.join(summary.classes)}")
        if summary.num_dropped:
            print(f"{summary.num_dropped} visible objects left out, of which too little is visible")
        print(f"Written to {out} ({', '.join(path.relative_to(out).as_posix() for path in summary.formats.values())})")
        for remark in (*remarks_on_incomplete(out, summary.incomplete), *remarks):
            print(remark)
