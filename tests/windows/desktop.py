# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual screen with mouse, keyboard and screenshots, and a Blender window on it.

Requires these programs beside the ``blender`` executable: ``with-xvfb``, ``xdotool`` and ``import`` (ImageMagick).
Input events are sent through the X server, as with real devices.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from PIL import Image

WIDTH, HEIGHT = 1440, 1400
"""Size of the screen: tall enough for the tab with a running batch."""
TOOLS = ("with-xvfb", "xdotool", "import")
PATIENCE = 90.0
"""Seconds to wait for Blender: it draws in software, on cores that a batch may also use."""
KEPT = "SOLAR_SITE_SCREENSHOTS"
"""Environment variable with the folder for screenshots of the documentation."""
LARGEST = 960
"""Maximum width of these screenshots in pixels."""
TOUR = (
    "the_sidebar_has_the_tab", "presets_open", "generate_preview_makes_a_site_in_its_own_scene",
    "three_settings_change_the_site", "preview_in_progress", "render_preview_shows_an_image_with_annotations",
    "labels_are_switched_without_another_render", "running_batch",
)  # fmt: skip
"""Screenshots of the steps that the animation in the documentation shows."""
FRAME_MS = 1800
"""Milliseconds that each of them is shown."""
BELOW = 26
"""Approximate pixels from the middle of a panel's last button to the panel's lower edge."""
LEFT, RIGHT, LAST = 0.3, 0.83, 0.92
"""Fractions of the sidebar's width; the last one hits the outermost small button of a row."""
CENTRE = (WIDTH // 3, HEIGHT // 2)
"""A position on the screen in the 3D viewport."""
TAB = "Solar Site"
HEADERS = range(20, 190, 14)
"""Distances above a panel's first button, in pixels, at which to look for its header."""
HEADERS_BELOW = range(20, 420, 13)
"""Distances below a button at which to look for the header of a later panel."""
AGENT = Path(__file__).with_name("agent.py")


def has_tools(blender: Path) -> bool:
    """Return whether the programs that a window needs are next to this Blender."""
    return all((blender.parent / tool).exists() for tool in TOOLS)


class Desk:
    """A separate screen, and a Blender with a user folder of its own."""

    def __init__(self, blender: Path, folder: Path) -> None:
        """Use ``folder`` for Blender's user folder, logs and screenshots."""
        self.blender = blender
        self.folder = folder
        self.user = folder / "user"
        self.user.mkdir(parents=True)
        self.windows: list[Window] = []
        self.opened = folder / "opened.txt"
        """The addresses that Blender has opened in the browser, one per line."""
        self.environment = {
            **os.environ,
            "BROWSER": str(self._browser()),
            "BLENDER_USER_RESOURCES": str(self.user),
            "BLENDER_USER_EXTENSIONS": str(self.user / "extensions"),
            "XVFB_SCREEN": f"{WIDTH}x{HEIGHT}x24",
        }

    def __enter__(self) -> Self:
        tell_and_stay = ["sh", "-c", 'echo "$DISPLAY"; cat']
        self.server = subprocess.Popen(
            [self.blender.parent / "with-xvfb", *tell_and_stay],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        display = self.server.stdout.readline().strip() if self.server.stdout else ""
        assert display, "the virtual screen did not start"
        self.environment["DISPLAY"] = display
        return self

    def __exit__(self, *_: object) -> None:
        for window in self.windows:
            window.close()
        self.server.communicate(timeout=PATIENCE)

    def _browser(self) -> Path:
        """Return a program that notes the address it is to open."""
        program = self.folder / "browser"
        program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >> {shlex.quote(str(self.opened))}\n", encoding="utf-8")
        program.chmod(0o755)
        return program

    def install(self, archive: Path) -> None:
        """Install and enable an extension as ``Install from Disk`` does."""
        self.run("blender", "--command", "extension", "install-file", "-r", "user_default", "-e", archive)

    def run(self, program: str, *words: object) -> None:
        """Run one of the programs next to Blender on this screen."""
        command = [str(word) for word in (self.blender.parent / program, *words)]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=PATIENCE)

    def open_window(self, file: Path | None = None) -> Window:
        """Start Blender with a .blend file or a new file."""
        window = Window(self, self.folder / f"window-{len(self.windows)}", file)
        self.windows.append(window)
        return window


class Window:
    """A Blender window, with mouse and keyboard."""

    def __init__(self, desk: Desk, folder: Path, file: Path | None) -> None:
        """Use ``folder`` for the log and the agent's requests and answers; open the .blend file ``file``."""
        self.desk = desk
        self.folder = folder
        self.headers: dict[str, list[int]] = {}
        self.answered = 0
        folder.mkdir()
        for name in ("requests.jsonl", "answers.jsonl"):
            (folder / name).touch()
        command = [desk.blender, "--gpu-backend", "opengl", "--window-geometry", 0, 0, WIDTH, HEIGHT]
        command += ["-setaudio", "None", *([file] if file else []), "-P", AGENT, "--", folder]
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], env=desk.environment, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def log(self) -> Path:
        """Output of Blender, including operator reports."""
        return self.folder / "blender.log"

    def close(self) -> None:
        """Kill Blender."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def show_tab(self) -> None:
        """Open the tab in the sidebar."""
        self.box = self.ask("show_tab", category=TAB)

    def ask(self, do: str, **details: Any) -> Any:
        """Send a request to the agent inside Blender (see agent.py) and return its answer."""
        with (self.folder / "requests.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"do": do, **details}) + "\n")
        self.answered += 1
        answers = self.folder / "answers.jsonl"
        wait_until(lambda: answers.read_text(encoding="utf-8").count("\n") >= self.answered, f"an answer to {do}")
        answer = json.loads(answers.read_text(encoding="utf-8").splitlines()[self.answered - 1])
        assert "error" not in answer, answer["error"]
        return answer["found"]

    def quit(self) -> None:
        """Quit Blender as File > Quit does; other processes continue."""
        with (self.folder / "requests.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"do": "leave"}\n')
        self.process.wait(timeout=PATIENCE)

    def do(self, *words: object) -> None:
        """Move the mouse or press keys, with arguments of xdotool."""
        self.desk.run("xdotool", *words)

    def place(self, name: str, column: float) -> list[int]:
        """Return the position of an operator (``solar_site.new_seed``) or a property (``size_m``, ``relief[0]``).

        ``column`` is a fraction of the sidebar's width at which the button can be hit.
        """
        place: list[int] | None = self.ask("find", name=name, column=column)
        assert place, f"no button {name}; in its column there are {self.ask('buttons', column=column)}"
        return place

    def click(self, name: str, column: float = LEFT) -> None:
        """Click a button."""
        self.click_at(self.place(name, column))

    def type_into(self, name: str, text: str, column: float = LEFT) -> None:
        """Type a value into a field."""
        self.do(
            "mousemove", *self.place(name, column), "sleep", 0.2, "click", "--repeat", 2, "--delay", 80, 1, "sleep", 0.3
        )
        self.do("key", "ctrl+a", "sleep", 0.1)
        self.do("type", "--delay", 30, text)
        self.do("key", "Return", "sleep", 0.2)

    def press(self, keys: str) -> None:
        """Press keys with the pointer in the 3D viewport."""
        self.do("mousemove", *CENTRE, "sleep", 0.3, "key", keys, "sleep", 0.3)

    def toggle(self, panel: str, *, above: str = "", below: str = "") -> None:
        """Open or close a panel by its header, a little higher than the button ``above`` or lower than ``below``.

        Blender does not expose the positions of headers: try positions until this panel opens or closes, and undo the
        effect of wrong clicks.
        """
        before = self.open_panels()
        for place in self.headers_of(panel, above, below):
            self.click_at(place)
            changed = before ^ self.open_panels()
            if changed == {panel}:
                self.headers[panel] = place
                return
            if changed:
                self.click_at(place)
        raise AssertionError(f"no header of {panel} in the sidebar")

    def headers_of(self, panel: str, above: str, below: str) -> list[list[int]]:
        """Return the possible positions of a panel's header, the last known one first."""
        known = [self.headers[panel]] if panel in self.headers else []
        x, y = self.place(above or below, LEFT)
        return known + [[x, y - up] for up in HEADERS] if above else known + [[x, y + down] for down in HEADERS_BELOW]

    def open_panels(self) -> set[str]:
        """Return the open panels of the tab."""
        return set(self.ask("open_panels", category=TAB))

    def click_at(self, place: list[int]) -> None:
        """Click at a position on the screen, in pixels from the upper left."""
        self.do("mousemove", *place, "sleep", 0.2, "click", 1, "sleep", 0.2)

    def look(self, name: str) -> Image.Image:
        """Return a screenshot of the whole screen, and save it as NAME.png in the folder of the desk."""
        self.ask("settle")
        file = self.desk.folder / f"{name}.png"
        self.desk.run("import", "-window", "root", file)
        with Image.open(file) as image:
            return image.convert("RGB")

    def keep(self, name: str, part: str = "window", last: str = "") -> None:
        """Save a screenshot for the documentation if a folder for it is set.

        ``part`` is ``window``, ``other window``, or ``sidebar`` down to the button ``last``.
        """
        if KEPT not in os.environ:
            return
        left, top, width, height = (0, 0, WIDTH, HEIGHT)
        if part == "sidebar":
            left, top, width, height = self.box
            height = self.place(last, LEFT)[1] + BELOW - top if last else height
        elif part == "other window":
            left, top, width, height = self.ask("other_window")
        self.do("mousemove", 0, HEIGHT - 1)
        image = self.look(f"kept-{name}").crop((left, top, left + width, top + height))
        image.thumbnail((LARGEST, 2 * LARGEST))
        image.quantize(256).save(Path(os.environ[KEPT]) / f"panel-{name}.png", optimize=True)


def keep_tour(folder: Path) -> Path | None:
    """Save the steps of a tour in ``folder`` as an animation for the documentation, if a folder for it is set."""
    frames = [folder / f"{name}.png" for name in TOUR if (folder / f"{name}.png").exists()]
    if KEPT not in os.environ or not frames:
        return None
    images = []
    for frame in frames:
        with Image.open(frame) as image:
            images.append(image.convert("RGB").resize((WIDTH // 2, HEIGHT // 2), Image.Resampling.LANCZOS))
    tour = Path(os.environ[KEPT]) / "panel-tour.webp"
    images[0].save(
        tour,
        save_all=True,
        append_images=images[1:],
        duration=FRAME_MS,
        loop=0,
        quality=55,
        method=6,
        minimize_size=True,
    )
    return tour


def wait_until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait until ``true()`` returns a true value and return it; fail after ``patience`` seconds."""
    end = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < end, f"waited {patience:.0f} s for {what}"
        time.sleep(0.1)
    return found
