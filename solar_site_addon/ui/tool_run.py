# SPDX-License-Identifier: GPL-3.0-or-later
"""Tools for a finished dataset (tiles, crops, gallery) in a background Blender, which outlives this one."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..batch.blender_command import BlenderCommand
from ..batch.control import start_detached
from ..batch.dataset_folder import crops_folder, gallery_page, tiles_folder
from ..batch.dataset_tools import EXPORT, GALLERY
from ..batch.export import to_arguments
from ..batch.final_message import final_message
from ..batch.processes import SECONDS_TO_LEAVE, exit_in_words
from ..batch.worker_main import TOOL
from ..generator.dataset.new_folder import refuse_existing
from ..generator.domain.atomic_files import hidden_path
from ..generator.domain.errors import RenderError
from ..generator.settings.schema import ExportSettings, RunSettings


@dataclass(frozen=True)
class Tool:
    """A tool and its arguments."""

    arguments: tuple[str, ...]
    makes: Path
    """The folder or file that it makes."""
    opens: bool = False
    """Whether what it makes is opened in the browser."""


def tiles_tool(out: Path, run: RunSettings, how: ExportSettings) -> Tool:
    """Return the tool that cuts the dataset ``out`` into tiles. Raise SettingsError if there are some already."""
    refuse_existing(tiles_folder(out))
    return Tool((EXPORT, *to_arguments(out, run, how, "tile")), tiles_folder(out))


def crops_tool(out: Path, run: RunSettings, how: ExportSettings) -> Tool:
    """Return the tool that cuts modules out of the dataset ``out``. Raise SettingsError if there are some already."""
    refuse_existing(crops_folder(out))
    return Tool((EXPORT, *to_arguments(out, run, how, "crop")), crops_folder(out))


def gallery_tool(out: Path) -> Tool:
    """Return the tool that writes the gallery of the dataset ``out`` and opens it."""
    return Tool((GALLERY, str(out)), gallery_page(out), opens=True)


class ToolRun:
    """A tool that is running. Raise SettingsError if it cannot be started."""

    def __init__(self, command: BlenderCommand, tool: Tool, log: Path) -> None:
        self.tool = tool
        self._log = log
        self._process = start_detached(command.worker([TOOL, *tool.arguments]), log)

    def is_done(self) -> bool:
        """Return whether the tool has made what it makes, False while it is running; raise RenderError if it failed."""
        code = self._process.poll()
        if code is None or code == 0:
            return code == 0
        message = final_message(self._log)
        if message is not None:
            raise RenderError.of(message)
        raise RenderError("Blender ended with {how}; its log is {file}.", how=exit_in_words(code), file=self._log)

    def cancel(self) -> None:
        """End the tool and remove what it has written so far."""
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_LEAVE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if not self.tool.opens:
            shutil.rmtree(hidden_path(self.tool.makes), ignore_errors=True)
