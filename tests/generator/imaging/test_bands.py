# SPDX-License-Identifier: GPL-3.0-or-later
"""Bands keep every row once and bound the memory of a render."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.generator.imaging import bands


@given(width=st.integers(1, 16384), height=st.integers(1, 16384), denoised=st.booleans())
def test_bands_keep_every_row_once_and_are_small(width: int, height: int, denoised: bool) -> None:
    parts = bands.bands(width, height, denoised=denoised)
    assert [row for band in parts for row in range(height)[band.kept]] == list(range(height))
    for band in parts:
        assert list(range(height)[band.rendered][band.inner]) == list(range(height)[band.kept])
        assert (band.kept.stop - band.kept.start) * width <= (2_400_000 if denoised else 7_000_000) + width
        assert band.rendered.start == (max(0, band.kept.start - 16) if denoised else band.kept.start)
        assert band.rendered.stop == (min(height, band.kept.stop + 16) if denoised else band.kept.stop)
