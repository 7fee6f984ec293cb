# SPDX-License-Identifier: GPL-3.0-or-later
"""The dataset's folder between two runs: what is whole in it, what it was made of, who works in it.

OUT/batch_00/image_0000/          a sample
OUT/batch_00.log                  what the worker has printed
OUT/.work/batch_00.json           its work unit
OUT/.work/batch_00.events.jsonl   its events
OUT/.work/batch_00.tmp/           its temporary files, while it runs
OUT/.work/run.json                what all samples are made of
OUT/.work/lock                    locked by the launcher that is at work
OUT/.work/cancel                  asks that launcher to end
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from ..generator.dataset.files import extension_version, read_head
from ..generator.dataset.half_sample import obstacle, remove_half_sample
from ..generator.domain.errors import SettingsError
from ..generator.domain.messages import RESUME, Message, SettingName, listed, system_reason
from ..generator.settings.schema import RunSettings, Settings, iter_settings, settings_sha256, to_dict, value_of
from .events import EventTail
from .progress import RunState, process_state
from .work_unit import read_unit, write_json

WORK = ".work"
RUN_FILE = "run.json"
LOCK = "lock"
CANCEL = "cancel"
ENDED = "ended"
"""Key of run.json: the exit code with which the run came to its end."""
BATCH_FOLDER = re.compile(r"batch_\d{2,}")
SAMPLE_ENTRY = re.compile(r"image_(\d{4,})|\.image_(\d{4,})\.partial")
UNIT_ENTRY = re.compile(r"batch_\d{2,}(\.events\.jsonl|\.json)|\.batch_\d{2,}\.json\.tmp")
TEMPORARY_ENTRY = re.compile(r"batch_\d{2,}\.tmp")
RECORDED = ("settings", "settings_sha256", "seed", "views_per_site", "solar_site", "blender")
MOST_NAMED = 3
OTHER_VALUE = "{setting} = {earlier} (now {now})"
ANOTHER_RUN = "Another run is in progress in {folder}: wait until it ends."
LOCK_ATTEMPTS = 5
"""A panel that looks whether a launcher is at work has the lock for an instant."""
LOCK_PAUSE_SECONDS = 0.1


def check_output(out: Path) -> None:
    """Raise SettingsError where ``out`` is no folder and none can be made there, or it cannot be written to."""
    try:
        existing = next(path for path in (out, *out.parents) if path.exists())
    except OSError as error:  # a name that is too long, or a folder that may not be looked into
        raise SettingsError(
            "{folder} cannot be created ({reason}).", folder=out, reason=system_reason(error)
        ) from error
    if not existing.is_dir():
        raise SettingsError("{file} is a file: choose a folder for the dataset.", file=existing)
    if not os.access(existing, os.W_OK | os.X_OK):
        raise SettingsError("{folder} is not writable: choose another folder for the dataset.", folder=existing)


def work_folder(out: Path) -> Path:
    """Where units, events and the record of the run lie."""
    return out / WORK


def unit_file(out: Path, name: str) -> Path:
    """The work unit of a process."""
    return work_folder(out) / f"{name}.json"


def temporary_folder(out: Path, name: str) -> Path:
    """Where the workers of a process put their temporary files."""
    return work_folder(out) / f"{name}.tmp"


def events_file(out: Path, name: str) -> Path:
    """The events of a process."""
    return work_folder(out) / f"{name}.events.jsonl"


def log_file(out: Path, name: str) -> Path:
    """The output of a process."""
    return out / f"{name}.log"


def cancel_file(out: Path) -> Path:
    """The file that asks the launcher at work in ``out`` to end."""
    return work_folder(out) / CANCEL


def clean_up(out: Path, missing: Iterable[int]) -> None:
    """Remove what ended runs have left: half and damaged samples, work units and events.

    Raises SettingsError where something that is not ours is in the way of an image that is missing.
    """
    remove_unfinished(out)
    for entry in sample_entries(out, frozenset(missing)):
        remove_half_sample(entry)
    for file in work_folder(out).iterdir():
        if UNIT_ENTRY.fullmatch(file.name):
            file.unlink()


def sample_entries(out: Path, indices: Container[int]) -> list[Path]:
    """What lies under the names of the samples with these global indices, and under those of their hidden folders."""
    return [
        entry
        for batch in _batch_folders(out)
        for entry in sorted(batch.iterdir())
        if (found := SAMPLE_ENTRY.fullmatch(entry.name)) and int(found[1] or found[2]) in indices
    ]


def _batch_folders(out: Path) -> list[Path]:
    if not out.is_dir():
        return []
    return [path for path in sorted(out.iterdir()) if BATCH_FOLDER.fullmatch(path.name) and path.is_dir()]


def run_record(settings: Settings, run: RunSettings, versions: Mapping[str, str]) -> dict[str, Any]:
    """What every sample of the dataset must have in common."""
    return {
        "settings": to_dict(settings),
        "settings_sha256": settings_sha256(settings),
        "files_sha256": files_sha256(settings),
        "seed": run.seed,
        "views_per_site": run.views_per_site,
        "solar_site": extension_version(),
        "blender": versions["blender"],
    }


def files_sha256(settings: Settings) -> dict[str, str]:
    """Checksums of the files that the settings name, by setting: samples are made of what they hold.

    Raises SettingsError where one cannot be read.
    """
    checksums = {}
    for setting in iter_settings(Settings):
        path = value_of(settings, setting.name) if setting.spec.file else ""
        if not path:
            continue
        try:
            with Path(path).open("rb") as file:
                checksums[setting.name] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SettingsError(
                "{setting} = {file} cannot be read ({reason}).",
                setting=SettingName(setting.name),
                file=path,
                reason=system_reason(error),
            ) from error
    return checksums


def read_run_state(out: Path) -> RunState | None:
    """How far the last run in ``out`` is, or was when it ended; None where there has been none."""
    try:
        run = json.loads((work_folder(out) / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    names = sorted(file.stem for file in work_folder(out).glob("batch_*.json"))
    processes = tuple(
        process_state(name, read_unit(unit_file(out, name)).indices, EventTail(events_file(out, name)).read_new())
        for name in names
    )
    return RunState(run["num_images"], run["earlier"], run["started"], processes)


def refuse_other_samples(out: Path, whole: Mapping[int, Path], record: Mapping[str, Any]) -> None:
    """Raise SettingsError where ``out`` holds samples that were made of anything else than ``record`` says."""
    if not whole:
        return
    earlier = read_record(out) or _record_of_sample(whole[max(whole)], record)
    differences = list(_differences(earlier, record))
    if differences:
        raise SettingsError(
            "{folder} contains samples rendered with other values: {differences}. "
            "Use the same values or another folder.",
            folder=out,
            differences=listed(differences, MOST_NAMED),
        )


def read_record(out: Path) -> dict[str, Any] | None:
    """What the last run in ``out`` has written down of itself; None where there has been none of ours."""
    try:
        record: dict[str, Any] = json.loads((work_folder(out) / RUN_FILE).read_text(encoding="utf-8"))
        return record if set(RECORDED) <= set(record) else None
    except (OSError, ValueError, TypeError):
        return None


def note_end(out: Path, code: int) -> None:
    """Write down that the last run in ``out`` has come to its end, and how: its files alone do not tell."""
    record = read_record(out)
    if record is not None:
        write_json(work_folder(out) / RUN_FILE, {**record, ENDED: code})


def _record_of_sample(folder: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """As much of the record as a sample itself tells; one of the first site leaves open how many views that has.

    Raises SettingsError where the sample has gone since it was found.
    """
    sample = read_head(folder)
    if sample is None:
        raise SettingsError("{folder} was changed while it was being read: {remedy}.", folder=folder, remedy=RESUME)
    generator, site, view = sample["generator"], sample["site"], sample["view"]
    return {
        "settings": None,
        "settings_sha256": generator["settings_sha256"],
        "seed": sample["seed"] - site,
        "views_per_site": (sample["index"] - view) // site if site else max(view + 1, record["views_per_site"]),
        "solar_site": generator["version"],
        "blender": generator["blender"],
    }


def _differences(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Message]:
    names = {
        "solar_site": "Solar Site ",
        "blender": "Blender ",
        "seed": "seed = ",
        "views_per_site": "views_per_site = ",
    }
    for key, name in names.items():
        if earlier[key] != now[key]:
            yield Message("{name} {earlier} (now {now})", {"name": name, "earlier": earlier[key], "now": now[key]})
    if earlier["seed"] != now["seed"]:
        values = {"setting": SettingName("seed"), "earlier": earlier["seed"], "now": now["seed"]}
        yield Message(OTHER_VALUE, values)
    if earlier["settings_sha256"] == now["settings_sha256"]:
        for name, checksum in earlier.get("files_sha256", {}).items():
            if checksum != now["files_sha256"][name]:
                yield Message("another content of the file {setting}", {"setting": SettingName(name)})
        return
    if earlier["settings"] is None:
        yield Message("other settings")
        return
    for setting in iter_settings(Settings):
        before, wanted = (_value(record["settings"], setting.name) for record in (earlier, now))
        if before != wanted:
            values = {"setting": SettingName(setting.name), "earlier": _shown(before), "now": _shown(wanted)}
            yield Message(OTHER_VALUE, values)


def _value(settings: Any, name: str) -> Any:
    for part in name.split("."):
        settings = settings.get(part) if isinstance(settings, Mapping) else None
    return settings


def _shown(value: Any) -> str:
    """A value of a record as it is written on a command line."""
    if isinstance(value, list) and any(isinstance(part, str) for part in value):
        return ",".join(map(str, value))
    if isinstance(value, list):
        return "..".join(f"{part:g}" for part in value) or "none"
    return value if isinstance(value, str) and value else json.dumps(value)


def remove_unfinished(out: Path) -> None:
    """Remove what workers that are gone have left: the hidden folders of half samples, and temporary files.

    What holds anything that is not ours stays.
    """
    for batch in _batch_folders(out):
        for entry in batch.iterdir():
            if entry.name.startswith(".") and SAMPLE_ENTRY.fullmatch(entry.name) and obstacle(entry) is None:
                remove_half_sample(entry)
    if work_folder(out).is_dir():
        for folder in work_folder(out).iterdir():
            if TEMPORARY_ENTRY.fullmatch(folder.name) and folder.is_dir():
                shutil.rmtree(folder)


@contextlib.contextmanager
def only_launcher(out: Path) -> Iterator[None]:
    """Keep a second launcher out of ``out``; raises SettingsError where one is at work there.

    The lock is the system's: it ends with its process, however that ends.
    """
    with lock_file(out).open("a") as file:
        if not _lock_patiently(file):
            raise SettingsError(ANOTHER_RUN, folder=out)
        cancel_file(out).unlink(missing_ok=True)  # it was meant for an earlier run
        yield


def at_work(out: Path) -> bool:
    """Whether a launcher is at work in ``out``."""
    return is_locked(lock_file(out))


def is_locked(path: Path) -> bool:
    """Whether some process has the file ``path`` locked. The look takes the lock for an instant."""
    try:
        with path.open("r+") as file:
            return not _lock(file)
    except OSError:
        return False


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep the file ``path`` locked, for others to see that this process is alive."""
    with path.open("a") as file:
        _lock_patiently(file)
        yield


def lock_file(out: Path) -> Path:
    """The file that the launcher at work in ``out`` keeps locked."""
    return work_folder(out) / LOCK


def _lock_patiently(file: IO[str]) -> bool:
    """As ``_lock``, for a file that somebody may have locked for an instant to see whether it is."""
    for _ in range(LOCK_ATTEMPTS):
        if _lock(file):
            return True
        time.sleep(LOCK_PAUSE_SECONDS)
    return False


def _lock(file: IO[str]) -> bool:
    """Lock ``file`` until it is closed; gives whether nobody else has it locked."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - not on other systems

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Any other error: some network file systems have no locks, and there the run goes on without.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
