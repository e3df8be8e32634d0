"""Find out which language the operating system speaks with this person."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.core.settings import Language

_SYSTEM: str = sys.platform
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_MAC_PREFERENCES = Path("Library", "Preferences", ".GlobalPreferences.plist")
_WINDOWS_CHINESE = 0x04
"""Primary language id of every kind of Chinese, the low ten bits of a Windows language id."""


def system_language() -> Language:
    """Chinese where the system's first named language is Chinese, else English."""
    return language_of(_named(os.environ))


def language_of(names: Iterator[str]) -> Language:
    first = next(names, "").lower()
    return Language.CHINESE if first.startswith("zh") else Language.ENGLISH


def _named(environment: Mapping[str, str]) -> Iterator[str]:
    """Language names in the order of their weight; the environment's come first on every system."""
    yield from from_environment(environment)
    if _SYSTEM == "darwin":
        yield from _from_mac()
    if _SYSTEM == "win32":
        yield _from_windows()


def from_environment(environment: Mapping[str, str]) -> Iterator[str]:
    """As gettext reads it: LANGUAGE counts only where the locale is not plain C."""
    locale = next((environment[name] for name in _VARIABLES[1:] if environment.get(name)), "")
    if locale.split(".")[0] in ("C", "POSIX"):
        yield "en"
    if environment.get("LANGUAGE"):
        yield environment["LANGUAGE"].split(":")[0]
    if locale:
        yield locale


def _from_mac() -> Iterator[str]:
    import plistlib

    try:
        preferences = plistlib.loads((Path.home() / _MAC_PREFERENCES).read_bytes())
    except (OSError, plistlib.InvalidFileException):
        return
    yield from preferences.get("AppleLanguages", ())


def _from_windows() -> str:
    language_id = ctypes.CDLL("kernel32").GetUserDefaultUILanguage()
    return "zh" if language_id & 0x3FF == _WINDOWS_CHINESE else "en"
