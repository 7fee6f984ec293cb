# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of images are read from their first bytes, as Pillow writes them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from solar_site_addon.generator.imaging.image_size import image_size


@pytest.mark.parametrize("options", [{"format": "PNG"}, {"format": "JPEG"}, {"format": "JPEG", "progressive": True}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_sizes_are_those_that_pillow_wrote(options: dict[str, object], mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (301, 17)).save(file, **options)
    assert image_size(file.getvalue()) == (301, 17)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_other_bytes_have_no_size_or_some_size(data: bytes, start: bytes) -> None:
    found = image_size(start + data)
    assert found is None or min(found) >= 0
    assert start or found is None or data.startswith((b"\xff\xd8\xff", b"\x89PNG"))
