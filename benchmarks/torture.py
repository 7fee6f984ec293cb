# SPDX-License-Identifier: GPL-3.0-or-later
"""Tortures the launcher, and writes what it survived into docs/reliability.md: ``make torture``.

Everything is real except the images, which the fake Blender of the tests writes. After each ordeal, the same command is
run again until the dataset is complete; then every sample must be the same as that of an undisturbed run, no process
may be left, and nothing unfinished may lie in the folder.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BATCH = ROOT / "headless" / "batch.py"
FAKE = ROOT / "tests" / "batch" / "fake_blender.py"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- numbers: written by make torture -->", "<!-- numbers end -->"
MOST_RUNS = 6
"""How often the same command may be needed after an ordeal."""
SMALL = ("--resolution", "64x48")
HOSTILE = (
    "tests/batch/test_hostile_input.py",
    "tests/headless/test_hostile_datasets.py",
    "tests/generator/plan/terrain/test_hostile_models.py",
)
HANG = ("--hang_minutes", "0.1")
ODD_NAMES = (
    'it\'s "quoted"',
    "光伏 数据集",
    "spaces and $dollars; rm -rf",
    "n" * 200,
    "-leading-hyphen",
    "percent %d {braces}",
    "emoji ☀",
)


class TortureError(Exception):
    """The launcher did not survive."""


@dataclass
class Bench:
    """A folder for one ordeal, and the launchers in it."""

    folder: Path
    name: str = "out"
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.memory = self.folder / "memory"
        self.memory.mkdir(parents=True)
        self.blender = self.folder / "blender"
        self.blender.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n', encoding="utf-8")
        self.blender.chmod(0o755)

    @property
    def out(self) -> Path:
        """The dataset folder."""
        return self.folder / self.name

    def start(self, *arguments: str, out: Path | None = None, **behaviour: Any) -> subprocess.Popen[str]:
        """Start a launcher; ``behaviour`` is that of the fake Blender."""
        behaviour = {"memory": str(self.memory), **behaviour}
        return subprocess.Popen(
            [sys.executable, str(BATCH), str(out or self.out), "--blender", str(self.blender), *SMALL, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **self.environment, "FAKE_BLENDER": json.dumps(behaviour)},
        )

    def run(self, *arguments: str, out: Path | None = None, **behaviour: Any) -> tuple[int, str]:
        """Run a launcher to its end; return its exit code and output."""
        process = self.start(*arguments, out=out, **behaviour)
        output, _ = process.communicate(timeout=900)
        if "Traceback" in output:
            raise TortureError(output)
        return process.returncode, output

    def complete(self, *arguments: str, **behaviour: Any) -> None:
        """Run the same command until the dataset is complete."""
        for _ in range(MOST_RUNS):
            code, output = self.run(*arguments, **behaviour)
            if code == 0:
                return
        raise TortureError(f"still incomplete after {MOST_RUNS} runs:\n{output}")

    def workers(self) -> list[int]:
        """Return the process ids of all workers that have started an image and are alive."""
        return [pid for pid in {int(line.split()[1]) for line in self._made()} if _is_fake(pid)]

    def _made(self) -> list[str]:
        made = self.memory / "made"
        return made.read_text(encoding="utf-8").splitlines() if made.exists() else []

    def check(self, number: int, seed: int = 0, out: Path | None = None) -> None:
        """Raise TortureError unless the dataset is what an undisturbed run makes, and nothing is left."""
        out = out or self.out
        images = {int(one.parent.name[6:]): one.read_bytes().rstrip() for one in out.glob("batch_*/image_*/rgb.png")}
        if images != {index: f"image of seed {seed + index}".encode() for index in range(number)}:
            raise TortureError(f"{out} holds {sorted(images)}, or other images")
        dataset = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
        if [one["index"] for one in dataset["samples"]] != list(range(number)) or dataset["failures"]:
            raise TortureError(f"{out}: dataset.json does not list all samples, or lists failures")
        unfinished = [*out.glob("batch_*/.*"), *(out / ".work").glob("*.tmp")]
        if unfinished or self.workers():
            raise TortureError(f"left behind: {unfinished or self.workers()}")


def _is_fake(pid: int) -> bool:
    try:
        return b"fake_blender" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def kills(bench: Bench, chance: random.Random, number: int) -> int:
    """Kill workers and launchers at random moments; return how often."""
    arguments = ("--num_images", "24", "--num_parallel", "3")
    done = 0
    process = bench.start(*arguments, seconds=0.05)
    while done < number:
        time.sleep(chance.uniform(0.05, 0.8))
        done += _kill_something(bench, chance, process)
        if process.poll() is not None:
            process.communicate()
            process = bench.start(*arguments, seconds=0.05)
            if not list(bench.out.glob(".work/*")) or chance.random() < 0.2:
                continue
            if len(list(bench.out.glob("batch_*/image_*"))) == 24:  # begin anew
                process.communicate()
                bench.complete(*arguments)
                bench.check(24)
                shutil.rmtree(bench.out)
                process = bench.start(*arguments, seconds=0.05)
    process.communicate()
    bench.complete(*arguments)
    bench.check(24)
    return done


def _kill_something(bench: Bench, chance: random.Random, process: subprocess.Popen[str]) -> int:
    """Send a random signal to a random process; return whether there was one."""
    kind = chance.choice(["worker", "worker", "worker", "launcher", "all"])
    workers = bench.workers()
    if kind == "launcher" and process.poll() is None:
        process.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        return 1
    victims = workers if kind == "all" else workers[:1] and [chance.choice(workers)]
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, chance.choice([signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM]))
    return len(victims)


def hangs(bench: Bench, chance: random.Random, number: int) -> int:
    """Let workers stop, sleep for ever or use a CPU for ever, once in each image; return how often."""
    kinds: dict[str, dict[str, int]] = {"stop": {}, "sleep": {}, "burn": {}}
    for index in range(number):
        kinds[chance.choice(["stop", "sleep", "sleep", "stop", "burn"])][str(index)] = 1
    bench.complete("--num_images", str(number), "--num_parallel", "8", *HANG, **kinds)
    bench.check(number)
    return number


def full_disks(bench: Bench, chance: random.Random, number: int) -> int:
    """Fill a small disk at random moments, and free it while the run waits; return how often it did."""
    with small_disk(bench.folder / "disk") as disk:
        if disk is None:
            return 0
        out = disk / "out"
        for _ in range(number):
            process = bench.start("--num_images", "12", "--num_parallel", "2", out=out, seconds=0.1)
            time.sleep(chance.uniform(0.3, 2))
            filling = disk / "filling"
            with contextlib.suppress(OSError), filling.open("wb") as file:
                while True:
                    file.write(bytes(65536))
            output = ""
            for line in process.stdout or ():
                output += line
                if "Paused: " in line:
                    break
            filling.unlink()
            output += process.communicate(timeout=300)[0]
            if process.returncode != 0 or " failed" in output:
                raise TortureError(output)
            bench.check(12, out=out)
            shutil.rmtree(out)
    return number


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Mount a file system of 24 MiB; yield None where only a superuser may."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    folder.mkdir()
    if mount is None or unmount is None or os.geteuid() != 0:
        yield None
        return
    subprocess.run([mount, "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run([unmount, "-l", str(folder)], check=True)


def memory_limits(bench: Bench, chance: random.Random, number: int) -> int:
    """Let images run out of memory in every way that is recognized; return how often."""
    kinds: dict[str, dict[str, Any]] = {"no_memory": {}, "no_gpu_memory": {}, "exit": {}, "crash": {}}
    for index in range(number):
        kind = chance.choice(list(kinds))
        kinds[kind][str(index)] = [137] if kind == "exit" else 1
    bench.complete("--num_images", str(number), "--num_parallel", "4", **kinds)
    bench.check(number)
    return number


def two_launchers(bench: Bench, chance: random.Random, number: int) -> int:
    """Start several launchers in one folder at the same time; all but one are refused. Return how many were started."""
    for _ in range(number):
        arguments = ("--num_images", "6", "--num_parallel", "2")
        processes = [bench.start(*arguments, seconds=0.1) for _ in range(3)]
        outputs = [process.communicate(timeout=300)[0] for process in processes]
        codes = sorted(process.returncode for process in processes)
        if codes[0] != 0 or not set(codes) <= {0, 2} or any("Traceback" in output for output in outputs):
            raise TortureError("\n".join(outputs))
        bench.check(6)
        shutil.rmtree(bench.out)
        time.sleep(chance.uniform(0, 0.1))
    return 3 * number


def damaged_files(bench: Bench, chance: random.Random, number: int) -> int:
    """Flip bits in, cut or remove files of samples; all must be found and made again. Return how many."""
    arguments = ("--num_images", "10", "--num_parallel", "2")
    bench.complete(*arguments)
    done = 0
    while done < number:
        files = chance.sample(sorted(bench.out.glob("batch_*/image_*/*")), 4)
        for file in files:
            _damage(file, chance)
        code, output = bench.run("--verify")
        if code != 1 or not all(f"{file.parent}: damaged or missing: " in output for file in files):
            raise TortureError(output)
        if bench.run("--remake")[0] != 0:
            raise TortureError(output)
        bench.check(10)
        done += len(files)
    return done


def _damage(file: Path, chance: random.Random) -> None:
    data = bytearray(file.read_bytes())
    kind = chance.choice(["flip", "cut", "remove"])
    if kind == "remove":
        file.unlink()
        return
    if kind == "flip":
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data if kind == "flip" else data[: chance.randrange(len(data))])


def shards(bench: Bench, chance: random.Random, number: int) -> int:
    """Kill the launchers of shards that share a folder, run them again, and index; return how many were killed."""
    arguments = ("--num_images", "12", "--num_parallel", "1")
    done = 0
    while done < number:
        processes = [bench.start(*arguments, "--shard", f"{one}/3", seconds=0.2) for one in range(3)]
        time.sleep(chance.uniform(0.5, 2))
        for process in chance.sample(processes, 2):
            done += process.poll() is None
            process.kill()
        for process in processes:
            process.communicate(timeout=300)
        for one in range(3):
            bench.complete(*arguments, "--shard", f"{one}/3")
        if bench.run("--rebuild")[0] != 0:
            raise TortureError("the shards could not be indexed")
        bench.check(12)
        shutil.rmtree(bench.out)
    return done


def storage(bench: Bench, chance: random.Random, number: int) -> int:
    """Kill launchers while they store samples under a URL, or remove their folder, too; return how many were killed."""
    store = bench.folder / "store"
    arguments = ("--num_images", "12", "--num_parallel", "2", "--storage", f"file://{store}")
    done = 0
    while done < number:
        process = bench.start(*arguments, seconds=0.2, bytes=200_000)
        time.sleep(chance.uniform(1, 6))
        done += process.poll() is None
        process.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM]))
        process.communicate(timeout=300)
        if chance.random() < 0.5:  # on another machine
            shutil.rmtree(bench.out, ignore_errors=True)
        if chance.random() < 0.2 or done >= number:
            bench.complete(*arguments, bytes=200_000)
            for folder in (bench.out, store):
                bench.check(12, out=folder)
                shutil.rmtree(folder)
    return done


def odd_places(bench: Bench, _: random.Random, number: int) -> int:
    """Use folders with odd names, without a home, in the C locale; return how many."""
    without_home = {"LC_ALL": "C", "LANG": "C", "HOME": "/nonexistent"}
    for name in ODD_NAMES[:number]:
        odd = Bench(bench.folder / "odd" / name, name, without_home)
        odd.complete("--num_images", "2", "--num_parallel", "2", crash={"1": 1})
        odd.check(2)
    return min(number, len(ODD_NAMES))


def hostile_files(_: Bench, __: random.Random, number: int) -> int:
    """Fuzz what reads files; return the number of cases."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *HOSTILE]
    environment = {**os.environ, "SOLAR_SITE_FUZZ": str(number)}
    command += ["--timeout", "0"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise TortureError(result.stdout)
    return number


Ordeal = Callable[[Bench, random.Random, int], int]
ORDEALS: dict[str, tuple[Ordeal, int, str]] = {
    "kills": (kills, 200, "workers and launchers killed at random moments"),
    "hangs": (hangs, 100, "workers that stop, sleep for ever or use a CPU for ever"),
    "disks": (full_disks, 10, "disks that fill at a random moment and are freed while the run waits"),
    "memory": (memory_limits, 40, "images that run out of memory"),
    "launchers": (two_launchers, 10, "launchers started three at a time in one folder"),
    "damage": (damaged_files, 40, "files flipped, cut or removed, found by `--verify` and made again by `--remake`"),
    "shards": (shards, 20, "launchers of shards killed in a shared folder"),
    "storage": (
        storage,
        30,
        "launchers killed while they store samples under a URL, half of them with their folder lost",
    ),
    "places": (odd_places, len(ODD_NAMES), "folders with odd names, without a home, in the C locale"),
    "files": (hostile_files, 10_000, "hostile settings, presets, units, datasets, images, elevation models and events"),
}


def main() -> int:
    """Run the ordeals and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ordeals", nargs="*", metavar="ORDEAL", help=f"by default all: {', '.join(ORDEALS)}")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random moments (default 0)")
    parser.add_argument("--scale", type=float, default=1.0, help="multiple of the usual number of ordeals (default 1)")
    options = parser.parse_args()
    for name in options.ordeals or ORDEALS:
        ordeal, usual, text = ORDEALS[name]
        number = max(1, round(options.scale * usual))
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="solar_site_torture_") as folder:
            done = ordeal(Bench(Path(folder)), random.Random(f"{options.seed}/{name}"), number)  # noqa: S311
        row = f"| {done} | {text} | {time.monotonic() - began:.0f} s |"
        print(row, flush=True)
        if options.scale >= 1:
            write_result(text, row, options.seed)
    return 0


def write_result(text: str, row: str, seed: int) -> None:
    """Write the row of an ordeal that has passed into the table of the page; those of other ordeals stay."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    old, _, after = rest.partition(END)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    rows = {line.split(" | ")[1]: line for line in old.splitlines() if line.startswith("| ") and line[2].isdigit()}
    rows[text] = f"{row} {today} |"
    known = [rows[one] for _, _, one in ORDEALS.values() if one in rows]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    head = [f"Last runs: {machine}, seed {seed}. Nothing was lost.", "", "| Number | Ordeal | Time | Date |"]
    table = "\n".join([*head, "| --- | --- | --- | --- |", *known])
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
