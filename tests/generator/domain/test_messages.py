# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages keep template and values from the place that raises them to the face that shows them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.messages import (
    COMMAND_LINE,
    ByFace,
    Face,
    Message,
    SettingName,
    listed,
    system_reason,
)

GERMAN = {
    "{setting} = {value:.1f} is too steep: {remedy}.": "{setting} = {value:.2f} ist zu steil: {remedy}.",
    "reduce {setting}": "{setting} verringern",
    ", ": " und ",
}
PANEL = Face(text=lambda text: GERMAN.get(text, text), setting=lambda name: f"<{name}>", panel=True)
STEEP = Message(
    "{setting} = {value:.1f} is too steep: {remedy}.",
    {
        "setting": SettingName("array.max_slope_deg"),
        "value": 31.25,
        "remedy": ByFace(Message("see --help"), Message("reduce {setting}", {"setting": SettingName("site.relief")})),
    },
)


def test_each_face_has_its_words() -> None:
    assert str(STEEP) == "array.max_slope_deg = 31.2 is too steep: see --help."
    assert STEEP.say(PANEL) == "<array.max_slope_deg> = 31.25 ist zu steil: <site.relief> verringern."


def test_a_message_survives_json() -> None:
    document = json.loads(json.dumps(STEEP.to_json()))
    assert document["message"] == str(STEEP)
    assert Message.from_json(document) == STEEP
    assert Message.from_json(document).say(PANEL) == STEEP.say(PANEL)


@pytest.mark.parametrize("document", ["plain {text}", {"message": "plain {text}"}])
def test_a_text_without_values_is_shown_as_it_is(document: Any) -> None:
    assert Message.from_json(document).say(PANEL) == "plain {text}"


def test_an_error_has_template_values_and_sentence() -> None:
    error = SettingsError("{file}: {reason}", file=Path("a.json"), reason=SolarSiteError("No {name}.", name="{x}"))
    assert (error.template, str(error)) == ("{file}: {reason}", "a.json: No {x}.")
    assert error.values["reason"] == Message("No {name}.", {"name": "{x}"})
    assert isinstance(SettingsError.of(error.message), SettingsError)
    assert str(copy.copy(error)) == str(error)


def test_a_translation_that_does_not_fit_falls_back_to_english() -> None:
    face = Face(text=lambda _: "{nothing}", setting=str, panel=False)
    assert Message("It is {value}.", {"value": 1}).say(face) == "It is 1."


@pytest.mark.parametrize(("names", "words"), [("ab", "a, b"), ("abcde", "a, b, c and 2 more")])
def test_long_lists_are_cut(names: str, words: str) -> None:
    assert str(Message("{names}", {"names": listed(names, 3)})) == words


def test_lists_are_joined_in_the_language_of_the_face() -> None:
    assert Message("{names}", {"names": ["a", "b"]}).say(PANEL) == "a und b"


def test_the_systems_reason_is_a_message_of_its_own() -> None:
    assert system_reason(PermissionError(13, "Permission denied")).say(COMMAND_LINE) == "Permission denied"
    assert str(system_reason(OSError("odd"))) == "odd"


@pytest.mark.parametrize(
    "template", ["{missing}", "{a.__class__}", "{a[0]}", "{a:>999999999}", "{a!r}", "{", "{0}", "{a:{a}}", "{a:.1f}"]
)
def test_a_template_from_a_file_that_cannot_be_filled_or_does_more_is_not_used(template: str) -> None:
    message = Message.from_json({"message": "It failed.", "template": template, "values": {"a": "x"}})
    assert str(message) == "It failed."
