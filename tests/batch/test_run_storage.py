# SPDX-License-Identifier: GPL-3.0-or-later
"""A command with --storage whose storage fails at its end, or that is interrupted there, does not tell success."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch.command_line import parse
from solar_site_addon.batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, INTERRUPTED, SOME_FAILED
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.launcher import main, rebuild
from solar_site_addon.batch.remote_storage import RemoteDataset
from solar_site_addon.batch.run_storage import spread
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings, with_values

from . import fake_blender

fsspec = pytest.importorskip("fsspec")


class NoFailure(Exception):  # noqa: N818 - the opposite of an error
    """This time, the upload succeeds."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait between two attempts."""
    monkeypatch.setattr("solar_site_addon.batch.retries.FIRST_PAUSE_SECONDS", 0.0)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Return the URL of storage in memory."""
    yield f"memory://{tmp_path.name}"
    files = fsspec.filesystem("memory")
    if files.exists(f"/{tmp_path.name}"):
        files.rm(f"/{tmp_path.name}", recursive=True)


@pytest.fixture
def fail_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Return what lets all uploads of a file of this name fail, after something was done that does not object."""
    kind = type(fsspec.filesystem("memory"))
    put: Callable[..., None] = kind.put_file

    def fail(name: str, first: Callable[[], object]) -> None:
        def put_file(self: object, file: str, target: str) -> None:
            if target.endswith(f"/{name}"):
                with contextlib.suppress(NoFailure):
                    first()
                    raise OSError("the network is down")
            put(self, file, target)

        monkeypatch.setattr(kind, "put_file", put_file)

    return fail


def stored(url: str) -> set[str]:
    return {path.rpartition("/")[2] for path in fsspec.filesystem("memory").find(url.removeprefix("memory:/"))}


def test_the_index_is_stored_last(out: Path, url: str) -> None:
    assert main([str(out), "--rebuild", "--storage", url]) == ALL_WHOLE
    assert {"sample.json", "dataset.json", "README.md"} <= stored(url)


@pytest.mark.parametrize("name", ["README.md", "dataset.json"])
def test_an_index_that_cannot_be_stored_is_no_success_and_no_wrong_command(
    out: Path, url: str, name: str, fail_on: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    fail_on(name, lambda: None)
    assert main([str(out), "--rebuild", "--storage", url, "--storage_wait_minutes", "0"]) == SOME_FAILED
    shown = capsys.readouterr()
    assert "The dataset could not be completed" in shown.err
    assert "the network is down" in shown.err
    assert "Stored under" not in shown.out
    assert "dataset.json" not in stored(url)


def test_an_index_that_cannot_be_stored_for_a_while_is_stored_later(
    out: Path, url: str, fail_on: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    attempts: list[int] = []

    def fail_twice() -> None:
        attempts.append(0)
        if len(attempts) > 2:
            raise NoFailure

    fail_on("metadata.json", fail_twice)
    assert main([str(out), "--rebuild", "--storage", url]) == ALL_WHOLE
    assert {"sample.json", "dataset.json", "metadata.json"} <= stored(url)
    assert capsys.readouterr().out.count("Paused: ") == 1


def test_an_interrupted_rebuild_stores_no_index_of_samples_that_are_not_there(
    out: Path, url: str, tmp_path: Path, fail_on: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    stop = tmp_path / "stop"
    fail_on("sample.json", stop.touch)
    request = parse([str(out), "--rebuild", "--storage", url])
    assert request is not None
    interruption = Interruption()
    interruption.watch(stop)
    assert rebuild(request, interruption) == INTERRUPTED
    shown = capsys.readouterr()
    assert f"Interrupted: the dataset is not completely stored under {url}." in shown.err
    assert "Stored under" not in shown.out
    assert not {"sample.json", "dataset.json"} & stored(url)


def store_others(url: str, folder: Path, indices: Iterable[int], settings: Settings) -> None:
    """Store samples made with other settings."""
    remote = RemoteDataset(url)
    for index in indices:
        sample = folder / "batch_01" / f"image_{index:04d}"
        sample.mkdir(parents=True)
        fake_blender.write_sample(sample, settings, image_number(index, 0, 1))
        remote.store_sample(sample)


@pytest.mark.parametrize("place", [1, 25, 40])
def test_a_few_stored_samples_of_other_settings_are_found_before_or_when_they_are_copied(
    out: Path, url: str, tmp_path: Path, place: int, capsys: pytest.CaptureFixture[str]
) -> None:
    others = with_values(Settings(), {"site.relief": 0.9})
    store_others(url, tmp_path / "same", [index for index in range(1, 41) if index != place], Settings())
    store_others(url, tmp_path / "other", [place], others)
    code = main([str(out), "--rebuild", "--storage", url])
    shown = capsys.readouterr()
    if place == 25:  # none of those that are looked at beforehand
        assert code == SOME_FAILED
        assert f"{url}/batch_01/image_0025 was made with other settings: remove it)" in shown.err
    else:
        assert code == BAD_ARGUMENTS
        assert f"{url} contains samples made with other settings" in shown.err
        assert not list(out.glob("batch_01/*"))
    assert not (out / "dataset.json").exists()
    assert not list(out.glob(f"batch_01/*image_{place:04d}*"))
    assert "dataset.json" not in stored(url)


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=50), st.integers(2, 10))
def test_those_that_are_looked_at_are_spread_over_all(indices: set[int], most: int) -> None:
    ascending = sorted(indices)
    chosen = spread(ascending, most)
    assert len(chosen) == len(set(chosen)) == min(most, len(ascending))
    assert {chosen[0], chosen[-1]} == {ascending[0], ascending[-1]}
    places = [ascending.index(one) for one in chosen]
    steps = [after - before for before, after in itertools.pairwise(places)]
    assert not steps or max(steps) - min(steps) <= 1
