# SPDX-License-Identifier: GPL-3.0-or-later
"""Black surfaces change no annotation pass, and leave no trace."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")
pytestmark = pytest.mark.bpy

from solar_site_addon.generator.domain.random_streams import ViewSeed  # noqa: E402
from solar_site_addon.generator.imaging.passes import CHANNEL_ENDINGS  # noqa: E402
from solar_site_addon.generator.plan.view.view import plan_view  # noqa: E402
from solar_site_addon.generator.render import passes  # noqa: E402
from solar_site_addon.generator.render.bare_surfaces import bare_surfaces  # noqa: E402
from solar_site_addon.generator.render.renderer import Renderer, prepare_renderer  # noqa: E402
from solar_site_addon.generator.scene.build import BuiltSite, build_site, new_scene, show_view  # noqa: E402
from solar_site_addon.generator.scene.ownership import MARK, remove_owned  # noqa: E402
from solar_site_addon.generator.settings.schema import Settings, with_values  # noqa: E402

from ..planned import planned_site  # noqa: E402

SETTINGS = with_values(
    Settings(),
    {
        "site.size_m": 100,
        "camera.width_px": 64,
        "camera.height_px": 48,
        "camera.gimbal_pitch_deg": -40,
        "light.weather": "cloud_shadows",
        "module.stain_share": 0.5,
        "render.max_samples": 1,
        "render.denoiser": "NONE",
    },
)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return prepare_renderer("cpu", use_gpu=False, threads=2, denoiser="NONE")


@pytest.fixture(scope="module")
def built():
    site = planned_site(SETTINGS, 5)
    shown = build_site(site, new_scene())
    show_view(shown, plan_view(site, SETTINGS, 0))
    yield shown
    remove_owned()


def links(tree: bpy.types.NodeTree) -> set[tuple[str, str, str, str]]:
    return {
        (link.from_node.name, link.from_socket.identifier, link.to_node.name, link.to_socket.identifier)
        for link in tree.links
    }


def test_the_annotation_passes_are_those_of_the_full_materials(
    built: BuiltSite, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = passes.render_passes(built.scene, renderer)
    monkeypatch.setattr(passes, "bare_surfaces", contextlib.nullcontext)
    full = passes.render_passes(built.scene, renderer)
    for ending in CHANNEL_ENDINGS:
        (name,) = (name for name in full if name.endswith(ending))
        np.testing.assert_array_equal(bare[name], full[name], err_msg=name)
        assert len(np.unique(full[name])) > 1


def test_the_image_rendered_afterward_is_the_one_rendered_before(built: BuiltSite, renderer: Renderer) -> None:
    before = passes.render_radiance(built.scene, SETTINGS.render, ViewSeed(5), renderer)
    with bare_surfaces():
        black = passes.render_radiance(built.scene, SETTINGS.render, ViewSeed(5), renderer)
    after = passes.render_radiance(built.scene, SETTINGS.render, ViewSeed(5), renderer)
    assert (black == 0).all(axis=-1).mean() > 0.5
    np.testing.assert_array_equal(after, before)


def test_materials_are_as_before_even_if_a_render_fails(built: BuiltSite) -> None:
    trees = [material.node_tree for material in bpy.data.materials if MARK in material]
    before = [(links(tree), [node.name for node in tree.nodes]) for tree in trees]
    within: list[set[tuple[str, str, str, str]]] = []

    def fail() -> None:
        with bare_surfaces():
            within.extend(links(tree) for tree in trees)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert within != [each for each, _ in before]
    assert [(links(tree), [node.name for node in tree.nodes]) for tree in trees] == before


def test_materials_of_others_are_left_alone(built: BuiltSite) -> None:
    theirs = bpy.data.materials.new("theirs")
    try:
        theirs.use_nodes = True
        before = links(theirs.node_tree)
        with bare_surfaces():
            assert links(theirs.node_tree) == before
    finally:
        bpy.data.materials.remove(theirs)
