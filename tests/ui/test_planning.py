# SPDX-License-Identifier: GPL-3.0-or-later
"""A preview is planned in the background, and can be given up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from .deep import differences, everything, made_by_us

pytestmark = pytest.mark.bpy


class Waiting:
    """What Blender hands to an operator that waits."""

    def __init__(self, bpy: Any) -> None:
        self.status: list[str | None] = []
        self.window = bpy.context.window_manager.windows[0]
        self.area = None
        self.workspace = SimpleNamespace(status_text_set=self.status.append)
        self.window_manager = SimpleNamespace(
            event_timer_add=lambda *_, **__: "timer",
            event_timer_remove=lambda _: None,
            modal_handler_add=lambda _: None,
        )


def event(kind: str) -> Any:
    return SimpleNamespace(type=kind, value="PRESS")


def pressed(context: Any) -> Any:
    """Return Generate Preview after a click, as Blender calls it."""
    from solar_site_addon import operators

    methods = {name: value for name, value in vars(operators.GeneratePreview).items() if not name.startswith("bl_")}
    base = type("Pressed", (operators.Escapable,), {k: v for k, v in methods.items() if not k.startswith("__")})
    operator: Any = base()
    operator.said = []
    operator.report = lambda _, text: operator.said.append(text)
    assert operator.invoke(context, event("LEFTMOUSE")) == {"RUNNING_MODAL"}
    return operator


def test_a_click_plans_in_the_background_and_then_shows_the_site(bpy: Any, scene: Any) -> None:
    from solar_site_addon.ui.session import session

    context = Waiting(bpy)
    operator = pressed(context)
    assert operator.modal(context, event("MOUSEMOVE")) == {"PASS_THROUGH"}, "the window is blocked"
    session.planning.view()  # wait
    while (result := operator.modal(context, event("TIMER"))) == {"PASS_THROUGH"}:
        assert not bpy.ops.solar_site.remove_site.poll(), "it would remove what is being built"
        assert operator.modal(context, event("MOUSEMOVE")) == {"RUNNING_MODAL"}, "the site could be changed"
    assert result == {"FINISHED"}
    assert [text for text in context.status if text and "Building the site: part" in text]
    assert "modules" in operator.said[-1]
    assert context.window.scene.solar_site.read_out.modules > 0
    assert context.status[-1] is None
    assert session.planning is None


@pytest.mark.parametrize("way", ["escape", "button", "close"])
def test_nothing_changes_after_it_was_given_up(bpy: Any, scene: Any, way: str) -> None:
    from solar_site_addon.ui.session import session

    context = Waiting(bpy)
    scenes = [one.name for one in bpy.data.scenes]
    operator = pressed(context)
    planning = session.planning
    if way == "escape":
        assert operator.modal(context, event("ESC")) == {"CANCELLED"}
    elif way == "button":
        bpy.ops.solar_site.cancel_preview()
        assert operator.modal(context, event("TIMER")) == {"CANCELLED"}
    else:
        operator.cancel(context)
    assert session.planning is None
    planning.view()
    assert [one.name for one in bpy.data.scenes] == scenes
    assert bpy.ops.solar_site.generate_preview.poll()


def test_a_second_click_replaces_what_is_being_planned(bpy: Any, scene: Any) -> None:
    from solar_site_addon.ui.session import session

    first_context, context = Waiting(bpy), Waiting(bpy)
    first = pressed(first_context)
    scene.solar_site.run.seed = "12"
    second = pressed(context)
    assert first.modal(first_context, event("TIMER")) == {"CANCELLED"}
    session.planning.view()  # wait
    while (result := second.modal(context, event("TIMER"))) == {"PASS_THROUGH"}:
        pass
    assert result == {"FINISHED"}
    assert context.window.scene.solar_site.read_out.seed == "12"


def built_partly(bpy: Any, context: Any) -> Any:
    """Return Generate Preview after it has built some parts of another site."""
    from solar_site_addon.ui.session import session

    operator = pressed(context)
    session.planning.view()  # wait
    for _ in range(3):
        assert operator.modal(context, event("TIMER")) == {"PASS_THROUGH"}
    assert 0 < session.building.done < session.building.total
    return operator


@pytest.mark.parametrize("way", ["escape", "button", "close", "undo"])
def test_the_previous_site_stays_if_the_next_one_is_given_up_while_it_is_built(bpy: Any, scene: Any, way: str) -> None:
    from solar_site_addon.ui import viewport
    from solar_site_addon.ui.session import session

    bpy.ops.solar_site.generate_preview()
    before, ours = everything(bpy), made_by_us(bpy)
    bpy.context.window_manager.windows[0].scene.solar_site.site.relief = (0.3, 0.3)
    context = Waiting(bpy)
    operator = built_partly(bpy, context)
    assert made_by_us(bpy) != ours
    if way == "escape":
        assert operator.modal(context, event("ESC")) == {"CANCELLED"}
    elif way == "close":
        operator.cancel(context)
    else:
        bpy.ops.solar_site.cancel_preview() if way == "button" else viewport._after_undo()
        assert operator.modal(context, event("TIMER")) == {"CANCELLED"}
    assert session.planning is session.building is None
    assert made_by_us(bpy) == ours
    assert differences(before, everything(bpy)) == []
    assert bpy.ops.solar_site.generate_preview() == {"FINISHED"}


def test_a_second_site_has_the_names_that_the_first_one_had(bpy: Any, scene: Any) -> None:
    bpy.ops.solar_site.generate_preview()
    before = [block.name for block in made_by_us(bpy)]
    assert "Solar Site modules" in before
    bpy.ops.solar_site.generate_preview()  # nothing has changed, so all is built anew
    assert [block.name for block in made_by_us(bpy)] == before


def test_an_impossible_site_is_reported_when_its_planning_ends(bpy: Any, scene: Any) -> None:
    scene.solar_site.site.relief, scene.solar_site.array.max_slope_deg = (1, 1), 1
    context = Waiting(bpy)
    operator = pressed(context)
    while not operator.is_over():
        pass
    assert operator.modal(context, event("TIMER")) == {"CANCELLED"}
    assert "No table fits on this site" in operator.said[-1]
    assert len(bpy.data.scenes) == 1
