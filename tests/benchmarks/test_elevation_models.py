# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of elevation models measures a model in processes of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_every_case_is_measured(root: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.elevation_models", "--cells", "600"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    line = r"site of 400 m, (drawn|center): \d+\.\d s of CPU time, \d+ MB"
    assert re.fullmatch(rf"{line}\n{line}\n", result.stdout), result.stdout
