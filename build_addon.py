# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the extension, dist/solar_site_addon-VERSION.zip. Needs no Blender.

The same files give the same bytes on every machine: names are sorted, times and modes are fixed, and nothing is
compressed (compression differs between Python builds, and the files are small).
"""

from __future__ import annotations

import argparse
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ADDON = ROOT / "solar_site_addon"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can store."""


def main(arguments: list[str] | None = None) -> int:
    """Build the zip and print its path."""
    parser = argparse.ArgumentParser(description="Build the Blender extension as a zip.")
    parser.add_argument("--folder", type=Path, default=ROOT / "dist", help="output folder (default: dist)")
    options = parser.parse_args(arguments)
    print(build(options.folder))
    return 0


def build(folder: Path) -> Path:
    """Write the zip into ``folder``, which is created if missing, and return its path."""
    with (ADDON / "blender_manifest.toml").open("rb") as file:
        manifest = tomllib.load(file)
    target = folder / f"{manifest['id']}-{manifest['version']}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, path in sorted(contents()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, so that readers use the mode
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    return target


def contents() -> Iterator[tuple[str, Path]]:
    """Yield the name in the zip and the path of every file; the manifest is at the root of the zip."""
    yield "LICENSE", ROOT / "LICENSE"
    for path in ADDON.rglob("*"):
        relative = path.relative_to(ADDON)
        if path.is_file() and not any(_is_excluded(part) for part in relative.parts):
            yield relative.as_posix(), path


def _is_excluded(part: str) -> bool:
    return part == "__pycache__" or part.startswith(".") or part.endswith((".pyc", "~", ".blend1"))


if __name__ == "__main__":
    sys.exit(main())
