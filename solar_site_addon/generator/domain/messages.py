# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages for a person: a template and values, so that each face (command line, panel) words and translates them.

Standard library only. A template is English, with named fields: ``{setting} = {value} is not allowed``. Values that
have words of their own are typed: a ``SettingName`` becomes a dotted name on the command line and a label in the panel,
a ``Message`` is a sentence within the sentence, ``ByFace`` holds one wording for each face, and a tuple is a list.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class SettingName(str):
    """The dotted name of a setting, as a value of a message: each face shows its own name for the setting."""

    __slots__ = ()


@dataclass(frozen=True)
class ByFace:
    """A value that differs between the faces: for example, a flag on the command line and a preference in the panel.

    The command line has no languages, so a plain text serves it.
    """

    command_line: Any
    panel: Any

    def __str__(self) -> str:
        return _shown(self, COMMAND_LINE)


@dataclass(frozen=True)
class Face:
    """How a face words what messages hold."""

    text: Callable[[str], str]
    """Translates a template, or gives it back."""
    setting: Callable[[str], str]
    """Gives the name that a person knows a setting by, from its dotted name."""
    panel: bool
    """Whether this is the panel, where no command-line option exists."""


COMMAND_LINE = Face(text=str, setting=str, panel=False)


@dataclass(frozen=True)
class Message:
    """A message; ``str`` gives the English sentence of the command line. A template without values is plain text."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", {name: _plain(value) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.say(COMMAND_LINE)

    def say(self, face: Face) -> str:
        """Return the message in the words of ``face``; English where its translation does not fit the values."""
        if not self.values:
            return face.text(self.template)
        values = {name: _shown(value, face) for name, value in self.values.items()}
        try:
            return face.text(self.template).format(**values)
        except (KeyError, IndexError, ValueError):
            return self.template.format(**values)

    def to_json(self) -> dict[str, Any]:
        """Return the message as JSON types: the English sentence, and what another face makes its own of."""
        values = {name: _to_json(value) for name, value in self.values.items()}
        return {"message": str(self), "template": self.template, "values": values}

    @classmethod
    def from_json(cls, document: Any) -> Message:
        """Return the message in what ``to_json`` gave, or in a plain text; whatever it holds, it can be shown."""
        if not isinstance(document, Mapping):
            return cls(str(document))
        template, values = document.get("template"), document.get("values")
        if isinstance(template, str) and isinstance(values, Mapping) and _is_plain(template):
            message = cls(template, {name: _from_json(value) for name, value in values.items()})
            if message._can_be_shown():
                return message
        return cls(str(document.get("message", "")))

    def _can_be_shown(self) -> bool:
        try:
            self.say(COMMAND_LINE)
        except (KeyError, IndexError, ValueError, TypeError, RecursionError):
            return False
        return True


_FORMAT = re.compile(r"[+]?0?\d?(\.\d)?[a-z]?")
"""Formats of fields in templates: signs, a few digits, and a kind of number."""


def _is_plain(template: str) -> bool:
    """Return whether a template from a file only names values and formats numbers, as our templates do."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return False
    fields = [part[1:] for part in parts if part[1] is not None]
    return all(
        str(name).isidentifier() and _FORMAT.fullmatch(spec or "") and not conversion
        for name, spec, conversion in fields
    )


RESUME = ByFace("run the same command again", Message("use Resume"))
"""How a run that has stopped is continued."""


def system_reason(error: OSError) -> Message:
    """Return the operating system's reason for ``error``: ``Permission denied``."""
    return Message(error.strerror or str(error))


def reason_with_file(error: OSError) -> Message:
    """Return the same with the file or folder that it is about, as far as the system names one."""
    if error.filename is None:
        return system_reason(error)
    return Message("{file}: {reason}", {"file": error.filename, "reason": system_reason(error)})


def listed(names: Iterable[Any], most: int) -> Message | tuple[Any, ...]:
    """Return the first ``most`` names as a value of a message, with the number of all others."""
    every = tuple(names)
    if len(every) <= most:
        return every
    return Message("{names} and {number} more", {"names": every[:most], "number": len(every) - most})


def _plain(value: Any) -> Any:
    """Return a value that JSON can carry; an error counts as its message, and anything unknown as its text."""
    if value is None or isinstance(value, str | int | float | Message):
        return value
    if isinstance(value, ByFace):
        return ByFace(_plain(value.command_line), _plain(value.panel))
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    if isinstance(value, BaseException) and isinstance(message := getattr(value, "message", None), Message):
        return message
    return value.item() if hasattr(value, "item") else str(value)  # a number of numpy's


def _shown(value: Any, face: Face) -> Any:
    """Return a value as ``format`` takes it: numbers stay numbers, since a template may ask for their digits."""
    if isinstance(value, Message):
        return value.say(face)
    if isinstance(value, ByFace):
        return _shown(value.panel if face.panel else value.command_line, face)
    if isinstance(value, SettingName):
        return face.setting(value)
    if isinstance(value, tuple):
        return face.text(", ").join(str(_shown(part, face)) for part in value)
    return value


def _to_json(value: Any) -> Any:
    if isinstance(value, Message):
        return {"template": value.template, "values": {name: _to_json(part) for name, part in value.values.items()}}
    if isinstance(value, ByFace):
        return {"command_line": _to_json(value.command_line), "panel": _to_json(value.panel)}
    if isinstance(value, SettingName):
        return {"setting": str(value)}
    return [_to_json(part) for part in value] if isinstance(value, tuple) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_from_json(part) for part in value)
    if not isinstance(value, Mapping):
        return value
    if "setting" in value:
        return SettingName(value["setting"])
    if "panel" in value:
        return ByFace(_from_json(value.get("command_line", "")), _from_json(value["panel"]))
    return Message.from_json(value)
