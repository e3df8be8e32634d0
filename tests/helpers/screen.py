"""A screen for windows that nobody sees: Qt's own is smaller than Alcove's window."""

from __future__ import annotations

import os
from pathlib import Path

PLATFORM = f"offscreen:configfile={Path(__file__).with_name('screen.json')}"


def use_where_there_is_none() -> None:
    """Draw into memory where no display server was named; before Qt starts."""
    if not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        os.environ.setdefault("QT_QPA_PLATFORM", PLATFORM)
