# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures shared by all tests: isolated Blender preferences, and the Blenders to test in."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# Blender reads these when bpy is imported, so they stand here and not in a fixture: no test may read or write the
# preferences and extensions of the person who runs it. Child processes inherit them.
_BLENDER_USER = tempfile.mkdtemp(prefix="solar-site-tests-")
os.environ["BLENDER_USER_RESOURCES"] = _BLENDER_USER
os.environ["BLENDER_USER_EXTENSIONS"] = str(Path(_BLENDER_USER) / "extensions")

# Sites that tests/generator/planned.py has planned. The processes of pytest-xdist inherit the folder of the first one.
_SITES = "" if "SOLAR_SITE_TEST_SITES" in os.environ else tempfile.mkdtemp(prefix="solar-site-planned-")
os.environ.setdefault("SOLAR_SITE_TEST_SITES", _SITES)

# How long an example takes says more about the machine than about us. What must pass before a change lands
# (.ci/run) takes the same examples each time, every other run takes new ones, so that few at a time suffice.
settings.register_profile("solar_site", deadline=None, derandomize="CI" in os.environ, max_examples=40)
settings.load_profile("solar_site")

HAS_BPY = "bpy" in sys.modules or importlib.util.find_spec("bpy") is not None


def real_blenders() -> list[str]:
    """The Blenders named by SOLAR_SITE_BLENDERS: paths with white space between them."""
    return os.environ.get("SOLAR_SITE_BLENDERS", "").split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips, with the reason, the tests that need a Blender that is not here."""
    no_wheel = pytest.mark.skip(reason="Blender's Python module (bpy) is not installed")
    no_blender = pytest.mark.skip(reason="SOLAR_SITE_BLENDERS names no Blender")
    for item in items:
        if item.get_closest_marker("bpy") and not HAS_BPY:
            item.add_marker(no_wheel)
        if item.get_closest_marker("blender") and not real_blenders():
            item.add_marker(no_blender)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skips files of which no test runs without bpy: importing bpy and them takes longer than most files."""
    if collection_path.suffix == ".py" and "not bpy" in (config.option.markexpr or ""):
        return True if "\npytestmark = pytest.mark.bpy\n" in collection_path.read_text(encoding="utf-8") else None
    return None


def pytest_collection_finish() -> None:
    """Leaves what has been imported and collected out of garbage collection, which takes a tenth of the time else."""
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test that asks for ``blender`` once in each real Blender."""
    if "blender" in metafunc.fixturenames:
        metafunc.parametrize("blender", real_blenders() or [""], ids=lambda path: str(path) or "none")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _no_handlers_left() -> Iterator[None]:
    """Takes render handlers out at the end: one left behind makes a wheel crash (4.2) or hang (4.5) at exit."""
    yield
    if "bpy" in sys.modules:
        handlers = sys.modules["bpy"].app.handlers
        for name in dir(handlers):
            if name.startswith("render_"):
                getattr(handlers, name).clear()


EXIT_STATUS = pytest.StashKey[int]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remembers the exit status."""
    session.config.stash[EXIT_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes the temporary folders of this process, and ends it: with bpy, a regular exit may hang.

    The processes of pytest-xdist do not exit regularly anyway.
    """
    shutil.rmtree(_BLENDER_USER, ignore_errors=True)
    if _SITES:
        shutil.rmtree(_SITES, ignore_errors=True)
    if "bpy" in sys.modules and EXIT_STATUS in config.stash and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[EXIT_STATUS])
