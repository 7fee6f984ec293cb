# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of device is tested with simulated device lists, without a GPU of any vendor."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

bpy = pytest.importorskip("bpy")

from solar_site_addon.generator.render import device  # noqa: E402
from solar_site_addon.generator.render.device import choose_device, select_device  # noqa: E402
from solar_site_addon.generator.render.quality import choose_denoiser  # noqa: E402

pytestmark = pytest.mark.bpy


def machine(**devices: list[str]) -> Callable[[str], list[str]]:
    return lambda backend: devices.get(backend, [])


@pytest.mark.parametrize(
    ("platform", "devices", "backend", "name"),
    [
        ("darwin", {"METAL": ["Apple M3 Pro"]}, "METAL", "Apple M3 Pro"),
        ("linux", {"CUDA": ["NVIDIA RTX A4000"], "OPTIX": ["NVIDIA RTX A4000"]}, "OPTIX", "NVIDIA RTX A4000"),
        ("linux", {"CUDA": ["NVIDIA GTX 970"]}, "CUDA", "NVIDIA GTX 970"),
        ("linux", {"HIP": ["AMD Radeon RX 7900"]}, "HIP", "AMD Radeon RX 7900"),
        ("win32", {"ONEAPI": ["Intel Arc A770"]}, "ONEAPI", "Intel Arc A770"),
        ("win32", {"HIP": ["AMD"], "ONEAPI": ["Intel"], "CUDA": ["NVIDIA"]}, "CUDA", "NVIDIA"),
    ],
)
def test_auto_takes_the_best_backend_that_has_a_real_device(platform, devices, backend, name):
    choice = choose_device("auto", True, 0, platform, machine(**devices))
    assert (choice.backend, choice.name, choice.messages) == (backend, name, ())


@pytest.mark.parametrize("requested", ["metal", "optix", "cuda", "hip", "oneapi"])
def test_the_requested_backend_is_used_if_available(requested):
    everything = machine(**{backend: [f"{backend} GPU"] for backend in ("METAL", "OPTIX", "CUDA", "HIP", "ONEAPI")})
    choice = choose_device(requested, True, 0, "linux", everything)
    assert (choice.backend, choice.name) == (requested.upper(), f"{requested.upper()} GPU")


@pytest.mark.parametrize(("requested", "platform"), [("auto", "darwin"), ("auto", "linux"), ("optix", "linux")])
def test_without_a_gpu_the_cpu_renders_and_a_warning_explains_why(requested, platform):
    choice = choose_device(requested, True, 0, platform, machine())
    assert choice.backend == "CPU"
    (message,) = choice.messages
    assert str(message).startswith("Using only the CPU for rendering: no ")
    assert ("METAL" in str(message)) == (platform == "darwin")


def test_a_mac_never_tries_other_backends():
    asked = []
    choose_device("auto", True, 0, "darwin", lambda backend: asked.append(backend) or [])
    assert asked == ["METAL"]


@pytest.mark.parametrize(("requested", "use_gpu"), [("cpu", True), ("auto", False), ("cuda", False)])
def test_a_request_for_the_cpu_is_met_without_a_warning(requested, use_gpu):
    choice = choose_device(requested, use_gpu, 0, "linux", machine(CUDA=["NVIDIA"]))
    assert (choice.backend, choice.messages) == ("CPU", ())


def test_several_gpus_are_assigned_round_robin():
    devices = machine(CUDA=["A", "B", "C"])
    assert [choose_device("auto", True, slot, "linux", devices).name for slot in range(5)] == ["A", "B", "C", "A", "B"]


class FakePreferences:
    """Cycles' preferences on a machine with two identical GPUs and a CPU, with the backends CUDA and OptiX."""

    def __init__(self):
        self.compute_device_type = "NONE"
        self.devices = [
            SimpleNamespace(id=f"{kind}_{n}", name=name, type=kind, use=kind == "CPU")
            for kind in ("CUDA", "OPTIX", "CPU")
            for n, name in enumerate(["RTX", "RTX"] if kind != "CPU" else ["Xeon"])
        ]

    def get_devices_for_type(self, backend):
        if backend == "METAL":
            raise ValueError("this build has no METAL")
        return [device for device in self.devices if device.type in (backend, "CPU")]


def test_exactly_one_device_is_enabled_for_each_worker(monkeypatch):
    preferences = FakePreferences()
    monkeypatch.setattr(device, "cycles_preferences", lambda: preferences)
    monkeypatch.setattr(device.sys, "platform", "linux")
    choice = select_device("auto", True, slot=1)
    assert (choice.backend, choice.number) == ("OPTIX", 1)
    assert preferences.compute_device_type == "OPTIX"
    assert [d.id for d in preferences.devices if d.use] == ["OPTIX_1"]


def test_the_cpu_that_cycles_adds_to_every_backend_is_not_a_gpu(monkeypatch):
    monkeypatch.setattr(device, "cycles_preferences", FakePreferences)
    assert device.found_devices("HIP") == []
    assert device.found_devices("METAL") == []
    assert device.found_devices("CUDA") == ["RTX", "RTX"]


def test_without_the_cycles_addon_the_cpu_renders(monkeypatch):
    monkeypatch.setattr(device, "cycles_preferences", lambda: None)
    assert select_device("auto", True).backend == "CPU"


def test_the_requested_denoiser_runs_if_available():
    assert choose_denoiser("INTEL", "CPU", ("OPENIMAGEDENOISE",)) == ("INTEL", ())
    assert choose_denoiser("OPTIX", "OPTIX", ("OPENIMAGEDENOISE", "OPTIX")) == ("OPTIX", ())
    assert choose_denoiser("NONE", "CPU", ()) == ("NONE", ())


def test_a_build_without_openimagedenoise_warns_and_keeps_rendering():
    denoiser, (message,) = choose_denoiser("INTEL", "CPU", ())
    assert denoiser == "NONE"
    assert str(message).startswith("Could not enable Intel denoiser")


def test_optix_without_its_device_falls_back_to_intel():
    denoiser, (message,) = choose_denoiser("OPTIX", "CUDA", ("OPENIMAGEDENOISE",))
    assert denoiser == "INTEL"
    assert str(message).startswith("Could not enable OptiX denoiser")
