"""Take the superuser's right to pass over file modes away for a while, so that read-only means it."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator

_VERSION_3 = 0x20080522
_MAY_PASS_OVER_MODES = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""


@contextlib.contextmanager
def bound_by_modes() -> Iterator[None]:
    """This thread keeps to file modes, also where the tests run as root (Linux)."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    rights = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; the second three for high numbers
    _check(libc.capget(head, rights))
    effective = rights[0]
    rights[0] = effective & ~_MAY_PASS_OVER_MODES
    _check(libc.capset(head, rights))
    try:
        yield
    finally:
        rights[0] = effective
        _check(libc.capset(head, rights))


def _check(code: int) -> None:
    if code != 0:
        raise OSError(ctypes.get_errno(), "the rights of this thread cannot be changed")
