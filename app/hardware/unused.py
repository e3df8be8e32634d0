"""Graphics processors that are built in and this build of the engine cannot use, and what changes that."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from app.core.model import Device
from app.hardware.machine import Gpu, UnusedGpu, Vendor

_ENGINE = "llama-cpp-python"

_BUILD_FLAGS: Mapping[Vendor, str] = {
    Vendor.NVIDIA: "-DGGML_CUDA=on",
    Vendor.AMD: "-DGGML_VULKAN=on",
    Vendor.INTEL: "-DGGML_VULKAN=on",
    Vendor.APPLE: "-DGGML_METAL=on",
}


def unused_gpus(gpus: Iterable[Gpu], devices: Iterable[Device]) -> tuple[UnusedGpu, ...]:
    """Those whose maker none of the engine's GPU devices names."""
    described = " ".join(f"{device.name} {device.description}" for device in devices if device.is_gpu).lower()
    unused = (gpu for gpu in gpus if gpu.vendor.value.lower() not in described)
    return tuple(UnusedGpu(gpu, rebuild_command(gpu.vendor)) for gpu in unused)


def rebuild_command(vendor: Vendor) -> str:
    """The one command that builds the engine for this maker's GPUs, for the shell of this system."""
    flags = _BUILD_FLAGS[vendor]
    package = f"--no-binary {_ENGINE} {_ENGINE}=={_engine_version()}"
    install = f"-m pip install --force-reinstall --no-deps --no-cache-dir {package}"
    if sys.platform == "win32":
        return f"$env:CMAKE_ARGS='{flags}'; & '{sys.executable}' {install}"
    return f"CMAKE_ARGS={flags} {shlex.quote(sys.executable)} {install}"


def _engine_version() -> str:
    """A frozen program may not know."""
    try:
        return version(_ENGINE)
    except PackageNotFoundError:
        return "?"
