# SPDX-License-Identifier: GPL-3.0-or-later
"""State of the panel that is not saved in the file: devices, batches, the running preview. A timer updates it.

Panels only read it; operators start and stop things. The state of a batch is on disk, in its folder, so the panel finds
it again after a restart of Blender.
"""

from __future__ import annotations

import dataclasses
import math
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import bpy.utils.previews

from ..batch.dataset_folder import existing_parent, is_sample_folder, sample_folders
from ..batch.estimate import Measured, batch_seconds, estimated_seconds, read_measured, write_measured
from ..batch.memory import usable_memory
from ..batch.processes import available_cores
from ..batch.quantities import rough_duration
from ..batch.recommendation import recommended_processes
from ..batch.storage import bytes_of_sample
from ..generator.dataset.files import rgb_file
from ..generator.domain.errors import SolarSiteError
from ..generator.domain.messages import Message, system_reason
from ..generator.render.device import choose_device, found_devices
from ..generator.render.quality import available_denoisers, choose_denoiser, has_cycles
from ..generator.scene.build import SiteBuild
from ..generator.settings.schema import EffectsSettings, RenderSettings, RunSettings, Settings, settings_sha256
from .annotation_drawing import AT_FIRST
from .batches import ACTIVE, FAILED, FINISHED, REFUSED, STOPPED, Batches, FolderView
from .locale.translations import say
from .planning import Planning
from .preferences import preference, user_folder
from .presets import Marks, marks_of, preset_thumbnails
from .preview import PreviewRender, annotated_image, show_preview, store_preview
from .properties import CPU, Keeper, resolved, root, settings_of
from .standing import Record
from .tool_run import ToolRun

BUSY_SECONDS, IDLE_SECONDS = 0.5, 2.0
MOST_THUMBNAILS = 6
END_NOTICES = {
    FINISHED: Message("The batch {folder} is finished"),
    STOPPED: Message("The batch {folder} has stopped"),
    FAILED: Message("The batch {folder} ended with failures"),
    REFUSED: Message("The batch {folder} could not start"),
}
BACKEND_NAMES = {"METAL": "Metal", "OPTIX": "OptiX", "CUDA": "CUDA", "HIP": "HIP", "ONEAPI": "oneAPI"}


@dataclass(frozen=True)
class DeviceView:
    """The device and denoiser that would render with the settings in the panel."""

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
class Outlook:
    """What a batch with the settings in the panel would be, as far as that is known."""

    images: int
    size_px: tuple[int, int]
    """Width and height of the largest image."""
    processes: int
    on_gpu: bool
    seconds: float | None
    """Time of the whole batch, None until the time of an image was measured on this machine."""
    seconds_per_image: float | None
    bytes_needed: float
    bytes_free: float
    """Free space on the disk of the folder, 0 if unknown."""


@dataclass
class Session:
    """Everything that the panel caches."""

    devices: dict[tuple[str, str], DeviceView] = field(default_factory=dict)
    batches: Batches = field(default_factory=Batches)
    keeper: Keeper = field(default_factory=Keeper)
    outlook: Outlook | None = None
    marks: Marks = field(default_factory=Marks)
    notice: tuple[Message, Path] | None = None
    """Template and folder of the latest notice that a batch has ended."""
    backends: dict[str, list[str]] = field(default_factory=dict)
    denoisers: tuple[str, ...] | None = None
    changed: set[str] = field(default_factory=set)
    """Names of the scenes whose settings no longer match their site."""
    planning: Planning | None = None
    """The preview that is being planned, until it is shown."""
    building: SiteBuild | None = None
    """The site of that preview, once it is planned."""
    preview_render: PreviewRender | None = None
    preview_message: Message | None = None
    tool_run: ToolRun | None = None
    """What writes tiles, crops or the gallery."""
    tool_message: Message | None = None
    """What the last of these has made, or why it could not."""
    standing: dict[str, Record] = field(default_factory=dict)
    """The site that was built in each scene of ours, by name."""
    color_modes: dict[str, str] = field(default_factory=dict)
    """What the colors of annotations stand for in each scene of ours."""
    results: tuple[Path, ...] = ()
    """The newest samples in the folder of the panel, whose thumbnails it shows."""
    shown_sample: Path | None = None
    """The sample whose image the image editor shows."""
    shown_parts: frozenset[str] = AT_FIRST
    """The parts of the annotations that are drawn on it."""
    measured: Measured | None = None
    """What the last image took that was rendered for a preview on this machine."""
    busy: bool = False
    """Whether something was running when the panel was last updated."""
    thumbnails: bpy.utils.previews.ImagePreviewCollection | None = None
    """Images of samples and presets, by their path."""
    views: dict[int, str] = field(default_factory=dict)
    """Perspectives of 3D views before they were switched to our camera, by the address of their area."""
    views_turned_back: set[int] = field(default_factory=set)
    """Those that were switched back because their site is gone."""

    def reset(self) -> None:
        """Reset everything to its initial state."""
        for name, value in vars(Session()).items():
            setattr(self, name, value)


session = Session()


def current_folder() -> Path | None:
    """Return the dataset folder in the panel, or the default folder of the preferences, or None."""
    name = root().folder or preference("default_folder")
    return resolved(name) if name else None


def folder_view() -> FolderView:
    """Return the cached state of the folder in the panel."""
    return session.batches.view(current_folder())


def device_key() -> tuple[str, str]:
    """Return the settings that determine device and denoiser."""
    shown = root()
    return shown.run.device, shown.render.denoiser


def device_view() -> DeviceView | None:
    """Return the device that would render, or None until the timer has determined it."""
    return session.devices.get(device_key())


def tick() -> float:
    """Update everything; return the seconds until the next update."""
    session.keeper.keep()
    changed = _update_preview() | _update_tool()
    changed |= update_device() | update_batches() | update_marks() | update_outlook()
    for scene in {window.scene for window in bpy.context.window_manager.windows}:
        changed |= update_changed(scene)
    busy = (
        session.planning is not None
        or session.preview_render is not None
        or session.tool_run is not None
        or session.batches.active
    )
    if changed or busy or session.busy:  # once more after the end, which Esc may have brought about
        _redraw()
    session.busy = busy
    return BUSY_SECONDS if busy else IDLE_SECONDS


def update_device() -> bool:
    """Determine and cache the device for the settings in the panel; return whether it is new. Needs Cycles."""
    key = device_key()
    if key in session.devices or not has_cycles():
        return False
    device, denoiser = key
    if session.denoisers is None:
        session.denoisers = available_denoisers()
        for backend in BACKEND_NAMES:  # here, so that no menu has to look while it is drawn
            devices_of(backend)
    choice = choose_device(device, device != CPU, 0, sys.platform, devices_of)
    denoiser, warnings = choose_denoiser(denoiser, choice.backend, session.denoisers)
    line = "CPU"
    if choice.count:
        line = f"{BACKEND_NAMES[choice.backend]}: {choice.name}" + ("" if "GPU" in choice.name else " (GPU)")
    session.devices[key] = DeviceView(line, choice.count, denoiser, choice.messages + warnings)
    return True


def update_batches() -> bool:
    """Update the batches in the folder of the panel and in the recent ones; return whether any has changed."""
    batches, current = session.batches, current_folder()
    if current is not None:
        batches.allow_again(current, request_key())
    folders = [folder for folder in batches.recent if folder != current]
    followed = [folder for folder in folders if folder not in batches.views or batches.view(folder).status in ACTIVE]
    if current is not None:
        followed.append(current)
    changed = [batches.update(folder, _announce_end) for folder in followed]
    view = batches.view(current)
    newest = view.batch.last_image.parent if view.batch is not None and view.batch.last_image is not None else None
    if newest is None:
        session.results = ()
    elif newest not in session.results:
        session.results = tuple(samples_of()[-MOST_THUMBNAILS:])
        for sample in session.results:
            _load_thumbnail(sample)
    return any(changed)


def samples_of() -> list[Path]:
    """Return the samples in the folder of the panel, by name."""
    folder = current_folder()
    return sample_folders(folder) if folder is not None else []


def shown_result() -> Path | None:
    """Return the sample of a batch that the image editor shows, or None."""
    sample = session.shown_sample
    return sample if sample is not None and is_sample_folder(sample) else None


def update_marks() -> bool:
    """Update which settings differ from the active preset and from the defaults; return whether that has changed."""
    try:
        marks = marks_of(settings_of()[0], root().preset)
    except SolarSiteError:  # a value is invalid: keep the marks
        return False
    changed = session.marks != marks
    session.marks = marks
    return changed


def update_outlook() -> bool:
    """Update what a batch would be; return whether that has changed."""
    try:
        outlook = _outlook(*settings_of())
    except SolarSiteError:
        outlook = None
    changed = session.outlook != outlook
    session.outlook = outlook
    return changed


def processes_for(settings: Settings, num_images: int) -> int:
    """Return the number of processes for a batch of ``settings``: the panel's value or the automatic one."""
    shown = root()
    if not shown.automatic_processes:
        return int(shown.run.num_parallel)
    if preference("processes"):
        return int(preference("processes"))
    view = device_view()
    return recommended_processes(
        cores=available_cores(),
        gpus=view.gpus if view is not None else 0,
        num_images=num_images,
        settings=settings,
        denoiser=view.denoiser if view is not None else settings.render.denoiser,
        memory=usable_memory(),
    )


def request_key() -> object:
    """Return what a launcher would be asked for now, to be compared with what one was refused for."""
    try:
        settings, run = settings_of()
    except SolarSiteError:
        return None
    return settings, run, current_folder(), preference("blender")


def update_changed(scene: bpy.types.Scene) -> bool:
    """Update whether the settings still match the site in ``scene``; return whether that has changed."""
    shown = scene.solar_site.read_out
    try:
        settings, run = settings_of()
        asked_for = preview_sha256(settings), str(run.seed), root().view
        differs = shown.modules > 0 and (shown.settings, shown.seed, shown.view) != asked_for
    except SolarSiteError:
        differs = shown.modules > 0
    known = scene.name in session.changed
    (session.changed.add if differs else session.changed.discard)(scene.name)
    return bool(differs != known)


def preview_sha256(settings: Settings) -> str:
    """Return a checksum of the settings that the preview in the viewport depends on.

    It shows no noise, blur or tones; of the effects, only the distortion may change which modules are in view.
    """
    shown = dataclasses.replace(
        settings, render=RenderSettings(), effects=EffectsSettings(distortion=settings.effects.distortion)
    )
    return settings_sha256(shown, paths=True)


def thumbnail(shown: Path) -> int:
    """Return the icon of a sample's image or of a preset, or 0 if there is none."""
    preview = session.thumbnails.get(str(shown)) if session.thumbnails is not None else None
    return preview.icon_id if preview is not None else 0


def start() -> None:
    """Start the timer; called at registration."""
    session.thumbnails = bpy.utils.previews.new()
    for preset, file in preset_thumbnails().items():
        session.thumbnails.load(str(preset), str(file), "IMAGE")
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


def devices_of(backend: str) -> list[str]:
    """Return the names of the real devices of a backend, which are looked for once."""
    if backend not in session.backends:
        session.backends[backend] = found_devices(backend)
    return session.backends[backend]


def message_of(error: Exception) -> Message:
    """Return the message for an error, of ours or of Blender."""
    if isinstance(error, SolarSiteError):
        return error.message
    reason = system_reason(error) if isinstance(error, OSError) else " ".join(str(error).split())
    return Message("The image cannot be shown ({reason}).", {"reason": reason})


def _outlook(settings: Settings, run: RunSettings) -> Outlook:
    processes, device = processes_for(settings, run.num_images), device_view()
    gpus = device.gpus if device is not None else 0
    per_image = seconds_per_image(settings, run)
    folder = current_folder()
    return Outlook(
        run.num_images,
        settings.camera.image_size,
        processes,
        gpus > 0,
        None if per_image is None else batch_seconds(per_image, run.num_images, gpus),
        per_image,
        bytes_of_sample(settings) * run.num_images,
        _free(folder) if folder is not None else 0.0,
    )


def seconds_per_image(settings: Settings, run: RunSettings) -> float | None:
    """Return the estimated time of one image, None until one was measured with the same device."""
    measured = session.measured or read_measured(measured_file())
    session.measured = measured
    view = device_view()
    if measured is None or view is None or measured.device != view.line:
        return None
    pixels, samples = math.prod(settings.camera.image_size), settings.render.sampling.max_samples
    return estimated_seconds(measured, pixels, samples, run.views_per_site)


def preview_progress() -> tuple[float, str]:
    """Return how far the preview is, as a share of the whole, 0 if unknown, and in words."""
    build = session.building
    if build is not None:
        part = min(build.done + 1, build.total)
        return build.done / build.total, say("Building the site: part {part} of {parts}", part=part, parts=build.total)
    if session.planning is not None:
        seconds = time.monotonic() - session.planning.started
        return 0.0, say("Planning the site for {seconds:.0f} s", seconds=seconds)
    job = session.preview_render
    if job is None:
        return 0.0, ""
    seconds, total = time.monotonic() - job.started, job.expected_seconds(session.measured)
    if total is None:
        return 0.0, say("Rendering for {seconds:.0f} s", seconds=seconds)
    values = {"seconds": seconds, "total": rough_duration(total)}
    return min(seconds / total, 0.99), say("Rendering for {seconds:.0f} s of about {total}", **values)


def cancel_preview() -> bool:
    """Stop the preview that is being planned or rendered; return whether there was one."""
    planning, job = session.planning, session.preview_render
    session.planning = session.preview_render = None
    if job is not None:
        job.close()
    return planning is not None or job is not None


def measured_file() -> Path:
    """Return the file that keeps what an image took until the next session of Blender."""
    return user_folder("estimate") / "measured.json"


def _free(folder: Path) -> float:
    """Return the free bytes on the disk of ``folder``, rounded so that the panel is not redrawn for nothing."""
    try:
        return float(round(shutil.disk_usage(existing_parent(folder)).free, -8))
    except (OSError, StopIteration):
        return 0.0


def _announce_end(folder: Path, view: FolderView) -> None:
    """Say in the status bar and in the panel that a batch has ended."""
    if view.status not in END_NOTICES:
        return
    session.notice = END_NOTICES[view.status], folder
    if not bpy.app.background:
        bpy.ops.solar_site.announce(text=say(END_NOTICES[view.status].template, folder=folder.name))


def _update_preview() -> bool:
    """Show the running preview if it is complete; return whether anything has changed."""
    job = session.preview_render
    if job is None:
        return False
    try:
        view = device_view()
        measured = job.measured_if_done(view.line if view is not None else "")
        if measured is None:
            return False
        session.measured = measured
        write_measured(measured_file(), measured)
        session.preview_message = None
        show_sample(_kept_sample(job.sample))
    except (OSError, RuntimeError, SolarSiteError) as error:  # RuntimeError: Blender cannot read the image
        session.preview_message = message_of(error)
    job.close()
    session.preview_render = None
    return True


def _update_tool() -> bool:
    """Say that the running tool has finished, and open what it made to be looked at; return whether it has."""
    run = session.tool_run
    try:
        if run is None or not run.is_done():
            return False
        session.tool_message = Message("Written: {folder}", {"folder": run.tool.makes})
        if run.tool.opens and not bpy.app.background:
            bpy.ops.wm.url_open(url=run.tool.makes.as_uri())
    except SolarSiteError as error:
        session.tool_message = error.message
    session.tool_run = None
    return True


def show_sample(sample: Path, *, in_front: bool = True) -> None:
    """Show a sample's image with the chosen annotations; ``in_front`` also brings the image editor to it."""
    image = store_preview(annotated_image(sample, session.shown_parts))
    session.shown_sample = sample
    if in_front and not bpy.app.background:
        show_preview(image)


def _kept_sample(sample: Path) -> Path:
    """Move a preview's sample to where it stays until the next one, so that its annotations can be switched later."""
    kept = user_folder("previews") / "latest"
    shutil.rmtree(kept, ignore_errors=True)
    return Path(shutil.move(sample, kept))


def _load_thumbnail(sample: Path) -> None:
    """Load the image of a sample as its thumbnail unless it is loaded already. Blender reads it in the background."""
    if session.thumbnails is not None and not bpy.app.background and str(sample) not in session.thumbnails:
        session.thumbnails.load(str(sample), str(rgb_file(sample)), "IMAGE")


def _redraw() -> None:
    """Redraw the sidebars."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
