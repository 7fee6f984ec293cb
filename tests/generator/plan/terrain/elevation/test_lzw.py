# SPDX-License-Identifier: GPL-3.0-or-later
"""LZW data is decompressed to what libtiff compressed, or refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from solar_site_addon.generator.domain.errors import ElevationError
from solar_site_addon.generator.plan.terrain.elevation import lzw
from solar_site_addon.generator.plan.terrain.elevation.lzw import unpack_lzw


def unpacked(data: bytes, size: int) -> bytes:
    return b"".join(unpack_lzw(data, size))


def packed(values: np.ndarray) -> bytes:
    """Return bytes (1, N) compressed by libtiff as one strip."""
    file = io.BytesIO()
    Image.fromarray(values).save(file, format="tiff", compression="tiff_lzw", strip_size=1 << 24)
    tags = Image.open(io.BytesIO(file.getvalue())).tag_v2
    ((offset,), (count,)) = tags[273], tags[279]
    return file.getvalue()[offset : offset + count]


RNG = np.random.default_rng(0)
KINDS = {
    "noise": RNG.integers(0, 256, 30_000),
    "few values": RNG.integers(0, 3, 60_000),
    "one value": np.full(200_000, 7),
    "waves": (np.sin(np.arange(60_000) / 50) * 100).astype(int) % 256,
    "one byte": np.array([5]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_libtiff_compressed_comes_back(kind: str) -> None:
    values = KINDS[kind].astype(np.uint8)[None]
    data = packed(values)
    assert unpacked(data, values.size) == values.tobytes()
    assert unpacked(data, values.size + 100) == values.tobytes()
    assert values.tobytes().startswith(unpacked(data, values.size // 3))
    assert len(unpacked(data, values.size // 3)) >= values.size // 3


@pytest.mark.parametrize("together", [1, 5_000])
def test_the_size_of_windows_makes_no_difference(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    monkeypatch.setattr(lzw, "_WINDOW_BYTES", 50)
    monkeypatch.setattr(lzw, "_TOGETHER", together)
    values = KINDS["noise"].astype(np.uint8)[None]
    assert unpacked(packed(values), values.size) == values.tobytes()


@given(st.binary(max_size=400), st.integers(0, 5000))
def test_any_bytes_give_bytes_or_one_error(data: bytes, size: int) -> None:
    try:
        assert isinstance(unpacked(data, size), bytes)
    except ElevationError as error:
        assert "damaged" in str(error)  # noqa: PT017 - either way is right
