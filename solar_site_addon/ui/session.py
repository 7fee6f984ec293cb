# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel knows besides the file: devices, batches, the image under way. One timer keeps it up to date.

Panels only read it, operators only start and end things in it. Nothing here is saved: what a batch is at lies in its
folder, and is found there again after Blender was closed.
"""

from __future__ import annotations

import hashlib
import math
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import bpy.utils.previews

from ..batch.control import BatchReader, BatchView, is_alive
from ..batch.dataset_folder import existing_parent
from ..batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERNAL_ERROR, INTERRUPTED, SOME_FAILED
from ..batch.final_message import final_message
from ..batch.launcher import bytes_of_sample
from ..batch.processes import exit_in_words
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import Message, system_reason
from ..generator.render.device import choose_device, found_devices
from ..generator.render.quality import available_denoisers, choose_denoiser, has_cycles
from ..generator.settings.schema import settings_sha256
from .preferences import preference, user_folder
from .preview import PictureJob, show_picture, store_picture
from .properties import picture_size_of, settings_of

BUSY_SECONDS, IDLE_SECONDS = 0.5, 2.0
EMPTY, STARTING, RUNNING, FINISHED, STOPPED, FAILED, REFUSED = (
    "EMPTY", "STARTING", "RUNNING", "FINISHED", "STOPPED", "FAILED", "REFUSED",
)  # fmt: skip
ENDED_EARLY = "Blender ended with {how} before the batch began."
ENDED_BEFORE_THE_END = "Blender ended with {how} before the batch was complete."
BACKEND_NAMES = {"METAL": "Metal", "OPTIX": "OptiX", "CUDA": "CUDA", "HIP": "HIP", "ONEAPI": "oneAPI"}
SECONDS_BESIDES_RENDER = 3.0
"""Planning, building and writing, where no preview has told how long they take."""


@dataclass(frozen=True)
class DeviceView:
    """What would render with the settings of a scene."""

    line: str
    """``Metal: Apple M3 Pro (GPU)``."""
    gpus: int
    """Number of GPUs that a batch can share, 0 for the CPU."""
    denoiser: str
    """The denoiser that actually runs: INTEL, OPTIX or NONE."""
    messages: tuple[Message, ...]
    """Warnings: CPU only, denoiser missing."""

    @property
    def on_gpu(self) -> bool:
        """Whether a GPU renders."""
        return self.gpus > 0


@dataclass(frozen=True)
class FolderView:
    """What is at work, or lies, in the folder that a scene names."""

    status: str = EMPTY
    batch: BatchView | None = None
    message: Message | None = None
    """Why the launcher could not begin, or ended with an error."""
    images_per_hour: float | None = None
    seconds_left: float | None = None
    bytes_needed: float = 0.0
    bytes_free: float = 0.0


@dataclass
class Session:
    """All that the panel caches."""

    devices: dict[tuple[str, bool, str], DeviceView] = field(default_factory=dict)
    folders: dict[Path, FolderView] = field(default_factory=dict)
    readers: dict[Path, BatchReader] = field(default_factory=dict)
    launchers: dict[Path, subprocess.Popen[bytes]] = field(default_factory=dict)
    ended: dict[Path, float] = field(default_factory=dict)
    """When the launcher of a folder was first seen to have ended, Unix seconds."""
    backends: dict[str, list[str]] = field(default_factory=dict)
    denoisers: tuple[str, ...] | None = None
    changed: set[str] = field(default_factory=set)
    """Names of the scenes whose panel asks for another site than the one that stands there."""
    picture: PictureJob | None = None
    picture_message: Message | None = None
    measured: tuple[float, float] | None = None
    """Seconds and pixel samples of the last image."""
    thumbnails: bpy.utils.previews.ImagePreviewCollection | None = None
    views: dict[int, str] = field(default_factory=dict)
    """How 3D views looked before they were turned to our camera, by the address of their area."""
    views_turned_back: set[int] = field(default_factory=set)
    """Those of them that look so again, since their site is gone."""
    thumbnail_paths: dict[Path, Path] = field(default_factory=dict)
    """The image that was loaded for each folder."""

    def forget(self) -> None:
        """Be as new."""
        for name, value in vars(Session()).items():
            setattr(self, name, value)


session = Session()


def folder_of(scene: bpy.types.Scene) -> Path | None:
    """The dataset's folder of ``scene``: its own, else the default one of the preferences, else None."""
    name = scene.solar_site.folder or preference("default_folder")
    return Path(bpy.path.abspath(name)).absolute() if name else None


def launcher_log(folder: Path) -> Path:
    """What the launcher of a folder has printed; it is not in the folder, which a refused run leaves alone."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return user_folder("logs") / f"{name}.log"


def folder_view(scene: bpy.types.Scene) -> FolderView:
    """What the timer has last seen in the folder of ``scene``."""
    folder = folder_of(scene)
    return session.folders.get(folder, FolderView()) if folder is not None else FolderView()


def device_key(scene: bpy.types.Scene) -> tuple[str, bool, str]:
    """What the choice of device and denoiser depends on."""
    root = scene.solar_site
    return root.run.device, root.run.use_gpu, root.render.denoiser


def device_view(scene: bpy.types.Scene) -> DeviceView | None:
    """The device that would render, None before the timer has looked."""
    return session.devices.get(device_key(scene))


def seconds_a_picture(scene: bpy.types.Scene) -> float | None:
    """A rough estimate of the time for a full image, None before the first image was rendered."""
    if session.measured is None:
        return None
    seconds, pixel_samples = session.measured
    root = scene.solar_site
    besides = min(root.read_out.seconds or SECONDS_BESIDES_RENDER, seconds)
    full = math.prod(picture_size_of(scene)) * root.render.max_samples
    return float(besides + (seconds - besides) * full / pixel_samples)


def tick() -> float:
    """Bring everything up to date; gives the seconds until the next look."""
    changed = _look_at_picture()
    for scene in {window.scene for window in bpy.context.window_manager.windows}:
        changed |= look_at_device(scene) | look_at_folder(scene) | look_at_settings(scene)
    busy = session.picture is not None or any(view.status in (STARTING, RUNNING) for view in session.folders.values())
    if changed or busy:
        _redraw()
    return BUSY_SECONDS if busy else IDLE_SECONDS


def look_at_device(scene: bpy.types.Scene) -> bool:
    """Find out what would render the settings of ``scene``; gives whether that is new. Without Cycles nothing would."""
    key = device_key(scene)
    if key in session.devices or not has_cycles():
        return False
    device, use_gpu, denoiser = key
    if session.denoisers is None:
        session.denoisers = available_denoisers()
    choice = choose_device(device, use_gpu, 0, sys.platform, _devices_of)
    denoiser, warnings = choose_denoiser(denoiser, choice.backend, session.denoisers)
    line = "CPU"
    if choice.count:
        line = f"{BACKEND_NAMES[choice.backend]}: {choice.name}" + ("" if "GPU" in choice.name else " (GPU)")
    session.devices[key] = DeviceView(line, choice.count, denoiser, choice.messages + warnings)
    return True


def look_at_folder(scene: bpy.types.Scene) -> bool:
    """See how far the batch in the folder of ``scene`` is; gives whether that is new."""
    folder = folder_of(scene)
    if folder is None:
        return False
    reader = session.readers.setdefault(folder, BatchReader(folder))
    try:
        batch = reader.look()
    except (OSError, SolarSiteError):  # just being replaced by a new run: the next look will tell
        return False
    view = _folder_view(scene, folder, batch)
    changed = session.folders.get(folder) != view
    session.folders[folder] = view
    if batch is not None and batch.last_image is not None:
        _load_thumbnail(folder, batch.last_image)
    return changed


def look_at_settings(scene: bpy.types.Scene) -> bool:
    """See whether the site in ``scene`` is still the one that its panel asks for; gives whether that is new."""
    shown = scene.solar_site.read_out
    try:
        settings, run = settings_of(scene)
        asked_for = settings_sha256(settings), str(run.seed), scene.solar_site.view
        differs = shown.modules > 0 and (shown.settings, shown.seed, shown.view) != asked_for
    except SolarSiteError:
        differs = shown.modules > 0
    known = scene.name in session.changed
    (session.changed.add if differs else session.changed.discard)(scene.name)
    return bool(differs != known)


def thumbnail(folder: Path | None) -> int:
    """Icon of the last image in ``folder``, 0 where there is none."""
    preview = session.thumbnails.get(str(folder)) if session.thumbnails is not None else None
    return preview.icon_id if preview is not None else 0


def start() -> None:
    """Begin to look; called at registration."""
    session.thumbnails = bpy.utils.previews.new()
    bpy.app.timers.register(tick, first_interval=BUSY_SECONDS, persistent=True)


def stop() -> None:
    """Forget everything and end the image under way. Batches go on: they are not Blender's."""
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    if session.picture is not None:
        session.picture.close()
    if session.thumbnails is not None:
        bpy.utils.previews.remove(session.thumbnails)
    session.forget()


def _devices_of(backend: str) -> list[str]:
    if backend not in session.backends:
        session.backends[backend] = found_devices(backend)
    return session.backends[backend]


def _folder_view(scene: bpy.types.Scene, folder: Path, batch: BatchView | None) -> FolderView:
    now = time.time()
    status, message = _status(folder, batch)
    needed, free = _disk(scene, folder)
    running = batch is not None and status == RUNNING
    return FolderView(
        status,
        batch,
        message,
        batch.state.images_per_hour(now) if batch is not None and running else None,
        batch.state.eta_seconds(now) if batch is not None and running else None,
        needed,
        free,
    )


def _status(folder: Path, batch: BatchView | None) -> tuple[str, Message | None]:
    """What is at work in a folder, or came of it, and why; how our own launcher has ended says more than the files."""
    if batch is not None and batch.running:
        return RUNNING, None
    launcher = session.launchers.get(folder)
    if (launcher is not None and launcher.poll() is None) or is_alive(launcher_log(folder)):
        return STARTING, None
    return _outcome(folder, batch, _code_of_launcher(folder, batch))


def _outcome(folder: Path, batch: BatchView | None, code: int | None) -> tuple[str, Message | None]:
    """What came of a folder in which nothing is at work, and why; ``code`` is that of our own launcher, if any."""
    if code == BAD_ARGUMENTS:
        return REFUSED, _reason(folder, code) or Message(ENDED_EARLY, {"how": exit_in_words(code)})
    if batch is None:
        return _status_without_batch(folder, code)
    if code in (None, ALL_WHOLE, INTERRUPTED):
        if batch.finished and (batch.ended if code is None else code) == ALL_WHOLE:
            return FINISHED, None
        return (FAILED if batch.state.failures else STOPPED), None
    if code == SOME_FAILED and batch.state.failures:
        return FAILED, None
    return FAILED, _reason(folder, code) or Message(ENDED_BEFORE_THE_END, {"how": exit_in_words(code)})


def _code_of_launcher(folder: Path, batch: BatchView | None) -> int | None:
    """How the launcher that we have started has ended; None where there is none, or a later one has begun since."""
    launcher = session.launchers.get(folder)
    code = launcher.poll() if launcher is not None else None
    if code is None:
        return None
    ended = session.ended.setdefault(folder, time.time())
    return None if batch is not None and batch.state.started > ended else code


def _reason(folder: Path, code: int) -> Message | None:
    """The last message of a launcher that has ended by itself; None where it was ended, or has left none."""
    by_itself = code in (SOME_FAILED, BAD_ARGUMENTS, INTERNAL_ERROR)
    return final_message(launcher_log(folder)) if by_itself else None


def _status_without_batch(folder: Path, code: int | None) -> tuple[str, Message | None]:
    """Of a folder in which no batch lies; ``code`` is that of the launcher that has ended, None where there is none.

    A launcher that had begun has left a batch: where that is gone, somebody has removed it.
    """
    began = session.folders.get(folder, FolderView()).status not in (STARTING, REFUSED)
    if began or code in (None, INTERRUPTED):
        return EMPTY, None
    return REFUSED, _reason(folder, code) or Message(ENDED_EARLY, {"how": exit_in_words(code)})


def message_of(error: Exception) -> Message:
    """What there is to say of an error, ours or not."""
    if isinstance(error, SolarSiteError):
        return error.message
    reason = system_reason(error) if isinstance(error, OSError) else " ".join(str(error).split())
    return Message("The image cannot be shown ({reason}).", {"reason": reason})


def _disk(scene: bpy.types.Scene, folder: Path) -> tuple[float, float]:
    """Bytes that a new batch would need, and bytes that are free."""
    try:
        settings, run = settings_of(scene)
        return bytes_of_sample(settings) * run.num_images, float(shutil.disk_usage(existing_parent(folder)).free)
    except (OSError, SolarSiteError, StopIteration):
        return 0.0, 0.0


def _look_at_picture() -> bool:
    """Show the image under way where it is there; gives whether something has changed."""
    job = session.picture
    if job is None:
        return False
    try:
        seconds = job.seconds_if_done()
        if seconds is None:
            return False
        image = store_picture(job.labelled())
        session.measured = (seconds, job.pixel_samples)
        session.picture_message = None
        if not bpy.app.background:
            show_picture(image)
    except (OSError, RuntimeError, SolarSiteError) as error:  # RuntimeError: Blender cannot read the image
        session.picture_message = message_of(error)
    job.close()
    session.picture = None
    return True


def _load_thumbnail(folder: Path, picture: Path) -> None:
    """Read the image for the panel, once for each new one."""
    if session.thumbnails is None or bpy.app.background:
        return
    if session.thumbnail_paths.get(folder) == picture:
        return
    if str(folder) in session.thumbnails:
        del session.thumbnails[str(folder)]
    session.thumbnails.load(str(folder), str(picture), "IMAGE")
    session.thumbnail_paths[folder] = picture


def _redraw() -> None:
    """Ask for a new drawing of the sidebars."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
