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
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import bpy

TICK = 0.02
"""Seconds between two checks for requests."""
SETTLE = 3
"""Ticks until Blender has noticed that the pointer moved: timers run before it handles events."""
ROW = 12
"""Pixels between two positions of a search: less than a button's height."""
TABS = 26
"""Width of the tabs at the right of the sidebar in pixels."""

drawn: set[str] = set()
"""Panels of the add-on drawn since this was last cleared."""
fastest: dict[str, float] = {}
"""Least CPU time in seconds that each panel took to draw."""
watched: set[Any] = set()
"""Panels that record when they are drawn."""
file_before: dict[str, Any] = {}
"""Content of the file when ``remember_the_file`` was called."""
seen: dict[str, tuple[int, int]] = {}
"""Last known position of each button, the most recent at the end."""
in_front: list[Any] = []
"""The second main window, if there is one."""


def view() -> dict[str, Any]:
    """Return the 3D viewport of the front window and its sidebar, as ``temp_override`` takes them."""
    windows = in_front or bpy.context.window_manager.windows
    window, area = next((w, area) for w in windows for area in w.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "UI")
    return {"window": window, "screen": window.screen, "area": area, "region": region}


def beneath_pointer() -> str:
    """Return the operator or property under the pointer, or an empty string.

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
    """Move the pointer to a position in the window (pixels from the lower left); return the button there, if any."""
    view()["window"].cursor_warp(x, y)
    yield from wait(SETTLE)
    if name := beneath_pointer():
        seen.pop(name, None)
        seen[name] = x, y
    return name


def wait(ticks: int) -> Iterator[None]:
    """Let Blender handle events and draw."""
    for _ in range(ticks):
        yield


def from_top(x: int, y: int) -> list[int]:
    """Return a position on the screen: pixels from the upper left. The first window covers the screen."""
    window = view()["window"]
    return [window.x + x, bpy.context.window_manager.windows[0].height - 1 - window.y - y]


def rows() -> list[int]:
    """Return the heights to search, those near the last hit first, because a test's steps are close together."""
    region = view()["region"]
    lowest, highest = region.y, region.y + region.height
    start = next(reversed(seen.values()))[1] if seen else highest
    return sorted(range(highest - ROW, lowest, -ROW), key=lambda y: abs(y - start))


def find(name: str, column: float) -> Generator[None, None, list[int] | None]:
    """Return the position of a button on the screen; try its last known position first."""
    x, y = seen.pop(name, (0, 0))
    if x and (yield from look_at(x, y)) == name:
        return from_top(x, y)
    x = column_x(column)
    for y in rows():
        if (yield from look_at(x, y)) == name:
            return from_top(x, y)
    return None


def column_x(column: float) -> int:
    """Return the x position in the window of a fraction of the sidebar's width, without the tabs."""
    region = view()["region"]
    return int(region.x + (region.width - TABS) * column)


def buttons(column: float) -> Generator[None, None, list[str]]:
    """Return the buttons in a column of the sidebar, from the top."""
    found: dict[str, None] = {}
    for y in sorted(rows(), reverse=True):
        found[(yield from look_at(column_x(column), y))] = None
    return [name for name in found if name]


def show_tab(category: str) -> Generator[None, None, list[int]]:
    """Open the tab in the sidebar; return left, top, width and height of the sidebar on the screen."""
    view()["area"].spaces.active.show_region_ui = True
    yield from wait(15)
    region = view()["region"]
    region.active_panel_category = category
    region.tag_redraw()
    yield from wait(10)
    return [region.x, view()["window"].height - region.y - region.height, region.width, region.height]


def panels_of(category: str) -> list[Any]:
    """Return the registered panels of a tab."""
    waiting, found = list(bpy.types.Panel.__subclasses__()), []
    while waiting:
        panel = waiting.pop()
        waiting += panel.__subclasses__()
        if getattr(panel, "bl_category", "") == category and panel.is_registered:
            found.append(panel)
    return found


def watch(panel: Any) -> None:
    """Record in ``drawn`` when the panel's content is drawn: Blender does not expose which panels are open."""
    if panel in watched:
        return
    watched.add(panel)
    draw = panel.draw

    @functools.wraps(draw)
    def noting(self: Any, context: Any) -> None:
        drawn.add(panel.__name__)
        began = time.thread_time()
        draw(self, context)
        spent = time.thread_time() - began
        fastest[panel.__name__] = min(spent, fastest.get(panel.__name__, spent))

    panel.draw = noting


def open_panels(category: str) -> Generator[None, None, list[str]]:
    """Return the names of the tab's open panels: those whose content is drawn."""
    for panel in panels_of(category):
        watch(panel)
    drawn.clear()
    view()["region"].tag_redraw()
    yield from wait(8)
    return sorted(drawn)


def draw_times() -> dict[str, float]:
    """Return the least CPU time in seconds that each panel took to draw."""
    return fastest


def value(path: str) -> Any:
    """Return a setting of the file, or a result of the window's scene, in a form that JSON can represent."""
    of_scene = "read_out" in path
    scene = view()["window"].scene if of_scene else module("properties").settings_scene()
    found = scene.path_resolve(path)
    return list(found) if hasattr(found, "__len__") and not isinstance(found, str) else found


def set_size(meters: float) -> None:
    """Set the size of the site: a large one leaves time to press a key while it is built."""
    module("properties").settings_scene().solar_site.site.size_m = meters


def users_own() -> dict[str, Any]:
    """Return the user's data in a new file: objects, camera, world and render settings."""
    scene = bpy.data.scenes["Scene"]
    scene.view_layers[0].update()  # object matrices are those of the last evaluation
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
    """Record the content of the file for a later comparison; return the number of datablocks."""
    file_before.update(deep().everything(bpy))
    return len(file_before)


def changes_of_the_file() -> list[str]:
    """Return the first changes since then, except in datablocks of Solar Site."""
    return list(deep().differences(file_before, deep().everything(bpy))[:10])


@functools.cache
def deep() -> Any:
    """Return the comparison that the tests without windows also use."""
    path = Path(__file__).parents[1] / "ui" / "deep.py"
    spec = importlib.util.spec_from_file_location("deep", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def perspective() -> str:
    """Return the perspective of the 3D viewport: PERSP, ORTHO or CAMERA."""
    return view()["area"].spaces.active.region_3d.view_perspective


def uninstall() -> None:
    """Uninstall the extension as Preferences > Get Extensions > Uninstall does."""
    repository = next(repo for repo in bpy.context.preferences.extensions.repos if repo.module == "user_default")
    bpy.ops.extensions.package_uninstall(repo_directory=repository.directory, pkg_id="solar_site_addon")


def as_numbers(item: Any) -> list[Any]:
    """Return an object's data, visibility and transform."""
    return [item.data.name, item.hide_render, item.hide_viewport, *(list(row) for row in item.matrix_world)]


def made() -> dict[str, Any]:
    """Return what was added to the new file: names of objects, number of vertices, scenes, sizes of images."""
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
    """Return what the panel shows about the device, the batch in the scene's folder, the preview and the tools."""
    session = module("session")
    device, folder = session.device_view(), session.folder_view()
    return {
        "device": device.line if device else "",
        "messages": [str(message) for message in device.messages] if device else [],
        "status": folder.status,
        "message": str(folder.message or ""),
        "total": folder.batch.state.total if folder.batch else 0,
        "done": folder.batch.state.done if folder.batch else 0,
        "rendering": session.session.preview_render is not None,
        "planning": session.session.planning is not None,
        "building": session.session.building is not None,
        "preview_message": str(session.session.preview_message or ""),
        "writing": session.session.tool_run is not None,
        "tool_message": str(session.session.tool_message or ""),
    }


def module(name: str) -> Any:
    """Return a module of the add-on's user interface."""
    addon = next(name for name in addons() if name.endswith(".solar_site_addon"))
    return sys.modules[f"{addon}.ui.{name}"]


def image_sum() -> float:
    """Return the sum of all values of the image with annotations."""
    return float(sum(bpy.data.images["Solar Site image"].pixels))


def settle() -> Generator[None, None, None]:
    """Wait until Blender has drawn all changes."""
    yield from wait(10)


def others() -> list[Any]:
    """Return all windows except the panel's."""
    return [window for window in bpy.context.window_manager.windows if window != view()["window"]]


def other_window() -> list[int]:
    """Return left, top, width and height on the screen of the newest of them."""
    window = others()[-1]
    return [window.x, view()["window"].height - window.y - window.height, window.width, window.height]


def close_other_windows() -> None:
    """Close all windows except the panel's."""
    for window in others():
        with bpy.context.temp_override(window=window):
            bpy.ops.wm.window_close()


def open_second_window(scene: str) -> Generator[None, None, None]:
    """Open a second main window in front of the first and show a scene in it, creating the scene if necessary."""
    before = set(bpy.context.window_manager.windows)
    with bpy.context.temp_override(**view()):
        bpy.ops.wm.window_new_main()
    yield from wait(20)
    in_front[:] = set(bpy.context.window_manager.windows) - before
    in_front[0].scene = bpy.data.scenes.get(scene) or bpy.data.scenes.new(scene)
    seen.clear()
    yield from wait(20)


def close_second_window() -> Generator[None, None, None]:
    """Close the second window as its close button does."""
    window = in_front.pop()
    seen.clear()
    with bpy.context.temp_override(window=window):
        bpy.ops.wm.window_close()
    yield from wait(20)


def remove_scene(name: str) -> None:
    """Remove a scene that no window shows."""
    bpy.data.scenes.remove(bpy.data.scenes[name])


def shown_scenes() -> list[dict[str, Any]]:
    """Return for the scene in each window: name, seed, and the meshes with their number of vertices."""
    scenes = [window.scene for window in bpy.context.window_manager.windows]
    return [
        {
            "name": scene.name,
            "site": {part.name: len(part.data.vertices) for part in scene.objects if part.type == "MESH"},
            "seed": scene.solar_site.read_out.seed,
        }
        for scene in scenes
    ]


def set_language(language: str) -> None:
    """Set Blender's language: ``en_US`` or ``zh_HANS``."""
    bpy.context.preferences.view.language = language
    bpy.context.preferences.view.use_translate_interface = True
    bpy.context.preferences.view.use_translate_tooltips = True
    for area in view()["screen"].areas:
        area.tag_redraw()


def open_search() -> None:
    """Open Blender's search over the 3D viewport as Edit > Menu Search does."""
    region = next(region for region in view()["area"].regions if region.type == "WINDOW")
    with bpy.context.temp_override(**{**view(), "region": region}):
        bpy.ops.wm.search_menu("INVOKE_DEFAULT")


def open_presets() -> Generator[None, None, None]:
    """Open the presets as a click on the name of the active one does, over the middle of the 3D viewport."""
    area = view()["area"]
    view()["window"].cursor_warp(area.x + area.width // 2, area.y + area.height // 2)
    yield from wait(SETTLE)
    with bpy.context.temp_override(**view()):
        bpy.ops.wm.call_panel(name="SOLAR_SITE_PT_presets", keep_open=True)
    yield from wait(30)


def addons() -> list[str]:
    """Return the enabled add-ons."""
    return [addon.module for addon in bpy.context.preferences.addons]


def clipboard() -> str:
    """Return the text on the clipboard."""
    return bpy.context.window_manager.clipboard


def save(path: str) -> None:
    """Save the file."""
    bpy.ops.wm.save_as_mainfile(filepath=path, check_existing=False)


def leave() -> None:
    """Quit Blender as File > Quit does."""
    bpy.ops.wm.quit_blender()


ANSWERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        addons, buttons, changes_of_the_file, clipboard, close_other_windows, close_second_window, draw_times, find,
        image_sum, leave, made, open_panels, open_presets, open_search, open_second_window, other_window, panel_says,
        perspective, remember_the_file, remove_scene, save, set_language, set_size, settle, show_tab, shown_scenes,
        uninstall, users_own, value,
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
        """Continue the current request or take the next one; report an exception as the answer."""
        try:
            self.step()
        except Exception:  # noqa: BLE001 - the test shows any error
            self.work = None
            self.answer({"error": traceback.format_exc()})
        return TICK

    def step(self) -> None:
        """Do one step; the StopIteration of a generator carries its answer."""
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
        """Write one answer."""
        with self.answers.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    agent = Agent(Path(sys.argv[sys.argv.index("--") + 1]))
    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(agent.tick, first_interval=1.0, persistent=True)
