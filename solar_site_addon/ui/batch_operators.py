# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators for batches, which run in their own processes, independent of this Blender."""

import dataclasses
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from ..batch.command_line import Request
from ..batch.control import cancel, earlier_request, is_alive, launcher_command, start_detached
from ..batch.dataset_folder import log_file
from ..batch.launcher import check_folder
from ..batch.lock import ANOTHER_RUN
from ..generator.domain.errors import SettingsError
from ..generator.settings.schema import settings_sha256
from .batches import ACTIVE, REFUSED, STARTING, launcher_log
from .locale.translations import say
from .messages import attempt
from .preferences import background_blender, user_folder
from .preview import scaled_camera
from .properties import export_of, root, run_of, settings_of
from .session import (
    current_folder,
    folder_view,
    processes_for,
    request_key,
    session,
    update_batches,
    update_device,
)
from .tool_run import Tool, ToolRun, crops_tool, gallery_tool, tiles_tool

Process = bpy.props.StringProperty(name="Process", options={"HIDDEN"})
Folder = bpy.props.StringProperty(name="Folder", subtype="DIR_PATH", options={"HIDDEN"})
Text = bpy.props.StringProperty(name="Text", options={"HIDDEN"})
QUICK_IMAGES = 4
QUICK_SHARE = 0.25
"""Width and height of the images of a quick test, as a share of those of the batch."""


def batch_request() -> Request:
    """Return the launcher request for the panel; raise SettingsError if no folder is chosen."""
    settings, run = settings_of()
    return with_processes(Request(_folder(), settings, run))


def quick_request() -> Request:
    """Return the request for a quick test: a few small images in a folder beside that of the batch.

    A folder holds images of the same settings, so it is named after these.
    """
    request = batch_request()
    settings = request.settings
    small = dataclasses.replace(settings, camera=scaled_camera(settings.camera, QUICK_SHARE))
    run = dataclasses.replace(request.run, num_images=min(QUICK_IMAGES, request.run.num_images))
    out = request.out.with_name(f"{request.out.name}_quick_test_{settings_sha256(small)[:6]}_{run.seed}")
    return with_processes(Request(out, small, run))


def with_processes(request: Request) -> Request:
    """Return ``request`` with the number of processes that the panel specifies."""
    update_device()
    processes = processes_for(request.settings, request.run.num_images)
    return dataclasses.replace(request, run=dataclasses.replace(request.run, num_parallel=processes))


def start_launcher(request: Request) -> None:
    """Start a launcher that outlives this Blender, and follow it in the panel."""
    check_folder(request)
    if is_alive(launcher_log(request.out)):  # started from another Blender since the last update
        raise SettingsError(ANOTHER_RUN, folder=request.out)
    command = launcher_command(background_blender(), request)
    session.batches.started(request.out, start_detached(command, launcher_log(request.out)), request_key())
    session.notice = None
    update_batches()


def open_path(operator: bpy.types.Operator, path: Path) -> set[str]:
    """Open a file or folder with the system's program for it; say so if there is none."""
    try:
        return set(bpy.ops.wm.path_open(filepath=str(path)))
    except RuntimeError:  # Blender reports only the failed command
        operator.report({"ERROR"}, say("The system has no program that opens {path}", path=path))
        return {"CANCELLED"}


def _folder() -> Path:
    folder = current_folder()
    if folder is None:
        raise SettingsError("Choose a folder for the dataset.")
    return folder


def _has_folder(operator: type[bpy.types.Operator]) -> bool:
    """Return whether a folder is chosen; set the poll message of ``operator`` for when none is."""
    operator.poll_message_set(say("Choose a folder for the dataset"))
    return current_folder() is not None


def _is_running() -> bool:
    return folder_view().status in ACTIVE


class StartBatch(bpy.types.Operator):
    """Start."""

    bl_idname = "solar_site.start_batch"
    bl_label = "Start Batch"
    bl_description = "Render the dataset in background processes, which continue after Blender is closed"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if not _has_folder(cls):
            return False
        cls.poll_message_set(say("A batch is running in this folder"))
        return not _is_running()

    def execute(self, _context: bpy.types.Context) -> set[str]:
        done = say("Checking the batch: it starts if nothing is in its way, and continues after Blender is closed")
        return attempt(self, lambda: start_launcher(batch_request()), done)


class CancelBatch(bpy.types.Operator):
    """Cancel."""

    bl_idname = "solar_site.cancel_batch"
    bl_label = "Cancel Batch"
    bl_description = "Stop the batch. Finished images are kept; Resume renders the rest"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("No batch is running in this folder"))
        return _is_running()

    def execute(self, _context: bpy.types.Context) -> set[str]:
        folder = _folder()
        done = say("Stopping the batch: finished images are kept")
        return attempt(self, lambda: cancel(folder, launcher_log(folder)), done)


class ResumeBatch(bpy.types.Operator):
    """Resume."""

    bl_idname = "solar_site.resume_batch"
    bl_label = "Resume Batch"
    bl_description = "Render the missing images with the settings of the original batch"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        view = folder_view()
        if view.batch is None:
            cls.poll_message_set(say("There is no batch in this folder"))
        elif view.batch.finished:
            cls.poll_message_set(say("All images are finished"))
        else:
            cls.poll_message_set(say("A batch is running in this folder"))
        return view.batch is not None and not view.batch.finished and not _is_running()

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self._resume, say("Resuming the batch"))

    def _resume(self) -> None:
        start_launcher(with_processes(earlier_request(_folder(), run_of())))


class WriteFormats(bpy.types.Operator):
    """Write formats."""

    bl_idname = "solar_site.write_formats"
    bl_label = "Write Formats"
    bl_description = "Write the selected annotation formats for the finished images, without rendering them again"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        view = folder_view()
        if _is_running():
            cls.poll_message_set(say("A batch is running in this folder"))
        else:
            cls.poll_message_set(say("There is no batch in this folder"))
        return view.batch is not None and view.batch.state.done > 0 and not _is_running()

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self._write, say("Writing the formats"))

    def _write(self) -> None:
        start_launcher(Request(_folder(), run=run_of(), rebuild=True))


class DatasetTool:
    """What operators that work on finished images in the background have in common."""

    @classmethod
    def poll(cls: Any, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("There is no finished image in this folder"))
        if session.tool_run is not None:
            cls.poll_message_set(say("Tiles, crops or the gallery are being written"))
        view = folder_view()
        return session.tool_run is None and view.batch is not None and view.batch.state.done > 0

    def start(self, make: Callable[[Path], Tool], message: str) -> set[str]:
        """Start the tool that ``make`` returns for the folder in the panel, and report ``message``."""

        def run() -> None:
            session.tool_message = None
            session.tool_run = ToolRun(background_blender(), make(_folder()), user_folder("tools") / "latest.log")

        return attempt(self, run, message)


class CutTiles(DatasetTool, bpy.types.Operator):
    """Cut tiles."""

    bl_idname = "solar_site.cut_tiles"
    bl_label = "Cut Tiles"
    bl_description = (
        "Cut the finished images and all their annotations into tiles, in the subfolder tiles, and write the selected "
        "formats for these"
    )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return self.start(lambda out: tiles_tool(out, run_of(), export_of()), say("Cutting tiles in the background"))


class CutCrops(DatasetTool, bpy.types.Operator):
    """Cut crops."""

    bl_idname = "solar_site.cut_crops"
    bl_label = "Cut Crops"
    bl_description = (
        "Write a small image of each module, seen from its front, in the subfolder crops, sorted by condition"
    )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return self.start(lambda out: crops_tool(out, run_of(), export_of()), say("Cutting crops in the background"))


class OpenGallery(DatasetTool, bpy.types.Operator):
    """Open gallery."""

    bl_idname = "solar_site.open_gallery"
    bl_label = "Open Gallery"
    bl_description = "Write a page with all finished images and their annotations, and open it in the browser"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return self.start(gallery_tool, say("Writing the gallery in the background"))


class CancelTool(bpy.types.Operator):
    """Cancel tool."""

    bl_idname = "solar_site.cancel_tool"
    bl_label = "Stop Cutting or Writing"
    bl_description = "Stop writing tiles, crops or the gallery"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("Neither tiles, crops nor a gallery are being written"))
        return session.tool_run is not None

    def execute(self, _context: bpy.types.Context) -> set[str]:
        if session.tool_run is not None:
            session.tool_run.cancel()
            session.tool_run = None
            self.report({"INFO"}, say("Stopped"))
        return {"FINISHED"}


class OpenFolder(bpy.types.Operator):
    """Open folder."""

    bl_idname = "solar_site.open_folder"
    bl_label = "Open Folder"
    bl_description = "Open the dataset folder in the system's file browser"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("The folder does not exist yet"))
        return folder_view().batch is not None

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return open_path(self, _folder())


class OpenLog(bpy.types.Operator):
    """Open log."""

    bl_idname = "solar_site.open_log"
    bl_label = "Open Log"
    bl_description = "Open the log of the background process"
    process: Process

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("There is no batch in this folder"))
        view = folder_view()
        return view.batch is not None or view.status in (STARTING, REFUSED)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        folder = _folder()
        path = log_file(folder, self.process) if self.process else launcher_log(folder)
        if not path.is_file():
            self.report({"WARNING"}, say("There is no log yet"))
            return {"CANCELLED"}
        return open_path(self, path)


class CopyCommandLine(bpy.types.Operator):
    """Copy command line."""

    bl_idname = "solar_site.copy_command_line"
    bl_label = "Copy Command Line"
    bl_description = "Copy the command that renders this dataset without a window, for use in a terminal or on a server"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return _has_folder(cls)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._copy(context))

    def _copy(self, context: bpy.types.Context) -> None:
        command = launcher_command(background_blender(), batch_request())
        text = subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)
        context.window_manager.clipboard = text
        self.report({"INFO"}, say("Command line copied to the clipboard"))


class QuickTest(bpy.types.Operator):
    """Quick test."""

    bl_idname = "solar_site.quick_test"
    bl_label = "Quick Test"
    bl_description = "Render up to 4 images at a quarter of the size, in a folder of their own"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return _has_folder(cls)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: start_launcher(quick_request()), say("Rendering a few small images"))


class ShowBatch(bpy.types.Operator):
    """Show batch."""

    bl_idname = "solar_site.show_batch"
    bl_label = "Show Batch"
    bl_description = "Show this folder and its batch in the panel"
    bl_options = frozenset({"INTERNAL", "UNDO"})
    folder: Folder

    def execute(self, _context: bpy.types.Context) -> set[str]:
        root().folder = self.folder
        update_batches()
        return {"FINISHED"}


class ForgetBatch(bpy.types.Operator):
    """Forget batch."""

    bl_idname = "solar_site.forget_batch"
    bl_label = "Remove from List"
    bl_description = "Remove this folder from the list. Its files are kept"
    bl_options = frozenset({"INTERNAL"})
    folder: Folder

    def execute(self, _context: bpy.types.Context) -> set[str]:
        session.batches.forget(Path(self.folder))
        return {"FINISHED"}


class Announce(bpy.types.Operator):
    """Announce."""

    bl_idname = "solar_site.announce"
    bl_label = "Announce"
    bl_description = "Show a message in the status bar"
    bl_options = frozenset({"INTERNAL"})
    text: Text

    def execute(self, _context: bpy.types.Context) -> set[str]:
        self.report({"INFO"}, self.text)
        return {"FINISHED"}


CLASSES: tuple[type, ...] = (
    StartBatch,
    QuickTest,
    CancelBatch,
    ResumeBatch,
    WriteFormats,
    CutTiles,
    CutCrops,
    OpenGallery,
    CancelTool,
    OpenFolder,
    OpenLog,
    CopyCommandLine,
    ShowBatch,
    ForgetBatch,
    Announce,
)
