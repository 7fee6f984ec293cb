# SPDX-License-Identifier: GPL-3.0-or-later
"""Building blocks of the panels: settings, facts, messages and batch progress."""

from __future__ import annotations

from typing import Any

import bpy

from ..batch.progress import DONE, STARTED, ProcessState
from ..batch.quantities import duration
from ..generator.dataset.layout import image_name
from ..generator.domain.messages import Message
from ..generator.settings.schema import Settings, iter_settings
from ..generator.settings.types import Options, Range, Setting
from .captions import field_name, label
from .locale.translations import say, say_message
from .properties import footprint_of, ground_sampling_of, image_size_of
from .session import FAILED, FINISHED, REFUSED, RUNNING, STARTING, STOPPED, FolderView

MAX_FAILURES = 5
"""Maximum number of failures that are listed."""
LABEL_SHARE = 0.45
"""Label's share of a row's width."""
MAX_BUTTONS_IN_ROW = 3
"""Buttons of a choice that fit into one row of a sidebar of default width."""
LINE_LENGTH = 34
"""Characters per line of a message in a sidebar of default width."""
BY_NAME = {setting.name: setting for setting in iter_settings(Settings)}


def draw_run(column: Any, view: FolderView) -> None:
    """Draw the progress of a batch: a bar for all images, a bar for each process, and the failures."""
    headings = {
        STARTING: say("Checking Blender and the first site"),
        RUNNING: say("Running"),
        FINISHED: say("All images are finished"),
        STOPPED: say("Stopped before all images were finished"),
        FAILED: say("Some images failed"),
        REFUSED: say("The batch could not start"),
    }
    if view.batch is not None and view.batch.finished:  # the launcher was stopped after the last image
        headings[STOPPED] = say("Stopped before the formats were written")
    if view.batch is not None and not view.batch.state.failures:
        headings[FAILED] = say("The batch ended with an error")
    if view.status not in headings:
        return
    icon = {RUNNING: "PLAY", STARTING: "TIME", FINISHED: "CHECKMARK"}.get(view.status, "ERROR")
    column.label(text=headings[view.status], icon=icon, translate=False)
    if view.message:
        draw_message(column, say_message(view.message), "NONE")
    if view.batch is None or view.status in (STARTING, REFUSED):
        return
    state = view.batch.state
    text = say("{done} of {total}", done=state.done, total=state.total)
    column.progress(factor=state.done / max(state.total, 1), text=text)
    if view.status == RUNNING:
        if view.images_per_hour is not None and view.seconds_left is not None:
            pace, left = f"{view.images_per_hour:.0f}", duration(view.seconds_left)
            column.label(text=say("{pace} per hour, {left} left", pace=pace, left=left), translate=False)
        bars = column.column(align=True)
        for process in state.processes:
            draw_process(bars, process)
        if state.latest_note is not None:
            draw_message(column, say_message(state.latest_note), "INFO")
    draw_failures(column, state.failures)


def draw_process(column: Any, process: ProcessState) -> None:
    """Draw the progress bar of one process."""
    total = len(process.indices)
    made = total - len(process.remaining)
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
    """Draw the fields of settings, given by dotted name."""
    for name in names:
        setting: Setting = BY_NAME[name]
        group = getattr(root, name.partition(".")[0])
        if setting.type is bool:
            column.prop(group, field_name(setting))
        elif setting.type is Options:
            column.label(text=say(label(setting)), translate=False)
            draw_options(column, group, field_name(setting))
        else:
            draw_value(column, group, field_name(setting), label(setting), ranged=setting.type is Range)


def draw_image_size(column: Any, scene: bpy.types.Scene) -> None:
    """Draw the fields for the image size, and the resulting size: 0 stands for the camera's native size."""
    camera = scene.solar_site.camera
    draw_settings(column, scene.solar_site, ("camera.width_px", "camera.height_px"))
    width, height = image_size_of(scene)
    if camera.width_px and camera.height_px:
        text = say("Image size: {width} x {height}", width=width, height=height)
    elif len(camera.model) > 1:
        text = say("Native, up to {width} x {height}", width=width, height=height)
    else:
        text = say("Native: {width} x {height}", width=width, height=height)
    column.label(text=text, icon="INFO", translate=False)


def draw_flight_range(column: Any, scene: bpy.types.Scene) -> None:
    """Draw the ranges of altitude, GSD and footprint that the settings allow, until a preview has drawn values."""
    low, high = sorted(scene.solar_site.camera.altitude_agl_m)
    draw_fact(column, say("Flight"), say("{low:.0f} to {high:.0f} m", low=low, high=high))
    low, high = ground_sampling_of(scene)
    draw_fact(column, say("GSD"), say("{low:.2f} to {high:.2f} cm", low=low, high=high))
    low, high = footprint_of(scene)
    draw_fact(column, say("Footprint"), say("{low:.0f} to {high:.0f} m wide", low=low, high=high))
    draw_fact(column, say("Modules in View"), say("not yet known"))


def draw_options(column: Any, group: Any, name: str) -> None:
    """Draw each choice as a toggle button."""
    columns = MAX_BUTTONS_IN_ROW if len(group.bl_rna.properties[name].enum_items) <= MAX_BUTTONS_IN_ROW else 2
    column.grid_flow(row_major=True, columns=columns, even_columns=True, align=True).prop(group, name)


def draw_value(column: Any, group: Any, name: str, text: str, *, ranged: bool) -> None:
    """Draw a label and its field, or the two fields of a range."""
    split = column.split(factor=LABEL_SHARE)
    split.label(text=say(text), translate=False)
    row = split.row(align=True)
    if ranged:
        row.prop(group, name, index=0, text="")
        row.prop(group, name, index=1, text="")
    else:
        row.prop(group, name, text="")


def draw_fact(column: Any, name: str, text: str) -> None:
    """Draw a name and its value."""
    split = column.split(factor=LABEL_SHARE)
    split.label(text=name, translate=False)
    split.label(text=text, translate=False)


def draw_message(column: Any, message: str, icon: str) -> None:
    """Draw a message wrapped to the sidebar's width, with ``icon`` on its first line."""
    lines = wrapped(message, LINE_LENGTH)
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
