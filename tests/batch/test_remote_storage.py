# SPDX-License-Identifier: GPL-3.0-or-later
"""A dataset is stored under a URL while it is made: nothing is lost, and a resumed run finds what is there."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from solar_site_addon.batch.remote_storage import NOT_STORED, RemoteDataset, Uploads, fetch_absent
from solar_site_addon.batch.retries import Retries
from solar_site_addon.generator.domain.errors import SettingsError, SolarSiteError, StoppedRunError
from solar_site_addon.generator.domain.messages import Message
from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from . import fake_blender

fsspec = pytest.importorskip("fsspec")

Wait = Callable[[Callable[[], bool]], None]
ARGUMENTS = ("--num_images", "6", "--num_parallel", "2", "--seed", "3")
slow = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a dataset by path, but no logs and no records of runs."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".log")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files
        if ".work" not in path.relative_to(folder).parts
    }


def make_sample(out: Path, index: int, batch: str = "batch_00") -> Path:
    folder = out / batch / f"image_{index:04d}"
    folder.mkdir(parents=True)
    fake_blender.write_sample(folder, Settings(), image_number(index, 0, 1))
    return folder


def retries(longest: float, say: Callable[[Message], None] = lambda _: None) -> Retries:
    return Retries(longest, lambda: False, say)


def no_check(*_: Any) -> None:
    pass


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[RemoteDataset]:
    """Return storage in memory."""
    files = fsspec.filesystem("memory")
    yield RemoteDataset(f"memory://{tmp_path.name}/dataset")
    if files.exists(f"/{tmp_path.name}"):
        files.rm(f"/{tmp_path.name}", recursive=True)


def paths_in(remote: RemoteDataset) -> list[str]:
    return [path.partition("/dataset/")[2] for path in remote._files.find(remote._root)]


def test_a_sample_counts_once_its_last_file_is_stored_and_comes_back_whole(
    remote: RemoteDataset, tmp_path: Path
) -> None:
    remote.check_writable()
    assert paths_in(remote) == []
    assert remote.samples() == {}
    sample = make_sample(tmp_path / "out", 7)
    order: list[str] = []
    put = remote._files.put_file
    remote._files.put_file = lambda file, name: (order.append(Path(file).name), put(file, name))
    remote.store_sample(sample)
    del remote._files.put_file
    assert order[-1] == "sample.json"
    assert remote.samples() == {7: "batch_00/image_0007"}
    assert remote.samples(["batch_01"]) == {}
    remote.fetch_sample("batch_00/image_0007", tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(tmp_path / "out")
    remote._files.rm_file(f"{remote._root}/batch_00/image_0007/rgb.png")
    with pytest.raises(SolarSiteError, match="batch_00/image_0007 holds an incomplete sample: remove it"):
        remote.fetch_sample("batch_00/image_0007", tmp_path / "other")
    assert not list((tmp_path / "other").glob("batch_00/*"))
    remote._files.rm_file(f"{remote._root}/batch_00/image_0007/sample.json")
    assert remote.samples() == {}


def test_names_that_are_not_ours_are_ignored(remote: RemoteDataset, tmp_path: Path) -> None:
    for name in (
        "batch_00/notes/sample.json",
        "other/image_0001/sample.json",
        "batch_00/.image_0002.partial/sample.json",
    ):
        remote._files.pipe_file(f"{remote._root}/{name}", b"{}")
    assert remote.samples() == {}
    remote.store_sample(make_sample(tmp_path / "out", 1))
    remote._files.pipe_file(f"{remote._root}/batch_00/image_0001/evil.py", b"")
    fetch_absent(remote, tmp_path / "copy", None, (), no_check, retries(0.0))
    assert contents(tmp_path / "copy") == contents(tmp_path / "out")
    with pytest.raises(SolarSiteError, match=r"neither in .* nor under memory://.*: 2"):
        fetch_absent(remote, tmp_path / "copy", {1, 2, 3}, {}, no_check, retries(0.0))


def test_a_failed_upload_is_told_once_and_tried_again_and_the_sample_stays(
    remote: RemoteDataset, tmp_path: Path
) -> None:
    sample = make_sample(tmp_path / "out", 0)
    put, failures, said = remote._files.put_file, [OSError("the network is down\nand more")] * 3, list[Message]()

    def fail(file: str, name: str) -> None:
        if failures:
            raise failures.pop()
        put(file, name)

    remote._files.put_file = fail
    uploads = Uploads(remote, tmp_path / "out", (), said.append)
    assert not uploads._pass()
    assert not uploads._pass()
    assert [message.template for message in said] == [NOT_STORED]
    assert "(OSError: the network is down): it is kept in" in str(said[0])
    with pytest.raises(StoppedRunError, match=r"samples are not stored under memory://.* yet: 1 .*network is down"):
        uploads.finish(retries(0.0, said.append))
    assert sample.is_dir()
    uploads.finish(retries(60.0, said.append))
    assert remote.samples() == {0: "batch_00/image_0000"}
    make_sample(tmp_path / "out", 1)
    uploads.finish(retries(60.0, said.append))
    assert set(remote.samples()) == {0, 1}
    del remote._files.put_file


def test_copying_goes_on_after_failures_and_fetches_each_sample_once(
    remote: RemoteDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("solar_site_addon.batch.retries.FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr("solar_site_addon.batch.remote_storage.BETWEEN_ATTEMPTS", 4)
    for index in range(6):
        remote.store_sample(make_sample(tmp_path / "out", index))
    get, fetched, said = remote._files.get_file, list[str](), list[Message]()

    def fail(name: str, file: str) -> None:
        fetched.append(name)
        if name.endswith("image_0002/rgb.png") and fetched.count(name) < 3:
            raise OSError("the network is down")
        get(name, file)

    remote._files.get_file = fail
    fetch_absent(remote, tmp_path / "copy", None, (), no_check, retries(60.0, said.append))
    assert contents(tmp_path / "copy") == contents(tmp_path / "out")
    assert {fetched.count(name) for name in fetched if "image_0002" not in name} == {1}
    assert ["the network is down" in str(message) for message in said] == [True]
    del remote._files.get_file


def test_a_full_disk_is_not_taken_for_a_storage_that_fails(remote: RemoteDataset, tmp_path: Path) -> None:
    def fail(_: str, file: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file)

    remote.store_sample(make_sample(tmp_path / "out", 0))
    remote._files.get_file = fail
    with pytest.raises(OSError, match="No space left"):  # the launcher waits for room
        fetch_absent(remote, tmp_path / "copy", None, (), no_check, retries(60.0))
    assert not list((tmp_path / "copy" / "batch_00").iterdir())
    del remote._files.get_file


def test_a_sample_under_the_name_of_another_is_not_taken_for_it(remote: RemoteDataset, tmp_path: Path) -> None:
    make_sample(tmp_path / "out", 3).rename(tmp_path / "out" / "batch_00" / "image_0004")
    remote.store_sample(tmp_path / "out" / "batch_00" / "image_0004")
    with pytest.raises(SolarSiteError, match="image_0004 holds an incomplete sample"):
        fetch_absent(remote, tmp_path / "copy", None, (), no_check, retries(0.0))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("dataset", "--storage dataset is not allowed: it must be the URL of a folder"),
        ("nosuch://a/b", "--storage nosuch://a/b is not allowed: fsspec knows no storage of the kind nosuch"),
        ("s3://", "--storage s3:// is not allowed"),
        ("nothing://bucket/x", "--storage nothing://bucket/x is not allowed"),
        ("simplecache::file:///tmp/x", "is not allowed"),
        ("s3://key:secret@bucket/x", "--storage takes no user name or password: put credentials into"),
        ("https://localhost:1/x", "https://localhost:1/x cannot be used as storage ("),
        ("file:///dev/null/x", "file:///dev/null/x cannot be used as storage (NotADirectoryError"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        RemoteDataset(url).check_writable()
    assert str(caught.value).startswith(sentence) or sentence in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setattr(sys.modules["fsspec.registry"], "_registry", {})
    with pytest.raises(
        SettingsError, match=r"needs a Python package \(ImportError: .*s3fs.*\): python3 -m pip install"
    ):
        RemoteDataset("s3://bucket/dataset")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(SettingsError, match=r"needs a Python package \(ModuleNotFoundError: .*fsspec"):
        RemoteDataset("s3://bucket/dataset")


class TestWithAFolder:
    """Whole runs, with a folder behind the URL."""

    pytestmark = slow

    def test_a_resumed_run_finds_what_is_stored_even_in_an_empty_folder(self, launcher: Any, tmp_path: Path) -> None:
        store = tmp_path / "store"
        flags = (*ARGUMENTS, "--storage", f"file://{store}", "--formats", "coco,yolo_detect")
        planned = launcher.run(*flags, "--dry_run")
        assert f"Storage    file://{store}; 0 images there" in planned.stdout
        assert not store.exists()
        first = launcher.run(*flags, fail={"4": "This time it fails."})
        assert first.returncode == 1, first.stdout + first.stderr
        assert sorted(RemoteDataset(f"file://{store}").samples()) == [0, 1, 2, 3, 5]
        shutil.rmtree(launcher.out)
        made = len(launcher.begun())
        again = launcher.run(*flags)
        assert again.returncode == 0, again.stdout + again.stderr
        assert "6 of 64 x 48 px" not in again.stdout or "5 complete already" in again.stdout
        assert [index for index, _ in launcher.begun()[made:]] == [4]
        assert contents(store) == contents(launcher.out)
        assert f"Stored under file://{store}" in again.stdout
        other = launcher.run(*flags[:-4], "--storage", f"file://{store}", "--set", "site.relief=0.1")
        assert other.returncode == 2
        assert "contains samples made with" in other.stderr

    def test_what_blocks_an_upload_is_waited_for(self, launcher: Any, tmp_path: Path, wait_until: Wait) -> None:
        store = tmp_path / "store"
        store.mkdir()
        (store / "batch_00").touch()  # in the way of all samples of a process
        process = launcher.start(*ARGUMENTS, "--storage", f"file://{store}", hold=[5])
        events = launcher.out / ".work"
        wait_until(
            lambda: (
                any("could not be stored under" in file.read_text() for file in events.glob("*.jsonl"))
                or process.poll() is not None
            )
        )
        (store / "batch_00").unlink()
        launcher.let_go()
        output, errors = process.communicate(timeout=600)
        assert process.returncode == 0, output + errors
        assert "batch_00/image_0000 could not be stored under" in output
        assert contents(store) == contents(launcher.out)

    def test_what_cannot_be_stored_ends_the_run_without_loss_and_the_same_command_continues(
        self, launcher: Any, tmp_path: Path
    ) -> None:
        store = tmp_path / "store"
        store.mkdir()
        (store / "batch_01").touch()
        flags = (*ARGUMENTS, "--storage", f"file://{store}")
        result = launcher.run(*flags, "--storage_wait_minutes", "0")
        assert result.returncode == 1
        assert "The dataset could not be completed (samples are not stored under file://" in result.stderr
        assert not (store / "dataset.json").exists()
        assert len(launcher.samples()) == 6
        (store / "batch_01").unlink()
        made = len(launcher.begun())
        assert launcher.run(*flags).returncode == 0
        assert len(launcher.begun()) == made
        assert contents(store) == contents(launcher.out)

    def test_shards_store_their_samples_and_rebuild_stores_the_index(self, launcher: Any, tmp_path: Path) -> None:
        url = f"file://{tmp_path / 'store'}"
        for shard in ("0/2", "1/2"):
            folder = tmp_path / shard.replace("/", "_of_")
            process = launcher.start(*ARGUMENTS, "--storage", url, "--shard", shard, out=folder)
            output, errors = process.communicate(timeout=600)
            assert process.returncode == 0, output + errors
        assert not (tmp_path / "store" / "dataset.json").exists()
        merged = launcher.run("--rebuild", "--storage", url)
        assert merged.returncode == 0, merged.stdout + merged.stderr
        assert len(launcher.samples()) == 6
        assert contents(tmp_path / "store") == contents(launcher.out)
        assert [one["index"] for one in launcher.dataset()["samples"]] == list(range(6))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")
def test_an_s3_bucket_holds_the_dataset_and_a_run_from_elsewhere_resumes_it(
    bucket: Any, launcher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = bucket.client
    url = bucket.url
    flags = (*ARGUMENTS, "--storage", url)
    result = launcher.run(*flags, fail={"4": "This time it fails."})
    assert result.returncode == 1, result.stdout + result.stderr
    assert contents(launcher.out) == bucket.stored()
    times = bucket.times()
    assert max(times.values()) == times["dataset.json"]
    shutil.rmtree(launcher.out)
    made = len(launcher.begun())
    result = launcher.run(*flags)
    assert result.returncode == 0, result.stdout + result.stderr
    assert [index for index, _ in launcher.begun()[made:]] == [4]
    assert contents(launcher.out) == bucket.stored()
    assert [one["index"] for one in json.loads(bucket.stored()["dataset.json"])["samples"]] == list(range(6))
    shutil.rmtree(launcher.out)
    absent = launcher.run(*ARGUMENTS, "--storage", "s3://no-such-bucket/dataset")
    assert absent.returncode == 2
    assert absent.stderr.startswith("s3://no-such-bucket/dataset cannot be used as storage (")
    assert len(absent.stderr.splitlines()) == 1
    assert "no-such-bucket" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    nobody = launcher.run(*flags)
    assert nobody.returncode == 2
    assert "Credentials" in nobody.stderr
    assert len(nobody.stderr.splitlines()) == 1
    assert not launcher.out.exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the fake Blender is a shell script")
def test_a_run_goes_on_while_s3_is_away_and_stores_the_rest_when_it_is_back(
    bucket: Any, launcher: Any, wait_until: Wait
) -> None:
    process = launcher.start(*ARGUMENTS, "--storage", bucket.url, hold=[0, 5])
    wait_until(lambda: len(launcher.begun()) >= 2 or process.poll() is not None)
    bucket.stop()
    (launcher.memory / "go").touch()
    events = launcher.out / ".work"
    wait_until(
        lambda: (
            any("could not be stored under" in file.read_text() for file in events.glob("*.jsonl"))
            or len(list(launcher.out.glob("batch_*/image_*"))) == 6
            or process.poll() is not None
        )
    )
    bucket.start()
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, output + errors
    assert contents(launcher.out) == bucket.stored()
