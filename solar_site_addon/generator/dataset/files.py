# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sample folder holds, how sample.json is laid out, and whether a sample is whole.

Standard library only: the launcher reads this file in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import functools
import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..domain.errors import SolarSiteError
from .schema import SCHEMA, SampleDocument, SampleHead

SAMPLE_JSON = "sample.json"

_OBJECTS_LINE = '"objects": '
_LAST_BYTES = b"\n}\n"

ANNOTATION_FILES = {
    "instances": "instances.png",
    "semantic": "semantic.png",
    "depth": "depth.exr",
    "normals": "normals.exr",
}
"""Name of each file that holds annotations at pixel centers, by what it holds; modalities name the images' files."""


def rgb_file(folder: Path) -> Path:
    """Return the rgb image in a sample's folder, PNG or JPEG."""
    jpeg = folder / "rgb.jpg"
    return jpeg if jpeg.is_file() else folder / "rgb.png"


@functools.cache
def extension_version() -> str:
    """The version of this extension, from its manifest."""
    manifest = Path(__file__).parents[2] / "blender_manifest.toml"
    version: str = tomllib.loads(manifest.read_text(encoding="utf-8"))["version"]
    return version


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """The file sample.json: one line for each key, one for each item of a list, so that people can read it."""
    lines = ",\n".join(f"{_dump(key)}: {_value(value)}" for key, value in document.items())
    return f"{{\n{lines}\n}}\n".encode()


def read_head(folder: Path) -> SampleHead | None:
    """Return what the sample.json of a whole sample says before its objects, or None where the sample is not whole.

    A sample is whole where sample.json ends as it should and every file that it names is there in its full size.
    The objects are not read: they are nearly all of the file, and a resumed run looks at thousands of samples.
    Raises SolarSiteError where the sample.json has another schema.
    """
    path = folder / SAMPLE_JSON
    try:
        head: SampleHead = json.loads(_head_text(path))
        if not _is_ours(head):
            return None
        _check_schema(head["schema"], path)
        for name, file in head["files"].items():
            if (folder / name).stat().st_size != file["bytes"]:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return head


def _is_ours(head: Mapping[str, Any]) -> bool:
    """Whether a sample.json says what every sample of ours does; other programs have files of that name, too."""
    return isinstance(head["index"], int) and isinstance(head["seed"], int) and "settings_sha256" in head["generator"]


def is_whole(folder: Path) -> bool:
    """Return True where the folder holds a whole sample."""
    return read_head(folder) is not None


def read_sample(folder: Path) -> SampleDocument:
    """Return the whole sample.json of a sample; raise SolarSiteError where it cannot be read."""
    path = folder / SAMPLE_JSON
    try:
        document: SampleDocument = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SolarSiteError(f"{path} cannot be read, remove its folder and run again: {error}.") from error
    _check_schema(document["schema"], path)
    return document


def _check_schema(schema: Any, path: Path) -> None:
    if isinstance(schema, int) and schema != SCHEMA:
        raise SolarSiteError(
            f"{path} has schema {schema}, and this version reads schema {SCHEMA}: "
            "use the version of Solar Site that made it, or another output folder."
        )


def _head_text(path: Path) -> str:
    """The text of sample.json up to its objects, as a JSON object; ValueError where the file is cut short."""
    head = ""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith(_OBJECTS_LINE):
                break
            head += line
        else:
            return head  # not laid out by json_bytes, or cut short, which makes it no JSON
    with path.open("rb") as binary:
        binary.seek(-len(_LAST_BYTES), os.SEEK_END)
        if binary.read() != _LAST_BYTES:
            raise ValueError("sample.json is cut short")
    return head.rstrip(",\n") + "}"


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(_dump(item) for item in value) + "\n]"
    return _dump(value)


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def write_text(path: Path, lines: Iterable[str]) -> None:
    """Write lines of text, the same bytes on every system, into a folder that is renamed when complete.

    They are not flushed to disk one by one: a format has a file for each image, and can be written again at any time.
    """
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
