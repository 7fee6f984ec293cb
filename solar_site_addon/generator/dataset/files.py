# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a sample folder, the text layout of sample.json, and the check that a sample is complete.

Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..annotations.run_lengths import check_mask
from ..domain.errors import SolarSiteError, UnusableError
from ..domain.json_file import RECORD_BYTES, load_json, opened, parse_json, read_text, read_until
from ..domain.messages import RESUME, Message, system_reason
from ..settings.types import shortened
from .schema import SCHEMA, AnnotationRecord, SampleDocument, SampleHead

SAMPLE_JSON = "sample.json"

DAMAGE = (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading a JSON file raises that is damaged or not ours."""
_OBJECTS_LINE = b'\n"objects": '
_LAST_BYTES = b"\n}\n"
_SIGNATURE = "# made by Solar Site; checksum of the other lines: "

ANNOTATION_FILES = {
    "instances": "instances.png",
    "semantic": "semantic.png",
    "depth": "depth.exr",
    "normals": "normals.exr",
}
"""File names of the annotations at pixel centers. The files of images are named by modalities."""


def rgb_file(folder: Path) -> Path:
    """Return the path of the rgb image in a sample folder, PNG or JPEG."""
    jpeg = folder / "rgb.jpg"
    return jpeg if jpeg.is_file() else folder / "rgb.png"


@functools.cache
def extension_version() -> str:
    """Return the version of the extension from its manifest."""
    manifest = Path(__file__).parents[2] / "blender_manifest.toml"
    version: str = tomllib.loads(read_text(manifest))["version"]
    return version


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the contents of sample.json, with one line for each key and each list item to make it readable."""
    lines = ",\n".join(f"{_dump(key)}: {_value(value)}" for key, value in document.items())
    return f"{{\n{lines}\n}}\n".encode()


def read_head(folder: Path) -> SampleHead | None:
    """Return the part of sample.json before its objects, or None if the sample is incomplete.

    A sample is complete if sample.json has its proper end and every file that it lists has a checksum and its full
    size. The objects are not read, because they make up most of the file and a resumed run checks thousands of samples.
    Raise SolarSiteError if sample.json has another schema.
    """
    head = read_head_alone(folder / SAMPLE_JSON)
    try:
        for name, file in head["files"].items() if head is not None else ():
            if Path(name).name != name or not _is_text(file["sha256"]):
                return None
            if (folder / name).stat().st_size != file["bytes"]:
                return None
    except (OSError, *DAMAGE):
        return None
    return head


def read_head_alone(path: Path) -> SampleHead | None:
    """Return the part of a sample.json before its objects without a look at the files that it lists.

    None if it is no sample.json of ours, or cut short. Raise SolarSiteError if it has another schema.
    """
    try:
        head: SampleHead = parse_json(_head_text(path))
        if not _is_ours(head):
            return None
        _check_schema(head["schema"], path)
    except (OSError, *DAMAGE):
        return None
    return head


def _is_ours(head: Mapping[str, Any]) -> bool:
    """Return whether sample.json has the keys of our samples; other programs may also use this file name."""
    numbers = [head[key] for key in ("index", "site", "view", "seed")]
    texts = [head["generator"][key] for key in ("version", "blender", "settings_sha256")]
    return all(isinstance(number, int) and number >= 0 for number in numbers) and all(map(_is_text, texts))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_whole(folder: Path) -> bool:
    """Return whether the folder contains a complete sample."""
    return read_head(folder) is not None


def read_sample(folder: Path) -> SampleDocument:
    """Return the entire sample.json of a sample.

    Raise SolarSiteError if it cannot be read, or a mask in it is not one of the image.
    """
    path = folder / SAMPLE_JSON
    try:
        document: SampleDocument = load_json(path, RECORD_BYTES)
        _check_schema(document["schema"], path)
        _check_masks(document)
    except (OSError, *DAMAGE) as error:
        raise damaged(path, error) from error
    return document


def unreadable(path: Path, error: Exception) -> SolarSiteError:
    """Return the error that says that an image of a sample cannot be read because of ``error``."""
    return SolarSiteError(
        "{file} cannot be read ({reason}): restore it, or remove its folder, then {remedy}.",
        file=path,
        reason=_reason(error),
        remedy=RESUME,
    )


def damaged(path: Path, error: Exception) -> SolarSiteError:
    """Return the error that says that a sample.json is of no use because of ``error``."""
    return SolarSiteError(
        "{file} cannot be read ({reason}): remove its folder, then {remedy}.",
        file=path,
        reason=_reason(error),
        remedy=RESUME,
    )


def _reason(error: Exception) -> Message | str:
    if isinstance(error, OSError):
        return system_reason(error)
    return error.message if isinstance(error, SolarSiteError) else shortened(f"{type(error).__name__}: {error}")


def _check_masks(document: SampleDocument) -> None:
    """Raise UnusableError if a mask is not one of the image: formats and tiles hold masks as they are here."""
    image = document["images"]["rgb"]
    lists: dict[str, Sequence[AnnotationRecord]] = {
        "objects": document["objects"],
        "tables": document["tables"],
        "conditions": document["conditions"],
    }
    for name, records in lists.items():
        for place, record in enumerate(records):
            try:
                if record["mask_rle"] is not None:
                    check_mask(record["mask_rle"], image["width"], image["height"])
            except UnusableError as error:
                field = f"{name}[{place}].mask_rle"
                raise UnusableError("{field}: {reason}", field=field, reason=error.message) from error


def _check_schema(schema: Any, path: Path) -> None:
    if isinstance(schema, int) and schema != SCHEMA:
        raise SolarSiteError(
            "{file} has schema {schema}, and this version reads schema {known}: use the version of Solar Site that "
            "wrote it, or another folder for the dataset.",
            file=path,
            schema=shortened(str(schema)),
            known=SCHEMA,
        )


def _head_text(path: Path) -> bytes:
    """Return sample.json up to its objects as the text of a JSON object; raise ValueError if the file is truncated."""
    with opened(path) as file:
        head, found = read_until(file, _OBJECTS_LINE, RECORD_BYTES)
        if not found:
            return head  # another layout than that of json_bytes, or truncated and therefore invalid JSON
        file.seek(-len(_LAST_BYTES), os.SEEK_END)
        if file.read() != _LAST_BYTES:
            raise ValueError("sample.json is cut short")
    return head.rstrip(b",\n") + b"}"


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(_dump(item) for item in value) + "\n]"
    return _dump(value)


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def signed(lines: Iterable[str]) -> list[str]:
    """Return the lines of an index with a comment before them, by which ``is_signed`` recognizes them as ours."""
    content = list(lines)
    return [f"{_SIGNATURE}{_checksum(content)}", *content]


def file_sha256(path: Path) -> str:
    """Return the SHA-256 checksum of a file; raise OSError or ValueError if it cannot be read or is none."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_signed(text: str) -> bool:
    """Return whether a text was signed and not changed since."""
    first, *content = text.splitlines() or [""]
    return first == f"{_SIGNATURE}{_checksum(content)}"


def _checksum(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def link_file(file: Path, link: Path) -> None:
    """Create a hard link to a file, which takes no space, or a copy if the file system has no hard links."""
    try:
        link.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, link)


def write_text(path: Path, lines: Iterable[str]) -> None:
    """Write lines of text, the same bytes on every system, into a folder that is renamed when complete.

    They are not flushed to disk one by one: a format has a file for each image, and can be written again at any time.
    """
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
