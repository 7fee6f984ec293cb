# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a dataset in Croissant, which search engines and loaders of datasets read. Standard library only.

The format is that of docs.mlcommons.org/croissant, version 1.0: a JSON-LD document with the files and the records that
can be read from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .files import ANNOTATION_FILES, SAMPLE_JSON, extension_version
from .layout import DATASET_JSON, SAMPLE_FOLDERS

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
_OF_CROISSANT = (
    "citeAs column conformsTo extract field fileObject fileProperty fileSet format includes isLiveDataset jsonPath "
    "key md5 equivalentProperty parentField path recordSet references regex repeated replace samplingRate separator "
    "source subField transform"
)
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _OF_CROISSANT.split()},
    "conformsTo": "dct:conformsTo",
}
_RGB = "rgb"
_MASKS = ("instances", "semantic")
_OF_SAMPLES = {**dict.fromkeys(("index", "site", "view", "seed"), "sc:Integer"), "path": "sc:Text"}
"""Fields of the entries of dataset.json that are offered as records."""


def croissant(name: str, description: str, license_url: str | None, dataset_sha256: str) -> dict[str, Any]:
    """Return the document; ``dataset_sha256`` is the checksum of dataset.json."""
    files = {_RGB: "rgb.*", **{one: ANNOTATION_FILES[one] for one in (*_MASKS, "depth")}, "sample": SAMPLE_JSON}
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": description,
        "conformsTo": CONFORMS_TO,
        "version": extension_version(),
        **({"license": license_url} if license_url else {}),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": DATASET_JSON,
                "name": DATASET_JSON,
                "contentUrl": DATASET_JSON,
                "encodingFormat": "application/json",
                "sha256": dataset_sha256,
            },
            *(_file_set(one, pattern) for one, pattern in files.items()),
        ],
        "recordSet": [_samples(), *(_images(one) for one in (_RGB, *_MASKS))],
    }


def _file_set(name: str, pattern: str) -> Mapping[str, Any]:
    formats = {"depth": "image/x-exr", "sample": "application/json"}
    return {
        "@type": "cr:FileSet",
        "@id": f"{name}-files",
        "name": f"{name}-files",
        "encodingFormat": formats.get(name, "image/png"),
        "includes": f"{SAMPLE_FOLDERS}/{pattern}",
    }


def _samples() -> Mapping[str, Any]:
    """Return the records of the samples, which dataset.json lists."""
    listed = {"fileObject": {"@id": DATASET_JSON}}
    fields = [
        _field("samples", name, kind, {**listed, "extract": {"jsonPath": f"$.samples[*].{name}"}})
        for name, kind in _OF_SAMPLES.items()
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "samples",
        "name": "samples",
        "key": {"@id": "samples/index"},
        "field": fields,
    }


def _images(name: str) -> Mapping[str, Any]:
    """Return the records of the images of one kind; masks only by path, because loaders turn them into colors."""
    files = {"fileSet": {"@id": f"{name}-files"}}
    fields = [_field(name, "path", "sc:Text", {**files, "extract": {"fileProperty": "fullpath"}})]
    if name == _RGB:
        fields.append(_field(name, "image", "sc:ImageObject", {**files, "extract": {"fileProperty": "content"}}))
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "field": fields}


def _field(record: str, name: str, kind: str, source: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"@type": "cr:Field", "@id": f"{record}/{name}", "name": name, "dataType": kind, "source": source}
