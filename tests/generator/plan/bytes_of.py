# SPDX-License-Identifier: GPL-3.0-or-later
"""Every number of a plan, to compare plans to the bit."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np


def bytes_of(thing: Any) -> dict[str, bytes]:
    """Return the bytes of every number in a plan, by the names of the fields that lead to it."""
    if isinstance(thing, tuple) and any(dataclasses.is_dataclass(part) for part in thing):
        return {f"{index}.{name}": value for index, part in enumerate(thing) for name, value in bytes_of(part).items()}
    if hasattr(thing, "_asdict"):
        return bytes_of(thing._asdict())
    if isinstance(thing, dict):
        return {f"{key}.{name}": value for key, part in thing.items() for name, value in bytes_of(part).items()}
    if dataclasses.is_dataclass(thing):
        return {
            f"{field.name}.{name}": value
            for field in dataclasses.fields(thing)
            for name, value in bytes_of(getattr(thing, field.name)).items()
        }
    return {"": np.asarray(thing).tobytes()}
