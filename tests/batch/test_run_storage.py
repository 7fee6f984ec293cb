# SPDX-License-Identifier: GPL-3.0-or-later
"""A command with --storage whose storage fails at its end, or that is interrupted there, does not tell success."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from solar_site_addon.batch.command_line import parse
from solar_site_addon.batch.exit_codes import ALL_WHOLE, INTERRUPTED, SOME_FAILED
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.launcher import main, rebuild
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from . import fake_blender

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a dataset folder with one sample and no index."""
    folder = tmp_path / "out" / "batch_00" / "image_0000"
    folder.mkdir(parents=True)
    fake_blender.write_sample(folder, Settings(), image_number(0, 0, 1))
    return tmp_path / "out"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Return the URL of storage in memory."""
    yield f"memory://{tmp_path.name}"
    files = fsspec.filesystem("memory")
    if files.exists(f"/{tmp_path.name}"):
        files.rm(f"/{tmp_path.name}", recursive=True)


@pytest.fixture
def fail_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Return what lets all uploads of a file of this name fail, after something was done."""
    kind = type(fsspec.filesystem("memory"))
    put: Callable[..., None] = kind.put_file

    def fail(name: str, first: Callable[[], object]) -> None:
        def put_file(self: object, file: str, target: str) -> None:
            if target.endswith(f"/{name}"):
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
    assert main([str(out), "--rebuild", "--storage", url]) == SOME_FAILED
    shown = capsys.readouterr()
    assert "The dataset could not be completed" in shown.err
    assert "the network is down" in shown.err
    assert "Stored under" not in shown.out
    assert "dataset.json" not in stored(url)


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
