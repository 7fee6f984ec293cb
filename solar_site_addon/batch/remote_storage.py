# SPDX-License-Identifier: GPL-3.0-or-later
"""A dataset under a URL, such as ``s3://bucket/dataset``, beside the folder in which it is made.

Under the URL, everything has the same path as in the dataset folder. An object store has no folders to rename, so the
order tells what is complete: sample.json is the last file of a sample to be stored, and dataset.json the last of all.
Samples are stored in the background, each as soon as it is complete; what cannot be stored is kept and tried again.

This needs the library fsspec, and another one for most kinds of URL; they find credentials in the environment.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from ..generator.dataset.files import SAMPLE_JSON, is_whole, read_head, read_head_alone
from ..generator.dataset.half_sample import NAMES, hidden_folder, remove_half_sample
from ..generator.dataset.index import DatasetSummary
from ..generator.dataset.layout import BATCH_NAME, image_index
from ..generator.dataset.registry import find_formats
from ..generator.dataset.schema import SampleHead
from ..generator.domain.atomic_files import sync_folder
from ..generator.domain.errors import SettingsError, SolarSiteError
from ..generator.domain.messages import RESUME, Message
from .dataset_folder import batch_folders, card_file, croissant_file, dataset_json, is_sample_folder, plots_file
from .interruption import InterruptedRun
from .retries import LONGEST_PAUSE_SECONDS, Retries
from .storage import is_storage_error

OPTION = "--storage"
FOLDERS = ("file", "local")
"""Kinds of URL that mean a folder of this machine, a network folder for example."""
SECONDS_BETWEEN_LOOKS = 2.0
AT_ONCE = 8
"""Samples that are fetched at the same time."""
BETWEEN_ATTEMPTS = 64
"""Samples that are fetched before it is asked whether all of them have arrived."""
MOST_SHOWN = 300
"""Characters of an error of a library that a message shows."""

NOT_A_URL = "{option} {url} is not allowed: it must be the URL of a folder, for example s3://bucket/dataset."
UNKNOWN_KIND = "{option} {url} is not allowed: fsspec knows no storage of the kind {kind}."
NO_NAMES = "{option} takes no user name or password: put credentials into the environment or the files of the storage."
NO_LIBRARY = "{option} {url} needs a Python package ({reason}): python3 -m pip install '.[storage]'."
NO_ACCESS = "{url} cannot be used as storage ({reason}): check the URL, your credentials and the network."
NOT_STORED = "{name} could not be stored under {url} ({reason}): it is kept in {folder} and tried again"
NOT_WHOLE = "{url} holds an incomplete sample: remove it, then {remedy}."
NOT_STORED_YET = "samples are not stored under {url} yet: {count} ({reason}); they are kept in {folder}"
ABSENT = "images are neither in {folder} nor under {url}: {count}"

Check = Callable[[SampleHead, str], None]
"""Raises an error if a sample is not one of the dataset, given what its sample.json begins with and its URL."""


class RemoteDataset:
    """The dataset under a URL."""

    def __init__(self, url: str) -> None:
        """Connect; raise SettingsError if the URL is none, or a library is missing."""
        self._files, self._root = _connected(url)
        self.url = url.rstrip("/")
        self._is_folder = urlsplit(url).scheme in FOLDERS

    def lies_within(self, folder: Path) -> bool:
        """Return whether the URL means a folder of this machine that is ``folder`` or lies within it."""
        root = Path(self._root).resolve()
        return self._is_folder and folder.resolve() in (root, *root.parents)

    def check_writable(self) -> None:
        """Store a small file and remove it again; raise SettingsError if that is not possible."""
        with TemporaryDirectory() as folder, _clear_errors(self.url):
            trial = Path(folder) / "trial"
            trial.write_bytes(b"Solar Site may write here.\n")
            self._put(trial, f".{trial.name}")
            self._files.rm_file(f"{self._root}/.{trial.name}")

    def samples(self, batches: Collection[str] | None = None) -> dict[int, str]:
        """Return the path of each complete sample under the URL by global index, by default in all ``batches``."""
        with _clear_errors(self.url):
            self._files.invalidate_cache()
            names = self._batches() if batches is None else batches
            found: dict[int, str] = {}
            for path in (path for name in sorted(names) for path in self._complete(name)):
                index = image_index(path.name)
                if index is not None:
                    found.setdefault(index, path.as_posix())
            return found

    def _batches(self) -> list[str]:
        try:
            names = [PurePosixPath(path).name for path in self._files.ls(self._root, detail=False)]
        except FileNotFoundError:
            return []
        return [name for name in names if BATCH_NAME.fullmatch(name)]

    def _complete(self, batch: str) -> Iterator[PurePosixPath]:
        """Yield the paths of the samples in a folder of samples whose last file is there."""
        for path in map(PurePosixPath, self._files.find(f"{self._root}/{batch}", detail=False)):
            folder = PurePosixPath(batch) / path.parent.name
            if path.name == SAMPLE_JSON and path.parent.parent.name == batch and is_sample_folder(Path(folder)):
                yield folder

    def store_sample(self, folder: Path) -> None:
        """Store a complete sample, sample.json last."""
        head = read_head(folder)
        if head is not None:
            for name in (*head["files"], SAMPLE_JSON):
                self._put(folder / name, f"{folder.parent.name}/{folder.name}/{name}")

    def store(self, file: Path, out: Path) -> None:
        """Store a file of the dataset folder ``out`` under its own path."""
        with _clear_errors(self.url):
            self._put(file, file.relative_to(out).as_posix())

    def _put(self, file: Path, name: str) -> None:
        """Store a file: object stores show it once it is complete, and in a folder it is renamed then."""
        target = PurePosixPath(self._root) / name
        if not self._is_folder:
            self._files.put_file(str(file), str(target))
            return
        partial = str(target.with_name(f".{target.name}.partial"))
        self._files.put_file(str(file), partial)
        self._files.mv(partial, str(target))

    def fetch_sample(self, path: str, out: Path, check: Check | None = None) -> Path:
        """Copy a sample into the dataset folder ``out``, where it appears once it is complete; return its folder.

        ``check`` is given its head and its URL before that, and raises an error if the sample is not to appear.
        """
        target = out / path
        hidden = hidden_folder(target)
        for leftover in (hidden, target):
            remove_half_sample(leftover)
        hidden.mkdir(parents=True)
        try:
            self._copy(path, hidden)
            head = read_head(hidden)
            if head is None or head["index"] != image_index(target.name):
                raise SolarSiteError(NOT_WHOLE, url=f"{self.url}/{path}", remedy=RESUME)  # noqa: TRY301 - see below
            if check is not None:
                check(head, f"{self.url}/{path}")
        except BaseException:
            remove_half_sample(hidden)
            raise
        sync_folder(hidden)
        hidden.replace(target)
        return target

    def _copy(self, path: str, folder: Path) -> None:
        with _clear_errors(self.url):
            for remote in self._files.ls(f"{self._root}/{path}", detail=False):
                if (name := PurePosixPath(remote).name) in NAMES:
                    self._files.get_file(remote, str(folder / name))

    def fetch_head(self, path: str, file: Path) -> SampleHead:
        """Return what stands before the objects in the sample.json of a sample, which is copied to ``file``."""
        with _clear_errors(self.url):
            self._files.get_file(f"{self._root}/{path}/{SAMPLE_JSON}", str(file))
        head = read_head_alone(file)
        if head is None:
            raise SettingsError(NOT_WHOLE, url=f"{self.url}/{path}", remedy=RESUME)
        return head

    def fetch_samples(self, paths: Sequence[str], out: Path, check: Check, retries: Retries) -> None:
        """Copy several samples like ``fetch_sample``; raise StoppedRunError if that fails for too long."""

        def fetch_absent(some: Sequence[str]) -> None:
            fetched = [pool.submit(self.fetch_sample, path, out, check) for path in some if not is_whole(out / path)]
            wait(fetched)  # none may be at work when the next attempt begins
            for one in fetched:
                one.result()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for start in range(0, len(paths), BETWEEN_ATTEMPTS):
                retries.result_of(partial(fetch_absent, paths[start : start + BETWEEN_ATTEMPTS]))

    def store_index(self, out: Path, summary: DatasetSummary, retries: Retries) -> None:
        """Store what has been written for all samples together: formats, card, and dataset.json last.

        Raise StoppedRunError if that fails for too long.
        """
        for file in [*_files_of_index(out, summary), dataset_json(out)]:
            retries.result_of(partial(self.store, file, out))


def _connected(url: str) -> tuple[Any, str]:
    """Return the file system of fsspec for a URL, and the path of the URL in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if not (parts.scheme and url.startswith(f"{parts.scheme}://") and parts.netloc + parts.path) or "::" in url:
        raise SettingsError(NOT_A_URL, option=OPTION, url=url)
    if parts.username is not None:
        raise SettingsError(NO_NAMES, option=OPTION)
    options = {"auto_mkdir": True} if parts.scheme in FOLDERS else {}
    try:
        import fsspec  # noqa: PLC0415 - only those who use a storage have it

        files, root = fsspec.url_to_fs(url, **options)
    except ImportError as error:
        raise SettingsError(NO_LIBRARY, option=OPTION, url=url, reason=_in_short(error)) from error
    except ValueError as error:
        raise SettingsError(UNKNOWN_KIND, option=OPTION, url=url, kind=parts.scheme) from error
    except Exception as error:
        raise SettingsError(NO_ACCESS, url=url, reason=_in_short(error)) from error
    return files, root.rstrip("/")


@contextlib.contextmanager
def _clear_errors(url: str) -> Iterator[None]:
    """Raise SettingsError instead of any error of the library: each has a hierarchy of its own."""
    try:
        yield
    except SolarSiteError:
        raise
    except Exception as error:
        if is_storage_error(error):  # a full disk of this machine
            raise
        raise SettingsError(NO_ACCESS, url=url, reason=_in_short(error)) from error


def _in_short(error: Exception) -> str:
    line = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {line}"[:MOST_SHOWN].rstrip(": .")


def _files_of_index(out: Path, summary: DatasetSummary) -> Iterator[Path]:
    for name in summary.formats:
        form = find_formats()[name]
        index = out / form.index
        if form.folder is not None:
            own = sorted((out / form.folder.name).rglob("*"))
        else:  # one file for all images, and one for each subset
            own = sorted(index.parent.glob(f"{index.stem}*{index.suffix}"))
        yield from (path for path in own if path.is_file())
    yield from (path for path in (plots_file(out), card_file(out), croissant_file(out)) if path.is_file())


class Relay(Protocol):
    """Passes on news about images, which are to arrive after the images themselves."""

    def read(self) -> Any:
        """Return what is new."""

    def send(self, news: Any) -> None:
        """Pass it on."""


class Uploads:
    """Stores the complete samples of a dataset folder in the background, while it is entered."""

    def __init__(
        self,
        remote: RemoteDataset,
        out: Path,
        stored: Iterable[str],
        note: Callable[[Message], None],
        relay: Relay | None = None,
        batches: Collection[str] | None = None,
    ) -> None:
        """Store all samples in ``out`` but those with the paths ``stored``; ``note`` tells those who follow the run.

        ``batches`` are the names of the folders to look into, None for all.
        """
        self._remote, self._out, self._note, self._relay = remote, out, note, relay
        self._stored, self._batches = set(stored), batches
        self._seen: dict[Path, int] = {}
        self._trouble = ""
        """Why the last attempt has failed, empty if it has not."""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="uploads", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def finish(self, retries: Retries) -> None:
        """Store what is left, again and again; raise StoppedRunError if that fails for too long."""
        self._end()
        self._seen.clear()
        with contextlib.suppress(InterruptedRun):
            while not self._pass(retries.succeeded):
                retries.wait(self._left())

    def _left(self) -> Message:
        values = {"url": self._remote.url, "reason": self._trouble, "folder": self._out}
        return Message(NOT_STORED_YET, {**values, "count": len(self._waiting())})

    def _work(self) -> None:
        pause = SECONDS_BETWEEN_LOOKS
        while not self._ending.wait(pause):
            with contextlib.suppress(OSError):  # the dataset folder is away: the run waits for it, too
                pause = SECONDS_BETWEEN_LOOKS if self._pass() else min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _pass(self, succeeded: Callable[[], None] = lambda: None) -> bool:
        """Store all samples that are complete now, then pass on the news; return whether everything was stored.

        ``succeeded`` is called after each sample.
        """
        news = self._relay.read() if self._relay is not None else None
        for folder in self._waiting():
            try:
                self._remote.store_sample(folder)
            except Exception as error:  # noqa: BLE001 - each library has a hierarchy of its own
                self._fail(folder, _in_short(error))
                return False
            self._stored.add(_path(folder))
            self._trouble = ""
            succeeded()
        if self._relay is not None:
            self._relay.send(news)
        return True

    def _waiting(self) -> list[Path]:
        """Return the complete samples that are not stored, in batches that have changed since they were seen."""
        found: list[Path] = []
        for batch in batch_folders(self._out):
            if self._batches is not None and batch.name not in self._batches:
                continue
            changed = batch.stat().st_mtime_ns
            if self._seen.get(batch) == changed:
                continue
            own = [one for one in batch.iterdir() if is_sample_folder(one) and _path(one) not in self._stored]
            found += sorted(one for one in own if is_whole(one))
            if not own and time.time_ns() - changed > SECONDS_BETWEEN_LOOKS * 1e9:
                self._seen[batch] = changed
        return found

    def _fail(self, folder: Path, reason: str) -> None:
        if not self._trouble:
            values = {"name": _path(folder), "url": self._remote.url, "reason": reason, "folder": self._out}
            self._note(Message(NOT_STORED, values))
        self._trouble = reason


def _path(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def fetch_absent(
    remote: RemoteDataset,
    out: Path,
    wanted: Collection[int] | None,
    there: Container[int],
    check: Check,
    retries: Retries,
) -> None:
    """Copy the images ``wanted`` (None: all) that are not ``there`` into the dataset folder ``out``.

    Raise SolarSiteError if one of them is nowhere, or ``check`` refuses it.
    """
    if wanted is not None and all(index in there for index in wanted):
        return
    stored = retries.result_of(remote.samples)
    absent = [index for index in (stored if wanted is None else wanted) if index not in there]
    nowhere = [index for index in absent if index not in stored]
    if nowhere:
        raise SolarSiteError(ABSENT, folder=out, url=remote.url, count=len(nowhere))
    remote.fetch_samples([stored[index] for index in absent], out, check, retries)
