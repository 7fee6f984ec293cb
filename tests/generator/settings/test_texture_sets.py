# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture sets are recognized by the names that libraries give their files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.settings.files import files_sha256
from solar_site_addon.generator.settings.schema import Settings, settings_sha256, with_values
from solar_site_addon.generator.settings.texture_sets import MAX_FILES, find_texture_sets, texture_notes

AMBIENT_CG = "Grass001_2K-JPG_{}.jpg"
FOUR = ("Color", "NormalGL", "Roughness", "Displacement")


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    return folder


def maps_of(folder: Path) -> dict[str, str]:
    (found,) = find_texture_sets(str(folder))
    return {name: file.name for name, file in found.maps.items()}


def test_ambient_cg(tmp_path: Path) -> None:
    others = ("Grass001.png", AMBIENT_CG.format("AmbientOcclusion"), AMBIENT_CG.format("NormalDX"), "Grass001.usdc")
    touched(tmp_path, *map(AMBIENT_CG.format, FOUR), *others)
    wanted = dict(zip(("color", "normal", "roughness", "height"), FOUR, strict=True))
    assert maps_of(tmp_path) == {name: AMBIENT_CG.format(word) for name, word in wanted.items()}
    assert texture_notes(str(tmp_path)) == ()


def test_poly_haven(tmp_path: Path) -> None:
    files = {"color": "diff_2k.jpg", "normal": "nor_gl_2k.exr", "roughness": "rough_2k.jpg", "height": "disp_2k.png"}
    touched(tmp_path, *(f"rough_gravel_{end}" for end in files.values()), "rough_gravel_arm_2k.jpg")
    assert maps_of(tmp_path) == {name: f"rough_gravel_{end}" for name, end in files.items()}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Grass001", "grass"),
        ("aerial_grass_rock", "rock"),
        ("rocky_trail", "path"),
        ("muddy_tracks", "tracks"),
        ("Ground037", "soil"),
        ("DryMeadow", "grass"),
        ("Rocks011", "rock"),
        ("brown_mud_03", "soil"),
        ("Gravel/anything", "gravel"),
        ("tyre tracks/mud", "tracks"),
        ("rocks/Grass001_2K-JPG/Grass001", "rock"),
    ],
)
def test_names_and_folders_tell_the_kind_of_ground(tmp_path: Path, name: str, kind: str) -> None:
    touched(tmp_path, f"{name}_2K_Color.jpg")
    assert [each.kind for each in find_texture_sets(str(tmp_path))] == [kind]


def test_the_finest_file_of_a_map_is_taken_and_open_gl_before_direct_x(tmp_path: Path) -> None:
    touched(tmp_path, "Soil_1K_Color.jpg", "Soil_4K_Color.jpg", "Soil_2K_Color.jpg", "Soil_4K_NormalDX.jpg")
    (found,) = find_texture_sets(str(tmp_path))
    assert found.maps["color"].name == "Soil_4K_Color.jpg"
    assert found.flipped
    touched(tmp_path, "Soil_4K_NormalGL.jpg")
    assert not find_texture_sets(str(tmp_path))[0].flipped


@pytest.mark.parametrize(("name", "size_m"), [("aerial_rocks_12m", 12.0), ("grass_1.5m", 1.5), ("grass_4K", None)])
def test_names_may_state_the_size(tmp_path: Path, name: str, size_m: float | None) -> None:
    touched(tmp_path, f"{name}_Color.jpg")
    assert find_texture_sets(str(tmp_path))[0].size_m == size_m


def test_missing_maps_and_unused_sets_are_told(tmp_path: Path) -> None:
    touched(tmp_path, "Grass1_Color.jpg", "Leaves1_Color.jpg", "Soil1_Color.jpg", "Soil1_Height.png", "Soil1_Rough.png")
    notes = [str(note) for note in texture_notes(str(tmp_path))]
    assert len(notes) == 2
    assert "Grass1 has no map of normal, roughness, height" in notes[0]
    assert "Leaves1 is not used" in notes[1]
    assert [each.name for each in find_texture_sets(str(tmp_path))] == ["Grass1", "Soil1"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (("Grass1_NormalGL.jpg", "Soil_Color.jpg"), r"the texture set Grass1 has no color map \(Grass1_Color.jpg\)"),
        (("Leaves1_Color.jpg",), "no texture set of a known kind of ground: put Leaves1 in a folder with one of these"),
        (("holiday.jpg",), "no texture set of a known kind of ground: files named like"),
        ((), "contains no texture set"),
    ],
)
def test_folders_that_cannot_be_used_are_refused(tmp_path: Path, files: tuple[str, ...], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        find_texture_sets(str(touched(tmp_path, *files)))


def test_single_images_of_a_known_kind_are_colors_but_previews_are_not(tmp_path: Path) -> None:
    touched(tmp_path, "grass.jpg", "soil/my photo.png", "holiday.jpg", "rocks/Rock1_Color.jpg", "rocks/Rock1.png")
    found = {each.name: (each.kind, [file.name for file in each.files]) for each in find_texture_sets(str(tmp_path))}
    assert found == {
        "grass": ("grass", ["grass.jpg"]),
        "soil/my photo": ("soil", ["my photo.png"]),
        "rocks/Rock1": ("rock", ["Rock1_Color.jpg"]),
    }


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    touched(tmp_path, "grass.png")
    for name, said in (("grass.png", "a file, not a folder"), ("nowhere", "the folder does not exist")):
        with pytest.raises(SettingsError, match=said):
            find_texture_sets(str(tmp_path / name))


def test_a_folder_with_everything_in_it_is_refused_and_circles_end(tmp_path: Path) -> None:
    touched(tmp_path, "Grass1_Color.jpg")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(find_texture_sets(str(tmp_path))) == 1
    for number in range(MAX_FILES):
        (tmp_path / f"{number}.png").touch()
    with pytest.raises(SettingsError, match="more than 5000 images"):
        find_texture_sets(str(tmp_path))


def test_a_folder_counts_by_what_it_contains(tmp_path: Path) -> None:
    def named(folder: Path) -> Settings:
        return with_values(Settings(), {"site.ground_images": str(folder)})

    one = named(touched(tmp_path / "one", "grass/Grass1_Color.jpg", "soil/Soil1_Color.jpg", "notes.txt"))
    other = named(shutil.copytree(tmp_path / "one", tmp_path / "other"))
    assert settings_sha256(one) == settings_sha256(other) != settings_sha256(Settings())
    touched(tmp_path / "other", "preview.png")
    assert files_sha256(one) == files_sha256(other)
    (tmp_path / "other" / "soil").rename(tmp_path / "other" / "tracks")
    assert files_sha256(one) != files_sha256(other)
