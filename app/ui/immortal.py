"""Guard against a fault of PySide6 6.12.0: every `Signal.emit` gives back a reference to True it never took.

From Python 3.12 on True is immortal and nothing happens. On 3.11 its count falls with each signal
and the program dies after some 1,600 of them ("bool_dealloc: deallocating True or False").
PySide6 6.11.3 does not have the fault.
"""

from __future__ import annotations

import ctypes
import sys

_PLENTY = 1 << 40


def keep_true_alive() -> None:
    """Give True as many references as no run will ever use up, which is what Python 3.12 does itself."""
    if sys.version_info < (3, 12):
        ctypes.c_ssize_t.from_address(id(True)).value += _PLENTY
