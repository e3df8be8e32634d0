"""llama.cpp's C interface, as llama-cpp-python brings it: the only place that imports it."""

from __future__ import annotations

import ctypes
import re
from collections import deque
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from app.core.model import Device, EngineInfo

GPU, INTEGRATED_GPU = 1, 2
"""Device types of ggml's that mean a graphics processor."""

SHARED_MEMORY = ("MTL", "Metal")
"""Names of GPUs that say they are cards and yet have no memory of their own."""

ERROR = 4
"""The log level of ggml's for errors."""

_ERRORS = 20
_FUNCTION = re.compile(r"^\w+: ")


class TensorOverride(ctypes.Structure):
    """llama.cpp's `llama_model_tensor_buft_override`: where tensors go whose name fits a pattern."""

    _fields_ = [("pattern", ctypes.c_char_p), ("buffer_type", ctypes.c_void_p)]


class Library:
    """The loaded library; `api` holds its functions. What it logs is printed nowhere; errors are kept."""

    def __init__(self) -> None:
        import llama_cpp.llama_cpp as api
        from llama_cpp._ctypes_extensions import load_shared_library

        self.api: Any = api
        self._base: Any = load_shared_library("ggml-base", api._base_path)
        self._registry: Any = load_shared_library("ggml", api._base_path)
        self._errors: deque[str] = deque(maxlen=_ERRORS)
        self._callback: Any = api.llama_log_callback(self._log)
        # llama.cpp may call it until the process ends, so it must never be collected.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._callback))
        _declare(self._base, self._registry)
        self.listen()
        api.llama_backend_init()

    def info(self) -> EngineInfo:
        commit = self._base.ggml_commit().decode()
        binding = version("llama-cpp-python")
        return EngineInfo(f"llama-cpp-python {binding}, llama.cpp {commit}", self.features(), self.devices())

    def features(self) -> tuple[str, ...]:
        """What the engine was built with: CPU instruction sets and the like."""
        text = self.api.llama_print_system_info().decode()
        pairs = (part.rpartition(":")[2].split("=") for part in text.split("|") if "=" in part)
        return tuple(name.strip() for name, value in pairs if value.strip() != "0")

    def devices(self) -> tuple[Device, ...]:
        count = self._registry.ggml_backend_dev_count()
        return tuple(self._device(self._registry.ggml_backend_dev_get(index)) for index in range(count))

    def tensor_overrides(self, patterns: Iterable[str]) -> Any:
        """An array that keeps the tensors whose names fit these patterns in plain main memory."""
        plain = self._base.ggml_backend_cpu_buffer_type()
        found = [TensorOverride(pattern.encode(), plain) for pattern in patterns]
        return (TensorOverride * (len(found) + 1))(*found)  # the last one stays empty: the end

    def listen(self) -> None:
        """Take the log from here on; llama.cpp has one listener a process."""
        self._errors.clear()
        self.api.llama_log_set(self._callback, None)

    def errors(self) -> tuple[str, ...]:
        """The errors logged since `listen`, oldest first, without the name of the function."""
        return tuple(self._errors)

    def _log(self, level: int, text: bytes, _user_data: int | None) -> None:
        if level == ERROR:
            self._errors.append(_FUNCTION.sub("", text.decode("utf-8", "replace").strip()))

    def _device(self, handle: int) -> Device:
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self._base.ggml_backend_dev_memory(handle, ctypes.byref(free), ctypes.byref(total))
        kind = self._base.ggml_backend_dev_type(handle)
        name = self._base.ggml_backend_dev_name(handle).decode("utf-8", "replace")
        return Device(
            name=name,
            description=self._base.ggml_backend_dev_description(handle).decode("utf-8", "replace").strip(),
            is_gpu=kind in (GPU, INTEGRATED_GPU),
            total_bytes=total.value,
            free_bytes=min(free.value, total.value),
            is_shared=kind == INTEGRATED_GPU or name.startswith(SHARED_MEMORY),
        )


def _declare(base: Any, registry: Any) -> None:
    """Tell ctypes the signatures of the functions that llama-cpp-python leaves out."""
    size_pointer = ctypes.POINTER(ctypes.c_size_t)
    signatures: tuple[tuple[Any, str, Any, list[Any]], ...] = (
        (base, "ggml_commit", ctypes.c_char_p, []),
        (base, "ggml_backend_cpu_buffer_type", ctypes.c_void_p, []),
        (base, "ggml_backend_dev_name", ctypes.c_char_p, [ctypes.c_void_p]),
        (base, "ggml_backend_dev_description", ctypes.c_char_p, [ctypes.c_void_p]),
        (base, "ggml_backend_dev_type", ctypes.c_int, [ctypes.c_void_p]),
        (base, "ggml_backend_dev_memory", None, [ctypes.c_void_p, size_pointer, size_pointer]),
        (registry, "ggml_backend_dev_count", ctypes.c_size_t, []),
        (registry, "ggml_backend_dev_get", ctypes.c_void_p, [ctypes.c_size_t]),
    )
    for library, name, result, arguments in signatures:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
