# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversion between command lines and settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solar_site_addon.batch.command_line import Request, build_parser, parse, to_arguments
from solar_site_addon.generator.domain.errors import SettingsError
from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings, with_values
from solar_site_addon.generator.settings.types import Options, Range, Setting


def test_the_defaults_are_those_of_the_schema() -> None:
    assert parse(["out"]) == Request(Path("out"), Settings(), RunSettings())


def test_every_flag_reaches_its_setting() -> None:
    arguments = "out --num_images 8 --num_parallel 2 --seed 7 --device cpu --no_use_gpu --use_clusters"
    arguments += " --max_samples 50 --noise_threshold 0.02 --denoiser none --resolution 640x480 --dry_run --blender /b"
    request = parse(arguments.split())
    assert request is not None
    assert request.run == RunSettings(num_images=8, num_parallel=2, seed=7, device="cpu", use_gpu=False)
    assert request.settings.array.use_clusters is True
    assert (request.settings.camera.width_px, request.settings.camera.height_px) == (640, 480)
    render = request.settings.render
    assert (render.max_samples, render.noise_threshold, render.denoiser) == (50, 0.02, "NONE")
    assert (request.dry_run, request.blender) == (True, "/b")


@pytest.mark.parametrize("line", ["--num-images 3 out", "out --num_images=3", "--num-images=3 out"])
def test_hyphens_underscores_and_order_do_not_matter(line: str) -> None:
    request = parse(line.split())
    assert request is not None
    assert (request.out, request.run.num_images) == (Path("out"), 3)


@pytest.mark.parametrize("word", ["--no-use_gpu", "--no_use_gpu", "--no-use-gpu"])
def test_a_boolean_can_be_disabled(word: str) -> None:
    request = parse(["out", word])
    assert request is not None
    assert request.run.use_gpu is False


def test_set_reaches_any_setting_and_ranges() -> None:
    request = parse(["out", "--set", "site.relief=0.4", "--set", "camera.altitude_agl_m=60..80", "--set", "seed=3"])
    assert request is not None
    assert request.settings.site.relief == Range(0.4, 0.4)
    assert request.settings.camera.altitude_agl_m == Range(60, 80)
    assert request.run.seed == 3


@pytest.mark.parametrize("wrap", [lambda data: data, lambda data: {"schema": 1, "settings": data, "samples": []}])
def test_flags_win_over_set_and_set_over_the_file(tmp_path: Path, wrap: Any) -> None:
    file = tmp_path / "settings.json"
    settings = {"render": {"max_samples": 5, "noise_threshold": 0.03}, "site": {"size_m": 300}}
    file.write_text(json.dumps(wrap(settings)))
    arguments = ["--set", "render.noise_threshold=0.05", "--set", "render.max_samples=6", "--max_samples", "7"]
    request = parse(["out", "--settings", str(file), *arguments])
    assert request is not None
    assert request.settings.site.size_m == 300
    assert request.settings.render.noise_threshold == 0.05
    assert request.settings.render.max_samples == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "The dataset folder is missing"),
        (["out", "more"], "more is one argument too many"),
        (["out", "--sed", "1"], "--sed is not an option; did you mean --seed?"),
        (["out", "-x"], "-x is not an option; see --help."),
        (["out", "--num", "1"], "--num is not an option"),
        (["out", "--seed"], "--seed needs a value."),
        (["out", "--dry_run=1"], "--dry_run takes no value."),
        (["out", "--seed", "-1"], "seed = -1 is not allowed: it must be an integer from 0 to 9007199254740991."),
        (["out", "--seed", "1.5"], "seed = 1.5 is not allowed"),
        (["out", "--num_images", "0"], "num_images = 0 is not allowed: it must be an integer from 1 to 1000000."),
        (["out", "--num_parallel", "-1"], "num_parallel = -1 is not allowed"),
        (["out", "--max_samples", "5000"], "render.max_samples = 5000 is not allowed"),
        (["out", "--noise_threshold", "nan"], "render.noise_threshold = nan is not allowed"),
        (
            ["out", "--denoiser", "median"],
            "render.denoiser = median is not allowed: it must be one of INTEL, OPTIX, NONE.",
        ),
        (["out", "--resolution", "640"], "--resolution 640 is not allowed: it must be WxH"),
        (["out", "--resolution=-1x5"], "--resolution -1x5 is not allowed: it must be WxH"),
        (["out", "--resolution", "8x800"], "camera.width_px = 8 is not allowed"),
        (["out", "--set", "site.relief"], "--set site.relief is not allowed: write NAME=VALUE"),
        (["out", "--set", "site.relief="], "site.relief =  is not allowed"),
        (["out", "--set", "site.relief=0.9..0.1"], "has its limits reversed"),
        (["out", "--set", "site.reliev=0.1"], "site.reliev is not a setting; did you mean site.relief?"),
    ],
)
def test_errors_are_one_sentence(arguments: list[str], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse(arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not valid JSON"),
        (b"[" * 100_000, "is not valid JSON"),
        (b"\xff\xfe", "is not valid JSON"),
        (b"[1]", "must be a JSON object"),
        (b'{"site": 3}', "site is not a setting"),
        (b'{"site": {"relief": "high"}}', "site.relief = high is not allowed"),
        (b'{"array": {"use_clusters": 1}}', "array.use_clusters = 1 is not allowed"),
    ],
)
def test_a_bad_settings_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "mine.json"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as error:
        parse(["out", "--settings", str(file)])
    assert message in str(error.value)
    assert "mine.json" in str(error.value)


def test_a_settings_file_that_is_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        parse(["out", "--settings", str(tmp_path)])


def test_help_needs_no_other_argument() -> None:
    assert parse(["--help"]) is None


def test_the_help_names_every_setting_with_default_and_allowed_values() -> None:
    text = build_parser().format_help()
    for group in ("output:", "run:", "site:", "render:"):
        assert f"\n{group}\n" in text
    for setting in iter_settings(Settings):
        line = next(line for line in text.splitlines() if line.split()[:1] == [setting.name])
        assert setting.allowed in line
    for setting in [*iter_settings(RunSettings), *iter_settings(Settings)]:
        assert f"--{setting.name.split('.')[-1]}" in text or not setting.spec.flag
    assert "5280x3956" in text


def a_value(setting: Setting) -> st.SearchStrategy[Any]:
    """Return a strategy for all allowed values of a setting, as JSON values."""
    spec = setting.spec
    if setting.type is bool:
        return st.booleans()
    if setting.type is Options:
        return st.lists(st.sampled_from(spec.choices), min_size=not spec.empty, unique=True)
    if setting.type is str:
        return st.dates().map(str) if spec.date else st.sampled_from(spec.choices or ("", "/a folder/land.tif"))
    assert spec.minimum is not None
    assert spec.maximum is not None
    low, high = spec.minimum, spec.maximum
    whole = setting.type is int or spec.integer
    number = st.integers(int(low), int(high)) if whole else st.floats(low, high)
    return st.lists(number, min_size=2, max_size=2).map(sorted) if setting.type is Range else number


def some_values(schema: type) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={s.name: a_value(s) for s in iter_settings(schema)})


@given(some_values(Settings), some_values(RunSettings), st.booleans())
def test_a_request_survives_conversion_to_a_command_line_and_back(
    settings: dict[str, Any], run: dict[str, Any], dry_run: bool
) -> None:
    request = Request(
        Path("a folder/with 'quotes'"),
        with_values(Settings(), settings),
        with_values(RunSettings(), run),
        blender="/some/blender",
        dry_run=dry_run,
    )
    assert parse(to_arguments(request)) == request


def test_the_command_line_omits_defaults() -> None:
    request = Request(Path("out"), run=RunSettings(num_images=3))
    assert to_arguments(request) == ["out", "--num_images", "3"]


def test_none_stands_for_no_options_where_that_is_allowed() -> None:
    assert parse(["out", "--formats", "none"]).run.formats == ()
    assert parse(["out", "--set", "site.presets=None"]).settings.site.presets == ()
    with pytest.raises(SettingsError, match=r"site\.soil = none is not allowed"):
        parse(["out", "--set", "site.soil=none"])
