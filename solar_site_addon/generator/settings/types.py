# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting types, their metadata, and the validation and parsing of values.

Standard library only: the launcher imports this module where neither bpy nor numpy is installed.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..domain.errors import SettingsError
from ..domain.messages import Message, SettingName

BOOLEAN_WORDS = dict.fromkeys(("true", "on", "yes", "1"), True) | dict.fromkeys(("false", "off", "no", "0"), False)
NOT_ALLOWED = "{setting} = {value} is not allowed: it must be {allowed}."
AUTOMATIC = "auto"
"""What may stand on the command line for 0 where 0 means a value that the program chooses."""
NO_OPTIONS = "none"
"""What stands for an empty list of options on the command line."""
MAX_SHOWN = 200
"""Most characters of a value that a message shows."""
NUMBERS = "a number or a range low..high within {range}"


class Range(NamedTuple):
    """A value drawn uniformly for each site or view; ``low == high`` fixes it."""

    low: float
    high: float

    @property
    def value(self) -> float:
        """Return the value of a fixed range; raise ValueError if none has been drawn."""
        if self.low != self.high:
            raise ValueError(f"no value has been drawn from {self}")
        return self.low


class Options(tuple[str, ...]):
    """Choices of which one is drawn for each site or view; a single choice is fixed."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """Return the only choice; raise ValueError if none has been drawn."""
        if len(self) != 1:
            raise ValueError(f"no choice has been drawn from {self}")
        return self[0]


@dataclass(frozen=True)
class Spec:
    """Metadata of a setting, shared by command line, panel, JSON file and documentation."""

    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    recommended: str = ""
    choices: tuple[str, ...] = ()
    integer: bool = False
    date: bool = False
    flag: bool = False
    """Whether the setting has its own command-line flag, named like the field."""
    within: bool = False
    """Whether a range is drawn per object (table, cluster) within an image rather than once per image."""
    zero: str = ""
    """Meaning of 0 if 0 is allowed below the minimum."""
    empty: bool = False
    """Whether options may be left empty."""
    file: bool = False
    """Whether the text is the path of an input file, or empty."""
    folder: bool = False
    """Whether the text is the path of an input folder, or empty."""
    source: str = ""
    """Where the default comes from (docs/sources.md), or ``estimate``."""


class Setting(NamedTuple):
    """A field of the schema with its dotted name (``camera.altitude_agl_m``)."""

    name: str
    type: type
    default: Any
    spec: Spec

    @property
    def allowed(self) -> str:
        """Return the allowed values in English words, for tables and help texts."""
        return str(self.allowed_values)

    @property
    def allowed_values(self) -> Message:
        """Return the allowed values as part of a message."""
        return _allowed(self.type, self.spec)


def check(setting: Setting, value: Any) -> Any:
    """Return ``value`` (JSON types) converted to the setting's type; raise SettingsError if it is not allowed."""
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
    """Parse ``text`` from the command line; raise SettingsError if it is not allowed.

    A range is a single number (fixed) or ``low..high``; options are separated by commas, and ``none`` is none of them.
    ``auto`` stands for 0 where 0 is allowed below the minimum.
    """
    text = text.strip()
    if setting.type is Options:
        names = [name.strip() for name in text.split(",") if name.strip()]
        return check(setting, [] if setting.spec.empty and [name.lower() for name in names] == [NO_OPTIONS] else names)
    if setting.type is bool:
        return check(setting, BOOLEAN_WORDS.get(text.lower(), text))
    if setting.type is str:
        return check(setting, text)
    if setting.spec.zero and text.lower() == AUTOMATIC:
        return check(setting, 0)
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
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise _refusal(setting, value)
    if integer and value != int(value):
        raise _refusal(setting, value)
    spec = setting.spec
    if spec.zero and value == 0:
        return 0 if integer else 0.0
    if (spec.minimum is not None and value < spec.minimum) or (spec.maximum is not None and value > spec.maximum):
        raise _refusal(setting, value)
    return int(value) if integer else float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False


def _check_range(setting: Setting, value: Any) -> Range:
    pair = value if isinstance(value, list | tuple) else [value, value]
    if len(pair) != 2:
        raise _refusal(setting, value)
    low, high = (_check_number(setting, number, integer=setting.spec.integer) for number in pair)
    if low > high:
        raise SettingsError(
            "{setting} = {value} has its limits reversed: the lower limit comes first.",
            setting=SettingName(setting.name),
            value=_shown(value),
        )
    return Range(low, high)


def _check_options(setting: Setting, value: Any) -> Options:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not (names or setting.spec.empty):
        raise _refusal(setting, value)
    checked = {_check_text(setting, name) for name in names}
    # In schema order, so that the order in which they are written does not change what is drawn.
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


def _allowed(kind: type, spec: Spec) -> Message:
    if kind is bool:
        return Message("true or false")
    if kind is Options:
        template = "one or more of {choices}, or none" if spec.empty else "one or more of {choices}"
        return Message(template, {"choices": spec.choices})
    if spec.choices:
        return Message("one of {choices}", {"choices": spec.choices})
    if spec.date:
        return Message("a date as YYYY-MM-DD")
    if kind is str:
        return Message("text")
    bounds = {"low": _plain_number(spec.minimum), "high": _plain_number(spec.maximum), "unit": spec.unit}
    within = Message("{low} to {high} {unit}" if spec.unit else "{low} to {high}", bounds)
    automatic = Message("{range}, or 0 or auto for {zero}", {"range": within, "zero": Message(spec.zero)})
    return automatic if spec.zero else within


def _plain_number(number: float | None) -> str:
    return "any" if number is None else str(int(number)) if number == int(number) else f"{number:g}"


def _refusal(setting: Setting, value: Any) -> SettingsError:
    integer = setting.type is int or setting.spec.integer
    allowed = setting.allowed_values
    if setting.type is Range:
        template = "an integer or a range low..high within {range}" if integer else NUMBERS
        allowed = Message(template, {"range": allowed})
    elif setting.type in (int, float):
        allowed = Message("an integer from {range}" if integer else "a number from {range}", {"range": allowed})
    return SettingsError(NOT_ALLOWED, setting=SettingName(setting.name), value=_shown(value), allowed=allowed)


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple) and all(isinstance(part, int | float) and _is_finite(part) for part in value):
        return "..".join(f"{part:g}" for part in value)
    if isinstance(value, list | tuple):
        return shortened(",".join(str(part) for part in value))
    return shortened(str(value))


def shortened(text: str) -> str:
    """Return ``text`` as far as a sentence can hold it."""
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}..."
