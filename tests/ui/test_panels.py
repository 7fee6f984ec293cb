# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel shows every setting once, and only a few at first."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

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
        return SimpleNamespace()

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
    show_settings(with_values(Settings(), choices))
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
    assert everything - shown == {"use_gpu", "device", "camera.model"}, "these are in menus"
    assert len(everything) > 60


def test_the_menus_offer_every_camera_and_device_and_grey_what_the_machine_lacks(
    bpy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from solar_site_addon.panels import CameraMenu, DeviceMenu
    from solar_site_addon.ui import session as state

    for name, nothing in (("backends", {}), ("devices", {}), ("denoisers", None)):
        monkeypatch.setattr(state.session, name, nothing)
    monkeypatch.setattr(state, "found_devices", lambda backend: ["Tesla"] if backend == "CUDA" else [])
    assert state.update_device()
    monkeypatch.setattr(state, "found_devices", None)  # drawing does not look for devices
    rows: dict[str, tuple[bool, str]] = {}

    class Row(Layout):
        def prop_enum(self, _group: Any, _name: str, choice: str, *, text: str, **_: Any) -> None:
            rows[choice] = (self.enabled, text)

        def row(self, **_: Any) -> Row:
            return Row()

    DeviceMenu.draw(SimpleNamespace(layout=Row()), bpy.context)
    assert [choice for choice, (enabled, _) in rows.items() if enabled] == ["auto", "cuda", "cpu"]
    assert rows["optix"] == (False, "OptiX: not found on this machine")
    camera = MagicMock()
    CameraMenu.draw(SimpleNamespace(layout=camera), bpy.context)
    camera.column().props_enum.assert_called_once_with(bpy.context.scene.solar_site.camera, "model")


def test_every_built_in_preset_has_a_small_image_and_a_button(bpy: Any) -> None:
    from solar_site_addon.panels import PresetPanel
    from solar_site_addon.ui.presets import built_in_presets, preset_thumbnails
    from solar_site_addon.ui.session import session

    images = preset_thumbnails()
    assert list(images) == built_in_presets()
    assert max(file.stat().st_size for file in images.values()) < 10_000
    assert all(session.thumbnails[str(preset)].image_size[:] == (128, 96) for preset in images)
    root = bpy.context.scene.solar_site
    root.preset = str(built_in_presets()[2])
    pressed: dict[str, bool] = {}

    class Grid(Layout):
        def operator(self, name: str, *, text: str = "", depress: bool = False, **_: Any) -> Any:
            pressed[text or name] = depress
            return SimpleNamespace()

    PresetPanel.draw(type("Drawing", (), {"layout": Grid(), **vars(PresetPanel)})(), None)
    assert [name for name, on in pressed.items() if on] == ["Dry Hills"]
    assert {"Desert", "Mixed", "solar_site.add_preset", "solar_site.import_preset"} <= set(pressed)


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
    root = scene.solar_site
    bpy.ops.solar_site.generate_preview()
    assert not outdated()
    root.render.max_samples, root.run.num_images, root.effects.noise = 7, 3, (0.1, 0.1)
    assert not outdated(), "the preview shows none of these"
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


def test_the_rows_above_the_details_of_a_batch_do_not_move(bpy: Any, tmp_path: Path) -> None:
    from solar_site_addon.panels import BatchPanel
    from solar_site_addon.ui.batches import STARTING, FolderView
    from solar_site_addon.ui.session import session, tick

    root = bpy.context.scene.solar_site
    root.folder = str(tmp_path)
    tick()
    before = draw(bpy, BatchPanel)
    session.batches.views[tmp_path] = FolderView(STARTING)
    after = draw(bpy, BatchPanel)
    assert (len(before.texts), before.operators) == (len(after.texts), after.operators)
    assert "No batch here yet" in before.texts
    assert "Checking Blender and the first site" in after.texts


def test_the_summary_says_what_a_batch_will_be(bpy: Any, tmp_path: Path) -> None:
    from solar_site_addon.batch.estimate import Measured
    from solar_site_addon.panels import BatchPanel
    from solar_site_addon.ui.session import session, tick

    root = bpy.context.scene.solar_site
    root.run.device, root.folder = "cpu", str(tmp_path)
    tick()
    texts = draw(bpy, BatchPanel).texts
    assert "10 images, 5280\N{NO-BREAK SPACE}x\N{NO-BREAK SPACE}3956" in texts
    assert "Time: use Render Preview" in texts
    assert re.search(r"1.27 GB, \d+ processes on CPU", " ".join(texts)), texts
    session.measured = Measured({"site": 6.0, "radiance": 20.0}, 960 * 719, 16, "CPU")
    tick()
    texts = " ".join(draw(bpy, BatchPanel).texts)
    assert re.search(r"About \d+ (h|min), ends about \d\d:\d\d", texts), texts
    session.measured = Measured({"site": 6.0, "radiance": 20.0}, 960 * 719, 16, "CUDA: Tesla (GPU)")
    tick()
    assert session.outlook.seconds is None, "another device was measured"


def test_a_search_finds_settings_by_label_and_description(bpy: Any) -> None:
    from solar_site_addon.panels import SearchPanel
    from solar_site_addon.ui.search import MOST_FOUND, found_settings

    root = bpy.context.scene.solar_site
    assert found_settings("", "en_US") == ()
    assert found_settings("snow cover", "en_US")[0] == "site.snow"
    assert "array.design_sun_elevation_deg" in found_settings("shades row", "en_US")
    assert len(found_settings("a", "en_US")) == MOST_FOUND
    root.search = "gimbal pitch"
    assert drawn_by(bpy, SearchPanel) == ["camera.gimbal_pitch_deg"]
    root.search = "no such thing"
    assert "No setting contains this text" in draw(bpy, SearchPanel).texts


def test_changed_settings_are_counted_and_reset_by_group(bpy: Any) -> None:
    from solar_site_addon.generator.settings.schema import PRESET_FOLDER
    from solar_site_addon.panels import LandPanel, active_preset, draw_changes
    from solar_site_addon.ui.properties import settings_of
    from solar_site_addon.ui.session import tick

    def marks() -> list[str]:
        tick()
        layout = Layout()
        draw_changes(layout, LandPanel.names)
        return layout.texts

    root = bpy.context.scene.solar_site
    desert = str(PRESET_FOLDER / "desert.json")
    bpy.ops.solar_site.load_preset(filepath=desert)
    before = settings_of()
    assert marks() == []
    assert active_preset(root.preset) == "Desert"
    root.site.size_m, root.site.road_max_grade_percent, root.module.soiling = 150, 5, (0.5, 0.6)
    assert marks() == ["2 changed"]
    assert active_preset(root.preset) == "Desert (changed)"
    bpy.ops.solar_site.reset_settings(names=",".join(LandPanel.names))
    assert marks() == []
    assert tuple(root.module.soiling) == pytest.approx((0.5, 0.6)), "another group was reset"
    bpy.ops.solar_site.reset_settings(names="module.soiling")
    assert settings_of() == before


@pytest.mark.parametrize(
    ("width", "scale", "above"), [(280, 1.0, False), (230, 1.0, True), (420, 1.5, False), (345, 1.5, True)]
)
def test_labels_stand_above_the_fields_of_a_range_where_the_sidebar_is_narrow(
    bpy: Any, monkeypatch: pytest.MonkeyPatch, width: int, scale: float, above: bool
) -> None:
    from solar_site_addon.ui import panel_parts

    monkeypatch.setattr(panel_parts, "sidebar_width", lambda: width / scale)
    column = MagicMock()
    panel_parts.draw_settings(column, MagicMock(), ("site.relief",))
    assert column.column.called == above
    assert column.split.called != above
