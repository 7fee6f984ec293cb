# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of others are never touched, neither in foreign folders nor within a dataset."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

Seen = dict[str, tuple[int, int, str]]


def seen(folder: Path) -> Seen:
    """Return mode, time and content of everything in a folder, including the folder itself."""
    if not folder.exists():
        return {}
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        content = path.read_bytes().hex() if path.is_file() else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, content)
    return found


def put(out: Path, name: str, text: str = "mine") -> Path:
    """Write a foreign file, or an empty folder if ``name`` ends with a slash."""
    path = out / name
    if name.endswith("/"):
        path.mkdir(parents=True)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def refused(launcher: Any, *words: object, arguments: tuple[str, ...] = ("--num_images", "2")) -> None:
    """Assert that the launcher refuses with one sentence containing ``words`` and changes nothing in the folder."""
    for further in ((), ("--dry_run",)):
        before = seen(launcher.out)
        result = launcher.run(*arguments, *further)
        assert seen(launcher.out) == before
        assert result.returncode == 2, (result.stdout, result.stderr)
        assert result.stderr.count("\n") == 1, result.stderr
        for word in (launcher.out, *words):
            assert str(word) in result.stderr


FOREIGN = [
    "annotations/instances.json",
    "annotations",
    "dataset.json",
    "overview.png",
    "batch_01/image_0000/my_notes.txt",
    "batch_01/image_0000/rgb.png",
    "batch_00/",
    "batch_17.log",
    ".work/notes.txt",
    ".work/run.json",
    ".work",
    "yolo_detect/data.yaml",
    ".yolo_obb.partial/data.yaml",
    ".yolo_obb.old/data.yaml",
    "semantic/train.txt",
    "tiles/",
    "hdf5/0.hdf5",
]


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_folder_is_refused_and_left_alone(launcher: Any, name: str) -> None:
    put(launcher.out, name)
    put(launcher.out, "notes.txt")
    refused(launcher, name.split("/", maxsplit=1)[0], "is not a Solar Site dataset", "choose another folder")


def test_several_foreign_files_are_named_and_left_unchanged(launcher: Any) -> None:
    put(launcher.out, "annotations/instances.json", '{"images": []}')
    put(launcher.out, "dataset.json", "{}")
    put(launcher.out, "batch_01/image_0000/my_notes.txt")
    refused(launcher, "dataset.json", "annotations/instances.json", "batch_01")


@pytest.mark.parametrize("name", ["notes.txt", "annotations/mine.json", "batch_1/mine.txt", "yolo_v8/data.yaml"])
def test_files_with_other_names_are_allowed_and_kept(launcher: Any, name: str) -> None:
    mine = put(launcher.out, name)
    before = mine.stat().st_mtime_ns
    result = launcher.run("--num_images", "1")
    assert result.returncode == 0, result.stderr
    assert (mine.read_text(), mine.stat().st_mtime_ns) == ("mine", before)


def test_a_folder_without_samples_is_not_rebuilt(launcher: Any) -> None:
    put(launcher.out, "dataset.json")
    put(launcher.out, "batch_01/image_0000/sample.json", '{"schema": 1, "files": {}}')
    refused(launcher, "contains no samples", arguments=("--rebuild",))


def test_the_folder_of_a_run_that_never_started_can_be_used(launcher: Any) -> None:
    """A launcher that is killed before it writes the record leaves its lock, and perhaps a partial record."""
    (launcher.out / ".work").mkdir(parents=True)
    for name in ("lock", "cancel"):
        (launcher.out / ".work" / name).touch()
    put(launcher.out, ".work/.run.json.partial", '{"sett')
    assert launcher.run("--num_images", "1").returncode == 0


def test_a_run_without_samples_can_be_resumed(launcher: Any) -> None:
    assert launcher.run("--num_images", "1", fail={"0": "No table fits."}).returncode == 1
    result = launcher.run("--num_images", "1", "--seed", "3")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("dataset.json", ("--num_images", "2")),
        ("dataset.json", ("--rebuild",)),
        ("annotations/instances.json", ("--num_images", "2")),
        ("annotations/instances.json", ("--rebuild",)),
        ("yolo_detect/data.yaml", ("--rebuild", "--formats", "yolo_detect")),
        ("yolo_detect/images/train/image_0000.png", ("--rebuild", "--formats", "yolo_detect")),
        (".yolo_detect.partial/mine.txt", ("--rebuild", "--formats", "yolo_detect")),
        ("yolo_detect", ("--num_images", "2", "--formats", "yolo_detect")),
        ("semantic/labels.txt", ("--num_images", "2", "--formats", "semantic")),
    ],
)
def test_a_foreign_file_in_a_dataset_is_not_overwritten(launcher: Any, name: str, arguments: tuple[str, ...]) -> None:
    assert launcher.run("--num_images", "1").returncode == 0
    path = launcher.out / name
    if path.is_file():
        path.unlink()
    put(launcher.out, name, '{"mine": true}')
    refused(launcher, path, "choose another folder", arguments=arguments)


def test_a_foreign_file_under_the_name_of_an_unrequested_format_is_allowed(launcher: Any) -> None:
    assert launcher.run("--num_images", "1").returncode == 0
    mine = put(launcher.out, "yolo_detect/data.yaml")
    assert launcher.run("--num_images", "2").returncode == 0
    assert mine.read_text() == "mine"


@pytest.mark.parametrize(
    "name",
    [
        "batch_00/image_0001/my_notes.txt",
        "batch_01/image_0001/my_notes.txt",
        "batch_00/image_0001/more/rgb.png",
        "batch_00/image_0001",
        "batch_00/.image_0001.partial/my_notes.txt",
        "batch_00.log/mine.txt",
    ],
)
def test_a_needed_folder_with_foreign_content_is_refused(launcher: Any, name: str) -> None:
    assert launcher.run("--num_images", "1", "--num_parallel", "1").returncode == 0
    if name.startswith("batch_00.log"):
        (launcher.out / "batch_00.log").unlink()
    mine = put(launcher.out, name)
    refused(launcher, mine.parent if mine.parent.name in {"batch_00.log", "more"} else mine)


def test_an_image_folder_that_is_not_needed_may_contain_anything(launcher: Any) -> None:
    assert launcher.run("--num_images", "1", "--num_parallel", "1").returncode == 0
    kept = [
        put(launcher.out, name)
        for name in (
            "batch_00/image_0000/remarks.txt",
            "batch_00/image_0009/my_notes.txt",
            "batch_00/.image_0009.partial/my_notes.txt",
            "batch_00/.image_notes",
            ".work/batch_notes.json",
        )
    ]
    result = launcher.run("--num_images", "2", "--num_parallel", "1")
    assert result.returncode == 0, result.stderr
    assert [path.read_text() for path in kept] == ["mine"] * len(kept)


def test_complete_samples_with_another_number_or_a_later_schema_are_not_removed(launcher: Any) -> None:
    assert launcher.run("--num_images", "2", "--num_parallel", "1").returncode == 0
    moved = launcher.out / "batch_00" / "image_0001"
    moved = moved.rename(moved.with_name("image_0003"))
    refused(launcher, moved, arguments=("--num_images", "4"))
    moved = moved.rename(moved.with_name("image_0001"))
    later = moved / "sample.json"
    later.write_text(later.read_text().replace('"schema": 2', '"schema": 3'))
    refused(launcher, later)


def test_our_incomplete_samples_are_removed(launcher: Any) -> None:
    assert launcher.run("--num_images", "1", "--num_parallel", "1").returncode == 0
    for name in ("image_0001", ".image_0001.partial", ".image_0005.partial"):
        put(launcher.out, f"batch_00/{name}/rgb.png", "half")
    assert launcher.run("--num_images", "2", "--num_parallel", "1").returncode == 0
    assert {path.name for path in (launcher.out / "batch_00").iterdir()} == {"image_0000", "image_0001"}


FOREIGN_IN_FORMATS = ("yolo_detect/labels/train.cache", "yolo_detect/runs/detect/train/best.pt", "semantic/my.txt")


def test_files_of_a_training_run_survive_a_rewritten_format(launcher: Any) -> None:
    formats = ("--formats", "yolo_detect,semantic")
    assert launcher.run("--num_images", "1", *formats).returncode == 0
    kept = [put(launcher.out, name) for name in FOREIGN_IN_FORMATS]
    (launcher.out / "yolo_detect" / "images" / "test").mkdir()
    stale = put(launcher.out, "yolo_detect/labels/train/image_0009.txt")
    for arguments in (("--rebuild", *formats), ("--num_images", "2", *formats)):
        result = launcher.run(*arguments)
        assert result.returncode == 0, result.stderr
        assert [path.read_text() for path in kept] == ["mine"] * len(kept)
    assert not stale.exists(), "of a sample that is gone"
    assert (launcher.out / "yolo_detect" / "images" / "test").is_dir()
    assert (launcher.out / "yolo_detect" / "images" / "train" / "image_0001.png").is_file()
    assert sorted(path.name for path in launcher.out.glob(".*")) == [".work"]


KILLED_AT_EVERY_STEP = """
import os, shutil, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from solar_site_addon.generator.dataset.index import assemble_dataset

made, work = Path(sys.argv[2]), Path(sys.argv[3])
foreign = sys.argv[4:]
steps = 0


def killed_at(step, out):
    left = step

    def counted(change):
        def change_or_die(*arguments, **named):
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return change(*arguments, **named)

        return change_or_die

    for name in ("rename", "replace", "unlink", "rmdir", "mkdir", "hardlink_to"):
        setattr(Path, name, counted(getattr(Path, name)))
    assemble_dataset(out, {}, ("yolo_detect", "semantic"))
    os._exit(0)


while True:
    out = work / str(steps)
    shutil.copytree(made, out)
    child = os.fork()
    if child == 0:
        killed_at(steps, out)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found = {path.name: path.read_text() for path in out.rglob("*") if path.is_file()}
    assert all(found.get(Path(name).name) == "mine" for name in foreign), (steps, found)
    assemble_dataset(out, {}, ("coco",))  # finishes what was begun, also where the format is not asked for again
    assert all((out / name).read_text() == "mine" for name in foreign), steps
    assert (out / "yolo_detect" / "data.yaml").is_file() and (out / "semantic" / "labels.txt").is_file(), steps
    assert not list(out.glob(".y*")) and not list(out.glob(".s*")), steps
    if code == 0:
        break
    assert code == 9, (steps, code)
    steps += 1
print(steps)
"""


def test_files_of_a_training_run_survive_a_kill_at_any_moment(launcher: Any, tmp_path: Path) -> None:
    assert launcher.run("--num_images", "1", "--formats", "yolo_detect,semantic").returncode == 0
    for name in FOREIGN_IN_FORMATS:
        put(launcher.out, name)
    (tmp_path / "killed").mkdir()
    line = [sys.executable, "-c", KILLED_AT_EVERY_STEP, str(ROOT), str(launcher.out), str(tmp_path / "killed")]
    result = subprocess.run([*line, *FOREIGN_IN_FORMATS], capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 20


def test_a_file_whose_name_is_taken_is_restored_under_another_name(launcher: Any) -> None:
    """A new file was created under that name between the kill and the next run."""
    assert launcher.run("--num_images", "1", "--formats", "semantic").returncode == 0
    shutil.copytree(launcher.out / "semantic", launcher.out / ".semantic.old")
    put(launcher.out, ".semantic.old/my.txt", "older")
    put(launcher.out, "semantic/my.txt", "newer")
    assert launcher.run("--rebuild").returncode == 0
    assert (launcher.out / "semantic" / "my.txt").read_text() == "newer"
    assert (launcher.out / "semantic" / "my.txt.old").read_text() == "older"


def test_two_launchers_that_plan_at_the_same_time_do_not_mix_samples(
    launcher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second launcher checks the folder again once it has the lock: the first may have finished by then."""
    from solar_site_addon.batch import launcher as module
    from solar_site_addon.batch.interruption import Interruption

    monkeypatch.setenv("FAKE_BLENDER", json.dumps({"memory": str(launcher.memory)}))
    request = module.parse([str(launcher.out), "--num_images", "1", "--blender", str(launcher.blender)])
    assert request is not None
    plan = module.plan_run(request, None, Interruption())
    assert launcher.run("--num_images", "1", "--seed", "9").returncode == 0
    before = seen(launcher.out / "batch_00")
    with pytest.raises(module.SolarSiteError, match="seed = 9"):
        module.carry_out(plan, Interruption())
    assert seen(launcher.out / "batch_00") == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
@pytest.mark.parametrize("name", [".work", ".work/lock"])
def test_an_unusable_folder_is_reported_in_one_sentence(launcher: Any, name: str) -> None:
    assert launcher.run("--num_images", "1").returncode == 0
    (launcher.out / name).chmod(0o400)
    try:
        result = launcher.run("--num_images", "2")
    finally:
        (launcher.out / name).chmod(0o700)
    assert result.returncode == 2, result.stdout
    assert result.stderr.count("\n") == 1, result.stderr
    assert str(launcher.out / ".work") in result.stderr
    assert "Permission denied" in result.stderr


def test_an_unwritable_lock_is_reported_in_one_sentence(launcher: Any) -> None:
    assert launcher.run("--num_images", "1").returncode == 0
    (launcher.out / ".work" / "lock").unlink()
    (launcher.out / ".work" / "lock").mkdir()
    result = launcher.run("--num_images", "2")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
    assert str(launcher.out / ".work" / "lock") in result.stderr


def test_a_dataset_folder_that_is_removed_during_the_run_is_reported(launcher: Any, wait_until: Any) -> None:
    process = launcher.start("--num_images", "2", "--num_parallel", "1", hold=[1])
    wait_until(lambda: len(launcher.begun()) == 2)
    shutil.rmtree(launcher.out)
    launcher.let_go()
    _, stderr = process.communicate(timeout=600)
    assert process.returncode in {1, 2}
    assert stderr.count("\n") == 1, stderr
    assert str(launcher.out) in stderr
