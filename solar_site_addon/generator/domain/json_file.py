# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON files named by the user."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .errors import SettingsError
from .messages import Message, system_reason


def read_json(path: Path, name: Message | str) -> Any:
    """Return the content of a JSON file; raise SettingsError, which calls the file ``name``, if it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError("{file} cannot be read ({reason}).", file=name, reason=system_reason(error)) from error
    except (ValueError, RecursionError) as error:  # invalid JSON, or nested too deeply
        raise SettingsError("{file} is not valid JSON ({reason}).", file=name, reason=error) from error
