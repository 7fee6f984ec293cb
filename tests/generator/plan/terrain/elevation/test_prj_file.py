# SPDX-License-Identifier: GPL-3.0-or-later
"""The .prj file beside an elevation model tells its units, in whatever form."""

from __future__ import annotations

import pytest

from solar_site_addon.generator.domain.errors import UnsupportedElevationError
from solar_site_addon.generator.plan.terrain.elevation.crs import UNKNOWN, Crs
from solar_site_addon.generator.plan.terrain.elevation.epsg_units import FOOT_M
from solar_site_addon.generator.plan.terrain.elevation.prj_file import crs_of_prj


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("", UNKNOWN),
        ("Projection    UTM\nZone          32\nUnits         METERS\nZunits NO\nParameters\n", Crs()),
        (
            "Projection STATEPLANE\r\nUnits FEET\r\nZunits FEET\r\n",
            Crs(unit=FOOT_M, height_unit_m=FOOT_M),
        ),
        ("Projection GEOGRAPHIC\nUnits DD\nZunits METERS\n", Crs(geographic=True, height_unit_m=1.0)),
        ("Projection GEOGRAPHIC\nUnits DS\n", Crs(geographic=True, unit=1 / 3600)),
        ('LOCAL_CS["Unnamed",UNIT["foot",0.3048]]', Crs(unit=0.3048)),
        ('LOCAL_CS["Unnamed",UNIT["foot",3.048E-1]]', Crs(unit=0.3048)),
    ],
)
def test_units_are_read(text: str, crs: Crs) -> None:
    assert crs_of_prj(text) == crs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EPSG:2232", "not understood"),
        ('LOCAL_CS["Unnamed",UNIT["foot",0]]', "not understood"),
        ('LOCAL_CS["Unnamed",UNIT["foot",1.2.3]]', "not understood"),
        ("Projection UTM\nUnits CHAINS\n", "CHAINS"),
        ("Projection GEOGRAPHIC\nUnits METERS\n", "unit of angles"),
        ("Projection POLAR\nUnits METERS\n", "neither lengths"),
    ],
)
def test_what_could_mean_any_unit_is_refused(text: str, words: str) -> None:
    with pytest.raises(UnsupportedElevationError, match=words):
        crs_of_prj(text)
