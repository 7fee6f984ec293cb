# SPDX-License-Identifier: GPL-3.0-or-later
"""--rebuild and merges that cannot be carried out end in one sentence, and change nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from solar_site_addon.batch import export, rebuild
from solar_site_addon.batch.exit_codes import ALL_WHOLE, BAD_ARGUMENTS, SOME_FAILED
from solar_site_addon.batch.launcher import main
from solar_site_addon.batch.run_record import RunRecord, make_recipe, write_record
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import RunSettings, Settings

from . import fake_blender


def names(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize("place", ["batch_00", "merged", "../link/batch_00"])
def test_a_merge_into_a_source_is_refused(out: Path, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    (out.parent / "link").symlink_to(out)
    before = names(out)
    assert main(["--rebuild", str(out), "--into", str(out / place)]) == BAD_ARGUMENTS
    assert capsys.readouterr().err == f"{out / place} lies within {out}: choose another folder.\n"
    assert names(out) == before


def test_a_merge_beside_a_source_is_not(out: Path) -> None:
    assert main(["--rebuild", str(out), "--into", str(out.parent / "out 2")]) == ALL_WHOLE


def test_what_a_merge_lacks_is_told(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    for index, folder in ((1, other), (2, other), (2, out), (3, other)):
        sample = folder / "batch_01" / f"image_{index:04d}"
        sample.mkdir(parents=True)
        fake_blender.write_sample(sample, Settings(), image_number(index, 0, 1))
    (out / ".work").mkdir()
    write_record(out, RunRecord(make_recipe(Settings(), RunSettings(), "4.5.0"), num_images=4, earlier=0, started=0.0))
    (other / "batch_01" / "image_0001" / "rgb.png").write_bytes(b"cut short")
    (other / "batch_01" / "image_0002" / "rgb.png").unlink()
    assert main(["--rebuild", str(out), str(other), "--into", str(tmp_path / "merged")]) == ALL_WHOLE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 images"
    assert any(
        line.startswith(f"1 incomplete sample left out, the first is {other}/batch_01/image_0001: ") for line in lines
    )
    assert "1 of 4 images missing: once made, the same command adds them" in lines


@pytest.mark.parametrize("place", ["", "/store", "/../link/batch_00"])
def test_storage_in_the_dataset_folder_is_refused(out: Path, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("fsspec")
    (out.parent / "link").symlink_to(out)
    before = names(out)
    url = f"file://{out}{place}"
    assert main([str(out), "--rebuild", "--storage", url]) == BAD_ARGUMENTS
    assert f"--storage {url} is not allowed: it lies within the dataset folder." in capsys.readouterr().err
    assert names(out) == before


def test_a_full_disk_is_named_with_the_folder_and_the_command_can_be_repeated(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(rebuild, "assemble_dataset", fill)
    monkeypatch.setattr(export.Export, "write_formats", fill)
    assert main([str(out), "--rebuild"]) == SOME_FAILED
    assert f"({out} cannot be written (No space left on device)). To continue, run the" in capsys.readouterr().err
    assert export.main([str(out), "--formats", "voc"], Path.read_bytes) == SOME_FAILED  # type: ignore[arg-type]
    assert capsys.readouterr().err == "The export could not be completed (No space left on device).\n"
