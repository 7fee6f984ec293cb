# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual screen with mouse, keyboard and screenshots, and a Blender window on it.

Requires these programs beside the ``blender`` executable: ``with-xvfb``, ``xdotool`` and ``import`` (ImageMagick).
Input events are sent through the X server, as with real devices.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from PIL import Image

WIDTH, HEIGHT = 1440, 1400
"""Size of the screen: high enough for the tab with a running batch."""
TOOLS = ("with-xvfb", "xdotool", "import")
PATIENCE = 90.0
"""Seconds for Blender to answer: it draws in software, on cores that a batch may use at the same time."""
KEPT = "SOLAR_SITE_SCREENSHOTS"
"""Environment variable with the folder for screenshots of the documentation."""
LARGEST = 960
"""Maximum width of these screenshots in pixels."""
BELOW = 26
"""Pixels from the middle of a panel's last button to its lower edge, about."""
LEFT, MIDDLE, RIGHT, LAST = 0.3, 0.5, 0.83, 0.92
"""Parts of the sidebar's width: the last is that of the outermost small button of a row."""
CENTRE = (WIDTH // 3, HEIGHT // 2)
"""A place of the screen in the 3D viewport."""
TAB = "Solar Site"
HEADERS = range(20, 150, 14)
"""Pixels above a panel's first button at which headers are looked for."""
AGENT = Path(__file__).with_name("agent.py")


def has_tools(blender: Path) -> bool:
    """Whether the programs that a window needs lie beside this Blender."""
    return all((blender.parent / tool).exists() for tool in TOOLS)


class Desk:
    """A screen of its own, and a Blender that knows nothing but what was installed in it here."""

    def __init__(self, blender: Path, folder: Path) -> None:
        """``folder`` takes Blender's user folder, the logs and the screenshots."""
        self.blender = blender
        self.folder = folder
        self.user = folder / "user"
        self.user.mkdir(parents=True)
        self.windows: list[Window] = []
        self.environment = {
            **os.environ,
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
        assert display, "the screen did not start"
        self.environment["DISPLAY"] = display
        return self

    def __exit__(self, *_: object) -> None:
        for window in self.windows:
            window.close()
        self.server.communicate(timeout=PATIENCE)

    def install(self, archive: Path) -> None:
        """Installs and switches on an extension as ``Install from Disk`` does."""
        self.run("blender", "--command", "extension", "install-file", "-r", "user_default", "-e", archive)

    def run(self, program: str, *words: object) -> None:
        """Runs one of the programs beside Blender on this screen."""
        command = [str(word) for word in (self.blender.parent / program, *words)]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=PATIENCE)

    def open_window(self, file: Path | None = None) -> Window:
        """Starts Blender, with a .blend file or with a new one."""
        window = Window(self, self.folder / f"window-{len(self.windows)}", file)
        self.windows.append(window)
        return window


class Window:
    """Blender in a window, with the mouse and the keyboard before it."""

    def __init__(self, desk: Desk, folder: Path, file: Path | None) -> None:
        """``folder`` takes the window's log and what is said to the agent inside; ``file`` is a .blend to open."""
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
        """What Blender prints: reports stand there too."""
        return self.folder / "blender.log"

    def close(self) -> None:
        """Ends Blender, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def show_tab(self) -> None:
        """Opens the sidebar at the tab."""
        self.box = self.ask("show_tab", category=TAB)

    def ask(self, do: str, **details: Any) -> Any:
        """What the agent inside Blender answers to a request (see agent.py)."""
        with (self.folder / "requests.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"do": do, **details}) + "\n")
        self.answered += 1
        answers = self.folder / "answers.jsonl"
        wait_until(lambda: answers.read_text(encoding="utf-8").count("\n") >= self.answered, f"an answer to {do}")
        answer = json.loads(answers.read_text(encoding="utf-8").splitlines()[self.answered - 1])
        assert "error" not in answer, answer["error"]
        return answer["found"]

    def quit(self) -> None:
        """Ends Blender as File > Quit does; what runs in other processes goes on."""
        with (self.folder / "requests.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"do": "leave"}\n')
        self.process.wait(timeout=PATIENCE)

    def do(self, *words: object) -> None:
        """Moves the mouse or presses keys: words of xdotool."""
        self.desk.run("xdotool", *words)

    def place(self, name: str, column: float) -> list[int]:
        """Where a button is: ``solar_site.new_seed``, an operator; ``size_m``, a property; ``relief[0]``, of a range.

        ``column`` is a part of the sidebar's width: a place that lies within the button.
        """
        place: list[int] | None = self.ask("find", name=name, column=column)
        assert place, f"no button {name}; in its column there are {self.ask('buttons', column=column)}"
        return place

    def click(self, name: str, column: float = LEFT) -> None:
        """Clicks on a button."""
        self.click_at(self.place(name, column))

    def type_into(self, name: str, text: str, column: float = LEFT) -> None:
        """Writes a value into a field."""
        self.do(
            "mousemove", *self.place(name, column), "sleep", 0.2, "click", "--repeat", 2, "--delay", 80, 1, "sleep", 0.3
        )
        self.do("key", "ctrl+a", "sleep", 0.1)
        self.do("type", "--delay", 30, text)
        self.do("key", "Return", "sleep", 0.2)

    def press(self, keys: str) -> None:
        """Presses keys with the pointer in the 3D viewport."""
        self.do("mousemove", *CENTRE, "sleep", 0.3, "key", keys, "sleep", 0.3)

    def toggle(self, panel: str, above: str) -> None:
        """Opens or closes a panel by a click on its header, which is a little ``above`` a button.

        Blender tells nobody where headers are: places are tried until this panel has opened or closed; what a wrong
        click has opened or closed is put back.
        """
        before = self.open_panels()
        for place in self.headers_of(panel, above):
            self.click_at(place)
            changed = before ^ self.open_panels()
            if changed == {panel}:
                self.headers[panel] = place
                return
            if changed:
                self.click_at(place)
        raise AssertionError(f"no header of {panel} in the sidebar")

    def headers_of(self, panel: str, above: str) -> list[list[int]]:
        """Where the header of a panel is, or may be."""
        if panel in self.headers:
            return [self.headers[panel]]
        x, y = self.place(above, LEFT)
        return [[x, y - up] for up in HEADERS]

    def open_panels(self) -> set[str]:
        """The panels of the tab whose contents are seen."""
        return set(self.ask("open_panels", category=TAB))

    def click_at(self, place: list[int]) -> None:
        """Clicks at a place of the screen, seen from its upper left corner."""
        self.do("mousemove", *place, "sleep", 0.2, "click", 1, "sleep", 0.2)

    def look(self, name: str) -> Image.Image:
        """Return a screenshot of the whole screen, also saved as NAME.png in the folder of the desk."""
        self.ask("settle")
        file = self.desk.folder / f"{name}.png"
        self.desk.run("import", "-window", "root", file)
        with Image.open(file) as image:
            return image.convert("RGB")

    def keep(self, name: str, part: str = "window", last: str = "") -> None:
        """Save a screenshot for the documentation if a folder for it is set.

        ``part`` is ``window``, ``other window``, or ``sidebar`` down to its ``last`` button that is to be seen.
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


def wait_until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Waits until ``true()`` is, and returns it; fails where that takes too long."""
    end = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < end, f"waited {patience:.0f} s for {what}"
        time.sleep(0.1)
    return found
