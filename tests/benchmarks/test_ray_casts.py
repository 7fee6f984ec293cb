# SPDX-License-Identifier: GPL-3.0-or-later
"""One scene of the comparison with independent ray casts; make ray-casts checks all of them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("bpy")

from benchmarks import ray_casts

pytestmark = [pytest.mark.bpy, pytest.mark.slow]


def test_annotations_agree_with_rays_and_a_shifted_mask_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ray_casts, "EXTRA_PER_KIND", 15)
    monkeypatch.setattr(ray_casts, "FRACTIONS", 2)
    assert ray_casts.main(["--scenes", "4", "--pixels", "200"]) == 0
    lines = capsys.readouterr().out.splitlines()
    checked = {line[:40].strip(): float(line[48:57]) for line in lines if line.endswith(" %")}
    assert {"id of module", "condition snow", "table, in a gap", "depth", "place within module"} <= checked.keys()
    assert min(checked.values()) > 99.5

    read = ray_casts.Scene.__init__

    def shifted(self: ray_casts.Scene, *arguments: object) -> None:
        read(self, *arguments)  # type: ignore[arg-type]
        self.instances = np.roll(self.instances, 3, axis=1)

    monkeypatch.setattr(ray_casts.Scene, "__init__", shifted)
    assert ray_casts.main(["--scenes", "4", "--pixels", "200"]) == 1


def test_it_can_be_imported_in_a_python_that_has_not_imported_bpy_yet() -> None:
    # A regular exit hangs in some versions of the bpy wheel.
    program = "import os, benchmarks.ray_casts; os._exit(0)"
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=120)
