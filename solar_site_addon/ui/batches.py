# SPDX-License-Identifier: GPL-3.0-or-later
"""The batches that the panel knows: those in the folders used lately, whoever started them, running or not.

The state of a batch is on disk, in its folder, so the panel finds it again after a restart of Blender.
"""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..batch.control import BatchReader, BatchView, is_alive
from ..batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERNAL_ERROR, INTERRUPTED, SOME_FAILED
from ..batch.final_message import final_message
from ..batch.processes import exit_in_words
from ..generator.dataset.files import DAMAGE
from ..generator.domain.atomic_files import replace_json
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.json_file import SETTINGS_BYTES, load_json
from ..generator.domain.messages import Message
from .preferences import user_folder

EMPTY, STARTING, RUNNING, FINISHED, STOPPED, FAILED, REFUSED = (
    "EMPTY", "STARTING", "RUNNING", "FINISHED", "STOPPED", "FAILED", "REFUSED",
)  # fmt: skip
ACTIVE = (STARTING, RUNNING)
ENDED_EARLY = "Blender ended with {how} before the batch began."
ENDED_BEFORE_THE_END = "Blender ended with {how} before the batch was complete."
MOST_REMEMBERED = 6
"""Number of folders that the panel remembers."""


@dataclass(frozen=True)
class FolderView:
    """The state of a dataset folder."""

    status: str = EMPTY
    batch: BatchView | None = None
    message: Message | None = None
    """Why the launcher could not start, or ended with an error."""
    images_per_hour: float | None = None
    seconds_left: float | None = None

    @property
    def cancelled(self) -> bool:
        """Whether a person has stopped the batch, which is no fault."""
        return self.status == STOPPED and self.batch is not None and self.batch.ended == INTERRUPTED


@dataclass
class Batches:
    """Follows the batches in some folders; each update reads only what is new."""

    views: dict[Path, FolderView] = field(default_factory=dict)
    readers: dict[Path, BatchReader] = field(default_factory=dict)
    launchers: dict[Path, subprocess.Popen[bytes]] = field(default_factory=dict)
    """The launchers that this Blender has started."""
    ended: dict[Path, float] = field(default_factory=dict)
    """When the launcher of each folder was found to have ended, Unix seconds."""
    asked_for: dict[Path, object] = field(default_factory=dict)
    """What each launcher was asked for, as ``refused_again`` compares it."""
    remembered: list[Path] | None = None

    @property
    def recent(self) -> list[Path]:
        """The folders with batches that were used lately, the latest first."""
        if self.remembered is None:
            self.remembered = _read(_memory())
        return self.remembered

    @property
    def active(self) -> bool:
        """Whether any batch is starting or running."""
        return any(view.status in ACTIVE for view in self.views.values())

    def view(self, folder: Path | None) -> FolderView:
        """Return the state of a folder at its last update."""
        return self.views.get(folder, FolderView()) if folder is not None else FolderView()

    def started(self, folder: Path, process: subprocess.Popen[bytes], asked_for: object) -> None:
        """Follow a launcher that was just started."""
        self.launchers[folder], self.asked_for[folder] = process, asked_for
        self.ended.pop(folder, None)
        self.views[folder] = FolderView(STARTING)  # it may exit before the first update
        self.remember(folder)

    def remember(self, folder: Path) -> None:
        """Put a folder at the head of the recent ones."""
        self.remembered = [folder, *(other for other in self.recent if other != folder)][:MOST_REMEMBERED]
        replace_json(_memory(), [str(path) for path in self.remembered])

    def forget(self, folder: Path) -> None:
        """Take a folder off the list; its files stay."""
        self.remembered = [other for other in self.recent if other != folder]
        replace_json(_memory(), [str(path) for path in self.remembered])

    def update(self, folder: Path, on_end: Callable[[Path, FolderView], None]) -> bool:
        """Update the state of a folder; return whether it has changed. Call ``on_end`` if its batch has just ended."""
        reader = self.readers.setdefault(folder, BatchReader(folder))
        try:
            batch = reader.look()
        except (OSError, SolarSiteError):  # a new run is replacing the files: retry at the next update
            return False
        before, now = self.view(folder), self._look(folder, batch)
        self.views[folder] = now
        if batch is not None and folder not in self.recent:
            self.remember(folder)
        if before.status in ACTIVE and now.status not in ACTIVE:
            on_end(folder, now)
        return before != now

    def allow_again(self, folder: Path, asked_for: object) -> None:
        """Forget that a launcher was refused if something else would be asked for now."""
        if self.view(folder).status == REFUSED and self.asked_for.get(folder) != asked_for:
            self.launchers.pop(folder, None)
            self.views[folder] = FolderView()

    def _look(self, folder: Path, batch: BatchView | None) -> FolderView:
        now = time.time()
        status, message = self._status(folder, batch)
        if batch is None or status != RUNNING:
            return FolderView(status, batch, message)
        return FolderView(status, batch, message, batch.state.images_per_hour(now), batch.state.eta_seconds(now))

    def _status(self, folder: Path, batch: BatchView | None) -> tuple[str, Message | None]:
        """Return the status of a folder and the reason; our launcher's exit code takes precedence over the files."""
        if batch is not None and batch.running:
            return RUNNING, None
        launcher = self.launchers.get(folder)
        if (launcher is not None and launcher.poll() is None) or is_alive(launcher_log(folder)):
            return STARTING, None
        code = self._launcher_exit_code(folder, batch)
        if batch is None and code != BAD_ARGUMENTS:
            return self._status_of_empty_folder(folder, code)
        return _outcome(folder, batch, code)

    def _launcher_exit_code(self, folder: Path, batch: BatchView | None) -> int | None:
        """Return the exit code of the launcher that we started, or None if there is none or a newer run has started."""
        launcher = self.launchers.get(folder)
        code = launcher.poll() if launcher is not None else None
        if code is None:
            return None
        ended = self.ended.setdefault(folder, time.time())
        return None if batch is not None and batch.state.started > ended else code

    def _status_of_empty_folder(self, folder: Path, code: int | None) -> tuple[str, Message | None]:
        """Return the status of a folder without a batch; ``code`` is the exit code of our launcher, or None.

        A launcher that got as far as running leaves a batch; if that is missing, somebody has deleted it.
        """
        began = self.view(folder).status not in (STARTING, REFUSED)
        if began or code in (None, INTERRUPTED):
            return EMPTY, None
        return REFUSED, _reason(folder, code) or Message(ENDED_EARLY, {"how": exit_in_words(code)})


def launcher_log(folder: Path) -> Path:
    """Return the log of a folder's launcher. It lies elsewhere, because a refused run must not change the folder."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return user_folder("logs") / f"{name}.log"


def _outcome(folder: Path, batch: BatchView | None, code: int | None) -> tuple[str, Message | None]:
    """Return the status of a folder without a running launcher, and the reason; ``code`` is how ours ended."""
    if code == BAD_ARGUMENTS or batch is None:
        return REFUSED, _reason(folder, BAD_ARGUMENTS) or Message(ENDED_EARLY, {"how": exit_in_words(BAD_ARGUMENTS)})
    if code in (None, ALL_WHOLE, INTERRUPTED):
        if batch.finished and (batch.ended if code is None else code) == ALL_WHOLE:
            return FINISHED, None
        return (FAILED if batch.state.failures else STOPPED), None
    if code == SOME_FAILED and batch.state.failures:
        return FAILED, None
    return FAILED, _reason(folder, code) or Message(ENDED_BEFORE_THE_END, {"how": exit_in_words(code)})


def _reason(folder: Path, code: int) -> Message | None:
    """Return the last message of a launcher, or None if it was killed or left none."""
    by_itself = code in (SOME_FAILED, BAD_ARGUMENTS, INTERNAL_ERROR)
    return final_message(launcher_log(folder)) if by_itself else None


def _memory() -> Path:
    """Return the file with the recent folders."""
    return user_folder("batches") / "recent.json"


def _read(path: Path) -> list[Path]:
    """Return the folders in ``path`` that still exist."""
    try:
        folders = [Path(name) for name in load_json(path, SETTINGS_BYTES)]
    except (OSError, *DAMAGE):
        return []
    return [folder for folder in folders if folder.is_dir()][:MOST_REMEMBERED]
