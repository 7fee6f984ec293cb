# SPDX-License-Identifier: GPL-3.0-or-later
"""Shards: several launchers make one dataset, in one folder or in several, as a single one would."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch.command_line import parse_shard
from solar_site_addon.batch.exit_codes import ALL_WHOLE, INTERRUPTED
from solar_site_addon.batch.interruption import InterruptedRun
from solar_site_addon.batch.launcher import main
from solar_site_addon.batch.merge import merge_datasets
from solar_site_addon.batch.shard import WHOLE, Shard
from solar_site_addon.generator.dataset.layout import batch_name
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.settings.schema import RunSettings

Wait = Callable[[Callable[[], bool]], None]
LAUNCHES = pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")


@given(st.integers(1, 40), st.integers(1, 300), st.integers(1, 12))
def test_every_image_and_every_unit_belongs_to_one_shard(count: int, num_images: int, views: int) -> None:
    shards = [Shard(number, count) for number in range(count)]
    for index in range(num_images):
        assert sum(shard.has_image(index, views) for shard in shards) == 1
    for shard in shards:
        own = sum(shard.has_image(index, views) for index in range(num_images))
        assert shard.number_of_images(num_images, views) == own
    names = [name for shard in shards for name in shard.batch_names(3)]
    assert len(set(names)) == 3 * count
    for shard in shards:
        assert [name for name in names if shard.has_batch(name)] == shard.batch_names(3)


def test_the_views_of_a_site_are_in_one_shard_and_more_images_move_none() -> None:
    shard = Shard(1, 3)
    own = [index for index in range(30) if shard.has_image(index, 4)]
    assert own == [4, 5, 6, 7, 16, 17, 18, 19, 28, 29]
    assert [index for index in range(60) if shard.has_image(index, 4)][: len(own)] == own


def test_a_whole_dataset_is_the_only_shard() -> None:
    assert WHOLE.batch_names(3) == [batch_name(0), batch_name(1), batch_name(2)]
    assert WHOLE.number_of_images(17, 5) == 17
    assert WHOLE.suffix == ""


@pytest.mark.parametrize("text", ["", "1", "4/4", "1/0", "-1/4", "1/4/2", "a/b", "1 / 4", "0/1000000", "٣/٤"])
def test_other_shards_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="must be I/N, where N is the number of shards and I counts from 0"):
        parse_shard(text)


def test_a_shard_is_read() -> None:
    assert parse_shard("3/16") == Shard(3, 16)
    assert parse_shard("0/1") == WHOLE


def contents(out: Path) -> dict[str, bytes]:
    """Return the files of all samples by image and name, wherever their folders are."""
    return {f"{file.parent.name}/{file.name}": file.read_bytes() for file in out.glob("batch_*/image_*/*")}


def without_timings(file: Path) -> Any:
    document = json.loads(file.read_text())
    del document["timings"]
    return document


ARGUMENTS = ("--num_images", "11", "--views_per_site", "2", "--num_parallel", "2", "--seed", "5")


@LAUNCHES
@pytest.mark.slow
def test_shards_in_folders_of_their_own_merge_into_the_dataset_of_a_single_run(launcher: Any, tmp_path: Path) -> None:
    parts = [tmp_path / f"part_{number}" for number in range(3)]
    processes = [
        launcher.start(*ARGUMENTS, "--shard", f"{number}/3", out=part, fail={"7": "No table fits."})
        for number, part in enumerate(parts)
    ]
    codes = [(process.communicate(timeout=600), process.returncode)[1] for process in processes]
    assert codes == [1, 0, 0]
    assert not any((part / "dataset.json").exists() for part in parts)
    assert sorted(index for index, _ in launcher.begun()) == list(range(11)), "every image is made once"
    assert launcher.run(*ARGUMENTS, fail={"7": "No table fits."}).returncode == 1
    merged = tmp_path / "merged"
    result = launcher.run(
        *(str(part) for part in parts[1:]), "--rebuild", "--into", str(merged), *ARGUMENTS, out=parts[0]
    )
    assert result.returncode == 0, result.stderr
    layout = [{file.relative_to(out).as_posix() for file in out.glob("batch_*/*/*")} for out in (launcher.out, merged)]
    assert layout[0] == layout[1]
    assert contents(merged) == contents(launcher.out)
    single, together = (out / "annotations" / "instances.json" for out in (launcher.out, merged))
    assert together.read_bytes() == single.read_bytes()
    expected, found = (without_timings(out / "dataset.json") for out in (launcher.out, merged))
    failures = (
        [{**one, "log": ""} for one in found.pop("failures")],
        [{**one, "log": ""} for one in expected.pop("failures")],
    )
    assert failures[0] == failures[1]
    assert found == expected
    again = launcher.run(*ARGUMENTS, out=merged)
    assert again.returncode == 0, again.stderr
    assert "10 complete already" in again.stdout


@LAUNCHES
@pytest.mark.slow
def test_shards_share_a_folder_at_the_same_time(launcher: Any, wait_until: Wait) -> None:
    first = launcher.start(*ARGUMENTS, "--shard", "0/2", hold=[0])
    wait_until(lambda: 0 in {index for index, _ in launcher.begun()})
    half = launcher.out / "batch_00" / ".image_0000.partial"
    assert half.is_dir()
    second = launcher.run(*ARGUMENTS, "--shard", "1/2")
    assert second.returncode == 0, second.stderr
    assert half.is_dir(), "a shard removes nothing that another is writing"
    for arguments, words in (
        (ARGUMENTS, "Another launcher is running"),
        ((*ARGUMENTS, "--shard", "0/2"), "Another launcher is running"),
        ((*ARGUMENTS, "--shard", "1/3"), "Shard 0/2 is running"),
        (("--rebuild",), "Another launcher is running"),
    ):
        refused = launcher.run(*arguments)
        assert refused.returncode in (1, 2)
        assert words in refused.stderr
    launcher.let_go()
    assert (first.communicate(timeout=600), first.returncode)[1] == 0
    assert sorted(index for index, _ in launcher.begun()) == list(range(11))
    assert not (launcher.out / "dataset.json").exists()
    assert launcher.run("--rebuild").returncode == 0
    dataset = launcher.dataset()
    assert [sample["index"] for sample in dataset["samples"]] == list(range(11))
    assert (dataset["num_images"], dataset["seed"], dataset["views_per_site"], dataset["failures"]) == (11, 5, 2, [])
    assert set(dataset["timings"]["seconds_by_image"]) == {str(index) for index in range(11)}
    shared = contents(launcher.out)
    shutil.rmtree(launcher.out)
    assert launcher.run(*ARGUMENTS).returncode == 0
    assert contents(launcher.out) == shared


@LAUNCHES
@pytest.mark.slow
def test_a_killed_shard_resumes_and_a_whole_run_takes_over(launcher: Any, wait_until: Wait) -> None:
    killed = launcher.start(*ARGUMENTS, "--shard", "1/2", hold=[6])
    wait_until(lambda: 6 in {index for index, _ in launcher.begun()})
    killed.kill()
    killed.communicate(timeout=600)
    launcher.let_go()
    assert launcher.run(*ARGUMENTS, "--shard", "1/2").returncode == 0
    assert launcher.run(*ARGUMENTS).returncode == 0
    assert launcher.dataset()["failures"] == []
    assert set(launcher.samples()) == set(range(11))
    assert not list((launcher.out / ".work").glob("run.shard*"))
    assert not list(launcher.out.glob("batch_*/.*"))


@LAUNCHES
@pytest.mark.slow
def test_an_interrupted_merge_is_continued_by_the_same_command(
    launcher: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [tmp_path / "a", tmp_path / "b"]
    for number, part in enumerate(parts):
        assert launcher.run("--num_images", "4", "--shard", f"{number}/2", out=part).returncode == 0
    once = merge_datasets(parts, tmp_path / "once", RunSettings())
    merged = tmp_path / "merged"
    for calls in range(2 * once.num_samples):  # before each sample is put in place, and before each is read
        left = iter(range(calls))

        def stop(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise InterruptedRun

        with pytest.raises(InterruptedRun):
            merge_datasets(parts, merged, RunSettings(), stop)
        assert len(contents(merged)) == len(contents(tmp_path / "once")) * min(calls, 4) // 4
        assert not list(merged.rglob(".*.partial"))
        assert not (merged / "dataset.json").exists()
    command = [str(parts[0]), str(parts[1]), "--rebuild", "--into", str(merged)]
    cancel = tmp_path / "cancel"
    cancel.touch()
    assert main(command, cancelled_by=cancel) == INTERRUPTED
    words = "Interrupted: the samples merged so far are kept. To continue, run the same command again.\n"
    assert capsys.readouterr().err == words
    assert main(command) == ALL_WHOLE
    assert contents(merged) == contents(tmp_path / "once")
    for name in ("dataset.json", "annotations/instances.json"):
        assert (merged / name).read_bytes() == (tmp_path / "once" / name).read_bytes()


@LAUNCHES
@pytest.mark.slow
def test_shards_of_other_settings_are_not_merged(launcher: Any, tmp_path: Path) -> None:
    parts = [tmp_path / "a", tmp_path / "b"]
    for number, part in enumerate(parts):
        result = launcher.run("--num_images", "2", "--seed", str(number), "--shard", f"{number}/2", out=part)
        assert result.returncode == 0
    into = ("--into", str(tmp_path / "both"))
    result = launcher.run(str(parts[1]), "--rebuild", *into, out=parts[0])
    assert result.returncode == 2
    assert "contains samples made with seed = " in result.stderr
    assert not (tmp_path / "both").exists()
    for arguments, words in (
        ((str(tmp_path / "none"), "--rebuild", *into), "none contains no samples."),
        (into, "--into is only for merging datasets"),
        ((str(parts[1]), "--rebuild"), "is one argument too many"),
    ):
        refused = launcher.run(*arguments, out=parts[0])
        assert refused.returncode == 2
        assert words in refused.stderr


@LAUNCHES
@pytest.mark.slow
def test_more_shards_than_sites_leave_some_without_images(launcher: Any) -> None:
    result = launcher.run("--num_images", "2", "--shard", "5/8")
    assert result.returncode == 0, result.stderr
    assert "0 of 0 images are complete" in result.stdout
