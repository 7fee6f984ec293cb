# SPDX-License-Identifier: GPL-3.0-or-later
"""The help page in the extension says what docs/panel.md says, without what the zip lacks."""

from __future__ import annotations

from tools import help_page


def test_the_help_page_is_up_to_date() -> None:
    written = help_page.PAGE.read_text(encoding="utf-8")
    assert written == help_page.page(help_page.SOURCE.read_text(encoding="utf-8")), "help.html is old: run make docs"


def test_it_has_no_image_no_link_and_no_part_for_others_than_users_of_the_panel() -> None:
    body = "![an image](a.png)\n\nSee [this](b.md) & *that*.\n\n"
    text = (
        f"# A\n\nintroduction\n\n## Install\n\n{help_page.INSTALLED}\n\n{body}{help_page.ABOUT_THE_PROJECT}\n\nmore\n"
    )
    expected = "<h1>A</h1>\n<h2>Preview a site</h2>\n<p>See this &amp; <em>that</em>.</p>\n</html>\n"
    assert help_page.page(text).endswith(expected)
