# SPDX-License-Identifier: GPL-3.0-or-later
"""A format's folder is replaced as a whole, and what others have written into it lives on."""

from __future__ import annotations

from pathlib import Path

import pytest

from solar_site_addon.generator.dataset.annotation_format import FormatFolder
from solar_site_addon.generator.domain.errors import SettingsError

FOLDER = FormatFolder("boxes", "index.txt", lambda text: text == "ours", lambda path: path.endswith((".box", "x.txt")))


def put(path: Path, text: str = "mine") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def written(out: Path, *names: str) -> None:
    """Replace the folder by one with these boxes."""
    with FOLDER.replacing(out) as folder:
        put(folder / "index.txt", "ours")
        for name in names:
            put(folder / "all" / f"{name}.box", name)


def files(out: Path) -> dict[str, str]:
    return {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*") if path.is_file()}


def test_the_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    written(tmp_path, "a", "b")
    written(tmp_path, "b", "c")
    assert files(tmp_path) == {"boxes/index.txt": "ours", "boxes/all/b.box": "b", "boxes/all/c.box": "c"}


def test_what_others_wrote_is_moved_along(tmp_path: Path) -> None:
    written(tmp_path, "a")
    kept = ["boxes/all/cache.npy", "boxes/runs/best.pt", "boxes/mine.md"]
    for name in kept:
        put(tmp_path / name)
    written(tmp_path, "b")
    found = files(tmp_path)
    assert [found[name] for name in kept] == ["mine"] * 3
    assert "boxes/all/a.box" not in found
    assert set(found) == {*kept, "boxes/index.txt", "boxes/all/b.box"}


def test_after_an_error_all_is_as_before(tmp_path: Path) -> None:
    written(tmp_path, "a")
    put(tmp_path / "boxes" / "mine.md")
    before = files(tmp_path)
    with pytest.raises(TypeError), FOLDER.replacing(tmp_path) as folder:
        put(folder / "half.box", None)  # type: ignore[arg-type]
    assert files(tmp_path) == before


@pytest.mark.parametrize(("name", "text"), [("index.txt", "mine"), ("all/a.box", "mine")])
def test_a_folder_of_somebody_elses_with_our_names_is_refused(tmp_path: Path, name: str, text: str) -> None:
    theirs = put(tmp_path / "boxes" / name, text)
    assert FOLDER.obstacle(tmp_path) == theirs
    with pytest.raises(SettingsError, match="boxes"):
        written(tmp_path, "b")
    assert files(tmp_path) == {f"boxes/{name}": text}


def test_a_file_a_link_and_foreign_files_in_a_half_folder_are_refused(tmp_path: Path) -> None:
    for number, name in enumerate(("boxes", ".boxes.partial", ".boxes.old")):
        out = tmp_path / str(number)
        assert FOLDER.obstacle(out) is None
        path = put(out / name)
        assert FOLDER.obstacle(out) == path
        path.unlink()
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        path.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        assert FOLDER.obstacle(out) == path
    half = put(tmp_path / "half" / ".boxes.partial" / "mine.md")
    assert FOLDER.obstacle(tmp_path / "half") == half


def test_an_interrupted_replacement_is_finished_or_undone(tmp_path: Path) -> None:
    written(tmp_path / "finished", "new")
    put(tmp_path / "finished" / ".boxes.old" / "all" / "old.box")
    put(tmp_path / "finished" / ".boxes.old" / "mine.md")
    FOLDER.recover(tmp_path / "finished")
    assert set(files(tmp_path / "finished")) == {"boxes/index.txt", "boxes/all/new.box", "boxes/mine.md"}
    written(tmp_path / "undone", "old")
    (tmp_path / "undone" / "boxes").rename(tmp_path / "undone" / ".boxes.old")
    put(tmp_path / "undone" / ".boxes.partial" / "all" / "new.box")
    FOLDER.recover(tmp_path / "undone")
    assert set(files(tmp_path / "undone")) == {"boxes/index.txt", "boxes/all/old.box"}


def test_a_name_that_is_taken_anew_gets_another(tmp_path: Path) -> None:
    written(tmp_path, "a")
    put(tmp_path / "boxes" / "mine.md", "newer")
    put(tmp_path / ".boxes.old" / "mine.md", "older")
    FOLDER.recover(tmp_path)
    found = files(tmp_path)
    assert (found["boxes/mine.md"], found["boxes/mine.md.old"]) == ("newer", "older")
