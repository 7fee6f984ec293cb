# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of drawn settings, which mypy distinguishes from settings with undrawn values.

A function that reads the ``value`` of ranges and options takes one of these types, so settings as the user wrote them
cannot be passed to it. Only ``as_drawn`` creates them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .schema import (
    ArraySettings,
    CameraSettings,
    EffectsSettings,
    EquipmentSettings,
    LightSettings,
    ModuleSettings,
    RenderSettings,
    Settings,
    SiteSettings,
    SurroundingsSettings,
    VegetationSettings,
)
from .types import Options, Range

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class DrawnSite(SiteSettings):
    """Drawn settings of the terrain."""


@dataclass(frozen=True)
class DrawnArray(ArraySettings):
    """Drawn settings of the tables."""


@dataclass(frozen=True)
class DrawnModule(ModuleSettings):
    """Drawn settings of the modules."""


@dataclass(frozen=True)
class DrawnEquipment(EquipmentSettings):
    """Drawn settings of the equipment."""


@dataclass(frozen=True)
class DrawnSurroundings(SurroundingsSettings):
    """Drawn settings of the surroundings."""


@dataclass(frozen=True)
class DrawnVegetation(VegetationSettings):
    """Drawn settings of the vegetation."""


@dataclass(frozen=True)
class DrawnLight(LightSettings):
    """Drawn settings of sun and sky."""


@dataclass(frozen=True)
class DrawnCamera(CameraSettings):
    """Drawn settings of the drone's camera."""


@dataclass(frozen=True)
class DrawnEffects(EffectsSettings):
    """Drawn settings of the lens and sensor effects."""


@dataclass(frozen=True)
class DrawnSettings(Settings):
    """Settings in which ranges and options have a single value, except those that vary within an image."""

    site: DrawnSite
    array: DrawnArray
    module: DrawnModule
    equipment: DrawnEquipment
    surroundings: DrawnSurroundings
    vegetation: DrawnVegetation
    light: DrawnLight
    camera: DrawnCamera
    effects: DrawnEffects
    render: RenderSettings


def as_drawn(settings: Settings) -> DrawnSettings:
    """Return ``settings`` as drawn settings; raise ValueError if a value is not drawn yet."""
    return DrawnSettings(
        site=DrawnSite(**_drawn_fields(settings.site)),
        array=DrawnArray(**_drawn_fields(settings.array)),
        module=DrawnModule(**_drawn_fields(settings.module)),
        equipment=DrawnEquipment(**_drawn_fields(settings.equipment)),
        surroundings=DrawnSurroundings(**_drawn_fields(settings.surroundings)),
        vegetation=DrawnVegetation(**_drawn_fields(settings.vegetation)),
        light=DrawnLight(**_drawn_fields(settings.light)),
        camera=DrawnCamera(**_drawn_fields(settings.camera)),
        effects=DrawnEffects(**_drawn_fields(settings.effects)),
        render=settings.render,
    )


def _drawn_fields(group: DataclassInstance) -> dict[str, Any]:
    values = {field.name: getattr(group, field.name) for field in dataclasses.fields(group)}
    for field in dataclasses.fields(group):
        value, spec = values[field.name], field.metadata["spec"]
        if not spec.within and isinstance(value, Range | Options) and not (spec.empty and not value):
            _ = value.value
    return values
