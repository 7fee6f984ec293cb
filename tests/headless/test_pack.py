# SPDX-License-Identifier: GPL-3.0-or-later
"""Tar files of samples are read by the webdataset library, have the same bytes each time, and are completed later."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import webdataset

from headless.export import main
from solar_site_addon.generator.dataset import packing
from solar_site_addon.generator.dataset.files import json_bytes
from solar_site_addon.generator.dataset.schema import SCHEMA

PADDING = 500_000
"""Bytes of an image, so that two samples fill a shard of 1 MB."""


def add_sample(out: Path, index: int) -> None:
    """Write a sample of a site of its own, with files as others might have them."""
    folder = out / "batch_00" / f"image_{index:04d}"
    folder.mkdir(parents=True)
    contents = {"rgb.png": bytes([index]) * PADDING, "depth.exr": b"depth %d" % index}
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    document = {
        "schema": SCHEMA,
        "index": index,
        "site": index,
        "view": 0,
        "seed": 1,
        "generator": {"version": "1", "blender": "4.5", "settings_sha256": "0"},
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in contents.items()
        },
        "images": {"rgb": {"file": "rgb.png", "width": 16, "height": 16}},
        "objects": [],
        "tables": [],
        "conditions": [],
    }
    (folder / "sample.json").write_bytes(json_bytes(document))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return ten samples, each of a site of its own."""
    for index in range(10):
        add_sample(tmp_path / "made", index)
    return tmp_path / "made"


def run(out: Path, *more: str) -> int:
    return main([str(out), "--pack", "webdataset", "--shard_mb", "1", *more])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()][1:]


def test_webdataset_reads_every_sample_of_each_subset(out: Path) -> None:
    assert run(out, "--split", "0.8/0.1/0.1") == 0
    found = {}
    for line in lines(out / "webdataset"):
        shard = out / "webdataset" / str(line["shard"])
        samples = list(webdataset.WebDataset(str(shard), shardshuffle=False))
        assert len(samples) == line["samples"]
        assert hashlib.sha256(shard.read_bytes()).hexdigest() == line["sha256"]
        for sample in samples:
            index = json.loads(sample["sample.json"])["index"]
            assert line["first"] <= index <= line["last"]
            assert sample["__key__"] == f"image_{index:04d}"
            assert sample["rgb.png"] == bytes([index]) * PADDING
            assert sample["depth.exr"] == b"depth %d" % index
            found[index] = str(line["shard"]).split("-")[0]
    assert found == {index: {4: "val", 9: "test"}.get(index, "train") for index in range(10)}
    assert len(lines(out / "webdataset")) == 6


def test_an_interrupted_run_continues_and_ends_with_the_same_bytes(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(out) == 0
    whole = contents(out / "webdataset")
    write, written = packing._write, []

    def failing(shard: packing.Shard, target: Path) -> packing.Line:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(shard.name)
        return write(shard, target)

    monkeypatch.setattr(packing, "_write", failing)
    assert run(out, "--to", str(out / "other")) == 130
    assert "continues" in capsys.readouterr().err
    with (out / "other" / "index.jsonl").open("a") as file:
        file.write('{"shard": "trai')
    monkeypatch.setattr(packing, "_write", lambda *given: written.append(given[0].name) or write(*given))
    assert run(out, "--to", str(out / "other")) == 0
    assert sorted(written) == sorted(set(whole) - {"index.jsonl"})
    assert contents(out / "other") == whole


def test_more_samples_change_the_last_shards_only_and_old_ones_are_removed(out: Path) -> None:
    assert run(out) == 0
    before = {path.name: path.stat().st_mtime_ns for path in (out / "webdataset").glob("*.tar")}
    add_sample(out, 10)
    assert run(out) == 0
    after = {path.name: path.stat().st_mtime_ns for path in (out / "webdataset").glob("*.tar")}
    assert {name for name in after if after[name] != before.get(name)} == {max(n for n in after if "train" in n)}
    assert run(out, "--split", "0.5/0.5", "--shard_mb", "100") == 0
    assert {path.name for path in (out / "webdataset").glob("*.tar")} == {"train-000000.tar", "val-000000.tar"}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--pack", "zip"), "webdataset"),
        (("--shard_mb", "0"), "shard_mb"),
        (("--tile", "128"), "cannot be combined"),
        (("--hdf5",), "cannot be combined"),
        (("--to", "{out}/batch_00"), "exists already"),
        (("--to", "{out}/batch_00/image_0000/rgb.png"), "exists already"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence(
    out: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], said: str
) -> None:
    assert run(out, *(flag.format(out=out) for flag in flags)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (out / "webdataset").exists()


def test_the_size_of_shards_is_refused_without_packing(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(out), "--shard_mb", "5"]) == 2
    assert capsys.readouterr().err == "--shard_mb is only for --pack.\n"
    assert [path.name for path in out.iterdir()] == ["batch_00"]


def test_tar_files_of_others_are_kept(out: Path) -> None:
    assert run(out) == 0
    other = out / "webdataset" / "train-000099.tar"
    other.write_bytes(b"not ours")
    add_sample(out, 10)
    assert run(out) == 0
    assert other.read_bytes() == b"not ours"


def test_a_damaged_file_is_never_packed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "batch_00" / "image_0003" / "rgb.png").write_bytes(b"x" * PADDING)
    assert run(out) == 2
    error = capsys.readouterr().err
    assert "image_0003" in error
    assert error.count("\n") == 1
    assert not list((out / "webdataset").glob(".*"))
