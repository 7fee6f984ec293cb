# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of which everything is drawn, as types that mypy tells from settings of which nothing is drawn yet.

A function that asks ranges and options for their ``value`` takes one of these types, so that settings as the user wrote
them cannot be passed to it. Only ``as_drawn`` makes them.
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
    """The drawn settings of the mountain."""


@dataclass(frozen=True)
class DrawnArray(ArraySettings):
    """The drawn settings of the tables."""


@dataclass(frozen=True)
class DrawnModule(ModuleSettings):
    """The drawn settings of the modules."""


@dataclass(frozen=True)
class DrawnEquipment(EquipmentSettings):
    """The drawn settings of the equipment."""


@dataclass(frozen=True)
class DrawnSurroundings(SurroundingsSettings):
    """The drawn settings of the surroundings."""


@dataclass(frozen=True)
class DrawnVegetation(VegetationSettings):
    """The drawn settings of vegetation."""


@dataclass(frozen=True)
class DrawnLight(LightSettings):
    """The drawn settings of sun and sky."""


@dataclass(frozen=True)
class DrawnCamera(CameraSettings):
    """The drawn settings of the drone's camera."""


@dataclass(frozen=True)
class DrawnEffects(EffectsSettings):
    """The drawn settings of what a real camera does to an image."""


@dataclass(frozen=True)
class DrawnSettings(Settings):
    """Settings with one value left of each range and of all options that do not differ within an image."""

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
    """Return ``settings`` as what they are, drawn; raises ValueError where a value is not drawn yet."""
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
