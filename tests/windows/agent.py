# SPDX-License-Identifier: GPL-3.0-or-later
"""Agent inside the Blender window under test: reports the button under the mouse and the content of the scene.

``blender -P agent.py -- FOLDER`` reads requests from FOLDER/requests.jsonl, one per line, and writes answers to
FOLDER/answers.jsonl. The agent never calls an operator of Solar Site; the tests use mouse and keyboard, as a person
does. It moves the pointer only to search for a button: Blender does not expose the positions of its buttons, but it
knows which one is under the pointer, so a search sweeps the pointer over the sidebar.

A request is ``{"do": NAME, ...}``, handled by the functions in the table at the end. A handler that is a generator is
resumed at each tick, so that Blender can redraw and handle events in between.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import sys
import traceback
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import bpy

TICK = 0.02
"""Seconds between two looks at the requests."""
SETTLE = 3
"""Ticks after which Blender has seen that the pointer moved: it runs timers before it handles what has come in."""
ROW = 12
"""Pixels between two places of a search: less than a button's height."""
TABS = 26
"""Pixels at the sidebar's right that the tabs take."""

drawn: set[str] = set()
"""Panels of the add-on drawn since this was last cleared."""
watched: set[Any] = set()
"""Panels that say when they are drawn."""
file_before: dict[str, Any] = {}
"""The file as it was when it was remembered."""
seen: dict[str, tuple[int, int]] = {}
"""Where each button was when the pointer last came over it, the last one at the end."""
in_front: list[Any] = []
"""The second main window, while there is one."""


def view() -> dict[str, Any]:
    """The 3D viewport of the window in front and its sidebar, as ``temp_override`` takes them."""
    windows = in_front or bpy.context.window_manager.windows
    window, area = next((w, area) for w in windows for area in w.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "UI")
    return {"window": window, "screen": window.screen, "area": area, "region": region}


def beneath_pointer() -> str:
    """The operator or property beneath the pointer, or nothing.

    ``solar_site.new_seed`` for an operator, ``size_m`` for a property, ``relief[0]`` for the first field of a range.
    """
    with bpy.context.temp_override(**view()):
        if found := getattr(bpy.context, "property", None):
            _, path, index = found
            return path.rpartition(".")[2] + (f"[{index}]" if index >= 0 else "")
        if not bpy.ops.ui.copy_python_command_button.poll():
            return ""
        clipboard = bpy.context.window_manager.clipboard
        bpy.ops.ui.copy_python_command_button()
        command = bpy.context.window_manager.clipboard
        bpy.context.window_manager.clipboard = clipboard
    return command.partition("bpy.ops.")[2].partition("(")[0]


def look_at(x: int, y: int) -> Generator[None, None, str]:
    """Moves the pointer to a place of the window (pixels from its lower left corner); the button there, or nothing."""
    view()["window"].cursor_warp(x, y)
    yield from wait(SETTLE)
    if name := beneath_pointer():
        seen.pop(name, None)
        seen[name] = x, y
    return name


def wait(ticks: int) -> Iterator[None]:
    """Lets Blender handle events and draw."""
    for _ in range(ticks):
        yield


def from_top(x: int, y: int) -> list[int]:
    """A place as the screen has it: pixels from the upper left corner. The first window covers the screen."""
    window = view()["window"]
    return [window.x + x, bpy.context.window_manager.windows[0].height - 1 - window.y - y]


def rows() -> list[int]:
    """Heights at which a search looks, nearest first to where the last one ended: one step follows another."""
    region = view()["region"]
    lowest, highest = region.y, region.y + region.height
    start = next(reversed(seen.values()))[1] if seen else highest
    return sorted(range(highest - ROW, lowest, -ROW), key=lambda y: abs(y - start))


def find(name: str, column: float) -> Generator[None, None, list[int] | None]:
    """The place of a button, from the screen's upper left corner. Looks first where it was when last seen."""
    x, y = seen.pop(name, (0, 0))
    if x and (yield from look_at(x, y)) == name:
        return from_top(x, y)
    x = column_x(column)
    for y in rows():
        if (yield from look_at(x, y)) == name:
            return from_top(x, y)
    return None


def column_x(column: float) -> int:
    """Where a part of the sidebar's width without the tabs is, seen from the window's left."""
    region = view()["region"]
    return int(region.x + (region.width - TABS) * column)


def buttons(column: float) -> Generator[None, None, list[str]]:
    """The buttons in a column of the sidebar, from the top."""
    found: dict[str, None] = {}
    for y in sorted(rows(), reverse=True):
        found[(yield from look_at(column_x(column), y))] = None
    return [name for name in found if name]


def show_tab(category: str) -> Generator[None, None, list[int]]:
    """Opens the sidebar at the tab; its left, top, width and height on the screen."""
    view()["area"].spaces.active.show_region_ui = True
    yield from wait(15)
    region = view()["region"]
    region.active_panel_category = category
    region.tag_redraw()
    yield from wait(10)
    return [region.x, view()["window"].height - region.y - region.height, region.width, region.height]


def panels_of(category: str) -> list[Any]:
    """The registered panels of a tab."""
    waiting, found = list(bpy.types.Panel.__subclasses__()), []
    while waiting:
        panel = waiting.pop()
        waiting += panel.__subclasses__()
        if getattr(panel, "bl_category", "") == category and panel.is_registered:
            found.append(panel)
    return found


def watch(panel: Any) -> None:
    """Notes in ``drawn`` when the panel's contents are drawn: Blender tells no script which panels are open."""
    if panel in watched:
        return
    watched.add(panel)
    draw = panel.draw

    @functools.wraps(draw)
    def noting(self: Any, context: Any) -> None:
        drawn.add(panel.__name__)
        draw(self, context)

    panel.draw = noting


def open_panels(category: str) -> Generator[None, None, list[str]]:
    """Names of the tab's panels that are open: those whose contents are drawn."""
    for panel in panels_of(category):
        watch(panel)
    drawn.clear()
    view()["region"].tag_redraw()
    yield from wait(8)
    return sorted(drawn)


def value(path: str) -> Any:
    """A property of the window's scene, as JSON can hold it."""
    found = view()["window"].scene.path_resolve(path)
    return list(found) if hasattr(found, "__len__") and not isinstance(found, str) else found


def users_own() -> dict[str, Any]:
    """What a new file holds before the add-on has done anything: its objects, camera, world and render settings."""
    scene = bpy.data.scenes["Scene"]
    scene.view_layers[0].update()  # places are told as they were when the scene was last evaluated
    render = scene.render
    return {
        "objects": {name: as_numbers(bpy.data.objects[name]) for name in ("Cube", "Camera", "Light")},
        "in collection": sorted(item.name for item in bpy.data.collections["Collection"].objects),
        "vertices": [list(vertex.co) for vertex in bpy.data.objects["Cube"].data.vertices],
        "camera": scene.camera.name,
        "lens": bpy.data.objects["Camera"].data.lens,
        "world": [scene.world.name, len(scene.world.node_tree.nodes), list(scene.world.color)],
        "render": [render.engine, render.resolution_x, render.resolution_y, render.filepath, scene.cycles.samples],
        "frames": [scene.frame_start, scene.frame_end, scene.frame_current],
    }


def remember_the_file() -> int:
    """Keeps all that the file holds, to tell later what has changed; the number of datablocks."""
    file_before.update(deep().everything(bpy))
    return len(file_before)


def changes_of_the_file() -> list[str]:
    """The first of what has changed since, but for what Solar Site has made."""
    return list(deep().differences(file_before, deep().everything(bpy))[:10])


@functools.cache
def deep() -> Any:
    """The comparison that the tests without windows have, too."""
    path = Path(__file__).parents[1] / "addon" / "deep.py"
    spec = importlib.util.spec_from_file_location("deep", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def perspective() -> str:
    """How the 3D viewport looks: PERSP, ORTHO, or CAMERA."""
    return view()["area"].spaces.active.region_3d.view_perspective


def uninstall() -> None:
    """Uninstalls the extension as Preferences > Get Extensions > Uninstall does."""
    repository = next(repo for repo in bpy.context.preferences.extensions.repos if repo.module == "user_default")
    bpy.ops.extensions.package_uninstall(repo_directory=repository.directory, pkg_id="solar_site_addon")


def as_numbers(item: Any) -> list[Any]:
    """Where an object is and what it shows."""
    return [item.data.name, item.hide_render, item.hide_viewport, *(list(row) for row in item.matrix_world)]


def made() -> dict[str, Any]:
    """What there is besides the new file's own objects: names of objects, points, scenes, sizes of images."""
    own = {"Cube", "Camera", "Light"}
    others = [item for item in bpy.data.objects if item.name not in own]
    meshes = [item.data for item in others if item.type == "MESH"]
    return {
        "objects": sorted(item.name for item in others),
        "vertices": sum(len(mesh.vertices) for mesh in meshes),
        "scenes": sorted(item.name for item in bpy.data.scenes),
        "images": {item.name: list(item.size) for item in bpy.data.images},
    }


def panel_says() -> dict[str, Any]:
    """What the add-on's panel reads of devices and of the batch in the folder of the window's scene."""
    name = next(name for name in addons() if name.endswith(".solar_site_addon"))
    session = sys.modules[f"{name}.session"]
    scene = view()["window"].scene
    device, folder = session.device_view(scene), session.folder_view(scene)
    return {
        "device": device.line if device else "",
        "messages": list(device.messages) if device else [],
        "status": folder.status,
        "message": folder.message,
        "total": folder.batch.state.total if folder.batch else 0,
        "done": folder.batch.state.done if folder.batch else 0,
        "picture": session.session.preview_render is not None,
        "preview_message": session.session.preview_message,
    }


def settle() -> Generator[None, None, None]:
    """Waits until all that has happened is drawn."""
    yield from wait(10)


def others() -> list[Any]:
    """The windows besides that of the panel."""
    return [window for window in bpy.context.window_manager.windows if window != view()["window"]]


def other_window() -> list[int]:
    """Left, top, width and height on the screen of the newest of them."""
    window = others()[-1]
    return [window.x, view()["window"].height - window.y - window.height, window.width, window.height]


def close_other_windows() -> None:
    """Closes them."""
    for window in others():
        with bpy.context.temp_override(window=window):
            bpy.ops.wm.window_close()


def open_second_window(scene: str) -> Generator[None, None, None]:
    """Opens another main window, in front of the first, that shows a scene, which is made where it is missing."""
    before = set(bpy.context.window_manager.windows)
    with bpy.context.temp_override(**view()):
        bpy.ops.wm.window_new_main()
    yield from wait(20)
    in_front[:] = set(bpy.context.window_manager.windows) - before
    in_front[0].scene = bpy.data.scenes.get(scene) or bpy.data.scenes.new(scene)
    seen.clear()
    yield from wait(20)


def close_second_window() -> Generator[None, None, None]:
    """Closes it, as its button does."""
    window = in_front.pop()
    seen.clear()
    with bpy.context.temp_override(window=window):
        bpy.ops.wm.window_close()
    yield from wait(20)


def remove_scene(name: str) -> None:
    """Removes a scene that no window shows."""
    bpy.data.scenes.remove(bpy.data.scenes[name])


def shown_scenes() -> list[dict[str, Any]]:
    """Of the scene in each window: its name, and the objects of a site with their points."""
    scenes = [window.scene for window in bpy.context.window_manager.windows]
    return [
        {
            "name": scene.name,
            "site": {part.name: len(part.data.vertices) for part in scene.objects if part.type == "MESH"},
            "seed": scene.solar_site.run.seed,
        }
        for scene in scenes
    ]


def set_language(language: str) -> None:
    """Blender's language: ``en_US``, ``zh_HANS``."""
    bpy.context.preferences.view.language = language
    bpy.context.preferences.view.use_translate_interface = True
    bpy.context.preferences.view.use_translate_tooltips = True
    for area in view()["screen"].areas:
        area.tag_redraw()


def open_search() -> None:
    """Opens Blender's search over the 3D viewport, as Edit > Menu Search does."""
    region = next(region for region in view()["area"].regions if region.type == "WINDOW")
    with bpy.context.temp_override(**{**view(), "region": region}):
        bpy.ops.wm.search_menu("INVOKE_DEFAULT")


def addons() -> list[str]:
    """The extensions that are switched on."""
    return [addon.module for addon in bpy.context.preferences.addons]


def clipboard() -> str:
    """The text on the clipboard."""
    return bpy.context.window_manager.clipboard


def save(path: str) -> None:
    """Saves the file."""
    bpy.ops.wm.save_as_mainfile(filepath=path, check_existing=False)


def leave() -> None:
    """Ends Blender as File > Quit does."""
    bpy.ops.wm.quit_blender()


ANSWERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        addons, buttons, changes_of_the_file, clipboard, close_other_windows, close_second_window, find, leave, made,
        open_panels, open_search, open_second_window, other_window, panel_says, perspective, remember_the_file,
        remove_scene, save, set_language, settle, show_tab, shown_scenes, uninstall, users_own, value,
    )
}  # fmt: skip


class Agent:
    """Answers requests, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.requests = folder / "requests.jsonl"
        self.answers = folder / "answers.jsonl"
        self.seen = 0
        self.work: Generator[None, None, Any] | None = None

    def tick(self) -> float:
        """Goes on with the request that is under way, or takes the next."""
        try:
            self.step()
        except Exception:  # noqa: BLE001 - whatever it is, the test tells it
            self.work = None
            self.answer({"error": traceback.format_exc()})
        return TICK

    def step(self) -> None:
        """One step; a StopIteration carries what a generator has found."""
        if self.work:
            try:
                next(self.work)
            except StopIteration as end:
                self.work = None
                self.answer({"found": end.value})
            return
        lines = self.requests.read_text(encoding="utf-8").splitlines(keepends=True)
        if len(lines) > self.seen and lines[self.seen].endswith("\n"):
            request = json.loads(lines[self.seen])
            self.seen += 1
            found = ANSWERS[request.pop("do")](**request)
            if isinstance(found, Generator):
                self.work = found
            else:
                self.answer({"found": found})

    def answer(self, answer: dict[str, Any]) -> None:
        """Writes one line."""
        with self.answers.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    agent = Agent(Path(sys.argv[sys.argv.index("--") + 1]))
    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(agent.tick, first_interval=1.0, persistent=True)
