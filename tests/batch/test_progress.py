# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress events: written, read, and combined into a state."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch import run_reader
from solar_site_addon.batch.dataset_folder import events_file, unit_file
from solar_site_addon.batch.display import News, bar_line, progress_words
from solar_site_addon.batch.events import Event, EventTail, append_event
from solar_site_addon.batch.progress import DONE, STARTED, WAITING, RunState, process_state
from solar_site_addon.batch.quantities import duration, size
from solar_site_addon.batch.run_reader import RunReader
from solar_site_addon.batch.run_record import RunRecord, make_recipe, write_record
from solar_site_addon.batch.work_unit import WorkUnit, write_unit
from solar_site_addon.generator.dataset.layout import batch_name
from solar_site_addon.generator.domain.messages import Message
from solar_site_addon.generator.settings.schema import RunSettings, Settings


def started(index: int, time: float = 0.0) -> Event:
    return {"event": "image_started", "time": time, "index": index}


def done(index: int, seconds: float = 1.0) -> Event:
    return {"event": "image_done", "time": 0.0, "index": index, "seconds": seconds}


def failed(index: int) -> Event:
    return {"event": "image_failed", "time": 0.0, "index": index, "message": "why"}


BEGIN: Event = {"event": "worker_started", "time": 0.0}
END: Event = {"event": "worker_done", "time": 9.0}


def test_a_process_without_events_waits_for_its_worker() -> None:
    state = process_state("batch_00", (0, 1), [])
    assert (state.phase, state.current, state.remaining) == (WAITING, None, (0, 1))


def test_a_process_goes_through_its_images() -> None:
    events = [BEGIN, started(4), done(4), {"event": "image_skipped", "time": 0.0, "index": 5}, started(6, time=8.0)]
    state = process_state("batch_00", (4, 5, 6, 7), events)
    assert (state.phase, state.current, state.current_since) == (STARTED, 6, 8.0)
    assert (state.seconds, state.skipped, state.remaining) == ({4: 1.0}, {5}, (6, 7))
    state = process_state("batch_00", (4, 5, 6, 7), [*events, failed(6), started(7), done(7), END])
    assert (state.phase, state.current, state.failed, state.remaining) == (DONE, None, {6: Message("why")}, ())


def test_the_latest_note_of_all_processes_is_shown() -> None:
    def note(time: float, text: str) -> Event:
        return {"event": "note", "time": time, "message": text}

    run = RunState(4, 0, 0.0, (process_state("batch_00", (0,), [BEGIN]),))
    assert run.latest_note is None
    first = process_state("batch_00", (0,), [BEGIN, note(5.0, "goes on"), note(7.0, "ended")])
    second = process_state("batch_01", (1,), [note(6.0, "paused"), BEGIN])
    assert [str(one.message) for one in first.notes] == ["goes on", "ended"]
    assert str(RunState(4, 0, 0.0, (first, second)).latest_note) == "ended"


def test_an_image_that_is_tried_again_has_not_failed() -> None:
    retried: Event = {"event": "image_retried", "time": 0.0, "index": 0}
    ended: Event = {"event": "worker_ended", "time": 0.0}
    state = process_state("batch_00", (0, 1), [BEGIN, started(0), failed(0), retried, ended])
    assert (state.failed, state.remaining, state.phase) == ({}, (0, 1), WAITING)


def test_an_image_that_a_second_worker_begins_is_the_current_one() -> None:
    state = process_state("batch_00", (0, 1), [BEGIN, started(0), done(0), BEGIN, started(1), BEGIN, started(1)])
    assert (state.current, state.workers_done) == (1, 0)


def test_images_of_this_run_are_not_counted_again_when_a_new_worker_skips_them() -> None:
    events = [BEGIN, started(0), done(0), started(1), BEGIN, {"event": "image_skipped", "time": 0.0, "index": 0}]
    run = RunState(2, 0, 0.0, (process_state("batch_00", (0, 1), events),))
    assert (run.made, run.done) == (1, 1)


@given(st.permutations(list(range(6))), st.integers(0, 6), st.integers(0, 6))
def test_made_failed_and_remaining_images_are_always_all(order: list[int], made: int, lost: int) -> None:
    made, lost = min(made, lost), max(made, lost)
    events = [BEGIN, *(event for index in order[:made] for event in (started(index), done(index)))]
    events += [event for index in order[made:lost] for event in (started(index), failed(index))]
    state = process_state("batch_00", tuple(range(6)), events)
    assert sorted([*state.seconds, *state.failed, *state.remaining]) == list(range(6))


def test_pace_and_time_left_are_based_on_images_of_this_run() -> None:
    events = [BEGIN, started(0), done(0, 10), started(1), done(1, 10), started(2, 20)]
    quick = process_state("batch_00", (0, 1, 2), events)
    slow = process_state("batch_01", (3, 4, 5), [BEGIN, started(3), done(3, 20), started(4, 20)])
    run = RunState(total=10, earlier=4, started=0.0, processes=(quick, slow))
    assert (run.made, run.done) == (3, 7)
    assert run.images_per_hour(now=30.0) == pytest.approx(360)
    assert run.eta_seconds(now=30.0) == pytest.approx(2 * 20 - 10), "the slow one: two images, half of one done"


def test_before_the_first_image_there_is_no_pace() -> None:
    run = RunState(4, 0, 0.0, (process_state("batch_00", (0, 1), [BEGIN, started(0)]),))
    assert run.images_per_hour(5.0) is None
    assert run.eta_seconds(5.0) is None
    assert progress_words(run, 5.0) == "0 of 4"


def test_the_bar_is_cut_to_the_terminal() -> None:
    run = RunState(4, 2, 0.0, (process_state("batch_00", (2, 3), [BEGIN, started(2)]),))
    assert bar_line(run, 5.0, 200) == "[############------------] 2 of 4  00:2"
    assert len(bar_line(run, 5.0, 12)) == 12


def test_times_and_sizes_are_short() -> None:
    assert (duration(3723.4), duration(59.6)) == ("1:02:03", "0:01:00")
    assert (size(999), size(12_340_000), size(2.5e15)) == ("999 B", "12.3 MB", "2500.0 TB")


def test_events_are_read_as_they_come(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    tail = EventTail(file)
    assert tail.read_new() == []
    append_event(file, "image_started", index=3)
    assert [event["index"] for event in tail.read_new()] == [3]
    assert tail.read_new() == []


def test_a_line_is_read_once_it_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    tail = EventTail(file)
    file.write_bytes(b'{"event": "image_st')
    assert tail.read_new() == []
    file.write_bytes(b'{"event": "image_started", "index": 1}\n')
    assert [event["index"] for event in tail.read_new()] == [1]


def test_a_line_cut_off_by_a_crash_does_not_affect_others(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"event": "image_done", "index": 1, "seconds": 2}\n{"event": "ima')
    append_event(file, "worker_started")
    assert [event["event"] for event in EventTail(file).read_new()] == ["image_done", "worker_started"]


def test_events_without_required_keys_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    for values in ({}, {"index": "0", "seconds": 1}, {"index": 0}, {"index": 0, "seconds": 1.5}):
        append_event(file, "image_done", **values)
    assert [event["seconds"] for event in EventTail(file).read_new()] == [1.5]


def test_each_image_is_news_once() -> None:
    state = process_state(
        "batch_00", range(6), [BEGIN, started(0), done(0), started(1), failed(1), started(2), done(2)]
    )
    run, news = RunState(6, 0, 0.0, (state,)), News()
    assert [(index, text) for index, _, text in news.new(run)] == [
        (0, "done in 1.0 s"),
        (2, "done in 1.0 s"),
        (1, "failed: why"),
    ]
    assert news.new(run) == []
    for event in (started(3), done(3, 2.0), {"event": "image_retried", "time": 0.0, "index": 1}, failed(1)):
        state.add(event)
    assert news.new(run) == [(3, "batch_00", "done in 2.0 s")]
    state.add(done(1))
    assert news.new(run) == [(1, "batch_00", "done in 1.0 s")]


def test_of_many_units_those_at_work_are_always_followed_and_the_others_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_reader, "UNITS_AT_ONCE", 2)
    monkeypatch.setattr(run_reader, "unit_names", lambda _: [batch_name(index) for index in range(6)])
    recipe = make_recipe(Settings(), RunSettings(), "4.5.0")
    write_record(tmp_path, RunRecord(recipe, 6, 0, 1.0))
    write_unit(unit_file(tmp_path, batch_name(0)), WorkUnit(Settings(), 0, (0,), "", "auto", use_gpu=True))
    for index in range(1, 6):
        shutil.copy(unit_file(tmp_path, batch_name(0)), unit_file(tmp_path, batch_name(index)))
    reader = RunReader(tmp_path)
    assert looked(reader).made == 0
    append_event(events_file(tmp_path, batch_name(3)), "worker_started")
    assert any(looked(reader).processes[3].phase == STARTED for _ in range(3))
    for index in range(6):
        append_event(events_file(tmp_path, batch_name(index)), "image_done", index=0, seconds=1.0)
    assert looked(reader).processes[3].seconds
    assert [looked(reader).made for _ in range(2)][-1] == 6
    for index in range(6):
        append_event(events_file(tmp_path, batch_name(index)), "worker_done")
    assert 0 < sum(process.phase == DONE for process in looked(reader).processes) < 6
    write_record(tmp_path, RunRecord(recipe, 6, 0, 1.0, ended=0))
    assert all(process.phase == DONE for process in looked(reader).processes), "at the end of a run, all are read"


def test_a_view_of_a_run_differs_from_the_one_before_an_event(tmp_path: Path) -> None:
    write_record(tmp_path, RunRecord(make_recipe(Settings(), RunSettings(), "4.5.0"), 1, 0, 1.0))
    write_unit(unit_file(tmp_path, batch_name(0)), WorkUnit(Settings(), 0, (0,), "", "auto", use_gpu=True))
    reader = RunReader(tmp_path)
    before = looked(reader)
    assert looked(reader) == before
    append_event(events_file(tmp_path, batch_name(0)), "image_started", index=0)
    assert looked(reader) != before


def looked(reader: RunReader) -> RunState:
    found = reader.look()
    assert found is not None
    return found[1]
