# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of which parts are made by a program and the rest is written by hand.

A made part stands between ``<!-- NAME: made by make docs -->`` and ``<!-- NAME ends -->``.
"""

from __future__ import annotations

from collections.abc import Mapping


def with_parts(page: str, parts: Mapping[str, str]) -> str:
    """``page`` with each named part, as Markdown, between its marks."""
    for name, text in parts.items():
        begin, end = f"<!-- {name}: made by make docs -->", f"<!-- {name} ends -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}"
    return page
