# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture sets in the folder ``site.ground_images``: which files belong together, and which kind of ground they show.

Names are read as ambientCG (``Grass001_2K-JPG_NormalGL.jpg``), Poly Haven (``rocky_trail_nor_gl_2k.jpg``) and most
other libraries write them.

Standard library only: the launcher imports this module where neither bpy nor numpy is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ..domain.errors import SettingsError
from ..domain.messages import Message, SettingName

GROUND_IMAGES = SettingName("site.ground_images")
COLOUR, NORMAL, ROUGHNESS, HEIGHT = "color", "normal", "roughness", "height"
"""Maps of a texture set."""
KINDS: dict[str, tuple[str, ...]] = {
    "tracks": ("track", "tyre", "tire", "rut"),
    "path": ("path", "trail", "road"),
    "gravel": ("gravel", "pebble", "rubble"),
    "rock": ("rock", "stone", "cliff", "boulder"),
    "grass": ("grass", "lawn", "meadow"),
    "soil": ("soil", "ground", "dirt", "mud", "earth", "sand", "clay"),
}
"""Words that tell the kind of ground, also as plurals. The first kind of which a name has a word is taken."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".exr", ".tif", ".tiff", ".webp", ".bmp", ".tga")
_MAPS = {
    COLOUR: ("color", "colour", "col", "diff", "diffuse", "albedo", "basecolor"),
    NORMAL: ("normalgl", "normaldx", "normal", "nor", "nrm", "normals"),
    ROUGHNESS: ("roughness", "rough"),
    HEIGHT: ("displacement", "disp", "height", "bump"),
}
_NAMES_OF_MAPS = {NORMAL: Message("normal"), ROUGHNESS: Message("roughness"), HEIGHT: Message("height")}
_UNUSED = ("ao", "ambientocclusion", "arm", "metalness", "metallic", "specular", "spec", "gloss", "opacity", "mask")
"""Maps that the ground does not need."""
_MAP_OF = {word: name for name, words in _MAPS.items() for word in words} | dict.fromkeys(_UNUSED, "")
_FLIPPED = ("normaldx", "dx", "directx")
_FORMATS = ("jpg", "jpeg", "png", "exr", "tif", "tiff", "gl", "opengl", "dx", "directx", "ogl", "base", "16bit", "8bit")
_RESOLUTION = re.compile(r"(\d{1,2})k|(\d{3,5})(?:px)?")
_METERS = re.compile(r"(\d{1,3}(?:\.\d+)?)m")
MAX_FILES = 5000
"""Most files in the folder: a larger one is hardly a folder of textures."""
_MAX_DEPTH = 4


@dataclass(frozen=True)
class TextureSet:
    """Maps of one piece of ground, all of the same extent."""

    name: str
    """Path and name within the folder, without what tells maps apart."""
    kind: str | None
    """A key of KINDS, None if the name tells none."""
    size_m: float | None
    """Side length on the ground that the name states (``4m``), if any."""
    maps: dict[str, Path] = field(compare=False)
    """Files by map."""
    flipped: bool = False
    """Whether y of the normals points down (DirectX)."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of all maps."""
        return tuple(self.maps[name] for name in sorted(self.maps))


@dataclass(frozen=True)
class _File:
    """What the name of a file tells."""

    path: Path
    set_name: str
    map: str
    flipped: bool
    resolution: int


def find_texture_sets(setting: str) -> tuple[TextureSet, ...]:
    """Return the usable texture sets in the folder of ``site.ground_images``, sorted by name.

    Raise SettingsError if there are none, or if one has no colour.
    """
    found = _all_sets(setting)
    for each in found:
        if COLOUR not in each.maps:
            raise SettingsError(
                "{setting} = {file} cannot be used: the texture set {name} has no color map ({example}).",
                setting=GROUND_IMAGES,
                file=setting,
                name=each.name,
                example=f"{Path(each.name).name}_Color.jpg",
            )
    usable = tuple(each for each in found if each.kind is not None)
    if found and not usable:
        raise SettingsError(
            "{setting} = {file} contains no texture set of a known kind of ground: put {name} in a folder with one of "
            "these names: {kinds}.",
            setting=GROUND_IMAGES,
            file=setting,
            name=found[0].name,
            kinds=tuple(KINDS),
        )
    if not usable:
        raise SettingsError(
            "{setting} = {file} contains no texture set of a known kind of ground: files named like {example}, in "
            "whose name or folder stands one of {kinds}.",
            setting=GROUND_IMAGES,
            file=setting,
            example="Grass001_2K_Color.jpg",
            kinds=tuple(KINDS),
        )
    return usable


def texture_files(setting: str) -> tuple[Path, ...]:
    """Return the files of the usable sets, sorted by the names that they have within the folder."""
    return tuple(sorted(file for each in find_texture_sets(setting) for file in each.files))


def texture_notes(setting: str) -> tuple[Message, ...]:
    """Return what a person should know about the sets: which maps are missing, and which sets are not used."""
    if not setting:
        return ()
    notes = []
    for each in _all_sets(setting):
        missing = [name for name in (NORMAL, ROUGHNESS, HEIGHT) if name not in each.maps]
        if NORMAL in each.maps or HEIGHT in each.maps:  # one of them suffices
            missing = [name for name in missing if name == ROUGHNESS]
        if each.kind is None:
            notes.append(
                Message(
                    "The texture set {name} is not used, because its name tells no kind of ground: put it in a folder "
                    "with one of these names: {kinds}.",
                    {"name": each.name, "kinds": tuple(KINDS)},
                )
            )
        elif missing:
            notes.append(
                Message(
                    "The texture set {name} has no map of {maps}: the invented ground is used instead.",
                    {"name": each.name, "maps": tuple(_NAMES_OF_MAPS[name] for name in missing)},
                )
            )
    return tuple(notes)


def _all_sets(setting: str) -> tuple[TextureSet, ...]:
    folder = Path(setting).expanduser()
    if not folder.is_dir():
        reason = Message("it is a file, not a folder") if folder.exists() else Message("the folder does not exist")
        raise SettingsError(
            "{setting} = {file} cannot be used: {reason}.", setting=GROUND_IMAGES, file=setting, reason=reason
        )
    sets: dict[str, dict[str, _File]] = {}
    for each in _named_files(folder, setting):
        maps = sets.setdefault(each.set_name, {})
        if each.map and (each.map not in maps or _better(each, maps[each.map])):
            maps[each.map] = each
    return tuple(_texture_set(name, maps) for name, maps in sorted(sets.items()) if maps)


def _better(one: _File, other: _File) -> bool:
    """Return whether ``one`` of two files of the same map is taken: the finer one, then the first by name."""
    return (-one.resolution, one.flipped, one.path) < (-other.resolution, other.flipped, other.path)


def _texture_set(name: str, maps: dict[str, _File]) -> TextureSet:
    size = next((float(found[1]) for word in reversed(_words(name)) if (found := _METERS.fullmatch(word))), None)
    return TextureSet(
        name=name,
        kind=_kind(name),
        size_m=size or None,
        maps={each: file.path for each, file in maps.items()},
        flipped=NORMAL in maps and maps[NORMAL].flipped,
    )


def _kind(name: str) -> str | None:
    """Return the kind of ground: that of the innermost folder named like one, else that of the words of the name."""
    *folders, last = name.split("/")
    for folder in reversed(folders):
        for kind, words in KINDS.items():
            if _singular(folder.lower()) in words:
                return kind
    words_of_name = {_singular(word) for part in (last, *folders) for word in _words(part)}
    return next((kind for kind, words in KINDS.items() if words_of_name.intersection(words)), None)


def _singular(word: str) -> str:
    word = word.rstrip("0123456789")
    return word if word.endswith("ss") else word.removesuffix("s")


def _words(name: str) -> list[str]:
    """Return the words of a name in lower case: ``DryGrass_4m`` has three."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return [word for word in re.split(r"[^a-z0-9.]+", apart) if word]


def _named_files(folder: Path, setting: str) -> Iterator[_File]:
    """Yield the files whose names tell a map, in a fixed order.

    In folders without any such name, files of a known kind of ground are colors; elsewhere they are previews.
    """
    paths = sorted(islice(_walk(folder, _MAX_DEPTH), MAX_FILES + 1))
    if len(paths) > MAX_FILES:
        raise SettingsError(
            "{setting} = {file} contains more than {limit} images: it must be a folder of texture sets.",
            setting=GROUND_IMAGES,
            file=setting,
            limit=MAX_FILES,
        )
    named = {path: _named_file(folder, path) for path in paths}
    with_maps = {path.parent for path, file in named.items() if file is not None}
    for path, file in named.items():
        if file is not None:
            yield file
        elif path.parent not in with_maps and _kind(alone := _name_within(folder, path, path.stem)):
            yield _File(path, alone, COLOUR, flipped=False, resolution=0)


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the images in a folder and its folders; links to folders are not followed, which could be a cycle."""
    try:
        inside = list(folder.iterdir())
    except OSError:
        return
    for path in inside:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if depth and not path.is_symlink():
                yield from _walk(path, depth - 1)
        elif path.suffix.lower() in SUFFIXES:
            yield path


def _named_file(folder: Path, path: Path) -> _File | None:
    """Return what the name tells, None if it tells no map: the last word that names one counts."""
    words = re.split(r"[_\-\s]+", path.stem)
    lower = [word.lower() for word in words]
    place = next((number for number in reversed(range(1, len(words))) if lower[number] in _MAP_OF), None)
    if place is None:
        return None
    resolutions = [found for word in lower if (found := _RESOLUTION.fullmatch(word))]
    rest = [
        word
        for number, word in enumerate(words)
        if number != place and lower[number] not in _FORMATS and not _RESOLUTION.fullmatch(lower[number])
    ]
    return _File(
        path=path,
        set_name=_name_within(folder, path, "_".join(rest)),
        map=_MAP_OF[lower[place]],
        flipped=any(word in _FLIPPED for word in lower),
        resolution=max((1024 * int(found[1]) if found[1] else int(found[2]) for found in resolutions), default=0),
    )


def _name_within(folder: Path, path: Path, name: str) -> str:
    """Return the folders of a file within ``folder``, and ``name`` instead of its own name."""
    return "/".join([*path.relative_to(folder).parent.parts, name])
