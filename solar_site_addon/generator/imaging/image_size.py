# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of PNG and JPEG images, from their first bytes (ISO/IEC 15948, ITU-T T.81)."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Second byte of the markers that begin a frame of a JPEG image."""


def image_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height of the image that begins with these bytes, None if it is neither PNG nor JPEG."""
    if head.startswith(_PNG) and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return width, height
    return _jpeg_size(head) if head.startswith(b"\xff\xd8\xff") else None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        marker, length = head[place + 1], int.from_bytes(head[place + 2 : place + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return width, height
        place += 1 if marker == 0xFF else 2 + length
    return None
