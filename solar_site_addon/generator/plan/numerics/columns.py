# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataclasses whose fields are arrays that share their first axis, as tables of columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ...domain.array_types import Indices, Mask

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Columns = TypeVar("Columns", bound=DataclassInstance)


def joined(parts: Sequence[Columns]) -> Columns:
    """All rows of the parts, of which there is at least one, in their order."""
    names = [field.name for field in dataclasses.fields(parts[0])]
    return type(parts[0])(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def rows_of(columns: Columns, chosen: Mask | Indices) -> Columns:
    """The rows where ``chosen`` (N,) holds, or those that it numbers, in its order."""
    names = [field.name for field in dataclasses.fields(columns)]
    return type(columns)(**{name: getattr(columns, name)[chosen] for name in names})
