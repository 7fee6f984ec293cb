# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as an enemy, a defective disk or a hasty editor would write them, for tests of what reads files.

``make torture`` runs more cases than ``make test``: the environment variable SOLAR_SITE_FUZZ is their number.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from solar_site_addon.generator.domain.errors import SolarSiteError

CASES = int(os.environ.get("SOLAR_SITE_FUZZ", "500"))
LONGEST_SENTENCE = 5000
TOKENS = [
    *(b"null", b"true", b"-1", b"2", b"1e999", b"NaN", b"1" * 400, b"9" * 5000, b"{}", b"[]", b'"', b"}", b"\n"),
    *(b'"../../../etc/passwd"', b'"/dev/zero"', b'"\\ud800"', b"\x00", b"\xff\xfe", b"[" * 3000, b'{"a":' * 3000),
]
VALUES = [
    *(None, True, -1, 0, 1, 2**31, 2**63, 10**30, 10**400, 1e308, -1e308, 0.5, 1e-300),
    *("", "x", "\ud800", "\0", "a\nb", "x" * 5000, "../../../etc/passwd", "/dev/zero", "__class__", "{0.__class__}"),
    *([], {}, [[]], [None], [1, 2, 3, 4, 5], {"a": {}}, ["x"] * 50, [1e308] * 4),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from(["flip", "cut", "insert", "replace", "double"]), st.sampled_from(TOKENS)
    ),
    min_size=1,
    max_size=6,
)
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from(VALUES) | JSON, st.booleans()), min_size=1, max_size=3)
"""Places in a document, what stands there afterwards, and whether the place is removed instead."""


def share_of_cases(share: float) -> settings:
    """Return the settings of a test that takes a share of all cases."""
    return settings(
        max_examples=max(1, round(CASES * share)),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        deadline=None,
    )


def mutated(data: bytes, edits: list[tuple[float, str, bytes]]) -> bytes:
    """Return ``data`` after all edits, each at a relative position."""
    for where, kind, token in edits:
        place = int(where * len(data))
        if kind == "flip" and data:
            place = min(place, len(data) - 1)
            data = data[:place] + bytes([data[place] ^ 0x11]) + data[place + 1 :]
        elif kind == "cut":
            data = data[:place]
        elif kind == "insert":
            data = data[:place] + token + data[place:]
        elif kind == "replace":
            end = next((n for n in range(place, len(data)) if data[n : n + 1] in b",]}\n"), len(data))
            data = data[:place] + token + data[end:]
        else:
            data = data[:place] + data[place // 2 :]
    return data


def changed(document: Any, changes: list[tuple[float, Any, bool]]) -> Any:
    """Return a copy of a document that has other values, or none, at places anywhere in it."""
    document = copy.deepcopy(document)
    for where, value, removed in changes:
        places = list(_places(document))
        if not places:
            break
        # Half of the choices fall on the first level, which is small but matters most.
        top = [one for one in places if one[0] is document]
        few = top if where < 0.5 else places
        container, key = few[int(where * 2 % 1 * len(few))]
        if removed:
            del container[key]
        else:
            container[key] = copy.deepcopy(value)
    return document


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [document]
    while waiting:
        container = waiting.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        for key in keys:
            yield container, key
            if isinstance(container[key], dict | list):
                waiting.append(container[key])


def contents(real: bytes, write: Callable[[Any], bytes] = lambda value: json.dumps(value).encode()) -> Any:
    """Return a strategy of arbitrary JSON, arbitrary bytes, a real file changed as JSON, and mutations of it."""
    document = json.loads(real)
    return st.one_of(
        EDITS.map(lambda edits: mutated(real, edits)),
        CHANGES.map(lambda changes: write(changed(document, changes))),
        CHANGES.map(lambda changes: write(changed(document, changes))),
        JSON.map(lambda value: json.dumps(value).encode()),
        st.binary(max_size=200),
    )


def in_one_sentence(action: Callable[[], Any]) -> None:
    """Do something that may be refused, but only by an error that is a sentence."""
    try:
        action()
    except SolarSiteError as error:
        text = str(error)
        assert text
        assert "Traceback" not in text
        assert len(text) < LONGEST_SENTENCE
