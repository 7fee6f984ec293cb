# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches in the panel: start, cancel, find again and resume; and the rendered preview."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from solar_site_addon.batch.blender_command import BlenderCommand
from solar_site_addon.batch.command_line import Request, parse, to_arguments
from solar_site_addon.batch.control import launcher_command
from solar_site_addon.batch.dataset_folder import cancel_file, record_file, work_folder
from solar_site_addon.batch.final_message import message_file
from solar_site_addon.batch.lock import is_running, only_launcher
from solar_site_addon.generator.domain.messages import RESUME, Message
from solar_site_addon.generator.settings.schema import Settings, to_dict

pytestmark = pytest.mark.bpy

Wait = Callable[[Callable[[], bool]], None]


def whole(folder: Path) -> list[Path]:
    return sorted(folder.glob("batch_*/image_*/sample.json"))


def test_a_batch_can_be_canceled_found_again_and_resumed(
    bpy: Any, scene: Any, tmp_path: Path, wait_until: Wait
) -> None:
    from solar_site_addon import register, unregister
    from solar_site_addon.ui.session import folder_view, update_batches

    out = tmp_path / "data"
    scene.solar_site.folder = str(out)
    assert not bpy.ops.solar_site.cancel_batch.poll()
    bpy.ops.solar_site.start_batch()
    assert not bpy.ops.solar_site.start_batch.poll()
    wait_until(lambda: len(whole(out)) == 1)
    bpy.ops.solar_site.cancel_batch()
    wait_until(lambda: folder_view().status == "STOPPED")
    assert len(whole(out)) < 2
    assert not list(out.glob("batch_*/.image_*")), "an incomplete sample is left"

    scene.solar_site.site.relief = (0.9, 0.9)  # Resume must use the settings of the batch, not these
    unregister()
    register()
    root = bpy.context.scene.solar_site
    root.folder, root.run.device, root.automatic_processes, root.run.num_parallel = str(out), "cpu", False, 1
    update_batches()
    assert folder_view().status == "STOPPED"
    bpy.ops.solar_site.resume_batch()
    wait_until(lambda: folder_view().status == "FINISHED")
    dataset = json.loads((out / "dataset.json").read_text())
    assert [sample["seed"] for sample in dataset["samples"]] == [0, 1]
    assert dataset["settings"]["site"]["size_m"] == 150
    assert dataset["settings"]["site"]["relief"] != 0.9
    assert not bpy.ops.solar_site.resume_batch.poll()
    assert bpy.ops.solar_site.open_folder.poll()


def test_a_launcher_that_has_not_started_rendering_can_be_found_again_and_canceled(
    bpy: Any, scene: Any, tmp_path: Path, wait_until: Wait
) -> None:
    from solar_site_addon.batch.control import is_alive
    from solar_site_addon.ui.batches import launcher_log
    from solar_site_addon.ui.session import folder_view, session

    out = tmp_path / "data"
    scene.solar_site.folder = str(out)
    bpy.ops.solar_site.start_batch()
    wait_until(lambda: is_alive(launcher_log(out)))
    known = session.batches
    for cache in (known.launchers, known.views, known.readers):  # as after another start of Blender
        cache.clear()
    wait_until(lambda: folder_view().status == "STARTING")
    assert not bpy.ops.solar_site.start_batch.poll(), "a second launcher was started"
    assert not out.exists()
    bpy.ops.solar_site.cancel_batch()
    wait_until(lambda: folder_view().status == "EMPTY")
    assert not is_alive(launcher_log(out))
    assert whole(out) == []


def test_a_batch_that_cannot_start_gives_the_reason(bpy: Any, scene: Any, tmp_path: Path, wait_until: Wait) -> None:
    from solar_site_addon.ui.session import folder_view

    scene.solar_site.folder = str(tmp_path / "data")
    scene.solar_site.site.relief, scene.solar_site.array.max_slope_deg = (1, 1), 1
    bpy.ops.solar_site.start_batch()
    wait_until(lambda: folder_view().status not in ("EMPTY", "STARTING"))
    assert folder_view().status == "REFUSED"
    assert str(folder_view().message).startswith("No table fits on this site")
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(shutil.which("false") is None, reason="there is no program that does nothing but fail")
@pytest.mark.parametrize("ends_at_once", [False, True])
def test_a_program_other_than_blender_is_reported_with_its_log(
    bpy: Any, scene: Any, tmp_path: Path, wait_until: Wait, monkeypatch: pytest.MonkeyPatch, ends_at_once: bool
) -> None:
    from solar_site_addon.ui import batch_operators
    from solar_site_addon.ui.batches import FolderView
    from solar_site_addon.ui.session import folder_view, session, update_batches

    out = tmp_path / "data"
    scene.solar_site.folder = str(out)
    command = BlenderCommand(str(shutil.which("false")), is_wheel=False)
    monkeypatch.setattr(batch_operators, "background_blender", lambda: command)
    start = batch_operators.start_detached

    def start_and_wait(*arguments: Any) -> Any:
        process = start(*arguments)
        if ends_at_once:
            process.wait()
        return process

    monkeypatch.setattr(batch_operators, "start_detached", start_and_wait)
    bpy.ops.solar_site.start_batch()
    wait_until(lambda: folder_view().status != "STARTING")
    assert folder_view().status == "REFUSED"
    assert str(folder_view().message) == "Blender ended with exit code 1 before the batch began."
    assert bpy.ops.solar_site.open_log.poll()
    session.batches.views[out] = FolderView("FAILED")  # a batch that had begun, and whose folder was removed since
    for _ in range(2):
        update_batches()
        assert folder_view().status == "EMPTY"


def test_no_batch_can_be_started_without_a_folder(bpy: Any, scene: Any) -> None:
    assert not bpy.ops.solar_site.start_batch.poll()
    assert not bpy.ops.solar_site.copy_command_line.poll()


def test_the_copied_command_line_matches_the_panel(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.batch_operators import batch_request
    from solar_site_addon.ui.properties import settings_of

    scene.solar_site.folder = str(tmp_path / "with blank")
    scene.solar_site.camera.altitude_agl_m = (61.3, 80)
    request = batch_request()
    command = launcher_command(BlenderCommand("/opt/blender", is_wheel=False), request)
    assert command[:6] == ["/opt/blender", "-b", "--factory-startup", "--python-exit-code", "1", "-P"]
    assert Path(command[6]).name == "launcher_main.py"
    parsed = parse(command[command.index("--") + 1 :])
    assert isinstance(parsed, Request)
    assert parsed.settings == settings_of()[0]
    assert (parsed.out, parsed.run) == (tmp_path / "with blank", request.run)


def test_the_annotated_preview_is_rendered_in_the_background(bpy: Any, scene: Any, wait_until: Wait) -> None:
    from solar_site_addon.ui.session import session, tick

    tick()
    assert session.outlook.seconds is None
    bpy.ops.solar_site.render_preview()
    assert session.preview_render.measured_if_done("CPU") is None, "the operator must not block the window"
    assert bpy.ops.solar_site.render_preview() == {"CANCELLED"}, "it is already being rendered"
    wait_until(lambda: session.preview_render is None)
    assert session.preview_message is None
    image = bpy.data.images["Solar Site image"]
    assert tuple(image.size) == (160, 120)
    assert np.array(image.pixels).reshape(120, 160, 4)[..., :3].std() > 0.02
    tick()
    assert session.outlook.seconds_per_image > 0
    assert set(session.measured.stages) == {"site", "view", "passes", "radiance", "files"}
    plain = np.array(image.pixels)
    assert bpy.ops.solar_site.toggle_annotation(part="masks") == {"FINISHED"}
    assert not np.array_equal(np.array(image.pixels), plain), "the annotations were not switched"
    assert session.preview_render is None, "annotations must not be rendered"
    with pytest.raises(RuntimeError, match="Show an image of the batch first"):
        bpy.ops.solar_site.rebuild_site()
    bpy.ops.solar_site.generate_preview()
    assert "Solar Site image" in bpy.data.images, "a new site must not remove the image"


def test_checking_the_lock_does_not_keep_a_launcher_out(tmp_path: Path) -> None:
    work_folder(tmp_path).mkdir()
    assert not is_running(tmp_path)
    cancel_file(tmp_path).touch()
    with only_launcher(tmp_path):
        assert is_running(tmp_path)
        assert not cancel_file(tmp_path).exists(), "a cancel file of an earlier run must be removed"
    assert not is_running(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="the process is looked for with ps")
def test_disabling_the_extension_cancels_the_running_preview(bpy: Any, scene: Any) -> None:
    from solar_site_addon.ui.session import session, stop

    bpy.ops.solar_site.render_preview()
    worker = session.preview_render._worker
    stop()
    assert worker.exit_code() is not None


def test_a_preview_canceled_between_two_updates_is_no_longer_drawn(
    bpy: Any, scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from solar_site_addon.ui import session as module

    drawn: list[bool] = []
    monkeypatch.setattr(module, "_redraw", lambda: drawn.append(module.session.preview_render is not None))
    bpy.ops.solar_site.render_preview()
    module.tick()
    module.cancel_preview()
    module.tick()
    assert drawn[-2:] == [True, False]
    drawn.clear()
    module.tick()
    assert drawn == []


def test_automatic_processes_match_the_recommendation_of_launcher_and_doctor(
    bpy: Any, scene: Any, tmp_path: Path, capsys: Any
) -> None:
    from solar_site_addon.batch import launcher
    from solar_site_addon.ui.properties import settings_of
    from solar_site_addon.ui.session import processes_for, update_device

    settings, run = settings_of()
    root = scene.solar_site
    root.automatic_processes, root.folder = True, str(tmp_path / "out")
    update_device()
    automatic = processes_for(settings, run.num_images)
    asked = Request(tmp_path / "out", settings, run)
    assert launcher.main([*to_arguments(asked), "--dry_run"]) == 0
    assert f"(recommended for this machine: {automatic})" in capsys.readouterr().out
    assert launcher.main([*to_arguments(asked), "--doctor"]) == 0
    assert f"--num_parallel {automatic}" in capsys.readouterr().out.splitlines()[-1]


class Ended:
    """A launcher started by the panel that has exited."""

    def __init__(self, code: int) -> None:
        self.code = code

    def poll(self) -> int:
        return self.code


def a_run(out: Path, **changed: Any) -> None:
    """Write the record of a finished run of two images, both made by an earlier run."""
    work_folder(out).mkdir(parents=True, exist_ok=True)
    record = {"num_images": 2, "earlier": 2, "started": 1.0, "ended": 0, "settings": to_dict(Settings()), "seed": 0}
    others = {"settings_sha256": "", "views_per_site": 1, "solar_site": "0.1.0", "blender": "4.5.0"}
    record_file(out).write_text(json.dumps({**record, **others, **changed}))


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        (0, "FINISHED", ""),
        (1, "FAILED", "The dataset could not be completed (no space). To continue, use Resume."),
        (2, "REFUSED", "The dataset could not be completed (no space). To continue, use Resume."),
        (3, "FAILED", "The dataset could not be completed (no space). To continue, use Resume."),
        (-11, "FAILED", "Blender ended with signal SIGSEGV before the batch was complete."),
        (130, "STOPPED", ""),
    ],
)
def test_the_launchers_exit_code_takes_precedence_over_an_older_run_in_the_folder(
    bpy: Any, scene: Any, tmp_path: Path, code: int, status: str, expected: str
) -> None:
    from solar_site_addon.ui.batches import launcher_log
    from solar_site_addon.ui.locale.translations import say_message
    from solar_site_addon.ui.panel_parts import draw_run
    from solar_site_addon.ui.session import folder_view, session, update_batches

    a_run(tmp_path)
    scene.solar_site.folder = str(tmp_path)
    message = Message(
        "The dataset could not be completed ({reason}). To continue, {remedy}.",
        {"reason": "no space", "remedy": RESUME},
    )
    message_file(launcher_log(tmp_path)).write_text(json.dumps(message.to_json()))
    session.batches.launchers[tmp_path] = Ended(code)
    update_batches()
    view = folder_view()
    assert view.status == status
    assert (say_message(view.message) if view.message else "") == expected
    drawn = MagicMock()
    draw_run(drawn, view)
    heading = drawn.label.call_args_list[0].kwargs
    assert (heading["icon"] == "CHECKMARK") == (code == 0)
    assert (heading["text"] == "All images are finished") == (code == 0)
    assert session.batches.launchers[tmp_path].poll() == code
    a_run(tmp_path, started=time.time() + 1)  # finished later in a terminal
    update_batches()
    assert folder_view().status == "FINISHED"


@pytest.mark.parametrize(("ended", "status"), [(0, "FINISHED"), (None, "STOPPED"), (130, "STOPPED")])
def test_a_run_killed_after_its_last_image_is_not_shown_as_finished(
    bpy: Any, scene: Any, tmp_path: Path, ended: int | None, status: str
) -> None:
    from solar_site_addon.ui.session import folder_view, update_batches

    a_run(tmp_path, ended=ended)
    scene.solar_site.folder = str(tmp_path)
    update_batches()
    assert folder_view().status == status


def test_a_folder_that_is_not_ours_is_refused_before_a_launcher_is_started(
    bpy: Any, scene: Any, tmp_path: Path
) -> None:
    from solar_site_addon.ui.session import session

    (tmp_path / "dataset.json").write_text("mine")
    scene.solar_site.folder = str(tmp_path)
    with pytest.raises(RuntimeError, match="is not a Solar Site dataset"):
        bpy.ops.solar_site.start_batch()
    assert session.batches.launchers == {}
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("dataset.json", "mine")]


def test_a_second_launcher_is_not_started_from_another_window(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.batch.control import lock_of
    from solar_site_addon.batch.lock import locked
    from solar_site_addon.ui.batches import launcher_log
    from solar_site_addon.ui.session import session

    scene.solar_site.folder = str(tmp_path / "data")
    log = launcher_log(tmp_path / "data")
    log.write_text("what the first one prints")
    with locked(lock_of(log)), pytest.raises(RuntimeError, match="Another launcher is running"):
        bpy.ops.solar_site.start_batch()
    assert session.batches.launchers == {}
    assert log.read_text() == "what the first one prints"


def test_a_launcher_that_fails_midway_is_not_shown_as_finished(
    bpy: Any, scene: Any, tmp_path: Path, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    from solar_site_addon.ui.session import folder_view, update_batches
    from tests.headless.test_last_resort import BREAK, FAULT, INSTALL

    out = tmp_path / "data"
    a_run(out)
    (tmp_path / "sitecustomize.py").write_text(BREAK + INSTALL)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SOLAR_SITE_TEST_BREAKS", "find_blender")
    scene.solar_site.folder = str(out)
    update_batches()
    assert folder_view().status == "FINISHED"
    bpy.ops.solar_site.start_batch()
    wait_until(lambda: folder_view().status not in ("STARTING", "RUNNING"))
    view = folder_view()
    log = out / ".work" / "launcher_error.log"
    assert view.status == "FAILED"
    assert str(view.message) == f"Internal error in Solar Site ({FAULT}); see the log {log}"
    assert FAULT in log.read_text()


def test_a_refusal_goes_when_its_cause_is_mended(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.session import folder_view, request_key, session, update_batches

    out = tmp_path / "data"
    scene.solar_site.folder = str(out)
    session.batches.started(out, Ended(2), request_key())
    update_batches()
    assert folder_view().status == "REFUSED"
    update_batches()
    assert folder_view().status == "REFUSED", "nothing was mended"
    scene.solar_site.site.relief = (0.1, 0.2)
    update_batches()
    assert folder_view().status == "EMPTY"


def test_batches_in_other_folders_are_listed_and_can_be_shown(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.panel_parts import draw_other_batches
    from solar_site_addon.ui.session import current_folder, folder_view, session, tick

    one, other = tmp_path / "one", tmp_path / "other"
    a_run(one)
    scene.solar_site.folder = str(one)
    tick()
    scene.solar_site.folder = str(other)
    bpy.context.window_manager.windows[0].scene = bpy.data.scenes.new("Another")
    session.batches.views.clear()
    session.batches.remembered = None  # as in another session of Blender
    tick()
    column = MagicMock()
    draw_other_batches(column, current_folder())
    shown, forget = column.row().operator.call_args_list
    assert "one   2 of 2" in shown.kwargs["text"]
    assert forget.args == ("solar_site.forget_batch",)
    bpy.ops.solar_site.show_batch(folder=str(one))
    assert folder_view().status == "FINISHED"
    bpy.ops.solar_site.forget_batch(folder=str(one))
    assert session.batches.recent == []


def test_the_end_of_a_batch_is_told_once(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.batches import RUNNING, FolderView
    from solar_site_addon.ui.session import session, update_batches

    a_run(tmp_path)
    scene.solar_site.folder = str(tmp_path)
    session.batches.views[tmp_path] = FolderView(RUNNING)
    update_batches()
    notice, folder = session.notice
    assert (notice.template, folder) == ("The batch {folder} is finished", tmp_path)
    session.notice = None
    update_batches()
    assert session.notice is None


def test_a_quick_test_renders_a_few_small_images_in_another_folder(bpy: Any, scene: Any, tmp_path: Path) -> None:
    from solar_site_addon.ui.batch_operators import batch_request, quick_request

    root = scene.solar_site
    root.folder, root.camera.width_px, root.camera.height_px = str(tmp_path / "data"), 0, 0
    root.run.num_images = 50
    batch, quick = batch_request(), quick_request()
    assert quick.run.num_images == 4
    assert quick.settings.camera.image_size == (1320, 989)
    assert quick.out.parent == batch.out.parent
    assert quick.out != batch.out
    assert quick.run.seed == batch.run.seed
    assert quick_request().out == quick.out
    root.site.relief = (0.1, 0.2)
    assert quick_request().out != quick.out, "a folder holds images of the same settings"
