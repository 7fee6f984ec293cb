# SPDX-License-Identifier: GPL-3.0-or-later
"""A launcher with a fake Blender: everything is real except the images."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from solar_site_addon.generator.domain.numbering import image_number
from solar_site_addon.generator.settings.schema import Settings

from . import fake_blender

HERE = Path(__file__).parent
BATCH = HERE.parents[1] / "headless" / "batch.py"
SMALL = ("--resolution", "64x48")
"""Images that need little memory and disk: launchers start processes only while there is room."""
BUCKET = "solar-site-test"


class FakeLauncher:
    """Starts headless/batch.py with the fake Blender."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.memory = folder / "memory"
        self.memory.mkdir()
        self.blender = folder / "blender"
        self.blender.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_blender.py"}" "$@"\n')
        self.blender.chmod(0o755)

    def start(
        self, *arguments: str, out: Path | None = None, limit: Callable[[], None] | None = None, **behaviour: Any
    ) -> subprocess.Popen[str]:
        """Start the launcher; ``behaviour`` configures the fake Blender, ``limit`` what all processes may use."""
        behaviour.setdefault("memory", str(self.memory))
        return subprocess.Popen(
            [sys.executable, str(BATCH), str(out or self.out), "--blender", str(self.blender), *SMALL, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limit,  # noqa: PLW1509 - the tests have no threads
            env={**os.environ, "FAKE_BLENDER": json.dumps(behaviour)},
        )

    def let_go(self) -> None:
        """Let the images in ``hold`` finish."""
        (self.memory / "go").touch()

    def run(self, *arguments: str, **behaviour: Any) -> subprocess.CompletedProcess[str]:
        """Run the launcher to its end."""
        process = self.start(*arguments, **behaviour)
        stdout, stderr = process.communicate(timeout=600)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def samples(self) -> dict[int, bytes]:
        """Return the image content of each complete sample by global index."""
        return {
            int(folder.name.removeprefix("image_")): (folder / "rgb.png").read_bytes()
            for folder in self.out.glob("batch_*/image_*")
        }

    def sites(self) -> list[int]:
        """Return the seeds of the sites built in all runs, in order."""
        return [int(line.split()[0]) for line in (self.memory / "sites").read_text().splitlines()]

    def begun(self) -> list[tuple[int, int]]:
        """Return index and process id of each image started in all runs."""
        made = self.memory / "made"
        lines = made.read_text().splitlines() if made.exists() else []
        return [(int(index), int(pid)) for index, pid in (line.split() for line in lines)]

    def dataset(self) -> Any:
        """Return the content of dataset.json."""
        return json.loads((self.out / "dataset.json").read_text())


@pytest.fixture
def launcher(tmp_path: Path) -> FakeLauncher:
    """Return a launcher with a fake Blender and an output folder that does not exist yet."""
    if os.name == "nt":
        pytest.skip("the fake Blender is a shell script")
    return FakeLauncher(tmp_path)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Return a function that waits until a condition holds."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 600
        while not condition():
            assert time.monotonic() < deadline, "the condition did not hold within 600 s"
            time.sleep(0.02)

    return wait


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a dataset folder with one sample and no index."""
    folder = tmp_path / "out" / "batch_00" / "image_0000"
    folder.mkdir(parents=True)
    fake_blender.write_sample(folder, Settings(), image_number(0, 0, 1))
    return tmp_path / "out"


class Bucket:
    """An S3 server with one bucket, which can go away and come back."""

    url = f"s3://{BUCKET}/dataset"

    def __init__(self) -> None:
        self._port = 0
        self.start()

    def start(self) -> None:
        server = pytest.importorskip("moto.server")
        self._server = server.ThreadedMotoServer("127.0.0.1", port=self._port, verbose=False)
        self._server.start()
        _, self._port = self._server.get_host_and_port()

    def stop(self) -> None:
        self._server.stop()

    def reset(self) -> None:
        """Forget everything: all servers of a process hold the same."""
        with urlopen(Request(f"http://127.0.0.1:{self._port}/moto-api/reset", method="POST"), timeout=30) as answer:
            assert answer.status == 200

    @property
    def environment(self) -> dict[str, str]:
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        return {**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port}"}

    @property
    def client(self) -> Any:
        return pytest.importorskip("boto3").client("s3")

    def times(self) -> dict[str, Any]:
        """Return when each file under ``url`` was stored, by path."""
        listed = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {one["Key"].removeprefix("dataset/"): one["LastModified"] for one in listed}

    def stored(self) -> dict[str, bytes]:
        """Return the files under ``url`` by path."""
        s3 = self.client
        return {path: s3.get_object(Bucket=BUCKET, Key=f"dataset/{path}")["Body"].read() for path in self.times()}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Return an empty bucket, whose address is in the environment."""
    pytest.importorskip("s3fs")
    found = Bucket()
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    found.reset()
    found.client.create_bucket(Bucket=BUCKET)
    yield found
    found.stop()
