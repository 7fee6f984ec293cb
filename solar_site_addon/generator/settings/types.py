# SPDX-License-Identifier: GPL-3.0-or-later
"""What a setting is: its types, what is known of it, and which values and texts stand for one.

Standard library only: the launcher reads this file in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..domain.errors import SettingsError

BOOLEAN_WORDS = dict.fromkeys(("true", "on", "yes", "1"), True) | dict.fromkeys(("false", "off", "no", "0"), False)


class Range(NamedTuple):
    """A value drawn uniformly for each image; ``low == high`` is a fixed value."""

    low: float
    high: float

    @property
    def value(self) -> float:
        """The value of a fixed range; raises ValueError where none was drawn yet."""
        if self.low != self.high:
            raise ValueError(f"{self} is a range of which no value was drawn")
        return self.low


class Options(tuple[str, ...]):
    """Names of which each image has one, drawn with the same chance for each; one name alone is fixed."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """The only name; raises ValueError where none was drawn yet."""
        if len(self) != 1:
            raise ValueError(f"{self} are options of which none was drawn")
        return self[0]


@dataclass(frozen=True)
class Spec:
    """What the faces of the schema (flags, panel, JSON, docs) need to know of one setting."""

    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    recommended: str = ""
    choices: tuple[str, ...] = ()
    integer: bool = False
    date: bool = False
    flag: bool = False
    """True: the setting has a command-line flag of its own, named like the field."""
    within: bool = False
    """True: a range that differs within an image (from table to table, tree to tree) instead of from image to image."""
    zero: str = ""
    """What 0 stands for, where it is allowed though it is below the minimum."""
    empty: bool = False
    """True: options may be none at all."""
    file: bool = False
    """True: the path of a file that is read, or nothing."""


class Setting(NamedTuple):
    """One field of the schema, with its dotted name (``camera.altitude_agl_m``)."""

    name: str
    type: type
    default: Any
    spec: Spec

    @property
    def allowed(self) -> str:
        """The allowed values in words, for messages and tables."""
        return _allowed(self.type, self.spec)


def check(setting: Setting, value: Any) -> Any:
    """``value`` (JSON types) as the setting's own type; raises SettingsError where it is not allowed."""
    if setting.type is Range:
        return _check_range(setting, value)
    if setting.type is Options:
        return _check_options(setting, value)
    if setting.type is bool:
        if not isinstance(value, bool):
            raise _refusal(setting, value)
        return value
    if setting.type is str:
        return _check_text(setting, value)
    return _check_number(setting, value, integer=setting.type is int)


def parse_text(setting: Setting, text: str) -> Any:
    """The value that ``text``, typed on a command line, stands for; raises SettingsError.

    A range is one number (fixed) or two with ``..`` between them: ``60..100``; options are names with commas.
    """
    text = text.strip()
    if setting.type is Options:
        return check(setting, [name.strip() for name in text.split(",") if name.strip()])
    if setting.type is bool:
        return check(setting, BOOLEAN_WORDS.get(text.lower(), text))
    if setting.type is str:
        return check(setting, text)
    try:
        numbers = [_number(part) for part in text.split("..")]
    except ValueError:
        raise _refusal(setting, text) from None
    return check(setting, numbers[0] if len(numbers) == 1 else numbers)


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _check_number(setting: Setting, value: Any, *, integer: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _refusal(setting, value)
    if integer and value != int(value):
        raise _refusal(setting, value)
    spec = setting.spec
    if spec.zero and value == 0:
        return 0 if integer else 0.0
    if (spec.minimum is not None and value < spec.minimum) or (spec.maximum is not None and value > spec.maximum):
        raise _refusal(setting, value)
    return int(value) if integer else float(value)


def _check_range(setting: Setting, value: Any) -> Range:
    pair = value if isinstance(value, list | tuple) else [value, value]
    if len(pair) != 2:
        raise _refusal(setting, value)
    low, high = (_check_number(setting, number, integer=setting.spec.integer) for number in pair)
    if low > high:
        raise SettingsError(f"{setting.name} = {_shown(value)} has its bounds the wrong way round: write low..high.")
    return Range(low, high)


def _check_options(setting: Setting, value: Any) -> Options:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not (names or setting.spec.empty):
        raise _refusal(setting, value)
    checked = {_check_text(setting, name) for name in names}
    # In the order of the schema: how they are written down must not change what is drawn.
    return Options(choice for choice in setting.spec.choices if choice in checked)


def _check_text(setting: Setting, value: Any) -> str:
    if not isinstance(value, str):
        raise _refusal(setting, value)
    spec = setting.spec
    if spec.choices:
        for choice in spec.choices:
            if value.lower() == choice.lower():
                return choice
        raise _refusal(setting, value)
    if spec.date:
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            raise _refusal(setting, value) from None
    return value


def _allowed(kind: type, spec: Spec) -> str:
    if kind is bool:
        return "true or false"
    if kind is Options:
        return f"one or more of {', '.join(spec.choices)}" + (", or none" if spec.empty else "")
    if spec.choices:
        return ", ".join(spec.choices)
    if spec.date:
        return "a date written as YYYY-MM-DD"
    if kind is str:
        return "text"
    bounds = f"{_plain_number(spec.minimum)} to {_plain_number(spec.maximum)} {spec.unit}".strip()
    return f"{bounds}, or 0: {spec.zero}" if spec.zero else bounds


def _plain_number(number: float | None) -> str:
    return "any" if number is None else str(int(number)) if number == int(number) else f"{number:g}"


def _refusal(setting: Setting, value: Any) -> SettingsError:
    kind = {int: "a whole number, ", float: "a number, ", Range: "a number or low..high, "}.get(setting.type, "")
    if setting.type is Range and setting.spec.integer:
        kind = "a whole number or low..high, "
    return SettingsError(f"{setting.name} = {_shown(value)} is not allowed: it must be {kind}{setting.allowed}.")


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple) and all(isinstance(part, int | float) for part in value):
        return "..".join(f"{part:g}" for part in value)
    if isinstance(value, list | tuple):
        return ",".join(str(part) for part in value)
    return str(value)
