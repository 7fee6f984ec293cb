# SPDX-License-Identifier: GPL-3.0-or-later
"""EXR files agree with the official library and OpenCV."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from solar_site_addon.generator.domain.errors import RenderError
from solar_site_addon.generator.imaging.exr import float_exr, half_exr, read_exr

from ..official import official_channels

HEADER = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage, "Camera": "drone"}
IN_A_FOLDER = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

images = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.floats(width=32, allow_nan=False))
)


opencv_reads_exr = pytest.mark.skipif(
    re.search(r"OpenEXR:\s+NO", cv2.getBuildInformation()) is not None,
    reason="this OpenCV cannot read EXR files (the wheels of 5.0 cannot, those of 4 can)",
)


def write_official(path: Path, channels: dict[str, np.ndarray], **header) -> Path:
    OpenEXR.File(HEADER | header, channels).write(str(path))
    return path


def random_image(seed: int, shape=(21, 34), dtype=np.float32) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


@IN_A_FOLDER
@given(image=images)
def test_files_written_by_the_official_library_are_read(tmp_path, image):
    path = write_official(tmp_path / "a.exr", {"ViewLayer.Depth.Z": image, "ViewLayer.module.X": -image})
    channels = read_exr(path)
    np.testing.assert_array_equal(channels["ViewLayer.Depth.Z"], image)
    np.testing.assert_array_equal(channels["ViewLayer.module.X"], -image)


def test_half_floats_and_long_names_are_read(tmp_path):
    name = "A view layer with a name of more than 31 characters.Combined.R"
    half = random_image(0, dtype=np.float16)
    channels = read_exr(write_official(tmp_path / "a.exr", {name: half, "Z": random_image(1)}))
    assert channels[name].dtype == np.float32
    np.testing.assert_array_equal(channels[name], half.astype(np.float32))


def test_only_the_requested_channels_are_read(tmp_path):
    path = write_official(tmp_path / "a.exr", {"V.Depth.Z": random_image(0), "V.Normal.Z": random_image(1)})
    assert list(read_exr(path, endings=[".Depth.Z"])) == ["V.Depth.Z"]


@IN_A_FOLDER
@given(image=images, smooth=st.booleans())
def test_zip_compression_is_read(tmp_path, image, smooth):
    image = np.full_like(image, image.flat[0]) if smooth else image
    channels = {"Y": image, "Z": -image}
    path = write_official(tmp_path / "a.exr", dict(channels), compression=OpenEXR.ZIP_COMPRESSION)
    for written in (path, tmp_path / "ours.exr"):
        if written != path:
            written.write_bytes(float_exr(channels))
        read = read_exr(written)
        np.testing.assert_array_equal(read["Y"], image)
        np.testing.assert_array_equal(read["Z"], -image)


def test_a_damaged_or_truncated_zip_block_is_rejected(tmp_path):
    data = float_exr({"Y": np.zeros((40, 32), np.float32)})
    for damaged in (data[:-7], data[:-9] + b"\0" * 9):
        (tmp_path / "a.exr").write_bytes(damaged)
        with pytest.raises(RenderError, match=r"is truncated|is damaged"):
            read_exr(tmp_path / "a.exr")


@pytest.mark.parametrize("compression", [OpenEXR.PIZ_COMPRESSION, OpenEXR.RLE_COMPRESSION])
def test_a_file_with_another_compression_is_rejected(tmp_path, compression):
    path = write_official(tmp_path / "a.exr", {"Z": np.zeros((32, 32), np.float32)}, compression=compression)
    with pytest.raises(RenderError, match="is compressed"):
        read_exr(path)


def test_a_multipart_file_is_rejected(tmp_path):
    parts = [OpenEXR.Part(dict(HEADER), {"Z": random_image(seed)}, name=f"part {seed}") for seed in (0, 1)]
    OpenEXR.File(parts).write(str(tmp_path / "a.exr"))
    with pytest.raises(RenderError, match="multi-part"):
        read_exr(tmp_path / "a.exr")


def test_an_integer_channel_is_rejected(tmp_path):
    path = write_official(tmp_path / "a.exr", {"Z": np.ones((4, 4), np.uint32)})
    with pytest.raises(RenderError, match="holds integers"):
        read_exr(path)


def test_other_files_and_missing_files_are_rejected(tmp_path):
    (tmp_path / "a.exr").write_bytes(b"\x89PNG\r\n\x1a\n and more")
    with pytest.raises(RenderError, match="not an OpenEXR file"):
        read_exr(tmp_path / "a.exr")
    with pytest.raises(RenderError, match="cannot be read"):
        read_exr(tmp_path / "missing.exr")


@settings(IN_A_FOLDER, max_examples=100)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_truncated_anywhere_is_rejected_in_one_sentence(tmp_path, share):
    whole = write_official(tmp_path / "whole.exr", {"V.Depth.Z": random_image(0, (9, 7))}).read_bytes()
    path = tmp_path / "cut.exr"
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(RenderError, match="truncated"):
        read_exr(path)


@pytest.mark.parametrize("ours", [False, True], ids=["uncompressed", "zip"])
@pytest.mark.parametrize("corner", [(-1, 5), (5, -1), (2**31 - 1, 5), (5, 2**31 - 1), (65535, 65535)])
def test_a_file_that_claims_another_size_is_rejected(tmp_path, ours, corner):
    path = write_official(tmp_path / "a.exr", {"Y": random_image(0, (9, 7))})
    if ours:
        path.write_bytes(float_exr({"Y": random_image(0, (9, 7))}))
    data = path.read_bytes()
    place = data.index(b"dataWindow\0box2i\0") + len(b"dataWindow\0box2i\0") + 4 + 8
    path.write_bytes(data[:place] + struct.pack("<2i", *corner) + data[place + 8 :])
    with pytest.raises(RenderError, match=r"is damaged: it claims|is truncated"):
        read_exr(path)


def test_lines_in_the_wrong_place_are_rejected(tmp_path):
    path = write_official(tmp_path / "a.exr", {"Z": random_image(0, (9, 7))})
    data = bytearray(path.read_bytes())
    line = 8 + 7 * 4
    data[-line : -line + 4] = struct.pack("<i", 3)
    path.write_bytes(data)
    with pytest.raises(RenderError, match="damaged"):
        read_exr(path)


@IN_A_FOLDER
@given(image=images)
def test_the_official_library_reads_our_files(tmp_path, image):
    path = tmp_path / "a.exr"
    path.write_bytes(float_exr({"R": image, "B": image + 1, "G": image / 2}))
    channels = official_channels(path)
    assert all(pixels.dtype == np.float32 for pixels in channels.values())
    np.testing.assert_array_equal(channels["R"], image)
    np.testing.assert_array_equal(channels["G"], image / 2)
    np.testing.assert_array_equal(channels["B"], image + 1)


@opencv_reads_exr
def test_opencv_reads_depth_as_one_channel_with_an_infinite_sky(tmp_path):
    depth = np.abs(random_image(3, (50, 40)))
    depth[:7] = np.inf
    (tmp_path / "depth.exr").write_bytes(float_exr({"Y": depth}))
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "depth.exr"), cv2.IMREAD_UNCHANGED), depth)


@opencv_reads_exr
def test_opencv_reads_normals_in_its_own_order(tmp_path):
    x, y, z = (random_image(seed, (50, 40)) for seed in range(3))
    (tmp_path / "normals.exr").write_bytes(float_exr({"R": x, "G": y, "B": z}))
    read = cv2.imread(str(tmp_path / "normals.exr"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read[..., ::-1], np.stack([x, y, z], axis=-1))


def test_smooth_images_are_compressed_and_noise_is_stored_uncompressed(tmp_path):
    smooth = np.broadcast_to(np.arange(200, dtype=np.float32), (100, 200))
    noise = np.random.default_rng(0).integers(0, 2**31, (100, 200), dtype=np.int32).view(np.float32)
    noise = np.where(np.isfinite(noise), noise, np.float32(0))
    assert len(float_exr({"Y": smooth})) < smooth.nbytes / 10
    (tmp_path / "a.exr").write_bytes(float_exr({"Y": noise}))
    np.testing.assert_array_equal(official_channels(tmp_path / "a.exr")["Y"], noise)


def test_the_same_image_gives_the_same_bytes():
    assert float_exr({"Y": random_image(5)}) == float_exr({"Y": random_image(5)})


def test_a_half_file_holds_what_is_written_to_its_lines(tmp_path):
    path = tmp_path / "half.exr"
    values = np.random.default_rng(1).uniform(-2, 2, (3, 5, 7)).astype(np.float16)
    lines = half_exr(path, "RGA", width=7, height=5)
    for name, channel in zip("RGA", values, strict=True):
        lines[name][:] = channel
    del lines
    read, ours = official_channels(path), read_exr(path)
    assert set(read) == set(ours) == set("RGA")
    for name, channel in zip("RGA", values, strict=True):
        np.testing.assert_array_equal(read[name], channel)
        np.testing.assert_array_equal(ours[name], channel)
