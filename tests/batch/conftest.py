# SPDX-License-Identifier: GPL-3.0-or-later
"""A launcher with a fake Blender: everything is real except the images."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
BATCH = HERE.parents[1] / "headless" / "batch.py"


class FakeLauncher:
    """Runs headless/batch.py with the fake Blender."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.memory = folder / "memory"
        self.memory.mkdir()
        self.blender = folder / "blender"
        self.blender.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_blender.py"}" "$@"\n')
        self.blender.chmod(0o755)

    def start(self, *arguments: str, out: Path | None = None, **behaviour: Any) -> subprocess.Popen[str]:
        """Start the launcher; ``behaviour`` says what the fake Blender does."""
        behaviour.setdefault("memory", str(self.memory))
        return subprocess.Popen(
            [sys.executable, str(BATCH), str(out or self.out), "--blender", str(self.blender), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "FAKE_BLENDER": json.dumps(behaviour)},
        )

    def let_go(self) -> None:
        """Finish the images that ``hold`` names."""
        (self.memory / "go").touch()

    def run(self, *arguments: str, **behaviour: Any) -> subprocess.CompletedProcess[str]:
        """Run the launcher to its end."""
        process = self.start(*arguments, **behaviour)
        stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def samples(self) -> dict[int, bytes]:
        """What each complete sample's image holds, by global index."""
        return {
            int(folder.name.removeprefix("image_")): (folder / "rgb.png").read_bytes()
            for folder in self.out.glob("batch_*/image_*")
        }

    def sites(self) -> list[int]:
        """Seeds of the sites that were built, in turn, over all runs."""
        return [int(line.split()[0]) for line in (self.memory / "sites").read_text().splitlines()]

    def begun(self) -> list[tuple[int, int]]:
        """Index and process id of each image that was started, over all runs."""
        made = self.memory / "made"
        lines = made.read_text().splitlines() if made.exists() else []
        return [(int(index), int(pid)) for index, pid in (line.split() for line in lines)]

    def dataset(self) -> Any:
        """The dataset.json."""
        return json.loads((self.out / "dataset.json").read_text())


@pytest.fixture
def launcher(tmp_path: Path) -> FakeLauncher:
    """A launcher with a fake Blender and an output folder that is not there yet."""
    if os.name == "nt":
        pytest.skip("the fake Blender is a shell script")
    return FakeLauncher(tmp_path)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Waits until something is true, and fails where it does not come true."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < deadline, "it did not come true within 120 s"
            time.sleep(0.02)

    return wait
