# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel shows every setting once, and only a few at first."""

from __future__ import annotations

from typing import Any

import pytest

from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings, with_values
from solar_site_addon.generator.settings.types import Options

pytestmark = pytest.mark.bpy

MAX_VISIBLE_SETTINGS = 14
"""Maximum number of settings in the panels that are open by default."""


class Layout:
    """A layout that records the properties and texts that a panel draws."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.operators: list[str] = []

    def label(self, *, text: str = "", **_: Any) -> None:
        self.texts.append(text)

    def prop(self, group: Any, name: str, **_: Any) -> None:
        self.drawn.append((group.bl_rna.identifier, name))

    def operator(self, name: str, **_: Any) -> Any:
        self.operators.append(name)
        return self

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: self


def draw(bpy: Any, panel: type) -> Layout:
    """Return everything that a panel draws."""
    layout = Layout()
    panel.draw(type("Drawing", (), {"layout": layout, **vars(panel)})(), bpy.context)
    return layout


def drawn_by(bpy: Any, panel: type) -> list[str]:
    """Return the schema settings that a panel shows, by dotted name."""
    layout = draw(bpy, panel)
    root = bpy.context.scene.solar_site
    pointers = [name for name, prop in root.bl_rna.properties.items() if prop.type == "POINTER" and name != "rna_type"]
    groups = {getattr(root, name).bl_rna.identifier: name for name in pointers}
    # A range is drawn as two fields.
    names = dict.fromkeys(f"{groups[group]}.{name}" for group, name in layout.drawn if group in groups)
    return [name.removeprefix("run.") for name in names]


def panels() -> list[type]:
    from solar_site_addon import panels

    return [cls for cls in panels.CLASSES if issubclass(cls, panels.Tab)]


@pytest.fixture
def all_shown(bpy: Any) -> dict[type, list[str]]:
    """Return what each panel shows for all values of the settings that hide others."""
    from solar_site_addon.ui.properties import show_settings

    choices = {
        setting.name: list(setting.spec.choices) for setting in iter_settings(Settings) if setting.type is Options
    }
    show_settings(bpy.context.scene, with_values(Settings(), choices))
    root = bpy.context.scene.solar_site
    shown: dict[type, list[str]] = {panel: [] for panel in panels()}
    for clusters, source in ((True, "angles"), (False, "place_time")):
        root.array.use_clusters, root.light.source = clusters, source
        for panel in panels():
            shown[panel] += drawn_by(bpy, panel)
    return shown


def test_every_setting_is_in_the_tab(all_shown: dict[type, list[str]]) -> None:
    shown = {name for names in all_shown.values() for name in names}
    everything = {setting.name for setting in (*iter_settings(Settings), *iter_settings(RunSettings))}
    assert everything - shown == set()
    assert len(everything) > 60


def test_only_a_few_settings_are_visible_by_default(bpy: Any) -> None:
    open_at_first = [panel for panel in panels() if "DEFAULT_CLOSED" not in getattr(panel, "bl_options", ())]
    shown = [name for panel in open_at_first for name in drawn_by(bpy, panel)]
    assert 5 < len(shown) <= MAX_VISIBLE_SETTINGS, shown
    assert len(shown) == len(set(shown)), "a setting is shown twice"


def test_the_panel_shows_the_native_image_size_of_the_camera(bpy: Any) -> None:
    from solar_site_addon.panels import LensPanel, RenderPanel

    camera = bpy.context.scene.solar_site.camera
    for panel in (LensPanel, RenderPanel):
        camera.width_px = 0
        assert "Native: 5280 x 3956" in draw(bpy, panel).texts
        camera.width_px, camera.height_px = 160, 120
        assert "Image size: 160 x 120" in draw(bpy, panel).texts
        camera.height_px = 0
    camera.width_px, camera.model = 0, {"mavic_3e", "zenmuse_p1_35mm"}
    assert "Native, up to 8192 x 5460" in draw(bpy, LensPanel).texts


def test_ground_sampling_and_footprint_follow_the_fields_before_a_preview(bpy: Any) -> None:
    from solar_site_addon.panels import CameraPanel

    camera = bpy.context.scene.solar_site.camera
    camera.altitude_agl_m = (100, 50)
    # 17.3 mm wide sensor, 12.29 mm lens, 5280 pixels
    assert {"1.33 to 2.67 cm", "70 to 141 m wide"} <= set(draw(bpy, CameraPanel).texts)
    camera.model, camera.sensor_width_mm, camera.focal_length_mm = {"custom"}, 10, 20
    assert "25 to 50 m wide" in draw(bpy, CameraPanel).texts


def test_the_panel_says_when_the_site_no_longer_matches_the_settings(bpy: Any, scene: Any) -> None:
    from solar_site_addon.panels import CameraPanel, MainPanel
    from solar_site_addon.ui.session import tick

    def outdated() -> bool:
        tick()
        return "Settings changed since this preview" in draw(bpy, MainPanel).texts

    assert not outdated(), "there is no site yet"
    bpy.ops.solar_site.generate_preview()
    root = bpy.context.scene.solar_site
    assert not outdated()
    assert "not yet known" not in draw(bpy, CameraPanel).texts
    lines = [len(draw(bpy, panel).texts) for panel in (MainPanel, CameraPanel)]
    root.camera.altitude_agl_m = (60, 61)
    assert outdated()
    assert "not yet known" in draw(bpy, CameraPanel).texts
    assert [len(draw(bpy, panel).texts) for panel in (MainPanel, CameraPanel)] == lines, "the buttons have moved"
    bpy.ops.solar_site.generate_preview()
    assert not outdated()
    root.run.seed = "12"
    assert outdated()


def test_no_label_is_cut_off_in_a_sidebar_of_default_width(bpy: Any) -> None:
    import blf

    from solar_site_addon.ui.captions import label

    blf.size(0, 11)
    beside_a_field = [setting for setting in iter_settings(Settings) if setting.type not in (Options, bool)]
    widths = {label(setting): blf.dimensions(0, label(setting))[0] for setting in beside_a_field}
    assert {text: width for text, width in widths.items() if width > 101} == {}  # seen in windows


def test_no_button_of_a_choice_is_cut_off(bpy: Any) -> None:
    import blf

    from solar_site_addon.ui.captions import choice_label
    from solar_site_addon.ui.panel_parts import MAX_BUTTONS_IN_ROW

    blf.size(0, 11)
    options = [
        setting for setting in (*iter_settings(Settings), *iter_settings(RunSettings)) if setting.type is Options
    ]
    for setting in options:
        room = 64 if len(setting.spec.choices) == MAX_BUTTONS_IN_ROW else 101  # seen in windows of 4.3
        widths = {choice_label(choice): blf.dimensions(0, choice_label(choice))[0] for choice in setting.spec.choices}
        assert {text: width for text, width in widths.items() if width > room} == {}


def test_the_panel_explains_zero_for_a_module(bpy: Any) -> None:
    from solar_site_addon.panels import ModulesPanel

    assert "0: value of the module type" in draw(bpy, ModulesPanel).texts


def test_blenders_search_finds_every_operator_that_is_not_in_another_menu(bpy: Any) -> None:
    from solar_site_addon.operators import CLASSES
    from solar_site_addon.panels import MainMenu

    listed = draw(bpy, MainMenu).operators
    assert sorted(listed) == sorted(
        cls.bl_idname for cls in CLASSES if "INTERNAL" not in getattr(cls, "bl_options", ())
    )


def test_the_render_panel_says_that_cycles_is_disabled(bpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from solar_site_addon import panels

    monkeypatch.setattr(panels, "has_cycles", lambda: False)
    shown = " ".join(draw(bpy, panels.RenderPanel).texts)
    assert "Cycles is disabled" in shown
    assert "Detecting devices" not in shown
