# SPDX-License-Identifier: GPL-3.0-or-later
"""State of the panel that is not saved in the file: devices, batches, the running preview. A timer updates it.

Panels only read it; operators start and stop things. The state of a batch is on disk, in its folder, so the panel finds
it again after a restart of Blender.
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
from ..batch.processes import exit_in_words
from ..batch.storage import bytes_of_sample
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import Message, system_reason
from ..generator.render.device import choose_device, found_devices
from ..generator.render.quality import available_denoisers, choose_denoiser, has_cycles
from ..generator.settings.schema import settings_sha256
from .preferences import preference, user_folder
from .preview import PreviewRender, show_preview, store_preview
from .properties import image_size_of, sampling_of, settings_of

BUSY_SECONDS, IDLE_SECONDS = 0.5, 2.0
EMPTY, STARTING, RUNNING, FINISHED, STOPPED, FAILED, REFUSED = (
    "EMPTY", "STARTING", "RUNNING", "FINISHED", "STOPPED", "FAILED", "REFUSED",
)  # fmt: skip
ENDED_EARLY = "Blender ended with {how} before the batch began."
ENDED_BEFORE_THE_END = "Blender ended with {how} before the batch was complete."
BACKEND_NAMES = {"METAL": "Metal", "OPTIX": "OptiX", "CUDA": "CUDA", "HIP": "HIP", "ONEAPI": "oneAPI"}
SECONDS_BESIDES_RENDER = 3.0
"""Assumed time for planning, building and writing until a preview has measured it."""


@dataclass(frozen=True)
class DeviceView:
    """The device and denoiser that would render with the settings of a scene."""

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
        """Whether a GPU would render."""
        return self.gpus > 0


@dataclass(frozen=True)
class FolderView:
    """The state of a scene's dataset folder."""

    status: str = EMPTY
    batch: BatchView | None = None
    message: Message | None = None
    """Why the launcher could not start, or ended with an error."""
    images_per_hour: float | None = None
    seconds_left: float | None = None
    bytes_needed: float = 0.0
    bytes_free: float = 0.0


@dataclass
class Session:
    """Everything that the panel caches."""

    devices: dict[tuple[str, bool, str], DeviceView] = field(default_factory=dict)
    folders: dict[Path, FolderView] = field(default_factory=dict)
    readers: dict[Path, BatchReader] = field(default_factory=dict)
    launchers: dict[Path, subprocess.Popen[bytes]] = field(default_factory=dict)
    ended: dict[Path, float] = field(default_factory=dict)
    """When the launcher of each folder was found to have ended, Unix seconds."""
    backends: dict[str, list[str]] = field(default_factory=dict)
    denoisers: tuple[str, ...] | None = None
    changed: set[str] = field(default_factory=set)
    """Names of the scenes whose settings no longer match their site."""
    preview_render: PreviewRender | None = None
    preview_message: Message | None = None
    measured: tuple[float, float] | None = None
    """Seconds and pixel samples of the last rendered preview."""
    thumbnails: bpy.utils.previews.ImagePreviewCollection | None = None
    views: dict[int, str] = field(default_factory=dict)
    """Perspectives of 3D views before they were switched to our camera, by the address of their area."""
    views_turned_back: set[int] = field(default_factory=set)
    """Those that were switched back because their site is gone."""
    thumbnail_paths: dict[Path, Path] = field(default_factory=dict)
    """The image loaded as the thumbnail of each folder."""

    def reset(self) -> None:
        """Reset everything to its initial state."""
        for name, value in vars(Session()).items():
            setattr(self, name, value)


session = Session()


def folder_of(scene: bpy.types.Scene) -> Path | None:
    """Return the dataset folder of ``scene``, or the default folder of the preferences, or None."""
    name = scene.solar_site.folder or preference("default_folder")
    return Path(bpy.path.abspath(name)).absolute() if name else None


def launcher_log(folder: Path) -> Path:
    """Return the log of a folder's launcher. It lies elsewhere, because a refused run must not change the folder."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return user_folder("logs") / f"{name}.log"


def folder_view(scene: bpy.types.Scene) -> FolderView:
    """Return the cached state of the folder of ``scene``."""
    folder = folder_of(scene)
    return session.folders.get(folder, FolderView()) if folder is not None else FolderView()


def device_key(scene: bpy.types.Scene) -> tuple[str, bool, str]:
    """Return the settings that determine device and denoiser."""
    root = scene.solar_site
    return root.run.device, root.run.use_gpu, root.render.denoiser


def device_view(scene: bpy.types.Scene) -> DeviceView | None:
    """Return the device that would render, or None until the timer has determined it."""
    return session.devices.get(device_key(scene))


def seconds_per_image(scene: bpy.types.Scene) -> float | None:
    """Return a rough estimate of the time per full image, or None until a preview was rendered."""
    if session.measured is None:
        return None
    seconds, pixel_samples = session.measured
    root = scene.solar_site
    besides = min(root.read_out.seconds or SECONDS_BESIDES_RENDER, seconds)
    full = math.prod(image_size_of(scene)) * sampling_of(scene).max_samples
    return float(besides + (seconds - besides) * full / pixel_samples)


def tick() -> float:
    """Update everything; return the seconds until the next update."""
    changed = _update_preview()
    for scene in {window.scene for window in bpy.context.window_manager.windows}:
        changed |= update_device(scene) | update_folder(scene) | update_changed(scene)
    busy = session.preview_render is not None or any(
        view.status in (STARTING, RUNNING) for view in session.folders.values()
    )
    if changed or busy:
        _redraw()
    return BUSY_SECONDS if busy else IDLE_SECONDS


def update_device(scene: bpy.types.Scene) -> bool:
    """Determine and cache the device for the settings of ``scene``; return whether it is new. Needs Cycles."""
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


def update_folder(scene: bpy.types.Scene) -> bool:
    """Update the state of the folder of ``scene``; return whether it has changed."""
    folder = folder_of(scene)
    if folder is None:
        return False
    reader = session.readers.setdefault(folder, BatchReader(folder))
    try:
        batch = reader.look()
    except (OSError, SolarSiteError):  # a new run is replacing the files: retry at the next update
        return False
    view = _folder_view(scene, folder, batch)
    changed = session.folders.get(folder) != view
    session.folders[folder] = view
    if batch is not None and batch.last_image is not None:
        _load_thumbnail(folder, batch.last_image)
    return changed


def update_changed(scene: bpy.types.Scene) -> bool:
    """Update whether the settings of ``scene`` still match its site; return whether that has changed."""
    shown = scene.solar_site.read_out
    try:
        settings, run = settings_of(scene)
        asked_for = settings_sha256(settings, paths=True), str(run.seed), scene.solar_site.view
        differs = shown.modules > 0 and (shown.settings, shown.seed, shown.view) != asked_for
    except SolarSiteError:
        differs = shown.modules > 0
    known = scene.name in session.changed
    (session.changed.add if differs else session.changed.discard)(scene.name)
    return bool(differs != known)


def thumbnail(folder: Path | None) -> int:
    """Return the icon of the last image in ``folder``, or 0 if there is none."""
    preview = session.thumbnails.get(str(folder)) if session.thumbnails is not None else None
    return preview.icon_id if preview is not None else 0


def start() -> None:
    """Start the timer; called at registration."""
    session.thumbnails = bpy.utils.previews.new()
    bpy.app.timers.register(tick, first_interval=BUSY_SECONDS, persistent=True)


def stop() -> None:
    """Stop the timer, cancel the running preview and reset the session. Batches continue in their own processes."""
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    if session.preview_render is not None:
        session.preview_render.close()
    if session.thumbnails is not None:
        bpy.utils.previews.remove(session.thumbnails)
    session.reset()


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
    """Return the status of a folder and the reason; our launcher's exit code takes precedence over the files."""
    if batch is not None and batch.running:
        return RUNNING, None
    launcher = session.launchers.get(folder)
    if (launcher is not None and launcher.poll() is None) or is_alive(launcher_log(folder)):
        return STARTING, None
    return _outcome(folder, batch, _launcher_exit_code(folder, batch))


def _outcome(folder: Path, batch: BatchView | None, code: int | None) -> tuple[str, Message | None]:
    """Return the status of a folder without a running launcher, and the reason; ``code`` is how ours ended."""
    if code == BAD_ARGUMENTS:
        return REFUSED, _reason(folder, code) or Message(ENDED_EARLY, {"how": exit_in_words(code)})
    if batch is None:
        return _status_of_empty_folder(folder, code)
    if code in (None, ALL_WHOLE, INTERRUPTED):
        if batch.finished and (batch.ended if code is None else code) == ALL_WHOLE:
            return FINISHED, None
        return (FAILED if batch.state.failures else STOPPED), None
    if code == SOME_FAILED and batch.state.failures:
        return FAILED, None
    return FAILED, _reason(folder, code) or Message(ENDED_BEFORE_THE_END, {"how": exit_in_words(code)})


def _launcher_exit_code(folder: Path, batch: BatchView | None) -> int | None:
    """Return the exit code of the launcher that we started, or None if there is none or a newer run has started."""
    launcher = session.launchers.get(folder)
    code = launcher.poll() if launcher is not None else None
    if code is None:
        return None
    ended = session.ended.setdefault(folder, time.time())
    return None if batch is not None and batch.state.started > ended else code


def _reason(folder: Path, code: int) -> Message | None:
    """Return the last message of a launcher, or None if it was killed or left none."""
    by_itself = code in (SOME_FAILED, BAD_ARGUMENTS, INTERNAL_ERROR)
    return final_message(launcher_log(folder)) if by_itself else None


def _status_of_empty_folder(folder: Path, code: int | None) -> tuple[str, Message | None]:
    """Return the status of a folder without a batch; ``code`` is the exit code of our launcher, or None.

    A launcher that got as far as running leaves a batch; if that is missing, somebody has deleted it.
    """
    began = session.folders.get(folder, FolderView()).status not in (STARTING, REFUSED)
    if began or code in (None, INTERRUPTED):
        return EMPTY, None
    return REFUSED, _reason(folder, code) or Message(ENDED_EARLY, {"how": exit_in_words(code)})


def message_of(error: Exception) -> Message:
    """Return the message for an error, of ours or of Blender."""
    if isinstance(error, SolarSiteError):
        return error.message
    reason = system_reason(error) if isinstance(error, OSError) else " ".join(str(error).split())
    return Message("The image cannot be shown ({reason}).", {"reason": reason})


def _disk(scene: bpy.types.Scene, folder: Path) -> tuple[float, float]:
    """Return the bytes that a new batch would need, and the free bytes."""
    try:
        settings, run = settings_of(scene)
        return bytes_of_sample(settings) * run.num_images, float(shutil.disk_usage(existing_parent(folder)).free)
    except (OSError, SolarSiteError, StopIteration):
        return 0.0, 0.0


def _update_preview() -> bool:
    """Show the running preview if it is complete; return whether anything has changed."""
    job = session.preview_render
    if job is None:
        return False
    try:
        seconds = job.seconds_if_done()
        if seconds is None:
            return False
        image = store_preview(job.annotated())
        session.measured = (seconds, job.pixel_samples)
        session.preview_message = None
        if not bpy.app.background:
            show_preview(image)
    except (OSError, RuntimeError, SolarSiteError) as error:  # RuntimeError: Blender cannot read the image
        session.preview_message = message_of(error)
    job.close()
    session.preview_render = None
    return True


def _load_thumbnail(folder: Path, image: Path) -> None:
    """Load ``image`` as the thumbnail of a folder unless it is loaded already."""
    if session.thumbnails is None or bpy.app.background:
        return
    if session.thumbnail_paths.get(folder) == image:
        return
    if str(folder) in session.thumbnails:
        del session.thumbnails[str(folder)]
    session.thumbnails.load(str(folder), str(image), "IMAGE")
    session.thumbnail_paths[folder] = image


def _redraw() -> None:
    """Redraw the sidebars."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
