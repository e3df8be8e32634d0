"""Find out whether a window can be opened, before Qt is asked: it ends the process where it cannot."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import NoDisplay
from app.core.words import mark


@dataclass(frozen=True, slots=True)
class _System:
    """A window system, as Qt's platform plugin for it reaches it."""

    variable: str
    library: str
    plugin: str


_SYSTEMS = {
    "xcb": _System("DISPLAY", "libxcb.so.1", "libqxcb.so"),
    "wayland": _System("WAYLAND_DISPLAY", "libwayland-client.so.0", "libqwayland.so"),
}


def find_display() -> None:
    """Return if Qt will find a screen.

    Raises:
        NoDisplay: there is none, it does not answer, or a library that Qt needs for it is missing.
    """
    if sys.platform not in ("win32", "darwin"):
        _find_unix_display(os.environ)


def _find_unix_display(environment: Mapping[str, str]) -> None:
    wanted = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if wanted and wanted not in _SYSTEMS:
        return  # offscreen, vnc, linuxfb ...: needs no display server
    names = [wanted] if wanted else [name for name in _SYSTEMS if environment.get(_SYSTEMS[name].variable)]
    faults = [_fault(name) for name in names]
    if not faults:
        raise NoDisplay(reason=mark("neither DISPLAY nor WAYLAND_DISPLAY is set"))
    if all(faults):
        raise NoDisplay(reason=faults[0])


def _fault(name: str) -> str:
    """Why Qt cannot use this window system, "" if it can. What was loaded stays for Qt to use."""
    system = _SYSTEMS[name]
    connects = _connects_to_x11 if name == "xcb" else _connects_to_wayland
    try:
        if not connects(ctypes.CDLL(system.library)):
            return mark("the display does not answer")
        ctypes.CDLL(str(_plugins() / system.plugin))
    except OSError as error:
        return str(error)
    return ""


def _connects_to_x11(xcb: ctypes.CDLL) -> bool:
    """Connect as Qt will: by the same library, with the same address and authority."""
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def _connects_to_wayland(wayland: ctypes.CDLL) -> bool:
    if "XDG_RUNTIME_DIR" not in os.environ:
        return False  # the library would write about it to the terminal
    wayland.wl_display_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(wayland.wl_display_connect(None))
    if connection:
        wayland.wl_display_disconnect(connection)
    return bool(connection)


def _plugins() -> Path:
    """Where PySide6 keeps Qt's platform plugins; found without importing it."""
    package = importlib.util.find_spec("PySide6")
    assert package is not None and package.origin is not None
    return Path(package.origin).parent / "Qt" / "plugins" / "platforms"
