"""When a model that nobody uses gives its memory back, and when the system's memory runs short.

Nothing here waits or starts a timer: a front end says when the model was used and looks in from time to time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.core.settings import Settings
from app.hardware.machine import Memory, Power
from app.hardware.probe import memory, power
from app.services.models import Models
from app.userdata import SettingsFile

LOOK_S = 30.0
"""The longest pause between two looks, so that short memory and a pulled plug are noticed."""

SHORT_PART = 0.04
SHORT_BYTES = 512 << 20
"""Memory is short when less is free than this part of it, or than these bytes."""

RELIEF = 1.5
"""It is short until so much more is free, so that a warning does not come and go."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found. `was_unloaded`: just now; `warns`: memory has just run short; look again in
    `next_s` seconds.
    """

    was_unloaded: bool
    is_short: bool
    warns: bool
    free_bytes: int
    next_s: float


def limit_s(settings: Settings, source: Power) -> float | None:
    """How long a model may lie unused with this source of power, None for ever."""
    on_battery = source is Power.BATTERY
    minutes = settings.unload_on_battery_min if on_battery else settings.unload_on_mains_min
    return minutes * 60.0 if minutes > 0 else None


def is_short(found: Memory, was_short: bool) -> bool:
    """Whether the system is about to starve."""
    least = max(SHORT_BYTES, SHORT_PART * found.total_bytes)
    return found.available_bytes < least * (RELIEF if was_short else 1.0)


class Idle:
    """May be used from any thread. A look can end the engine, which takes a moment."""

    def __init__(
        self,
        models: Models,
        settings_file: SettingsFile,
        clock: Callable[[], float] = time.monotonic,
        measure_power: Callable[[], Power] = power,
        measure_memory: Callable[[], Memory] = memory,
    ) -> None:
        self._models = models
        self._settings_file = settings_file
        self._clock = clock
        self._measure_power = measure_power
        self._measure_memory = measure_memory
        self._lock = threading.Lock()
        self._used_at = clock()
        self._was_short = False

    def used(self) -> None:
        """Somebody asked something, or is about to."""
        with self._lock:
            self._used_at = self._clock()

    def look(self, is_busy: bool) -> Look:
        """Unload a model that lay unused for too long; `is_busy`: an answer or a batch is being written."""
        if is_busy:
            self.used()
        left_s = self._left_s()
        was_unloaded = left_s is not None and left_s <= 0 and self._models.unload()
        found = self._measure_memory()
        with self._lock:
            was_short, self._was_short = self._was_short, is_short(found, self._was_short)
            now_short = self._was_short
        next_s = LOOK_S if left_s is None or left_s <= 0 else min(LOOK_S, left_s)
        return Look(was_unloaded, now_short, now_short and not was_short, found.available_bytes, next_s)

    def _left_s(self) -> float | None:
        """Until the model has lain unused for too long, None where it may for ever."""
        longest_s = limit_s(self._settings_file.load(), self._measure_power())
        with self._lock:
            return None if longest_s is None else self._used_at + longest_s - self._clock()
