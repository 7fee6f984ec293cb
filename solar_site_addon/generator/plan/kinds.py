# SPDX-License-Identifier: GPL-3.0-or-later
"""All kinds of equipment and surroundings."""

from __future__ import annotations

from .equipment.equipment import equipment_kinds
from .placement.kinds import BaseKind
from .surroundings.surroundings import surroundings_kinds


def all_kinds() -> dict[str, BaseKind]:
    """Return all kinds by name."""
    return {kind.name: kind for kind in (*equipment_kinds(), *surroundings_kinds())}
