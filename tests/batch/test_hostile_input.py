# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that somebody else may have written are data: whatever they hold, they are read or refused in one sentence.

Each file is fuzzed by arbitrary JSON and by mutations of a real one. Whole datasets are in
``tests/headless/test_hostile_datasets.py``, elevation models in ``test_hostile_models.py``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import math
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch.command_line import parse, read_settings
from solar_site_addon.batch.display import LineDisplay, bar_line, summary
from solar_site_addon.batch.estimate import Measured, estimated_seconds, read_measured, write_measured
from solar_site_addon.batch.events import EventTail
from solar_site_addon.batch.final_message import final_message, message_file
from solar_site_addon.batch.ownership import is_ours, refuse_foreign
from solar_site_addon.batch.progress import RunState, process_state
from solar_site_addon.batch.rebuild import information_about_run
from solar_site_addon.batch.run_record import make_recipe, read_record, refuse_other_samples
from solar_site_addon.batch.verify import verify_samples
from solar_site_addon.batch.work_unit import WorkUnit, read_unit, write_unit
from solar_site_addon.generator.dataset.files import SAMPLE_JSON, json_bytes, read_head, read_sample
from solar_site_addon.generator.dataset.index import assemble_dataset, find_samples
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError
from solar_site_addon.generator.domain.messages import SettingName
from solar_site_addon.generator.settings.schema import RunSettings, Settings, to_dict
from solar_site_addon.ui.presets import apply_preset, import_preset

from ..hostile import CHANGES, EDITS, changed, contents, in_one_sentence, mutated, share_of_cases

FUZZED = share_of_cases(0.08)
REAL_SETTINGS = json.dumps(to_dict(Settings())).encode()
UNIT = WorkUnit(Settings(), 0, (0, 1), "batch_00", "auto", use_gpu=True)
SAMPLE = {
    "schema": 2,
    "generator": {"version": "0.1.0", "blender": "4.5.0", "settings_sha256": "0" * 64},
    "index": 0,
    "site": 0,
    "view": 0,
    "seed": 0,
    "images": {"rgb": {"file": "rgb.png", "width": 16, "height": 16}},
    "files": {"rgb.png": {"bytes": 1, "sha256": "0" * 64}},
    "objects": [],
    "tables": [],
}
RECORD = {
    **dataclasses.asdict(make_recipe(Settings(), RunSettings(), "4.5.0")),
    "num_images": 2,
    "earlier": 0,
    "started": 1.0,
    "ended": None,
}
DATASET = {
    "schema": 2,
    "generators": [],
    "categories": [],
    "settings": {},
    "seed": 0,
    "num_images": 1,
    "failures": [],
    "timings": {"seconds": 1.0, "images_made": 1, "images_per_hour": 1.0, "seconds_by_image": {"0": 1.0}},
    "samples": [{"index": 0, "path": "batch_00/image_0000", "sha256": {"rgb.png": "0" * 64}}],
}
EVENTS = b'{"event": "image_started", "time": 1.0, "index": 0}\n{"event": "image_failed", "index": 0, "message": "x"}\n'


@pytest.fixture(autouse=True)
def no_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk thousands of times."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@FUZZED
@given(data=contents(REAL_SETTINGS))
def test_settings_files(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(data)
    in_one_sentence(lambda: read_settings(file, Settings()))


@FUZZED
@given(
    words=st.lists(
        st.text(max_size=30) | st.sampled_from(["--set", "--seed", "--shard", "--formats", "--"]), max_size=5
    )
)
def test_command_lines(words: list[str]) -> None:
    with contextlib.suppress(SystemExit):
        in_one_sentence(lambda: parse(words))


@FUZZED
@given(data=st.data())
def test_work_units(tmp_path: Path, data: Any) -> None:
    file = tmp_path / "batch_00.json"
    write_unit(file, UNIT)
    file.write_bytes(data.draw(contents(file.read_bytes())))

    def read() -> None:
        unit = read_unit(file)
        assert not set(unit.folder) & set("/\\.")

    in_one_sentence(read)


@FUZZED
@given(data=contents(json_bytes(SAMPLE)))
def test_samples(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "out" / "batch_00" / "image_0000"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rgb.png").write_bytes(b"x")
    (folder / SAMPLE_JSON).write_bytes(data)
    in_one_sentence(lambda: read_head(folder))
    in_one_sentence(lambda: read_sample(folder))
    in_one_sentence(lambda: find_samples(tmp_path / "out"))
    in_one_sentence(lambda: list(verify_samples(tmp_path / "out")))
    in_one_sentence(lambda: assemble_dataset(tmp_path / "out", {}, ("coco",)))
    in_one_sentence(
        lambda: refuse_other_samples(
            tmp_path / "out", find_samples(tmp_path / "out"), make_recipe(Settings(), RunSettings(), "4.5.0")
        )
    )


@FUZZED
@given(record=contents(json.dumps(RECORD).encode()), dataset=contents(json.dumps(DATASET).encode()))
def test_records_and_indexes(tmp_path: Path, record: bytes, dataset: bytes) -> None:
    out = tmp_path / "out"
    (out / ".work").mkdir(parents=True, exist_ok=True)
    (out / ".work" / "run.json").write_bytes(record)
    (out / ".work" / "result.json").write_bytes(dataset)
    (out / "dataset.json").write_bytes(dataset)
    in_one_sentence(lambda: read_record(out))
    in_one_sentence(lambda: is_ours(out))
    in_one_sentence(lambda: refuse_foreign(out, ("coco",)))
    in_one_sentence(lambda: information_about_run([out], ()))
    in_one_sentence(lambda: list(verify_samples(out)))


@FUZZED
@given(edits=EDITS, noise=st.binary(max_size=50))
def test_events(tmp_path: Path, edits: list[tuple[float, str, bytes]], noise: bytes) -> None:
    file = tmp_path / "batch_00.events.jsonl"
    file.write_bytes(mutated(EVENTS * 2, edits) + noise + b"\n")
    shown(file)


@FUZZED
@given(changes=CHANGES)
def test_events_with_other_values(tmp_path: Path, changes: list[tuple[float, Any, bool]]) -> None:
    file = tmp_path / "batch_00.events.jsonl"
    events = changed([json.loads(line) for line in EVENTS.splitlines()], changes)
    file.write_text("".join(json.dumps(event) + "\n" for event in events))
    shown(file)


def shown(file: Path) -> None:
    """Show the state that events tell of, as a launcher and the panel do."""
    state = process_state("batch_00", (0, 1), EventTail(file).read_new())
    assert set(state.remaining) <= {0, 1}
    run = RunState(2, 0, 0.0, (state,))
    assert bar_line(run, 1.0, 80)
    assert summary(run, {0: 0, 1: 1}, {"batch_00": "batch_00.log"}, 1.0)
    LineDisplay(io.StringIO()).close(run)
    assert str(run.latest_note)


@FUZZED
@given(data=contents(json.dumps({"settings": {"site": {"relief": [0.1, 0.2]}, "array": {"posts": "double"}}}).encode()))
def test_presets_of_the_panel(tmp_path: Path, data: bytes) -> None:
    file, folder = tmp_path / "mine.json", tmp_path / "presets"
    shutil.rmtree(folder, ignore_errors=True)
    file.write_bytes(data)
    in_one_sentence(lambda: apply_preset(Settings(), file))
    in_one_sentence(lambda: import_preset(file, folder))
    for made in folder.rglob("*.json"):
        apply_preset(Settings(), made)


@FUZZED
@given(data=st.data())
def test_small_files_of_ours(tmp_path: Path, data: Any) -> None:
    file = tmp_path / "measured.json"
    write_measured(file, Measured({"view": 1.0}, 100.0, 16.0, "CPU"))
    file.write_bytes(data.draw(contents(file.read_bytes())))
    measured = read_measured(file)
    if measured is not None:
        assert 0 <= estimated_seconds(measured, 100.0, 16.0, 1) <= math.inf
    log = tmp_path / "launcher.log"
    message = SettingsError("{setting} = {value:g} is bad.", setting=SettingName("site.relief"), value=2.0).message
    real = json.dumps(message.to_json()).encode()
    message_file(log).write_bytes(data.draw(contents(real)))
    assert isinstance(str(final_message(log)), str)


@pytest.mark.parametrize("folder", ["..", ".", "/var", "../other", "batch_00/..", "batch_00/../..", ".work", "C:\\x"])
def test_no_work_unit_leaves_the_dataset(tmp_path: Path, folder: str) -> None:
    file = tmp_path / "batch_00.json"
    write_unit(file, dataclasses.replace(UNIT, folder=folder))
    with pytest.raises(SolarSiteError, match="is not a work unit of Solar Site"):
        read_unit(file)


@pytest.mark.parametrize("name", ["../image_0000/rgb.png", "/proc/self/exe", "../../batch_00/image_0000/rgb.png"])
def test_no_sample_refers_to_files_outside_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "batch_00" / "image_0000"
    folder.mkdir(parents=True)
    (folder / "rgb.png").write_bytes(b"x")
    size = Path(folder / name).stat().st_size
    sample = {**SAMPLE, "files": {"rgb.png": {"bytes": 1, "sha256": "0" * 64}, name: {"bytes": size, "sha256": ""}}}
    (folder / SAMPLE_JSON).write_bytes(json_bytes(sample))
    assert read_head(folder) is None


@pytest.mark.parametrize("file", [{"bytes": 1}, {"bytes": 1, "sha256": 0}, {"bytes": 1, "sha256": None}])
def test_a_sample_with_a_file_without_checksum_is_damaged(tmp_path: Path, file: dict[str, Any]) -> None:
    folder = tmp_path / "batch_00" / "image_0000"
    folder.mkdir(parents=True)
    (folder / "rgb.png").write_bytes(b"x")
    (folder / SAMPLE_JSON).write_bytes(json_bytes({**SAMPLE, "files": {"rgb.png": file}}))
    assert read_head(folder) is None
    assert [found.damaged for found in verify_samples(tmp_path)] == [(SAMPLE_JSON,)]


def test_no_code_runs_while_a_file_is_read(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    text = f"__import__('pathlib').Path({str(witness)!r}).touch()"
    for data in (json.dumps({"site": {"relief": text}}), text, json.dumps({"__reduce__": text})):
        (tmp_path / "settings.json").write_text(data)
        with pytest.raises(SolarSiteError):
            read_settings(tmp_path / "settings.json", Settings())
    assert not witness.exists()


def test_an_integer_beyond_all_floats_is_not_allowed(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"site": {"relief": 10**400}}))
    with pytest.raises(SolarSiteError, match=r"site\.relief = .* is not allowed"):
        read_settings(tmp_path / "settings.json", Settings())
