# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators for batches, which run in their own processes, independent of this Blender."""

import dataclasses
import shlex
import subprocess
import sys
from pathlib import Path

import bpy

from ..batch.command_line import Request
from ..batch.control import cancel, earlier_request, is_alive, launcher_command, start_detached
from ..batch.dataset_folder import log_file
from ..batch.launcher import check_folder
from ..batch.lock import ANOTHER_RUN
from ..batch.memory import usable_memory
from ..batch.processes import available_cores
from ..batch.recommendation import recommended_processes
from ..generator.domain.errors import SettingsError
from ..generator.settings.schema import Settings
from .locale.translations import say
from .messages import attempt
from .preferences import background_blender, preference
from .properties import run_of, settings_of
from .session import (
    REFUSED,
    RUNNING,
    STARTING,
    FolderView,
    device_view,
    folder_of,
    folder_view,
    launcher_log,
    session,
    update_device,
    update_folder,
)

Process = bpy.props.StringProperty(name="Process", options={"HIDDEN"})


def batch_request(scene: bpy.types.Scene) -> Request:
    """Return the launcher request for the panel of ``scene``; raise SettingsError if no folder is chosen."""
    settings, run = settings_of(scene)
    return with_processes(scene, Request(_folder(scene), settings, run))


def with_processes(scene: bpy.types.Scene, request: Request) -> Request:
    """Return ``request`` with the number of processes that the panel specifies."""
    processes = processes_of(scene, request.settings)
    return dataclasses.replace(request, run=dataclasses.replace(request.run, num_parallel=processes))


def processes_of(scene: bpy.types.Scene, settings: Settings) -> int:
    """Return the number of processes for a batch of ``settings``: the panel's value or the automatic one."""
    root = scene.solar_site
    if not root.automatic_processes:
        return int(root.run.num_parallel)
    if preference("processes"):
        return int(preference("processes"))
    update_device(scene)
    view = device_view(scene)
    return recommended_processes(
        cores=available_cores(),
        gpus=view.gpus if view is not None else 0,
        num_images=root.run.num_images,
        settings=settings,
        denoiser=view.denoiser if view is not None else settings.render.denoiser,
        memory=usable_memory(),
    )


def start_launcher(scene: bpy.types.Scene, request: Request) -> None:
    """Start a launcher that outlives this Blender, and follow it in the panel."""
    check_folder(request)
    if is_alive(launcher_log(request.out)):  # started from another Blender since the last update
        raise SettingsError(ANOTHER_RUN, folder=request.out)
    command = launcher_command(background_blender(), request)
    session.launchers[request.out] = start_detached(command, launcher_log(request.out))
    session.ended.pop(request.out, None)
    session.folders[request.out] = FolderView(STARTING)  # it may exit before the first update
    update_folder(scene)


def _folder(scene: bpy.types.Scene) -> Path:
    folder = folder_of(scene)
    if folder is None:
        raise SettingsError("Choose a folder for the dataset.")
    return folder


def _is_running(scene: bpy.types.Scene) -> bool:
    return folder_view(scene).status in (STARTING, RUNNING)


class StartBatch(bpy.types.Operator):
    """Start."""

    bl_idname = "solar_site.start_batch"
    bl_label = "Start Batch"
    bl_description = "Render the dataset in background processes, which continue after Blender is closed"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if folder_of(context.scene) is None:
            cls.poll_message_set(say("Choose a folder for the dataset"))
            return False
        cls.poll_message_set(say("A batch is running in this folder"))
        return not _is_running(context.scene)

    def execute(self, context: bpy.types.Context) -> set[str]:
        scene = context.scene
        done = say("Batch started: it continues after Blender is closed")
        return attempt(self, lambda: start_launcher(scene, batch_request(scene)), done)


class CancelBatch(bpy.types.Operator):
    """Cancel."""

    bl_idname = "solar_site.cancel_batch"
    bl_label = "Cancel Batch"
    bl_description = "Stop the batch. Finished images are kept; Resume renders the rest"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("No batch is running in this folder"))
        return _is_running(context.scene)

    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = _folder(context.scene)
        done = say("Batch stopped: finished images are kept")
        return attempt(self, lambda: cancel(folder, launcher_log(folder)), done)


class ResumeBatch(bpy.types.Operator):
    """Resume."""

    bl_idname = "solar_site.resume_batch"
    bl_label = "Resume Batch"
    bl_description = "Render the missing images with the settings of the original batch"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        view = folder_view(context.scene)
        if view.batch is None:
            cls.poll_message_set(say("There is no batch in this folder"))
        elif view.batch.finished:
            cls.poll_message_set(say("All images are finished"))
        else:
            cls.poll_message_set(say("A batch is running in this folder"))
        return view.batch is not None and not view.batch.finished and not _is_running(context.scene)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._resume(context.scene), say("Batch resumed"))

    def _resume(self, scene: bpy.types.Scene) -> None:
        start_launcher(scene, with_processes(scene, earlier_request(_folder(scene), run_of(scene))))


class WriteFormats(bpy.types.Operator):
    """Write formats."""

    bl_idname = "solar_site.write_formats"
    bl_label = "Write Formats"
    bl_description = "Write the selected annotation formats for the finished images, without rendering them again"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        view = folder_view(context.scene)
        if _is_running(context.scene):
            cls.poll_message_set(say("A batch is running in this folder"))
        else:
            cls.poll_message_set(say("There is no batch in this folder"))
        return view.batch is not None and view.batch.state.done > 0 and not _is_running(context.scene)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._write(context.scene), say("Writing the formats"))

    def _write(self, scene: bpy.types.Scene) -> None:
        start_launcher(scene, Request(_folder(scene), run=run_of(scene), rebuild=True))


class OpenFolder(bpy.types.Operator):
    """Open folder."""

    bl_idname = "solar_site.open_folder"
    bl_label = "Open Folder"
    bl_description = "Open the dataset folder in the system's file browser"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("The folder does not exist yet"))
        return folder_view(context.scene).batch is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        return set(bpy.ops.wm.path_open(filepath=str(folder_of(context.scene))))


class OpenLog(bpy.types.Operator):
    """Open log."""

    bl_idname = "solar_site.open_log"
    bl_label = "Open Log"
    bl_description = "Open the log of the background process"
    process: Process

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("There is no batch in this folder"))
        view = folder_view(context.scene)
        return view.batch is not None or view.status in (STARTING, REFUSED)

    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = _folder(context.scene)
        path = log_file(folder, self.process) if self.process else launcher_log(folder)
        if not path.is_file():
            self.report({"WARNING"}, say("There is no log yet"))
            return {"CANCELLED"}
        return set(bpy.ops.wm.path_open(filepath=str(path)))


class CopyCommandLine(bpy.types.Operator):
    """Copy command line."""

    bl_idname = "solar_site.copy_command_line"
    bl_label = "Copy Command Line"
    bl_description = "Copy the command that renders this dataset without a window, for use in a terminal or on a server"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        cls.poll_message_set(say("Choose a folder for the dataset"))
        return folder_of(context.scene) is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self._copy(context))

    def _copy(self, context: bpy.types.Context) -> None:
        command = launcher_command(background_blender(), batch_request(context.scene))
        text = subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)
        context.window_manager.clipboard = text
        self.report({"INFO"}, say("Command line copied to the clipboard"))


CLASSES: tuple[type, ...] = (StartBatch, CancelBatch, ResumeBatch, WriteFormats, OpenFolder, OpenLog, CopyCommandLine)
