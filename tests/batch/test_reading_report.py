# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of large elevation models that take long are reported, others are not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from solar_site_addon.batch import probe, reading_report
from solar_site_addon.batch.dataset_folder import events_file, work_folder
from solar_site_addon.batch.events import LAND_READ, EventTail
from solar_site_addon.batch.interruption import Interruption
from solar_site_addon.batch.probe import NAME, run_worker
from solar_site_addon.batch.reading_report import ReadingReport
from solar_site_addon.generator.plan.terrain.elevation.reading import note_read, on_reading

WORKER = """
import json, pathlib, sys, time
with open(sys.argv[1], "a") as file:
    file.write(json.dumps({"event": "land_read", "time": 0, "percent": 40}) + "\\n")
while not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.02)
"""


def percents(file: Path) -> list[int]:
    return [event["percent"] for event in EventTail(file).read_new() if event["event"] == LAND_READ]


def test_a_short_read_says_nothing(tmp_path: Path) -> None:
    on_reading(ReadingReport(tmp_path / "events"))
    try:
        for part in range(5):
            note_read(part, 5)
    finally:
        on_reading(None)
    assert not (tmp_path / "events").exists()


def test_a_long_read_is_told_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reading_report, "SECONDS_BETWEEN", 0.0)
    on_reading(ReadingReport(tmp_path / "events"))
    try:
        for part in (0, 1, 3):
            note_read(part, 4)
    finally:
        on_reading(None)
    note_read(4, 4)
    assert percents(tmp_path / "events") == [0, 25, 75]
    assert "Reading the elevation model: 25 %" in capsys.readouterr().out


def test_the_launcher_shows_what_the_probe_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown, words = tmp_path / "shown", probe.reading_words

    def shown_words(percent: int) -> str:
        shown.touch()
        return words(percent)

    monkeypatch.setattr(probe, "reading_words", shown_words)
    work_folder(tmp_path).mkdir()
    command = [sys.executable, "-c", WORKER, str(events_file(tmp_path, NAME)), str(shown)]
    with Interruption() as interruption:
        assert run_worker(command, tmp_path, interruption, 600.0) == 0
    assert "Reading the elevation model: 40 %" in capsys.readouterr().out
