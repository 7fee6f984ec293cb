# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that somebody else may have written are data: whatever they hold, they are read or refused in one sentence.

Each file is fuzzed by arbitrary JSON and by mutations of a real one. ``make torture`` runs more cases than ``make
test``: the environment variable SOLAR_SITE_FUZZ is their number.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solar_site_addon.batch.command_line import parse, read_settings
from solar_site_addon.batch.events import EventTail
from solar_site_addon.batch.ownership import is_ours, refuse_foreign
from solar_site_addon.batch.progress import process_state
from solar_site_addon.batch.rebuild import information_about_run
from solar_site_addon.batch.run_record import make_recipe, read_record, refuse_other_samples
from solar_site_addon.batch.verify import verify_samples
from solar_site_addon.batch.work_unit import WorkUnit, read_unit, write_unit
from solar_site_addon.generator.dataset.files import SAMPLE_JSON, json_bytes, read_head, read_sample
from solar_site_addon.generator.dataset.index import assemble_dataset, find_samples
from solar_site_addon.generator.domain.errors import SolarSiteError
from solar_site_addon.generator.settings.schema import RunSettings, Settings, to_dict

CASES = int(os.environ.get("SOLAR_SITE_FUZZ", "150"))
KINDS = 6
"""Kinds of files below, which share the cases."""
LONGEST_SENTENCE = 5000

FUZZED = settings(
    max_examples=max(1, CASES // KINDS),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
TOKENS = [
    *(b"null", b"true", b"-1", b"2", b"1e999", b"NaN", b"1" * 400, b"9" * 5000, b"{}", b"[]", b'"', b"}", b"\n"),
    *(b'"../../../etc/passwd"', b'"/dev/zero"', b'"\\ud800"', b"\x00", b"\xff\xfe", b"[" * 3000, b'{"a":' * 3000),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from(["flip", "cut", "insert", "replace", "double"]), st.sampled_from(TOKENS)
    ),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, edits: list[tuple[float, str, bytes]]) -> bytes:
    """Return ``data`` after all edits, each at a relative position."""
    for where, kind, token in edits:
        place = int(where * len(data))
        if kind == "flip" and data:
            place = min(place, len(data) - 1)
            data = data[:place] + bytes([data[place] ^ 0x11]) + data[place + 1 :]
        elif kind == "cut":
            data = data[:place]
        elif kind == "insert":
            data = data[:place] + token + data[place:]
        elif kind == "replace":
            end = next((n for n in range(place, len(data)) if data[n : n + 1] in b",]}\n"), len(data))
            data = data[:place] + token + data[end:]
        else:
            data = data[:place] + data[place // 2 :]
    return data


def contents(real: bytes) -> st.SearchStrategy[bytes]:
    """Return arbitrary JSON, arbitrary bytes, JSON with the keys of a real file, and mutations of it."""
    keys = list(json.loads(real))
    with_keys = st.dictionaries(st.sampled_from(keys), JSON, max_size=8).map(
        lambda some: json.dumps({**json.loads(real), **some}).encode()
    )
    return st.one_of(
        EDITS.map(lambda edits: mutated(real, edits)),
        with_keys,
        JSON.map(lambda value: json.dumps(value).encode()),
        st.binary(max_size=200),
    )


def in_one_sentence(action: Callable[[], Any]) -> None:
    """Do something that may be refused, but only by an error that is a sentence."""
    try:
        action()
    except SolarSiteError as error:
        text = str(error)
        assert text
        assert "Traceback" not in text
        assert len(text) < LONGEST_SENTENCE


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
    events = EventTail(file).read_new()
    state = process_state("batch_00", (0, 1), events)
    assert set(state.remaining) <= {0, 1}


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
