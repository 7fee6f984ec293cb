# SPDX-License-Identifier: GPL-3.0-or-later
"""Building blocks of the panels: settings, facts, messages and batch progress."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy

from ..batch.progress import DONE, STARTED, ProcessState
from ..batch.quantities import rough_duration, size
from ..generator.dataset.layout import image_name
from ..generator.domain.messages import Message
from ..generator.settings.schema import Settings, iter_settings
from ..generator.settings.types import Options, Range, Setting
from .batches import EMPTY, FAILED, FINISHED, REFUSED, RUNNING, STARTING, STOPPED, FolderView
from .captions import field_name, label
from .locale.translations import say, say_message
from .properties import footprint_of, ground_sampling_of, image_size_of, resolved, sampling_of
from .session import Outlook, device_view, session

MAX_PROCESSES = 16
"""Maximum number of processes that are listed."""
MAX_FAILURES = 5
"""Maximum number of failures that are listed."""
LABEL_SHARE = 0.45
"""Label's share of a row's width."""
MAX_BUTTONS_IN_ROW = 3
"""Buttons of a choice that fit into one row of a sidebar of default width."""
DEFAULT_WIDTH, RANGE_WIDTH, FIELD_WIDTH, BUTTON_WIDTH = 280.0, 255.0, 215.0, 190.0
"""Widths of the sidebar at a UI scale of 1: by default, and the least for two fields, for one field, and for two
buttons of a choice in a row."""
ICON_WIDTH, LETTER_WIDTH = 60.0, 6.4
"""Width that a message cannot use, and mean width of its letters."""
SHORTEST_LINE = 14
NO_BREAK = "\N{NO-BREAK SPACE}"
SLOW_SECONDS = 3600.0
"""Duration of a batch on the CPU that deserves a warning."""
HEADINGS = {
    EMPTY: Message("No batch here yet"),
    STARTING: Message("Checking Blender and the first site"),
    RUNNING: Message("Running"),
    FINISHED: Message("All images are finished"),
    STOPPED: Message("Stopped before all images were finished"),
    FAILED: Message("Some images failed"),
    REFUSED: Message("The batch could not start"),
}
ICONS = {EMPTY: "BLANK1", RUNNING: "PLAY", STARTING: "TIME", FINISHED: "CHECKMARK"}
BY_NAME = {setting.name: setting for setting in iter_settings(Settings)}
LABELS = {name: label(setting) for name, setting in BY_NAME.items()}


def draw_run(column: Any, view: FolderView) -> None:
    """Draw how far a batch is, always in the same two rows, so that nothing below moves when it starts or ends."""
    column.label(text=say_message(heading_of(view)), icon=icon_of(view), translate=False)
    state = view.batch.state if view.batch is not None and view.status not in (STARTING, REFUSED) else None
    row = column.row()
    if state is None:
        row.active = False
        row.progress(factor=0.0, text="", translate=False)
        return
    text = say("{done} of {total}", done=state.done, total=state.total)
    if view.status == RUNNING and view.images_per_hour is not None and view.seconds_left is not None:
        values = {"pace": f"{view.images_per_hour:.0f}", "left": rough_duration(view.seconds_left)}
        text += " - " + say("{pace} per hour, about {left} left", **values)
    row.progress(factor=state.done / max(state.total, 1), text=text, translate=False)


def draw_run_details(column: Any, view: FolderView) -> None:
    """Draw what comes and goes with a batch, below everything else: the reason, its processes and failures."""
    if view.message:
        draw_message(column, say_message(view.message), "ERROR")
    if view.batch is None or view.status in (STARTING, REFUSED):
        return
    state = view.batch.state
    if view.status == RUNNING:
        bars = column.column(align=True)
        shown = sorted(state.processes, key=lambda process: process.current is None)[:MAX_PROCESSES]
        for process in sorted(shown, key=lambda process: process.name):
            draw_process(bars, process)
        if len(state.processes) > MAX_PROCESSES:
            bars.label(text=say("and {more} more", more=len(state.processes) - MAX_PROCESSES), translate=False)
        if state.latest_note is not None:
            draw_message(column, say_message(state.latest_note), "INFO")
    draw_failures(column, state.failures)


def heading_of(view: FolderView) -> Message:
    """Return how a batch stands."""
    if view.cancelled:
        return Message("Canceled: finished images are kept")
    if view.status == STOPPED and view.batch is not None and view.batch.finished:
        return Message("Stopped before the formats were written")  # after the last image
    if view.status == FAILED and view.batch is not None and not view.batch.state.failures:
        return Message("The batch ended with an error")
    return HEADINGS[view.status]


def icon_of(view: FolderView) -> str:
    """Return the icon for how a batch stands; what a person has canceled is no error."""
    return "PAUSE" if view.cancelled else ICONS.get(view.status, "ERROR")


def draw_other_batches(column: Any, current: Path | None) -> None:
    """Draw the recent batches in other folders, each with buttons to show it and to take it off the list."""
    for folder in session.batches.recent:
        view = session.batches.view(folder)
        if folder == current or (view.batch is None and view.status == EMPTY):
            continue
        row = column.row(align=True)
        state = view.batch.state if view.batch is not None else None
        done = say("{done} of {total}", done=state.done, total=state.total) if state is not None else ""
        row.operator(
            "solar_site.show_batch", text=f"{folder.name}   {done}", icon=icon_of(view), translate=False
        ).folder = str(folder)
        row.operator("solar_site.forget_batch", text="", icon="X").folder = str(folder)


def draw_outlook(column: Any, outlook: Outlook | None) -> None:
    """Draw in three rows what a batch would be: images, time and space, processes and end."""
    part = column.column(align=True)
    if outlook is None:
        part.label(text=say("Some settings are invalid"), icon="ERROR", translate=False)
        for _ in range(2):
            part.label(text="")
        return
    width, height = outlook.size_px
    pixels = NO_BREAK.join([f"{width}", "x", f"{height}"])
    text = say("{count} images, {size}", count=outlook.images, size=pixels)
    draw_message(part, text, "INFO")
    full_disk = outlook.bytes_needed > outlook.bytes_free > 0
    slow = not outlook.on_gpu and (outlook.seconds or 0.0) > SLOW_SECONDS
    draw_message(part, _duration_and_end(outlook.seconds), "ERROR" if slow else "BLANK1")
    space, device = size(outlook.bytes_needed), say("GPU") if outlook.on_gpu else say("CPU")
    text = say("{space}, {count} processes on {device}", space=space, count=outlook.processes, device=device)
    draw_message(part, text, "ERROR" if full_disk else "BLANK1")
    if full_disk:
        free = size(outlook.bytes_free)
        draw_message(column, say("About {needed} needed, {free} free on this disk.", needed=space, free=free), "ERROR")


def _duration_and_end(seconds: float | None) -> str:
    """Return how long a batch takes, and at what time of the day it ends."""
    if seconds is None:
        return say("Time: use Render Preview")
    ends = time.strftime("%H:%M", time.localtime(time.time() + seconds))
    return say("About {duration}, ends about {time}", duration=rough_duration(seconds), time=ends)


def pair(column: Any) -> Any:
    """Return a layout for two buttons: side by side, or one above the other in a narrow sidebar."""
    return column.column(align=True) if labels_above(FIELD_WIDTH) else column.row(align=True)


def draw_copied_settings(column: Any, scene: bpy.types.Scene) -> None:
    """Draw what Copy to This Scene will change in ``scene``, with the values before and after."""
    samples, threshold = sampling_of()
    width, height = image_size_of()
    view = device_view()
    render = scene.render
    now = f"{render.resolution_x} x {render.resolution_y}"
    lines = {
        say("Engine"): (render.engine, "CYCLES"),
        say("Resolution"): (now, f"{width} x {height}"),
        say("Samples"): (str(scene.cycles.samples), str(samples)),
        say("Noise Threshold"): (f"{scene.cycles.adaptive_threshold:.3g}", f"{threshold:.3g}"),
        say("Device"): (scene.cycles.device, view.line if view is not None else "CPU"),
    }
    column.label(text=say("This changes in {scene}:", scene=scene.name), translate=False)
    for name, (before, after) in lines.items():
        draw_fact(column, name, f"{before} > {after}")


def draw_process(column: Any, process: ProcessState) -> None:
    """Draw the progress bar of one process."""
    total = len(process.indices)
    made = total - process.num_remaining
    if process.current is not None:
        doing = image_name(process.current)
    else:
        doing = {STARTED: say("building"), DONE: say("done")}.get(process.phase, say("starting"))
    column.progress(factor=made / max(total, 1), text=f"{process.name}   {made}/{total}   {doing}", translate=False)


def draw_failures(column: Any, failures: dict[int, tuple[str, Message]]) -> None:
    """Draw the first failures, each with a button that opens its log."""
    for index, (process, message) in list(failures.items())[:MAX_FAILURES]:
        row = column.row()
        draw_message(row.column(), f"{image_name(index)}: {say_message(message)}", "ERROR")
        row.operator("solar_site.open_log", text="", icon="TEXT").process = process
    if len(failures) > MAX_FAILURES:
        column.label(text=say("and {more} more", more=len(failures) - MAX_FAILURES), translate=False)


def draw_settings(column: Any, root: Any, names: tuple[str, ...]) -> None:
    """Draw the fields of settings, given by dotted name. Headings over the first range tell its two fields apart."""
    headed, width = False, sidebar_width()
    for name in names:
        setting: Setting = BY_NAME[name]
        group = getattr(root, name.partition(".")[0])
        if setting.type is bool:
            column.prop(group, field_name(setting))
        elif setting.type is Options:
            column.label(text=say(LABELS[name]), translate=False)
            draw_options(column, group, field_name(setting))
        else:
            if setting.type is Range and not headed:
                draw_range_headings(column)
                headed = True
            above = width < (RANGE_WIDTH if setting.type is Range else FIELD_WIDTH)
            part = column.column(align=True) if above else column.split(factor=LABEL_SHARE)
            part.label(text=say(LABELS[name]), translate=False)
            draw_value(part.row(align=True), group, field_name(setting), ranged=setting.type is Range)
            if setting.spec.file:
                draw_resolved(column, getattr(group, field_name(setting)))


def draw_resolved(column: Any, path: str) -> None:
    """Draw which file or folder a path stands for that does not say it by itself."""
    if path and str(resolved(path)) != path.rstrip("/\\"):
        draw_message(column, str(resolved(path)), "FORWARD")


def draw_range_headings(column: Any) -> None:
    """Draw the headings of the two fields of ranges."""
    row = column.row() if labels_above(RANGE_WIDTH) else column.split(factor=LABEL_SHARE)
    if not labels_above(RANGE_WIDTH):
        row.label(text="")
    fields = row.row(align=True)
    fields.active = False
    for text in (say("Min"), say("Max")):
        fields.label(text=text, translate=False)


def draw_image_size(column: Any, root: Any) -> None:
    """Draw the fields for the image size, and the resulting size: 0 stands for the camera's native size."""
    camera = root.camera
    draw_settings(column, root, ("camera.width_px", "camera.height_px"))
    width, height = image_size_of()
    if camera.width_px and camera.height_px:
        text = say("Image size: {width} x {height}", width=width, height=height)
    elif len(camera.model) > 1:
        text = say("Native, up to {width} x {height}", width=width, height=height)
    else:
        text = say("Native: {width} x {height}", width=width, height=height)
    column.label(text=text, icon="INFO", translate=False)


def draw_flight_range(column: Any, root: Any) -> None:
    """Draw the ranges of altitude, GSD and footprint that the settings allow, until a preview has drawn values."""
    low, high = sorted(root.camera.altitude_agl_m)
    draw_fact(column, say("Flight"), say("{low:.0f} to {high:.0f} m", low=low, high=high))
    low, high = ground_sampling_of()
    draw_fact(column, say("GSD"), say("{low:.2f} to {high:.2f} cm", low=low, high=high))
    low, high = footprint_of()
    draw_fact(column, say("Footprint"), say("{low:.0f} to {high:.0f} m wide", low=low, high=high))
    draw_fact(column, say("Modules in View"), say("not yet known"))


def draw_options(column: Any, group: Any, name: str) -> None:
    """Draw each choice as a toggle button."""
    few = len(group.bl_rna.properties[name].enum_items) <= MAX_BUTTONS_IN_ROW
    columns = 1 if labels_above(BUTTON_WIDTH) else MAX_BUTTONS_IN_ROW if few and not labels_above(RANGE_WIDTH) else 2
    column.grid_flow(row_major=True, columns=columns, even_columns=True, align=True).prop(group, name)


def draw_value(row: Any, group: Any, name: str, *, ranged: bool) -> None:
    """Draw a field, or the two fields of a range."""
    if ranged:
        row.prop(group, name, index=0, text="")
        row.prop(group, name, index=1, text="")
    else:
        row.prop(group, name, text="")


def sidebar_width() -> float:
    """Return the width of the sidebar in pixels at a UI scale of 1, or the default where there is none."""
    region = bpy.context.region
    scale = float(bpy.context.preferences.system.ui_scale) or 1.0
    return region.width / scale if region is not None and region.type == "UI" and region.width > 1 else DEFAULT_WIDTH


def labels_above(width: float) -> bool:
    """Return whether the sidebar is narrower than ``width``, so that labels stand above their fields."""
    return sidebar_width() < width


def draw_fact(column: Any, name: str, text: str) -> None:
    """Draw a name and its value."""
    above = labels_above(FIELD_WIDTH)
    part = column.column(align=True) if above else column.split(factor=LABEL_SHARE)
    part.label(text=name, translate=False)
    part.label(text=text, translate=False)


def draw_message(column: Any, message: str, icon: str) -> None:
    """Draw a message wrapped to the sidebar's width, with ``icon`` on its first line."""
    lines = wrapped(message, max(SHORTEST_LINE, int((sidebar_width() - ICON_WIDTH) / LETTER_WIDTH)))
    part = column.column(align=True)
    for number, line in enumerate(lines):
        part.label(text=line, icon=icon if number == 0 else "BLANK1", translate=False)


def wrapped(message: str, length: int) -> list[str]:
    """Return lines of up to ``length`` Latin letters; Chinese characters count twice and may break anywhere."""
    lines, line, used = [], "", 0
    for word in _pieces(message):
        width = sum(2 if ord(letter) > 0x2E80 else 1 for letter in word)
        if line and used + width > length:
            lines.append(line.rstrip())
            line, used = "", 0
        line, used = line + word, used + width
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(message: str) -> list[str]:
    """Return words with their trailing space, and each Chinese character separately."""
    pieces = [""]
    for letter in message:
        pieces[-1] += letter
        if letter == " " or ord(letter) > 0x2E80:
            pieces.append("")
    return pieces
