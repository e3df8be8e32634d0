"""A screen for windows that nobody sees: Qt's own is smaller than Alcove's window."""

from __future__ import annotations

from pathlib import Path

PLATFORM = f"offscreen:configfile={Path(__file__).with_name('screen.json')}"
