# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on dataclasses that are tables of columns: all fields are arrays with the same first axis."""

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
    """Return the rows of all parts, in order. There must be at least one part."""
    names = [field.name for field in dataclasses.fields(parts[0])]
    return type(parts[0])(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def rows_of(columns: Columns, chosen: Mask | Indices) -> Columns:
    """Return the rows selected by ``chosen``, a mask (N,) or an array of row numbers."""
    names = [field.name for field in dataclasses.fields(columns)]
    return type(columns)(**{name: getattr(columns, name)[chosen] for name in names})
