# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes that annotation formats hold: names of categories, or groups of categories from a mapping file.

A mapping file has a line for each class, ``damaged = cracked, missing``, or only ``module`` for a class named like its
category; # begins a comment. Classes are numbered in the order of the lines. Standard library only.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..domain.categories import Category
from ..domain.errors import SettingsError, UnusableError
from ..domain.json_file import read_bytes
from ..domain.messages import Message, SettingName, system_reason
from ..settings.types import shortened

SETTING = SettingName("classes")
ONLY_SEMANTIC = (Category.SKY, Category.TERRAIN, Category.VEGETATION, Category.ROAD, Category.FENCE)
"""Categories without annotations of single objects."""
CLASS_NAME = re.compile(r"[\w][\w -]*")
"""Names of classes, which become names of files' entries and of folders."""
_MOST_BYTES = 100_000
"""Largest mapping file that is read: many times as many as the names of all categories have."""


@dataclass(frozen=True)
class Classes:
    """Classes in their order."""

    members: Mapping[str, tuple[Category, ...]]
    """The categories of each class."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes."""
        return tuple(self.members)

    def index_of(self, category: Category) -> int | None:
        """Return the index of the class that a category belongs to, or None.

        A class with a category holds all kinds of it too, unless they are in a class of their own.
        """
        places = {one: place for place, members in enumerate(self.members.values()) for one in members}
        return next((places[one] for one in category.kind_of if one in places), None)

    @property
    def indices(self) -> dict[str, int]:
        """The index of the class of each category that belongs to one, by the name of the category."""
        found = {category.key: self.index_of(category) for category in Category}
        return {name: place for name, place in found.items() if place is not None}


def parse_classes(text: str) -> Classes:
    """Return the classes of the setting: names of categories separated by commas, or the path of a mapping file.

    Raise SettingsError for an unknown category, one that is named twice, and a file that cannot be used.
    """
    names = _listed(text)
    known = {category.key for category in Category}
    path = Path(text.strip())
    if not set(names) <= known and (os.sep in text or path.suffix or path.is_file()):
        return _checked(_lines(path), Message("{setting} = {file}", {"setting": SETTING, "file": path}))
    return _checked(
        ((name, [name]) for name in names), Message("{setting} = {text}", {"setting": SETTING, "text": text})
    )


def _lines(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the categories of each class in a mapping file, of which a device may pretend to be one."""
    try:
        text = _text_of(path)
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, UnusableError) else Message("it is not a text file")
        reason = system_reason(error) if isinstance(error, OSError) else reason
        raise SettingsError(
            "{setting} = {file} cannot be read ({reason}).", setting=SETTING, file=path, reason=reason
        ) from error
    for line in text.splitlines():
        content = line.partition("#")[0].strip()
        if content:
            name, equals, members = content.partition("=")
            yield name.strip(), _listed(members if equals else name)


def _text_of(path: Path) -> str:
    """Return the text of a file; raise OSError if it cannot be read, ValueError if it holds no text or too much."""
    text = read_bytes(path, _MOST_BYTES, also_pipes=True).decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("not a text file")
    return text


def _checked(classes: Iterable[tuple[str, list[str]]], place: Message) -> Classes:
    members: dict[str, tuple[Category, ...]] = {}
    used: set[Category] = set()
    for name, categories in classes:
        if name in members:
            raise SettingsError("{place}: the class {name} is defined twice.", place=place, name=shortened(name))
        if not CLASS_NAME.fullmatch(name) or not categories:
            raise SettingsError(
                "{place}: a class must be a name, or a name, = and categories, not {name}.",
                place=place,
                name=shortened(name),
            )
        members[name] = tuple(_category(category, used, place) for category in categories)
    if not members:
        raise SettingsError("{place} names no class: for example, {example}.", place=place, example="module,table")
    return Classes(members)


def _category(name: str, used: set[Category], place: Message) -> Category:
    known = {category.key: category for category in Category if category not in ONLY_SEMANTIC}
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        if close:
            raise SettingsError(
                "{place}: {name} is not a category with annotations; did you mean {close}?",
                place=place,
                name=shortened(name),
                close=close[0],
            )
        raise SettingsError(
            "{place}: {name} is not a category with annotations; these are {names}.",
            place=place,
            name=shortened(name),
            names=tuple(known),
        )
    if known[name] in used:
        raise SettingsError("{place}: {name} is named twice.", place=place, name=shortened(name))
    used.add(known[name])
    return known[name]


def _listed(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip().lower())]
