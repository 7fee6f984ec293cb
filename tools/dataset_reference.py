# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/schemas and the table of categories in docs/formats.md. Run: python -m tools.dataset_reference.

The JSON Schemas (draft 2020-12) are derived from the types in ``dataset/schema.py``, the table from the registry in
``domain/categories.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from solar_site_addon.generator.dataset.schema import DatasetDocument, SampleDocument
from solar_site_addon.generator.domain.categories import Category
from tools.generated_parts import with_parts

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "formats.md"
DOCUMENTS = {"sample": SampleDocument, "dataset": DatasetDocument}
"""Types of the documents by the name of their schema's file."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SIMPLE: dict[Any, dict[str, Any]] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


def main() -> None:
    """Write the schemas and the page."""
    for path, text in schema_files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE}")


def schema_files() -> dict[Path, str]:
    """Return the content of each schema by its file."""
    return {
        DOCS / "schemas" / f"{name}.schema.json": json.dumps(json_schema(document, f"{name}.json"), indent=2) + "\n"
        for name, document in DOCUMENTS.items()
    }


def page(text: str) -> str:
    """Return docs/formats.md with the table of categories as it is now."""
    return with_parts(text, {"categories": category_table()})


def category_table() -> str:
    """Return all categories as a Markdown table."""
    rows = [
        f"| {int(category)} | `{category.key}` | {f'`{category.parent.key}`' if category.parent else ''} "
        f"| {', '.join(map(str, category.color))} |"
        for category in Category
    ]
    return "\n".join(["| Id | Name | Parent | Color (sRGB) |", "| --- | --- | --- | --- |", *rows])


def json_schema(document: type, title: str) -> dict[str, Any]:
    """Return the JSON Schema of a TypedDict; other TypedDicts that it uses are its definitions."""
    definitions: dict[str, Any] = {}
    schema = _object(document, definitions)
    return {"$schema": DIALECT, "title": title, **schema, "$defs": dict(sorted(definitions.items()))}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a TypedDict: its keys with their types; unknown keys are allowed, as readers must."""
    hints = get_type_hints(kind, include_extras=True)
    required = [name for name, hint in hints.items() if get_origin(hint) is not NotRequired]
    return {
        "description": (kind.__doc__ or "").split("\n")[0],
        "type": "object",
        "properties": {name: _schema(hint, definitions) for name, hint in hints.items()},
        "required": required,
    }


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one type hint."""
    if is_typeddict(hint):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}  # a type that holds itself is looked at once
            definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is None:
        return dict(SIMPLE[hint])
    if origin is Annotated:
        return {"description": hint.__metadata__[0], **_schema(hint.__origin__, definitions)}
    if origin is Literal:
        return {"enum": list(arguments)}
    return _composite(origin, [_schema(one, definitions) for one in arguments])


def _composite(origin: Any, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of a type that is made of others."""
    if origin is list:
        return {"type": "array", "items": parts[0]}
    if origin is dict:
        return {"type": "object", "additionalProperties": parts[1]}
    return parts[0] if origin is NotRequired else {"anyOf": parts}


if __name__ == "__main__":
    main()
