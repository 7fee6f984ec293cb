# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the help page of the extension from docs/panel.md, without its images and links, which the zip lacks.

Run: python -m tools.help_page.
"""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs" / "panel.md"
PAGE = ROOT / "solar_site_addon" / "ui" / "help.html"
NOT_IN_THE_ZIP = ("image", "link_open", "link_close")
INSTALLED, ABOUT_THE_PROJECT = "## Preview a site", "## About the screenshots"
"""Headings of the first part for those who have installed the extension, and of the part for developers only."""
FRAME = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Solar Site: the panel in Blender</title>
<style>
  body {{ max-width: 46em; margin: 2em auto; padding: 0 1em; font: 17px/1.5 system-ui, sans-serif; }}
  body {{ color: #222; background: #fff; }}
  code {{ background: #eee; padding: 0 0.2em; }}
  @media (prefers-color-scheme: dark) {{ body {{ color: #ddd; background: #1d1d1d; }} code {{ background: #333; }} }}
</style>
{body}</html>
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE}")


def page(markdown: str) -> str:
    """Return the HTML page for the text of docs/panel.md."""
    parser = MarkdownIt("commonmark", {"html": False})
    title, _, text = markdown.partition(ABOUT_THE_PROJECT)[0].partition("\n")
    tokens = parser.parse(f"{title}\n\n{INSTALLED}{text.partition(INSTALLED)[2]}")
    return FRAME.format(body=parser.renderer.render(_kept(tokens), parser.options, {}))


def _kept(tokens: list[Token]) -> list[Token]:
    """Return the tokens without images, links, and the paragraphs that then are empty."""
    for token in tokens:
        if token.children is not None:
            token.children = [child for child in token.children if child.type not in NOT_IN_THE_ZIP]
    empty = {place for place, token in enumerate(tokens) if token.type == "inline" and not token.children}
    around = {place + step for place in empty for step in (-1, 0, 1)}
    return [token for place, token in enumerate(tokens) if place not in around]


if __name__ == "__main__":
    main()
