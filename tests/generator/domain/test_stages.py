# SPDX-License-Identifier: GPL-3.0-or-later
"""Each stage of an image takes the time since the one before."""

from __future__ import annotations

from solar_site_addon.generator.domain.stages import PASSES, SITE, VIEW, Laps


def test_each_stage_has_the_time_since_the_one_before() -> None:
    clock = iter([10.0, 12.5, 12.5, 13.0004]).__next__
    laps = Laps(clock)
    for stage in (SITE, VIEW, PASSES):
        laps.finished(stage)
    assert laps.seconds == {SITE: 2.5, VIEW: 0.0, PASSES: 0.5}
